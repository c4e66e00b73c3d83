/** Wall-clock text of the server, without a zone: `2025-03-10T09:15:27.441`. Texts of this form sort by time. */
export type Local = string;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE = 60_000;

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const QUARTER = 15 * MINUTE;
/** Quarters of an hour whose offset is kept: three years of them, in a few megabytes. */
const MOST_QUARTERS = 100_000;

/** The clock on the server's wall; an instant that is none throws. */
export const localClock = (zone: string): ((instant: string | number) => Local) => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  // Formatting is slow, and zones change their offset at quarters of an hour only.
  const offsets = new Map<number, number>();
  const offsetAt = (quarter: number): number => {
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    if (offsets.size >= MOST_QUARTERS) offsets.clear();
    const offset = Date.parse(`${format.format(quarter).replace(' ', 'T')}Z`) - quarter;
    offsets.set(quarter, offset);
    return offset;
  };
  return (instant) => {
    const at = new Date(instant).getTime();
    return new Date(at + offsetAt(Math.floor(at / QUARTER) * QUARTER)).toISOString().slice(0, -1);
  };
};

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const parts = (local: Local): Parts => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = local.split(/[-T:.]/).map(Number);
  return { year, month, day, hour, minute, second };
};

const twelve = (hour: number): number => hour % 12 || 12;

/** `3/10/2025 9:00:00 AM` */
export const usTime = (local: Local): string => {
  const { year, month, day, hour, minute, second } = parts(local);
  return `${month}/${day}/${year} ${twelve(hour)}:${pad(minute)}:${pad(second)} ${hour < 12 ? 'AM' : 'PM'}`;
};

/** `03/10/2025 09:00:00 AM` */
export const paddedUsTime = (local: Local): string => {
  const { hour, minute, second } = parts(local);
  return `${usDate(local)} ${pad(twelve(hour))}:${pad(minute)}:${pad(second)} ${hour < 12 ? 'AM' : 'PM'}`;
};

/** `03/10/2025` */
export const usDate = (local: Local): string => `${local.slice(5, 7)}/${local.slice(8, 10)}/${local.slice(0, 4)}`;

/** `10-Mar-2025` */
export const monthDate = (local: Local): string =>
  `${local.slice(8, 10)}-${MONTHS[Number(local.slice(5, 7)) - 1]}-${local.slice(0, 4)}`;

/** `10-Mar-2025 9:02 am` */
export const monthTime = (local: Local): string => {
  const { hour, minute } = parts(local);
  return `${monthDate(local)} ${twelve(hour)}:${pad(minute)} ${hour < 12 ? 'am' : 'pm'}`;
};

/** `2025-03-10 13:25:41.120` */
export const sqlTime = (local: Local): string => local.replace('T', ' ');

/** Minutes since midnight of the wall clock. */
export const minuteOfDay = (local: Local): number => parts(local).hour * 60 + parts(local).minute;

/** The day that many days later. */
export const addDays = (date: string, days: number): string => {
  const { year, month, day } = parts(date);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
};

/** Whether an instant may fall on one of the days, in whatever zone; cheap, and true of what is no instant. */
export const nearDays = (first: string, last: string): ((instant: string) => boolean) => {
  const [from, to] = [Date.parse(addDays(first, -1)), Date.parse(addDays(last, 2))];
  return (instant) => {
    const at = Date.parse(instant);
    return !(at < from || at >= to);
  };
};

const LAST_DAY = '9999-12-01';

/** Whether a clock showed a time or a later one at an instant; true of every instant when there is no time. */
export const atOrAfter = (clock: (instant: string) => Local, since: Local = ''): ((instant: string) => boolean) => {
  const isNear = since === '' ? () => true : nearDays(since.slice(0, 10), LAST_DAY);
  return (instant) => isNear(instant) && clock(instant) >= since;
};

/** `2025-03-10T09:15:27.4410000-04:00`: the one value that tells its offset. */
export const withOffset = (local: Local, instant: number): string => {
  const ahead = Math.round((Date.parse(`${local}Z`) - instant) / MINUTE);
  const away = Math.abs(ahead);
  return `${local}0000${ahead < 0 ? '-' : '+'}${pad(Math.floor(away / 60))}:${pad(away % 60)}`;
};

const DATES: readonly RegExp[] = [
  /^(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})(?:[T ](?<rest>.+))?$/,
  /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})(?: (?<rest>.+))?$/,
  /^(?<day>\d{1,2})-(?<name>[A-Za-z]{3})-(?<year>\d{4})(?: (?<rest>.+))?$/,
];
const TIME =
  /^(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,7}))?)?(?: ?(?<half>[AaPp][Mm]))?$/;

const toTime = (text: string): string | undefined => {
  const found = TIME.exec(text)?.groups;
  if (!found) return undefined;
  const half = found.half?.toLowerCase();
  const given = Number(found.hour);
  if (half !== undefined && (given < 1 || given > 12)) return undefined;
  const hour = half === undefined ? given : (given % 12) + (half === 'pm' ? 12 : 0);
  const [minute, second] = [Number(found.minute), Number(found.second ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return `${pad(hour)}:${pad(minute)}:${pad(second)}.${(found.fraction ?? '').padEnd(3, '0').slice(0, 3)}`;
};

/** Reads a date or a time as the server does; undefined when it is no date of the calendar. A date alone is its midnight. */
export const parseLocal = (text: string, clock: (instant: number) => Local): Local | undefined => {
  const value = text.trim();
  if (/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(value)) {
    const instant = Date.parse(value);
    return Number.isNaN(instant) ? undefined : clock(instant);
  }
  const found = DATES.map((form) => form.exec(value)?.groups).find((groups) => groups !== undefined);
  if (!found) return undefined;
  const month =
    found.name === undefined ? Number(found.month) : MONTHS.findIndex((name) => sameWord(name, found.name)) + 1;
  const date = `${found.year}-${pad(month)}-${pad(Number(found.day))}`;
  const time = found.rest === undefined ? '00:00:00.000' : toTime(found.rest);
  const real = month > 0 && month < 13 && addDays(date, 0) === date;
  return real && time !== undefined ? `${date}T${time}` : undefined;
};

const sameWord = (one: string, other: string | undefined): boolean => one.toLowerCase() === other?.toLowerCase();
