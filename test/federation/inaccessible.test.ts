import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7",
  import: ["@key", "@inaccessible", "@shareable", "@external", "@requires"])`;
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };

const stock = {
  name: 'stock',
  typeDefs: `${LINK}
    type Item @key(fields: "serial") @key(fields: "shelf { hall place }") {
      serial: ID! @inaccessible
      name: String!
      shelf: Shelf! @inaccessible
      grams: Int @inaccessible
      state: State
      states: [State]
      parts(secret: Boolean = true @inaccessible, most: Int = 2): [Part]
      vault: Vault @inaccessible
    }
    type Shelf @inaccessible { hall: String! place: Int! }
    type Vault @inaccessible { code: String! }
    enum State { NEW USED STOLEN @inaccessible }
    interface Piece @inaccessible { size: Int! }
    interface Named { label: String! }
    type Screw implements Piece & Named { size: Int! label: String! }
    type Bug implements Named @inaccessible { label: String! }
    union Part = Screw | Bug
    input Filter { state: State = NEW, shelf: String @inaccessible, hidden: Boolean = false @inaccessible, least: Int = 1 }
    type Query {
      items(filter: Filter, audit: String = "none" @inaccessible): [Item!]!
      seen(filter: Filter): String!
      named: [Named]
      dump: String @inaccessible
      piece: Piece @inaccessible
    }`,
  resolvers: {
    Part: typed,
    Named: typed,
    Piece: typed,
    Item: {
      __resolveReference: ({ serial }: { serial: string }) => ITEMS.find((item) => item.serial === serial),
      parts: (_: unknown, { secret, most }: { secret?: boolean; most: number }) =>
        [
          { __typename: 'Screw', size: 3, label: secret === true ? 'screw' : 'args lost' },
          { __typename: 'Bug', label: 'bug' },
          { __typename: 'Screw', size: 4, label: 'bolt' },
        ].slice(0, most),
    },
    Query: {
      items: (_: unknown, { audit }: { audit?: string }) => (audit === 'none' ? ITEMS : []),
      seen: (_: unknown, { filter }: { filter?: object }) => JSON.stringify(filter ?? null),
      named: () => [
        { __typename: 'Screw', size: 1, label: 'nut' },
        { __typename: 'Bug', label: 'bug' },
      ],
    },
  },
};
const ITEMS = [
  { serial: 's1', name: 'Lamp', grams: 900, shelf: { hall: 'A', place: 1 }, state: 'NEW', states: ['NEW', 'STOLEN'] },
  { serial: 's2', name: 'Desk', grams: null, shelf: { hall: 'B', place: 7 }, state: 'STOLEN', states: null },
];

/** Joins by a key that clients never see. */
const post = {
  name: 'post',
  typeDefs: `${LINK}
    type Item @key(fields: "serial") { serial: ID! grams: Int @external fee: Int! @requires(fields: "grams") }`,
  resolvers: {
    Item: {
      __resolveReference: (given: object) => given,
      fee: ({ grams }: { grams: number | null }) => (grams === null ? -1 : grams / 10),
    },
  },
};

/** Joins by another such key, of a type that clients never see. */
const walk = {
  name: 'walk',
  typeDefs: `${LINK}
    type Item @key(fields: "shelf { hall place }") { shelf: Shelf! steps: Int! }
    type Shelf { hall: String! place: Int! }`,
  resolvers: {
    Item: {
      __resolveReference: (given: object) => given,
      steps: ({ shelf }: { shelf: { hall: string; place: number } }) => shelf.place * (shelf.hall === 'A' ? 10 : 100),
    },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([stock, post, walk]);
});
afterAll(() => graph?.close());

checkAll(
  () => graph,
  [
    {
      it: 'joins by a hidden key',
      query: '{ items { name fee } }',
      data: {
        items: [
          { name: 'Lamp', fee: 90 },
          { name: 'Desk', fee: -1 },
        ],
      },
      sent: { stock: 1, post: 1 },
    },
    {
      it: 'joins by a hidden key of a hidden type',
      query: '{ items { steps } }',
      data: { items: [{ steps: 10 }, { steps: 700 }] },
      sent: { stock: 1, walk: 1 },
    },
    {
      it: 'lets the client use a hidden field’s name for another',
      query: '{ items { serial: name grams: fee shelf: steps } }',
      data: {
        items: [
          { serial: 'Lamp', grams: 90, shelf: 10 },
          { serial: 'Desk', grams: -1, shelf: 700 },
        ],
      },
    },
    {
      it: 'gives null and an error in place of a hidden value',
      query: '{ items { state states } }',
      data: {
        items: [
          { state: 'NEW', states: ['NEW', null] },
          { state: null, states: null },
        ],
      },
      errors: [{ path: ['items', 0, 'states', 1] }, { path: ['items', 1, 'state'] }],
    },
    {
      it: 'leaves hidden arguments to their defaults',
      query: '{ items { parts(most: 1) { ... on Screw { label } } } }',
      data: { items: [{ parts: [{ label: 'screw' }] }, { parts: [{ label: 'screw' }] }] },
    },
    {
      it: 'leaves hidden fields of inputs to their defaults',
      query: 'query($f: Filter) { seen(filter: { least: 3 }) other: seen(filter: $f) none: seen }',
      variables: { f: { state: 'USED' } },
      data: {
        seen: '{"state":"NEW","hidden":false,"least":3}',
        other: '{"state":"USED","hidden":false,"least":1}',
        none: 'null',
      },
    },
    {
      it: 'gives null in place of an object of a hidden type',
      query: '{ items { name parts { __typename ... on Screw { size } } } named { label } }',
      data: {
        items: ['Lamp', 'Desk'].map((name) => ({ name, parts: [{ __typename: 'Screw', size: 3 }, null] })),
        named: [{ label: 'nut' }, null],
      },
    },
    {
      it: 'says that there is no such type',
      query:
        '{ shelf: __type(name: "Shelf") { name } bug: __type(name: "Bug") { name } piece: __type(name: "Piece") { name } }',
      data: { shelf: null, bug: null, piece: null },
      sent: {},
    },
    {
      it: 'shows what is left of the types that it hides a part of',
      query: `{ state: __type(name: "State") { enumValues { name } } part: __type(name: "Part") { possibleTypes { name } }
      screw: __type(name: "Screw") { interfaces { name } } filter: __type(name: "Filter") { inputFields { name } }
      item: __type(name: "Item") { fields { name args { name } } } }`,
      data: {
        state: { enumValues: [{ name: 'NEW' }, { name: 'USED' }] },
        part: { possibleTypes: [{ name: 'Screw' }] },
        screw: { interfaces: [{ name: 'Named' }] },
        filter: { inputFields: [{ name: 'state' }, { name: 'least' }] },
        item: {
          fields: [
            { name: 'fee', args: [] },
            { name: 'name', args: [] },
            { name: 'state', args: [] },
            { name: 'states', args: [] },
            { name: 'parts', args: [{ name: 'most' }] },
            { name: 'steps', args: [] },
          ],
        },
      },
      sent: {},
    },
  ],
);

refuseAll(
  () => graph,
  [
    { it: 'refuses a hidden root field', query: '{ dump }' },
    { it: 'refuses a hidden key', query: '{ items { serial } }' },
    { it: 'refuses a field of a hidden type', query: '{ items { shelf { hall } } }' },
    { it: 'refuses a fragment on a hidden type', query: '{ items { parts { ... on Bug { label } } } }' },
    { it: 'refuses a fragment on a hidden interface', query: '{ items { parts { ... on Piece { size } } } }' },
    { it: 'refuses a hidden argument', query: '{ items(audit: "all") { name } }' },
    {
      it: 'refuses a hidden argument beside others',
      query: '{ items { parts(most: 1, secret: false) { __typename } } }',
    },
    { it: 'refuses a hidden value', query: '{ seen(filter: { state: STOLEN }) }' },
    { it: 'refuses a hidden field of an input', query: '{ seen(filter: { shelf: "A" }) }' },
    {
      it: 'refuses a hidden value in a variable',
      query: 'query($s: State) { seen(filter: { state: $s }) }',
      variables: { s: 'STOLEN' },
      secret: 'STOLEN',
    },
    {
      it: 'refuses a hidden field of an input in a variable',
      query: 'query($f: Filter) { seen(filter: $f) }',
      variables: { f: { least: 1, shelf: 'A-secret' } },
      secret: 'A-secret',
    },
  ],
);

it('names nothing hidden in the whole introspection', async () => {
  const { data } = await graph.ask(getIntrospectionQuery());
  const sdl = printSchema(buildClientSchema(data));
  expect(sdl).toContain('fee: Int!');
  expect(sdl).not.toMatch(/serial|Shelf|shelf|grams|STOLEN|secret|Vault|Piece|Bug|dump|audit|hidden/);
});

it('hides from hints, too, what may not be asked for', async () => {
  const { errors } = await graph.ask('{ items { seria gram state(x: 1) } }');
  expect(JSON.stringify(errors)).not.toMatch(/"serial\b|\\"serial\\"|grams/);
});

it('sends the hidden keys', async () => {
  forget(graph);
  await graph.ask('{ items { fee steps } }');
  expect(representationsIn(graph.received.post)).toEqual([
    { __typename: 'Item', serial: 's1', grams: 900 },
    { __typename: 'Item', serial: 's2', grams: null },
  ]);
  expect(representationsIn(graph.received.walk)).toEqual([
    { __typename: 'Item', shelf: { hall: 'A', place: 1 } },
    { __typename: 'Item', shelf: { hall: 'B', place: 7 } },
  ]);
});
