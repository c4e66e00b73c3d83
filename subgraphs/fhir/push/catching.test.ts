import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, NOW } from '../fixtures/server.ts';
import { served } from './fixture/served.ts';

afterEach(closeAll);

const VISIT = { resourceType: 'Appointment', id: 'a1', meta: { versionId: '1' }, status: 'booked' };

describe('what they say of themselves', () => {
  const standing = (id: string, total: string, name = 'Subscription') => ({
    resource: {
      resourceType: 'Parameters',
      parameter: [
        { name: 'subscription', valueReference: { reference: `${name}/${id}` } },
        { name: 'type', valueCode: 'query-status' },
        { name: 'events-since-subscription-start', valueString: total },
      ],
    },
  });
  const missed = (from: number, until: number, reference: string) => ({
    resourceType: 'Bundle',
    type: 'history',
    entry: [
      {
        resource: {
          resourceType: 'Parameters',
          parameter: [
            { name: 'type', valueCode: 'query-event' },
            ...Array.from({ length: until - from + 1 }, (_, at) => ({
              name: 'notification-event',
              part: [
                { name: 'event-number', valueString: String(from + at) },
                { name: 'focus', valueReference: { reference } },
              ],
            })),
          ],
        },
      },
    ],
  });
  const visitAt = (lastUpdated: string) => bundle([{ resource: { ...VISIT, meta: { versionId: '1', lastUpdated } } }]);
  const visits = visitAt('2026-11-20T11:59:59Z');

  it('is asked one by one where the server does not tell it of all, and not at all where it tells nothing', async () => {
    const single = await served({
      answers: ({ url }) => {
        const [, id] = /^\/Subscription\/(s\d+)\/\$status$/.exec(url) ?? [];
        return id === undefined ? undefined : { body: { ...bundle([standing(id, '0')]) } };
      },
    });
    await single.feed.read(await single.feed.begin(single.call), single.call);
    expect(single.server.requests.filter(({ url }) => /Subscription\/s\d\/\$status/.test(url))).toHaveLength(8);
    const none = await served();
    await none.feed.read(await none.feed.begin(none.call), none.call);
    expect(none.server.requests.filter(({ url }) => url.includes('$status'))).toHaveLength(5);
  });

  it('leads to a search where the server cannot tell the events that were missed', async () => {
    let total = '0';
    const { feed, call, server } = await served({
      topics: ['appointment'],
      refuses: ({ url }) => (url.includes('$events') ? 501 : undefined),
      answers: ({ url }) => {
        if (url.startsWith('/Subscription/$status'))
          return { body: bundle([standing('s1', '7'), standing('s2', total)]) };
        return url.startsWith('/Appointment?') ? { body: visits } : undefined;
      },
    });
    const place = await feed.begin(call);
    total = '3';
    const page = await feed.read(place, call);
    expect(page.noticed).toMatchObject([{ type: 'Appointment', key: 'a1', kind: 'CREATED' }]);
    expect(server.requests.find(({ url }) => url.includes('$events'))?.url).toBe(
      '/Subscription/s2/$events?eventsSinceNumber=1&eventsUntilNumber=3',
    );
    expect((await feed.read(page.place, call)).noticed).toEqual([]);
  });

  it('is caught up with in parts, of which each is asked for once', async () => {
    const { feed, call, server } = await served({
      topics: ['patient'],
      answers: ({ url, query }) => {
        if (url.startsWith('/Subscription/$status')) return { body: bundle([standing('s1', '1200')]) };
        if (!url.startsWith('/Subscription/s1/$events')) return undefined;
        const [from, until] = ['eventsSinceNumber', 'eventsUntilNumber'].map((name) => Number(query.get(name)));
        return { body: missed(from ?? 0, until ?? 0, 'Encounter/e1') };
      },
    });
    let page = await feed.read(await feed.begin(call), call);
    for (let readings = 1; page.more && readings < 9; readings++) page = await feed.read(page.place, call);
    await feed.read(page.place, call);
    const asked = server.requests.filter(({ url }) => url.includes('$events'));
    expect(asked.map(({ query }) => query.get('eventsSinceNumber'))).toEqual(['1', '501', '1001']);
  });

  it('does not stay behind a record that the server shows nobody', async () => {
    let total = '0';
    const { feed, call } = await served({
      topics: ['patient', 'appointment'],
      refuses: ({ url }) => (url.startsWith('/Appointment/a2') ? 403 : undefined),
      answers: ({ url }) => {
        if (url.startsWith('/Subscription/$status')) return { body: bundle([standing('s2', total)]) };
        if (url.startsWith('/Subscription/s2/$events')) return { body: missed(1, 1, 'Appointment/a2') };
        if (url.startsWith('/Appointment?')) return { body: visits };
        return url.includes('?_lastUpdated=') ? { body: bundle([]) } : undefined;
      },
    });
    const place = await feed.begin(call);
    total = '1';
    const page = await feed.read(place, call);
    expect(page.noticed).toMatchObject([{ type: 'Appointment', key: 'a1' }]);
    expect((await feed.read(page.place, call)).noticed).toEqual([]);
  });

  it('is caught up with from the beginning where the server counts anew', async () => {
    let total = '5';
    const { feed, call, server } = await served({
      topics: ['patient'],
      answers: ({ url }) => {
        if (url.startsWith('/Subscription/$status')) return { body: bundle([standing('s1', total)]) };
        return url.startsWith('/Subscription/s1/$events')
          ? { body: missed(1, Number(total), 'Encounter/e1') }
          : undefined;
      },
    });
    const { place } = await feed.read(await feed.begin(call), call);
    total = '2';
    await feed.read((await feed.read(place, call)).place, call);
    const asked = server.requests.filter(({ url }) => url.includes('$events')).map(({ url }) => url.split('?')[1]);
    expect(asked).toEqual(['eventsSinceNumber=1&eventsUntilNumber=5', 'eventsSinceNumber=1&eventsUntilNumber=2']);
  });

  it('is searched for since it was last whole, when the server stops telling it in the middle', async () => {
    const { feed, call, server, clock } = await served({
      topics: ['appointment'],
      refuses: ({ query }) => (query.get('eventsSinceNumber') === '501' ? 404 : undefined),
      answers: ({ url }) => {
        if (url.startsWith('/Subscription/$status')) return { body: bundle([standing('s2', '600')]) };
        if (url.startsWith('/Subscription/s2/$events')) return { body: missed(1, 500, 'Encounter/e1') };
        return url.startsWith('/Appointment?') ? { body: visitAt('2026-11-20T12:30:00Z') } : undefined;
      },
    });
    const place = await feed.begin(call);
    clock.now += 3_600_000;
    const { place: next, more } = await feed.read(place, call);
    expect(more).toBe(true);
    clock.now += 3_600_000;
    expect((await feed.read(next, call)).noticed).toMatchObject([{ key: 'a1' }]);
    const searches = server.requests.filter(({ url }) => url.startsWith('/Appointment?'));
    expect(searches.at(-1)?.query.get('_lastUpdated')).toBe('ge2026-11-20T11:59:50.000Z');
  });
});

describe('what is told', () => {
  const told = (id: string) => ({ type: 'Appointment', id, subscription: 's1' });

  it('is read by itself where a search does not find it yet', async () => {
    const { push, call } = await served({
      answers: ({ url }) => {
        if (url.startsWith('/Appointment?_id=')) return { body: bundle([]) };
        return url === '/Appointment/a1' ? { body: VISIT } : undefined;
      },
    });
    expect(await push.noticed([told('a1'), told('a2')], call)).toMatchObject([
      { key: 'a1', found: { record: { key: 'a1' } } },
      { key: 'a2' },
    ]);
  });

  it('costs one look at each type, however many pings there are', async () => {
    const { push, call, server } = await served({
      answers: ({ url }) => (url.includes('?_lastUpdated=') ? { body: bundle([]) } : undefined),
    });
    const pings = Array.from({ length: 50 }, (_, n) => ({ ping: n % 2 === 0 ? 'Patient' : 'Claim', at: NOW - n }));
    expect(await push.noticed(pings, call)).toEqual([]);
    expect(server.requests).toHaveLength(6);
    await push.noticed([{ at: NOW }], call);
    expect(server.requests).toHaveLength(16);
  });

  it('is nothing where nobody can read what was kept', async () => {
    const { push, call, server } = await served();
    expect(await push.noticed([{ type: 'Encounter', id: 'e1' }, 'hello', null], call)).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});
