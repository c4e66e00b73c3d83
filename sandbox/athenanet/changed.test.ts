import { afterEach, describe, expect, it } from 'vitest';
import { changeRecord } from '../change.ts';
import { type Caller, callers } from './caller.ts';
import { NOW, practiceOf } from './fixture.ts';
import type { AthenanetOptions } from './simulator.ts';

const { caller, close } = callers();
afterEach(close);

type Rows = readonly Readonly<Record<string, unknown>>[];
type Body = Readonly<Record<string, unknown>> & { readonly totalcount?: number; readonly next?: string };

const NOT_SUBSCRIBED = { error: 'Changed messages require setup (subscription) that has not been done.' };
const MINUTE = 60_000;

const subscribed = async (feed: string, options: Partial<AthenanetOptions> = {}): Promise<Caller> => {
  const one = await caller(options);
  await one.write('POST', `/${feed}/changed/subscription`);
  return one;
};

const rowsOf = async (one: Caller, feed: string, query: Record<string, string> = {}): Promise<Rows> =>
  (await one.read<Body>(`/${feed}/changed`, query))[feed] as Rows;

const cancel = (one: Caller, id: number, patientid: string) =>
  one.write('PUT', `/appointments/${id}/cancel`, { patientid });

describe('a subscription to changes', () => {
  it.each(['appointments', 'patients', 'labresults', 'claims', 'providers'])(
    'has to be there before %s are fetched',
    async (feed) => {
      const one = await caller();
      const before = await one.get(`/${feed}/changed`);
      expect([before.status, JSON.parse(before.text)]).toEqual([403, NOT_SUBSCRIBED]);
      await one.write('POST', `/${feed}/changed/subscription`);
      expect(await rowsOf(one, feed)).toEqual([]);
      await one.write('DELETE', `/${feed}/changed/subscription`);
      expect((await one.get(`/${feed}/changed`)).status).toBe(403);
    },
  );

  it('says which events it has, and that it has only some', async () => {
    const one = await caller();
    const path = '/appointments/changed/subscription';
    expect(await one.read(path)).toEqual({ status: 'INACTIVE', subscriptions: [] });
    await one.write('POST', path, { eventname: 'CheckIn' });
    expect(await one.read(path)).toEqual({ status: 'PARTIAL', subscriptions: [{ eventname: 'CheckIn' }] });
    await one.write('POST', path);
    expect(await one.read(path)).toMatchObject({ status: 'ACTIVE' });
    await one.write('DELETE', path, 'eventname=CheckIn');
    expect(await one.read(path)).toMatchObject({ status: 'PARTIAL' });
  });

  it('refuses an event and a department that there are not', async () => {
    const one = await caller();
    for (const field of ['eventname=Lunch', 'departmentids=1,99'])
      expect((await one.write('POST', '/appointments/changed/subscription', field)).status).toBe(400);
  });

  it('acts only after its time', async () => {
    const one = await subscribed('appointments', { feeds: { activationMs: 5 * MINUTE } });
    await cancel(one, 101, '5001');
    expect((await one.get('/appointments/changed')).status).toBe(403);
    one.setNow(NOW + 5 * MINUTE);
    expect(await rowsOf(one, 'appointments')).toEqual([]);
    await cancel(one, 108, '5002');
    expect(await rowsOf(one, 'appointments')).toMatchObject([{ appointmentid: '108', appointmentstatus: 'x' }]);
  });

  it('reaches the events and the departments that it names', async () => {
    const one = await caller();
    await one.write('POST', '/appointments/changed/subscription', { eventname: 'CheckOut', departmentids: '3' });
    await cancel(one, 101, '5001');
    await one.write('POST', '/appointments/104/checkout');
    expect(await rowsOf(one, 'appointments')).toMatchObject([{ appointmentid: '104' }]);
  });
});

describe('a feed', () => {
  it('hands a change out once, as the record is now', async () => {
    const one = await subscribed('appointments');
    await one.write('POST', '/appointments/101/startcheckin');
    await cancel(one, 101, '5001');
    await one.write('PUT', '/appointments/1000001', { patientid: '5002', appointmenttypeid: '82' });
    const rows = await rowsOf(one, 'appointments', { leaveunprocessed: 'true' });
    expect(rows).toMatchObject([
      { appointmentid: '101', appointmentstatus: 'x', lastmodified: '11/20/2025 13:00:00', patientid: '5001' },
      { appointmentid: '1000001', appointmentstatus: 'f', patientid: '5002' },
    ]);
    expect(await rowsOf(one, 'appointments')).toEqual(rows);
    expect(await one.read('/appointments/changed')).toEqual({ totalcount: 0, appointments: [] });
  });

  it('hands out a page at a time, and the rest with the next call', async () => {
    const one = await subscribed('appointments');
    for (const [id, patient] of [
      [101, '5001'],
      [108, '5002'],
      [113, '5003'],
    ] as const)
      await cancel(one, id, patient);
    const first = await one.read<Body>('/appointments/changed', { limit: '2' });
    expect([first.totalcount, (first.appointments as Rows).length, first.next]).toEqual([3, 2, undefined]);
    expect(await rowsOf(one, 'appointments', { limit: '2' })).toMatchObject([{ appointmentid: '113' }]);
  });

  it('leaves what a filter does not let through', async () => {
    const one = await subscribed('appointments');
    await cancel(one, 101, '5001');
    await cancel(one, 108, '5002');
    expect(await rowsOf(one, 'appointments', { patientid: '5002' })).toMatchObject([{ appointmentid: '108' }]);
    expect(await rowsOf(one, 'appointments')).toMatchObject([{ appointmentid: '101' }]);
  });

  it('shows again what it handed out within a time of Eastern clocks', async () => {
    const one = await subscribed('appointments');
    await cancel(one, 101, '5001');
    one.simulator.fault({ kind: 'lose', match: 'GET /appointments/changed', times: 1 });
    await expect(one.get('/appointments/changed')).rejects.toThrow();
    expect(await rowsOf(one, 'appointments')).toEqual([]);
    const window = (from: string, to: string) => ({
      showprocessedstartdatetime: `11/20/2025 ${from}`,
      showprocessedenddatetime: `11/20/2025 ${to}`,
    });
    for (const again of [1, 2])
      expect([again, await rowsOf(one, 'appointments', window('13:00:00', '13:00:00'))]).toMatchObject([
        again,
        [{ appointmentid: '101', appointmentstatus: 'x' }],
      ]);
    expect(await rowsOf(one, 'appointments', window('12:00:00', '12:59:59'))).toEqual([]);
    expect(await rowsOf(one, 'appointments', window('13:00:01', '14:00:00'))).toEqual([]);
  });

  it('forgets what it handed out a while ago', async () => {
    const one = await subscribed('appointments', { feeds: { keepMs: MINUTE } });
    await cancel(one, 101, '5001');
    await rowsOf(one, 'appointments');
    const query = { showprocessedstartdatetime: '11/20/2025 12:00:00' };
    expect(await rowsOf(one, 'appointments', query)).toHaveLength(1);
    one.setNow(NOW + MINUTE);
    expect(await rowsOf(one, 'appointments', query)).toEqual([]);
  });

  it('tells of slots without a patient, and nothing of a slot that is gone', async () => {
    const one = await subscribed('appointments');
    const fields = { departmentid: '1', providerid: '71', appointmentdate: '12/15/2025', appointmenttypeid: '82' };
    await one.write('POST', '/appointments/open', { ...fields, appointmenttime: '08:00' });
    await one.write('DELETE', '/appointments/1000001');
    const rows = await rowsOf(one, 'appointments');
    expect(rows).toMatchObject([{ appointmentstatus: 'o', starttime: '08:00' }]);
    expect(rows[0]).not.toHaveProperty('patientid');
  });

  it('tells of both appointments of a reschedule', async () => {
    const one = await subscribed('appointments');
    await one.write('PUT', '/appointments/101/reschedule', { patientid: '5001', newappointmentid: '1000001' });
    const rows = await rowsOf(one, 'appointments');
    expect(new Map(rows.map((row) => [row.appointmentid, row]))).toEqual(
      new Map([
        ['1000001', expect.objectContaining({ appointmentstatus: 'f' })],
        ['101', expect.objectContaining({ appointmentstatus: 'x', rescheduledappointmentid: '1000001' })],
      ]),
    );
  });

  it('tells of patients and claims that a client writes', async () => {
    const one = await subscribed('patients');
    await one.write('POST', '/claims/changed/subscription');
    await one.write('PUT', '/patients/5001', { homephone: '5555550177' });
    await one.write('POST', '/appointments/103/claim', {
      claimcharges: JSON.stringify([{ procedurecode: '99213', units: 1, icd10code1: 'J02.9', unitamount: '100' }]),
    });
    expect(await rowsOf(one, 'patients', { departmentid: '1,2' })).toMatchObject([
      { patientid: '5001', homephone: '5555550177' },
    ]);
    expect(await rowsOf(one, 'claims')).toMatchObject([{ appointmentid: 103, patientid: 5001 }]);
  });

  it('tells of a new laboratory result, and of its correction as the same report', async () => {
    const practice = practiceOf();
    const one = await subscribed('labresults', { practice });
    const { behaviour } = one;
    const result = behaviour.report?.({
      patientId: 5001,
      category: 'laboratory',
      code: { system: 'http://loinc.org', code: '2345-7', display: 'Glucose' },
      effective: '2025-11-20T15:00:00Z',
      reportName: 'Glucose',
      status: 'final',
      value: { kind: 'quantity', value: '99', unit: 'mg/dL' },
      components: [],
    });
    const { id = 0, reportId = 0 } = result ?? {};
    const row = { labresultid: reportId, patientid: 5001, observationdatetime: '2025-11-20T10:00:00-05:00' };
    expect(await rowsOf(one, 'labresults')).toMatchObject([row]);
    const set = { value: { kind: 'quantity', value: '98', unit: 'mg/dL' } } as const;
    const changed = changeRecord(practice, 'Observation', id, set, NOW + MINUTE);
    behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type: 'Observation', ...changed });
    expect(await rowsOf(one, 'labresults')).toMatchObject([
      { ...row, lastmodifieddatetime: '2025-11-20T13:01:00-05:00' },
    ]);
    expect(await one.read(`/patients/5001/documents/labresult/${reportId}`)).toMatchObject([
      { observations: [{ value: '98' }] },
    ]);
  });
});
