import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, countsOf, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@provides"])';

interface Id {
  readonly id: string;
}

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'left',
      typeDefs: `${LINK}
        type Query {
          settings(user: ID): Settings @shareable
          languages: [Language!]! @shareable
          version: String! @shareable
          nested: [[Language]] @shareable
          left: Item
        }
        type Settings @shareable { theme: String! limits: Limits user: ID font: String }
        type Limits @shareable { max: Int! }
        type Language @shareable { code: String! name: String }
        type Item @key(fields: "id") { id: ID! price: Money @shareable box: Box @shareable title: String @shareable }
        type Money @shareable { amount: Int! currency: String! }
        type Box { width: Int @shareable height: Int }`,
      resolvers: {
        Query: {
          settings: (_: unknown, { user }: { user?: string }) =>
            user === 'nobody' ? null : { theme: 'dark', limits: { max: 5 }, user, font: 'mono' },
          languages: () => [
            { code: 'en', name: 'English' },
            { code: 'de', name: null },
          ],
          version: () => '1',
          nested: () => [[{ code: 'en', name: 'English' }, null], null, []],
          left: () => ({ id: 'i1' }),
        },
        Item: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          price: () => ({ amount: 3, currency: 'EUR' }),
          box: () => ({ width: 10, height: 20 }),
          title: ({ id }: Id) => `title of ${id}`,
        },
      },
    },
    {
      name: 'right',
      typeDefs: `${LINK}
        type Query {
          settings(user: ID): Settings @shareable
          languages: [Language!]! @shareable
          version: String! @shareable
          nested: [[Language]] @shareable
          right: [Item!]
        }
        type Settings @shareable { theme: String! limits: Limits user: ID zoom: Int }
        type Limits @shareable { max: Int! min: Int! }
        type Language @shareable { code: String! speakers: Int }
        type Item @key(fields: "id") { id: ID! price: Money @shareable box: Box @shareable title: String @shareable stock: Int }
        type Money @shareable { amount: Int! currency: String! }
        type Box { width: Int @shareable depth: Int }`,
      resolvers: {
        Query: {
          settings: (_: unknown, { user }: { user?: string }) =>
            user === 'nobody' ? null : { theme: 'dark', limits: { max: 5, min: 1 }, user, zoom: 2 },
          languages: () => [
            { code: 'en', speakers: 1500 },
            { code: 'de', speakers: 130 },
          ],
          version: () => '1',
          nested: () => [[{ code: 'en', speakers: 1500 }, null], null, []],
          right: () => [{ id: 'i1' }, { id: 'i2' }],
        },
        Item: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          price: () => ({ amount: 3, currency: 'EUR' }),
          box: () => ({ width: 10, depth: 30 }),
          title: ({ id }: Id) => `title of ${id}`,
          stock: () => 7,
        },
      },
    },
    {
      name: 'third',
      typeDefs: `${LINK}
        type Query { third: Holder }
        type Holder { money: Money item: Item }
        type Money @shareable { amount: Int! currency: String! }
        type Item @key(fields: "id", resolvable: false) { id: ID! }`,
      resolvers: {
        Query: {
          third: () => ({ money: { amount: 9, currency: 'USD' }, item: { id: 'i3' } }),
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

const one = (): number => Object.values(countsOf(federation)).reduce((sum, count) => sum + count, 0);

describe('what several subgraphs answer', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'is taken from both where each knows a part, at the root',
        query: '{ settings(user: "u") { font zoom theme user } }',
        data: { settings: { font: 'mono', zoom: 2, theme: 'dark', user: 'u' } },
        sent: { left: 1, right: 1 },
      },
      {
        it: 'is given the same arguments in both',
        query: 'query($u: ID) { s: settings(user: $u) { font zoom } none: settings(user: "nobody") { font zoom } }',
        variables: { u: 'x' },
        data: { s: { font: 'mono', zoom: 2 }, none: null },
        sent: { left: 1, right: 1 },
      },
      {
        it: 'is taken from the one that has all of it',
        query: '{ settings { zoom limits { min max } theme } }',
        data: { settings: { zoom: 2, limits: { min: 1, max: 5 }, theme: 'dark' } },
        sent: { right: 1 },
      },
      {
        it: 'is put together below an object that both have',
        query: '{ settings { font limits { max min } } }',
        data: { settings: { font: 'mono', limits: { max: 5, min: 1 } } },
        sent: { left: 1, right: 1 },
      },
      {
        it: 'is put together item by item in a list',
        query: '{ languages { n: name speakers code } }',
        data: {
          languages: [
            { n: 'English', speakers: 1500, code: 'en' },
            { n: null, speakers: 130, code: 'de' },
          ],
        },
        sent: { left: 1, right: 1 },
      },
      {
        it: 'is put together in lists of lists with nulls in them',
        query: '{ nested { ...both } } fragment both on Language { speakers name }',
        data: { nested: [[{ speakers: 1500, name: 'English' }, null], null, []] },
      },
      {
        it: 'is one object to a client that takes it apart by aliases',
        query: '{ a: settings { font } b: settings { zoom } c: settings { font zoom } }',
        data: { a: { font: 'mono' }, b: { zoom: 2 }, c: { font: 'mono', zoom: 2 } },
        sent: { left: 1, right: 1 },
      },
      {
        it: 'costs no second fetch where the subgraph that has the object has it too',
        query: '{ left { id title price { amount currency } } }',
        data: { left: { id: 'i1', title: 'title of i1', price: { amount: 3, currency: 'EUR' } } },
        sent: { left: 1 },
      },
      {
        it: 'costs no second fetch from the other side either',
        query: '{ right { title price { currency } stock } }',
        data: {
          right: [
            { title: 'title of i1', price: { currency: 'EUR' }, stock: 7 },
            { title: 'title of i2', price: { currency: 'EUR' }, stock: 7 },
          ],
        },
        sent: { right: 1 },
      },
      {
        it: 'is completed through its entity where it has no key of its own',
        query: '{ left { box { width height depth } } right { box { depth height } } }',
        data: {
          left: { box: { width: 10, height: 20, depth: 30 } },
          right: [{ box: { depth: 30, height: 20 } }, { box: { depth: 30, height: 20 } }],
        },
      },
      {
        it: 'differs from subgraph to subgraph where the values do',
        query: '{ third { money { amount currency } } left { price { amount } } }',
        data: {
          third: { money: { amount: 9, currency: 'USD' } },
          left: { price: { amount: 3 } },
        },
        sent: { third: 1, left: 1 },
      },
    ],
  );

  it('is asked of one subgraph alone', async () => {
    for (const query of [
      '{ version }',
      '{ settings { theme } }',
      '{ languages { code } }',
      '{ v: version a: version }',
    ]) {
      forget(federation);
      const { errors } = await federation.ask(query);
      expect(errors).toBeUndefined();
      expect(one(), query).toBe(1);
    }
  });

  it('is asked of one owner, whichever, for an entity from elsewhere', async () => {
    forget(federation);
    const { data } = await federation.ask('{ third { item { title price { amount } } } }');
    expect(data).toEqual({ third: { item: { title: 'title of i3', price: { amount: 3 } } } });
    expect(countsOf(federation).third).toBe(1);
    expect(one()).toBe(2);
  });

  it('is asked of the owner that has the rest of the entity too', async () => {
    forget(federation);
    const { data } = await federation.ask('{ third { item { title stock price { amount } } } }');
    expect(data).toEqual({ third: { item: { title: 'title of i3', stock: 7, price: { amount: 3 } } } });
    expect(countsOf(federation)).toEqual({ third: 1, right: 1 });
  });
});
