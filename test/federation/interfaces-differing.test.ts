import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const asGiven = { __resolveReference: (given: object) => given };

const HULLS: Readonly<Record<string, { wheels?: number; draught?: number; weight: number }>> = {
  c1: { wheels: 4, weight: 900 },
  b1: { draught: 2, weight: 7000 },
  t1: { weight: 40_000 },
};

/** Knows cars, boats and trains, what they weigh, and that all of them can be moved. */
const yard = {
  name: 'yard',
  typeDefs: `${LINK}
    interface Vehicle { id: ID! weight: Int! }
    interface Towable { id: ID! hook: String }
    type Car implements Vehicle & Towable @key(fields: "id") { id: ID! weight: Int! wheels: Int! hook: String }
    type Boat implements Vehicle @key(fields: "id") { id: ID! weight: Int! draught: Int! hook: String }
    type Train implements Vehicle @key(fields: "id") { id: ID! weight: Int! }
    type Query { vehicles: [Vehicle]! towable: [Towable!]! heaviest: Vehicle }`,
  resolvers: (() => {
    const full = {
      __resolveReference: ({ id }: { id: string }) => ({ id, hook: `hook of ${id}`, ...HULLS[id] }),
    };
    const one = (id: string, __typename: string) => ({ __typename, id, hook: `hook of ${id}`, ...HULLS[id] });
    return {
      Vehicle: typed,
      Towable: typed,
      Car: full,
      Boat: full,
      Train: full,
      Query: {
        vehicles: () => [one('b1', 'Boat'), null, one('c1', 'Car'), one('t1', 'Train')],
        towable: () => [one('c1', 'Car')],
        heaviest: () => one('t1', 'Train'),
      },
    };
  })(),
};

/** Has the same interface with other fields, a type more that implements it, and boats that do not. */
const club = {
  name: 'club',
  typeDefs: `${LINK}
    interface Vehicle { id: ID! owner: Member }
    interface Towable { id: ID! tow: Int }
    interface Named { name: String! }
    type Car implements Vehicle @key(fields: "id") { id: ID! owner: Member tow: Int }
    type Bike implements Vehicle & Named & Towable { id: ID! owner: Member name: String! weight: Int! tow: Int hook: String }
    type Boat implements Towable & Named @key(fields: "id") { id: ID! tow: Int name: String! owner: Member }
    type Train @key(fields: "id") { id: ID! owner: Member }
    type Member @key(fields: "id") { id: ID! rides: [Vehicle!]! tows: [Towable]! named: [Named!]! }
    type Query { member(id: ID!): Member rides: [Vehicle!]! }`,
  resolvers: (() => {
    const car = { __typename: 'Car', id: 'c1' };
    const bike = { __typename: 'Bike', id: 'k1', name: 'Blitz', weight: 12, tow: 1, hook: null };
    const boat = { __typename: 'Boat', id: 'b1', name: 'Ada', tow: 3 };
    const owner = { id: 'm1' };
    const owned = { __resolveReference: ({ id }: { id: string }) => ({ id, owner, name: 'Ada', tow: 3 }) };
    return {
      Vehicle: typed,
      Towable: typed,
      Named: typed,
      Car: owned,
      Boat: owned,
      Train: { __resolveReference: ({ id }: { id: string }) => ({ id, owner: null }) },
      Member: { ...asGiven, rides: () => [bike, car], tows: () => [boat, null, bike], named: () => [boat, bike] },
      Query: { member: (_: unknown, { id }: { id: string }) => ({ id }), rides: () => [{ ...car, owner }, bike] },
    };
  })(),
};

/** Its types say more exactly than its interface what their fields give. */
const shop = {
  name: 'shop',
  typeDefs: `${LINK}
    interface Product { id: ID! same: Product parts: [Product] }
    type Tyre implements Product @key(fields: "id") { id: ID! same: Tyre parts: [Screw!]! }
    type Screw implements Product @key(fields: "id") { id: ID! same: Screw! parts: [Product] }
    type Query { products: [Product!]! }`,
  resolvers: (() => {
    const screw = { __typename: 'Screw', id: 's1', parts: null };
    const tyre = { __typename: 'Tyre', id: 't1', same: { id: 't2', parts: [screw] }, parts: [screw, screw] };
    return {
      Product: typed,
      Screw: { same: () => ({ ...screw, id: 's2' }) },
      Query: { products: () => [tyre, screw] },
    };
  })(),
};
const prices = {
  name: 'prices',
  typeDefs: `${LINK}
    interface Product { id: ID! price: Int }
    type Tyre implements Product @key(fields: "id") { id: ID! price: Int! }
    type Screw implements Product @key(fields: "id") { id: ID! price: Int }`,
  resolvers: {
    Product: typed,
    Tyre: { ...asGiven, price: () => 90 },
    Screw: { ...asGiven, price: ({ id }: { id: string }) => (id === 's2' ? null : 1) },
  },
};

let graph: Federation;
let goods: Federation;
beforeAll(async () => {
  [graph, goods] = await Promise.all([federate([yard, club]), federate([shop, prices])]);
});
afterAll(() => Promise.all([graph?.close(), goods?.close()]));

checkAll(
  () => goods,
  [
    {
      it: 'follows an interface’s field to itself, whose types say more exactly what it gives',
      query: '{ products { id price same { id price same { price } parts { price } } } }',
      data: {
        products: [
          { id: 't1', price: 90, same: { id: 't2', price: 90, same: null, parts: [{ price: 1 }] } },
          { id: 's1', price: 1, same: { id: 's2', price: null, same: { price: null }, parts: null } },
        ],
      },
    },
    {
      it: 'selects such a field on types, where it gives what the types say',
      query:
        '{ products { ... on Tyre { parts { price same { price } } t: same { parts { id } } } ... on Screw { s: same { price } } } }',
      data: {
        products: [
          {
            parts: [
              { price: 1, same: { price: null } },
              { price: 1, same: { price: null } },
            ],
            t: { parts: [{ id: 's1' }] },
          },
          { s: { price: null } },
        ],
      },
    },
    {
      it: 'selects such a field on the interface and on a type at once',
      query:
        '{ products { same { id } ... on Tyre { same { price } } ... on Screw { n: same { ... on Product { price id } } } } }',
      data: {
        products: [{ same: { id: 't2', price: 90 } }, { same: { id: 's2' }, n: { price: null, id: 's2' } }],
      },
    },
  ],
);

checkAll(
  () => graph,
  [
    {
      it: 'answers a field that the asked subgraph’s interface has',
      query: '{ vehicles { __typename weight } }',
      data: {
        vehicles: [
          { __typename: 'Boat', weight: 7000 },
          null,
          { __typename: 'Car', weight: 900 },
          { __typename: 'Train', weight: 40_000 },
        ],
      },
      sent: { yard: 1 },
    },
    {
      it: 'gets a field that only the other subgraph’s interface has',
      query: '{ vehicles { id ... on Car { owner { id } } ... on Boat { owner { id } } } }',
      data: { vehicles: [{ id: 'b1', owner: { id: 'm1' } }, null, { id: 'c1', owner: { id: 'm1' } }, { id: 't1' }] },
    },
    {
      it: 'gets a field of types that only the other subgraph says implement the interface',
      query: '{ member(id: "m1") { rides { id ... on Car { weight } ... on Bike { weight name } } } }',
      data: {
        member: {
          rides: [
            { id: 'k1', weight: 12, name: 'Blitz' },
            { id: 'c1', weight: 900 },
          ],
        },
      },
      sent: { club: 1, yard: 1 },
    },
    {
      it: 'selects by types that the asked subgraph’s interface does not have',
      query:
        '{ rides { __typename ... on Boat { draught } ... on Train { id } ... on Bike { name } ... on Car { wheels } } }',
      data: {
        rides: [
          { __typename: 'Car', wheels: 4 },
          { __typename: 'Bike', name: 'Blitz' },
        ],
      },
    },
    {
      it: 'selects by an interface that the asked subgraph does not know',
      query: '{ vehicles { id ... on Named { name } } }',
      data: { vehicles: [{ id: 'b1', name: 'Ada' }, null, { id: 'c1' }, { id: 't1' }] },
      sent: { yard: 1, club: 1 },
    },
    {
      it: 'selects by an interface that a type implements elsewhere only',
      query: '{ vehicles { id ... on Towable { __typename id ... on Boat { tow } ... on Car { hook } } } }',
      data: {
        vehicles: [
          { id: 'b1', __typename: 'Boat', tow: 3 },
          null,
          { id: 'c1', __typename: 'Car', hook: 'hook of c1' },
          { id: 't1' },
        ],
      },
    },
    {
      it: 'goes from one interface through another to a type',
      query:
        '{ heaviest { ... on Towable { ... on Boat { name } } ... on Train { weight } } member(id: "m1") { tows { ... on Named { ... on Vehicle { id } } } } }',
      data: { heaviest: { weight: 40_000 }, member: { tows: [{ id: 'b1' }, null, { id: 'k1' }] } },
    },
    {
      it: 'gives fields of one name on two interfaces once',
      query: '{ member(id: "m1") { named { name ... on Vehicle { id } ... on Towable { id t: tow } } } }',
      data: {
        member: {
          named: [
            { name: 'Ada', id: 'b1', t: 3 },
            { name: 'Blitz', id: 'k1', t: 1 },
          ],
        },
      },
    },
    {
      it: 'completes what the second interface’s types lack from their owner',
      query:
        '{ member(id: "m1") { tows { ... on Boat { draught weight } ... on Bike { hook } } } towable { hook ... on Car { owner { id } } } }',
      data: {
        member: { tows: [{ draught: 2, weight: 7000 }, null, { hook: null }] },
        towable: [{ hook: 'hook of c1', owner: { id: 'm1' } }],
      },
    },
    {
      it: 'keeps equal names of different types apart',
      query: '{ vehicles { ... on Car { size: wheels } ... on Boat { size: draught } ... on Train { size: weight } } }',
      data: { vehicles: [{ size: 2 }, null, { size: 4 }, { size: 40_000 }] },
    },
    {
      it: 'shows all types and all fields',
      query: '{ __type(name: "Vehicle") { fields { name } possibleTypes { name } } }',
      data: {
        __type: {
          fields: [{ name: 'id' }, { name: 'owner' }, { name: 'weight' }],
          possibleTypes: [{ name: 'Car' }, { name: 'Bike' }, { name: 'Boat' }, { name: 'Train' }],
        },
      },
      sent: {},
    },
  ],
);

it('sends no subgraph an interface’s field or type that it does not know', async () => {
  forget(graph);
  const { errors } = await graph.ask(
    '{ vehicles { id ... on Bike { name } ... on Named { name } ... on Car { owner { id } } } rides { ... on Train { weight } ... on Car { weight } } }',
  );
  expect(errors).toBeUndefined();
  expect(graph.received.yard?.map(({ query }) => query).join()).not.toMatch(/Bike|Named|owner/);
  expect(graph.received.club?.map(({ query }) => query).join()).not.toMatch(/weight|wheels/);
});
