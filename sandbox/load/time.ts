import { Temporal } from 'temporal-polyfill';

/** The instant of a FHIR dateTime with offset, in UTC; undefined for anything less exact. */
export const instant = (text: string | undefined): string | undefined => {
  try {
    return text === undefined ? undefined : Temporal.Instant.from(text).toString();
  } catch {
    return undefined;
  }
};

/** The local day of a FHIR date or dateTime; undefined for a year or a month alone. */
export const day = (text: string | undefined, zone: string): string | undefined => {
  if (text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const at = instant(text);
  return at === undefined ? undefined : Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString();
};

/** The instant of a FHIR dateTime; of a date alone, when that day begins in the zone. */
export const instantOrDayStart = (text: string | undefined, zone: string): string | undefined => {
  const at = instant(text);
  const date = at === undefined ? day(text, zone) : undefined;
  return date === undefined ? at : Temporal.PlainDate.from(date).toZonedDateTime(zone).toInstant().toString();
};

/** Without the seconds, which the schedules of other systems do not have. */
export const wholeMinute = (at: string): string =>
  Temporal.Instant.from(at).round({ smallestUnit: 'minute', roundingMode: 'floor' }).toString();

export const minutesFrom = (start: string, end: string): number =>
  Math.round((Temporal.Instant.from(end).epochMilliseconds - Temporal.Instant.from(start).epochMilliseconds) / 60_000);

export const isLater = (one: string, other: string): boolean =>
  Temporal.Instant.compare(Temporal.Instant.from(one), Temporal.Instant.from(other)) > 0;
