import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, type GraphQLSchema, parse } from 'graphql';
import type { OperationContext } from '../../schema/context.ts';
import { withCopies } from './copies.ts';
import { type Gather, PREFIXES, type PracticeData, type Recorded } from './data.ts';
import { SEARCHES } from './operations.ts';
import { fieldOf, selectionOf } from './selection.ts';

/**
 * Records what the product answers over its sandbox, as data for the bench's subgraphs. The product's own classes have
 * decorators, which Node does not run from source: they come from the build.
 */
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../dist/${file}`, import.meta.url).href)) as T;
const { startEngine } = await built<typeof import('../../app.ts')>('app.js');
const { readConfig } = await built<typeof import('../../config.ts')>('config.js');
const { startSandbox } = await built<typeof import('../../sandbox/index.ts')>('sandbox/index.js');

/** A Wednesday; time stands still there, so that recordings differ in cursors only, which are encrypted. */
const NOW = '2026-11-18T15:00:00Z';
const now = (): number => Date.parse(NOW);
/** Records asked for at once; the graph allows 100. */
const AT_ONCE = 50;
/** Some hundreds are expected. */
const MOST_RECORDS = 20_000;

const sandbox = await startSandbox({ now: NOW });
const { engine, subgraphs, close } = await startEngine(readConfig(sandbox.config, {}), { now });

const contextOf = (): OperationContext => ({
  id: randomUUID(),
  caller: { subject: 'bench', scopes: ['*'], sources: 'all' },
  startedAt: now(),
  deadline: now() + 60_000,
  now,
  signal: AbortSignal.timeout(60_000),
  explain: false,
  headers: {},
  record: () => undefined,
});

const ask = async (query: string, variables: Recorded): Promise<Recorded> => {
  const { data } = await engine.execute({ document: parse(query), text: query, variables }, contextOf());
  if (data === null) throw new Error('The product did not answer.');
  return data;
};

const askSubgraph = async (name: string, query: string, variables: Recorded): Promise<Recorded> => {
  const subgraph = subgraphs.find((one) => one.name === name);
  if (subgraph === undefined) throw new Error(`There is no subgraph ${name}.`);
  const contextValue = subgraph.contextFor(contextOf());
  const schema: GraphQLSchema = subgraph.schema;
  const { data, errors } = await execute({ schema, document: parse(query), variableValues: variables, contextValue });
  if (data === null || data === undefined) throw new Error(`The subgraph ${name} did not answer.`, { cause: errors });
  return data;
};

const isObject = (value: unknown): value is Recorded =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An answer with the fields' own names. */
const named = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(named);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [fieldOf(key), named(part)]));
};

const CONNECTION = `query($search: PatientSearch!, $first: Int) {
  patients(search: $search, first: $first) {
    nodes { __typename id }
    edges { cursor node { __typename id } }
    pageInfo { hasNextPage endCursor }
    outcomes {
      source { __typename id }
      ok freshness durationMs totalCount error { code message retryAfterSeconds }
    }
  }
}`;

const gathered = async (asked: (typeof SEARCHES)[number]['asked']): Promise<Gather> => {
  const hub = await askSubgraph(
    'hub',
    'query($search: PatientSearch!, $first: Int) { patients(search: $search, first: $first) { request } }',
    asked,
  );
  const { request } = hub.patients as { readonly request: string };
  const hits = Object.keys(PREFIXES).map(async (name) => {
    const field = `${name}Hits`;
    const { _entities } = await askSubgraph(
      name,
      `query($of: [_Any!]!) { _entities(representations: $of) { ... on PatientConnection { ${field} } } }`,
      { of: [{ __typename: 'PatientConnection', request }] },
    );
    return [field, (_entities as readonly Recorded[])[0]?.[field]] as const;
  });
  const { patients } = await ask(CONNECTION, asked);
  return { ...asked, request, hits: Object.fromEntries(await Promise.all(hits)), connection: patients as Recorded };
};

/** Which records an answer names. */
const stubsIn = (value: unknown): readonly { readonly __typename: string; readonly id: string }[] => {
  if (Array.isArray(value)) return value.flatMap(stubsIn);
  if (!isObject(value)) return [];
  const { __typename, id } = value;
  const below = Object.values(value).flatMap(stubsIn);
  return typeof __typename === 'string' && typeof id === 'string' ? [{ __typename, id }, ...below] : below;
};

/** All records that some answers lead to, step by step, a request for each type. */
const recordsFrom = async (answers: readonly unknown[]): Promise<PracticeData['records']> => {
  const records = new Map<string, PracticeData['records'][number]>();
  let open = new Map(stubsIn(answers).map((stub) => [stub.id, stub]));
  while (open.size > 0 && records.size < MOST_RECORDS) {
    const [first] = open.values();
    const typename = first?.__typename ?? '';
    const ids = [...open.values()]
      .filter((stub) => stub.__typename === typename)
      .map(({ id }) => id)
      .slice(0, AT_ONCE);
    const query = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on ${typename} { ${selectionOf(engine.schema, typename)} } } }`;
    const { nodes } = named(await ask(query, { ids })) as { readonly nodes: PracticeData['records'] };
    for (const record of nodes) {
      if (record === null) throw new Error(`A record of the type ${typename} is not there.`);
      records.set(record.id, record);
      for (const stub of stubsIn(record)) if (!records.has(stub.id)) open.set(stub.id, stub);
    }
    open = new Map([...open].filter(([id]) => !records.has(id)));
  }
  return [...records.values()];
};

try {
  const gathers = await Promise.all(SEARCHES.map(({ asked }) => gathered(asked)));
  let data: PracticeData = { gathers, records: await recordsFrom(gathers.map(({ connection }) => connection)) };
  for (const [i, gather] of gathers.entries()) data = withCopies(data, gather, SEARCHES[i]?.copies ?? 1);
  const [, , file = ''] = process.argv;
  const supergraph = await readFile(join(import.meta.dirname, '..', '..', 'schema', 'supergraph.graphql'), 'utf8');
  const typeDefs = subgraphs.map(({ name, sdl }) => ({ name, typeDefs: sdl }));
  await writeFile(file, JSON.stringify({ supergraph, subgraphs: typeDefs, data }));
} finally {
  await close();
  await sandbox.close();
}
