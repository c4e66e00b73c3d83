import { describe, expect, it } from 'vitest';
import type { ChangeDraft } from '../../../store/changes.ts';
import { type Hooked, hooked } from '../../../test/athenanet/hooked.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { changesOf } from '../../vendor/changes/notice.ts';
import { DeliveryRefused, type PushedEvent } from '../../vendor/changes/push.ts';

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

const begun = async (): Promise<Hooked> => {
  const one = await hooked();
  await one.settle();
  return one;
};
const put = (one: Hooked, path: string, fields: Record<string, string>) => one.one.write('PUT', path, fields);
const told = async (one: Hooked) =>
  (await one.told()).map(({ type, key, kind, patient }) => [type, key, kind, patient]);

describe('an appointment', () => {
  it.each<readonly [string, (one: Hooked) => unknown, string, string]>([
    [
      'booked',
      (one) => put(one, '/appointments/1000001', { patientid: '5002', appointmenttypeid: '82' }),
      'CREATED',
      'BOOKED',
    ],
    ['cancelled', (one) => put(one, '/appointments/101/cancel', { patientid: '5001' }), 'UPDATED', 'CANCELLED'],
    ['missed', (one) => one.change('Appointment', 101, { status: 'noshow' }), 'UPDATED', 'NO_SHOW'],
    ['checked in', (one) => one.one.write('POST', '/appointments/101/checkin'), 'UPDATED', 'CHECKED_IN'],
    [
      'moved by the practice',
      (one) => one.change('Appointment', 101, { start: '2025-12-03T15:00:00Z' }),
      'UPDATED',
      'BOOKED',
    ],
  ])('that is %s is told as it is', async (_what, happen, kind, status) => {
    const one = await begun();
    await happen(one);
    const [told, ...others] = await one.told();
    expect([told?.kind, others]).toEqual([kind, []]);
    const key = told?.key ?? '';
    const [found] = await one.source.connector.read.Appointment([{ key, fields: new Set(['status']) }], one.call());
    expect(found).toMatchObject({ record: { status } });
  });

  it('that moves is told as gone and, under its new id, as made', async () => {
    const one = await begun();
    await put(one, '/appointments/101/reschedule', { patientid: '5001', newappointmentid: '1000001' });
    expect(await told(one)).toEqual([
      ['Appointment', '101', 'DELETED', '5001'],
      ['Appointment', '1000001', 'CREATED', '5001'],
    ]);
  });

  it('that moves is told alike by either of its events, in any order', async () => {
    const one = await begun();
    await put(one, '/appointments/101/reschedule', { patientid: '5001', newappointmentid: '1000001' });
    const contents = (await one.opened()).flat().map(({ content }) => content);
    const [old] = contents.filter((content) => JSON.stringify(content).includes('Appointment.reschedule'));
    const alone = await one.source.connector.push?.noticed([old], one.call());
    const backwards = await one.source.connector.push?.noticed(contents.toReversed().concat(contents), one.call());
    expect(alone).toEqual(backwards);
    expect(alone).toHaveLength(2);
  });

  it('costs one call where its own read tells everything', async () => {
    const one = await begun();
    await one.source.connector.locations(one.call());
    await one.one.write('POST', '/appointments/101/checkin');
    one.one.simulator.reset();
    await one.told();
    expect(one.one.simulator.calls).toEqual(['GET /appointments/{id}']);
  });

  it('that cannot be read fails all, to be handed in again', async () => {
    const one = await begun();
    await put(one, '/appointments/101/cancel', { patientid: '5001' });
    one.one.simulator.fault({ kind: 'status', status: 400, match: 'GET /appointments/{id}' });
    await expect(one.told()).rejects.toMatchObject({ code: 'VENDOR_REJECTED' });
  });
});

describe('a laboratory result', () => {
  it('is told as made, and when it is corrected as the same one', async () => {
    const one = await begun();
    const result = one.one.behaviour.report?.(GLUCOSE);
    const [made, ...others] = await told(one);
    expect([made, others]).toMatchObject([['Observation', expect.anything(), 'CREATED', '5001'], []]);
    one.pass(60_000);
    one.change('Observation', result?.id ?? 0, { value: { kind: 'quantity', value: '98', unit: 'mg/dL' } });
    expect(await told(one)).toEqual([['Observation', made?.[1], 'UPDATED', '5001']]);
  });

  it('that the chart no longer shows is told as gone, unless nobody has heard of it', async () => {
    const one = await begun();
    const result = one.one.behaviour.report?.(GLUCOSE);
    const made = (await one.opened()).flat().map(({ content }) => content);
    one.pass(60_000);
    one.change('Observation', result?.id ?? 0, { status: 'entered-in-error' });
    expect((await told(one)).map(([type, , kind]) => [type, kind])).toEqual([['Observation', 'DELETED']]);
    expect(await one.source.connector.push?.noticed(made, one.call())).toEqual([]);
  });

  it('takes one look at the chart for all that came at once', async () => {
    const one = await begun();
    for (let count = 0; count < 3; count += 1) one.one.behaviour.report?.(GLUCOSE);
    await one.source.connector.locations(one.call());
    one.one.simulator.reset();
    expect(await one.told()).toHaveLength(3);
    expect(one.one.simulator.calls.filter((name) => name.endsWith('/labresults'))).toHaveLength(1);
  });
});

describe('patients and claims', () => {
  it('are told as made, and as changed', async () => {
    const one = await begun();
    const made = { firstname: 'New', lastname: 'Person', dob: '01/01/1990', departmentid: '1' };
    await one.one.write('POST', '/patients', made);
    expect(await told(one)).toMatchObject([['Patient', expect.anything(), 'CREATED', expect.anything()]]);
    await put(one, '/patients/5001', { homephone: '5555550177' });
    expect(await told(one)).toEqual([['Patient', '5001', 'UPDATED', '5001']]);
    const claimcharges = JSON.stringify([{ procedurecode: '99213', icd10code1: 'J02.9', unitamount: '100' }]);
    await one.one.write('POST', '/appointments/103/claim', { claimcharges });
    expect(await told(one)).toMatchObject([['Claim', expect.anything(), 'CREATED', '5001']]);
    const [claim] = one.practice.claims;
    one.change('Claim', claim?.id ?? 0, { status: 'denied' });
    expect(await told(one)).toMatchObject([['Claim', String(claim?.id), 'UPDATED', expect.anything()]]);
  });

  it('are told once for several events, and as made if one says so', async () => {
    const one = await begun();
    const event = (topic: string, id: string) => ({ topic, id });
    const noticed = await one.source.connector.push?.noticed(
      [
        event('Patient.update', '5001'),
        event('Patient.create', '5001'),
        event('Patient.update', '5001'),
        event('Claim.update', '7'),
        event('Order.submit', '8'),
        { topic: 'Claim.update', id: 'search' },
        'nothing',
      ],
      one.call(),
    );
    expect(noticed).toEqual([
      { type: 'Patient', key: '5001', patient: '5001', kind: 'CREATED' },
      { type: 'Claim', key: '7' },
    ]);
  });
});

it('says of a record what the changed list says of it', async () => {
  const one = await begun();
  const { feeds = [] } = one.source.connector;
  const polled = feeds.filter(({ name }) => name !== 'webhooks');
  const places = await Promise.all(polled.map((feed) => feed.begin(one.call())));
  one.pass(60_000);
  one.change('Appointment', 101, { status: 'noshow' });
  one.change('Patient', 5001, { homePhone: '5555550177' });
  one.change('Claim', one.practice.claims[0]?.id ?? 0, { status: 'denied' });
  one.one.behaviour.report?.(GLUCOSE);
  await put(one, '/appointments/113/reschedule', { patientid: '5003', newappointmentid: '1000001' });
  const of = ({ type, key, kind, fingerprint, patient }: ChangeDraft) => [type, key, kind, fingerprint, patient].join();
  const pushed = (await one.told()).map(of);
  const noticed: Noticed[] = [];
  for (const [i, feed] of polled.entries()) {
    const { place } = await feed.read(places[i] ?? '', one.call());
    noticed.push(...(await feed.read(place, one.call())).noticed);
  }
  const listed = await changesOf(noticed, 'POLL', one.source, one.call());
  expect(pushed.toSorted()).toEqual(listed.map(of).toSorted());
  expect(pushed).toHaveLength(6);
});

it('takes what athenaNet sends, however often and in whatever order, and nothing that is forged', async () => {
  const one = await begun();
  for (const how of ['tamper', 'truncate', 'unsigned'] as const)
    one.one.simulator.outbox?.fault({ kind: 'forge', how });
  one.one.simulator.outbox?.fault({ kind: 'duplicate' });
  one.one.simulator.outbox?.fault({ kind: 'reorder', window: 4 });
  const patients = one.practice.patients.map(({ id }) => id);
  for (const [i, id] of patients.entries()) one.change('Patient', id, { homePhone: `555555017${i}` });
  const taken: PushedEvent[] = [];
  let refused = 0;
  for (const delivery of await one.delivered())
    try {
      taken.push(...(one.source.connector.push?.open(delivery) ?? []));
    } catch (thrown) {
      if (!(thrown instanceof DeliveryRefused) || thrown.fault !== 'UNSIGNED') throw thrown;
      refused += 1;
    }
  expect(refused).toBeGreaterThanOrEqual(3);
  expect(taken).toHaveLength(2 * patients.length);
  expect(new Set(taken.map(({ event }) => event)).size).toBe(patients.length);
  const contents = taken.map(({ content }) => content);
  const noticed = (await one.source.connector.push?.noticed(contents, one.call())) ?? [];
  expect(noticed.map(({ key }) => key).toSorted()).toEqual(patients.map(String).toSorted());
});
