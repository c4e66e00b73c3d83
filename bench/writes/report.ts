import { quantile } from '../load/figures.ts';
import type { Calls } from '../vendors/process.ts';
import { faultsOf, type Verdict } from './checker.ts';
import type { Outcome } from './run.ts';

interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What a run comes to. */
export interface Figures
  extends Pick<Verdict, 'states' | 'refusals' | 'warnings' | 'inDoubt' | 'findings' | 'slotsLeft'> {
  readonly writes: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly perSecond: number;
  /** Until all writes were settled. */
  readonly settledSeconds: number;
  /** Milliseconds until a client had an answer, and until it knew what became of its write. */
  readonly answered: Times;
  readonly settled: Times;
  /** Times that a write was sent to the graph and no answer came. */
  readonly resent: number;
  readonly unanswered: number;
  readonly commits: number;
  readonly vendorCalls: number;
  readonly callsPerWrite: number;
  /** Milliseconds of the product's processor time for one write. */
  readonly cpuMs: number;
}

const timesOf = (values: readonly number[]): Times => {
  const sorted = [...values].sort((one, other) => one - other);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(sorted, share)) as [number, number, number];
  return { p50, p95, p99, max: sorted.at(-1) ?? Number.NaN };
};

const counted = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

export const figuresOf = (
  { verdict, submitted, seconds, settledSeconds, unanswered }: Outcome,
  used: { readonly calls: Calls; readonly cpuMs: number },
): Figures => ({
  writes: submitted.length,
  byKind: counted(submitted.map(({ kind }) => kind)),
  ...{ seconds, settledSeconds, unanswered },
  perSecond: submitted.length / seconds,
  answered: timesOf(submitted.flatMap(({ answeredMs }) => answeredMs ?? [])),
  settled: timesOf(submitted.flatMap(({ settledMs }) => settledMs ?? [])),
  resent: submitted.reduce((sum, one) => sum + one.unanswered, 0),
  ...{ states: verdict.states, refusals: verdict.refusals, warnings: verdict.warnings },
  ...{ inDoubt: verdict.inDoubt, findings: verdict.findings },
  ...{ commits: verdict.commits, slotsLeft: verdict.slotsLeft },
  vendorCalls: used.calls.total,
  callsPerWrite: used.calls.total / submitted.length,
  cpuMs: used.cpuMs / submitted.length,
});

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

const line = ({ p50, p95, p99, max }: Times): string =>
  `p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}, p99 ${p99.toFixed(0)}, max ${max.toFixed(0)} ms`;

const count = ({ findings }: Figures, fault: string): number => findings.filter((one) => one.fault === fault).length;

/** Findings that are printed one by one. */
const MOST_SHOWN = 20;

export const figureLines = (figures: Figures): readonly string[] => [
  `  ${figures.writes} writes in ${figures.seconds.toFixed(1)} s: ${figures.perSecond.toFixed(1)} a second; all settled after ${figures.settledSeconds.toFixed(1)} s`,
  `  kinds: ${listed(figures.byKind)}`,
  `  to an answer: ${line(figures.answered)}; until settled: ${line(figures.settled)}`,
  `  states: ${listed(figures.states)}; refusals: ${listed(figures.refusals)}; warnings: ${listed(figures.warnings)}`,
  `  sent again by clients: ${figures.resent}; never answered: ${figures.unanswered}`,
  `  ${figures.vendorCalls} vendor calls, ${figures.callsPerWrite.toFixed(2)} a write; ${figures.cpuMs.toFixed(1)} ms of the product's processor time a write`,
  `  ${figures.commits} commits; lost ${count(figures, 'lost')}, doubled ${count(figures, 'doubled')}, ghosts ${count(figures, 'ghost')}; opened slots left ${figures.slotsLeft}`,
  `  in doubt: ${figures.inDoubt.length} (${((100 * figures.inDoubt.length) / figures.writes).toFixed(2)} %)`,
  ...figures.inDoubt.map(
    ({ key, kind, reason, exists }) =>
      `    ${key} ${kind}: ${reason} (the vendor ${exists ? 'has' : 'does not have'} it)`,
  ),
  ...figures.findings
    .slice(0, MOST_SHOWN)
    .map(({ fault, source, kind, key = '', detail }) => `    ${fault}: ${source} ${kind} ${key}: ${detail}`),
];

/** Why a run is red, a line each. */
export const redOf = (figures: Figures): readonly string[] => [
  ...faultsOf(figures, figures.writes),
  ...(figures.unanswered > 0 ? [`${figures.unanswered} stories broke off without an answer`] : []),
];
