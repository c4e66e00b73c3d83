import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const asGiven = { __resolveReference: (given: object) => given };

/** Knows three members; points at all of them from a shelf that it owns. */
const library = {
  name: 'library',
  typeDefs: `${LINK}
    union Find = Book | Film | Map
    union Copy = Book | Film
    type Book @key(fields: "id") { id: ID! title: String! }
    type Film @key(fields: "id") { id: ID! title: String! }
    type Map { scale: Int! by: Book }
    type Shelf @key(fields: "id") { id: ID! best: Find finds: [Find]! all: [[Find!]] @shareable copies: [Copy!]! @shareable }
    type Query { shelves: [Shelf!]! find(nth: Int!): Find pick: Find @shareable picks: [Find] @shareable }`,
  resolvers: (() => {
    const book = { __typename: 'Book', id: 'b1', title: 'Dune' };
    const film = { __typename: 'Film', id: 'f1', title: 'Alien' };
    const map = { __typename: 'Map', scale: 500, by: book };
    return {
      Find: typed,
      Copy: typed,
      Book: { __resolveReference: ({ id }: { id: string }) => (id === 'b1' ? book : null) },
      Film: { __resolveReference: ({ id }: { id: string }) => (id === 'f1' ? film : null) },
      Shelf: {
        ...asGiven,
        best: ({ id }: { id: string }) => (id === 's1' ? map : null),
        finds: ({ id }: { id: string }) => (id === 's1' ? [book, null, film, map, book] : []),
        all: () => [[book], null, [film, map]],
        copies: () => [book, film],
      },
      Query: {
        pick: () => book,
        picks: () => [book, null],
        shelves: () => [{ id: 's1' }, { id: 's2' }],
        find: (_: unknown, { nth }: { nth: number }) => [book, film, map][nth] ?? null,
      },
    };
  })(),
};

/** Knows a member that the library does not, and not all of the library's. */
const games = {
  name: 'games',
  typeDefs: `${LINK}
    union Find = Game | Book
    union Copy = Book | Film
    type Game @key(fields: "id") { id: ID! players: Int! basis: Find }
    type Book @key(fields: "id") { id: ID! games: [Game!]! }
    type Film @key(fields: "id") { id: ID! games: [Game!]! }
    type Shelf @key(fields: "id") { id: ID! played: [Find!]! copies: [Copy!]! @shareable }
    type Query { games: [Find!]! pick: Find @shareable picks: [Find] @shareable }`,
  resolvers: (() => {
    const chess = { __typename: 'Game', id: 'g1', players: 2, basis: null };
    const spice = { __typename: 'Game', id: 'g2', players: 6, basis: { __typename: 'Book', id: 'b1' } };
    return {
      Find: typed,
      Copy: typed,
      Game: asGiven,
      Book: { ...asGiven, games: () => [spice] },
      Film: { ...asGiven, games: () => [] },
      Shelf: {
        ...asGiven,
        played: () => [chess, { __typename: 'Book', id: 'b1' }],
        copies: () => [
          { __typename: 'Book', id: 'b1' },
          { __typename: 'Film', id: 'f1' },
        ],
      },
      Query: {
        games: () => [chess, spice, { __typename: 'Book', id: 'b1' }],
        pick: () => ({ __typename: 'Book', id: 'b1' }),
        picks: () => [{ __typename: 'Book', id: 'b1' }, null],
      },
    };
  })(),
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([library, games]);
});
afterAll(() => graph?.close());

checkAll(
  () => graph,
  [
    {
      it: 'answers members that only one subgraph knows',
      query: '{ find(nth: 2) { __typename ... on Map { scale } ... on Game { players } ... on Book { title } } }',
      data: { find: { __typename: 'Map', scale: 500 } },
      sent: { library: 1 },
    },
    {
      it: 'answers another subgraph’s members in the same union',
      query:
        '{ games { __typename ... on Map { scale } ... on Game { players } ... on Book { title } ... on Film { title } } }',
      data: {
        games: [
          { __typename: 'Game', players: 2 },
          { __typename: 'Game', players: 6 },
          { __typename: 'Book', title: 'Dune' },
        ],
      },
      sent: { games: 1, library: 1 },
    },
    {
      it: 'answers empty objects where only other members are selected from',
      query: '{ games { ... on Map { scale } ... on Film { title } } find(nth: 0) { ... on Game { players } } }',
      data: { games: [{}, {}, {}], find: {} },
    },
    {
      it: 'completes members from the other subgraph',
      query: '{ find(nth: 0) { ... on Book { title games { players basis { ... on Book { title } } } } } }',
      data: { find: { title: 'Dune', games: [{ players: 6, basis: { title: 'Dune' } }] } },
    },
    {
      it: 'keeps lists with nulls and all members in place',
      query: `{ shelves { id finds { ...M ... on Book { games { id } } ... on Film { games { id } } } } }
      fragment M on Map { scale by { title } }`,
      data: {
        shelves: [
          {
            id: 's1',
            finds: [
              { games: [{ id: 'g2' }] },
              null,
              { games: [] },
              { scale: 500, by: { title: 'Dune' } },
              { games: [{ id: 'g2' }] },
            ],
          },
          { id: 's2', finds: [] },
        ],
      },
    },
    {
      it: 'keeps lists of lists in place',
      query: '{ shelves { all { __typename ... on Film { games { id } title } ... on Game { id } } } }',
      data: {
        shelves: ['s1', 's2'].map(() => ({
          all: [
            [{ __typename: 'Book' }],
            null,
            [{ __typename: 'Film', games: [], title: 'Alien' }, { __typename: 'Map' }],
          ],
        })),
      },
    },
    {
      it: 'asks each subgraph for its own union field at once',
      query:
        '{ shelves { best { ...F } played { ...F } } } fragment F on Find { ... on Map { scale } ... on Game { players } ... on Book { title } }',
      data: {
        shelves: [
          { best: { scale: 500 }, played: [{ players: 2 }, { title: 'Dune' }] },
          { best: null, played: [{ players: 2 }, { title: 'Dune' }] },
        ],
      },
    },
    {
      it: 'tells members of different types apart under one name',
      query: '{ games { ... on Game { what: players } ... on Book { what: __typename } } }',
      data: { games: [{ what: 2 }, { what: 6 }, { what: 'Book' }] },
    },
    {
      it: 'keeps a shared field’s members apart, each completed by its owner',
      query: '{ shelves { copies { ... on Book { title games { id } } ... on Film { games { id } title } } } }',
      data: {
        shelves: ['s1', 's2'].map(() => ({
          copies: [
            { title: 'Dune', games: [{ id: 'g2' }] },
            { games: [], title: 'Alien' },
          ],
        })),
      },
    },
    {
      it: 'answers a root that all subgraphs share by the one that knows most of what is asked',
      query:
        '{ pick { __typename ... on Book { title games { players } } ... on Map { scale } ... on Game { players } } picks { ... on Film { title } ... on Book { title } } }',
      data: { pick: { __typename: 'Book', title: 'Dune', games: [{ players: 6 }] }, picks: [{ title: 'Dune' }, null] },
    },
    {
      it: 'gives types alone',
      query: '{ games { kind: __typename } find(nth: 1) { __typename } none: find(nth: 9) { __typename } }',
      data: { games: [{ kind: 'Game' }, { kind: 'Game' }, { kind: 'Book' }], find: { __typename: 'Film' }, none: null },
      sent: { games: 1, library: 1 },
    },
    {
      it: 'shows all members of all subgraphs',
      query: '{ __type(name: "Find") { possibleTypes { name } } }',
      data: { __type: { possibleTypes: [{ name: 'Game' }, { name: 'Book' }, { name: 'Film' }, { name: 'Map' }] } },
      sent: {},
    },
  ],
);

it('sends no subgraph a type that it does not know', async () => {
  forget(graph);
  const all = '... on Map { scale } ... on Game { players } ... on Book { title } ... on Film { title }';
  const { errors } = await graph.ask(`{ games { ${all} } find(nth: 0) { ${all} } shelves { finds { ${all} } } }`);
  expect(errors).toBeUndefined();
  expect(graph.received.games?.map(({ query }) => query).join()).not.toMatch(/Map|scale/);
  expect(graph.received.library?.map(({ query }) => query).join()).not.toMatch(/Game|players/);
});
