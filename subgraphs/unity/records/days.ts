import { addDays, instantToLocal } from '../../vendor/time.ts';

/** Local days, both included. */
export interface Days {
  readonly start: string;
  readonly end: string;
}

/** Everybody's visits are read for the sake of a few when they lie within so many days; the answer grows with the days. */
export const MOST_DAYS_TOGETHER = 31;

/** The days in the practice's zone that a period of instants (its end excluded) touches. */
export const daysOf = (from: string, to: string, zone: string): Days => ({
  start: instantToLocal(from, zone).date,
  end: instantToLocal(new Date(Date.parse(to) - 1).toISOString(), zone).date,
});

/** For each of these days the stretch to ask for, so that as few stretches as possible hold them all. */
export const stretches = (dates: readonly string[]): ReadonlyMap<string, Days> => {
  const groups: string[][] = [];
  for (const date of [...new Set(dates)].sort()) {
    const [start] = groups.at(-1) ?? [];
    if (start !== undefined && date < addDays(start, MOST_DAYS_TOGETHER)) groups.at(-1)?.push(date);
    else groups.push([date]);
  }
  return new Map(
    groups.flatMap((group) => {
      const days = { start: group[0] ?? '', end: group.at(-1) ?? '' };
      return group.map((date) => [date, days] as const);
    }),
  );
};
