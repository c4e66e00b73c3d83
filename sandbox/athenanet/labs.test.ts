import { afterEach, describe, expect, it } from 'vitest';
import type { ObservationStatus } from '../practice.ts';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

type Row = Readonly<Record<string, unknown>>;
interface Labs {
  readonly totalcount: number;
  readonly results: readonly (Row & { readonly analytes: readonly Row[] })[];
}

const HERE = { departmentid: '1' };

describe('the list of laboratory results', () => {
  it('goes by report with the analytes, values as text', async () => {
    const { read } = await caller();
    const { totalcount, results } = await read<Labs>('/chart/5001/labresults', HERE);
    expect(totalcount).toBe(3);
    expect(results[0]).toEqual({
      labresultid: 900,
      priority: '2',
      description: 'hemoglobin A1c',
      resultstatus: 'final',
      labresultloinc: '4548-4',
      labresultdate: '10/20/2025',
      labresultdatetime: '10/20/2025 14:59:00',
      encounterid: 30103,
      attachmentexists: false,
      analytes: [
        {
          analyteid: 2000,
          analytename: 'Hemoglobin A1c',
          loinc: '4548-4',
          description: 'Hemoglobin A1c',
          value: '7.4',
          units: '%',
          referencerange: '4.0-5.6',
          resultstatus: 'final',
          abnormalflag: 'high',
          analytedate: '10/20/2025',
          analytedatetime: '10/20/2025 10:00:00',
        },
      ],
    });
  });

  it('keeps the ids of a corrected result, with the new value', async () => {
    const { read } = await caller();
    const { results } = await read<Labs>('/chart/5001/labresults', HERE);
    expect(results[1]).toMatchObject({
      labresultid: 901,
      resultstatus: 'corrected',
      labresultdatetime: '11/04/2025 09:00:00',
      analytes: [
        { analyteid: 2100, value: '98', resultstatus: 'corrected' },
        { analyteid: 2200, value: '<2', resultstatus: 'final' },
      ],
    });
    expect(JSON.stringify(results)).not.toContain('89');
    expect(results[1]).not.toHaveProperty('labresultloinc');
  });

  it('takes over a correction that is made between two reads', async () => {
    const practice = practiceOf();
    const { read } = await caller({ practice });
    const before = await read<Labs>('/chart/5001/labresults', HERE);
    const result = practice.observations.find(({ id }) => id === 20);
    if (result === undefined) throw new Error('no result');
    result.status = 'corrected';
    result.value = { kind: 'quantity', value: '7.1', unit: '%' };
    const after = await read<Labs>('/chart/5001/labresults', HERE);
    const ids = ({ results: [report] }: Labs) => [report?.labresultid, report?.analytes[0]?.analyteid];
    expect(ids(after)).toEqual(ids(before));
    expect(after.results[0]?.analytes[0]).toMatchObject({ value: '7.1', resultstatus: 'corrected' });
  });

  it.each([
    ['registered', 'pending'],
    ['preliminary', 'preliminary'],
    ['final', 'final'],
    ['amended', 'corrected'],
    ['corrected', 'corrected'],
    ['cancelled', 'cancelled'],
    ['unknown', undefined],
  ] as [ObservationStatus, string | undefined][])('says for a result that is %s: %s', async (status, word) => {
    const practice = practiceOf();
    const result = practice.observations.find(({ id }) => id === 20);
    if (result === undefined) throw new Error('no result');
    result.status = status;
    const { read } = await caller({ practice });
    const { results } = await read<Labs>('/chart/5001/labresults', HERE);
    expect([results[0]?.resultstatus, results[0]?.analytes[0]?.resultstatus]).toEqual([word, word]);
  });

  it('leaves out, and counts, what was entered in error', async () => {
    const practice = practiceOf();
    const result = practice.observations.find(({ id }) => id === 20);
    if (result === undefined) throw new Error('no result');
    result.status = 'entered-in-error';
    const { read, behaviour } = await caller({ practice });
    const { results } = await read<Labs>('/chart/5001/labresults', HERE);
    expect(results.map(({ labresultid }) => labresultid)).toEqual([901, 902]);
    expect(behaviour.notRepresentable().observations).toContain(20);
  });

  it('translates the flag into HL7 when asked', async () => {
    const { read } = await caller();
    const { results } = await read<Labs>('/chart/5001/labresults', { ...HERE, showabnormaldetails: 'true' });
    expect(results[0]?.analytes[0]).toMatchObject({
      abnormalflag: 'high',
      abnormalhl7code: 'H',
      abnormalhl7name: 'High',
    });
  });

  it.each([
    [{ startdate: '11/02/2025' }, [901, 902]],
    [{ startdate: '11/02/2025', enddate: '11/02/2025' }, [901]],
    [{ labresultstatus: 'final' }, [900]],
    [{ labresultstatus: 'preliminary' }, [902]],
    [{ allresultsbyencounterid: '30103' }, [900]],
  ] as [Record<string, string>, number[]][])('is narrowed by %j', async (query, ids) => {
    const { read } = await caller();
    const { results } = await read<Labs>('/chart/5001/labresults', { ...HERE, ...query });
    expect(results.map(({ labresultid }) => labresultid)).toEqual(ids);
  });

  it('may have text for a value', async () => {
    const { read } = await caller();
    const { results } = await read<Labs>('/chart/5001/labresults', { ...HERE, labresultstatus: 'preliminary' });
    expect(results[0]?.analytes[0]).toMatchObject({ value: 'no growth', resultstatus: 'preliminary' });
    expect(results[0]?.analytes[0]).not.toHaveProperty('units');
  });

  it('goes flat as analytes, with fewer columns', async () => {
    const { read } = await caller();
    const { totalcount, analytes } = await read<{ totalcount: number; analytes: Row[] }>('/chart/5001/analytes', HERE);
    expect(totalcount).toBe(4);
    expect(analytes[0]).toEqual({
      analyteid: 2000,
      analytename: 'Hemoglobin A1c',
      value: '7.4',
      units: '%',
      analytedate: '10/20/2025',
      labresultstatus: 'final',
      description: 'hemoglobin A1c',
    });
  });

  it('is one of documents too, without a total, and singly', async () => {
    const { read, get } = await caller();
    const list = await read<{ documents: Row[] }>('/patients/5001/documents', {
      ...HERE,
      documentclass: 'ADMIN,LABRESULT',
    });
    expect(list).not.toHaveProperty('totalcount');
    expect(list.documents[1]).toMatchObject({
      documentid: '901',
      labresultid: 901,
      documentclass: 'LABRESULT',
      createddatetime: '2025-11-03T09:00:00-05:00',
      lastmodifieddatetime: '2025-11-04T09:00:00-05:00',
    });
    expect(await read('/patients/5001/documents', { ...HERE, documentclass: 'ADMIN' })).toEqual({ documents: [] });
    expect(await read('/patients/5001/documents/labresult/900')).toMatchObject([
      { labresultid: 900, patientid: 5001, observations: [{ loinc: '4548-4', value: '7.4', units: '%' }] },
    ]);
    expect((await get('/patients/5002/documents/labresult/900')).status).toBe(404);
  });
});
