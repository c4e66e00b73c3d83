import type { Figures, Times } from './figures.ts';

const ms = (value: number): string => value.toFixed(0);
const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const times = ({ p50, p95, p99, max }: Times): string =>
  `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, max ${ms(max)} ms`;

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** Some moments of a run, evenly spread, the first and the last among them. */
const MOMENTS = 8;

const memoryLine = ({ memory }: Figures): string => {
  const step = Math.max(1, (memory.length - 1) / (MOMENTS - 1));
  const moments = Array.from({ length: Math.min(MOMENTS, memory.length) }, (_, i) => memory[Math.round(i * step)]);
  const shown = moments.flatMap((moment) =>
    moment === undefined ? [] : [`${moment.at} s ${megabytes(moment.rss)}/${megabytes(moment.heapUsed)}`],
  );
  return `  memory, resident/heap in MB: ${shown.join(', ')}`;
};

export const figureLines = (figures: Figures): readonly string[] => [
  `  ${figures.operations} operations in ${figures.seconds.toFixed(1)} s: ${figures.perSecond.toFixed(1)} a second; ${times(figures.times)}`,
  ...Object.entries(figures.byKind).map(
    ([kind, { operations, ...own }]) => `    ${kind.padEnd(18)} ${String(operations).padStart(6)}  ${times(own)}`,
  ),
  `  ${figures.failed} failed${figures.failed === 0 ? '' : ` (errors: ${listed(figures.errors)})`}`,
  `  ${figures.calls.total} vendor calls, ${figures.callsPerOperation.toFixed(2)} an operation (${listed(figures.calls.byVendor)}; most at once: ${listed(figures.calls.mostInFlight)})`,
  `  ${figures.cpuMs.toFixed(1)} ms of the product's processor time an operation`,
  memoryLine(figures),
];
