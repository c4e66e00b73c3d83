import { afterEach, describe, expect, it } from 'vitest';
import type { Value } from '../practice.ts';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

type Row = Readonly<Record<string, unknown>>;
interface Vitals {
  readonly totalcount: number;
  readonly vitals: readonly { readonly key: string; readonly readings: readonly (readonly Row[])[] }[];
}

const HERE = { departmentid: '1' };
const CHART_CALLS = ['vitals', 'labresults', 'analytes', 'encounters'].map((part) => `/chart/5001/${part}`);

describe('a chart', () => {
  it.each([...CHART_CALLS, '/patients/5001/documents'])('needs a department that keeps it: %s', async (path) => {
    const { get } = await caller();
    const missing = await get(path);
    expect([missing.status, JSON.parse(missing.text).missingfields]).toEqual([400, ['departmentid']]);
    for (const departmentid of ['3', '9']) {
      const wrong = await get(path, { departmentid });
      const sentence = 'The specified patient does not exist in that department.';
      expect([wrong.status, JSON.parse(wrong.text)]).toEqual([400, { error: sentence, detailedmessage: sentence }]);
    }
    const unknown = await get(path.replace('5001', '9'), HERE);
    expect([unknown.status, JSON.parse(unknown.text).error]).toEqual([
      404,
      'This patient does not exist in this context.',
    ]);
  });

  it('is kept by the departments of the appointments too', async () => {
    const { read } = await caller();
    expect(await read('/chart/5001/vitals', { departmentid: '2' })).toEqual(await read('/chart/5001/vitals', HERE));
  });

  it('is kept by every department when the patient is in none', async () => {
    const { get } = await caller();
    expect((await get('/chart/5004/vitals', { departmentid: '3' })).status).toBe(200);
    expect((await get('/chart/5004/vitals', { departmentid: '9' })).status).toBe(400);
  });

  it('is kept by every department of a sharing group', async () => {
    const { get } = await caller({ chartSharingGroup: () => '42' });
    expect((await get('/chart/5001/vitals', { departmentid: '3' })).status).toBe(200);
    expect((await get('/chart/5001/vitals', { departmentid: '9' })).status).toBe(400);
  });
});

describe('the list of vital signs', () => {
  it('goes by kind, in readings of numbers taken together', async () => {
    const { read } = await caller();
    const { totalcount, vitals } = await read<Vitals>('/chart/5001/vitals', HERE);
    expect([totalcount, vitals.map(({ key }) => key)]).toEqual([
      5,
      ['BLOODPRESSURE', 'HEIGHT', 'WEIGHT', 'HEARTRATE', 'TEMPERATURE'],
    ]);
    const taken = {
      codeset: 'LOINC',
      readingid: 0,
      readingtaken: '10/14/2025',
      source: 'ENCOUNTER',
      sourceid: 30103,
      isgraphable: true,
      createdby: 'nfielding',
      createddate: '10/14/2025 09:25:11',
    };
    expect(vitals[0]).toEqual({
      key: 'BLOODPRESSURE',
      abbreviation: 'BP',
      ordering: 0,
      readings: [
        [
          {
            ...taken,
            clinicalelementid: 'VITALS.BLOODPRESSURE.DIASTOLIC',
            value: '64',
            code: '8462-4',
            codedescription: 'Diastolic blood pressure',
            vitalid: 102,
          },
          {
            ...taken,
            clinicalelementid: 'VITALS.BLOODPRESSURE.SYSTOLIC',
            value: '102',
            code: '8480-6',
            codedescription: 'Systolic blood pressure',
            vitalid: 101,
          },
        ],
      ],
    });
  });

  it.each([
    ['WEIGHT', '72550'],
    ['HEIGHT', '177.8'],
    ['TEMPERATURE', '98.06'],
    ['HEARTRATE', '61'],
  ])('is in grams, centimetres and Fahrenheit: %s is %s', async (key, value) => {
    const { read } = await caller();
    const { vitals } = await read<Vitals>('/chart/5001/vitals', HERE);
    expect(vitals.find((group) => group.key === key)?.readings).toMatchObject([[{ value }]]);
  });

  it.each([
    [{ startdate: '10/15/2025' }, ['HEARTRATE']],
    [{ enddate: '10/13/2025' }, []],
    [{ startdate: '11/01/2025', enddate: '11/01/2025' }, ['HEARTRATE']],
  ] as [Record<string, string>, string[]][])('is narrowed by %j', async (query, keys) => {
    const { read } = await caller();
    const { vitals } = await read<Vitals>('/chart/5001/vitals', { ...HERE, ...query });
    expect(vitals.map(({ key }) => key)).toEqual(keys);
  });

  it('shows empty kinds when asked', async () => {
    const { read } = await caller();
    const { vitals } = await read<Vitals>('/chart/5001/vitals', { ...HERE, showemptyvitals: 'true' });
    expect(vitals.find(({ key }) => key === 'BMI')?.readings).toEqual([]);
  });

  it('keeps two readings of one kind apart even when they were taken together', async () => {
    const practice = practiceOf();
    const weight = practice.observations.find(({ id }) => id === 2);
    if (weight === undefined) throw new Error('no weight');
    practice.observations.push({ ...weight, id: 40 });
    const { read } = await caller({ practice });
    const { vitals } = await read<Vitals>('/chart/5001/vitals', HERE);
    expect(vitals.find(({ key }) => key === 'WEIGHT')?.readings).toMatchObject([
      [{ vitalid: 200, readingid: 0 }],
      [{ vitalid: 4000, readingid: 1 }],
    ]);
  });

  it('leaves out, and counts, what athenaNet has no place for', async () => {
    const { behaviour } = await caller();
    expect(behaviour.notRepresentable().observations).toEqual([6, 7, 30]);
  });

  it.each([
    ['a bound instead of a number', { kind: 'quantity', value: '300', unit: 'kg', ucum: 'kg', comparator: '>' }],
    ['an unknown unit', { kind: 'quantity', value: '11', unit: 'stone' }],
    ['a word', { kind: 'text', text: 'heavy' }],
    ['nothing', undefined],
  ] as [string, Value | undefined][])('leaves out, and counts, a weight that is %s', async (_, value) => {
    const practice = practiceOf();
    const weight = practice.observations.find(({ id }) => id === 2);
    if (weight === undefined) throw new Error('no weight');
    const { value: __, ...rest } = weight;
    practice.observations.push({ ...rest, id: 41, ...(value && { value }) });
    const { read, behaviour } = await caller({ practice });
    const { vitals } = await read<Vitals>('/chart/5001/vitals', HERE);
    expect(vitals.find(({ key }) => key === 'WEIGHT')?.readings).toHaveLength(1);
    expect(behaviour.notRepresentable().observations).toContain(41);
  });

  it('has a configuration that tells the units', async () => {
    const { read } = await caller();
    const { vitals } = await read<{ vitals: Row[] }>('/chart/configuration/vitals');
    expect(vitals).toContainEqual({
      ordering: 3,
      istiedtomeasurement: false,
      abbreviation: 'Wt',
      attributes: [
        { unit: 'g', name: 'Weight', abbreviation: 'Wt', clinicalelementid: 'VITALS.WEIGHT', datatype: 'NUMERIC' },
      ],
      key: 'WEIGHT',
    });
  });
});

describe('the list of encounters', () => {
  it('has the patients who were seen, with number ids', async () => {
    const { read } = await caller();
    const asked = { departmentid: '2', showdiagnoses: 'true' };
    expect(await read('/chart/5002/encounters', asked)).toEqual({
      totalcount: 1,
      encounters: [
        {
          encounterid: 30102,
          encountertype: 'VISIT',
          encounterdate: '10/14/2025',
          status: 'CLOSED',
          stage: 'CHECKOUT',
          departmentid: 2,
          patientid: 5002,
          providerid: 71,
          appointmentid: 102,
          lastupdated: '10/02/2025',
          diagnoses: [
            {
              diagnosisid: 5501,
              description: 'Acute pharyngitis, unspecified',
              icdcodes: [{ codeset: 'ICD10', code: 'J02.9', description: 'Acute pharyngitis, unspecified' }],
            },
          ],
        },
      ],
    });
    expect(await read('/chart/5003/encounters', { departmentid: '3' })).toMatchObject({
      encounters: [{ encounterid: 30104, status: 'OPEN' }],
    });
  });

  it.each([
    [{ appointmentid: '103' }, 1],
    [{ appointmentid: '101' }, 0],
    [{ providerid: '72' }, 0],
    [{ startdate: '10/15/2025' }, 0],
  ] as [Record<string, string>, number][])('is narrowed by %j', async (query, totalcount) => {
    const { read } = await caller();
    expect(await read('/chart/5001/encounters', { ...HERE, ...query })).toMatchObject({ totalcount });
  });

  it('is an array of one for a single encounter', async () => {
    const { read, get } = await caller();
    expect(await read('/chart/encounter/30102')).toMatchObject([{ encounterid: 30102, appointmentid: 102 }]);
    expect((await get('/chart/encounter/30101')).status).toBe(404);
  });
});
