import { afterAll, beforeAll, describe } from 'vitest';
import { checkAll } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };

interface Room {
  readonly __typename: string;
  readonly id: string;
}
const ROOMS: readonly (Room & Record<string, unknown>)[] = [
  {
    __typename: 'Suite',
    id: 'r1',
    beds: 4,
    next: { __typename: 'Hall', id: 'r3' },
    kind: 'grand',
    note: { __typename: 'Text', text: 'sea view', about: { __typename: 'Suite', id: 'r1' } },
  },
  {
    __typename: 'Cabin',
    id: 'r2',
    beds: 1,
    next: null,
    kind: { __typename: 'Kind', code: 7 },
    note: { __typename: 'Photo', url: 'p.png', of: { __typename: 'Hall', id: 'r3' } },
  },
  { __typename: 'Hall', id: 'r3', seats: 90, next: { __typename: 'Cabin', id: 'r2' }, note: null },
];
const room = ({ id }: { id: string }) => ROOMS.find((one) => one.id === id) ?? null;
const whole = { __resolveReference: room, next: ({ next }: { next: Room | null }) => next && room(next) };

const house = {
  name: 'house',
  typeDefs: `${LINK}
    interface Space { id: ID! next: Space note: Note }
    interface Sleeps implements Space { id: ID! next: Space note: Note beds: Int! }
    type Suite implements Sleeps & Space @key(fields: "id") { id: ID! next: Space note: Note beds: Int! kind: String }
    type Cabin implements Sleeps & Space @key(fields: "id") { id: ID! next: Space note: Note beds: Int! kind: Kind }
    type Hall implements Space @key(fields: "id") { id: ID! next: Space note: Note seats: Int! }
    type Kind { code: Int! }
    union Note = Text | Photo
    type Text { text: String! about: Space! }
    type Photo { url: String! of: Hall! }
    type Query { spaces: [Space]! sleeps: [Sleeps!]! space(id: ID!): Space grid: [[Space]!] notes: [Note!]! }`,
  resolvers: {
    Space: typed,
    Sleeps: typed,
    Note: typed,
    Suite: whole,
    Cabin: whole,
    Hall: whole,
    Text: { about: ({ about }: { about: Room }) => room(about) },
    Photo: { of: ({ of }: { of: Room }) => room(of) },
    Query: {
      spaces: () => [ROOMS[0], null, ROOMS[2], ROOMS[1]],
      sleeps: () => [ROOMS[1], ROOMS[0]],
      space: (_: unknown, asked: { id: string }) => room(asked),
      grid: () => [[ROOMS[2], null], [], [ROOMS[1]]],
      notes: () => [ROOMS[1]?.note, ROOMS[0]?.note],
    },
  },
};

const rent = { __resolveReference: (given: object) => given, rent: ({ id }: Room) => Number(id.slice(1)) * 100 };
const desk = {
  name: 'desk',
  typeDefs: `${LINK}
    interface Let { rent: Int! }
    type Suite implements Let @key(fields: "id") { id: ID! rent: Int! butler: String }
    type Cabin implements Let @key(fields: "id") { id: ID! rent: Int! }
    type Hall @key(fields: "id") { id: ID! rent: Int! }`,
  resolvers: {
    Let: typed,
    Suite: { ...rent, butler: () => 'James' },
    Cabin: rent,
    Hall: rent,
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([house, desk]);
});
afterAll(() => graph?.close());

describe('an abstract type whose __typename is not selected', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'answers fields of the interface alone',
        query: '{ spaces { id } }',
        data: { spaces: [{ id: 'r1' }, null, { id: 'r3' }, { id: 'r2' }] },
        sent: { house: 1 },
      },
      {
        it: 'selects by types',
        query: '{ spaces { ... on Suite { beds } ... on Hall { seats } } }',
        data: { spaces: [{ beds: 4 }, null, { seats: 90 }, {}] },
      },
      {
        it: 'selects by an interface below an interface',
        query: '{ spaces { ... on Sleeps { beds } id } }',
        data: { spaces: [{ beds: 4, id: 'r1' }, null, { id: 'r3' }, { beds: 1, id: 'r2' }] },
      },
      {
        it: 'selects by an interface of another subgraph',
        query: '{ spaces { ... on Let { rent } } }',
        data: { spaces: [{ rent: 100 }, null, {}, { rent: 200 }] },
        sent: { house: 1, desk: 1 },
      },
      {
        it: 'completes each type from its other subgraph',
        query: '{ grid { ... on Hall { rent } ... on Cabin { rent beds } } }',
        data: { grid: [[{ rent: 300 }, null], [], [{ rent: 200, beds: 1 }]] },
        sent: { house: 1, desk: 1 },
      },
      {
        it: 'goes through abstract types below abstract types',
        query: `{ spaces { note { ... on Text { about { ... on Sleeps { next { ... on Hall { seats rent } } } } }
        ... on Photo { of { next { ... on Let { rent } } } } } } }`,
        data: {
          spaces: [
            { note: { about: { next: { seats: 90, rent: 300 } } } },
            null,
            { note: null },
            { note: { of: { next: { rent: 200 } } } },
          ],
        },
      },
      {
        it: 'tells a field of one name apart by type, whatever it is',
        query: '{ sleeps { ... on Suite { kind } ... on Cabin { of: kind { code } } } }',
        data: { sleeps: [{ of: { code: 7 } }, { kind: 'grand' }] },
      },
      {
        it: 'lets the type be called otherwise',
        query: '{ spaces { type: __typename next { t: __typename id } } }',
        data: {
          spaces: [
            { type: 'Suite', next: { t: 'Hall', id: 'r3' } },
            null,
            { type: 'Hall', next: { t: 'Cabin', id: 'r2' } },
            { type: 'Cabin', next: null },
          ],
        },
      },
      {
        it: 'gives the type twice under two names, and once under its own',
        query:
          '{ space(id: "r1") { a: __typename __typename b: __typename ... on Suite { __typename c: __typename } } }',
        data: { space: { a: 'Suite', __typename: 'Suite', b: 'Suite', c: 'Suite' } },
      },
      {
        it: 'lets fields be called as the plan calls its own',
        query:
          '{ spaces { _entities: __typename representations: id ... on Suite { _internal_qp_alias_0: butler rent: beds } } }',
        data: {
          spaces: [
            { _entities: 'Suite', representations: 'r1', _internal_qp_alias_0: 'James', rent: 4 },
            null,
            { _entities: 'Hall', representations: 'r3' },
            { _entities: 'Cabin', representations: 'r2' },
          ],
        },
      },
      {
        it: 'gives only types',
        query: '{ notes { __typename } sleeps { next { __typename } } }',
        data: {
          notes: [{ __typename: 'Photo' }, { __typename: 'Text' }],
          sleeps: [{ next: null }, { next: { __typename: 'Hall' } }],
        },
      },
      {
        it: 'leaves nothing where nothing is met',
        query: '{ spaces { ... on Suite { ... on Let { ... on Suite { butler } } } } notes { ... on Text { text } } }',
        data: { spaces: [{ butler: 'James' }, null, {}, {}], notes: [{}, { text: 'sea view' }] },
      },
      {
        it: 'follows an interface’s own field several levels down',
        query: '{ space(id: "r1") { next { next { id ... on Cabin { beds rent } next { id } } } } }',
        data: { space: { next: { next: { id: 'r2', beds: 1, rent: 200, next: null } } } },
      },
      {
        it: 'keeps the client’s order of what fragments give',
        query: '{ sleeps { ... on Cabin { rent } beds ... on Let { rent } ... on Suite { butler id } id } }',
        data: {
          sleeps: [
            { rent: 200, beds: 1, id: 'r2' },
            { beds: 4, rent: 100, butler: 'James', id: 'r1' },
          ],
        },
      },
      {
        it: 'mixes one path’s typed and untyped selections',
        query: '{ a: spaces { ... on Hall { seats } } b: spaces { __typename ... on Hall { seats } } }',
        data: {
          a: [{}, null, { seats: 90 }, {}],
          b: [{ __typename: 'Suite' }, null, { __typename: 'Hall', seats: 90 }, { __typename: 'Cabin' }],
        },
      },
    ],
  );

  refuseAll(
    () => graph,
    [
      { it: 'refuses another field under the name of the type', query: '{ spaces { __typename: id } }' },
      {
        it: 'refuses one name for fields of different shapes',
        query: '{ sleeps { ... on Suite { kind } ... on Cabin { kind { code } } } }',
      },
      { it: 'refuses a field that only the types have', query: '{ spaces { rent } }' },
      { it: 'refuses an abstract type without a selection', query: '{ spaces }' },
      { it: 'refuses a fragment that can never be met', query: '{ notes { ... on Suite { id } } }' },
    ],
  );
});
