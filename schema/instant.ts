/** RFC 3339 in UTC, to the millisecond at most: most of what vendors send, and all that this product makes of instants. */
const UTC = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Is this a day of the calendar, `YYYY-MM-DD`? */
export const isDay = (raw: string): boolean => {
  if (!DAY.test(raw)) return false;
  const at = Date.parse(raw);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(raw);
};

/** Milliseconds since the epoch; `undefined` where the text is not in this form, or no instant. */
export const readUtc = (raw: string): number | undefined => {
  const day = UTC.exec(raw)?.[1];
  return day !== undefined && isDay(day) ? Date.parse(raw) : undefined;
};

/** `2026-11-01T14:00:00Z`, with fractions only where there are any. */
export const writeUtc = (ms: number): string => new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
