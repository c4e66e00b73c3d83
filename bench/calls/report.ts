import { type Row, VENDORS, type Vendor } from './row.ts';
import type { Run } from './run.ts';

/** What operations' times may be, as a multiple of their depth times the delay, in the median. */
export const MOST_FACTOR = 1.1;

/** A row with what was measured. */
export interface Measured {
  readonly name: string;
  readonly made: Readonly<Record<Vendor, number>>;
  readonly fewest: Readonly<Record<Vendor, number>>;
  /** The calls by name, of the run that made the most. */
  readonly calls: Readonly<Record<Vendor, readonly string[]>>;
  readonly depth: number;
  readonly leastDepth: number;
  /** Round trips to one vendor. */
  readonly depths: Readonly<Record<Vendor, number>>;
  /** Median of the runs. */
  readonly ms: number;
  /** `ms` by the least depth times the delay; null where nothing has to be asked. */
  readonly factor: number | null;
  /** Median of the product's processor time. */
  readonly cpuMs: number;
  readonly runs: readonly number[];
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

const countOf = ({ calls }: Run): number => VENDORS.reduce((sum, vendor) => sum + calls[vendor].length, 0);

/** Puts a row's runs together: the most calls, the fewest round trips, the median of their times. */
export const measuredOf = (
  { name, fewest, depth: leastDepth }: Row,
  runs: readonly Run[],
  delayMs: number,
): Measured => {
  const [most] = runs.toSorted((one, other) => countOf(other) - countOf(one));
  if (most === undefined) throw new RangeError('A row has to be asked once at least.');
  const ms = median(runs.map((run) => run.ms));
  return {
    name,
    made: { unity: most.calls.unity.length, athenanet: most.calls.athenanet.length, fhir: most.calls.fhir.length },
    fewest,
    calls: most.calls,
    // a call that was merely late looks like one that had to wait, but not every time
    depth: Math.min(...runs.map(({ depth }) => depth)),
    depths: {
      unity: Math.min(...runs.map(({ depths }) => depths.unity)),
      athenanet: Math.min(...runs.map(({ depths }) => depths.athenanet)),
      fhir: Math.min(...runs.map(({ depths }) => depths.fhir)),
    },
    leastDepth,
    ms,
    factor: leastDepth === 0 ? null : ms / (leastDepth * delayMs),
    cpuMs: median(runs.map((run) => run.cpuMs)),
    runs: runs.map((run) => run.ms),
  };
};

/** What a row does worse than it has to; a sentence each. */
export const faultsOf = ({ name, made, fewest, depth, leastDepth }: Measured): readonly string[] => [
  ...VENDORS.filter((vendor) => made[vendor] > fewest[vendor]).map(
    (vendor) => `${name}: ${made[vendor]} calls to ${vendor}, where ${fewest[vendor]} are enough.`,
  ),
  // fewer than argued: the argument, or the operation, is not what it seems
  ...VENDORS.filter((vendor) => made[vendor] < fewest[vendor]).map(
    (vendor) => `${name}: ${made[vendor]} calls to ${vendor}, fewer than the ${fewest[vendor]} that are argued for.`,
  ),
  ...(depth > leastDepth ? [`${name}: ${depth} round trips, where ${leastDepth} are enough.`] : []),
];

/** The median over rows of their times by their depth times the delay; null when none asks anybody. */
export const medianFactor = (rows: readonly Measured[]): number | null => {
  const factors = rows.flatMap(({ factor }) => factor ?? []);
  return factors.length === 0 ? null : median(factors);
};

const HEAD = [
  'operation',
  'unity',
  'athenanet',
  'fhir',
  'made',
  'fewest',
  'depth',
  'least',
  'ms',
  'factor',
  'cpu ms',
] as const;

const sum = (counts: Readonly<Record<Vendor, number>>): number =>
  VENDORS.reduce((total, vendor) => total + counts[vendor], 0);

const cells = ({ name, made, fewest, depth, leastDepth, ms, factor, cpuMs }: Measured): readonly string[] => [
  name,
  ...VENDORS.map((vendor) =>
    made[vendor] === fewest[vendor] ? `${made[vendor]}` : `${made[vendor]} (${fewest[vendor]})`,
  ),
  `${sum(made)}`,
  `${sum(fewest)}`,
  `${depth}`,
  `${leastDepth}`,
  ms.toFixed(0),
  factor === null ? '' : factor.toFixed(2),
  cpuMs.toFixed(0),
];

/** The table as lines of text; calls that are not the fewest have these beside them in brackets. */
export const tableLines = (rows: readonly Measured[]): readonly string[] => {
  const lines = [[...HEAD], ...rows.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) =>
    line.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  '),
  );
};

/** What was called, for rows that are not as they have to be. */
export const callLines = ({ calls, depths }: Measured): readonly string[] =>
  VENDORS.flatMap((vendor) => {
    const counts = Map.groupBy(calls[vendor], (name) => name);
    const list = [...counts].map(([name, all]) => (all.length === 1 ? name : `${all.length} x ${name}`));
    return list.length === 0 ? [] : [`    ${vendor}, ${depths[vendor]} deep: ${list.join(', ')}`];
  });
