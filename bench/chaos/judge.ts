import type { Truth } from './checker.ts';
import { type Ages, check, failuresIn, isComplete, type Wrong } from './checker.ts';
import type { VendorCounts } from './counters.ts';
import type { Entry } from './history.ts';
import type { Times } from './product.ts';

export interface Found {
  readonly reads: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly changes: number;
  /** Values and lists that were compared with what was held. */
  readonly compared: number;
  readonly wrong: number;
  /** By kind of operation and what was wrong, the most frequent first. */
  readonly wrongs: readonly (Wrong & { readonly times: number })[];
  /** Operations in which everything was answered, from 0 to 1. */
  readonly complete: number;
  readonly vendor: VendorCounts & {
    readonly attempts: number;
    /** Shares of the calls. */
    readonly availability: number;
    readonly retries: number;
  };
  readonly freshness: Readonly<Record<string, number>>;
  /** Milliseconds after the deadline, of the latest answer; negative when all were in time. */
  readonly latestAfterDeadlineMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
}

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const record = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].sort(([, one], [, other]) => other - one));

/** Holds each answer against the oracle as soon as the oracle knows all changes up to it, and keeps only the figures. */
export class Judge {
  readonly #truth: Truth;
  readonly #ages: Ages;
  readonly #open: Entry[] = [];
  readonly #wrongs = new Map<string, Wrong & { times: number }>();
  readonly #errors = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  readonly #freshness = new Map<string, number>();
  readonly #times: number[] = [];
  #compared = 0;
  #wrong = 0;
  #complete = 0;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(truth: Truth, ages: Ages) {
    this.#truth = truth;
    this.#ages = ages;
  }

  add(entry: Entry): void {
    this.#open.push(entry);
    this.#times.push(entry.answeredAt - entry.at);
    this.#latest = Math.max(this.#latest, entry.answeredAt - entry.deadline);
    this.#complete += isComplete(entry) ? 1 : 0;
    count(this.#kinds, entry.asked.kind);
    for (const code of failuresIn(entry)) count(this.#errors, code);
    for (const { cache } of entry.calls) count(this.#freshness, cache);
  }

  /** The oracle knows all changes that began before this moment. */
  judge(before: number): void {
    const ready = this.#open.filter(({ answeredAt }) => answeredAt < before);
    const left = this.#open.filter(({ answeredAt }) => answeredAt >= before);
    this.#open.splice(0, this.#open.length, ...left);
    for (const entry of ready) {
      const { compared, wrong } = check(entry, this.#truth, this.#ages);
      this.#compared += compared;
      this.#wrong += wrong.length;
      for (const one of wrong) {
        const key = JSON.stringify(one);
        const known = this.#wrongs.get(key) ?? { ...one, times: 0 };
        known.times += 1;
        this.#wrongs.set(key, known);
      }
    }
  }

  figures(seconds: number, changes: number, vendor: VendorCounts, attempts: number): Found {
    const times = this.#times.toSorted((one, other) => one - other);
    const { calls, failed } = vendor;
    return {
      reads: times.length,
      seconds,
      perSecond: times.length / seconds,
      changes,
      compared: this.#compared,
      wrong: this.#wrong,
      wrongs: [...this.#wrongs.values()].sort((one, other) => other.times - one.times),
      complete: this.#complete / times.length,
      vendor: { calls, failed, attempts, availability: 1 - failed / calls, retries: attempts / calls - 1 },
      freshness: record(this.#freshness),
      latestAfterDeadlineMs: this.#latest,
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      errors: record(this.#errors),
      kinds: record(this.#kinds),
    };
  }
}

/** Attempts, retries and their pauses: what one reading may take, as the sources are configured. */
const readingMs = ({ timeoutMs }: Times): number => 3 * timeoutMs + 1_500;

export const agesOf = (times: Times): Ages => ({
  ttlMs: times.ttlSeconds * 1_000,
  directoryMs: 3_600_000,
  staleMs: times.staleSeconds * 1_000,
  readingMs: readingMs(times),
});
