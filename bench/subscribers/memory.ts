import type { Usage } from './worker.ts';

/** The gateway's memory in one stretch of ten seconds, bytes: the most resident, and the heap that a collection left. */
export interface Stretch {
  /** Seconds since the first event. */
  readonly at: number;
  readonly rss: number;
  readonly heap: number;
  /** Events that every subscriber had by then. */
  readonly events: number;
}

type Memory = Pick<Stretch, 'rss' | 'heap'>;

/** Medians of the seconds after the first minute, or third, and of the last ones. */
export interface Flatness {
  readonly from: number;
  readonly seconds: number;
  readonly before: Memory;
  readonly last: Memory;
  readonly flat: boolean;
}

/** What memory may differ by between two minutes: a collection comes when it comes. */
const SHARE = 1.1;
const BYTES = 16 * 2 ** 20;

const MINUTE = 60;
/** Ten seconds' worth of usage, as it is asked for every second. */
const STRETCH = 10;

/** Usage by the second, put together to stretches of ten seconds. */
export const stretchesOf = (
  usages: readonly (Usage & { readonly at: number; readonly events: number })[],
): readonly Stretch[] => {
  const stretches: Stretch[] = [];
  for (let from = 0; from < usages.length; from += STRETCH) {
    const part = usages.slice(from, from + STRETCH);
    const last = part.at(-1);
    if (last === undefined) continue;
    stretches.push({
      at: last.at,
      events: last.events,
      rss: Math.max(...part.map(({ rss }) => rss)),
      heap: Math.min(...part.map(({ heapUsed }) => heapUsed)),
    });
  }
  return stretches;
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/**
 * Compares the medians of the second minute and of the last one. A run of less than three minutes is judged by the
 * halves of what comes after its first minute, or its first third; one of less than half a minute is not judged.
 */
export const flatnessOf = (stretches: readonly Stretch[]): Flatness | undefined => {
  const end = stretches.at(-1)?.at ?? 0;
  if (end < MINUTE / 2) return undefined;
  const from = Math.min(MINUTE, end / 3);
  const part = Math.min(MINUTE, (end - from) / 2);
  const between = (after: number, until: number) => {
    const some = stretches.filter(({ at }) => at > after && at <= until);
    return { rss: median(some.map(({ rss }) => rss)), heap: median(some.map(({ heap }) => heap)) };
  };
  const before = between(from, from + part);
  const last = between(end - part, end);
  const grown = (one: number, other: number): boolean => other > Math.max(one * SHARE, one + BYTES);
  return { from, seconds: part, before, last, flat: !grown(before.rss, last.rss) && !grown(before.heap, last.heap) };
};
