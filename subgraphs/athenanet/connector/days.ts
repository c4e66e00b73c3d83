import { addDays, fromUsDate, instantToLocal, toUsDate } from '../../vendor/time.ts';

/** athenaNet wants both ends of a range of days; these stand for an open one. */
const FIRST_DAY = '1900-01-01';
const LAST_DAY = '2199-12-31';

/** Days as athenaNet takes them, `MM/DD/YYYY`, both included. */
export interface Days {
  readonly startdate: string;
  readonly enddate: string;
}

/** Start included, end excluded, as instants. */
export interface Span {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The local days, in any of the zones, that a span of time touches. */
export const daysOf = ({ from, to }: Span, zones: readonly string[]): Days => {
  const local = (instant: string) => zones.map((zone) => instantToLocal(instant, zone).date).sort();
  const last = to === undefined ? undefined : new Date(Date.parse(to) - 1).toISOString();
  return {
    startdate: toUsDate(from === undefined ? FIRST_DAY : (local(from)[0] ?? FIRST_DAY)),
    enddate: toUsDate(last === undefined ? LAST_DAY : (local(last).at(-1) ?? LAST_DAY)),
  };
};

/** Are these days among those? */
export const isInDays = (days: Days, others: Days): boolean =>
  (fromUsDate(days.startdate) ?? '') >= (fromUsDate(others.startdate) ?? '') &&
  (fromUsDate(days.enddate) ?? '') <= (fromUsDate(others.enddate) ?? '');

/** The days of a span with one more on each side, for lists whose zone is not certain; an open end is left out. */
export const daysAround = ({ from, to }: Span, zone: string): Partial<Days> => {
  const day = (instant: string, more: number) => toUsDate(addDays(instantToLocal(instant, zone).date, more));
  return {
    ...(from === undefined ? {} : { startdate: day(from, -1) }),
    ...(to === undefined ? {} : { enddate: day(to, 1) }),
  };
};

/** Does something that lasts from `start` to `end` (the same for a moment) fall into the span? */
export const isWithin = (start: string, end: string, { from, to }: Span): boolean =>
  (from === undefined || Date.parse(end) >= Date.parse(from)) &&
  (to === undefined || Date.parse(start) < Date.parse(to));

/** Do both ends of the span fall on midnight in all zones, so that whole days are all there is to it? */
export const isWholeDays = ({ from, to }: Span, zones: readonly string[]): boolean =>
  [from, to].every(
    (instant) => instant === undefined || zones.every((zone) => instantToLocal(instant, zone).time === '00:00:00'),
  );
