/** Text that sorts like time lies between two bounds, either of which may be open; both count. */
export const isWithin = (value: string, from: string | undefined, to: string | undefined): boolean =>
  (from === undefined || value >= from) && (to === undefined || value <= to);

/** An id is among those asked for; without a question every record is, even one without the id. */
export const isAmong = (asked: ReadonlySet<number> | undefined, id: number | undefined): boolean =>
  asked === undefined || (id !== undefined && asked.has(id));

/** A question for a single id as a set. */
export const only = (id: number | undefined): ReadonlySet<number> | undefined =>
  id === undefined ? undefined : new Set([id]);

export const lower = (text: string): string => text.trim().toLowerCase();

/** What is left of a phone number without its punctuation. */
export const digits = (text: string | undefined): string | undefined => text?.replace(/\D/g, '');
