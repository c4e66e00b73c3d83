import QuickLRU from 'quick-lru';
import { Temporal } from 'temporal-polyfill';
import { isDay, readUtc, writeUtc } from '../../schema/instant.ts';

/** A day or month of a zone begins when it begins: some years of days in some zones. */
const MOST_BEGINNINGS = 10_000;
const beginnings = new QuickLRU<string, number>({ maxSize: MOST_BEGINNINGS });

/** When a day begins in a zone, in milliseconds since the epoch. @throws RangeError when it is none. */
const beginningOf = (date: string, zone: string): number => {
  const key = `${date} ${zone}`;
  const known = beginnings.get(key);
  if (known !== undefined) return known;
  const day = Temporal.PlainDate.from(date, { overflow: 'reject' });
  const begins = day.toZonedDateTime({ timeZone: zone }).epochMilliseconds;
  beginnings.set(key, begins);
  return begins;
};

const DAY_MS = 86_400_000;
const WALL_TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/** The day after one of the calendar. */
const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY_MS).toISOString().replace(/T.*/, '');

/** `2026-11-01T14:00:00Z`: RFC 3339 in UTC, with fractions only where there are any. */
const text = (instant: Temporal.Instant): string => instant.toString();

/**
 * A wall-clock time in a zone as an instant. A time that the spring change skips is read with the offset before the
 * change (02:30 becomes 03:30); one that the autumn change repeats is its first occurrence: the reading of RFC 5545.
 * @throws RangeError when date or time is not one.
 */
export const localToInstant = (date: string, time: string, zone: string): string => {
  const [, hours, minutes, seconds = '0'] = WALL_TIME.exec(time) ?? [];
  if (hours !== undefined && isDay(date)) {
    const begins = beginningOf(date, zone);
    // on a day of 24 hours without a change of the clocks, the time of day is what has passed of it
    if (beginningOf(dayAfter(date), zone) - begins === DAY_MS)
      return writeUtc(begins + (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
  }
  return text(
    Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' })
      .toZonedDateTime(zone, { disambiguation: 'compatible' })
      .toInstant(),
  );
};

/** The wall-clock date (`YYYY-MM-DD`) and time (`HH:MM:SS`) of an instant in a zone. */
export const instantToLocal = (instant: string, zone: string): { readonly date: string; readonly time: string } => {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
  return { date: local.toPlainDate().toString(), time: local.toPlainTime().toString({ smallestUnit: 'second' }) };
};

export const addMinutes = (instant: string, minutes: number): string =>
  text(Temporal.Instant.from(instant).add({ minutes }));

export const minutesBetween = (start: string, end: string): number =>
  Math.round((Temporal.Instant.from(end).epochMilliseconds - Temporal.Instant.from(start).epochMilliseconds) / 60_000);

/** `-1` when the first instant is earlier, `1` when it is later; offsets do not matter. */
export const compareInstants = (one: string, other: string): -1 | 0 | 1 => {
  const [first, second] = [readUtc(one), readUtc(other)];
  if (first !== undefined && second !== undefined) return Math.sign(first - second) as -1 | 0 | 1;
  return Temporal.Instant.compare(Temporal.Instant.from(one), Temporal.Instant.from(other)) as -1 | 0 | 1;
};

const US_DATE = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})\s*$/;

/** `M/D/YYYY` as `YYYY-MM-DD`; `undefined` for anything else and for days that do not exist. */
export const fromUsDate = (raw: string | null | undefined): string | undefined => {
  const [, month = '', day = '', year = ''] = US_DATE.exec(raw ?? '') ?? [];
  if (year === '') return undefined;
  return calendarDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
};

/** The text itself when it is a day of the calendar, `YYYY-MM-DD`. */
export const calendarDate = (raw: string | null | undefined): string | undefined =>
  typeof raw === 'string' && isDay(raw) ? raw : undefined;

/** `YYYY-MM-DD` as `MM/DD/YYYY`. */
export const toUsDate = (date: string): string => {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${month}/${day}/${year}`;
};

export const addDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({ days }).toString();

/**
 * The first and the last millisecond of a day, a month (`YYYY-MM`) or a year (`YYYY`) in a zone.
 * @throws RangeError when the date is not one.
 */
export const dayPeriod = (date: string, zone: string): { readonly start: string; readonly end: string } => {
  if (isDay(date)) {
    const start = writeUtc(beginningOf(date, zone));
    return { start, end: writeUtc(beginningOf(dayAfter(date), zone) - 1) };
  }
  const parts = date.split('-');
  const first = Temporal.PlainDate.from(`${date}${'-01'.repeat(3 - parts.length)}`, { overflow: 'reject' });
  const next = first.add(parts.length === 1 ? { years: 1 } : { months: 1 });
  const begin = (day: Temporal.PlainDate): Temporal.Instant => day.toZonedDateTime({ timeZone: zone }).toInstant();
  return { start: text(begin(first)), end: text(begin(next).subtract({ milliseconds: 1 })) };
};

/** An instant with any offset as UTC; `undefined` when there is no offset or it is not one. */
export const toInstant = (raw: string | null | undefined): string | undefined => {
  if (raw === null || raw === undefined) return undefined;
  const utc = readUtc(raw);
  if (utc !== undefined) return writeUtc(utc);
  try {
    return text(Temporal.Instant.from(raw));
  } catch {
    return undefined;
  }
};

/** Is this the name of a time zone that this system knows? */
export const isTimeZone = (zone: string): boolean => {
  try {
    return Temporal.Now.zonedDateTimeISO(zone).timeZoneId.length > 0;
  } catch {
    return false;
  }
};
