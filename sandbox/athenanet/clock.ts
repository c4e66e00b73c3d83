/** A wall clock's reading: `YYYY-MM-DD` and `HH:MM:SS`. */
export interface Local {
  readonly date: string;
  readonly time: string;
}

const DAY_MS = 86_400_000;

export interface Clock {
  /** What the clocks of a zone show at an instant. */
  local(instant: string | number, zone: string): Local;
  /** Hours that a zone is ahead of UTC at an instant. */
  offset(instant: number, zone: string): number;
  /** The first instant at which a zone's clocks show this; undefined when they leave it out. */
  instant(shown: Local, zone: string): string | undefined;
}

/** Reads wall clocks; keeps one formatter per zone, and a practice has only a few zones. */
export const wallClock = (): Clock => {
  const formats = new Map<string, Intl.DateTimeFormat>();
  const format = (zone: string): Intl.DateTimeFormat => {
    const known = formats.get(zone);
    if (known !== undefined) return known;
    // Swedish writes `2025-12-01 09:30:00`.
    const made = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, made);
    return made;
  };
  const local = (instant: string | number, zone: string): Local => {
    const [date = '', time = ''] = format(zone).format(new Date(instant)).split(' ');
    return { date, time };
  };
  const offset = (instant: number, zone: string): number => {
    const { date, time } = local(instant, zone);
    const shown = Date.parse(`${date}T${time}Z`);
    return Math.round((shown - Math.floor(instant / 1000) * 1000) / 60_000) / 60;
  };
  return {
    local,
    offset,
    instant: ({ date, time }, zone) => {
      const shown = Date.parse(`${date}T${time}Z`);
      const shows = (instant: number): boolean => {
        const there = local(instant, zone);
        return there.date === date && there.time === time;
      };
      // a zone changes its offset less often than every two days
      const [first] = [shown - DAY_MS, shown + DAY_MS]
        .map((near) => shown - offset(near, zone) * 3_600_000)
        .filter(shows)
        .toSorted((one, other) => one - other);
      return first === undefined ? undefined : new Date(first).toISOString();
    },
  };
};

/** `YYYY-MM-DD` as athenaNet writes it: `MM/DD/YYYY`. Part of a date cannot be written, so it is left out. */
export const wireDay = (date: string | undefined): string | undefined => {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date ?? '') ?? [];
  return day === undefined ? undefined : `${month}/${day}/${year}`;
};

/** `MM/DD/YYYY HH:MM:SS` */
export const wireStamp = ({ date, time }: Local): string => `${wireDay(date)} ${time}`;

/** The other way round, for what a caller sends; undefined when it is no day of the calendar. */
export const readDay = (text: string): string | undefined => {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const millis = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 10) !== date ? undefined : date;
};

/** `MM/DD/YYYY HH:MM:SS` as text that sorts like time: `YYYY-MM-DD HH:MM:SS`. */
export const readStamp = (text: string): string | undefined => {
  const [, day = '', time = ''] = /^(\S+) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/.exec(text) ?? [];
  const date = readDay(day);
  return date === undefined ? undefined : `${date} ${time}`;
};

/** `HH:MM` as `HH:MM:SS`; undefined when no clock shows it. */
export const readTime = (text: string): string | undefined =>
  /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text) ? `${text}:00` : undefined;

/** The day that many days later. */
export const laterDay = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Leaves out, without asking a clock, instants that no zone's clock can show within two days. */
export const mayBeWithin = (from: string | undefined, to: string | undefined): ((instant: string) => boolean) => {
  const earliest = from === undefined ? '' : laterDay(from, -1);
  const latest = to === undefined ? undefined : laterDay(to, 1);
  return (instant) => {
    const day = instant.slice(0, 10);
    return day >= earliest && (latest === undefined || day <= latest);
  };
};

/** The names by which athenaNet knows zones; another zone keeps its own name. [public: samples of departments] */
const ZONE_NAMES: Readonly<Record<string, string>> = {
  'America/New_York': 'US/Eastern',
  'America/Chicago': 'US/Central',
  'America/Denver': 'US/Mountain',
  'America/Phoenix': 'US/Arizona',
  'America/Los_Angeles': 'US/Pacific',
  'America/Anchorage': 'US/Alaska',
  'Pacific/Honolulu': 'US/Hawaii',
};

export const zoneName = (zone: string): string => ZONE_NAMES[zone] ?? zone;
