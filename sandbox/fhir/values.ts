import { recorded, type Span } from './dates.ts';
import type { Parameter } from './parameters.ts';
import type { Version } from './store.ts';

export interface Token {
  readonly is: 'token';
  /** Undefined when none was recorded; null for elements whose system is implied (`status`, `gender`). */
  readonly system: string | undefined | null;
  readonly code: string;
  /** What an identifier is called: its type's codes and text. */
  readonly kinds: readonly string[];
}
export type Value =
  | Token
  | { readonly is: 'text'; readonly text: string }
  /** `Patient/12`, or an absolute address on another server. */
  | { readonly is: 'reference'; readonly key: string }
  | ({ readonly is: 'time' } & Span);

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const present = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);

const CONTACT_SYSTEMS: ReadonlySet<string> = new Set(['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other']);

/** Phone numbers are compared by their digits without the country's 1, mail addresses without regard to case. */
export const contactKey = (text: string): string => {
  if (text.includes('@')) return text.toLowerCase();
  const digits = text.replaceAll(/\D/g, '');
  return digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
};

const token = (system: string | undefined | null, code: string, kinds: readonly string[] = []): Token => ({
  is: 'token',
  system,
  code,
  kinds,
});

const codings = (concept: Json): readonly Token[] =>
  listOf(concept.coding).flatMap((coding) =>
    isJson(coding) ? present(textOf(coding.code)).map((code) => token(textOf(coding.system), code)) : [],
  );

/** https://hl7.org/fhir/R4/search.html#token: code, Coding, CodeableConcept, Identifier, ContactPoint, boolean, string. */
const tokens = (value: unknown): readonly Token[] => {
  if (!isJson(value)) return present(textOf(value)).map((code) => token(null, code));
  if (value.coding !== undefined || (value.text !== undefined && value.value === undefined)) return codings(value);
  if (value.code !== undefined) return codings({ coding: [value] });
  const system = textOf(value.system);
  const written = textOf(value.value);
  if (written === undefined) return [];
  if (system !== undefined && CONTACT_SYSTEMS.has(system)) return [token(system, contactKey(written))];
  const type = isJson(value.type) ? value.type : {};
  return [token(system, written, [...codings(type).map((coding) => coding.code), ...present(textOf(type.text))])];
};

/** Lower case, without accents. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();

/** The parts of HumanName and Address that a search may look into. */
const NAMED = [
  'family',
  'given',
  'prefix',
  'suffix',
  'text',
  'line',
  'city',
  'district',
  'state',
  'postalCode',
  'country',
];

const texts = (value: unknown): readonly Value[] =>
  (isJson(value) ? NAMED.flatMap((name) => listOf(value[name])) : [value])
    .flatMap((part) => present(textOf(part)))
    .map((text) => ({ is: 'text', text }));

const RELATIVE = /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** A contained target (`#x`) is no resource of this server and so cannot be searched for. */
const references = (value: unknown): readonly Value[] =>
  present(textOf(isJson(value) ? value.reference : value))
    .filter((reference) => !reference.startsWith('#'))
    .map((reference) => ({ is: 'reference', key: RELATIVE.exec(reference)?.[1] ?? reference }));

/** An open end of a period reaches as far as there is time. */
const times = (value: unknown, zone: string): readonly Value[] => {
  if (!isJson(value)) return present(recorded(textOf(value) ?? '', zone)).map((span) => ({ is: 'time', ...span }));
  if (value.start === undefined && value.end === undefined)
    return listOf(value.event).flatMap((event) => times(event, zone));
  const start = value.start === undefined ? undefined : recorded(textOf(value.start) ?? '', zone);
  const end = value.end === undefined ? undefined : recorded(textOf(value.end) ?? '', zone);
  return [{ is: 'time', low: start?.low ?? -Infinity, high: end?.high ?? Infinity }];
};

/** What stands in a resource under a search parameter. Dates without an offset are local to `zone`. */
export const valuesOf = (version: Version, parameter: Parameter, zone: string): readonly Value[] => {
  if (parameter.kind === 'id') return [token(null, version.id)];
  if (parameter.kind === 'updated') return [{ is: 'time', low: version.lastUpdated, high: version.lastUpdated + 1 }];
  const found = parameter.read?.(version.resource) ?? [];
  switch (parameter.kind) {
    case 'token':
      return found.flatMap(tokens);
    case 'reference':
      return found.flatMap(references);
    case 'date':
      return found.flatMap((value) => times(value, zone));
    default:
      return found.flatMap(texts);
  }
};
