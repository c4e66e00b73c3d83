import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external", "@shareable"])';

interface Line {
  readonly sku: string;
  readonly count: number | null;
  readonly notes?: readonly (string | null)[] | null;
}
interface Order {
  readonly id: string;
  readonly lines?: readonly (Line | null)[] | null;
  readonly tags?: readonly string[];
  readonly grid?: readonly (readonly ({ readonly n: number } | null)[] | null)[];
  readonly rates?: readonly { readonly sku: string; readonly price: number }[];
}
const ORDERS: Readonly<Record<string, Order>> = {
  full: {
    id: 'full',
    lines: [
      { sku: 'a', count: 2, notes: ['x', null] },
      { sku: 'b', count: 1, notes: [] },
      { sku: 'a', count: 3, notes: null },
    ],
    tags: ['red', 'blue'],
    grid: [[{ n: 1 }, { n: 2 }], [], [{ n: 3 }]],
  },
  gaps: { id: 'gaps', lines: [{ sku: 'a', count: null }, null], tags: [], grid: [[null], null] },
  empty: { id: 'empty', lines: [], tags: [], grid: [] },
  none: { id: 'none', lines: null, tags: ['x'], grid: [] },
};

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'orders',
      typeDefs: `${LINK}
        type Query { order(id: ID!): Order orders: [Order!]! }
        type Order @key(fields: "id") { id: ID! lines: [Line] tags: [String!]! grid: [[Cell]] }
        type Line { sku: String! count: Int notes: [String] }
        type Cell { n: Int! }`,
      resolvers: {
        Query: { order: (_: unknown, { id }: Order) => ORDERS[id], orders: () => Object.values(ORDERS) },
        Order: { __resolveReference: async ({ id }: Order) => ORDERS[id] },
      },
    },
    {
      name: 'prices',
      typeDefs: `${LINK}
        type Order @key(fields: "id") {
          id: ID! lines: [Line] @external
          rates: [Rate!]! @requires(fields: "lines { sku }")
        }
        type Line { sku: String! @external }
        type Rate { sku: String! price: Int! }`,
      resolvers: {
        Order: {
          __resolveReference: async (order: Order) => ({ ...order }),
          rates: ({ lines }: Order) =>
            (lines ?? []).flatMap((line) => (line === null ? [] : [{ sku: line.sku, price: line.sku.charCodeAt(0) }])),
        },
      },
    },
    {
      name: 'bills',
      typeDefs: `${LINK}
        type Order @key(fields: "id") {
          id: ID! lines: [Line] @external tags: [String!]! @external grid: [[Cell]] @external rates: [Rate!]! @external
          items: Int @requires(fields: "lines { count }")
          motto: String @requires(fields: "tags lines { sku notes }")
          sum: String @requires(fields: "grid { n }")
          total: Int @requires(fields: "lines { count } rates { price }")
        }
        type Line { sku: String! @external count: Int @external notes: [String] @external }
        type Cell { n: Int! @external }
        type Rate { price: Int! @external }`,
      resolvers: {
        Order: {
          __resolveReference: async (order: Order) => ({ ...order }),
          items: ({ lines }: Order) => lines?.reduce((sum, line) => sum + (line?.count ?? 0), 0) ?? null,
          motto: ({ tags, lines }: Order) => `${tags?.join('+')} ${JSON.stringify(lines?.map((line) => line?.notes))}`,
          sum: ({ grid }: Order) => JSON.stringify(grid),
          total: ({ lines, rates }: Order) =>
            (lines ?? []).reduce((sum, line, i) => sum + (line?.count ?? 0) * (rates?.[i]?.price ?? 0), 0),
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a field that requires lists of objects', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'gets every item, repeats included, and tells null, empty and missing items apart',
        query: '{ orders { id items } }',
        data: {
          orders: [
            { id: 'full', items: 6 },
            { id: 'gaps', items: 0 },
            { id: 'empty', items: 0 },
            { id: 'none', items: null },
          ],
        },
        sent: { orders: 1, bills: 1 },
      },
      {
        it: 'gets lists in lists',
        query: '{ full: order(id: "full") { sum } gaps: order(id: "gaps") { sum } }',
        data: {
          full: { sum: '[[{"n":1},{"n":2}],[],[{"n":3}]]' },
          gaps: { sum: '[[null],null]' },
        },
      },
      {
        it: 'gets lists of scalars beside them',
        query: '{ order(id: "full") { motto } }',
        data: { order: { motto: 'red+blue [["x",null],[],null]' } },
      },
      {
        it: 'gets one list that itself requires another',
        query: '{ order(id: "full") { total } }',
        data: { order: { total: 97 * 2 + 98 + 97 * 3 } },
        sent: { orders: 1, prices: 1, bills: 1 },
      },
      {
        it: 'shows of the list what the client selected only, under its aliases',
        query: '{ order(id: "full") { l: lines { n: notes } items lines { c: count } rates { price } } }',
        data: {
          order: {
            l: [{ n: ['x', null] }, { n: [] }, { n: null }],
            items: 6,
            lines: [{ c: 2 }, { c: 1 }, { c: 3 }],
            rates: [{ price: 97 }, { price: 98 }, { price: 97 }],
          },
        },
      },
      {
        it: 'is not misled by a list item’s field under another’s name',
        query: '{ order(id: "full") { lines { count: sku sku: count } items rates { sku } } }',
        data: {
          order: {
            lines: [
              { count: 'a', sku: 2 },
              { count: 'b', sku: 1 },
              { count: 'a', sku: 3 },
            ],
            items: 6,
            rates: [{ sku: 'a' }, { sku: 'b' }, { sku: 'a' }],
          },
        },
      },
      {
        it: 'is not misled by a whole list under another’s name',
        query: '{ order(id: "full") { lines: tags items } }',
        data: { order: { lines: ['red', 'blue'], items: 6 } },
      },
    ],
  );

  it('is sent of each item only what it requires', async () => {
    forget(federation);
    await federation.ask('{ order(id: "full") { items lines { notes } } }');
    expect(representationsIn(federation.received.bills)).toEqual([
      { __typename: 'Order', id: 'full', lines: [{ count: 2 }, { count: 1 }, { count: 3 }] },
    ]);
    forget(federation);
    await federation.ask('{ order(id: "gaps") { items } }');
    expect(representationsIn(federation.received.bills)).toEqual([
      { __typename: 'Order', id: 'gaps', lines: [{ count: null }, null] },
    ]);
    forget(federation);
    await federation.ask('{ order(id: "none") { items } }');
    expect(representationsIn(federation.received.bills)).toEqual([{ __typename: 'Order', id: 'none', lines: null }]);
  });
});
