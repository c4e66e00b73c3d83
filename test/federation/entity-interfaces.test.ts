import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external", "@requires"])';

interface Known {
  readonly __typename: string;
  readonly id: string;
}
const typed = { __resolveType: ({ __typename }: Known) => __typename };
const PEOPLE = [
  { __typename: 'Clerk', id: 'p1', name: 'Ada', desk: 7 },
  { __typename: 'Buyer', id: 'p2', name: 'Bea', since: 2019 },
  { __typename: 'Buyer', id: 'p3', name: 'Cal', since: null },
];
const person = ({ id }: { id: string }) => PEOPLE.find((one) => one.id === id) ?? null;
const ASKS = [
  { id: 'a1', text: 'Where is it?', by: { __typename: 'Buyer', id: 'p2' }, seen: ['p1', 'p2'] },
  { id: 'a2', text: 'Here.', by: { __typename: 'Clerk', id: 'p1' }, seen: [] },
  { id: 'a3', text: 'Anyone?', by: null, seen: ['p3', 'p9'] },
];

/** Owns people: an interface with a key, and the entities behind it. */
const people = {
  name: 'people',
  typeDefs: `${LINK}
    interface Person @key(fields: "id") { id: ID! name: String! greeting(loud: Boolean = false): String! }
    type Clerk implements Person @key(fields: "id") { id: ID! name: String! greeting(loud: Boolean = false): String! desk: Int! }
    type Buyer implements Person @key(fields: "id") { id: ID! name: String! greeting(loud: Boolean = false): String! since: Int }
    type Query { people: [Person!]! person(id: ID!): Person clerks: [Clerk!]! }`,
  resolvers: (() => {
    const one = {
      __resolveReference: person,
      greeting: ({ name }: { name: string }, { loud }: { loud: boolean }) => (loud ? `HI ${name}!` : `Hi ${name}`),
    };
    return {
      Person: { ...typed, __resolveReference: person },
      Clerk: one,
      Buyer: one,
      Query: {
        people: () => PEOPLE,
        person: (_: unknown, asked: { id: string }) => person(asked),
        clerks: () => PEOPLE.filter(({ __typename }) => __typename === 'Clerk'),
      },
    };
  })(),
};

/** Names the same entities with an interface of its own making, without a key, and points at them. */
const forum = {
  name: 'forum',
  typeDefs: `${LINK}
    interface Person { id: ID! asks: [Ask!]! }
    type Clerk implements Person @key(fields: "id") { id: ID! asks: [Ask!]! }
    type Buyer implements Person @key(fields: "id") { id: ID! asks: [Ask!]! }
    type Ask @key(fields: "id") { id: ID! text: String! by: Person seen: [Person]! }
    type Query { asks: [Ask!]! }`,
  resolvers: (() => {
    const one = {
      __resolveReference: (given: object) => given,
      asks: ({ id }: { id: string }) => ASKS.filter(({ by }) => by?.id === id),
    };
    return {
      Person: typed,
      Clerk: one,
      Buyer: one,
      Ask: {
        __resolveReference: ({ id }: { id: string }) => ASKS.find((ask) => ask.id === id) ?? null,
        seen: ({ seen }: { seen: string[] }) =>
          seen.map((id) => (id === 'p9' ? { __typename: 'Buyer', id } : person({ id }))),
      },
      Query: { asks: () => ASKS },
    };
  })(),
};

/** Knows one of the two entities only, and needs a field that the interface promises. */
const loyalty = {
  name: 'loyalty',
  typeDefs: `${LINK}
    type Buyer @key(fields: "id") { id: ID! name: String! @external card: String! @requires(fields: "name") points: Int }`,
  resolvers: {
    Buyer: {
      __resolveReference: (given: object) => given,
      card: ({ name }: { name: string }) => `card of ${name}`,
      points: ({ id }: { id: string }) => (id === 'p2' ? 30 : null),
    },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([people, forum, loyalty]);
});
afterAll(() => graph?.close());

checkAll(
  () => graph,
  [
    {
      it: 'fetches an interface’s fields for entities of all its types at once',
      query: '{ asks { by { name } } }',
      data: { asks: [{ by: { name: 'Bea' } }, { by: { name: 'Ada' } }, { by: null }] },
      sent: { forum: 1, people: 1 },
    },
    {
      it: 'fetches the other subgraph’s fields of the same interface',
      query: '{ people { asks { text } name } }',
      data: {
        people: [
          { asks: [{ text: 'Here.' }], name: 'Ada' },
          { asks: [{ text: 'Where is it?' }], name: 'Bea' },
          { asks: [], name: 'Cal' },
        ],
      },
      sent: { people: 1, forum: 1 },
    },
    {
      it: 'asks nobody for what the first subgraph has',
      query: '{ people { __typename id name } }',
      data: { people: PEOPLE.map(({ __typename, id, name }) => ({ __typename, id, name })) },
      sent: { people: 1 },
    },
    {
      it: 'mixes the interface’s fields with those of one type',
      query: '{ asks { by { name ... on Clerk { desk } ... on Buyer { since points } id } } }',
      data: {
        asks: [
          { by: { name: 'Bea', since: 2019, points: 30, id: 'p2' } },
          { by: { name: 'Ada', desk: 7, id: 'p1' } },
          { by: null },
        ],
      },
    },
    {
      it: 'asks for a type only where there is one of it',
      query: '{ person(id: "p1") { name ... on Buyer { points asks { id } } } }',
      data: { person: { name: 'Ada' } },
      sent: { people: 1 },
    },
    {
      it: 'requires an interface’s field for a field of one type',
      query: '{ asks { by { ... on Buyer { card } } } }',
      data: { asks: [{ by: { card: 'card of Bea' } }, { by: {} }, { by: null }] },
      sent: { forum: 1, people: 1, loyalty: 1 },
    },
    {
      it: 'requires an interface’s field that the client selects, too, under another name',
      query: '{ people { called: name ... on Buyer { name: card } } }',
      data: {
        people: [{ called: 'Ada' }, { called: 'Bea', name: 'card of Bea' }, { called: 'Cal', name: 'card of Cal' }],
      },
    },
    {
      it: 'goes from a concrete type back through the interface',
      query: '{ clerks { asks { by { name asks { id } } } desk } }',
      data: { clerks: [{ asks: [{ by: { name: 'Ada', asks: [{ id: 'a2' }] } }], desk: 7 }] },
    },
    {
      it: 'keeps places in lists with nulls and with entities that the owner does not know',
      query: '{ asks { seen { id ... on Buyer { since } } } }',
      data: {
        asks: [
          { seen: [{ id: 'p1' }, { id: 'p2', since: 2019 }] },
          { seen: [] },
          {
            seen: [
              { id: 'p3', since: null },
              { id: 'p9', since: null },
            ],
          },
        ],
      },
    },
    {
      it: 'lets a field that must be there take an unknown entity away, and no other',
      query: '{ asks { seen { name } } }',
      data: { asks: [{ seen: [{ name: 'Ada' }, { name: 'Bea' }] }, { seen: [] }, { seen: [{ name: 'Cal' }, null] }] },
      errors: [{ path: ['asks', 2, 'seen', 1, 'name'] }],
    },
    {
      it: 'keeps one field with several arguments apart on the interface and on a type',
      query: `query($loud: Boolean!) { asks { by { low: greeting high: greeting(loud: true)
      ... on Buyer { greeting(loud: $loud) } ... on Clerk { greeting } } } }`,
      variables: { loud: true },
      data: {
        asks: [
          { by: { low: 'Hi Bea', high: 'HI Bea!', greeting: 'HI Bea!' } },
          { by: { low: 'Hi Ada', high: 'HI Ada!', greeting: 'Hi Ada' } },
          { by: null },
        ],
      },
    },
    {
      it: 'goes through fragments on the interface',
      query: `query { asks { by { ...P } } person(id: "p3") { ...P } }
      fragment P on Person { name ...B } fragment B on Buyer { points ...A } fragment A on Person { asks { id } }`,
      data: {
        asks: [{ by: { name: 'Bea', points: 30, asks: [{ id: 'a1' }] } }, { by: { name: 'Ada' } }, { by: null }],
        person: { name: 'Cal', points: null, asks: [] },
      },
    },
    {
      it: 'takes an alias that is the field’s own name',
      query: '{ person(id: "p2") { asks { by { name: name ... on Buyer { name } } } } }',
      data: { person: { asks: [{ by: { name: 'Bea' } }] } },
    },
    {
      it: 'is told the interface’s types by introspection',
      query: '{ __type(name: "Person") { kind fields { name } possibleTypes { name } } }',
      data: {
        __type: {
          kind: 'INTERFACE',
          fields: [{ name: 'id' }, { name: 'asks' }, { name: 'name' }, { name: 'greeting' }],
          possibleTypes: [{ name: 'Clerk' }, { name: 'Buyer' }],
        },
      },
      sent: {},
    },
  ],
);

it('names each entity by its own type, once', async () => {
  forget(graph);
  await graph.ask('{ asks { by { name } seen { greeting } } }');
  const sent = representationsIn(graph.received.people);
  const names = sent.map((one) => JSON.stringify(one));
  expect([...new Set(names)].sort()).toEqual([
    '{"__typename":"Buyer","id":"p2"}',
    '{"__typename":"Buyer","id":"p3"}',
    '{"__typename":"Buyer","id":"p9"}',
    '{"__typename":"Clerk","id":"p1"}',
  ]);
  expect(graph.received.people).toHaveLength(1);
});
