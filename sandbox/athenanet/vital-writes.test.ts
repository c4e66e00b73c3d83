import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

interface Vitals {
  readonly vitals: readonly {
    readonly key: string;
    readonly readings: readonly Readonly<Record<string, unknown>>[][];
  }[];
}

const SYSTOLIC = { clinicalelementid: 'VITALS.BLOODPRESSURE.SYSTOLIC', readingtaken: '11/19/2025', value: '120' };
const DIASTOLIC = { ...SYSTOLIC, clinicalelementid: 'VITALS.BLOODPRESSURE.DIASTOLIC', value: '78' };
const WEIGHT = { clinicalelementid: 'VITALS.WEIGHT', readingtaken: '11/19/2025', value: '72550.5' };
const DEVICE = { departmentid: '1', source: 'DEVICEGENERATED' };
const fieldsOf = (vitals: unknown, rest: object = {}) => ({ ...DEVICE, ...rest, vitals: JSON.stringify(vitals) });
const SINCE = { departmentid: '1', startdate: '11/10/2025' };

describe('recording vital signs', () => {
  it('answers with their numbers, and shows those that came together together', async () => {
    const { write, read, simulator } = await caller();
    const fields = fieldsOf([[SYSTOLIC, DIASTOLIC], [WEIGHT]], { returnvitalids: 'true' });
    const answer = await write('POST', '/chart/5001/vitals', fields);
    const ids = [3100, 3200, 3300];
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      {
        success: true,
        vitalids: [SYSTOLIC, DIASTOLIC, WEIGHT].map(({ clinicalelementid }, index) => ({
          vitalid: ids[index],
          clinicalelementid,
        })),
      },
    ]);
    const { vitals } = await read<Vitals>('/chart/5001/vitals', SINCE);
    expect(vitals).toMatchObject([
      {
        key: 'BLOODPRESSURE',
        readings: [
          [
            { ...DIASTOLIC, vitalid: 3200, code: '8462-4', source: 'FLOWSHEET', createddate: '11/20/2025 13:00:00' },
            { ...SYSTOLIC, vitalid: 3100, code: '8480-6' },
          ],
        ],
      },
      { key: 'WEIGHT', readings: [[{ ...WEIGHT, vitalid: 3300, code: '29463-7' }]] },
    ]);
    expect(simulator.commits).toMatchObject([
      {
        call: 'POST /chart/{patientid}/vitals',
        kind: 'created',
        type: 'Observation',
        id: 31,
        record: { code: { code: '8480-6' }, value: { value: '120', ucum: 'mm[Hg]' }, status: 'final' },
      },
      { id: 32 },
      { id: 33 },
    ]);
  });

  it('gives numbers only to who asks for them, and takes today for a day that is not said', async () => {
    const { write, read } = await caller();
    const { readingtaken: _, ...today } = WEIGHT;
    expect(JSON.parse((await write('POST', '/chart/5001/vitals', fieldsOf([[today]]))).text)).toEqual({
      success: true,
    });
    expect((await read<Vitals>('/chart/5001/vitals', SINCE)).vitals).toMatchObject([
      { readings: [[{ readingtaken: '11/20/2025' }]] },
    ]);
  });

  it.each([
    [fieldsOf([[{ clinicalelementid: 'VITALS.NOPE', value: '1' }]]), 'Invalid clinical element.'],
    [fieldsOf([[SYSTOLIC, { ...DIASTOLIC, value: 'high' }]]), 'Invalid value.'],
    [fieldsOf([[{ ...SYSTOLIC, readingtaken: '2025-11-19' }]]), 'Invalid reading taken date.'],
    [fieldsOf([[{ ...SYSTOLIC, readingtaken: '11/21/2025' }]]), 'Invalid reading taken date.'],
    [fieldsOf([SYSTOLIC]), 'Invalid vitals.'],
    [fieldsOf([]), 'Invalid vitals.'],
    [fieldsOf([[SYSTOLIC]], { source: 'CLINICIAN' }), 'Invalid source.'],
  ])('is refused for %j under 200 with %j, and writes nothing', async (fields, errormessage) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', '/chart/5001/vitals', fields);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { success: false, errormessage }]);
    expect(simulator.commits).toEqual([]);
  });

  it.each([
    ['5001', { departmentid: '1' }, 400],
    ['5001', { ...DEVICE, vitals: '[[{' }, 400],
    ['5001', fieldsOf([[SYSTOLIC]], { departmentid: '3' }), 400],
    ['9', fieldsOf([[SYSTOLIC]]), 404],
  ] as [string, Record<string, string>, number][])(
    'is refused for patient %s and %j with %i',
    async (id, fields, status) => {
      const { write, simulator } = await caller();
      expect((await write('POST', `/chart/${id}/vitals`, fields)).status).toBe(status);
      expect(simulator.commits).toEqual([]);
    },
  );

  it('is done though the answer is lost', async () => {
    const { write, simulator, read } = await caller();
    await read('/ping');
    simulator.fault({ kind: 'lose', match: 'POST /chart/{patientid}/vitals' });
    await expect(write('POST', '/chart/5001/vitals', fieldsOf([[WEIGHT]]))).rejects.toThrow();
    expect((await read<Vitals>('/chart/5001/vitals', SINCE)).vitals).toMatchObject([{ readings: [[WEIGHT]] }]);
  });

  it('goes into an encounter as long as it is open', async () => {
    const { write, read } = await caller();
    const { clinicalelementid, value } = WEIGHT;
    const fields = { vitals: JSON.stringify([[{ clinicalelementid, value }]]) };
    expect(JSON.parse((await write('POST', '/chart/encounter/30104/vitals', fields)).text)).toEqual({ success: true });
    expect(await read('/chart/encounter/30104/vitals')).toMatchObject({
      vitals: [{ key: 'WEIGHT', readings: [[{ value, source: 'ENCOUNTER', sourceid: 30104 }]] }],
    });
    expect(JSON.parse((await write('POST', '/chart/encounter/30103/vitals', fields)).text)).toMatchObject({
      success: false,
    });
    expect((await write('POST', '/chart/encounter/30101/vitals', fields)).status).toBe(404);
  });
});

describe('correcting a vital sign', () => {
  it.each([
    ['101', '118', 'BLOODPRESSURE'],
    ['500', '66.5', 'HEARTRATE'],
  ])('%s to %s shows the new value and no other', async (id, value, key) => {
    const { write, read, simulator } = await caller();
    const before = await read<Vitals>('/chart/5001/vitals', { departmentid: '1' });
    const answer = await write('PUT', `/chart/5001/vitals/${id}`, { departmentid: '1', value });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { success: true }]);
    const { vitals } = await read<Vitals>('/chart/5001/vitals', { departmentid: '1' });
    const readingsOf = (of: Vitals['vitals']) => of.flatMap((group) => group.readings.flat());
    const changed = readingsOf(vitals).filter(({ vitalid }) => String(vitalid) === id);
    expect(changed).toMatchObject([{ value, createddate: '11/20/2025 13:00:00' }]);
    const others = (of: Vitals) => readingsOf(of.vitals.filter((group) => group.key !== key));
    expect(others({ vitals })).toEqual(others(before));
    expect(simulator.commits).toMatchObject([
      { kind: 'updated', type: 'Observation', record: { status: 'corrected' } },
    ]);
  });

  it.each([
    ['101', {}, 400],
    ['900', { value: '1' }, 404],
    ['199', { value: '1' }, 404],
    ['2000', { value: '1' }, 404],
  ])('%s with %j is refused with %i', async (id, fields, status) => {
    const { write, simulator } = await caller();
    expect((await write('PUT', `/chart/5001/vitals/${id}`, { departmentid: '1', ...fields })).status).toBe(status);
    expect(simulator.commits).toEqual([]);
  });

  it('is refused to another patient', async () => {
    const { write } = await caller();
    expect((await write('PUT', '/chart/5002/vitals/101', { departmentid: '1', value: '1' })).status).toBe(404);
  });
});
