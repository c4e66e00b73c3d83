import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NotificationFault } from '../sandbox/notify/troubles.ts';
import { sourceId } from '../schema/ids.ts';
import { type Deployment, deploy, type Followed, PLACES, until } from './webhooks/deployment.ts';

let at: Deployment;
const followed: Followed[] = [];
beforeAll(async () => {
  at = await deploy();
});
afterAll(() => at?.close());
afterEach(() => {
  for (const one of followed.splice(0)) one.leave();
});

const follow = async (...asked: Parameters<Deployment['follow']>): Promise<Followed['got']> => {
  const one = await at.follow(...asked);
  followed.push(one);
  return one.got;
};

/** Numbers that nobody has. */
const phone = (n: number): string => `617555${String(100 + n).padStart(4, '0')}`;

const TROUBLES: readonly NotificationFault[] = [
  { kind: 'duplicate', copies: 2 },
  { kind: 'replay', count: 2 },
  { kind: 'reorder', window: 5 },
  { kind: 'forge', how: 'truncate' },
];
/** A server that knows no signatures ends a subscription whose delivery failed. */
const SIGNED_TROUBLES: readonly NotificationFault[] = [
  { kind: 'forge', how: 'unsigned' },
  { kind: 'forge', how: 'tamper' },
  { kind: 'cut', times: 2 },
];

describe.each(PLACES)('what changes at $source', ({ source, vendor }) => {
  const practice = () => {
    const found = at.sandbox.practices[vendor];
    if (found === undefined) throw new Error('nobody is there');
    return found;
  };
  const outbox = () => {
    const found = at.sandbox.simulators[vendor].outbox;
    if (found === undefined) throw new Error('nothing is sent');
    return found;
  };
  const patients = (count: number) => practice().patients.slice(0, count);

  it('is delivered, and reaches a client once as it is now', async () => {
    const visits = await follow('appointmentChanged', source, 'kind cause appointment { status }');
    const results = await follow(
      'observationChanged',
      source,
      `kind cause observation { id status value { ...on Quantity { value } } }`,
    );
    const visit = practice().appointments.find(({ status }) => status === 'booked');
    const before = practice().observations.find(
      (one) => one.category === 'laboratory' && one.value?.kind === 'quantity',
    );
    if (visit === undefined || before?.value?.kind !== 'quantity') throw new Error('there is nothing to change');
    at.sandbox.change(vendor, 'Appointment', visit.id, { status: 'noshow' });
    const { id: _id, reportId: _report, issued: _issued, history: _history, ...draft } = before;
    const { id } = at.sandbox.addResult(vendor, { ...draft, status: 'final', value: { ...before.value, value: '71' } });
    await until(() => visits.length > 0 && results.length > 0);
    at.sandbox.change(vendor, 'Observation', id, { value: { ...before.value, value: '72' } });
    await until(() => results.length > 1);
    expect(visits).toEqual([{ kind: 'UPDATED', cause: 'WEBHOOK', appointment: { status: 'NO_SHOW' } }]);
    const observation = { id: results[0]?.observation?.id, status: 'FINAL', value: { value: '71' } };
    expect(results).toEqual([
      { kind: 'CREATED', cause: 'WEBHOOK', observation },
      {
        kind: 'UPDATED',
        cause: 'WEBHOOK',
        observation: { ...observation, status: expect.anything(), value: { value: '72' } },
      },
    ]);
  });

  it('is told once and ends with the newest, however it is delivered', async () => {
    const people = patients(12);
    const shown = await follow('patientChanged', source, 'cursor patient { id phoneMobile }');
    for (const trouble of [...TROUBLES, ...(vendor === 'athenanet' ? SIGNED_TROUBLES : [])]) outbox().fault(trouble);
    for (const version of [0, 1])
      for (const [n, { id }] of people.entries()) {
        at.sandbox.change(vendor, 'Patient', id, { mobilePhone: phone(version * people.length + n) });
        await new Promise((later) => setImmediate(later)); // what changes at one moment is delivered together
      }
    await until(async () => {
      await outbox().flush();
      await outbox().settled();
      const newest = new Set(shown.map(({ patient }) => patient?.phoneMobile));
      return people.every((_, n) => newest.has(`+1${phone(people.length + n)}`));
    });
    const forged = outbox().log.filter(({ as }) => as === 'forged');
    expect(forged.length).toBeGreaterThan(0);
    expect(new Set(forged.map(({ status }) => status))).toEqual(new Set([vendor === 'athenanet' ? 401 : 400]));
    expect(outbox().log.filter(({ as }) => as === 'duplicate').length).toBeGreaterThan(2);
    expect(outbox().log.filter(({ as }) => as === 'replay').length).toBeGreaterThan(2);
    outbox().reset();

    // whatever was delivered before it is dealt with before it
    const [last] = practice().patients.slice(12);
    at.sandbox.change(vendor, 'Patient', last?.id ?? 0, { mobilePhone: phone(99) });
    await until(() => shown.some(({ patient }) => patient?.phoneMobile === `+1${phone(99)}`));
    const newest = new Map(shown.map(({ patient }) => [patient.id, patient.phoneMobile]));
    const numbers = [...people.map((_, n) => people.length + n), 99];
    expect([...newest.values()].toSorted()).toEqual(numbers.map((n) => `+1${phone(n)}`).toSorted());
    const cursors = shown.map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(cursors.length);
    const told = Map.groupBy(
      (await at.rows(source)).filter(({ type }) => type === 'Patient'),
      ({ key }) => key,
    );
    expect(told.size).toBe(people.length + 1);
    for (const rows of told.values()) {
      expect(rows.length).toBeLessThanOrEqual(2);
      expect(new Set(rows.map(({ fingerprint }) => fingerprint)).size).toBe(rows.length);
    }
  });

  it.each<readonly [string, RequestInit, number]>([
    ['nobody signed', { body: '{"resourceType":"Bundle","type":"history","entry":[]}' }, 401],
    [
      'is signed by a guess',
      {
        body: '{}',
        headers: { authorization: 'Bearer known-to-nobody', 'x-hub-signature': `sha256=${'0'.repeat(64)}` },
      },
      401,
    ],
    ['is too large', { body: Buffer.alloc(1024 * 1024 + 1) }, 413],
  ])('is not told by what %s', async (_what, request, status) => {
    const before = await at.store.changes.end();
    expect((await fetch(at.hook(source), { method: 'POST', ...request })).status).toBe(status);
    expect(await at.store.changes.held(sourceId(source), 'nobody', 1, 1)).toEqual([]);
    expect(await at.store.changes.end()).toBe(before);
  });
});

it.each(['lakeside', 'nowhere'])('takes in nothing for %s, which delivers nothing', async (source) => {
  expect((await fetch(at.hook(source), { method: 'POST', body: '{}' })).status).toBe(404);
});
