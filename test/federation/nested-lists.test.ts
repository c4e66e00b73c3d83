import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@requires"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const at = (id: string) => ({ __typename: id.startsWith('k') ? 'King' : 'Pawn', id });

/** A board: rows of squares, some of them empty, and cubes of boards. */
const board = {
  name: 'board',
  typeDefs: `${LINK}
    interface Piece { id: ID! }
    type King implements Piece @key(fields: "id") { id: ID! moves: [[[Int]]] steps: [[Step]] @shareable }
    type Step { n: Int @shareable to: String }
    type Pawn implements Piece @key(fields: "id") { id: ID! }
    union Any = King | Pawn
    type Square { piece: Piece past: [[Pawn]!] }
    type Query {
      rows: [[Pawn]] strict: [[Pawn!]!]! cube: [[[Piece]]] anys: [[Any!]] squares: [[Square]!]!
      empty: [[Pawn]!] none: [[Pawn]] ragged: [[[Pawn]]]
    }`,
  resolvers: {
    Piece: typed,
    Any: typed,
    King: {
      __resolveReference: (given: object) => given,
      moves: () => [[[1, null], []], null, [null, [2]]],
      steps: () => [[{ n: 1, to: 'a1' }, null], [], [{ n: 2, to: 'a2' }]],
    },
    Pawn: { __resolveReference: (given: object) => given },
    Query: {
      rows: () => [[at('p1'), null, at('p2')], null, [], [at('p1')], [null]],
      strict: () => [[at('p1')], [at('p2'), at('p1')]],
      cube: () => [[[at('k1'), at('p1')], null, []], null, [[null, at('p2')], [at('k1')]]],
      anys: () => [[at('p3'), at('k1')], null, []],
      squares: () => [
        [{ piece: at('p1'), past: [[at('p2'), null], []] }, null],
        [
          { piece: null, past: null },
          { piece: at('k1'), past: [[at('p1')]] },
        ],
      ],
      empty: () => [],
      none: () => null,
      ragged: () => [[], [[], [null]], [[at('p9'), at('p1')]]],
    },
  },
};

const worth: Readonly<Record<string, number>> = { p1: 1, p2: 2, p3: 3, k1: 100 };
const value = {
  __resolveReference: ({ id, ...given }: { id: string }) => (id in worth ? { id, ...given } : null),
  worth: ({ id }: { id: string }) => worth[id],
  beats: ({ id }: { id: string }) => (id === 'p1' ? [[{ id: 'p2' }], [], [{ id: 'p3' }, { id: 'p2' }]] : []),
};
const values = {
  name: 'values',
  typeDefs: `${LINK}
    type King @key(fields: "id") { id: ID! worth: Int! moves: [[[Int]]] @external reach: String @requires(fields: "moves") steps: [[Step]] @shareable }
    type Step { n: Int @shareable cost: Int }
    type Pawn @key(fields: "id") { id: ID! worth: Int! beats: [[Pawn!]!]! }`,
  resolvers: {
    King: {
      ...value,
      steps: () => [[{ n: 1, cost: 10 }, null], [], [{ n: 2, cost: 20 }]],
      reach: ({ moves }: { moves: unknown }) => JSON.stringify(moves),
    },
    Pawn: value,
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([board, values]);
});
afterAll(() => graph?.close());

describe('lists of lists', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'of entities are completed in place, nulls and empty lists as they are',
        query: '{ rows { worth } }',
        data: { rows: [[{ worth: 1 }, null, { worth: 2 }], null, [], [{ worth: 1 }], [null]] },
        sent: { board: 1, values: 1 },
      },
      {
        it: 'that allow no null are completed',
        query: '{ strict { worth id } }',
        data: {
          strict: [
            [{ worth: 1, id: 'p1' }],
            [
              { worth: 2, id: 'p2' },
              { worth: 1, id: 'p1' },
            ],
          ],
        },
      },
      {
        it: 'of three levels and of several types are completed',
        query: '{ cube { id ... on King { worth } ... on Pawn { w: worth } } }',
        data: {
          cube: [
            [
              [
                { id: 'k1', worth: 100 },
                { id: 'p1', w: 1 },
              ],
              null,
              [],
            ],
            null,
            [[null, { id: 'p2', w: 2 }], [{ id: 'k1', worth: 100 }]],
          ],
        },
        sent: { board: 1, values: 1 },
      },
      {
        it: 'of a union are completed',
        query: '{ anys { ... on Pawn { worth } ... on King { __typename worth } } }',
        data: { anys: [[{ worth: 3 }, { __typename: 'King', worth: 100 }], null, []] },
      },
      {
        it: 'of objects that hold lists of lists are completed',
        query: '{ squares { piece { id ... on Pawn { worth } ... on King { worth } } past { worth } } }',
        data: {
          squares: [
            [{ piece: { id: 'p1', worth: 1 }, past: [[{ worth: 2 }, null], []] }, null],
            [
              { piece: null, past: null },
              { piece: { id: 'k1', worth: 100 }, past: [[{ worth: 1 }]] },
            ],
          ],
        },
      },
      {
        it: 'inside entities’ lists of lists are completed',
        query: '{ strict { beats { id worth beats { id } } } }',
        data: {
          strict: [
            [
              {
                beats: [
                  [{ id: 'p2', worth: 2, beats: [] }],
                  [],
                  [
                    { id: 'p3', worth: 3, beats: [] },
                    { id: 'p2', worth: 2, beats: [] },
                  ],
                ],
              },
            ],
            [
              { beats: [] },
              {
                beats: [
                  [{ id: 'p2', worth: 2, beats: [] }],
                  [],
                  [
                    { id: 'p3', worth: 3, beats: [] },
                    { id: 'p2', worth: 2, beats: [] },
                  ],
                ],
              },
            ],
          ],
        },
        sent: { board: 1, values: 1 },
      },
      {
        it: 'of values that two subgraphs give in parts are put together place by place',
        query: '{ anys { ... on King { steps { cost n to } } } }',
        data: {
          anys: [[{}, { steps: [[{ cost: 10, n: 1, to: 'a1' }, null], [], [{ cost: 20, n: 2, to: 'a2' }]] }], null, []],
        },
        sent: { board: 1, values: 1 },
      },
      {
        it: 'of numbers are given and required as they are',
        query: '{ anys { ... on King { reach moves } } }',
        data: {
          anys: [
            [{}, { reach: '[[[1,null],[]],null,[null,[2]]]', moves: [[[1, null], []], null, [null, [2]]] }],
            null,
            [],
          ],
        },
      },
      {
        it: 'that are empty or null need nobody else',
        query: '{ empty { worth } none { worth } }',
        data: { empty: [], none: null },
        sent: { board: 1 },
      },
      {
        it: 'lose an unknown entity alone where it may be null, with the path to it',
        query: '{ ragged { worth } }',
        data: { ragged: [[], [[], [null]], [[null, { worth: 1 }]]] },
        errors: [{ path: ['ragged', 2, 0, 0, 'worth'] }],
      },
      {
        it: 'under several names are completed each',
        query: '{ a: rows { worth } b: rows { id } c: rows { beats { worth } id } }',
        data: {
          a: [[{ worth: 1 }, null, { worth: 2 }], null, [], [{ worth: 1 }], [null]],
          b: [[{ id: 'p1' }, null, { id: 'p2' }], null, [], [{ id: 'p1' }], [null]],
          c: [
            [{ beats: [[{ worth: 2 }], [], [{ worth: 3 }, { worth: 2 }]], id: 'p1' }, null, { beats: [], id: 'p2' }],
            null,
            [],
            [{ beats: [[{ worth: 2 }], [], [{ worth: 3 }, { worth: 2 }]], id: 'p1' }],
            [null],
          ],
        },
      },
    ],
  );

  it('send each entity once', async () => {
    forget(graph);
    await graph.ask('{ rows { worth } }');
    expect(representationsIn(graph.received.values)).toEqual([
      { __typename: 'Pawn', id: 'p1' },
      { __typename: 'Pawn', id: 'p2' },
    ]);
  });

  it('send each entity once through three levels and several types', async () => {
    forget(graph);
    await graph.ask('{ cube { ... on King { worth } ... on Pawn { worth } } }');
    const sent = representationsIn(graph.received.values).map((one) => (one as { id: string }).id);
    expect(sent.sort()).toEqual(['k1', 'p1', 'p2']);
  });
});
