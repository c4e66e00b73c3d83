import { beforeEach, describe, expect, it } from 'vitest';
import type { VendorCall } from '../schema/context.ts';
import type { ErrorCode } from '../schema/enums.ts';
import { GraphError } from '../schema/errors.ts';
import { sourceId } from '../schema/ids.ts';
import { MemoryStore } from './cache/memory.ts';
import { type Fetched, type Question, type Told, whole } from './cache/question.ts';
import type { CacheStore } from './cache/store.ts';
import { SourceCache } from './cache.ts';
import type { Call } from './call.ts';

const START = Date.parse('2026-11-18T15:00:00Z');
const SECOND = 1000;
const [FRESH, STALE] = [30 * SECOND, 600 * SECOND];

type Part = Readonly<Record<string, string>>;
type PartQuestion = Question<Part>;

let time: number;
let store: MemoryStore;
let cache: SourceCache;
/** What explain would show. */
let noted: VendorCall[];

const now = (): number => time;
const cacheOf = (source: string, kept: CacheStore = store): SourceCache =>
  new SourceCache({ source: sourceId(source), now, store: kept, staleMs: STALE, monotonic: now });

beforeEach(() => {
  time = START;
  store = new MemoryStore(1024 * 1024);
  cache = cacheOf('mercy');
  noted = [];
});

const callOf = (more: Partial<Call> = {}): Call => ({
  id: 'one',
  caller: { subject: 'test', scopes: [], sources: 'all' },
  deadline: time + 30 * SECOND,
  signal: new AbortController().signal,
  now,
  record: (made) => noted.push(made),
  ...more,
});

/** A record that may be told in part: which of its fields are wanted. */
const part = (key: string, ...fields: string[]): PartQuestion => ({
  kind: 'Patient',
  key,
  name: 'Patient',
  tags: [`Patient/${key}`],
  freshMs: FRESH,
  missing: (known) => new Set(fields.filter((field) => known === undefined || !(field in known))),
  merge: (earlier, later) => ({ ...earlier, ...later }),
  isWhole: (value) => 'all' in value,
});
const list = (key: string): Question<string> => ({
  kind: 'searchPatients',
  key,
  tags: ['Patient@search'],
  freshMs: FRESH,
  ...whole,
});

/** A vendor that answers when it is told to. */
class Vendor<V> {
  readonly asked: (readonly string[])[] = [];
  readonly #waiting: ((answers: readonly (Fetched<V> | Error)[] | Error) => void)[] = [];

  readonly fetch = (open: readonly { readonly question: Question<V> }[]): Promise<readonly (Fetched<V> | Error)[]> => {
    this.asked.push(open.map(({ question: { key } }) => key));
    return new Promise((resolve, reject) => {
      this.#waiting.push((answers) => (answers instanceof Error ? reject(answers) : resolve(answers)));
    });
  };

  answer(...answers: (V | Error)[]): void {
    this.#waiting.shift()?.(answers.map((value) => (value instanceof Error ? value : { value })));
  }

  fail(code: ErrorCode): void {
    this.#waiting.shift()?.(new GraphError(code, { source: 'mercy' }));
  }
}

/** Lets everything go on that waits for nothing but memory. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ask = async <V>(
  question: Question<V>,
  vendor: Vendor<V>,
  { at = cache, call = callOf() }: { readonly at?: SourceCache; readonly call?: Call } = {},
): Promise<Told<V> | GraphError> => {
  const [told] = await at.read<Question<V>, V>([question], call, vendor.fetch);
  return told as Told<V> | GraphError;
};
/** Asks, and has the vendor answer at once. */
const tell = async <V>(question: Question<V>, answer: V | Error, at = cache): Promise<Told<V> | GraphError> => {
  const vendor = new Vendor<V>();
  const asked = ask(question, vendor, { at });
  await settle();
  vendor.answer(answer);
  return asked;
};
/** Asks when nobody should have to ask the vendor; if it is asked, it fails. */
const known = async <V>(question: Question<V>, at = cache): Promise<Told<V> | GraphError | 'asked'> => {
  const vendor = new Vendor<V>();
  const told = ask(question, vendor, { at });
  await settle();
  if (vendor.asked.length === 0) return told;
  vendor.fail('VENDOR_REJECTED');
  await told;
  return 'asked';
};

describe('an answer', () => {
  it('is live when the vendor gave it, and cached with its own time until the time to live is over', async () => {
    expect(await tell(list('a'), 'one')).toMatchObject({ value: 'one', freshness: 'LIVE', at: START });
    time += FRESH - 1;
    expect(await known(list('a'))).toMatchObject({ value: 'one', freshness: 'CACHED', at: START });
    time += 1;
    expect(await known(list('a'))).toBe('asked');
  });

  it('is another source’s own, though all ids are the same', async () => {
    const other = cacheOf('springfield');
    await tell(list('a'), 'of mercy');
    expect(await known(list('a'), other)).toBe('asked');
    await tell(list('a'), 'of springfield', other);
    expect(await known(list('a'))).toMatchObject({ value: 'of mercy' });
    await other.changed({ type: 'Patient', key: '1' });
    expect(await known(list('a'))).toMatchObject({ value: 'of mercy' });
  });

  it('is never kept without a time to live', async () => {
    const question = { ...list('a'), freshMs: 0 };
    await tell(question, 'one');
    expect(await known(question)).toBe('asked');
  });

  it('that is a failure is nobody’s but the asked one’s, and is not kept', async () => {
    const vendor = new Vendor<string>();
    const asked = cache.read([list('a'), list('b')], callOf(), vendor.fetch);
    await settle();
    vendor.answer(new GraphError('SOURCE_UNAVAILABLE'), 'two');
    expect(await asked).toMatchObject([{ code: 'SOURCE_UNAVAILABLE' }, { value: 'two' }]);
    expect(await known(list('a'))).toBe('asked');
    expect(await known(list('b'))).toMatchObject({ value: 'two' });
  });

  it.each(['NOT_FOUND', 'FORBIDDEN'] as const)('is forgotten when the vendor says %s', async (code) => {
    await tell(list('a'), 'one');
    time += FRESH;
    expect(await tell(list('a'), new GraphError(code))).toMatchObject({ code });
    expect(await tell(list('a'), new GraphError('TIMEOUT'))).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('an answer whose time is over', () => {
  beforeEach(async () => {
    await tell(list('a'), 'one');
    time += FRESH;
  });

  it.each(['SOURCE_UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'BAD_VENDOR_ANSWER'] as const)(
    'stands in when the vendor fails with %s',
    async (code) => {
      noted = [];
      const told = await tell({ ...list('a'), name: 'searchPatients' }, new GraphError(code));
      expect(told).toMatchObject({ value: 'one', freshness: 'STALE', at: START });
      expect(noted).toEqual([{ source: 'mercy', call: 'searchPatients', ms: 0, cache: 'STALE' }]);
    },
  );

  it.each(['FORBIDDEN', 'NOT_FOUND', 'VENDOR_REJECTED', 'VALIDATION', 'UNAUTHENTICATED_AT_VENDOR'] as const)(
    'does not hide that the vendor refused with %s',
    async (code) => {
      expect(await tell(list('a'), new GraphError(code))).toMatchObject({ code });
    },
  );

  it('stands in until its further time is over too', async () => {
    time = START + FRESH + STALE - 1;
    expect(await tell(list('a'), new GraphError('TIMEOUT'))).toMatchObject({ freshness: 'STALE' });
    time += 1;
    expect(await tell(list('a'), new GraphError('TIMEOUT'))).toMatchObject({ code: 'TIMEOUT' });
  });

  it('is replaced by what the vendor says', async () => {
    expect(await tell(list('a'), 'two')).toMatchObject({ value: 'two', freshness: 'LIVE' });
    expect(await known(list('a'))).toMatchObject({ value: 'two' });
  });

  it('does not stand in for what has changed', async () => {
    await cache.changed({ type: 'Patient', key: '1' });
    expect(await tell(list('a'), new GraphError('TIMEOUT'))).toMatchObject({ code: 'TIMEOUT' });
  });

  it('is shown before the operation’s deadline when the vendor hangs, which goes on for the next', async () => {
    const vendor = new Vendor<string>();
    const call = callOf({ deadline: time + 510 });
    expect(await ask(list('a'), vendor, { call })).toMatchObject({ freshness: 'STALE' });
    vendor.answer('two');
    await settle();
    expect(await known(list('a'))).toMatchObject({ value: 'two', freshness: 'CACHED' });
  });
});

describe('readings under way', () => {
  it('serve every operation that asks for the same', async () => {
    const vendor = new Vendor<string>();
    const asked = [ask(list('a'), vendor), ask(list('a'), vendor), ask(list('b'), vendor)];
    await settle();
    asked.push(ask(list('a'), vendor));
    await settle();
    expect(vendor.asked).toEqual([['a'], ['b']]);
    vendor.answer('one');
    vendor.answer('two');
    expect((await Promise.all(asked)).map((told) => (told as Told<string>).value)).toEqual([
      'one',
      'one',
      'two',
      'one',
    ]);
  });

  it('are joined key by key, and the rest is one call', async () => {
    const vendor = new Vendor<string>();
    const first = cache.read([list('a'), list('b')], callOf(), vendor.fetch);
    await settle();
    const second = cache.read([list('b'), list('c'), list('d')], callOf(), vendor.fetch);
    await settle();
    expect(vendor.asked).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    vendor.answer('A', 'B');
    vendor.answer('C', 'D');
    expect((await second).map((told) => (told as Told<string>).value)).toEqual(['B', 'C', 'D']);
    await first;
  });

  it('are joined only by those that want no more than they will tell', async () => {
    const vendor = new Vendor<Part>();
    const asked = [
      ask(part('1', 'name', 'born'), vendor),
      ask(part('1', 'name'), vendor),
      ask(part('1', 'phone'), vendor),
    ];
    await settle();
    expect(vendor.asked).toHaveLength(2);
    vendor.answer({ name: 'Rivera', born: '1980' });
    vendor.answer({ phone: '+1' });
    expect((await Promise.all(asked)).map((told) => (told as Told<Part>).value)).toEqual([
      { name: 'Rivera', born: '1980' },
      { name: 'Rivera', born: '1980' },
      { phone: '+1' },
    ]);
    expect(await known(part('1', 'name', 'born', 'phone'))).toMatchObject({ freshness: 'CACHED' });
  });

  it('go on when the operation that began them leaves, which ends at once', async () => {
    const vendor = new Vendor<string>();
    const leaving = new AbortController();
    const first = ask(list('a'), vendor, { call: callOf({ signal: leaving.signal }) });
    const second = ask(list('a'), vendor);
    await settle();
    leaving.abort();
    expect(await first).toMatchObject({ code: 'TIMEOUT' });
    vendor.answer('one');
    expect(await second).toMatchObject({ value: 'one', freshness: 'LIVE' });
    expect(vendor.asked).toHaveLength(1);
  });

  it('end when the last operation that waits for them has left, and the next begins anew', async () => {
    const vendor = new Vendor<string>();
    const signals: AbortSignal[] = [];
    const leaving = [new AbortController(), new AbortController()];
    const asked = leaving.map(({ signal }) =>
      cache.read<Question<string>, string>([list('a')], callOf({ signal }), (open, call) => {
        signals.push(call.signal);
        return vendor.fetch(open);
      }),
    );
    await settle();
    leaving[0]?.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    leaving[1]?.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await Promise.all(asked);
    const again = ask(list('a'), vendor);
    await settle();
    expect(vendor.asked).toHaveLength(2);
    vendor.answer('late');
    vendor.answer('one');
    expect(await again).toMatchObject({ value: 'one', freshness: 'LIVE' });
  });

  it('fail alike for all, and are over then', async () => {
    const vendor = new Vendor<string>();
    const asked = [ask(list('a'), vendor), ask(list('a'), vendor)];
    await settle();
    vendor.fail('SOURCE_UNAVAILABLE');
    expect(await Promise.all(asked)).toMatchObject([{ code: 'SOURCE_UNAVAILABLE' }, { code: 'SOURCE_UNAVAILABLE' }]);
    expect(await tell(list('a'), 'one')).toMatchObject({ value: 'one' });
  });

  it.each([
    ['this process', () => cache],
    ['another process with the same store', () => cacheOf('mercy')],
  ])('are not joined after a change that %s tells, and what they tell is not kept', async (_case, teller) => {
    const old = new Vendor<string>();
    const before = ask(list('a'), old);
    await settle();
    await teller().changed({ type: 'Patient', key: '1' });
    const fresh = new Vendor<string>();
    const after = ask(list('a'), fresh);
    await settle();
    expect(fresh.asked).toHaveLength(1);
    fresh.answer('new');
    expect(await after).toMatchObject({ value: 'new' });
    old.answer('old');
    expect(await before).toMatchObject({ value: 'old' });
    expect(await known(list('a'))).toBe('asked');
  });
});

describe('a record that is known in part', () => {
  it('answers for that part only', async () => {
    await tell(part('1', 'name'), { name: 'Rivera' });
    expect(await known(part('1', 'name'))).toMatchObject({ value: { name: 'Rivera' } });
    expect(await known(part('1', 'name', 'born'))).toBe('asked');
  });

  it('is completed, and is then as old as its oldest part', async () => {
    await tell(part('1', 'name'), { name: 'Rivera' });
    time += FRESH - 10;
    const told = await tell(part('1', 'name', 'born'), { born: '1980' });
    expect(told).toMatchObject({ value: { name: 'Rivera', born: '1980' }, at: START, freshness: 'CACHED' });
    time += 10;
    expect(await known(part('1', 'born'))).toBe('asked');
  });

  it('does not replace what tells more', async () => {
    await tell(part('1', 'name'), { all: 'yes', name: 'Rivera', born: '1980' });
    const vendor = new Vendor<string>();
    const asked = cache.read([list('a')], callOf(), async (open) => {
      await vendor.fetch(open);
      return [{ value: 'page', also: [{ question: part('1'), value: { name: 'Rivera-Ortiz' } }] }];
    });
    await settle();
    vendor.answer('page');
    await asked;
    expect(await known(part('1', 'name', 'born'))).toMatchObject({ value: { name: 'Rivera-Ortiz', born: '1980' } });
  });

  it('is not made younger by an answer that repeats what was known', async () => {
    const on = { at: START - 20 * SECOND, freshness: 'CACHED', position: 0 } as const;
    const [told] = await cache.read([list('a')], callOf(), async () => [{ value: 'one', on }]);
    expect(told).toMatchObject({ at: on.at, freshness: 'CACHED' });
    time += FRESH - 20 * SECOND;
    expect(await known(list('a'))).toBe('asked');
  });

  it('is void when a part of it was read before a change', async () => {
    const on = { at: START, freshness: 'CACHED', position: 0 } as const;
    await cache.changed({ type: 'Patient', key: '1' });
    await cache.read([list('a')], callOf(), async () => [{ value: 'one', on }]);
    expect(await known(list('a'))).toBe('asked');
  });
});

describe('a change', () => {
  const kept = (tags: readonly string[]): Question<string> => ({ ...list(tags.join()), tags });
  const LISTS = {
    record: ['Appointment/1'],
    'list that holds it': ['Appointment@Patient/9', 'Appointment@Patient', 'Appointment/1'],
    'list of its patient': ['Appointment@Patient/7', 'Appointment@Patient'],
    'list of another patient': ['Appointment@Patient/8', 'Appointment@Patient'],
    search: ['Appointment@search'],
    'free slots': ['Slot@search'],
    'another record': ['Appointment/2'],
    'another type’s list': ['Claim@Patient/7', 'Claim@Patient'],
    'another type’s search': ['Claim@search'],
  } as const;

  it.each([
    ['whose patient is known', { patient: '7' }, ['list of another patient']],
    ['whose patient is not', {}, []],
  ])('of an appointment %s voids the record and the lists that hold it or may', async (_case, more, spared) => {
    for (const tags of Object.values(LISTS)) await tell(kept(tags), 'one');
    await cache.changed({ type: 'Appointment', key: '1', ...more });
    const left: string[] = [];
    for (const [name, tags] of Object.entries(LISTS)) if ((await known(kept(tags))) !== 'asked') left.push(name);
    expect(left).toEqual([...spared, 'another record', 'another type’s list', 'another type’s search']);
  });

  it.each([
    [
      'a question',
      (set: () => Promise<void>) =>
        cache.read([list('all')], callOf(), async () => {
          await set();
          return [{ value: 'x' }];
        }),
    ],
    ['its own', (set: () => Promise<void>) => cache.reading(set)],
  ])('voids what a connector keeps of a reading that began before, for %s', async (_what, reading) => {
    const other = cacheOf('mercy');
    await reading(async () => {
      await other.changed({ type: 'Patient', key: '12' });
      await cache.get('probe', 'all'); // another operation sees where the changes stand now
      await cache.set('merges', '12', 'old', FRESH, ['Patient/12']);
    });
    expect(await cache.get('merges', '12')).toBeUndefined();
    await cache.set('merges', '12', 'new', FRESH, ['Patient/12']);
    expect(await cache.get('merges', '12')).toMatchObject({ value: 'new' });
  });

  it('of a practitioner voids what connectors keep of directories', async () => {
    let asked = 0;
    const read = () => cache.through('providers', 'all', FRESH, callOf(), async () => ++asked);
    expect([await read(), await read()]).toEqual([1, 1]);
    await cache.changed({ type: 'Practitioner', key: '1' });
    expect(await read()).toBe(2);
  });
});

describe('without its store', () => {
  /** Answers nothing, as Redis does when it is away. */
  const away: CacheStore = {
    look: async () => undefined,
    keep: async () => undefined,
    drop: async () => undefined,
    mark: async () => undefined,
    close: async () => undefined,
  };

  it('asks the vendor each time, and joins only what has just begun', async () => {
    const own = cacheOf('mercy', away);
    const vendor = new Vendor<string>();
    const first = ask(list('a'), vendor, { at: own });
    const second = ask(list('a'), vendor, { at: own });
    await settle();
    expect(vendor.asked).toHaveLength(1);
    time += 500;
    const third = ask(list('a'), vendor, { at: own });
    await settle();
    expect(vendor.asked).toHaveLength(2);
    vendor.answer('one');
    vendor.answer('two');
    expect(await Promise.all([first, second, third])).toMatchObject([
      { value: 'one' },
      { value: 'one' },
      { value: 'two' },
    ]);
    expect(await known(list('a'), own)).toBe('asked');
  });
});
