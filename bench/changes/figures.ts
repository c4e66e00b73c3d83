import { quantile } from '../load/figures.ts';
import { type Arrival, counted, type Finding } from './checker.ts';
import { vendorOf } from './kinds.ts';

/** Milliseconds. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const timesOf = (values: readonly number[]): Times => {
  const sorted = values.toSorted((one, other) => one - other);
  const max = sorted.at(-1) ?? Number.NaN;
  return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max };
};

/** How long it took until changes were told, by vendor and cause. */
export const timesBy = (arrivals: readonly Arrival[]): Readonly<Record<string, Times>> => {
  const groups = Map.groupBy(arrivals, ({ record, cause }) => `${vendorOf(record)} ${cause}`);
  return Object.fromEntries([...groups].sort().map(([name, all]) => [name, timesOf(all.map(({ ms }) => ms))]));
};

export const timesLines = (times: Readonly<Record<string, Times>>): readonly string[] =>
  Object.entries(times).map(
    ([name, { count, p50, p99, max }]) =>
      `  ${name.padEnd(20)} ${String(count).padStart(5)} told   p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`,
  );

export const ms = (value: number | null): string => (value === null ? 'none' : `${Math.round(value)} ms`);

/** Names with their numbers. */
export const listed = (counts: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

export const foundLine = (findings: readonly Finding[]): string => `  found: ${listed(counted(findings))}`;

const SHOWN = 5;

/** Findings as reasons to be red, with the first records of each kind. */
export const faultsOf = (findings: readonly Finding[]): string[] =>
  [...Map.groupBy(findings, ({ kind }) => kind)].map(([kind, all]) => {
    const some = all.slice(0, SHOWN).map(({ record, version }) => `${record} ${version}`);
    return `${all.length} ${kind}: ${some.join(', ')}`;
  });

export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
