import type { Mapped } from '../../schema/records.ts';
import type { Coverage } from '../../schema/values.ts';
import { recordTag, searchTag } from '../../upstream/cache/key.ts';
import type { SourceCache } from '../../upstream/cache.ts';

const KIND = 'whole search for patients';

/** Everybody whom a search found, in order. */
export interface WholeSearch {
  readonly records: readonly Mapped<'Patient'>[];
  readonly partial: readonly string[];
  readonly coverages: readonly (readonly [patient: string, coverages: readonly Coverage[]])[];
}

/**
 * Searches of which a page was shown, where the server's answer held the whole result: further pages ask nobody. They are
 * void with any change of whom they hold or could hold.
 */
export class KeptSearches {
  readonly #cache: SourceCache;
  readonly #ttlMs: number;

  constructor(cache: SourceCache, ttlMs: number) {
    this.#cache = cache;
    this.#ttlMs = ttlMs;
  }

  /** `at`: when it was found, milliseconds since the epoch. */
  async get(search: string): Promise<{ readonly value: WholeSearch; readonly at: number } | undefined> {
    return this.#ttlMs <= 0 ? undefined : this.#cache.get<WholeSearch>(KIND, search);
  }

  async keep(search: string, whole: WholeSearch): Promise<void> {
    const tags = [searchTag('Patient'), ...whole.records.map(({ key }) => recordTag('Patient', key))];
    await this.#cache.set(KIND, search, whole, this.#ttlMs, tags);
  }
}
