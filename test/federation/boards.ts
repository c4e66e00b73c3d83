import { GraphQLError } from 'graphql';
import { type Federation, federate, type Received } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';

interface Id {
  readonly id: string;
}
const failed = (id: string) =>
  new GraphQLError(`Failed for ${id}.`, { extensions: { code: 'TOO_LATE', hint: { retry: [1, 2], why: null } } });
const orFail = <T>(id: string, value: T): T => {
  if (id.startsWith('bad')) throw failed(id);
  return value;
};

const SHAPES = [
  { __typename: 'Flat', id: 'bad-flat' },
  { __typename: 'Round', id: 'bad-round' },
  { __typename: 'Flat', id: 'f' },
  { __typename: 'Round', id: 'r' },
];
/** Of the two members of a union that two subgraphs have. */
const SHAPED = {
  Flat: { size: ({ id }: Id) => orFail(id, 3), inner: ({ id }: Id) => [{ id: 'in' }, { id }] },
  Round: {
    name: ({ id }: Id) => id,
    size: ({ id }: Id) => orFail(id, 4),
    inner: ({ id }: Id) => [{ id: 'in' }, { id }],
  },
};

/**
 * Boards of pieces over three subgraphs; whatever has an id that begins with `bad` fails. `instead` gives what the
 * pieces' owner answers to an entity fetch in place of its own answer.
 */
export const startBoards = (instead: (received: Received) => object | undefined): Promise<Federation> =>
  federate([
    {
      name: 'boards',
      typeDefs: `${LINK}
        type Query { board: Board boards: [Board!]! cells: [[[Piece]]] piece(id: ID!): Piece things: [Thing] shapes: [Shape] own(id: ID!): [Own] }
        type Board { rows: [Row] main: Piece }
        type Row { pieces: [Piece] first: Piece rows: [Row] }
        type Own { name(id: ID): String parts: [Own] }
        type Piece @key(fields: "id", resolvable: false) { id: ID! }
        union Thing = Stone | Stick
        type Stone @key(fields: "id", resolvable: false) { id: ID! }
        type Stick @key(fields: "id", resolvable: false) { id: ID! }
        union Shape = Flat | Round
        type Flat @shareable { size: Int! inner: [Flat!] }
        type Round @shareable { size: Int name: String inner: [Round] }`,
      resolvers: {
        Query: {
          board: () => ({
            main: { id: 'bad-main' },
            rows: [
              {
                pieces: [{ id: 'a' }, { id: 'bad-1' }],
                first: { id: 'a' },
                rows: [{ pieces: [null, { id: 'bad-1' }] }],
              },
              null,
              { pieces: [{ id: 'bad-2' }], first: { id: 'bad-1' }, rows: [] },
            ],
          }),
          boards: () => [{ rows: [] }, { main: { id: 'bad-1' }, rows: [] }],
          cells: () => [
            [[{ id: 'a' }], null],
            [[null, { id: 'bad-1' }], []],
          ],
          piece: (_: unknown, { id }: Id) => ({ id }),
          things: () => [
            { __typename: 'Stone', id: 'bad-stone' },
            { __typename: 'Stick', id: 'bad-stick' },
            { __typename: 'Stone', id: 's' },
            { __typename: 'Stick', id: 't' },
          ],
          shapes: () => SHAPES,
          own: (_: unknown, { id }: Id) => [{ id }, { id, parts: [null, { id }] }],
        },
        ...SHAPED,
        Own: { name: (_: unknown, { id }: Id) => orFail(id, id) },
      },
    },
    {
      name: 'pieces',
      typeDefs: `${LINK}
        type Query { shared: Stone }
        type Piece @key(fields: "id") { id: ID! name: String parts: [Part] next: Piece tag(of: String): String shapes: [Shape] }
        union Shape = Flat | Round
        type Flat @shareable { size: Int! inner: [Flat!] }
        type Round @shareable { size: Int name: String inner: [Round] }
        type Part { name: String weight: Int }
        type Stone @key(fields: "id") { id: ID! value: Int! @shareable }
        type Stick @key(fields: "id") { id: ID! value: Int }`,
      resolvers: {
        Query: { shared: () => null },
        Piece: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          name: ({ id }: Id) => orFail(id, `name ${id}`),
          parts: ({ id }: Id) => [{ id: 'p' }, { id }],
          next: ({ id }: Id) => ({ id }),
          shapes: () => SHAPES,
          tag: (_: unknown, { of }: { of: string }) => orFail(of, of),
        },
        ...SHAPED,
        Part: { name: ({ id }: Id) => orFail(id, id), weight: () => 1 },
        Stone: { __resolveReference: async ({ id }: Id) => ({ id }), value: ({ id }: Id) => orFail(id, 1) },
        Stick: { __resolveReference: async ({ id }: Id) => ({ id }), value: ({ id }: Id) => orFail(id, 2) },
      },
      instead: (received) => {
        const body = received.query.includes('_entities') ? instead(received) : undefined;
        return body === undefined ? undefined : { status: 200, body: JSON.stringify(body) };
      },
    },
    {
      // makes Stone.value nullable to clients, so that they may select it beside Stick.value
      name: 'museum',
      typeDefs: `${LINK} type Query { stones: [Stone] flat: Flat } type Stone @key(fields: "id", resolvable: false) { id: ID! value: Int @shareable } type Flat @shareable { size: Int inner: [Flat] }`,
      resolvers: { Query: { stones: () => [] } },
    },
  ]);
