import { Temporal } from 'temporal-polyfill';

/** Milliseconds; `high` is the first one that no longer belongs to it. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

const DATE =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Milliseconds of a wall-clock time; without an offset it is local to the zone. `undefined` when there is no such time. */
const instant = (local: string, offset: string | undefined, zone: string): number | undefined => {
  if (offset !== undefined || zone === 'UTC') {
    const millis = Date.parse(`${local}${offset ?? 'Z'}`);
    return Number.isNaN(millis) ? undefined : millis;
  }
  try {
    return Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return undefined;
  }
};

/** A day that the calendar does not have must not roll over into the next month. */
const exists = (year: string, month: string, day: string): boolean => {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
};

const next = (year: number, month: number): string =>
  month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;

/**
 * The time that a FHIR date, dateTime or instant covers: `2024` is a whole year, `2024-02-29` a whole day.
 * `undefined` when the text is none.
 */
export const spanOf = (text: string, zone: string): Span | undefined => {
  const found = DATE.exec(text);
  const [, year = '', month, day, hour, , second, fraction, offset] = found ?? [];
  if (found === null || !exists(year, month ?? '01', day ?? '01')) return undefined;
  const midnight = (date: string): number | undefined => instant(`${date}T00:00:00`, undefined, zone);
  if (hour !== undefined) {
    const low = instant(`${text.slice(0, 16)}:${second ?? '00'}.${(fraction ?? '0').slice(0, 3)}`, offset, zone);
    const length = second === undefined ? 60_000 : fraction === undefined ? 1_000 : 1;
    return low === undefined ? undefined : { low, high: low + length };
  }
  const first = `${year}-${month ?? '01'}-${day ?? '01'}`;
  const after =
    day !== undefined
      ? new Date(Date.parse(`${first}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
      : month !== undefined
        ? next(Number(year), Number(month))
        : `${Number(year) + 1}-01-01`;
  const low = midnight(first);
  const high = midnight(after);
  return low === undefined || high === undefined ? undefined : { low, high };
};

/** What a recorded time covers: one that is known to the minute or better is a point, a partial one its whole range. */
export const recorded = (text: string, zone: string): Span | undefined => {
  const span = spanOf(text, zone);
  return span !== undefined && text.includes('T') ? { low: span.low, high: span.low + 1 } : span;
};

export const PREFIXES = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
export type Prefix = (typeof PREFIXES)[number];

export interface AskedDate {
  readonly prefix: Prefix;
  /** False when the prefix was left out, which means `eq`. */
  readonly written: boolean;
  readonly text: string;
  readonly span: Span;
}

/** A date parameter's value: prefix and date; `undefined` when it is none. */
export const askedDate = (value: string, zone: string): AskedDate | undefined => {
  const prefix = PREFIXES.find((known) => value.startsWith(known));
  const text = prefix === undefined ? value : value.slice(2);
  const span = spanOf(text, zone);
  return span === undefined ? undefined : { prefix: prefix ?? 'eq', written: prefix !== undefined, text, span };
};

const inside = (target: Span, asked: Span): boolean => target.low >= asked.low && target.high <= asked.high;

/** https://hl7.org/fhir/R4/search.html#prefix; `ap` widens the range by a tenth of its distance from now. */
export const compares = ({ prefix, span }: AskedDate, target: Span, now: number): boolean => {
  const slack = prefix === 'ap' ? Math.abs(now - span.low) / 10 : 0;
  const holds: Record<Prefix, () => boolean> = {
    eq: () => inside(target, span),
    ne: () => !inside(target, span),
    gt: () => target.high > span.high,
    lt: () => target.low < span.low,
    ge: () => target.high > span.low,
    le: () => target.low < span.high,
    sa: () => target.low >= span.high,
    eb: () => target.high <= span.low,
    ap: () => target.high > span.low - slack && target.low < span.high + slack,
  };
  return holds[prefix]();
};
