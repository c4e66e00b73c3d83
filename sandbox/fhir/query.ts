import { Refused } from './faults.ts';
import type { Parameter, Parameters } from './parameters.ts';

export type Pair = [name: string, value: string];

export interface Clause {
  readonly parameter: Parameter;
  /** As written, without modifier and with its chain: `schedule.actor`. */
  readonly name: string;
  readonly modifier: string | undefined;
  /** What the referenced resource must fulfil: `schedule.actor=x` asks Schedule for `actor=x`. */
  readonly chained: Clause | undefined;
  /** Any of these; still escaped. */
  readonly values: readonly string[];
}

export interface Include {
  readonly reverse: boolean;
  readonly iterate: boolean;
  /** The type that holds the reference; `*` for any. */
  readonly source: string;
  readonly code: string;
  readonly target: string | undefined;
}

/** A search as it was asked. */
export interface Query {
  readonly type: string;
  readonly clauses: readonly Clause[];
  readonly count: number | undefined;
  readonly sort: readonly { readonly code: string; readonly descending: boolean }[];
  readonly includes: readonly Include[];
  readonly elements: readonly string[];
  readonly countOnly: boolean;
  readonly total: boolean;
  /** Parameters that were understood, as they came, for the self link. */
  readonly used: readonly Pair[];
  readonly ignored: readonly string[];
}

/** What a server lets be asked of one type. */
export interface Allowed {
  /** Names of search parameters, chains included; `all` standard ones. */
  readonly parameters: ReadonlySet<string> | 'all';
  readonly controls: ReadonlySet<string>;
  /** `Slot:schedule`: the includes that are taken; any when absent. */
  readonly includes?: ReadonlySet<string>;
  /** A vendor's short form of a chain, whose bare values are ids of one type. */
  readonly aliases?: Readonly<Record<string, { readonly chain: string; readonly target: string }>>;
}

/** Values of one parameter: a comma means "or" unless it is escaped. */
export const splitValues = (text: string): readonly string[] => text.split(/(?<!\\),/).map((value) => value.trim());

export const unescaped = (text: string): string => text.replaceAll(/\\([,|$\\])/g, '$1');

const MODIFIERS: Readonly<Record<Parameter['kind'], readonly string[]>> = {
  token: ['not', 'missing'],
  string: ['exact', 'contains', 'missing'],
  reference: ['missing'],
  date: ['missing'],
  uri: ['missing'],
  id: [],
  updated: [],
};

const readClause = (type: string, name: string, value: string, parameters: Parameters): Clause | undefined => {
  const [, code = '', modifier, chain] = /^([^:.]+)(?::([^.]+))?(?:\.(.+))?$/.exec(name) ?? [];
  const parameter = parameters.of(type).get(code);
  if (parameter === undefined) return undefined;
  if (value.trim() === '') throw new Refused('bad-value');
  const isTarget = modifier !== undefined && parameter.targets.includes(modifier);
  if (modifier !== undefined && !isTarget && !MODIFIERS[parameter.kind].includes(modifier))
    throw new Refused('bad-modifier');
  const clause = { parameter, name: chain === undefined ? code : `${code}.${chain}`, modifier };
  if (chain === undefined) return { ...clause, chained: undefined, values: splitValues(value) };
  const [target, another] = isTarget ? [modifier] : parameter.targets;
  if (target === undefined || another !== undefined) return undefined;
  const chained = readClause(target, chain, value, parameters);
  return chained === undefined ? undefined : { ...clause, chained, values: [] };
};

const readInclude = (name: string, value: string): Include | undefined => {
  const [source = '', code = value === '*' ? '*' : '', target] = value.split(':');
  const [control = '', iterate] = name.split(':');
  return source === '' || code === ''
    ? undefined
    : { reverse: control === '_revinclude', iterate: iterate === 'iterate', source, code, target };
};

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new Refused('bad-value');
  return Number(text);
};

/** Parameters that shape the answer, https://hl7.org/fhir/R4/search.html#return. */
export const ALL_CONTROLS: ReadonlySet<string> = new Set([
  '_count',
  '_sort',
  '_include',
  '_revinclude',
  '_elements',
  '_summary',
  '_total',
  '_format',
  '_pretty',
]);
const understood = (type: string, [name, value]: Pair, allowed: Allowed, parameters: Parameters): Clause | boolean => {
  const [base = ''] = name.split(':');
  if (base === '_summary' && value !== 'count' && value !== 'false') return false;
  if (base.endsWith('include') && allowed.includes !== undefined)
    return allowed.includes.has(value.split(':').slice(0, 2).join(':'));
  if (ALL_CONTROLS.has(base)) return allowed.controls.has(base);
  const written = name.replace(/:[^.]+/, '');
  if (allowed.parameters !== 'all' && !allowed.parameters.has(written)) return false;
  const alias = allowed.aliases?.[written];
  if (alias === undefined) return readClause(type, name, value, parameters) ?? false;
  const full = splitValues(value).map((id) => (id.includes('/') ? id : `${alias.target}/${id}`));
  const clause = readClause(type, alias.chain, full.join(','), parameters);
  return clause === undefined ? false : { ...clause, name: written };
};

/**
 * Reads a search's parameters. What the server does not know is listed in `ignored`; a known parameter with a value,
 * modifier or count that cannot be read is refused.
 */
export const readQuery = (type: string, pairs: readonly Pair[], allowed: Allowed, parameters: Parameters): Query => {
  const read = pairs.map((pair) => ({ pair, as: understood(type, pair, allowed, parameters) }));
  const used = read.filter(({ as }) => as !== false).map(({ pair }) => pair);
  const control = (name: string): string | undefined => used.findLast(([given]) => given === name)?.[1];
  const count = control('_count');
  const countOnly = control('_summary') === 'count' || count === '0';
  return {
    type,
    clauses: read.flatMap(({ as }) => (typeof as === 'object' ? [as] : [])),
    count: count === undefined ? undefined : wholeNumber(count),
    sort: splitValues(control('_sort') ?? '')
      .filter((rule) => rule !== '')
      .map((rule) => ({ code: rule.replace(/^-/, ''), descending: rule.startsWith('-') })),
    includes: used.flatMap(([name, value]) => {
      const include = /^_(rev)?include(:iterate)?$/.test(name) ? readInclude(name, value) : undefined;
      return include === undefined ? [] : [include];
    }),
    elements: splitValues(control('_elements') ?? '').filter((name) => name !== ''),
    countOnly,
    total: control('_total') !== 'none',
    used,
    ignored: read.filter(({ as }) => as === false).map(({ pair }) => pair[0]),
  };
};
