// longer than 300 lines: the table of one feature's cases, which is read row by row
import { setTimeout as pause } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsOf, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external", "@requires"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const named = (id: string) => ({ __typename: id.startsWith('f') ? 'Ferry' : 'Train', id });

/** Says how many streams of the timetable have been begun and not yet ended. */
let open = 0;
/** An event for each id, in order. */
async function* announced(ids: readonly string[]) {
  open += 1;
  try {
    for (const id of ids)
      yield { delayed: named(id), minutes: ids.indexOf(id), news: ids.map(named), grid: [ids.map(named), null] };
  } finally {
    open -= 1;
  }
}

/** Announces journeys, about which it knows nothing but their type. */
const timetable = {
  name: 'timetable',
  typeDefs: `${LINK}
    interface Journey { id: ID! }
    type Train implements Journey @key(fields: "id") { id: ID! }
    type Ferry implements Journey @key(fields: "id") { id: ID! }
    union Any = Train | Ferry
    type Query { now: String }
    input Filter { only: [ID!] = ["t1", "f1"], limit: Limit }
    input Limit { most: Int = 9 }
    type Subscription {
      delayed(ids: [ID!] = ["t1", "f1", "t2"]): Journey
      surely(ids: [ID!]!): Train!
      either(filter: Filter): Any
      news(ids: [ID!]!): [Journey]
      grid(ids: [ID!]!): [[Journey]]
      minutes(ids: [ID!]!, offset: Int = 10): Int
      broken(ids: [ID!]!): Int
      ticks: Int
      refused: Int
    }`,
  resolvers: {
    Journey: typed,
    Any: typed,
    Subscription: {
      delayed: { subscribe: (_: unknown, { ids }: { ids: string[] }) => announced(ids) },
      surely: {
        subscribe: (_: unknown, { ids }: { ids: string[] }) => announced(ids),
        resolve: ({ delayed }: { delayed: object }) => delayed,
      },
      either: {
        subscribe: (_: unknown, { filter }: { filter?: { only: string[]; limit?: { most: number } } }) =>
          announced((filter?.only ?? []).slice(0, filter?.limit?.most)),
        resolve: ({ delayed }: { delayed: object }) => delayed,
      },
      news: {
        subscribe: (_: unknown, { ids }: { ids: string[] }) => announced(ids.slice(0, 1)),
        resolve: (_: unknown, { ids }: { ids: string[] }) => ids.map((id) => (id === '' ? null : named(id))),
      },
      grid: { subscribe: (_: unknown, { ids }: { ids: string[] }) => announced(ids) },
      minutes: {
        subscribe: (_: unknown, { ids }: { ids: string[] }) => announced(ids),
        resolve: ({ minutes }: { minutes: number }, { offset }: { offset: number }) => minutes + offset,
      },
      broken: {
        subscribe: (_: unknown, { ids }: { ids: string[] }) => announced(ids),
        resolve: ({ minutes }: { minutes: number }) => {
          if (minutes === 1) throw new GraphQLError('No number.', { extensions: { code: 'NO_NUMBER' } });
          return minutes;
        },
      },
      ticks: {
        subscribe: async function* () {
          open += 1;
          try {
            for (let ticks = 1; ; ticks += 1) {
              yield { ticks };
              await pause(5);
            }
          } finally {
            open -= 1;
          }
        },
      },
      refused: {
        subscribe: () => {
          throw new GraphQLError('Not today.', { extensions: { code: 'FORBIDDEN' } });
        },
      },
    },
  },
};

let asked = 0;
const fleet = {
  name: 'fleet',
  typeDefs: `${LINK}
    type Train @key(fields: "id") { id: ID! name: String! cars: Int stops: [Stop!]! asked: Int! }
    type Ferry @key(fields: "id") { id: ID! name: String! deck(upper: Boolean = false): String }
    type Stop @key(fields: "code") { code: ID! }`,
  resolvers: (() => {
    const reference = {
      __resolveReference: async ({ id }: { id: string }) => {
        if (id === 't-fails') throw new GraphQLError('No engine.', { extensions: { code: 'NO_ENGINE' } });
        if (id === 't-slow') await pause(60);
        return id === 't-unknown' ? null : { id, name: `name of ${id}` };
      },
    };
    return {
      Train: {
        ...reference,
        cars: ({ id }: { id: string }) => {
          if (id === 't-uncounted') throw new GraphQLError('Not counted.', { extensions: { code: 'NO_COUNT' } });
          return 8;
        },
        stops: () => [{ code: 'A' }, { code: 'B' }],
        asked: () => {
          asked += 1;
          return asked;
        },
      },
      Ferry: { ...reference, deck: (_: unknown, { upper }: { upper: boolean }) => (upper ? 'upper' : 'lower') },
    };
  })(),
  /** Its server falls over whenever it is asked for this one. */
  instead: ({ variables }: { variables: object }) =>
    JSON.stringify(variables).includes('t-down') ? { status: 500, body: 'oh no' } : undefined,
};

const weather = {
  name: 'weather',
  typeDefs: `${LINK}
    type Stop @key(fields: "code") { code: ID! rain: Boolean! }
    type Train @key(fields: "id") { id: ID! cars: Int @external delay: Int @requires(fields: "cars") }`,
  resolvers: {
    Stop: { __resolveReference: (given: object) => given, rain: ({ code }: { code: string }) => code === 'A' },
    Train: {
      __resolveReference: (given: object) => given,
      delay: ({ cars }: { cars: number | null }) => (cars === null ? -1 : cars * 2),
    },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([timetable, fleet, weather]);
});
afterAll(() => graph?.close());

interface Told {
  readonly data: unknown;
  readonly errors?: readonly { readonly path?: unknown; readonly code?: unknown }[];
}
/** All events of a subscription that ends by itself. */
const events = async (query: string, variables: object = {}): Promise<Told[]> => {
  const all: Told[] = [];
  for await (const { data, errors } of graph.subscribe(query, variables))
    all.push({
      data,
      ...(errors && { errors: errors.map(({ path, extensions }) => ({ path, code: extensions?.code })) }),
    });
  return all;
};
/** What a subscription that cannot be started is refused with. */
const refusal = async (query: string, variables: object = {}): Promise<unknown> => {
  try {
    return { events: await events(query, variables) };
  } catch (refused) {
    return refused;
  }
};
const texts = (all: readonly Told[]) => all.map(({ data }) => JSON.stringify(data));

describe('a subscription', () => {
  const ROWS: readonly { it: string; query: string; variables?: object; events: readonly Told[] }[] = [
    {
      it: 'completes each event from the owners of what it names, in order, to its end',
      query: 'subscription { delayed { id ... on Train { name cars } ... on Ferry { name deck } } }',
      events: [
        { data: { delayed: { id: 't1', name: 'name of t1', cars: 8 } } },
        { data: { delayed: { id: 'f1', name: 'name of f1', deck: 'lower' } } },
        { data: { delayed: { id: 't2', name: 'name of t2', cars: 8 } } },
      ],
    },
    {
      it: 'needs no other subgraph for what its own knows',
      query: 'subscription { delayed(ids: ["f1"]) { __typename id } }',
      events: [{ data: { delayed: { __typename: 'Ferry', id: 'f1' } } }],
    },
    {
      it: 'completes through several subgraphs, one after the other',
      query: 'subscription($ids: [ID!]!) { surely(ids: $ids) { delay stops { rain code } } }',
      variables: { ids: ['t1'] },
      events: [
        {
          data: {
            surely: {
              delay: 16,
              stops: [
                { rain: true, code: 'A' },
                { rain: false, code: 'B' },
              ],
            },
          },
        },
      ],
    },
    {
      it: 'filters by variables, in lists and in inputs, with their defaults',
      query:
        'subscription($most: Int) { either(filter: { only: ["t1", "f1", "t2"], limit: { most: $most } }) { ... on Ferry { deck(upper: true) } ... on Train { id } } }',
      variables: { most: 2 },
      events: [{ data: { either: { id: 't1' } } }, { data: { either: { deck: 'upper' } } }],
    },
    {
      it: 'takes a whole input as a variable',
      query: 'subscription($filter: Filter) { either(filter: $filter) { __typename ... on Train { name } } }',
      variables: { filter: { limit: { most: 1 } } },
      events: [{ data: { either: { __typename: 'Train', name: 'name of t1' } } }],
    },
    {
      it: 'takes variables in what the owners are asked',
      query:
        'subscription($upper: Boolean!) { delayed(ids: ["f1"]) { ... on Ferry { a: deck(upper: $upper) b: deck } } }',
      variables: { upper: true },
      events: [{ data: { delayed: { a: 'upper', b: 'lower' } } }],
    },
    {
      it: 'keeps aliases, fragments and the client’s order',
      query: `subscription S($ids: [ID!]!) { ...R } fragment R on Subscription { what: delayed(ids: $ids) { ...J } }
        fragment J on Journey { ... on Train { size: cars called: name } key: id t: __typename }`,
      variables: { ids: ['t1', 'f1'] },
      events: [
        { data: { what: { size: 8, called: 'name of t1', key: 't1', t: 'Train' } } },
        { data: { what: { key: 'f1', t: 'Ferry' } } },
      ],
    },
    {
      it: 'decides @skip and @include once, for all events',
      query:
        'subscription($s: Boolean!) { delayed(ids: ["t1", "t2"]) { id @skip(if: $s) ... on Train @include(if: $s) { name } } }',
      variables: { s: true },
      events: [{ data: { delayed: { name: 'name of t1' } } }, { data: { delayed: { name: 'name of t2' } } }],
    },
    {
      it: 'keeps the events’ order though one takes longer to complete',
      query: 'subscription { delayed(ids: ["t-slow", "t1", "t-slow", "t2"]) { id ... on Train { name } } }',
      events: ['t-slow', 't1', 't-slow', 't2'].map((id) => ({ data: { delayed: { id, name: `name of ${id}` } } })),
    },
    {
      it: 'completes lists, with nulls in their places',
      query: 'subscription { news(ids: ["t1", "", "f1", "t1"]) { id ... on Train { name } } }',
      events: [
        { data: { news: [{ id: 't1', name: 'name of t1' }, null, { id: 'f1' }, { id: 't1', name: 'name of t1' }] } },
      ],
    },
    {
      it: 'completes lists of lists',
      query: 'subscription { grid(ids: ["t1", "f1"]) { ... on Train { name } ... on Ferry { deck } } }',
      events: [1, 2].map(() => ({ data: { grid: [[{ name: 'name of t1' }, { deck: 'lower' }], null] } })),
    },
    {
      it: 'loses the one event whose entity its owner fails to give',
      query: 'subscription { delayed(ids: ["t1", "t-fails", "t2"]) { id ... on Train { name } } }',
      events: [
        { data: { delayed: { id: 't1', name: 'name of t1' } } },
        { data: { delayed: null }, errors: [{ path: ['delayed'], code: 'NO_ENGINE' }] },
        { data: { delayed: { id: 't2', name: 'name of t2' } } },
      ],
    },
    {
      it: 'loses the one field that its owner fails to give',
      query: 'subscription { what: delayed(ids: ["t-uncounted", "t1"]) { id ... on Train { n: cars name } } }',
      events: [
        {
          data: { what: { id: 't-uncounted', n: null, name: 'name of t-uncounted' } },
          errors: [{ path: ['what', 'n'], code: 'NO_COUNT' }],
        },
        { data: { what: { id: 't1', n: 8, name: 'name of t1' } } },
      ],
    },
    {
      it: 'loses in one event alone what a fallen subgraph would have brought',
      query: 'subscription { delayed(ids: ["t1", "t-down", "t2"]) { id ... on Train { cars } } }',
      events: [
        { data: { delayed: { id: 't1', cars: 8 } } },
        {
          data: { delayed: { id: 't-down', cars: null } },
          errors: [{ path: ['delayed', 'cars'], code: expect.any(String) }],
        },
        { data: { delayed: { id: 't2', cars: 8 } } },
      ],
    },
    {
      it: 'goes on where a list’s one entity fails, with the path to it',
      query: 'subscription { news(ids: ["t1", "t-uncounted"]) { ... on Train { cars } } }',
      events: [
        { data: { news: [{ cars: 8 }, { cars: null }] }, errors: [{ path: ['news', 1, 'cars'], code: 'NO_COUNT' }] },
      ],
    },
    {
      it: 'gives no data in the one event whose root must be there',
      query: 'subscription { surely(ids: ["t-unknown", "t1"]) { name } }',
      events: [
        { data: null, errors: [{ path: ['surely', 'name'], code: expect.any(String) }] },
        { data: { surely: { name: 'name of t1' } } },
      ],
    },
    {
      it: 'passes on an error of the event itself, and goes on',
      query: 'subscription { b: broken(ids: ["t1", "t2", "t3"]) }',
      events: [
        { data: { b: 0 } },
        { data: { b: null }, errors: [{ path: ['b'], code: 'NO_NUMBER' }] },
        { data: { b: 2 } },
      ],
    },
    {
      it: 'gives plain values, under a name, with a default of its own',
      query: 'subscription($ids: [ID!]!, $offset: Int = 3) { m: minutes(ids: $ids, offset: $offset) }',
      variables: { ids: ['a', 'b'] },
      events: [{ data: { m: 3 } }, { data: { m: 4 } }],
    },
    { it: 'ends at once where there is no event', query: 'subscription { minutes(ids: []) }', events: [] },
  ];
  it.each(ROWS)('$it', async ({ query, variables, events: expected }) => {
    const all = await events(query, variables);
    expect(all).toEqual(expected);
    expect(texts(all)).toEqual(texts(expected));
  });

  it('asks anew for each event, and once for each', async () => {
    forget(graph);
    const all = await events('subscription { surely(ids: ["t1", "t1", "t1"]) { asked } }');
    const [first, ...rest] = all.map(({ data }) => (data as { surely: { asked: number } }).surely.asked);
    expect(rest).toEqual([Number(first) + 1, Number(first) + 2]);
    expect(countsOf(graph)).toEqual({ timetable: 1, fleet: 3 });
  });

  it('sends the subgraph only what it has to know', async () => {
    forget(graph);
    await events(
      'subscription($ids: [ID!]!, $upper: Boolean) { delayed(ids: $ids) { ... on Ferry { deck(upper: $upper) } } }',
      {
        ids: ['f1'],
        upper: true,
      },
    );
    expect(graph.received.timetable?.[0]?.variables).toEqual({ ids: ['f1'] });
    expect(graph.received.timetable?.[0]?.query).not.toContain('deck');
    expect(Object.keys(graph.received.fleet?.[0]?.variables ?? {}).sort()).toEqual(['representations', 'upper']);
  });

  it('serves several clients at once, each its own', async () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      events('subscription($ids: [ID!]!) { surely(ids: $ids) { id name } }', { ids: [`t-${i}`, `t-${i}b`] }),
    );
    expect((await Promise.all(many)).map(texts)).toEqual(
      many.map((_, i) => [`t-${i}`, `t-${i}b`].map((id) => JSON.stringify({ surely: { id, name: `name of ${id}` } }))),
    );
  });

  it('is ended at the subgraph when the client goes, and when it has ended by itself', async () => {
    await expect.poll(() => open).toBe(0);
    const stream = graph.subscribe('subscription { ticks }');
    expect((await stream.next()).value).toEqual({ data: { ticks: 1 } });
    expect((await stream.next()).value).toEqual({ data: { ticks: 2 } });
    expect(open).toBe(1);
    await stream.return?.();
    await expect.poll(() => open).toBe(0);
  });

  it.each([
    ['two root fields', 'subscription { minutes(ids: []) ticks }', {}],
    ['a field that there is not', 'subscription { nothing }', {}],
    ['the type’s name alone', 'subscription { __typename }', {}],
    ['introspection', 'subscription { __schema { queryType { name } } }', {}],
    ['a missing variable', 'subscription($ids: [ID!]!) { minutes(ids: $ids) }', {}],
    ['a wrong variable', 'subscription($o: Int) { minutes(ids: [], offset: $o) }', { o: 'sekret' }],
    ['a wrong literal', 'subscription { minutes(ids: [], offset: "sekret") }', {}],
  ])('is refused for %s, and no subgraph is asked', async (_case, query, variables) => {
    forget(graph);
    const refused = await refusal(query, variables);
    expect(refused).toEqual(expect.arrayContaining([expect.objectContaining({ message: expect.any(String) })]));
    expect(JSON.stringify(refused)).not.toContain('sekret');
    expect(countsOf(graph)).toEqual({});
  });

  it('is refused by the subgraph with an error, and never hangs', async () => {
    const refused = await refusal('subscription { refused }');
    // whether it comes as the subscription's one result or in its place is the subgraph's server's choice
    expect(JSON.stringify(refused)).toMatch(/"code":"(FORBIDDEN|VENDOR_REJECTED)"/);
    expect(open).toBe(0);
  });

  it('is not answered as a query is', async () => {
    const { data, errors } = await graph.ask('subscription { ticks }');
    expect(data ?? null).toBeNull();
    expect(errors?.length).toBeGreaterThan(0);
  });

  it('leaves the connection’s queries answered', async () => {
    expect(await events('query { now }')).toEqual([{ data: { now: null } }]);
  });
});
