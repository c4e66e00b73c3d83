import type { Calls } from '../vendors/process.ts';
import type { Outcome } from './clients.ts';
import type { Usage } from './usage.ts';

export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface Figures {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly times: Times;
  readonly byKind: Readonly<Record<string, Times & { readonly operations: number }>>;
  /** Operations with an error or a source that failed. */
  readonly failed: number;
  /** Errors by their code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly calls: Calls;
  readonly callsPerOperation: number;
  /** Milliseconds of the product's processor time for one operation. */
  readonly cpuMs: number;
  readonly memory: readonly (Pick<Usage, 'rss' | 'heapUsed'> & { readonly at: number })[];
}

/** The nearest rank: the smallest value that so large a share is not above. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export const timesOf = (outcomes: readonly Outcome[]): Times => {
  const sorted = outcomes.map(({ ms }) => ms).sort((one, other) => one - other);
  return {
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
};

export interface Watched {
  readonly seconds: number;
  readonly calls: Calls;
  /** In the order of time, one before the load at least and one after it. */
  readonly usages: readonly (Usage & { readonly at: number })[];
}

export const figuresOf = (outcomes: readonly Outcome[], { seconds, calls, usages }: Watched): Figures => {
  const codes = outcomes.flatMap(({ errors }) => errors);
  const [before, after] = [usages[0], usages.at(-1)];
  return {
    operations: outcomes.length,
    seconds,
    perSecond: outcomes.length / seconds,
    times: timesOf(outcomes),
    byKind: Object.fromEntries(
      [...Map.groupBy(outcomes, ({ kind }) => kind)].map(([kind, some]) => [
        kind,
        { ...timesOf(some), operations: some.length },
      ]),
    ),
    failed: outcomes.filter(({ errors }) => errors.length > 0).length,
    errors: Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length])),
    calls,
    callsPerOperation: calls.total / outcomes.length,
    cpuMs: before === undefined || after === undefined ? Number.NaN : (after.cpuMs - before.cpuMs) / outcomes.length,
    memory: usages.map(({ at, rss, heapUsed }) => ({ at, rss, heapUsed })),
  };
};
