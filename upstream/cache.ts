import type { ErrorCode } from '../schema/enums.ts';
import { GraphError, toGraphError } from '../schema/errors.ts';
import type { SourceId } from '../schema/ids.ts';
import { type Entry, stateOf } from './cache/entry.ts';
import { type Flight, Flights, Waiting, waitFor } from './cache/flights.ts';
import { from, Keeper, toldOf } from './cache/keeper.ts';
import { type Change, cacheKey, DIRECTORY_TAGS, tagsOf } from './cache/key.ts';
import {
  type Asked,
  type Fetched,
  type Open,
  type Origin,
  oldest,
  type Question,
  type Told,
  whole,
} from './cache/question.ts';
import { Readings } from './cache/readings.ts';
import type { CacheStore } from './cache/store.ts';
import { type Call, shared } from './call.ts';

/**
 * Failures in which an older answer may stand in: those that say nothing about the record. A refusal is an answer, and
 * credentials that are refused may have been taken away, so what they showed is not shown either.
 */
const VENDOR_FAILED: ReadonlySet<ErrorCode> = new Set([
  'SOURCE_UNAVAILABLE',
  'TIMEOUT',
  'RATE_LIMITED',
  'BAD_VENDOR_ANSWER',
]);
/** Answers after which an older one may never be shown again. */
const GONE: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'FORBIDDEN']);
/** An operation with an older answer at hand stops waiting this long before its deadline, so that it still can show it. */
const STALE_LEAD_MS = 500;

interface SourceCacheOptions {
  readonly source: SourceId;
  readonly now: () => number;
  readonly store: CacheStore;
  readonly staleMs: number;
  readonly monotonic?: () => number;
}

/** One question on its way to an answer. */
interface Sought<Q> {
  readonly question: Q;
  readonly key: string;
  /** As good as asked anew, but perhaps not enough. */
  readonly fresh: Entry | undefined;
  /** Enough, and may stand in when the vendor fails. */
  readonly stale: Entry | undefined;
  readonly missing: ReadonlySet<string>;
  /** `undefined` when nobody can say what changed. */
  readonly changedAt: number | undefined;
}

type Departed<V> = Pick<Flight<Told<V>>, 'answer' | 'waiting'>;
type Fetch<Q, V> = (open: readonly Open<Q, V>[], call: Call) => Promise<readonly (Fetched<V> | Error)[]>;

/** What one source answered before, and what it is being asked now. */
export class SourceCache {
  /** Whether what other processes take for changed is so here too. */
  readonly isShared: boolean;
  readonly #source: SourceId;
  readonly #now: () => number;
  readonly #store: CacheStore;
  readonly #keeper: Keeper;
  readonly #flights: Flights<Told<unknown>>;
  /** The latest position that a look told. */
  #position: number | undefined;
  readonly #readings = new Readings();

  constructor({ source, now, store, staleMs, monotonic = () => performance.now() }: SourceCacheOptions) {
    this.isShared = store.isShared ?? false;
    this.#source = source;
    this.#now = now;
    this.#store = store;
    this.#keeper = new Keeper({ source, now, store, staleMs });
    this.#flights = new Flights(monotonic);
  }

  /**
   * Answers questions by as few readings as possible: from what is kept, from readings under way for other operations,
   * and the rest by one call of `fetch`, whose answers serve whoever asks meanwhile. Errors are never kept, and when the
   * vendor fails, an older answer stands in while it may. Each question's failure is its own; it never throws.
   */
  async read<Q extends Question<V>, V>(
    questions: readonly Q[],
    call: Call,
    fetch: Fetch<Q, V>,
  ): Promise<readonly Asked<V>[]> {
    const { position, sought } = await this.#look<Q, V>(questions);
    const open: Sought<Q>[] = [];
    const ways = sought.map((one): ((departed: readonly Departed<V>[]) => Promise<Asked<V>>) => {
      if (one.missing.size === 0) return async () => this.#hit<V>(one, call);
      const flight = this.#flights.find(one.key, one.missing, one.changedAt);
      if (flight !== undefined) return () => this.#join(one, flight as Departed<V>, call);
      const place = open.push(one) - 1;
      return (departed) => this.#wait(one, departed[place] as Departed<V>, call);
    });
    const departed = this.#depart(open, position, call, fetch);
    return Promise.all(ways.map((way) => way(departed)));
  }

  /** The kept value while it is fresh. */
  async get<T>(kind: string, key: string): Promise<{ readonly value: T; readonly at: number } | undefined> {
    const look = await this.#store.look(this.#source, [{ key: cacheKey(this.#source, kind, key), tags: [] }]);
    const entry = look?.found[0]?.entry;
    if (look !== undefined) this.#position = look.position;
    return entry !== undefined && stateOf(entry, this.#now()) === 'fresh'
      ? { value: entry.value as T, at: entry.at }
      : undefined;
  }

  /**
   * Keeps a value until its time is over or something with one of its tags changes. It may come from any reading under
   * way, so a change since the oldest of them began makes it void.
   */
  async set<T>(kind: string, key: string, value: T, ttlMs: number, tags = DIRECTORY_TAGS): Promise<void> {
    const question = { kind, key, tags, freshMs: ttlMs, staleMs: 0, ...whole };
    const position = await this.#oldestPosition();
    await this.#keeper.keep<T>([{ question, value }], { at: this.#now(), freshness: 'LIVE', position });
  }

  /** Reads past what is kept; what is kept of it by `set` is void after a change that came meanwhile. */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    return this.#readings.during((await this.#store.look(this.#source, []))?.position, read);
  }

  async #oldestPosition(): Promise<number | undefined> {
    if (!this.#readings.isEmpty) return this.#readings.oldest;
    return this.#position ?? (await this.#store.look(this.#source, []))?.position;
  }

  /** The kept value, or the fetched one; operations that come meanwhile share the fetch. It never stands in as stale. */
  async through<T>(
    kind: string,
    key: string,
    ttlMs: number,
    call: Call,
    fetch: (call: Call) => Promise<T>,
    tags: readonly string[] = DIRECTORY_TAGS,
  ): Promise<T> {
    return (await this.told(kind, key, ttlMs, call, fetch, tags)).value;
  }

  /** The same with where it comes from. */
  async told<T>(
    kind: string,
    key: string,
    ttlMs: number,
    call: Call,
    fetch: (call: Call) => Promise<T>,
    tags: readonly string[],
  ): Promise<Pick<Told<T>, 'value'> & { readonly on: Origin }> {
    const question = { kind, key, tags, freshMs: ttlMs, staleMs: 0, ...whole };
    const [told] = await this.read<Question<T>, T>([question], call, async (_open, own) => [
      { value: await fetch(own) },
    ]);
    if (told === undefined || told instanceof Error) throw told;
    const { value, at, freshness, position } = told;
    return { value, on: { at, freshness, position } };
  }

  /**
   * Takes a record for changed: what was read before this moment is not shown again, neither the record nor lists that
   * hold it or could now hold it, nor as stale; readings under way are not kept. In every process that shares the store.
   */
  async changed(change: Change): Promise<void> {
    const tags = tagsOf(change);
    this.#flights.leave(tags);
    await this.#store.mark(this.#source, tags);
  }

  async #look<Q extends Question<V>, V>(
    questions: readonly Q[],
  ): Promise<{ readonly position: number | undefined; readonly sought: readonly Sought<Q>[] }> {
    const keys = questions.map(({ kind, key }) => cacheKey(this.#source, kind, key));
    const look = await this.#store.look(
      this.#source,
      questions.map(({ tags }, i) => ({ key: keys[i] ?? '', tags })),
    );
    if (look !== undefined) this.#position = look.position;
    const now = this.#now();
    return {
      position: look?.position,
      sought: questions.map((question, i) => {
        const { entry, changedAt } = look?.found[i] ?? {};
        const state = entry === undefined || question.freshMs <= 0 ? 'old' : stateOf(entry, now);
        const missingIn = (one: Entry | undefined) => question.missing(one?.value as V | undefined);
        return {
          question,
          key: keys[i] ?? '',
          fresh: state === 'fresh' ? entry : undefined,
          stale: state === 'stale' && missingIn(entry).size === 0 ? entry : undefined,
          missing: missingIn(state === 'fresh' ? entry : undefined),
          changedAt,
        };
      }),
    };
  }

  #hit<V>({ question, fresh }: Sought<Question<V>>, call: Call): Asked<V> {
    if (fresh === undefined) return new GraphError('NOT_FOUND', { source: this.#source }); // nothing was asked for
    this.#note(question, call, 'HIT', 0);
    return toldOf(fresh, 'CACHED');
  }

  async #join<V>(one: Sought<Question<V>>, flight: Departed<V>, call: Call): Promise<Asked<V>> {
    const started = call.now();
    const told = await this.#wait(one, flight, call);
    if (!(told instanceof Error) && told.freshness !== 'STALE')
      this.#note(one.question, call, 'HIT', call.now() - started);
    return told;
  }

  async #wait<V>(one: Sought<Question<V>>, flight: Departed<V>, call: Call): Promise<Asked<V>> {
    const { question, fresh, stale } = one;
    const patience = stale === undefined ? Number.POSITIVE_INFINITY : call.deadline - call.now() - STALE_LEAD_MS;
    const told = await waitFor(flight, call, patience);
    if (told instanceof Error) {
      if (stale === undefined || !(told instanceof GraphError && VENDOR_FAILED.has(told.code))) return told;
      this.#note(question, call, 'STALE', 0);
      return toldOf(stale, 'STALE');
    }
    if (fresh === undefined) return told;
    const known = toldOf<V>(fresh, 'CACHED');
    return { ...told, value: question.merge(known.value, told.value), ...oldest(known, told) };
  }

  #note(question: Pick<Question<unknown>, 'name'>, call: Call, cache: 'HIT' | 'STALE', ms: number): void {
    if (question.name === undefined) return;
    call.record({ source: this.#source, call: question.name, ms: Math.round(ms), cache });
  }

  /** Begins one reading for all that is open, as flights that others may join; they never reject. */
  #depart<Q extends Question<V>, V>(
    open: readonly Sought<Q>[],
    position: number | undefined,
    call: Call,
    fetch: Fetch<Q, V>,
  ): readonly Departed<V>[] {
    if (open.length === 0) return [];
    const waiting = new Waiting();
    const landing = this.#fetch(open, position, { ...shared(call), signal: waiting.signal }, fetch);
    return open.map(({ key, question: { tags }, missing }, i) => {
      const answer = landing.then((told) => told[i] ?? new GraphError('BAD_VENDOR_ANSWER', { source: this.#source }));
      this.#flights.add(key, { tags, fields: missing, position, waiting, answer });
      return { waiting, answer };
    });
  }

  async #fetch<Q extends Question<V>, V>(
    open: readonly Sought<Q>[],
    position: number | undefined,
    call: Call,
    fetch: Fetch<Q, V>,
  ): Promise<readonly (Told<V> | Error)[]> {
    try {
      const wanted = open.map(({ question, fresh, missing }) => ({
        question,
        missing,
        ...(fresh === undefined ? {} : { known: toldOf<V>(fresh, 'CACHED') }),
      }));
      const fetched = await this.#readings.during(position, () => fetch(wanted, call));
      const origin = { at: this.#now(), freshness: 'LIVE', position } as const;
      await this.#settle(open, fetched, origin);
      return fetched.map((one) =>
        one instanceof Error ? one : { value: one.value, also: one.also, ...from(origin, one) },
      );
    } catch (thrown) {
      const failure = thrown instanceof Error ? thrown : toGraphError(thrown, 'BAD_VENDOR_ANSWER', this.#source);
      return open.map(() => failure);
    }
  }

  /** Keeps what the vendor told, and forgets what it says is gone. */
  async #settle<Q extends Question<V>, V>(
    open: readonly Sought<Q>[],
    fetched: readonly (Fetched<V> | Error)[],
    origin: Origin,
  ): Promise<void> {
    const gone = open.filter((_one, i) => {
      const told = fetched[i];
      return told instanceof GraphError && GONE.has(told.code);
    });
    if (gone.length > 0)
      await this.#store.drop(
        this.#source,
        gone.map(({ key }) => key),
      );
    const told = open.flatMap(({ question }, i) => {
      const one = fetched[i];
      return one === undefined || one instanceof Error ? [] : [{ question, ...one }, ...(one.also ?? [])];
    });
    await this.#keeper.keep<unknown>(told, origin);
  }
}
