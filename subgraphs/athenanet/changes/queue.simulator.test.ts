import { describe, expect, it } from 'vitest';
import { practiceOf } from '../../../sandbox/athenanet/fixture.ts';
import { type Watch, watch } from '../../../test/athenanet/watch.ts';
import { changesOf } from '../../vendor/changes/notice.ts';

const MINUTE = 60_000;
const FEEDS = ['appointments', 'patients', 'labresults', 'claims'] as const;

const GLUCOSE = {
  patientId: 5001,
  category: 'laboratory',
  code: { system: 'http://loinc.org', code: '2345-7', display: 'Glucose' },
  effective: '2025-11-20T15:00:00Z',
  reportName: 'Glucose',
  status: 'final',
  value: { kind: 'quantity', value: '99', unit: 'mg/dL' },
  components: [],
} as const;

const begun = async (name: (typeof FEEDS)[number], options: Parameters<typeof watch>[1] = {}): Promise<Watch> => {
  const one = await watch(practiceOf(), options);
  await one.read(name);
  one.pass(MINUTE);
  return one;
};
const put = (one: Watch, path: string, fields: Record<string, string>) => one.one.write('PUT', path, fields);
const cancel = (one: Watch, id: number, patientid: string) => put(one, `/appointments/${id}/cancel`, { patientid });
/** Every answer to a plain look at the list is lost, after its rows were marked. */
const lose = (one: Watch, name: string, times: number) =>
  one.one.simulator.fault({ kind: 'lose', match: `GET /${name}/changed`, times });

describe('a feed', () => {
  it.each(FEEDS)('of %s costs one call when nothing happened', async (name) => {
    const one = await begun(name);
    const { page, calls } = await one.read(name);
    expect([page?.noticed, page?.more, page?.place]).toEqual([[], false, one.place(name)]);
    expect(calls).toEqual([`GET /${name}/changed`]);
  });

  it('subscribes, and tells nothing of before', async () => {
    const one = await watch(practiceOf());
    await one.one.write('POST', '/appointments/changed/subscription', { eventname: 'CancelAppointment' });
    await cancel(one, 101, '5001');
    await one.read('appointments');
    expect(await one.one.read('/appointments/changed/subscription')).toMatchObject({ status: 'ACTIVE' });
    expect(await one.drain('appointments')).toEqual([]);
  });

  it('begins when its subscription acts', async () => {
    const one = await watch(practiceOf(), { feeds: { activationMs: 5 * MINUTE } });
    await expect(one.read('patients')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    one.pass(5 * MINUTE);
    await one.read('patients');
    await put(one, '/patients/5001', { homephone: '5555550177' });
    expect(await one.drain('patients')).toMatchObject([{ type: 'Patient', key: '5001', patient: '5001' }]);
  });

  it('says that its subscription was taken away, and makes it again', async () => {
    const one = await begun('claims');
    await one.one.write('DELETE', '/claims/changed/subscription');
    await expect(one.read('claims')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await one.drain('claims')).toEqual([]);
  });

  it.each(['kept', 'thrown away'] as const)('tells what was %s by the first who took it, once', async (fate) => {
    const one = await begun('patients');
    await put(one, '/patients/5001', { homephone: '5555550177' });
    await one.read('patients');
    await one.read('patients', fate);
    one.pass(MINUTE);
    expect([...one.stream, ...(await one.drain('patients'))]).toContainEqual(expect.objectContaining({ key: '5001' }));
    expect(one.stream).toHaveLength(1);
    expect(await one.drain('patients')).toEqual([]);
  });

  it.each([
    ['appointments', 0],
    ['appointments', 20 * MINUTE],
    ['appointments', -20 * MINUTE],
    ['patients', 20 * MINUTE],
    ['patients', -20 * MINUTE],
  ] as const)('of %s survives lost answers with a clock that is %i ms ahead', async (name, skewMs) => {
    const one = await begun(name, { skewMs });
    const happen = (id: number, patient: string) =>
      name === 'patients' ? put(one, `/patients/${patient}`, { homephone: `55555501${id}` }) : cancel(one, id, patient);
    await happen(101, '5001');
    await one.read(name);
    // something new, of which the look knew nothing, goes with what is lost
    await happen(113, name === 'patients' ? '5001' : '5003');
    lose(one, name, 50);
    await expect(one.read(name)).rejects.toThrow();
    one.one.simulator.reset();
    one.pass(10 * MINUTE);
    // and what was looked at is different once more
    if (name === 'patients') await put(one, '/patients/5001', { homephone: '5555550199' });
    const keys = (await one.drain(name)).map(({ key }) => key);
    expect(keys.toSorted()).toEqual(name === 'patients' ? ['5001'] : ['101', '113']);
  });

  it('tells of another claim of the patient that was taken with a lost answer', async () => {
    const one = await begun('claims');
    const first = one.practice.claims.find(({ patientId, status }) => patientId === 5001 && status === 'accepted');
    if (first === undefined) throw new Error('the fixture has such a claim');
    one.change('Claim', first.id, { status: 'paid' });
    await one.read('claims');
    const filed = await one.one.write('POST', '/appointments/103/claim', {
      claimcharges: JSON.stringify([{ procedurecode: '99213', units: 1, icd10code1: 'J02.9', unitamount: '100' }]),
    });
    const [id] = (JSON.parse(filed.text) as { claimids: readonly string[] }).claimids;
    lose(one, 'claims', 50);
    await expect(one.read('claims')).rejects.toThrow();
    one.one.simulator.reset();
    const keys = (await one.drain('claims')).map(({ key }) => key);
    expect(keys).toContain(String(first.id));
    expect(keys).toContain(id);
  });

  it('does not go on when what was taken from it is no longer shown', async () => {
    const one = await begun('appointments');
    await cancel(one, 101, '5001');
    await one.read('appointments');
    await one.read('appointments', 'thrown away');
    one.pass(25 * 60 * MINUTE);
    await expect(one.read('appointments')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('reads patients and their claims that are no longer shown', async () => {
    const one = await begun('patients');
    await one.read('claims');
    const claim = one.practice.claims[0];
    if (claim === undefined) throw new Error('the fixture has claims');
    await put(one, '/patients/5001', { homephone: '5555550177' });
    one.change('Claim', claim.id, { status: 'denied' });
    for (const name of ['patients', 'claims'] as const) {
      await one.read(name);
      await one.read(name, 'thrown away');
    }
    one.pass(25 * 60 * MINUTE);
    expect(await one.drain('patients')).toMatchObject([{ key: '5001' }]);
    expect((await one.drain('claims')).map(({ key }) => key)).toContain(String(claim.id));
  });

  it('reads on at once when more waits than it looked at', async () => {
    const one = await begun('appointments');
    for (let minute = 0; minute < 120; minute += 1) one.change('Appointment', 101, { note: `${minute}` });
    expect(await one.drain('appointments')).toHaveLength(1);
  });
});

describe('appointments', () => {
  it.each([
    ['cancelled', { status: 'cancelled' }, 'CANCELLED'],
    ['missed', { status: 'noshow' }, 'NO_SHOW'],
    ['moved by the practice', { start: '2025-12-03T15:00:00Z' }, 'BOOKED'],
  ] as const)('that are %s are told once, as they are', async (_what, set, status) => {
    const one = await begun('appointments');
    one.change('Appointment', 101, set);
    await one.read('appointments');
    const { page, calls } = await one.read('appointments');
    expect(page?.noticed).toMatchObject([{ key: '101', patient: '5001', found: { record: { status } } }]);
    expect(calls.filter((name) => !name.includes('departments'))).toEqual(Array(2).fill('GET /appointments/changed'));
    expect(await one.drain('appointments')).toEqual([]);
  });

  it('that move are told as gone and, under their new id, as made', async () => {
    const one = await begun('appointments');
    await put(one, '/appointments/101/reschedule', { patientid: '5001', newappointmentid: '1000001' });
    expect(await one.drain('appointments')).toMatchObject([
      { key: '101', kind: 'DELETED', patient: '5001' },
      { key: '1000001', kind: 'CREATED', patient: '5001' },
    ]);
    one.pass(MINUTE);
    await one.one.write('POST', '/appointments/1000001/startcheckin');
    expect(await one.drain('appointments')).toMatchObject([{ key: '1000001', kind: 'UPDATED' }]);
  });

  it('of the guide are read for their reason', async () => {
    const one = await begun('appointments', { strictDialect: 'guide', settings: { dialect: 'guide' } });
    await cancel(one, 101, '5001');
    await one.read('appointments');
    const { page, calls } = await one.read('appointments');
    expect(page?.noticed).toEqual([{ type: 'Appointment', key: '101', patient: '5001' }]);
    expect(calls).toContain('GET /appointments/{id}');
  });

  it('are what is told of, not open slots', async () => {
    const one = await begun('appointments');
    const fields = { departmentid: '1', providerid: '71', appointmentdate: '12/15/2025', appointmenttypeid: '82' };
    await one.one.write('POST', '/appointments/open', { ...fields, appointmenttime: '08:00' });
    expect(await one.drain('appointments')).toEqual([]);
    expect((await one.read('appointments')).calls).toHaveLength(1);
  });

  it('have the same fingerprint as when they are read themselves', async () => {
    const one = await begun('appointments');
    await cancel(one, 101, '5001');
    await one.drain('appointments');
    const [again] = await changesOf([{ type: 'Appointment', key: '101' }], 'WRITE', one.source(), one.call());
    expect(again?.fingerprint).toBe(one.stream[0]?.fingerprint);
  });

  it.each([
    ['the first', '2025-11-02T05:50:00Z', 20],
    ['the second', '2025-11-02T06:20:00Z', 20],
    ['the hour before', '2025-11-02T04:58:00Z', 80],
  ])('are not lost when they change in %s of two equal hours', async (_which, at, minutes) => {
    const one = await watch(practiceOf());
    one.pass(Date.parse(at) - one.now());
    await one.read('appointments');
    one.change('Appointment', 101, { status: 'cancelled' });
    await one.read('appointments');
    one.pass(minutes * MINUTE);
    // it goes with something of which the look knew nothing
    one.change('Appointment', 113, { status: 'cancelled' });
    await one.read('appointments', 'thrown away');
    one.pass(3 * 60 * MINUTE);
    one.change('Appointment', 101, { status: 'noshow' });
    expect((await one.drain('appointments')).map(({ key }) => key).toSorted()).toEqual(['101', '113']);
  });
});

describe('laboratory results', () => {
  it('are told as made, and when they are corrected as the same ones', async () => {
    const one = await begun('labresults');
    const result = one.one.behaviour.report?.(GLUCOSE);
    expect(await one.drain('labresults')).toMatchObject([{ kind: 'CREATED', patient: '5001', codes: ['2345-7'] }]);
    one.pass(MINUTE);
    one.change('Observation', result?.id ?? 0, { value: { kind: 'quantity', value: '98', unit: 'mg/dL' } });
    expect(await one.drain('labresults')).toMatchObject([{ kind: 'UPDATED', key: one.stream[0]?.key }]);
  });

  it('that the chart no longer shows are told as gone', async () => {
    const one = await begun('labresults');
    const result = one.one.behaviour.report?.(GLUCOSE);
    await one.drain('labresults');
    one.pass(MINUTE);
    one.change('Observation', result?.id ?? 0, { status: 'entered-in-error' });
    const told = await one.drain('labresults');
    expect(told.every(({ kind, patient }) => kind === 'DELETED' && patient === '5001')).toBe(true);
  });
});

it('tells of a payment, which the claim’s own row does not show', async () => {
  const one = await begun('claims');
  const claim = one.practice.claims.find(({ status }) => status !== 'paid');
  if (claim === undefined) throw new Error('the fixture has a claim');
  for (const id of [1, 2]) {
    one.pass(MINUTE);
    const at = one.practice.claims.findIndex((each) => each.id === claim.id);
    const payments = Array.from(
      { length: id },
      (_, i) => ({ id: i, from: 'patient', amount: '9', date: '2025-11-20' }) as const,
    );
    one.practice.claims[at] = { ...claim, payments };
    one.change('Claim', claim.id, {});
    expect(await one.drain('claims')).toMatchObject([{ key: String(claim.id), kind: 'UPDATED' }]);
  }
});
