import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import { cleanBelow, redisUrl } from '../../test/redis.ts';
import { RedisLink } from '../redis.ts';
import { Secret } from '../source.ts';
import type { Entry } from './entry.ts';
import { MemoryStore } from './memory.ts';
import { RedisStore } from './redis.ts';
import type { CacheStore } from './store.ts';

const url = await redisUrl('the cache in Redis');
const KEY = new Secret('ab'.repeat(32));
const MB = 1024 * 1024;

const entryOf = (value: unknown, position: number, tags: readonly string[] = []): Entry => ({
  value,
  at: Date.now(),
  position,
  tags,
  freshMs: 60_000,
  staleMs: 0,
});

/** Entries in memory are packed when the loop has time. */
const packed = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
};

interface Form {
  readonly form: string;
  open(): Promise<{ readonly store: CacheStore; close(): Promise<void> }>;
}

const inMemory: Form = {
  form: 'in memory',
  open: async () => {
    const store = new MemoryStore(MB);
    return { store, close: () => store.close() };
  },
};
const inRedis = (at: string): Form => ({
  form: 'in Redis',
  open: async () => {
    const link = new RedisLink(new Secret(at));
    await link.open();
    const store = new RedisStore(link, KEY, MB);
    return {
      store,
      close: async () => {
        await store.close();
        await link.close();
      },
    };
  },
});

describe.each([inMemory, ...(url === undefined ? [] : [inRedis(url)])])('a store $form', ({ open }) => {
  const run = randomUUID().slice(0, 8);
  let store: CacheStore;
  let close: () => Promise<void>;
  let nth = 0;
  let source = sourceId('');

  beforeAll(async () => {
    ({ store, close } = await open());
  });
  afterAll(async () => {
    await close();
    if (url !== undefined) await cleanBelow(`practicegraph/store-${run}`);
  });
  beforeEach(() => {
    nth += 1;
    source = sourceId(`store-${run}-${nth}`);
  });

  const position = async (): Promise<number> => (await store.look(source, []))?.position ?? Number.NaN;
  const keep = async (key: string, entry: Entry): Promise<void> => store.keep(source, [{ key: full(key), entry }]);
  const full = (key: string): string => `${source}/Patient/${key}`;
  const find = async (key: string, tags: readonly string[] = []) =>
    (await store.look(source, [{ key: full(key), tags }]))?.found[0];

  it('finds what was kept, at once and later, and nothing under another key', async () => {
    const entry = entryOf({ lastName: 'Rivera', covers: new Set(['lastName']) }, await position(), ['Patient/1']);
    await keep('1', entry);
    expect((await find('1'))?.entry).toStrictEqual(entry);
    await packed();
    expect((await find('1'))?.entry).toStrictEqual(entry);
    expect((await find('2'))?.entry).toBeUndefined();
  });

  it('finds many at once, each in its place', async () => {
    const at = await position();
    await store.keep(
      source,
      ['1', '3'].map((key) => ({ key: full(key), entry: entryOf(key, at) })),
    );
    const look = await store.look(
      source,
      ['3', '2', '1'].map((key) => ({ key: full(key), tags: [] })),
    );
    expect(look?.found.map(({ entry }) => entry?.value)).toEqual(['3', undefined, '1']);
  });

  it('drops what it is told to, packed or not', async () => {
    await keep('1', entryOf('x', await position()));
    await packed();
    await keep('2', entryOf('x', await position()));
    await store.drop(source, [full('1'), full('2')]);
    await packed();
    for (const key of ['1', '2']) expect((await find(key))?.entry).toBeUndefined();
  });

  it('voids entries of a tag that were read before its mark, and no others', async () => {
    const before = await position();
    await keep('1', entryOf('old', before, ['Patient/1', 'Patient/2']));
    await keep('2', entryOf('other', before, ['Patient/3']));
    await store.mark(source, ['Patient/2']);
    expect((await find('1'))?.entry).toBeUndefined();
    expect((await find('2'))?.entry?.value).toBe('other');
    await keep('1', entryOf('raced', before, ['Patient/2']));
    expect((await find('1'))?.entry).toBeUndefined();
    await keep('1', entryOf('new', await position(), ['Patient/2']));
    expect((await find('1'))?.entry?.value).toBe('new');
  });

  it('says when something of a tag changed last', async () => {
    expect((await find('1', ['Patient/1', 'Patient/2']))?.changedAt).toBe(0);
    await store.mark(source, ['Patient/2']);
    const first = await position();
    await store.mark(source, ['Patient/3']);
    expect((await find('1', ['Patient/1', 'Patient/2']))?.changedAt).toBe(first);
    expect(await position()).toBeGreaterThan(first);
  });

  it('keeps marks of one source from another’s entries', async () => {
    const other = sourceId(`${source}-other`);
    await keep('1', entryOf('x', await position(), ['Patient/1']));
    await store.mark(other, ['Patient/1']);
    expect((await find('1'))?.entry?.value).toBe('x');
  });

  it('does not keep what would come back as something else', async () => {
    await keep('1', entryOf(Number.NaN, await position()));
    await packed();
    expect((await find('1'))?.entry).toBeUndefined();
  });
});

describe('a store in memory', () => {
  const source = sourceId('one');

  it('takes all older entries for void when it forgets a mark', async () => {
    const store = new MemoryStore(MB);
    await store.keep(source, [{ key: 'one/Patient/1', entry: entryOf('old', 0, ['Patient/1']) }]);
    const tags = (from: number) => Array.from({ length: 1000 }, (_, i) => `Observation/${from + i}`);
    await store.mark(source, ['Patient/1']);
    for (let i = 0; i < 10; i++) await store.mark(source, tags(i * 1000));
    const [found] = (await store.look(source, [{ key: 'one/Patient/1', tags: [] }])).found;
    expect(found?.entry).toBeUndefined();
  });

  it('stays within its bytes, and lets the least recently used go first', async () => {
    const store = new MemoryStore(MB);
    const value = (i: number) => ({ i, text: String(Math.sin(i)).repeat(20) });
    for (let i = 0; i < 5_000; i++) {
      await store.keep(source, [{ key: `one/Patient/${i}`, entry: entryOf(value(i), 0) }]);
      await store.look(source, [{ key: 'one/Patient/0', tags: [] }]);
    }
    const { found } = await store.look(
      source,
      [0, 1, 4_999].map((i) => ({ key: `one/Patient/${i}`, tags: [] })),
    );
    expect(found.map(({ entry }) => entry?.value)).toEqual([value(0), undefined, value(4_999)]);
    expect(store.size.entries).toBeLessThan(4_000);
    expect(store.size.bytes).toBeLessThanOrEqual(MB);
  });
});
