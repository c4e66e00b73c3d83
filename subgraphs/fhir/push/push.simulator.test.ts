import { afterEach, describe, expect, it } from 'vitest';
import { hooked, SECRET, type Written } from '../../../test/fhir/hooked.ts';
import { closeAll } from '../fixtures/server.ts';

afterEach(closeAll);

type Hooked = Awaited<ReturnType<typeof hooked>>;

const HOUR = 3_600_000;
const STATES = ['arrived', 'fulfilled', 'noshow', 'cancelled'] as const;

const keys = (noticed: readonly { readonly type: string; readonly key: string }[] = []) =>
  noticed.map(({ type, key }) => `${type} ${key}`).toSorted();
const ids = (all: readonly Written[]) => all.map(({ id }) => id);
const move = (at: Hooked, times: number): void => {
  for (let i = 0; i < times; i++) at.change('Appointment', 30, { status: STATES[i % STATES.length] ?? 'booked' });
};
const ofVisits = (all: readonly Written[]) => all.find(({ criteria }) => /appointment/i.test(criteria));
const foreign = (endpoint: string): object => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'Another client',
  criteria: 'Patient?',
  channel: { type: 'rest-hook', endpoint },
});

describe.each([
  ['topics', {}, 4, 2],
  ['topics that count anew in each notification', { counters: 'perBundle' }, 4, 2],
  ['searches', { topics: false }, 5, 1],
] as const)('subscriptions by %s', (_, options, count, calls) => {
  it('tell what changed, each record as it is now', async () => {
    const at = await hooked(options);
    await at.read();
    at.change('Patient', 1, { mobilePhone: '6175550177' });
    move(at, 2);
    at.change('Observation', at.practice.observations[0]?.id ?? 0, { status: 'amended' });
    at.change('Claim', at.practice.claims[0]?.id ?? 0, { status: 'denied' });
    await at.settled();
    const asked = at.calls.length;
    const noticed = await at.drain();
    const expected = ['Appointment appt-30', `Claim claim-${at.practice.claims[0]?.id}`, 'Patient pat-1'];
    expect(new Set(keys(noticed))).toEqual(
      new Set([...expected, `Observation obs-${at.practice.observations[0]?.id}`]),
    );
    const visit = noticed.find(({ type }) => type === 'Appointment');
    expect(visit).toMatchObject({ patient: 'pat-1', found: { record: { status: 'FULFILLED' } } });
    expect(at.calls.length - asked).toBeLessThanOrEqual(10);
    expect(new Set(at.statuses)).toEqual(new Set([204]));
  });

  it('are made once, for as many calls as the feed says when nothing happened', async () => {
    const at = await hooked(options);
    await at.read();
    const made = await at.subscriptions();
    expect(made.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'active'));
    for (let i = 0; i < 2; i++) {
      const asked = at.calls.length;
      expect(await at.read()).toEqual({ noticed: [], place: expect.anything(), more: false });
      expect(at.calls.length - asked).toBe(calls);
    }
    expect((await at.subscriptions()).map(({ meta }) => meta)).toEqual(made.map(({ meta }) => meta));
  });

  it('are adopted after a crash, doubles removed, and nobody else’s touched', async () => {
    const at = await hooked(options);
    const other = (await at.send('POST', 'Subscription', foreign('https://other.example.org/hook'))) as
      | { readonly id: string }
      | undefined;
    await at.read();
    const made = ids(await at.subscriptions());
    const visits = ofVisits(await at.subscriptions());
    await at.send('POST', 'Subscription', { ...visits, status: 'requested' });
    at.forget();
    at.connect();
    await at.read();
    await at.read();
    expect(ids(await at.subscriptions())).toEqual(made);
    expect(made).toContain(other?.id);
    move(at, 1);
    expect(keys(await at.drain())).toEqual(['Appointment appt-30']);
  });

  it('are renewed when half of their life is over, and not before', async () => {
    const at = await hooked({ ...options, longestMs: 2 * HOUR });
    await at.read();
    const made = await at.subscriptions();
    at.clock.now += HOUR - 1;
    await at.read();
    expect((await at.subscriptions()).map(({ end }) => end)).toEqual(made.map(({ end }) => end));
    at.clock.now += 1;
    await at.read();
    const renewed = await at.subscriptions();
    expect(ids(renewed)).toEqual(ids(made));
    const end = new Date(at.clock.now + 2 * HOUR).toISOString();
    expect(new Set(renewed.map((one) => `${one.status} ${one.end}`))).toEqual(new Set([`active ${end}`]));
    at.clock.now += HOUR + 1;
    move(at, 1);
    expect(keys(await at.drain())).toEqual(['Appointment appt-30']);
  });

  it('begin anew when the server gave up, or their time was over', async () => {
    const at = await hooked({ ...options, patienceMs: 0 });
    await at.read();
    at.door.open = false;
    move(at, 1);
    await at.settled();
    expect(ofVisits(await at.subscriptions())?.status).toBe('error');
    at.door.open = true;
    await at.read();
    expect(ofVisits(await at.subscriptions())?.status).toBe('active');
    at.clock.now += 48 * HOUR;
    expect(new Set((await at.subscriptions()).map(({ status }) => status))).toEqual(new Set(['off']));
    await at.read();
    expect(new Set((await at.subscriptions()).map(({ status }) => status))).toEqual(new Set(['active']));
    at.inbox.clear();
    move(at, 1);
    expect(keys(await at.drain())).toEqual(['Appointment appt-30']);
  });

  it('get another secret when it changed, of which the place shows nothing', async () => {
    const at = await hooked({ ...options, patienceMs: 0 });
    await at.read();
    at.connect('another-secret');
    move(at, 1);
    await at.settled();
    expect(at.statuses.at(-1)).toBe(401);
    await at.read();
    move(at, 1);
    expect(keys(await at.drain())).toEqual(['Appointment appt-30']);
    const [header] = (await at.subscriptions())[0]?.channel.header ?? [];
    expect(header).toBe('Authorization: Bearer another-secret');
    expect(at.place).not.toMatch(new RegExp(`${SECRET}|another-secret`));
  });

  it('send no records', async () => {
    const at = await hooked(options);
    await at.read();
    at.change('Patient', 1, { mobilePhone: '6175550177' });
    await at.settled();
    expect(JSON.stringify([...at.inbox])).not.toMatch(/Garc|6175550177/);
    expect(at.inbox.size).toBe(1);
  });
});

describe('notifications', () => {
  it('that were lost are caught up with by their numbers, once', async () => {
    const at = await hooked();
    await at.read();
    at.simulator.outbox?.fault({ kind: 'lose', times: 2 });
    move(at, 2);
    at.change('Patient', 1, { mobilePhone: '6175550177' });
    expect(keys(await at.drain())).toEqual(['Patient pat-1']);
    expect(keys((await at.read())?.noticed)).toEqual(['Appointment appt-30', 'Patient pat-1']);
    expect((await at.read())?.noticed).toEqual([]);
    expect(at.calls.filter((call) => call === 'GET Subscription/{id}/$events')).toHaveLength(2);
  });

  it.each([
    ['has forgotten', { keptEvents: 1 }],
    ['cannot tell', { keptEvents: 0 }],
  ])('that were lost and that the server %s are searched for', async (__, options) => {
    const at = await hooked(options);
    await at.read();
    at.simulator.outbox?.fault({ kind: 'lose' });
    at.change('Appointment', 30, { status: 'noshow' });
    at.change('Appointment', 31, { status: 'cancelled' });
    expect(new Set(keys((await at.read())?.noticed))).toEqual(new Set(['Appointment appt-30', 'Appointment appt-31']));
    expect((await at.read())?.noticed).toEqual([]);
  });

  it('that came while there was an error are caught up with', async () => {
    const at = await hooked({ patienceMs: 0 });
    await at.read();
    at.door.open = false;
    move(at, 1);
    await at.settled();
    at.change('Appointment', 31, { status: 'noshow' });
    at.door.open = true;
    expect(keys((await at.read())?.noticed)).toEqual(['Appointment appt-30', 'Appointment appt-31']);
    expect(at.inbox.size).toBe(0);
  });

  it.each([
    ['duplicate', { kind: 'duplicate', copies: 2 }],
    ['replay', { kind: 'replay', count: 2 }],
    ['reorder', { kind: 'reorder', window: 3, times: 1 }],
    ['cut', { kind: 'cut' }],
  ] as const)('are one event each under %s', async (__, fault) => {
    const at = await hooked();
    await at.read();
    at.simulator.outbox?.fault(fault);
    move(at, 4);
    at.change('Patient', 1, { mobilePhone: '6175550177' });
    await at.settled();
    expect(at.inbox.size).toBe(5);
    expect(keys(await at.drain())).toEqual(['Appointment appt-30', 'Patient pat-1']);
  });

  it('that are half or unsigned are refused, and change nothing', async () => {
    const at = await hooked();
    await at.read();
    at.statuses.length = 0;
    at.simulator.outbox?.fault({ kind: 'forge', how: 'truncate' });
    move(at, 1);
    await at.settled();
    expect(at.statuses.toSorted()).toEqual([204, 400]);
    at.inbox.clear();
    for (const headers of [{}, { authorization: 'Bearer hook-secreT' }, { authorization: SECRET }])
      expect((await fetch(at.url, { method: 'POST', headers, body: '{' })).status).toBe(401);
    expect(at.inbox.size).toBe(0);
  });

  it('of what is not gone do not tell that it is', async () => {
    const at = await hooked();
    const told = { type: 'Observation', id: `obs-${at.practice.observations[0]?.id}`, subscription: 's1', gone: true };
    const again = [told, { ...told, gone: undefined }, { ...told, id: 'obs-none', gone: undefined }];
    const noticed = await at.noticed(again);
    expect(noticed).toMatchObject([{ key: told.id, found: expect.anything() }, { key: 'obs-none' }]);
    expect(noticed.map(({ kind }) => kind)).not.toContain('DELETED');
  });

  it('of what is gone tell that it is', async () => {
    const at = await hooked();
    await at.read();
    const { id, patientId } = at.practice.observations.pop() ?? {};
    await at.send('GET', 'metadata');
    expect(await at.drain()).toEqual([
      { type: 'Observation', key: `obs-${id}`, patient: `pat-${patientId}`, kind: 'DELETED' },
    ]);
  });
});
