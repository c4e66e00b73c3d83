import type { Freshness } from '../../schema/enums.ts';

/** One thing to be read through the cache: a record, or a list with its exact question. */
export interface Question<V> {
  readonly kind: string;
  readonly key: string;
  /** What explain calls it when it is answered without the vendor; nothing is noted when absent. */
  readonly name?: string;
  /** The tags that every answer has. */
  readonly tags: readonly string[];
  /** How long an answer is as good as asked anew; 0: it is never kept. */
  readonly freshMs: number;
  /** How much longer it may stand in when the vendor fails, where that is not the source's setting. */
  readonly staleMs?: number;
  /** What must still be asked for when this much is known; nothing: it is answered. */
  missing(known: V | undefined): ReadonlySet<string>;
  /** What two answers say together, for answers that tell a part. */
  merge(earlier: V, later: V): V;
  /** Does it tell everything? Then what was kept before adds nothing. */
  isWhole(value: V): boolean;
}

/** A question that is left for the vendor. */
export interface Open<Q, V> {
  readonly question: Q;
  /** What is known already, to be completed. */
  readonly known?: Told<V>;
  readonly missing: ReadonlySet<string>;
}

/** What the vendor told of one question. */
export interface Fetched<V> {
  readonly value: V;
  /** Where the oldest of it comes from, when not all of it was told now. */
  readonly on?: Origin | undefined;
  /** Of what else it holds. */
  readonly tags?: readonly string[];
  /** What the same answer told of other questions. */
  readonly also?: readonly Primed<unknown>[] | undefined;
}

/** An answer to a question that nobody asked yet. */
export interface Primed<V> {
  readonly question: Question<V>;
  readonly value: V;
  readonly on?: Origin | undefined;
}

/** Where an answer comes from; of several parts, the oldest. */
export interface Origin {
  /** When it was fetched from the vendor, milliseconds since the epoch. */
  readonly at: number;
  readonly freshness: Freshness;
  /** Where the source's changes stood when its reading began; `undefined` when the store could not say. */
  readonly position: number | undefined;
}

/** An answer with where it comes from. */
export interface Told<V> extends Origin {
  readonly value: V;
  /** What the vendor told besides, when it was asked for this. */
  readonly also?: readonly Primed<unknown>[] | undefined;
}

const BY_AGE = ['STALE', 'CACHED', 'LIVE'] as const satisfies readonly Freshness[];

/** Where two answers together come from. */
export const oldest = (one: Origin, other: Origin): Origin => ({
  at: Math.min(one.at, other.at),
  freshness: BY_AGE.find((age) => age === one.freshness || age === other.freshness) ?? 'STALE',
  position:
    one.position === undefined || other.position === undefined ? undefined : Math.min(one.position, other.position),
});

/** A failure is a value, so that it stays beside its neighbours' answers. */
export type Asked<V> = Told<V> | Error;

/** The same where either may be unknown, as what was told now is. */
export const oldestOf = (one: Origin | undefined, other: Origin | undefined): Origin | undefined =>
  one === undefined ? other : other === undefined ? one : oldest(one, other);

const NOTHING: ReadonlySet<string> = new Set();
/** No field has this name: it stands for the answer itself. */
export const ITSELF = '*';
const WHOLE: ReadonlySet<string> = new Set([ITSELF]);

/** For answers that are there or not, never in part. */
export const whole = {
  missing: (known: unknown): ReadonlySet<string> => (known === undefined ? WHOLE : NOTHING),
  merge: <V>(_earlier: V, later: V): V => later,
  isWhole: (): boolean => true,
};
