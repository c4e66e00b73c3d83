import { readDay, readStamp } from './clock.ts';
import { badFormat, missingFields } from './reply.ts';

/** What a caller sent: names in any case, empty values count as not sent, lists by comma or by repeating the name. */
export interface Parameters {
  readonly names: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** Sent with an empty value, and with no other. */
  isEmpty(name: string): boolean;
  /** One number; refuses text and lists. */
  id(name: string): number | undefined;
  /** Undefined when nothing was sent, so that it differs from a list that matches nothing. */
  ids(name: string): ReadonlySet<number> | undefined;
  /** `YYYY-MM-DD`, sent as `MM/DD/YYYY`. */
  day(name: string): string | undefined;
  /** `YYYY-MM-DD HH:MM:SS`, sent as `MM/DD/YYYY HH:MM:SS`. */
  stamp(name: string): string | undefined;
  /** JSON text inside a field; undefined when nothing was sent. */
  json(name: string): unknown;
  /** Refuses with the list of those that were not sent. */
  require(...names: readonly string[]): void;
  /** Every pair as it was sent, for the links to other pages. */
  readonly pairs: readonly (readonly [string, string])[];
}

const TRUE = new Set(['true', '1', 'y', 'yes']);

const whole = (text: string): number => {
  if (!/^-?\d{1,15}$/.test(text)) throw badFormat('integer', text);
  return Number(text);
};

/** Reads a query and a form together; a form's values come first. */
export const parameters = (...sources: readonly URLSearchParams[]): Parameters => {
  const all = sources.flatMap((source) => [...source]);
  const pairs = all.filter(([, value]) => value.trim() !== '');
  const mentioned = new Set(all.map(([name]) => name.toLowerCase()));
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  const text = (name: string): string | undefined => values.get(name)?.[0];
  const texts = (name: string): readonly string[] =>
    (values.get(name) ?? [])
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  const read = (name: string, format: string, reader: (text: string) => string | undefined): string | undefined => {
    const sent = text(name);
    if (sent === undefined) return undefined;
    const value = reader(sent);
    if (value === undefined) throw badFormat(format, sent);
    return value;
  };
  return {
    names: [...values.keys()],
    text,
    texts,
    flag: (name) => TRUE.has((text(name) ?? '').toLowerCase()),
    isEmpty: (name) => mentioned.has(name) && !values.has(name),
    id: (name) => {
      const sent = values.get(name);
      return sent === undefined ? undefined : whole(sent.join(','));
    },
    ids: (name) => (values.has(name) ? new Set(texts(name).map(whole)) : undefined),
    day: (name) => read(name, 'date', readDay),
    stamp: (name) => read(name, 'datetime', readStamp),
    json: (name) => {
      const sent = text(name);
      if (sent === undefined) return undefined;
      try {
        return JSON.parse(sent) as unknown;
      } catch {
        throw badFormat('JSON', sent);
      }
    },
    require: (...names) => {
      const missing = names.filter((name) => !values.has(name));
      if (missing.length > 0) throw missingFields(missing);
    },
    pairs,
  };
};
