import { addMinutes, calendarDate, dayPeriod, localToInstant, toInstant } from '../../vendor/time.ts';

/** A date, and a time of that day where one was given, as the vendor's wall clock shows it; or an exact instant. */
interface WallClock {
  readonly date: string;
  readonly time?: string;
  readonly instant?: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const CLOCK = String.raw`(?:[T\s]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?<fraction>\.\d{1,9})?)?\s*(?<half>[AP]M)?)?`;
/** The forms seen in answers; months and days are in US order. */
const FORMS: readonly RegExp[] = [
  String.raw`(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})`,
  String.raw`(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4})`,
  String.raw`(?<day>\d{1,2})-(?<month>[A-Z]{3})-(?<year>\d{4})`,
  String.raw`(?<month>[A-Z]{3})\s+(?<day>\d{1,2})\s+(?<year>\d{4})`,
].map((day) => new RegExp(`^${day}${CLOCK}(?<offset>Z|[+-]\\d{2}:\\d{2})?$`, 'i'));

const two = (digits: string): string => digits.padStart(2, '0');

const toTime = (parts: Readonly<Record<string, string | undefined>>): string | undefined => {
  const { hour, minute = '00', second = '00', fraction = '', half } = parts;
  if (hour === undefined) return undefined;
  const afternoon = half?.toUpperCase() === 'PM' ? 12 : 0;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + afternoon;
  const plausible = half === undefined ? Number(hour) < 24 : Number(hour) >= 1 && Number(hour) <= 12;
  if (!plausible || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${two(String(hours))}:${minute}:${second}${fraction}`;
};

/** Reads any of Unity's date forms; `undefined` for anything else, for days that do not exist and for .NET's year 1. */
export const toWallClock = (raw: string | undefined): WallClock | undefined => {
  const parts = FORMS.map((form) => form.exec(raw?.trim() ?? '')?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const { year = '', month = '', day = '', hour, offset } = parts;
  const number = /^\d/.test(month) ? month : String(MONTHS.indexOf(month.toLowerCase()) + 1);
  const date = calendarDate(`${year}-${two(number)}-${two(day)}`);
  const time = toTime(parts);
  if (date === undefined || year === '0001' || (hour !== undefined && time === undefined)) return undefined;
  if (time === undefined) return { date };
  const instant = offset === undefined ? undefined : toInstant(`${date}T${time}${offset}`);
  return { date, time, ...(instant === undefined ? {} : { instant }) };
};

/** A birth date or another day, as precise as it is known; a time of midnight beside it means nothing. */
export const toDay = (raw: string | undefined): string | undefined =>
  /^\d{4}(-(0[1-9]|1[0-2]))?$/.test(raw ?? '') ? raw : toWallClock(raw)?.date;

const NOON_FORMS = /^(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?\s*(?<half>[AP]M)?$/i;

/** A moment whose time must be known, in the practice's zone unless it brings its own offset. */
export const toMoment = (raw: string | undefined, zone: string, clock?: string): string | undefined => {
  const wall = toWallClock(raw);
  if (wall === undefined) return undefined;
  if (wall.instant !== undefined) return wall.instant;
  const time = clock === undefined ? wall.time : toTime(NOON_FORMS.exec(clock)?.groups ?? {});
  return time === undefined ? undefined : localToInstant(wall.date, time, zone);
};

/** When something was true: a moment, or the whole day when only the day is known. */
export const toEffective = (
  raw: string | undefined,
  zone: string,
): { readonly start: string; readonly end: string } | undefined => {
  const moment = toMoment(raw, zone);
  if (moment !== undefined) return { start: moment, end: moment };
  const date = toWallClock(raw)?.date;
  return date === undefined ? undefined : dayPeriod(date, zone);
};

export const toMinutes = (raw: string | undefined): number | undefined =>
  raw !== undefined && /^\d{1,4}$/.test(raw) ? Number(raw) : undefined;

export const endOf = (start: string | undefined, minutes: number | undefined): string | undefined =>
  start === undefined || minutes === undefined ? undefined : addMinutes(start, minutes);

const MARK_UP =
  /<\/?(?:html|head|body|p|div|span|br|b|i|u|em|strong|font|ul|ol|li|table|tr|td|th|h[1-6])(?:\s[^<>]*)?\/?>/gi;
const IS_HTML = new RegExp(MARK_UP.source, 'i');
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Free text with one kind of line end and, where it is HTML, without its mark-up. */
export const toText = (raw: string | undefined): string | undefined => {
  if (raw === undefined) return undefined;
  const lines = raw.replace(/\r\n?/g, '\n');
  const text = (IS_HTML.test(lines) ? withoutMarkUp(lines) : lines).trim();
  return text === '' ? undefined : text;
};

const withoutMarkUp = (html: string): string =>
  html
    .replace(/<br\s*\/?>|<\/(?:p|div|li|tr)>/gi, '\n')
    .replace(MARK_UP, '')
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (entity, name: string) => ENTITIES[name] ?? entity);
