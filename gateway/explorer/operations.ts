import { bookingQueries } from './queries/booking.ts';
import { changeQueries } from './queries/changes.ts';
import { claimQueries } from './queries/claims.ts';
import { patientQueries } from './queries/patients.ts';
import { resultQueries } from './queries/results.ts';
import { scheduleQueries } from './queries/schedule.ts';
import { sourceQueries } from './queries/sources.ts';
import { writeQueries } from './queries/writes.ts';

/** An operation that the explorer offers: complete, so that it runs as it is against a fresh sandbox. */
export interface Operation {
  /** The name of the GraphQL operation. */
  readonly name: string;
  readonly title: string;
  /** One sentence on what it shows. */
  readonly description: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its variables `from` and `to` are days counted from today; `operations` fills them. */
  readonly period?: Period;
  /**
   * It needs the journal of writes, and writes so often: its variables `key` and `secondKey` are idempotency keys, new
   * whenever the list is made.
   */
  readonly writes?: 0 | 1 | 2;
  /** A subscription: events come until it is stopped. */
  readonly live?: true;
  /** Its variable `start` is this moment. */
  readonly visit?: Visit;
}

export interface Visit {
  /** Counted from today; of days on which practices are closed, the Monday after. */
  readonly day: number;
  /** In the zone of whoever runs this. */
  readonly hour: number;
}

export interface Period {
  /** Instants (`from` included, `to` excluded) or calendar days (both included). */
  readonly as: 'DateTime' | 'Date';
  readonly firstDay: number;
  readonly lastDay: number;
  /** Counts from Monday when today is Saturday or Sunday, on which practices are closed. */
  readonly fromWorkingDay?: true;
}

/** Every saved operation; those with a `period` still lack its dates. */
export const OPERATIONS: readonly Operation[] = [
  ...patientQueries,
  ...scheduleQueries,
  ...changeQueries,
  ...resultQueries,
  ...claimQueries,
  ...sourceQueries,
  ...bookingQueries,
  ...writeQueries,
];

const CLOSED_FOR: Readonly<Record<number, number>> = { 6: 2, 0: 1 }; // Saturday, Sunday: days until Monday

/** Midnight of a day counted from today, in the zone of whoever runs this. */
const midnight = (now: Date, days: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);

const twoDigits = (part: number): string => String(part).padStart(2, '0');

const calendarDay = (day: Date): string =>
  `${day.getFullYear()}-${twoDigits(day.getMonth() + 1)}-${twoDigits(day.getDate())}`;

const instant = (day: Date): string => day.toISOString().replace('.000Z', 'Z');

const dates = (
  now: Date,
  { as, firstDay, lastDay, fromWorkingDay }: Period,
): Readonly<Record<'from' | 'to', string>> => {
  const skipped = fromWorkingDay === true ? (CLOSED_FOR[now.getDay()] ?? 0) : 0;
  const first = midnight(now, firstDay + skipped);
  return as === 'Date'
    ? { from: calendarDay(first), to: calendarDay(midnight(now, lastDay + skipped)) }
    : { from: instant(first), to: instant(midnight(now, lastDay + skipped + 1)) };
};

const start = (now: Date, { day, hour }: Visit): string => {
  const wanted = midnight(now, day);
  const open = midnight(now, day + (CLOSED_FOR[wanted.getDay()] ?? 0));
  return instant(new Date(open.getFullYear(), open.getMonth(), open.getDate(), hour));
};

/** The variables that the list leaves open, counted from `now`. */
const filled = (now: Date, { name, period, writes = 0, visit }: Operation): Readonly<Record<string, string>> => ({
  ...(period === undefined ? {} : dates(now, period)),
  ...(visit === undefined ? {} : { start: start(now, visit) }),
  ...(writes < 1 ? {} : { key: `explorer-${name}-${now.toISOString()}` }),
  ...(writes < 2 ? {} : { secondKey: `explorer-${name}-2-${now.toISOString()}` }),
});

/** The saved operations with every variable filled, dates counted from `now`. */
export const operations = (now: Date): readonly Operation[] =>
  OPERATIONS.map((operation) => {
    const { variables } = operation;
    const more = filled(now, operation);
    return Object.keys(more).length === 0 ? operation : { ...operation, variables: { ...more, ...variables } };
  });
