import { setTimeout as wait } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate, type SubgraphModule } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@requires", "@external"])';

interface Id {
  readonly id: string;
}
/** What happened in the subgraphs, in order: a step is there twice, when it begins and when it is done. */
let log: string[] = [];
const stock = new Map<string, number>();
/** What the stock's subgraph does in place of answering. */
let instead: SubgraphModule['instead'];

/** Slower steps come first in the tests' operations, so that whoever runs them at once has another order. */
const step = async (name: string, ms: number): Promise<void> => {
  log.push(`> ${name}`);
  await wait(ms);
  log.push(`< ${name}`);
};
const refused = () => new GraphQLError('Refused.', { extensions: { code: 'REFUSED', retryable: false } });

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'orders',
      typeDefs: `${LINK}
        type Query { order(id: ID!): Order }
        type Mutation {
          place(id: ID!, ms: Int = 30): Order
          refuse(id: ID!): Order
          mustPlace(id: ID!, fail: Boolean = false): Order!
          note(text: String!): String
        }
        type Order @key(fields: "id") { id: ID! item: Item! placed: Boolean }
        type Item @key(fields: "id", resolvable: false) { id: ID! }`,
      resolvers: {
        Query: { order: (_: unknown, { id }: Id) => ({ id }) },
        Mutation: {
          place: async (_: unknown, { id, ms }: Id & { ms: number }) => {
            await step(`place ${id}`, ms);
            return { id, placed: true };
          },
          refuse: async (_: unknown, { id }: Id) => {
            await step(`refuse ${id}`, 10);
            throw refused();
          },
          mustPlace: async (_: unknown, { id, fail }: Id & { fail: boolean }) => {
            await step(`mustPlace ${id}`, 10);
            if (fail) throw refused();
            return { id, placed: true };
          },
          note: (_: unknown, { text }: { text: string }) => {
            log.push(`note ${text}`);
            return text;
          },
        },
        Order: { __resolveReference: async ({ id }: Id) => ({ id }), item: ({ id }: Id) => ({ id: `item-${id}` }) },
      },
    },
    {
      name: 'stock',
      typeDefs: `${LINK}
        type Mutation { take(item: ID!, count: Int!): Item empty(item: ID!): Boolean }
        type Item @key(fields: "id") { id: ID! left: Int }`,
      resolvers: {
        Mutation: {
          take: async (_: unknown, { item, count }: { item: string; count: number }) => {
            await step(`take ${count} of ${item}`, 10);
            stock.set(item, (stock.get(item) ?? 10) - count);
            return { id: item };
          },
          empty: async (_: unknown, { item }: { item: string }) => {
            log.push(`empty ${item}`);
            stock.set(item, 0);
            return true;
          },
        },
        Item: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          left: async ({ id }: Id) => {
            await step(`left of ${id}`, 20);
            return stock.get(id) ?? 10;
          },
        },
      },
      instead: (received) => instead?.(received),
    },
    {
      name: 'mail',
      typeDefs: `${LINK}
        type Mutation { send(order: ID!): Letter! }
        type Letter { order: Order subject: String }
        type Order @key(fields: "id") { id: ID! placed: Boolean @external letters: [String!]! greeting: String @requires(fields: "placed") }`,
      resolvers: {
        Mutation: {
          send: async (_: unknown, { order }: { order: string }) => {
            await step(`send ${order}`, 5);
            return { order: { id: order }, subject: `about ${order}` };
          },
        },
        Order: {
          __resolveReference: async (one: object) => ({ ...one }),
          letters: async ({ id }: Id) => {
            await step(`letters of ${id}`, 20);
            return [`letter about ${id}`];
          },
          greeting: ({ placed }: { placed?: boolean }) => `placed: ${placed}`,
        },
      },
    },
  ]);
});
afterAll(() => federation.close());
beforeEach(() => {
  instead = undefined;
  log = [];
  stock.clear();
});

describe('mutations of several subgraphs', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'answer under their aliases, in the client’s order',
        query: `mutation($n: Int!) { s: send(order: "1") { subject } t: take(item: "a", count: $n) { id left }
          p: place(id: "2") { id placed } send(order: "2") { subject } }`,
        variables: { n: 4 },
        data: {
          s: { subject: 'about 1' },
          t: { id: 'a', left: 6 },
          p: { id: '2', placed: true },
          send: { subject: 'about 2' },
        },
      },
      {
        it: 'see what those before them did, each in its own follow-up fetches',
        query: `mutation { a: place(id: "1") { item { left } } b: take(item: "item-1", count: 3) { left }
          c: place(id: "1") { item { left } } d: empty(item: "item-1") e: place(id: "1") { item { left } } }`,
        data: {
          a: { item: { left: 10 } },
          b: { left: 7 },
          c: { item: { left: 7 } },
          d: true,
          e: { item: { left: 0 } },
        },
      },
      {
        it: 'go through fragments in the order in which they are written out',
        query: `mutation { ...first send(order: "1") { subject } ...last } fragment last on Mutation { note(text: "z") }
          fragment first on Mutation { take(item: "a", count: 1) { left } }`,
        data: { take: { left: 9 }, send: { subject: 'about 1' }, note: 'z' },
      },
      {
        it: 'go on after one that failed in the middle, which is null',
        query:
          'mutation { a: place(id: "1") { id } r: refuse(id: "2") { id item { left } } t: take(item: "x", count: 2) { left } }',
        data: { a: { id: '1' }, r: null, t: { left: 8 } },
        errors: [{ path: ['r'], code: 'REFUSED' }],
      },
      {
        it: 'leave no data when one failed that may not be null, with its error alone',
        query:
          'mutation { t: take(item: "x", count: 2) { id } m: mustPlace(id: "1", fail: true) { id item { left } } }',
        data: null,
        errors: [{ path: ['m'], code: 'REFUSED' }],
      },
      {
        it: 'take along what their follow-up fetches require',
        query: 'mutation { place(id: "7") { greeting letters } }',
        data: { place: { greeting: 'placed: true', letters: ['letter about 7'] } },
      },
      {
        it: 'skip what is not included',
        query:
          'mutation($no: Boolean!) { a: place(id: "1") @include(if: $no) { id } t: take(item: "x", count: 1) { left @skip(if: $no) } n: note(text: "n") @skip(if: $no) }',
        variables: { no: false },
        data: { t: { left: 9 }, n: 'n' },
      },
    ],
  );

  const orders = [
    {
      it: 'begin only when the one before is done',
      query: 'mutation { place(id: "1", ms: 60) { id } take(item: "a", count: 1) { id } send(order: "1") { subject } }',
      log: ['> place 1', '< place 1', '> take 1 of a', '< take 1 of a', '> send 1', '< send 1'],
    },
    {
      it: 'wait for the follow-up fetches of the one before',
      query: `mutation { place(id: "1") { item { left } letters } take(item: "item-1", count: 1) { left } }`,
      log: [
        ...['> place 1', '< place 1'],
        ...['> left of item-1', '> letters of 1', '< left of item-1', '< letters of 1'],
        ...['> take 1 of item-1', '< take 1 of item-1', '> left of item-1', '< left of item-1'],
      ],
      // the two follow-ups may run together, in either order
      sorted: [2, 6],
    },
    {
      it: 'come back to a subgraph without overtaking another’s',
      query:
        'mutation { a: note(text: "1") b: empty(item: "x") c: note(text: "2") d: empty(item: "y") e: note(text: "3") }',
      log: ['note 1', 'empty x', 'note 2', 'empty y', 'note 3'],
    },
    {
      it: 'wait for follow-ups between two of one subgraph too',
      query: 'mutation { a: place(id: "1") { item { left } } b: place(id: "2") { item { left } } }',
      log: [
        ...['> place 1', '< place 1', '> left of item-1', '< left of item-1'],
        ...['> place 2', '< place 2', '> left of item-2', '< left of item-2'],
      ],
    },
    {
      it: 'run once each, though two are alike',
      query: 'mutation { a: take(item: "x", count: 1) { id } n: note(text: "n") b: take(item: "x", count: 1) { id } }',
      log: ['> take 1 of x', '< take 1 of x', 'note n', '> take 1 of x', '< take 1 of x'],
    },
    {
      it: 'go on after a failure, and ask nobody about what failed',
      query: 'mutation { r: refuse(id: "1") { item { left } letters } n: note(text: "after") }',
      log: ['> refuse 1', '< refuse 1', 'note after'],
    },
  ];
  it.each(orders)('$it', async ({ query, log: expected, sorted: [from = 0, to = 0] = [] }) => {
    forget(federation);
    await federation.ask(query);
    const inOrder = (list: readonly string[]) => [
      ...list.slice(0, from),
      ...list.slice(from, to).sort(),
      ...list.slice(to),
    ];
    expect(inOrder(log)).toEqual(inOrder(expected));
  });

  it.each([
    ['answers with a server error', { status: 503, body: 'Service Unavailable', type: 'text/plain' }],
    ['breaks off', 'break'],
  ] as const)('go on after one whose subgraph %s, and which is sent once', async (_, given) => {
    instead = ({ query }) => (query.includes('take') ? given : undefined);
    forget(federation);
    const { data, errors = [] } = await federation.ask(
      'mutation { p: place(id: "1") { id } t: take(item: "item-1", count: 3) { left } q: place(id: "1") { item { left } } }',
    );
    expect(data).toEqual({ p: { id: '1' }, t: null, q: { item: { left: 10 } } });
    expect(errors.map(({ path }) => path)).toEqual([['t']]);
    expect(federation.received.stock?.filter(({ query }) => query.includes('take'))).toHaveLength(1);
  });

  it('are sent as mutations, and their follow-ups as queries', async () => {
    forget(federation);
    await federation.ask('mutation { place(id: "1") { item { left } } take(item: "a", count: 1) { id } }');
    const kinds = (federation.received.stock ?? []).map(({ query }) => query.trimStart().startsWith('mutation'));
    expect(kinds).toEqual([false, true]);
    expect(federation.received.orders?.map(({ query }) => query.trimStart().startsWith('mutation'))).toEqual([true]);
  });
});
