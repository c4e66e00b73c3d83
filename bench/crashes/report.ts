import { quantile } from '../load/figures.ts';
import { faultsOf, type Verdict } from '../writes/checker.ts';
import type { Kill, Survived } from './kills.ts';
import type { Ordered } from './order.ts';
import type { Stopped } from './stopping.ts';

/** From when a process serves again until all that was acknowledged before is settled, at most. */
const MOST_RECOVERY_MS = 5_000;
const MOST_SHOWN = 20;

const count = ({ findings }: Verdict, fault: string): number => findings.filter((one) => one.fault === fault).length;

const listed = (counts: Readonly<Record<string, number | string>>): string =>
  Object.entries(counts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'none';

const verdictLines = (verdict: Verdict): readonly string[] => [
  `  states: ${listed(verdict.states)}; refusals: ${listed(verdict.refusals)}; in doubt ${verdict.inDoubt.length}`,
  ...verdict.inDoubt.map(({ key, kind, reason }) => `    ${key} ${kind}: ${reason}`),
  `  ${verdict.commits} commits; lost ${count(verdict, 'lost')}, doubled ${count(verdict, 'doubled')}, ghosts ${count(verdict, 'ghost')}, out of order ${count(verdict, 'order')}`,
  ...verdict.findings
    .slice(0, MOST_SHOWN)
    .map(({ fault, source, kind, key = '', detail }) => `    ${fault}: ${source} ${kind} ${key}: ${detail}`),
];

const spread = (values: readonly number[]): string => {
  const sorted = values.toSorted((one, other) => one - other);
  return `p50 ${quantile(sorted, 0.5).toFixed(0)}, p95 ${quantile(sorted, 0.95).toFixed(0)}, max ${(sorted.at(-1) ?? Number.NaN).toFixed(0)} ms`;
};

/** Milliseconds until all was settled, from when the process served and from its very start. */
const recoveries = (kills: readonly Kill[]) =>
  kills.flatMap(({ startMs, recoveryMs }) =>
    startMs === undefined || recoveryMs === undefined
      ? []
      : [{ startMs, sinceStart: recoveryMs, sinceServing: recoveryMs - startMs }],
  );

export const killLines = (survived: Survived): readonly string[] => {
  const { kills, writes, seconds, callsCut, resent, unanswered, verdict } = survived;
  const all = recoveries(kills);
  const open = kills.reduce((sum, one) => sum + one.open, 0);
  return [
    `  ${kills.length} kills in ${seconds.toFixed(0)} s, ${kills.length - all.length} of them while it started or recovered; ${writes} writes`,
    `  ${open} acknowledged writes were open when it died, ${callsCut} vendor calls under way; sent again by clients: ${resent}; never answered: ${unanswered}`,
    `  start: ${spread(all.map(({ startMs }) => startMs))}`,
    `  recovery, since it served: ${spread(all.map(({ sinceServing }) => sinceServing))}; since it was started: ${spread(all.map(({ sinceStart }) => sinceStart))}`,
    ...verdictLines(verdict),
  ];
};

/** `prompt`: whether recoveries have to be. */
export const killFaults = ({ kills, verdict, writes, unanswered }: Survived, prompt: boolean): readonly string[] => {
  const late = recoveries(kills).filter(({ sinceServing }) => prompt && sinceServing > MOST_RECOVERY_MS).length;
  return [
    ...faultsOf(verdict, writes),
    ...(late > 0 ? [`${late} recoveries took longer than ${MOST_RECOVERY_MS} ms`] : []),
    ...(unanswered > 0 ? [`${unanswered} stories broke off without an answer`] : []),
  ];
};

export const orderLines = ({ writes, lines, seconds, callsCut, resent, unanswered, verdict }: Ordered) => [
  `  ${writes} writes in ${lines} lines over two processes, one killed in the middle, in ${seconds.toFixed(1)} s: ${(writes / seconds).toFixed(1)} a second`,
  `  ${callsCut} vendor calls under way when it died; sent again by clients: ${resent}; never answered: ${unanswered}`,
  ...verdictLines(verdict),
];

export const orderFaults = ({ verdict, writes, unanswered }: Ordered): readonly string[] => [
  ...faultsOf(verdict, writes),
  ...(unanswered > 0 ? [`${unanswered} lines broke off without an answer`] : []),
];

export const stopLines = ({ writes, waiting, answers, unanswered, ended, stopSeconds, left, verdict }: Stopped) => [
  `  ${writes} writes handed in, ${waiting} of their clients waiting at SIGTERM; answers: ${listed(answers)}; unanswered: ${unanswered}`,
  `  it ended with ${ended} after ${stopSeconds.toFixed(1)} s; ${left} writes were left to the next process`,
  ...verdictLines(verdict),
];

export const stopFaults = ({ verdict, writes, unanswered, ended }: Stopped): readonly string[] => [
  ...faultsOf(verdict, writes),
  ...(unanswered > 0 ? [`${unanswered} clients got no answer`] : []),
  ...(ended === 0 ? [] : [`it ended with ${ended}`]),
];
