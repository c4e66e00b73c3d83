import Keyv from 'keyv';
import QuickLRU from 'quick-lru';
import type { SourceId } from '../schema/ids.ts';
import { type Call, shared } from './call.ts';

/** Entries per source; an entry is one record or one directory list. Least recently used go first. */
const MOST_ENTRIES = 10_000;

/** What one source answered before. Keys begin with the source, so that tenants can never share an entry. */
export class SourceCache {
  readonly #store: Keyv;
  readonly #inFlight = new Map<string, Promise<unknown>>();
  readonly #source: SourceId;
  readonly #now: () => number;

  constructor(source: SourceId, now: () => number) {
    this.#source = source;
    this.#now = now;
    this.#store = new Keyv({
      store: new QuickLRU({ maxSize: MOST_ENTRIES }),
      useKeyPrefix: false,
      serialize: undefined,
      deserialize: undefined,
    });
  }

  #key(kind: string, key: string): string {
    return `${this.#source}/${kind}/${key}`;
  }

  async get<T>(kind: string, key: string): Promise<{ readonly value: T; readonly at: number } | undefined> {
    return this.#store.get(this.#key(kind, key));
  }

  async set<T>(kind: string, key: string, value: T, ttlMs: number): Promise<void> {
    if (ttlMs > 0) await this.#store.set(this.#key(kind, key), { value, at: this.#now() }, ttlMs);
  }

  /** The cached value, or the fetched one; callers that come meanwhile share the fetch. Failures are not kept. */
  async through<T>(
    kind: string,
    key: string,
    ttlMs: number,
    call: Call,
    fetch: (call: Call) => Promise<T>,
  ): Promise<T> {
    const known = await this.get<T>(kind, key);
    if (known !== undefined) return known.value;
    const name = this.#key(kind, key);
    const running = this.#inFlight.get(name);
    if (running !== undefined) return running as Promise<T>;
    const flight = fetch(shared(call))
      .then(async (value) => {
        await this.set(kind, key, value, ttlMs);
        return value;
      })
      .finally(() => this.#inFlight.delete(name));
    this.#inFlight.set(name, flight);
    return flight;
  }
}
