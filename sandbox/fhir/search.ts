import { Refused } from './faults.ts';
import { clauseTest, referenceKeys, type Setting } from './matching.ts';
import type { Parameter, Parameters } from './parameters.ts';
import { type Clause, type Include, type Query, unescaped } from './query.ts';
import { keyOf, type Store, type Version } from './store.ts';
import { folded, type Value, valuesOf } from './values.ts';

/** An include may reach this many steps from a match, and a page may grow to this many entries by it. */
const FARTHEST_INCLUDE = 5;
const MOST_INCLUDED = 5_000;

/** Which resources have a key under a parameter: the target of a reference, or the value of an identifier. */
interface Posting {
  revision: number;
  readonly byKey: Map<string, Set<string>>;
  readonly keysOf: Map<string, readonly string[]>;
}

/** `system|value` or `value`; `undefined` for a value that does not say which one. */
const identifierKey = (raw: string): string | undefined => {
  const value = unescaped(raw.slice(raw.search(/(?<!\\)\|/) + 1));
  return value === '' ? undefined : value;
};

const keysUnder = (values: readonly Value[]): readonly string[] =>
  values.flatMap((value) => (value.is === 'reference' ? [value.key] : value.is === 'token' ? [value.code] : []));

/**
 * Finds resources. What stands under a parameter is looked up once per version, on first use; references are indexed
 * by their target and identifiers by their value, so that one patient's results are found without looking at anybody
 * else's. An index takes over what changed since it was last used.
 */
export class Search {
  readonly #store: Store;
  readonly #parameters: Parameters;
  readonly #setting: Setting;
  readonly #values = new Map<Parameter, WeakMap<Version, readonly Value[]>>();
  readonly #postings = new Map<Parameter, Posting>();

  constructor(store: Store, parameters: Parameters, setting: Setting) {
    this.#store = store;
    this.#parameters = parameters;
    this.#setting = setting;
  }

  /** The current resources of a type that fulfil every clause, in the order in which they came. */
  find(type: string, clauses: readonly Clause[]): readonly Version[] {
    const tests: ((version: Version) => boolean)[] = [];
    let smallest: readonly Version[] | undefined;
    for (const clause of clauses) {
      const listed = this.#listed(type, clause);
      if (listed === undefined) {
        const test = clauseTest(clause, this.#setting);
        tests.push((version) => test(this.valuesOf(version, clause.parameter)));
        continue;
      }
      const set = new Set(listed);
      const test = clause.parameter.kind === 'token' ? clauseTest(clause, this.#setting) : undefined;
      tests.push(
        test === undefined
          ? (version) => set.has(version)
          : (version) => test(this.valuesOf(version, clause.parameter)),
      );
      if (smallest === undefined || set.size < smallest.length) smallest = [...set];
    }
    return (smallest ?? this.#store.all(type))
      .filter((version) => tests.every((test) => test(version)))
      .toSorted((one, other) => one.order - other.order);
  }

  valuesOf(version: Version, parameter: Parameter): readonly Value[] {
    const known = this.#values.get(parameter) ?? new WeakMap<Version, readonly Value[]>();
    this.#values.set(parameter, known);
    const values = known.get(version) ?? valuesOf(version, parameter, this.#setting.zone);
    known.set(version, values);
    return values;
  }

  /** Stable, by one rule after the other; what has no value comes last. */
  sort(versions: readonly Version[], rules: Query['sort']): readonly Version[] {
    return rules.toReversed().reduce<readonly Version[]>((list, { code, descending }) => {
      const keys = new Map(list.map((version) => [version, this.#sortKey(version, code, descending)]));
      return list.toSorted((one, other) => compare(keys.get(one), keys.get(other), descending));
    }, versions);
  }

  /** What the includes add to these matches, each resource once and never a match again. */
  include(matches: readonly Version[], includes: readonly Include[], follow: boolean): readonly Version[] {
    const seen = new Set(matches.map(keyOf));
    const added: Version[] = [];
    let from = matches;
    for (let step = 0; step < FARTHEST_INCLUDE && from.length > 0; step++) {
      const reached = includes
        .filter((include) => step === 0 || follow || include.iterate)
        .flatMap((include) => from.flatMap((version) => this.#reached(version, include)));
      from = reached.filter((version) => {
        const key = keyOf(version);
        if (seen.has(key) || added.length >= MOST_INCLUDED) return false;
        seen.add(key);
        added.push(version);
        return true;
      });
    }
    return added;
  }

  /** The versions that an indexed clause lists; `undefined` for a clause that has to be tested one by one. */
  #listed(type: string, clause: Clause): readonly Version[] | undefined {
    const { parameter, modifier, chained, values } = clause;
    if (parameter.kind === 'id')
      return values.flatMap((id) => {
        const version = this.#store.current(type, id);
        return version === undefined ? [] : [version];
      });
    if (parameter.kind === 'token' && parameter.code === 'identifier' && modifier === undefined) {
      const keys = values.map(identifierKey);
      if (keys.every((key) => key !== undefined)) return this.#under(parameter, keys);
    }
    if (parameter.kind !== 'reference' || modifier === 'missing') return undefined;
    const keys =
      chained === undefined
        ? values.flatMap((value) => referenceKeys(parameter, modifier, value))
        : this.find(chained.parameter.type, [chained]).map(keyOf);
    return this.#under(parameter, keys);
  }

  #under(parameter: Parameter, keys: readonly string[]): readonly Version[] {
    const { byKey } = this.#posting(parameter);
    return keys.flatMap((key) =>
      [...(byKey.get(key) ?? [])].flatMap((id) => this.#store.current(parameter.type, id) ?? []),
    );
  }

  #posting(parameter: Parameter): Posting {
    const { type } = parameter;
    const posting = this.#postings.get(parameter) ?? { revision: 0, byKey: new Map(), keysOf: new Map() };
    this.#postings.set(parameter, posting);
    for (const id of new Set(this.#store.changedSince(type, posting.revision))) {
      for (const key of posting.keysOf.get(id) ?? []) posting.byKey.get(key)?.delete(id);
      const version = this.#store.current(type, id);
      const keys = version === undefined ? [] : keysUnder(this.valuesOf(version, parameter));
      posting.keysOf.set(id, keys);
      for (const key of keys) posting.byKey.set(key, (posting.byKey.get(key) ?? new Set()).add(id));
    }
    posting.revision = this.#store.revision(type);
    return posting;
  }

  #references(type: string, code: string): readonly Parameter[] {
    const all = [...this.#parameters.of(type).values()].filter((parameter) => parameter.kind === 'reference');
    if (code === '*') return all;
    const one = all.find((parameter) => parameter.code === code);
    if (one === undefined) throw new Refused('bad-value');
    return [one];
  }

  #reached(version: Version, { reverse, source, code, target }: Include): readonly Version[] {
    if (reverse) return this.#references(source, code).flatMap((parameter) => this.#under(parameter, [keyOf(version)]));
    if (source !== '*' && source !== version.type) return [];
    return this.#references(version.type, code)
      .flatMap((parameter) => this.valuesOf(version, parameter))
      .flatMap((value) => {
        const [type = '', id = ''] = value.is === 'reference' ? value.key.split('/') : [];
        const found = target === undefined || target === type ? this.#store.current(type, id) : undefined;
        return found === undefined ? [] : [found];
      });
  }

  #sortKey(version: Version, code: string, descending: boolean): string | number | undefined {
    const parameter = this.#parameters.of(version.type).get(code);
    if (parameter === undefined || parameter.kind === 'reference') throw new Refused('bad-value');
    const keys = this.valuesOf(version, parameter).map((value) => sortable(value, descending));
    return keys.toSorted((one, other) => compare(one, other, descending))[0];
  }
}

const sortable = (value: Value, descending: boolean): string | number => {
  switch (value.is) {
    case 'time':
      return descending ? value.high : value.low;
    case 'text':
      return folded(value.text);
    case 'token':
      return value.code;
    default:
      return value.key;
  }
};

const compare = (
  one: string | number | undefined,
  other: string | number | undefined,
  descending: boolean,
): -1 | 0 | 1 => {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other !== descending ? -1 : 1;
};
