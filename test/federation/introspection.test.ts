import {
  buildASTSchema,
  buildClientSchema,
  getIntrospectionQuery,
  introspectionFromSchema,
  lexicographicSortSchema,
  parse,
  printSchema,
  specifiedDirectives,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@tag", "@external", "@requires", "@override"])`;

const shops = {
  name: 'shops',
  typeDefs: `${LINK}
    "A place that sells."
    type Shop @key(fields: "id") @tag(name: "public") { id: ID! name: String! kind: Kind open(on: Day = MON, from: [Int!]! = [8, 12]): Boolean! }
    interface Thing { id: ID! }
    type Ware implements Thing @key(fields: "id") { id: ID! weight: Int }
    enum Kind { BIG SMALL @deprecated(reason: "All are big.") }
    enum Day { MON TUE }
    scalar Money @specifiedBy(url: "https://money.example")
    type Query { shops(near: Near, of: [Kind!]): [Shop!]! shop(id: ID!): Shop }
    input Near { town: String! = "Bern", within: Int, at: Near }
    type Mutation { close(id: ID!): Shop }`,
  resolvers: {
    Shop: {
      __resolveReference: (given: object) => given,
      name: ({ id }: { id: string }) => `shop ${id}`,
      open: () => true,
    },
    Thing: { __resolveType: () => 'Ware' },
    Query: { shops: () => [{ id: '1' }, { id: '2' }], shop: (_: unknown, asked: object) => asked },
    Mutation: { close: (_: unknown, asked: object) => asked },
  },
};

const wares = {
  name: 'wares',
  typeDefs: `${LINK}
    scalar Money @specifiedBy(url: "https://money.example")
    type Shop @key(fields: "id") { id: ID! wares(first: Int = 2): [Ware!]! till: Money @deprecated(reason: "Counted no more.") }
    type Ware @key(fields: "id") { id: ID! price: Money! in: Holder }
    type Box { size: Int! }
    union Holder = Box | Shop`,
  resolvers: {
    Shop: { __resolveReference: (given: object) => given, wares: () => [{ id: 'w' }] },
    Ware: { __resolveReference: (given: object) => given, price: () => 5 },
    Holder: { __resolveType: () => 'Box' },
  },
};

/** The graph as a client is to see it. */
const API = `
  "A place that sells."
  type Shop { id: ID! name: String! kind: Kind open(on: Day = MON, from: [Int!]! = [8, 12]): Boolean!
    wares(first: Int = 2): [Ware!]! till: Money @deprecated(reason: "Counted no more.") }
  interface Thing { id: ID! }
  type Ware implements Thing { id: ID! weight: Int price: Money! in: Holder }
  type Box { size: Int! }
  union Holder = Box | Shop
  enum Kind { BIG SMALL @deprecated(reason: "All are big.") }
  enum Day { MON TUE }
  scalar Money @specifiedBy(url: "https://money.example")
  type Query { shops(near: Near, of: [Kind!]): [Shop!]! shop(id: ID!): Shop }
  input Near { town: String! = "Bern", within: Int, at: Near }
  type Mutation { close(id: ID!): Shop }`;
const api = buildASTSchema(parse(API));

let graph: Federation;
beforeAll(async () => {
  graph = await federate([shops, wares]);
});
afterAll(() => graph?.close());

const sorted = (introspection: unknown): string =>
  printSchema(lexicographicSortSchema(buildClientSchema(introspection as never)));

describe('introspection', () => {
  it('gives the client’s graph, whole, and nothing of federation', async () => {
    const { data, errors } = await graph.ask(
      getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }),
    );
    expect(errors).toBeUndefined();
    expect(sorted(data)).toBe(sorted(introspectionFromSchema(api)));
    const names = data.__schema.types.map(({ name }: { name: string }) => name);
    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(_Any|_Entity|_Service|join__|link__|federation__|FieldSet)/)]),
    );
    expect(JSON.stringify(data)).not.toMatch(/join__|link__|_entities|_service|federation__/);
  });

  it('names the directives that clients may use, with their places', async () => {
    const { data } = await graph.ask('{ __schema { directives { name locations args { name } } } }');
    const given = Object.fromEntries(
      data.__schema.directives.map(({ name, locations }: { name: string; locations: string[] }) => [
        name,
        [...locations].sort(),
      ]),
    );
    const known = specifiedDirectives.map(({ name, locations }) => [name, [...locations].sort()]);
    expect(given).toEqual(Object.fromEntries(known));
  });

  it('names each type once', async () => {
    const { data } = await graph.ask('{ __schema { types { name } } }');
    const names = data.__schema.types.map(({ name }: { name: string }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  checkAll(
    () => graph,
    [
      {
        it: 'takes variables',
        query:
          'query($name: String!, $old: Boolean = true) { __type(name: $name) { name enumValues(includeDeprecated: $old) { name } } }',
        variables: { name: 'Kind' },
        data: { __type: { name: 'Kind', enumValues: [{ name: 'BIG' }, { name: 'SMALL' }] } },
        sent: {},
      },
      {
        it: 'leaves out what is deprecated unless it is asked for',
        query: '{ __type(name: "Kind") { enumValues { name } } shop: __type(name: "Shop") { fields { name } } }',
        data: {
          __type: { enumValues: [{ name: 'BIG' }] },
          shop: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'kind' }, { name: 'open' }, { name: 'wares' }] },
        },
        sent: {},
      },
      {
        it: 'says null for a type that there is not',
        query:
          '{ a: __type(name: "Nobody") { name } b: __type(name: "_Entity") { name } c: __type(name: "join__Graph") { name } }',
        data: { a: null, b: null, c: null },
        sent: {},
      },
      {
        it: 'stands beside data, in the client’s order, under any names',
        query: `query($id: ID!) { first: __typename shop(id: $id) { name wares { price } t: __typename }
        what: __type(name: "Shop") { k: kind } schema: __schema { q: queryType { name } m: mutationType { name } } __typename }`,
        variables: { id: '7' },
        data: {
          first: 'Query',
          shop: { name: 'shop 7', wares: [{ price: 5 }], t: 'Shop' },
          what: { k: 'OBJECT' },
          schema: { q: { name: 'Query' }, m: { name: 'Mutation' } },
          __typename: 'Query',
        },
        sent: { shops: 1, wares: 1 },
      },
      {
        it: 'stands in fragments, each part of it once',
        query: `query { ...A ... on Query { __schema { mutationType { name } } ...B } shops { id } }
        fragment A on Query { __schema { queryType { name } } __type(name: "Box") { ...T } }
        fragment B on Query { __type(name: "Box") { fields { ...F } } }
        fragment T on __Type { name kind } fragment F on __Field { name type { kind ofType { name } } }`,
        data: {
          __schema: { queryType: { name: 'Query' }, mutationType: { name: 'Mutation' } },
          __type: {
            name: 'Box',
            kind: 'OBJECT',
            fields: [{ name: 'size', type: { kind: 'NON_NULL', ofType: { name: 'Int' } } }],
          },
          shops: [{ id: '1' }, { id: '2' }],
        },
      },
      {
        it: 'can be skipped and included',
        query: `query($yes: Boolean!) { __schema @skip(if: $yes) { queryType { name } } shops { id @skip(if: $yes) name }
        __type(name: "Box") @include(if: $yes) { name fields @skip(if: $yes) { name } } }`,
        variables: { yes: true },
        data: { shops: [{ name: 'shop 1' }, { name: 'shop 2' }], __type: { name: 'Box' } },
      },
      {
        it: 'gives the root type’s name alone without asking anybody',
        query: 'query { __typename again: __typename ... on Query { third: __typename } }',
        data: { __typename: 'Query', again: 'Query', third: 'Query' },
        sent: {},
      },
      {
        it: 'gives the root type’s name of a mutation',
        query: 'mutation { __typename close(id: "3") { __typename id } was: __typename }',
        data: { __typename: 'Mutation', close: { __typename: 'Shop', id: '3' }, was: 'Mutation' },
      },
      {
        it: 'describes arguments with their defaults as GraphQL writes them',
        query: `{ __type(name: "Shop") { fields { args { name defaultValue type { kind } } } }
        near: __type(name: "Near") { inputFields { name defaultValue } } }`,
        data: {
          __type: {
            fields: [
              { args: [] },
              { args: [] },
              { args: [] },
              {
                args: [
                  { name: 'on', defaultValue: 'MON', type: { kind: 'ENUM' } },
                  { name: 'from', defaultValue: '[8, 12]', type: { kind: 'NON_NULL' } },
                ],
              },
              { args: [{ name: 'first', defaultValue: '2', type: { kind: 'SCALAR' } }] },
            ],
          },
          near: {
            inputFields: [
              { name: 'town', defaultValue: '"Bern"' },
              { name: 'within', defaultValue: null },
              { name: 'at', defaultValue: null },
            ],
          },
        },
        sent: {},
      },
      {
        it: 'gives a union’s members and an interface’s implementations',
        query: `{ holder: __type(name: "Holder") { possibleTypes { name } fields { name } }
        thing: __type(name: "Thing") { possibleTypes { name interfaces { name } } } }`,
        data: {
          holder: { possibleTypes: [{ name: 'Box' }, { name: 'Shop' }], fields: null },
          thing: { possibleTypes: [{ name: 'Ware', interfaces: [{ name: 'Thing' }] }] },
        },
        sent: {},
      },
    ],
  );

  refuseAll(
    () => graph,
    [
      { it: 'refuses the subgraphs’ own fields', query: '{ _service { sdl } }' },
      { it: 'refuses entities asked for by a client', query: '{ _entities(representations: []) { __typename } }' },
      { it: 'refuses federation’s directives in an operation', query: '{ shops @shareable { id } }' },
      { it: 'refuses a type’s name of the wrong type', query: '{ __type(name: 5) { name } }' },
      { it: 'refuses __schema below the root', query: '{ shops { __schema { queryType { name } } } }' },
    ],
  );
});
