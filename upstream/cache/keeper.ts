import type { SourceId } from '../../schema/ids.ts';
import { type Entry, stateOf } from './entry.ts';
import { cacheKey } from './key.ts';
import { type Fetched, type Origin, oldest, type Primed, type Question, type Told } from './question.ts';
import type { CacheStore } from './store.ts';

/** An answer that may be kept. */
export type Keepable<V> = Primed<V> & Pick<Fetched<V>, 'tags'>;

interface KeeperOptions {
  readonly source: SourceId;
  readonly now: () => number;
  readonly store: CacheStore;
  readonly staleMs: number;
}

/** Puts one source's answers into the store, so that nothing poorer or older replaces what is there. */
export class Keeper {
  readonly #options: KeeperOptions;
  /** The last keeping under way by key: what two of them tell of one record is put together one after the other. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Keeps answers of this origin. Without a position nothing is kept: nobody could say later whether it still holds. */
  async keep<V>(told: readonly Keepable<V>[], origin: Origin): Promise<void> {
    const kept = told
      .filter(({ question, value }) => question.freshMs > 0 && value !== undefined)
      .map((one) => ({ ...one, key: this.#keyOf(one.question), origin: from(origin, one) }))
      .filter((one) => one.origin.position !== undefined);
    if (kept.length === 0) return;
    const keys = new Set(kept.map(({ key }) => key));
    const before = [...keys].flatMap((key) => this.#underWay.get(key) ?? []);
    const work = before.length === 0 ? this.#keep(kept) : Promise.all(before).then(() => this.#keep(kept));
    for (const key of keys) this.#underWay.set(key, work);
    try {
      await work;
    } finally {
      for (const key of keys) if (this.#underWay.get(key) === work) this.#underWay.delete(key);
    }
  }

  async #keep<V>(told: readonly (Keepable<V> & { readonly key: string; readonly origin: Origin })[]): Promise<void> {
    const { source, store, staleMs } = this.#options;
    const entries = await this.#freshOf(told.filter(({ question, value }) => !question.isWhole(value)));
    for (const { question, value, tags = [], key, origin } of told) {
      const known = question.isWhole(value) ? undefined : entries.get(key);
      const entry: Entry = {
        value,
        at: origin.at,
        position: origin.position ?? 0,
        tags: [...new Set([...question.tags, ...tags])],
        freshMs: question.freshMs,
        staleMs: question.staleMs ?? staleMs,
      };
      entries.set(key, known === undefined ? entry : together(known, entry, question));
    }
    await store.keep(
      source,
      [...entries].map(([key, entry]) => ({ key, entry })),
    );
  }

  /** What is kept already of answers that tell a part. */
  async #freshOf(parts: readonly { readonly key: string }[]): Promise<Map<string, Entry>> {
    const { source, store, now } = this.#options;
    if (parts.length === 0) return new Map();
    const look = await store.look(
      source,
      parts.map(({ key }) => ({ key, tags: [] })),
    );
    return new Map(
      parts.flatMap(({ key }, i) => {
        const entry = look?.found[i]?.entry;
        return entry === undefined || stateOf(entry, now()) !== 'fresh' ? [] : [[key, entry] as const];
      }),
    );
  }

  #keyOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
    return cacheKey(this.#options.source, kind, key);
  }
}

export const toldOf = <V>({ value, at, position }: Entry, freshness: Origin['freshness']): Told<V> => ({
  value: value as V,
  at,
  freshness,
  position,
});

/** Where an answer comes from that was told now, but perhaps not all of it. */
export const from = (origin: Origin, { on }: Pick<Fetched<unknown>, 'on'>): Origin =>
  on === undefined ? origin : oldest(origin, on);

/** Two entries of one key as one: as old, and as easily void, as the older. */
const together = <V>(one: Entry, other: Entry, question: Question<V>): Entry => {
  const [earlier, later] = one.at <= other.at ? [one, other] : [other, one];
  return {
    ...later,
    value: question.merge(earlier.value as V, later.value as V),
    at: earlier.at,
    position: Math.min(one.position, other.position),
    tags: [...new Set([...one.tags, ...other.tags])],
  };
};
