import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const asGiven = { __resolveReference: (given: object) => given };

const music = {
  name: 'music',
  typeDefs: `${LINK}
    interface Node { id: ID! }
    interface Sound implements Node { id: ID! title: String! by: Artist }
    type Song implements Sound & Node @key(fields: "id") { id: ID! title: String! by: Artist length(unit: String = "s"): String! }
    type Noise implements Sound & Node @key(fields: "id") { id: ID! title: String! by: Artist hertz: Int! }
    type Artist implements Node @key(fields: "id") { id: ID! name: String! sounds: [Sound!]! }
    union Hit = Song | Artist
    type Query { hits: [Hit!]! sounds: [Sound]! node(id: ID!): Node artist: Artist }`,
  resolvers: (() => {
    const artist = { __typename: 'Artist', id: 'a1', name: 'Ada', sounds: ['s1', 'n1'] };
    const known: Readonly<Record<string, object>> = {
      a1: artist,
      s1: { __typename: 'Song', id: 's1', title: 'Air', by: artist },
      n1: { __typename: 'Noise', id: 'n1', title: 'Hum', by: null, hertz: 50 },
    };
    const reference = { __resolveReference: ({ id }: { id: string }) => known[id] };
    return {
      Node: typed,
      Sound: typed,
      Hit: typed,
      Song: { ...reference, length: ({ id }: { id: string }, { unit }: { unit: string }) => `${id} in ${unit}` },
      Noise: reference,
      Artist: { ...reference, sounds: ({ sounds }: { sounds: string[] }) => sounds.map((id) => known[id]) },
      Query: {
        hits: () => [known.s1, known.a1],
        sounds: () => [known.s1, null, known.n1],
        node: (_: unknown, { id }: { id: string }) => known[id],
        artist: () => artist,
      },
    };
  })(),
};

const charts = {
  name: 'charts',
  typeDefs: `${LINK}
    type Song @key(fields: "id") { id: ID! rank(in: String = "world"): String! rivals: [Song!]! }
    type Noise @key(fields: "id") { id: ID! rank(in: String = "world"): String! }
    type Artist @key(fields: "id") { id: ID! fans: Int! best: Song }`,
  resolvers: (() => {
    const ranked = {
      ...asGiven,
      rank: ({ id }: { id: string }, args: { in: string }) => `${id} of the ${args.in}`,
      rivals: () => [{ id: 's1' }],
    };
    return { Song: ranked, Noise: ranked, Artist: { ...asGiven, fans: () => 9, best: () => ({ id: 's1' }) } };
  })(),
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([music, charts]);
});
afterAll(() => graph?.close());

describe('fragments', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'are used in several places, each completed from both subgraphs',
        query: `{ hits { ...S ... on Artist { best { ...S } sounds { ...S id } } } node(id: "s1") { ...S } }
        fragment S on Song { title rank }`,
        data: {
          hits: [
            { title: 'Air', rank: 's1 of the world' },
            {
              best: { title: 'Air', rank: 's1 of the world' },
              sounds: [{ title: 'Air', rank: 's1 of the world', id: 's1' }, { id: 'n1' }],
            },
          ],
          node: { title: 'Air', rank: 's1 of the world' },
        },
      },
      {
        it: 'are nested, named and unnamed',
        query: `query { ... on Query { ...Q } }
        fragment Q on Query { artist { ... { ...A } } }
        fragment A on Artist { name ... on Node { id ... on Artist { fans ...B } } }
        fragment B on Artist { sounds { ...C } }
        fragment C on Sound { ... on Song { rivals { ...D } } ... on Noise { hertz } }
        fragment D on Node { ... on Sound { title ... on Song { rank } } }`,
        data: {
          artist: {
            name: 'Ada',
            id: 'a1',
            fans: 9,
            sounds: [{ rivals: [{ title: 'Air', rank: 's1 of the world' }] }, { hertz: 50 }],
          },
        },
      },
      {
        it: 'may come more than once, and with what the selection has already',
        query: `{ artist { ...A name ...A ...B ... on Artist { ...A fans } } }
        fragment A on Artist { name best { title } } fragment B on Artist { best { rank title } id }`,
        data: { artist: { name: 'Ada', best: { title: 'Air', rank: 's1 of the world' }, id: 'a1', fans: 9 } },
      },
      {
        it: 'set the order of keys by where a key comes first',
        query: '{ artist { ...B fans ...A id } } fragment A on Artist { name id } fragment B on Artist { best { id } }',
        data: { artist: { best: { id: 's1' }, fans: 9, name: 'Ada', id: 'a1' } },
      },
      {
        it: 'of unions are met by the members',
        query:
          '{ hits { ...H __typename } } fragment H on Hit { ... on Node { id ... on Sound { title } } ... on Artist { name } ... on Song { rank(in: "town") } }',
        data: {
          hits: [
            { id: 's1', title: 'Air', rank: 's1 of the town', __typename: 'Song' },
            { id: 'a1', name: 'Ada', __typename: 'Artist' },
          ],
        },
      },
      {
        it: 'of interfaces are met by what implements them, at every level',
        query:
          '{ a: node(id: "a1") { ...N } s: node(id: "s1") { ...N } n: node(id: "n1") { ...N } none: node(id: "x") { ...N } } fragment N on Node { id ... on Sound { title ... on Noise { hertz rank } } }',
        data: {
          a: { id: 'a1' },
          s: { id: 's1', title: 'Air' },
          n: { id: 'n1', title: 'Hum', hertz: 50, rank: 'n1 of the world' },
          none: null,
        },
      },
      {
        it: 'that nothing can meet leave nothing, though each step could be met',
        query:
          '{ sounds { ... on Node { ... on Song { ... on Sound { ... on Noise { hertz rank } } } } } hits { ... on Node { ... on Noise { hertz } } } }',
        data: { sounds: [{}, null, {}], hits: [{}, {}] },
        sent: { music: 1 },
      },
      {
        it: 'use variables, and the same ones in several subgraphs',
        query: `query($u: String!, $in: String = "town") { sounds { ...S } artist { best { ...L } } }
        fragment S on Sound { ...L ... on Noise { rank(in: $in) } } fragment L on Song { length(unit: $u) r: rank(in: $in) s: rank(in: $u) }`,
        variables: { u: 'min' },
        data: {
          sounds: [{ length: 's1 in min', r: 's1 of the town', s: 's1 of the min' }, null, { rank: 'n1 of the town' }],
          artist: { best: { length: 's1 in min', r: 's1 of the town', s: 's1 of the min' } },
        },
      },
      {
        it: 'without a type are what surrounds them',
        query: '{ ... { artist { ... { ... { name } fans } } } sounds { ... { title ... on Song { ... { rank } } } } }',
        data: {
          artist: { name: 'Ada', fans: 9 },
          sounds: [{ title: 'Air', rank: 's1 of the world' }, null, { title: 'Hum' }],
        },
      },
      {
        it: 'with the names of types and of fields are only names',
        query:
          'query Song { artist { ...Artist ...name ...__typename } } fragment Artist on Artist { id } fragment name on Artist { fans } fragment __typename on Artist { __typename }',
        data: { artist: { id: 'a1', fans: 9, __typename: 'Artist' } },
      },
    ],
  );

  it('are found for the chosen one of several operations', async () => {
    const text = `query A { artist { ...F } } query B { sounds { ...G } } fragment F on Artist { fans } fragment G on Sound { title }`;
    expect(await graph.ask(text, {}, { operationName: 'A' })).toMatchObject({ data: { artist: { fans: 9 } } });
    expect(await graph.ask(text, {}, { operationName: 'B' })).toMatchObject({
      data: { sounds: [{ title: 'Air' }, null, { title: 'Hum' }] },
    });
    expect((await graph.ask(text, {}, { operationName: 'C' })).data ?? null).toBeNull();
    expect((await graph.ask(text)).data ?? null).toBeNull();
  });

  it('do not make a subgraph answer anything twice', async () => {
    forget(graph);
    await graph.ask(
      '{ artist { ...A ...B ...A } } fragment A on Artist { fans name } fragment B on Artist { ...A fans }',
    );
    expect(graph.received.charts).toHaveLength(1);
    expect(graph.received.charts?.[0]?.query.match(/fans/g)).toHaveLength(1);
  });

  refuseAll(
    () => graph,
    [
      {
        it: 'are refused when they spread themselves',
        query: '{ artist { ...A } } fragment A on Artist { best { id } ...B } fragment B on Artist { ...A }',
      },
      { it: 'are refused when they are not there', query: '{ artist { ...A } }' },
      { it: 'are refused when nobody uses them', query: '{ artist { id } } fragment A on Artist { id }' },
      { it: 'are refused on a type that there is not', query: '{ artist { ... on Nobody { id } } }' },
      { it: 'are refused on a scalar', query: '{ artist { ... on String { id } } }' },
      { it: 'are refused where their type cannot be', query: '{ hits { ... on Noise { hertz } } }' },
      {
        it: 'are refused when two have one name',
        query: '{ artist { ...A } } fragment A on Artist { id } fragment A on Artist { name }',
      },
    ],
  );
});
