import { addMinutes, fromUsDate, localToInstant, toInstant } from '../../vendor/time.ts';

/**
 * The zone of every date-time that athenaNet writes without one, other than an appointment's own date and start.
 * Documented for scheduling, cancelling and the change feeds; taken to hold for the rest.
 */
export const ATHENANET_ZONE = 'America/New_York';

const DATE_TIME = /^(\d{1,2}\/\d{1,2}\/\d{4})\s+(\d{1,2}:\d{2}(?::\d{2})?)$/;

const inZone = (date: string, time: string, zone: string): string | undefined => {
  try {
    return localToInstant(date, time.padStart(time.split(':').length === 2 ? 5 : 8, '0'), zone);
  } catch {
    return undefined;
  }
};

/** `MM/DD/YYYY HH:MM[:SS]` in athenaNet's own zone, or ISO 8601 with an offset, as an instant. */
export const fromStamp = (raw: string | undefined): string | undefined => {
  const [, day, time] = DATE_TIME.exec(raw ?? '') ?? [];
  const date = fromUsDate(day);
  return date === undefined || time === undefined ? toInstant(raw) : inZone(date, time, ATHENANET_ZONE);
};

/** Is the time of a date-time only there because the field has one? athenaNet fills days up with midnight. */
export const isDayOnly = (raw: string): boolean => / 0{1,2}:00(:00)?$/.test(raw);

/** An appointment's date and start in its department's zone. */
export const fromDepartmentTime = (
  day: string | undefined,
  time: string | undefined,
  zone: string,
): string | undefined => {
  const date = fromUsDate(day);
  return date === undefined || time === undefined ? undefined : inZone(date, time, zone);
};

export const endOf = (start: string | undefined, minutes: number | undefined): string | undefined =>
  start === undefined || minutes === undefined ? undefined : addMinutes(start, minutes);
