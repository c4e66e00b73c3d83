import type { Down } from './down.ts';
import type { Found } from './judge.ts';
import type { Sabotage } from './sabotage.ts';

/** What the run must keep. */
export const LIMITS = {
  wrong: 0,
  availability: 0.995,
  retries: 0.15,
  lateMs: 250,
  downRatio: 1.2,
  recoveryMs: 5_000,
} as const;

/** So few calls say nothing of shares. */
const ENOUGH_CALLS = 500;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const ms = (time: number): string => `${time.toFixed(0)} ms`;

/** What a run under faults did not keep. */
export const faultsOf = ({ wrong, vendor, latestAfterDeadlineMs, compared }: Found): readonly string[] => [
  ...(compared === 0 ? ['nothing was compared'] : []),
  ...(wrong > LIMITS.wrong ? [`${wrong} wrong answers`] : []),
  ...(vendor.calls >= ENOUGH_CALLS && vendor.availability < LIMITS.availability
    ? [`${percent(vendor.availability)} of vendor calls answered, less than ${percent(LIMITS.availability)}`]
    : []),
  ...(vendor.calls >= ENOUGH_CALLS && vendor.retries > LIMITS.retries
    ? [`${percent(vendor.retries)} retries, more than ${percent(LIMITS.retries)}`]
    : []),
  ...(latestAfterDeadlineMs > LIMITS.lateMs ? [`an answer ${ms(latestAfterDeadlineMs)} after its deadline`] : []),
];

/** Does a run show the rule that was broken, by the figure that it concerns? */
export const isNoticed = (sabotage: Sabotage, { wrongs, vendor }: Found): boolean =>
  sabotage === 'no-retry'
    ? vendor.availability < LIMITS.availability && vendor.retries <= 0
    : wrongs.some(({ why }) => !why.startsWith('failed with'));

/** What a vendor's failure cost the others beyond what it may. */
export const downFaultsOf = ({ ratio, recoveryMs }: Down): readonly string[] => [
  ...(ratio > LIMITS.downRatio ? [`p95 of other vendors is ${ratio.toFixed(2)} times that of healthy ones`] : []),
  ...(recoveryMs > LIMITS.recoveryMs ? [`the breaker closed ${ms(recoveryMs)} after the recovery`] : []),
];

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ') || 'none';

/** A run as lines of text. */
export const runLines = (found: Found): readonly string[] => {
  const { vendor, wrongs } = found;
  return [
    `  ${found.reads} reads in ${found.seconds.toFixed(1)} s (${found.perSecond.toFixed(0)}/s), p50 ${ms(found.p50Ms)}, p99 ${ms(found.p99Ms)}; ${found.changes} changes meanwhile`,
    `  wrong: ${found.wrong} of ${found.compared} values and lists compared`,
    ...wrongs.slice(0, 20).map(({ kind, what, why, times }) => `    ${times} x ${kind}: ${what} ${why}`),
    `  vendor calls: ${vendor.calls}, answered ${percent(vendor.availability)} (at least ${percent(LIMITS.availability)}); retries ${percent(vendor.retries)} of calls (at most ${percent(LIMITS.retries)})`,
    `  latest answer: ${found.latestAfterDeadlineMs > 0 ? `${ms(found.latestAfterDeadlineMs)} after its deadline` : `${ms(-found.latestAfterDeadlineMs)} before its deadline`} (at most ${LIMITS.lateMs} ms after)`,
    `  answered in full: ${percent(found.complete)}; errors: ${counted(found.errors)}; answers: ${counted(found.freshness)}`,
    `  reads by kind: ${counted(found.kinds)}`,
  ];
};

export const downLines = (down: Down): readonly string[] => [
  `  p95 of ${down.measured} operations at the other vendors: ${ms(down.healthyP95Ms)} healthy, ${ms(down.downP95Ms)} with one down (x ${down.ratio.toFixed(2)}, at most x ${LIMITS.downRatio})`,
  `  breaker open after ${ms(down.openedMs)}, closed ${ms(down.recoveryMs)} after the recovery (at most ${LIMITS.recoveryMs} ms)`,
];
