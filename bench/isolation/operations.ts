import type { Random } from '../../test/random.ts';
import type { Keys } from './keys.ts';
import { type MarkedSource, WEEK } from './world.ts';

/** One operation, and what its answer may hold. */
export interface Operation {
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The only sources of which anything may be in the answer. */
  readonly allowed: ReadonlySet<string>;
  /** What is asked by id, in the order of the answer's `nodes` (or its only `node`). */
  readonly ids?: readonly string[];
  /** The caller may see these only. */
  readonly callerSources?: readonly string[];
}

// fields under an alias with m_ are text that the practice's mark stands in
const FRAGMENTS = `
fragment P on Patient { id m_first: firstName m_last: lastName address { m_line: line1 m_city: city } coverages { m_payer: payer } }
fragment D on Practitioner { id name { m_family: family given } }
fragment L on Location { id m_name: name }
fragment A on Appointment { id start type { m_type: text } patient { id m_last: lastName } practitioner { ...D } location { ...L } }
fragment O on Observation { id code { text } status patient { id m_last: lastName } }
fragment C on Claim { id m_payer: payer diagnoses { text } lines { procedure { text } } patient { id m_last: lastName } }
`;

/** The text with the fragments that it uses, directly or through others. */
const withFragments = (query: string): string => {
  const all = new Map(
    FRAGMENTS.trim()
      .split('\n')
      .map((line) => [/^fragment (\w)/.exec(line)?.[1] ?? '', line]),
  );
  const used = (text: string): string[] => [...text.matchAll(/\.\.\.(\w)\b/g)].map(([, name = '']) => name);
  const names = new Set(used(query));
  for (const name of names) for (const inner of used(all.get(name) ?? '')) names.add(inner);
  return [query, ...[...names].map((name) => all.get(name) ?? '')].join('\n');
};

const TEXTS = {
  patient: withFragments('query Patient($id: ID!) { node(id: $id) { ...P } }'),
  page: withFragments(`query Page($id: ID!) { node(id: $id) { id ... on Patient { ...P
    appointments(first: 5) { nodes { ...A } } observations(first: 5) { nodes { ...O } } claims(first: 5) { nodes { ...C } } } } }`),
  nodes: withFragments('query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id ...P ...D ...L ...A ...O ...C } }'),
  search:
    withFragments(`query Search($search: PatientSearch!, $sources: [ID!]) { patients(search: $search, sources: $sources) {
    nodes { ...P } outcomes { ok source { id m_name: name } } } }`),
  days: withFragments(`query Days($search: AppointmentSearch!, $sources: [ID!]) { appointments(search: $search, sources: $sources, first: 20) {
    nodes { ...A } outcomes { ok source { id m_name: name } } } }`),
  claims:
    withFragments(`query Claims($search: ClaimSearch!, $sources: [ID!]) { claims(search: $search, sources: $sources, first: 20) {
    nodes { ...C } outcomes { ok source { id m_name: name } } } }`),
  directory:
    withFragments(`query Directory($id: ID!, $from: DateTime!, $to: DateTime!) { source(id: $id) { id m_name: name
    practitioners { nodes { ...D } } locations { ...L } slots(from: $from, to: $to) { id types { m_type: text } practitioner { ...D } location { ...L } } } }`),
  sources: 'query Sources { sources { id m_name: name } }',
} as const;

export const TEXT_LIST: readonly string[] = Object.values(TEXTS);

/** Family names that everybody's practice has, and beginnings of some. */
const NAMES = ['Rivera', 'Smith', 'John', 'Ma', 'Gar', 'Wil'];

/** Makes operations by chance: the same keys and searches at different sources, one at a time and several at once. */
export const operationsOf = (sources: readonly MarkedSource[], keys: Keys, random: Random) => {
  const sourceIds = sources.map(({ id }) => id);
  const some = (from: readonly string[], most: number): readonly string[] => [
    ...new Set(Array.from({ length: 1 + random.below(most) }, () => random.pick(from))),
  ];
  const day = (): { from: string; to: string } => {
    const from = Date.parse(WEEK.from) + random.below(4) * 86_400_000;
    return { from: new Date(from).toISOString(), to: new Date(from + 86_400_000).toISOString() };
  };
  const idAt = ({ id, kind }: MarkedSource, key: string = random.pick(keys[kind])): string => `${id}/${key}`;
  const patientAt = (source: MarkedSource): string =>
    idAt(source, random.pick(keys[source.kind].filter((key) => key.startsWith('Patient/'))));
  const byId = (name: 'patient' | 'page', id: string): Operation => ({
    name,
    text: TEXTS[name],
    variables: { id },
    allowed: new Set([id.split('/')[0] ?? '']),
    ids: [id],
  });
  const gathered = (name: 'search' | 'days' | 'claims', search: object): Operation => {
    const asked = random.chance(0.05) ? sourceIds : some(sourceIds, 3);
    return { name, text: TEXTS[name], variables: { search, sources: asked }, allowed: new Set(asked) };
  };
  const makers: readonly (() => Operation)[] = [
    () => byId('patient', patientAt(random.pick(sources))),
    () => byId('page', patientAt(random.pick(sources))),
    () => {
      // one key at every source that has it, among others
      const { kind } = random.pick(sources);
      const key = random.pick(keys[kind]);
      const same = sources.filter((one) => one.kind === kind).map((one) => idAt(one, key));
      const ids = [...new Set([...same, ...Array.from({ length: 3 }, () => idAt(random.pick(sources)))])];
      const allowed = new Set(ids.map((id) => id.split('/')[0] ?? ''));
      return { name: 'nodes', text: TEXTS.nodes, variables: { ids }, allowed, ids };
    },
    () => gathered('search', { lastName: random.pick(NAMES) }),
    () => gathered('days', day()),
    () => gathered('claims', { from: '2026-06-01', to: '2026-11-18' }),
    () => {
      const id = random.pick(sourceIds);
      return { name: 'directory', text: TEXTS.directory, variables: { id, ...day() }, allowed: new Set([id]) };
    },
    () => ({ name: 'sources', text: TEXTS.sources, variables: {}, allowed: new Set(sourceIds) }),
  ];
  /** By id mostly, since those are the cheap ones. */
  const weights = [10, 2, 10, 2, 1, 1, 1, 1];
  const wheel = makers.flatMap((maker, i) => Array.from({ length: weights[i] ?? 1 }, () => maker));
  /** The same for somebody who may see some sources only; a search asks all of them, or also such as are hidden. */
  const limited = (operation: Operation): Operation => {
    const { name, variables, allowed } = operation;
    const callerSources = some(sourceIds, 3);
    const asksAll = 'sources' in variables && random.chance(0.5);
    return {
      ...operation,
      name: `${name} (limited)`,
      callerSources,
      variables: asksAll ? { ...variables, sources: null } : variables,
      allowed: new Set(asksAll ? callerSources : [...allowed].filter((id) => callerSources.includes(id))),
    };
  };
  return (): Operation => {
    const operation = random.pick(wheel)();
    return random.chance(0.25) ? limited(operation) : operation;
  };
};
