import { Temporal } from 'temporal-polyfill';

/** The instant of a wall-clock time in a zone; refuses a time that the zone's clock change skips or repeats. */
export const instantOf = (date: string, time: string, zone: string): string =>
  Temporal.PlainDateTime.from(`${date}T${time}`)
    .toZonedDateTime(zone, { disambiguation: 'reject' })
    .toInstant()
    .toString();

/** The local day of an instant, `YYYY-MM-DD`. */
export const dateIn = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

/** The local wall-clock time of an instant, `HH:MM`. */
export const timeIn = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: 'minute' });

/** An instant so many minutes later; whole seconds stay without a fraction. */
export const plusMinutes = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString().replace('.000Z', 'Z');

/** Minutes from the first instant to the second, negative when that is earlier. */
export const minutesBetween = (start: string, end: string): number => (Date.parse(end) - Date.parse(start)) / 60_000;

export const earlier = (one: string, other: string): string => (minutesBetween(one, other) >= 0 ? one : other);

export const plusDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({ days }).toString();

/** Monday to Friday between two days, both included. */
export const weekdays = (first: string, last: string): string[] => {
  const days: string[] = [];
  const end = Temporal.PlainDate.from(last);
  for (let day = Temporal.PlainDate.from(first); Temporal.PlainDate.compare(day, end) <= 0; day = day.add({ days: 1 }))
    if (day.dayOfWeek <= 5) days.push(day.toString());
  return days;
};
