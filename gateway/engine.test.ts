import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { OperationContext } from '../schema/context.ts';
import { GraphError } from '../schema/errors.ts';
import { compose } from './composition.ts';
import { Engine } from './engine.ts';
import type { Subgraph } from './executor.ts';
import { localSubgraph } from './local.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
const OWNER = `${LINK}
  interface Animal { id: ID! }
  type Cat implements Animal @key(fields: "id", resolvable: false) { id: ID! }
  type Dog implements Animal @key(fields: "id", resolvable: false) { id: ID! }
  type Query { animal(id: ID!): Animal animals: [Animal] pack: [Animal!] kennel(size: Int = 2): Kennel! }
  type Kennel { name: String size: Int! best: Animal }`;
const DOGS = `${LINK}
  interface Animal { id: ID! name: String friends: [Animal!]! }
  type Dog implements Animal @key(fields: "id") { id: ID! name: String friends: [Animal!]! born: String! tricks(first: Int): [String!]! breed: String }`;
const CATS = `${LINK}
  interface Animal { id: ID! name: String friends: [Animal!]! }
  type Cat implements Animal @key(fields: "id") { id: ID! name: String friends: [Animal!]! lives: Int! }`;

const stub = (id: string) => ({ __typename: id.startsWith('dog') ? 'Dog' : 'Cat', id });
const asked: string[] = [];
let broken: string | undefined;
let silent: string | undefined;

const reference = (known: Readonly<Record<string, object>>) => ({
  __resolveReference: async ({ id }: { id: string }) => {
    asked.push(id);
    if (id.endsWith('unknown')) return null;
    if (id.endsWith('broken')) throw new GraphError('TIMEOUT', { source: 'kennel' });
    return { id, name: id.toUpperCase(), friends: [], born: 'here', ...known[id] };
  },
});
const build = (sdl: string, resolvers: object) =>
  buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);

const OWNED = build(OWNER, {
  Animal: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
  Query: {
    animal: (_: unknown, { id }: { id: string }) => stub(id),
    animals: () => ['dog-1', 'cat-1', 'dog-broken', 'dog-1', 'dog-unknown'].map(stub),
    pack: () => ['dog-1', 'dog-broken'].map(stub),
    kennel: (_: unknown, { size }: { size: number }) => ({ name: 'Rex', size, best: stub('dog-2') }),
  },
});
const subgraphs = [
  { name: 'owner', sdl: OWNER, schema: OWNED },
  {
    name: 'dogs',
    sdl: DOGS,
    schema: build(DOGS, {
      Dog: {
        ...reference({ 'dog-1': { tricks: ['sit'], breed: 'Collie' } }),
        tricks: () => ['sit', 'roll'],
        friends: ({ id }: { id: string }) => {
          if (id === 'dog-lonely') throw new GraphError('TIMEOUT', { source: 'kennel' });
          return [];
        },
      },
    }),
  },
  { name: 'cats', sdl: CATS, schema: build(CATS, { Cat: reference({ 'cat-1': { lives: 9 } }) }) },
];
const failing = (subgraph: Subgraph): Subgraph => ({
  ...subgraph,
  execute: (...args) =>
    subgraph.name === broken
      ? Promise.reject(new Error('ECONNREFUSED 10.0.0.1'))
      : subgraph.name === silent
        ? new Promise(() => undefined)
        : subgraph.execute(...args),
});
const engine = new Engine(
  compose(subgraphs),
  subgraphs.map(({ name, schema }) => failing(localSubgraph({ name, schema, contextFor: () => ({}) }))),
);
const context: OperationContext = {
  caller: { subject: 'test', scopes: [], sources: 'all' },
  id: 'test',
  startedAt: 0,
  deadline: 30_000,
  explain: false,
  headers: {},
  now: () => 0,
  signal: new AbortController().signal,
  record: () => undefined,
};
const run = async (text: string, variables = {}) => {
  asked.length = 0;
  const { data, errors } = await engine.execute({ document: parse(text), text, variables }, context);
  return { data, errors: errors.map(({ path, message, extensions }) => ({ path, message, code: extensions.code })) };
};

it('cuts to the selection, in the client’s order, without keys that only the plan needed', async () => {
  const { data } = await run('{ animal(id: "dog-1") { name ... on Dog { breed t: tricks(first: 1) } } }');
  expect(JSON.stringify(data)).toBe('{"animal":{"name":"DOG-1","breed":"Collie","t":["sit","roll"]}}');
});

it('asks for an entity once however often it stands in a list', async () => {
  const { data } = await run('{ animals { __typename name } }');
  expect(asked.filter((id) => id === 'dog-1')).toHaveLength(1);
  expect((data?.animals as unknown[])[3]).toEqual({ __typename: 'Dog', name: 'DOG-1' });
});

it('puts an entity’s error at the client’s path, makes that record null and no other', async () => {
  const { data, errors } = await run('{ all: animals { name } }');
  expect(data).toEqual({ all: [{ name: 'DOG-1' }, { name: 'CAT-1' }, null, { name: 'DOG-1' }, { name: null }] });
  expect(errors).toEqual([{ path: ['all', 2], message: expect.any(String), code: 'TIMEOUT' }]);
});

it('lets a null rise to the nearest field that may be null, with the one error that caused it', async () => {
  const { data, errors } = await run('{ pack { name } kennel { size } }');
  expect(data).toEqual({ pack: null, kennel: { size: 2 } });
  expect(errors).toHaveLength(1);
});

it('says which selected fields are missing when a subgraph cannot be reached, without its words', async () => {
  broken = 'dogs';
  const { data, errors } = await run(
    '{ animal(id: "dog-1") { id name } kennel { name } cat: animal(id: "cat-1") { name } }',
  );
  broken = undefined;
  expect(data).toEqual({ animal: { id: 'dog-1', name: null }, kennel: { name: 'Rex' }, cat: { name: 'CAT-1' } });
  expect(errors).toEqual([
    { path: ['animal', 'name'], message: 'A part of the graph cannot be reached.', code: 'SOURCE_UNAVAILABLE' },
  ]);
});

it('tells one error of a record that its subgraph gave up for a field below', async () => {
  const { data, errors } = await run(
    '{ animal(id: "dog-lonely") { ... on Dog { born } name friends { id } } kennel { size } }',
  );
  expect(data).toEqual({ animal: null, kennel: { size: 2 } });
  expect(errors).toEqual([{ path: ['animal', 'friends'], message: expect.any(String), code: 'TIMEOUT' }]);
});

it('waits for no subgraph beyond the operation’s time', async () => {
  silent = 'dogs';
  const left = new AbortController();
  const text = '{ animals { __typename name } kennel { name } }';
  const answer = engine.execute({ document: parse(text), text, variables: {} }, { ...context, signal: left.signal });
  left.abort();
  const { data, errors } = await answer;
  silent = undefined;
  expect(data).toMatchObject({ kennel: { name: 'Rex' } });
  expect((data?.animals as unknown[])[1]).toEqual({ __typename: 'Cat', name: 'CAT-1' });
  expect(errors.map(({ path, extensions }) => [path, extensions.code])).toContainEqual([
    ['animals', 0, 'name'],
    'TIMEOUT',
  ]);
});

it('answers introspection beside data', async () => {
  const { data } = await run(
    '{ __typename kennel { name } __type(name: "Dog") { name } __schema { queryType { name } } }',
  );
  expect(data).toEqual({
    __typename: 'Query',
    kennel: { name: 'Rex' },
    __type: { name: 'Dog' },
    __schema: { queryType: { name: 'Query' } },
  });
});

it('plans anew when a condition is decided otherwise', async () => {
  const query =
    'query($x: Boolean!, $y: Boolean = false) { animal(id: "dog-1") { id name @include(if: $x) ... on Dog @skip(if: $y) { breed } } }';
  expect((await run(query, { x: true })).data).toEqual({ animal: { id: 'dog-1', name: 'DOG-1', breed: 'Collie' } });
  expect((await run(query, { x: false, y: true })).data).toEqual({ animal: { id: 'dog-1' } });
});

it('uses variables with their defaults', async () => {
  expect((await run('query($n: Int = 7) { kennel(size: $n) { size } }')).data).toEqual({ kennel: { size: 7 } });
  expect((await run('query($n: Int) { kennel(size: $n) { size } }')).data).toEqual({ kennel: { size: 2 } });
  expect((await run('query($n: Int) { kennel(size: $n) { size } }', { n: 3 })).data).toEqual({ kennel: { size: 3 } });
});

it('drops what no type can meet', async () => {
  const { data } = await run('{ animal(id: "dog-1") { ... on Dog { ... on Animal { ... on Cat { lives } } } } }');
  expect(data).toEqual({ animal: {} });
});

it('refuses an operation that its fragments blow up', async () => {
  const levels = Array.from(
    { length: 16 },
    (_, i) => `fragment f${i} on Animal { friends { ...f${i + 1} } ff: friends { ...f${i + 1} } }`,
  );
  const text = `{ animals { ...f0 } } ${levels.join('\n')} fragment f16 on Animal { id }`;
  await expect(run(text)).rejects.toThrow(GraphQLError);
});
