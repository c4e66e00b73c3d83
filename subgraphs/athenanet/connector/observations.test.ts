import { describe, expect, it } from 'vitest';
import type { ObservationFilter, Page, PatientList } from '../../vendor/connector.ts';
import { fields, practice } from '../testbed.ts';

const reading = (element: string, code: string, vitalid: number, value: string, day = '10/14/2025') => ({
  clinicalelementid: element,
  code,
  codeset: 'LOINC',
  vitalid,
  value,
  readingtaken: day,
});
const VITALS = {
  totalcount: 2,
  vitals: [
    {
      key: 'BLOODPRESSURE',
      readings: [
        [
          reading('VITALS.BLOODPRESSURE.SYSTOLIC', '8480-6', 1, '120'),
          reading('VITALS.BLOODPRESSURE.DIASTOLIC', '8462-4', 2, '80'),
        ],
      ],
    },
    { key: 'HEARTRATE', readings: [[reading('VITALS.HEARTRATE', '8867-4', 3, '72', '09/01/2025')]] },
  ],
};
const lab = (labresultid: number, status: string, more: object = {}) => ({
  labresultid,
  resultstatus: status,
  orderid: 7,
  analytes: [
    {
      analyteid: 70 + labresultid,
      analytename: 'HGB A1C',
      loinc: '4548-4',
      value: '5.4',
      units: '%',
      analytedatetime: '10/20/2025 14:59:00',
      ...more,
    },
  ],
});
const LABS = { totalcount: 2, results: [lab(1, 'final', { value: '9.9' }), lab(2, 'corrected')] };
const PATIENT = [
  { patientid: '5001', departmentid: '1', primarydepartmentid: '2', allpatientstatuses: [{ departmentid: 3 }] },
];
const WRONG = { status: 400, body: { error: 'The specified patient does not exist in that department.' } };

const asked = (filter: ObservationFilter = {}, patient = '5001'): PatientList<ObservationFilter> => ({
  patient,
  filter,
  window: { first: 20 },
});
const keysOf = (page: Page<'Observation'> | Error | undefined) =>
  page instanceof Error || page === undefined ? page : page.items.map(({ record }) => record.key);

const chart = () =>
  practice({
    '/patients/*': () => PATIENT,
    '/chart/5001/vitals': () => VITALS,
    '/chart/5001/labresults': () => LABS,
  });

describe('observations of a patient', () => {
  it.each([
    {
      filter: {},
      calls: ['GET /chart/{id}/labresults', 'GET /chart/{id}/vitals'],
      keys: ['5001.l.2.72', '5001.v.1', '5001.v.3'],
    },
    { filter: { category: 'vital-signs' }, calls: ['GET /chart/{id}/vitals'], keys: ['5001.v.1', '5001.v.3'] },
    { filter: { category: 'laboratory' }, calls: ['GET /chart/{id}/labresults'], keys: ['5001.l.2.72'] },
    { filter: { codes: ['85354-9'] }, calls: ['GET /chart/{id}/vitals'], keys: ['5001.v.1'] },
    { filter: { codes: ['8462-4', '8867-4'] }, calls: ['GET /chart/{id}/vitals'], keys: ['5001.v.1', '5001.v.3'] },
    {
      filter: { codes: ['4548-4'] },
      calls: ['GET /chart/{id}/labresults', 'GET /chart/{id}/vitals'],
      keys: ['5001.l.2.72'],
    },
    {
      filter: { codes: ['hgb a1c'], category: 'laboratory' },
      calls: ['GET /chart/{id}/labresults'],
      keys: ['5001.l.2.72'],
    },
    {
      filter: { from: '2025-10-01T00:00:00Z' },
      calls: ['GET /chart/{id}/labresults', 'GET /chart/{id}/vitals'],
      keys: ['5001.l.2.72', '5001.v.1'],
    },
    {
      filter: { to: '2025-10-15T00:00:00Z', category: 'vital-signs' },
      calls: ['GET /chart/{id}/vitals'],
      keys: ['5001.v.1', '5001.v.3'],
    },
  ])('for $filter are $keys by $calls', async ({ filter, calls, keys }) => {
    const bed = await chart();
    const [page] = await bed.connector.patientObservations([asked(filter)], bed.call);
    expect(keysOf(page)).toEqual(keys);
    expect([...bed.calls()].sort()).toEqual([...calls, 'GET /patients/{id}']);
  });

  it('of a category that athenaNet has not are none, without a call', async () => {
    const bed = await chart();
    const [page] = await bed.connector.patientObservations([asked({ category: 'imaging' })], bed.call);
    expect(page).toEqual({ items: [], hasNextPage: false, totalCount: 0 });
    expect(bed.calls()).toEqual([]);
  });

  it('name the replaced one, which is still to be had', async () => {
    const bed = await chart();
    const [page] = await bed.connector.patientObservations([asked({ category: 'laboratory' })], bed.call);
    const record = (page as Page<'Observation'>).items[0]?.record;
    expect(record).toMatchObject({ status: 'CORRECTED', value: { value: '5.4' }, supersedesKey: '5001.l.1.71' });
    const [older] = await bed.connector.read.Observation([{ key: '5001.l.1.71', fields: fields('value') }], bed.call);
    expect(older).toMatchObject({ record: { value: { value: '9.9' }, status: 'FINAL' } });
  });

  it('ask for a day more after the span, and for results since ever, since their days are those of the order', async () => {
    const bed = await chart();
    const filter = { category: 'laboratory', from: '2025-10-10T12:00:00Z', to: '2025-10-21T00:00:00Z' };
    await bed.connector.patientObservations([asked(filter)], bed.call);
    expect(bed.lines().at(-1)).toBe(
      '/chart/5001/labresults?departmentid=1&enddate=10/21/2025&showabnormaldetails=true&limit=5000',
    );
  });

  it('ask for vitals of a day more on either side of the span', async () => {
    const bed = await chart();
    const filter = { category: 'vital-signs', from: '2025-10-10T12:00:00Z', to: '2025-10-21T00:00:00Z' };
    await bed.connector.patientObservations([asked(filter)], bed.call);
    expect(bed.lines().at(-1)).toBe('/chart/5001/vitals?departmentid=1&startdate=10/09/2025&enddate=10/21/2025');
  });

  it('asked several times in one go are read once', async () => {
    const bed = await chart();
    const pages = await bed.connector.patientObservations(
      [asked({ codes: ['8867-4'] }), asked({ codes: ['85354-9'] })],
      bed.call,
    );
    expect(pages.map(keysOf)).toEqual([['5001.v.3'], ['5001.v.1']]);
    expect(bed.calls()).toEqual(['GET /patients/{id}', 'GET /chart/{id}/vitals']);
  });

  it('page from the newest on', async () => {
    const bed = await chart();
    const [first] = await bed.connector.patientObservations([{ ...asked(), window: { first: 1 } }], bed.call);
    const { items, hasNextPage, totalCount } = first as Page<'Observation'>;
    expect({ hasNextPage, totalCount }).toEqual({ hasNextPage: true, totalCount: 3 });
    const after = items[0]?.after ?? '';
    const [next] = await bed.connector.patientObservations([{ ...asked(), window: { first: 5, after } }], bed.call);
    expect(keysOf(next)).toEqual(['5001.v.1', '5001.v.3']);
  });
});

describe('the department of a chart', () => {
  it('is known from any row of the patient that came by', async () => {
    const bed = await practice({
      '/patients': () => ({ totalcount: 1, patients: PATIENT }),
      '/chart/5001/vitals': () => VITALS,
    });
    await bed.connector.searchPatients({ dateOfBirth: '1984-04-17' }, { first: 1 }, bed.call);
    await bed.connector.patientObservations([asked({ category: 'vital-signs' })], bed.call);
    expect(bed.calls()).toEqual(['GET /patients', 'GET /chart/{id}/vitals']);
  });

  it('is asked for once, however many lists are wanted, and kept', async () => {
    const bed = await chart();
    await bed.connector.patientObservations([asked()], bed.call);
    await bed.connector.patientObservations([asked({ category: 'vital-signs' })], bed.call);
    expect(bed.calls().filter((name) => name === 'GET /patients/{id}')).toHaveLength(1);
  });

  it('is one of the patient’s others when the first has no such chart', async () => {
    const bed = await practice({
      '/patients/*': () => PATIENT,
      '/chart/5001/vitals': (query) => (query.get('departmentid') === '3' ? VITALS : WRONG),
    });
    const [page] = await bed.connector.patientObservations([asked({ category: 'vital-signs' })], bed.call);
    expect(keysOf(page)).toEqual(['5001.v.1', '5001.v.3']);
    expect(bed.lines().map((line) => line.replace('showallpatientdepartmentstatus=true', 'all'))).toEqual([
      '/patients/5001?all',
      '/chart/5001/vitals?departmentid=1',
      '/chart/5001/vitals?departmentid=2',
      '/chart/5001/vitals?departmentid=3',
    ]);
    await bed.connector.patientObservations([asked({ category: 'vital-signs' })], bed.call);
    expect(bed.lines().at(-1)).toBe('/chart/5001/vitals?departmentid=3');
  });

  it('is looked up in the patient’s record when the remembered one is wrong', async () => {
    const bed = await practice({
      '/patients': () => ({ totalcount: 1, patients: [{ patientid: '5001', departmentid: '1' }] }),
      '/patients/*': () => PATIENT,
      '/chart/5001/vitals': (query) => (query.get('departmentid') === '2' ? VITALS : WRONG),
    });
    await bed.connector.searchPatients({ dateOfBirth: '1984-04-17' }, { first: 1 }, bed.call);
    const [page] = await bed.connector.patientObservations([asked({ category: 'vital-signs' })], bed.call);
    expect(keysOf(page)).toEqual(['5001.v.1', '5001.v.3']);
    expect(bed.calls()).toEqual([
      'GET /patients',
      'GET /chart/{id}/vitals',
      'GET /patients/{id}',
      'GET /chart/{id}/vitals',
    ]);
  });

  it('that none of them is ends the search, each tried once', async () => {
    const bed = await practice({ '/patients/*': () => PATIENT, '/chart/5001/vitals': () => WRONG });
    const [page] = await bed.connector.patientObservations([asked({ category: 'vital-signs' })], bed.call);
    expect(page).toMatchObject({
      code: 'VENDOR_REJECTED',
      message: 'The patient has no chart in the asked department.',
    });
    expect(bed.lines()).toHaveLength(4);
  });

  it('of an unknown patient is not found', async () => {
    const bed = await practice({});
    expect(await bed.connector.patientObservations([asked(), asked({}, 'search')], bed.call)).toMatchObject([
      { code: 'NOT_FOUND' },
      { code: 'NOT_FOUND' },
    ]);
  });
});

describe('reading observations', () => {
  it('reads each list once and picks', async () => {
    const bed = await chart();
    const wanted = ['5001.v.3', '5001.v.1', '5001.v.9', '5001.l.2.72', '5002.v.1', 'nonsense'].map((key) => ({
      key,
      fields: fields('value'),
    }));
    const found = await bed.connector.read.Observation(wanted, bed.call);
    expect(found).toMatchObject([
      { record: { key: '5001.v.3' } },
      { record: { key: '5001.v.1' } },
      null,
      { record: { key: '5001.l.2.72', supersedesKey: '5001.l.1.71' } },
      { code: 'BAD_VENDOR_ANSWER' },
      null,
    ]);
    expect([...bed.calls()].sort()).toEqual([
      'GET /chart/{id}/labresults',
      'GET /chart/{id}/vitals',
      'GET /patients/{id}',
      'GET /patients/{id}',
    ]);
  });

  it('of a patient who is not known are none', async () => {
    const bed = await practice({});
    expect(await bed.connector.read.Observation([{ key: '5001.v.3', fields: fields('value') }], bed.call)).toEqual([
      null,
    ]);
  });
});
