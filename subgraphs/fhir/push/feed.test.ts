import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, closeAll } from '../fixtures/server.ts';
import { served, TOPICS, URL_OF_OURS, type Written } from './fixture/served.ts';

afterEach(closeAll);

const HALF_DAY = 43_200_000;

const criteriaOf = (kept: ReadonlyMap<string, Written>) => [...kept.values()].map(({ criteria }) => criteria);
const CLASSIC = ['Patient?', 'Appointment?', 'Observation?', 'Claim?', 'ExplanationOfBenefit?'];
const isTopic = ({ method, body }: Asked): boolean => method === 'POST' && body.includes('https://x.org/t/');

describe('subscriptions', () => {
  it('are made for the topics whose names are of our types', async () => {
    const { feed, call, kept } = await served();
    await feed.begin(call);
    expect(criteriaOf(kept)).toEqual(TOPICS.slice(0, 4).map((name) => `https://x.org/t/${name}|1.0`));
  });

  it.each([400, 403, 404, 405, 422, 501])('are R4’s own where topics are refused with %i', async (status) => {
    const { feed, call, kept } = await served({ refuses: (asked) => (isTopic(asked) ? status : undefined) });
    let place = await feed.begin(call);
    expect(criteriaOf(kept)).toEqual(CLASSIC);
    ({ place } = await feed.read(place, call));
    expect(criteriaOf(kept)).toEqual(CLASSIC);
  });

  it.each([
    ['names no topics', { topics: [] }],
    ['names topics of some types', { topics: ['Patient.update'] }],
    ['does not say what it offers', { statement: { status: 404 } }],
    ['says something else', { statement: { body: 'hello' } }],
  ])('are R4’s own where the server %s', async (_, behaviour) => {
    const { feed, call, kept } = await served(behaviour);
    await feed.begin(call);
    expect(criteriaOf(kept).toSorted().slice(0, 4)).toEqual(CLASSIC.filter((one) => one !== 'Patient?').toSorted());
    expect(kept.size).toBe(5);
  });

  it('fail with the server’s refusal, which is not asked for again at once', async () => {
    const { feed, call, server, clock } = await served({
      refuses: ({ method }) => (method === 'POST' ? 403 : undefined),
    });
    await expect(feed.begin(call)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const asked = server.requests.length;
    await expect(feed.begin(call)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(server.requests.length).toBe(asked);
    clock.now += 900_000;
    await expect(feed.begin(call)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(server.requests.length).toBe(2 * asked);
  });

  it('fail where the server declares none', async () => {
    const statement = { body: { resourceType: 'CapabilityStatement', rest: [{ resource: [{ type: 'Patient' }] }] } };
    const { feed, call, asked } = await served({ statement });
    await expect(feed.begin(call)).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_VENDOR' });
    expect(asked('POST')).toBe(0);
  });

  it('fail when the server does not answer, and are adopted then', async () => {
    let down = true;
    const { feed, call, kept, asked } = await served({
      refuses: ({ method, body }) => (down && method === 'POST' && body.includes('Claim') ? 500 : undefined),
      topics: [],
    });
    await expect(feed.begin(call)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    down = false;
    await feed.begin(call);
    expect(criteriaOf(kept)).toEqual(CLASSIC);
    expect(asked('POST')).toBe(6);
  });

  it('are not made for a type that alone is refused', async () => {
    const { feed, call, kept, asked } = await served({
      topics: [],
      refuses: ({ method, body }) => (method === 'POST' && body.includes('Observation?') ? 422 : undefined),
    });
    await feed.read(await feed.begin(call), call);
    expect(criteriaOf(kept)).toEqual(CLASSIC.filter((one) => one !== 'Observation?'));
    expect(asked('POST')).toBe(5);
  });

  it('are made anew before the old ones are removed where the server does not renew', async () => {
    const { feed, call, kept, clock, server } = await served({
      topics: [],
      refuses: ({ method }) => (method === 'PUT' ? 405 : undefined),
    });
    const place = await feed.begin(call);
    const before = new Set(kept.keys());
    clock.now += HALF_DAY;
    await feed.read(place, call);
    expect(criteriaOf(kept)).toEqual(CLASSIC);
    expect([...kept.keys()].filter((id) => before.has(id))).toEqual([]);
    const changes = server.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
    expect(changes.slice(5, 8)).toEqual(['PUT', 'POST', 'DELETE']);
  });

  it('are not made twice where a search finds them late', async () => {
    const { feed, call, kept } = await served({ topics: [], late: true });
    await feed.read(await feed.begin(call), call);
    expect(kept.size).toBe(5);
  });

  it('are made again when they are gone', async () => {
    const { feed, call, kept } = await served({ topics: [] });
    const place = await feed.begin(call);
    kept.clear();
    await feed.read(place, call);
    expect(criteriaOf(kept)).toEqual(CLASSIC);
  });

  it('to other endpoints are not touched, whatever they say', async () => {
    const { feed, call, kept, asked } = await served({ topics: [] });
    const other = {
      resourceType: 'Subscription',
      id: 's9',
      status: 'error',
      criteria: 'Patient?',
      channel: { endpoint: `${URL_OF_OURS}/other` },
    };
    kept.set('s9', other);
    await feed.read(await feed.begin(call), call);
    expect(kept.get('s9')).toBe(other);
    expect([asked('PUT'), asked('DELETE'), kept.size]).toEqual([0, 0, 6]);
  });
});
