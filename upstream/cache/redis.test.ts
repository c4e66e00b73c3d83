import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import { cleanBelow, keysBelow, RedisCable, redisUrl, writeKey } from '../../test/redis.ts';
import { RedisLink } from '../redis.ts';
import { Secret } from '../source.ts';
import type { Entry } from './entry.ts';
import { RedisStore } from './redis.ts';

const url = await redisUrl('what the cache leaves in Redis');
const KEY = 'ab'.repeat(32);

describe.runIf(url !== undefined)('what processes keep in Redis', () => {
  const source = sourceId(`redis-${randomUUID().slice(0, 8)}`);
  const name = `${source}/Patient/MRN-4711`;
  const opened: { readonly store: RedisStore; readonly link: RedisLink }[] = [];
  const cables: RedisCable[] = [];

  const openStore = async (key = KEY, at = url ?? ''): Promise<RedisStore> => {
    const link = new RedisLink(new Secret(at));
    await link.open();
    const store = new RedisStore(link, new Secret(key), 1024 * 1024);
    opened.push({ store, link });
    return store;
  };
  const behindCable = async (): Promise<{ readonly store: RedisStore; readonly cable: RedisCable }> => {
    const cable = new RedisCable(url ?? '');
    cables.push(cable);
    await cable.plugIn();
    return { store: await openStore(KEY, cable.url), cable };
  };
  afterEach(async () => {
    for (const { store, link } of opened.splice(0)) {
      await store.close();
      await link.close();
    }
    for (const cable of cables.splice(0)) await cable.pull();
    await cleanBelow(`practicegraph/${source}`);
  });

  const keep = async (store: RedisStore, more: Partial<Entry> = {}, key = name): Promise<void> => {
    const position = (await store.look(source, []))?.position ?? 0;
    const value = { lastName: 'Rivera', dateOfBirth: '1980-01-01' };
    const entry = {
      value,
      at: Date.now(),
      position,
      tags: ['Patient/MRN-4711'],
      freshMs: 60_000,
      staleMs: 1000,
      ...more,
    };
    await store.keep(source, [{ key, entry }]);
  };
  const find = async (store: RedisStore, key = name): Promise<unknown> =>
    (await store.look(source, [{ key, tags: ['Patient/MRN-4711'] }]))?.found[0]?.entry?.value;
  const isAsked = async (store: RedisStore): Promise<boolean> => (await store.look(source, [])) !== undefined;
  /** Looks until Redis answers again: reconnecting takes what it takes. */
  const untilAsked = async (store: RedisStore): Promise<void> => {
    await expect.poll(() => isAsked(store), { timeout: 10_000 }).toBe(true);
  };

  it('tells nobody without the key who it is about', async () => {
    const store = await openStore();
    await keep(store);
    await keep(store, { value: 'Rivera'.repeat(2000) }, `${source}/searchPatients/{"lastName":"Rivera"}`);
    await store.mark(source, ['Patient/MRN-4711']);
    const kept = await keysBelow(`practicegraph/${source}`);
    expect([...kept.keys()].map((key) => key.split('/').slice(2, 3)[0]).sort()).toEqual([
      'Patient',
      'mark',
      'searchPatients',
      'sequence',
    ]);
    const all = [...kept].flat().join('\n');
    expect(all).not.toMatch(/Rivera|4711|1980/);
    expect(Buffer.from(all, 'base64').toString('latin1')).not.toMatch(/Rivera|lastName/);
  });

  it('is a miss for a process with another key, in hex or base64 alike', async () => {
    await keep(await openStore());
    expect(await find(await openStore(Buffer.from(KEY, 'hex').toString('base64')))).toEqual({
      lastName: 'Rivera',
      dateOfBirth: '1980-01-01',
    });
    expect(await find(await openStore('cd'.repeat(32)))).toBeUndefined();
  });

  it('is a miss when it was tampered with or put under another name', async () => {
    const store = await openStore();
    const other = `${source}/Patient/MRN-4712`;
    await keep(store);
    await keep(store, { value: 'another' }, other);
    const entries = [...(await keysBelow(`practicegraph/${source}/Patient/`))];
    const [[one = '', text = ''] = [], [two = ''] = []] = entries;
    await writeKey(two, text);
    await writeKey(one, `${text.slice(0, -8)}AAAAAAAA`);
    expect(await find(store)).toBeUndefined();
    expect(await find(store, other)).toBeUndefined();
  });

  it('outlives neither its time nor, as a mark, any entry', async () => {
    const store = await openStore();
    await keep(store, { freshMs: 40_000, staleMs: 20_000 });
    await store.mark(source, ['Patient/1']);
    const lives = await keysBelow(`practicegraph/${source}/`, 'lives');
    const lifeOf = (kind: string) => Number([...lives].find(([key]) => key.includes(`/${kind}/`))?.[1]);
    expect(lifeOf('Patient')).toBeGreaterThan(50_000);
    expect(lifeOf('Patient')).toBeLessThanOrEqual(60_000);
    expect(lifeOf('mark')).toBeGreaterThan(2 * 86_400_000);
  });

  it('shows one process’s change to the others at once', async () => {
    const [one, other] = [await openStore(), await openStore()];
    await keep(one);
    expect(await find(other)).toBeDefined();
    await one.mark(source, ['Patient/MRN-4711']);
    expect(await find(other)).toBeUndefined();
  });

  it('is void as a whole after Redis lost its data, whatever was read before', async () => {
    const store = await openStore();
    const { position } = (await store.look(source, [])) ?? {};
    await cleanBelow(`practicegraph/${source}`);
    await keep(store, { position: position ?? 0 });
    expect(await find(store)).toBeUndefined();
  });

  it('is not asked while Redis is away, and is used again when it is back', async () => {
    const { store, cable } = await behindCable();
    await keep(store);
    expect(await find(store)).toBeDefined();
    await cable.pull();
    expect(await isAsked(store)).toBe(false);
    await keep(store);
    await store.drop(source, [name]);
    await cable.plugIn();
    await untilAsked(store);
    expect(await find(store)).toBeDefined();
  });

  it('is given up after a moment when Redis says nothing', async () => {
    const { store, cable } = await behindCable();
    await keep(store);
    cable.silence();
    expect(await isAsked(store)).toBe(false);
    await untilAsked(store); // over a new connection
    expect(await find(store)).toBeDefined();
  });

  it('loses no change that was made while Redis was away', async () => {
    const { store, cable } = await behindCable();
    const other = await openStore();
    await keep(store);
    await cable.pull();
    await store.mark(source, ['Patient/MRN-4711']);
    expect(await find(other)).toBeDefined();
    await cable.plugIn();
    await expect.poll(() => find(other), { timeout: 10_000 }).toBeUndefined();
    await untilAsked(store);
    expect(await find(store)).toBeUndefined();
  });

  it('takes all that the source has for changed after too many changes without Redis', async () => {
    const { store, cable } = await behindCable();
    await keep(store);
    await cable.pull();
    for (let i = 0; i <= 1000; i++) await store.mark(source, [`Observation/${i}`]);
    await cable.plugIn();
    await untilAsked(store);
    expect(await find(store)).toBeUndefined();
    expect([...(await keysBelow(`practicegraph/${source}/mark/`)).keys()]).toEqual([]);
  });
});
