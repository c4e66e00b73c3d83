import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external"])';

/** A flat is known by its building's address and its door, and to the surveyors by a number of theirs. */
interface Flat {
  readonly door: string;
  readonly building: { readonly address: { readonly street: string; readonly number: number } };
}
const flat = (street: string, number: number, door: string): Flat & { __typename: string } => ({
  __typename: 'Flat',
  door,
  building: { address: { street, number } },
});
const FLATS = [flat('Elm', 1, 'a'), flat('Elm', 1, 'b'), flat('Elm', 11, 'a'), flat('Oak', 1, 'a')];
const nameOf = ({ door, building }: Flat): string => `${building.address.street}-${building.address.number}-${door}`;
const RENTS: Readonly<Record<string, number>> = { 'Elm-1-a': 900, 'Elm-1-b': 950, 'Elm-11-a': 700, 'Oak-1-a': 1200 };

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'houses',
      typeDefs: `${LINK}
        type Query { flats: [Flat!]! flat(door: String!): Flat street: [[Flat!]] }
        type Flat @key(fields: "door building { address { street number } }") { door: String! building: Building! floor: Int }
        type Building @shareable { address: Address! }
        type Address @shareable { street: String! number: Int! }`,
      resolvers: {
        Query: {
          flats: () => FLATS,
          flat: (_: unknown, { door }: { door: string }) => FLATS.find((one) => one.door === door),
          street: () => [[FLATS[0], FLATS[1]], null, [FLATS[3]]],
        },
        Flat: { floor: ({ door }: Flat) => door.charCodeAt(0) - 96 },
      },
    },
    {
      name: 'rents',
      typeDefs: `${LINK}
        type Flat @key(fields: "building { address { number street } } door") { door: String! building: Building! rent: Int! }
        type Building @shareable { address: Address! }
        type Address @shareable { street: String! number: Int! }`,
      resolvers: {
        Flat: { __resolveReference: async (one: Flat) => ({ ...one }), rent: (one: Flat) => RENTS[nameOf(one)] },
      },
    },
    {
      // knows the address and its own number: the bridge to who knows only the number
      name: 'surveys',
      typeDefs: `${LINK}
        type Flat @key(fields: "door building { address { street number } }") @key(fields: "survey { number }") {
          door: String! building: Building! survey: Survey! }
        type Survey { number: ID! @shareable year: Int }
        type Building @shareable { address: Address! }
        type Address @shareable { street: String! number: Int! }`,
      resolvers: {
        Flat: {
          __resolveReference: async (one: Flat & { survey?: { number: string } }) =>
            one.survey === undefined
              ? { ...one }
              : { ...FLATS.find((known) => `S-${nameOf(known)}` === one.survey?.number) },
          survey: (one: Flat) => ({ number: `S-${nameOf(one)}`, year: 2020 }),
        },
      },
    },
    {
      name: 'damages',
      typeDefs: `${LINK}
        type Query { worst: Flat! }
        type Flat @key(fields: "survey { number }") { survey: Survey! damages: [String!]! }
        type Survey { number: ID! @shareable }`,
      resolvers: {
        Query: { worst: () => ({ survey: { number: 'S-Elm-11-a' } }) },
        Flat: {
          __resolveReference: async (one: object) => ({ ...one }),
          damages: ({ survey }: { survey: { number: string } }) => [`roof of ${survey.number}`],
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a key with selections of its own', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'tells entities apart that differ deep in the key only',
        query: '{ flats { door rent } }',
        data: { flats: FLATS.map((one) => ({ door: one.door, rent: RENTS[nameOf(one)] })) },
        sent: { houses: 1, rents: 1 },
      },
      {
        it: 'cuts what only the key needed',
        query: '{ flats { rent building { address { number } } } }',
        data: {
          flats: FLATS.map((one) => ({
            rent: RENTS[nameOf(one)],
            building: { address: { number: one.building.address.number } },
          })),
        },
      },
      {
        it: 'goes over a third subgraph that knows both keys',
        query: '{ flat(door: "a") { damages } }',
        data: { flat: { damages: ['roof of S-Elm-1-a'] } },
        sent: { houses: 1, surveys: 1, damages: 1 },
      },
      {
        it: 'goes over the third subgraph the other way',
        query: '{ worst { rent floor damages } }',
        data: { worst: { rent: 700, floor: 1, damages: ['roof of S-Elm-11-a'] } },
        sent: { damages: 1, surveys: 1, rents: 1, houses: 1 },
      },
      {
        it: 'goes on in nested lists, with aliases and fragments on the way',
        query:
          '{ s: street { ...known } } fragment known on Flat { b: building { a: address { s: street } } cost: rent d: damages floor }',
        data: {
          s: [
            [
              { b: { a: { s: 'Elm' } }, cost: 900, d: ['roof of S-Elm-1-a'], floor: 1 },
              { b: { a: { s: 'Elm' } }, cost: 950, d: ['roof of S-Elm-1-b'], floor: 2 },
            ],
            null,
            [{ b: { a: { s: 'Oak' } }, cost: 1200, d: ['roof of S-Oak-1-a'], floor: 1 }],
          ],
        },
        sent: { houses: 1, rents: 1, surveys: 1, damages: 1 },
      },
      {
        it: 'shares the nested key with the client’s own selection of it',
        query: '{ worst { survey { number year } building { address { street number } } } }',
        data: {
          worst: { survey: { number: 'S-Elm-11-a', year: 2020 }, building: { address: { street: 'Elm', number: 11 } } },
        },
      },
      {
        it: 'answers nothing for an entity that is not there',
        query: '{ flat(door: "zz") { rent damages } }',
        data: { flat: null },
        sent: { houses: 1 },
      },
    ],
  );

  it('sends exactly the nested key', async () => {
    forget(federation);
    await federation.ask('{ flat(door: "b") { rent damages floor } }');
    expect(representationsIn(federation.received.rents)).toEqual([FLATS[1]]);
    expect(representationsIn(federation.received.surveys)).toEqual([FLATS[1]]);
    expect(representationsIn(federation.received.damages)).toEqual([
      { __typename: 'Flat', survey: { number: 'S-Elm-1-b' } },
    ]);
  });
});

describe('several keys of one type', () => {
  const PEOPLE = [
    { id: 'p1', email: 'ann@example.org', badge: '7' },
    { id: 'p2', email: 'bob@example.org', badge: '8' },
  ];
  const by = (key: 'id' | 'email' | 'badge', value: unknown) => PEOPLE.find((one) => one[key] === value);
  let staff: Federation;
  beforeAll(async () => {
    staff = await federate([
      {
        name: 'mail',
        typeDefs: `${LINK}
          type Query { inbox: [Person!]! }
          type Person @key(fields: "email") { email: String! unread: Int! }`,
        resolvers: {
          Query: { inbox: () => PEOPLE.map(({ email }) => ({ email })) },
          Person: {
            __resolveReference: async (one: object) => ({ ...one }),
            unread: ({ email }: { email: string }) => email.length,
          },
        },
      },
      {
        name: 'staff',
        typeDefs: `${LINK}
          type Query { staff: [Person!]! }
          type Person @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String }`,
        resolvers: {
          Query: { staff: () => PEOPLE },
          Person: {
            __resolveReference: async (one: { id?: string; email?: string }) => ({
              ...(one.id === undefined ? by('email', one.email) : by('id', one.id)),
            }),
            name: ({ id }: { id: string }) => `name of ${id}`,
          },
        },
      },
      {
        name: 'doors',
        typeDefs: `${LINK}
          type Query { entered: [Person]! }
          type Person @key(fields: "id") @key(fields: "badge") { id: ID! badge: String! }`,
        resolvers: {
          Query: { entered: () => [PEOPLE[1], null, PEOPLE[0], PEOPLE[1]] },
          Person: {
            __resolveReference: async (one: { id?: string; badge?: string }) => ({
              ...(one.id === undefined ? by('badge', one.badge) : by('id', one.id)),
            }),
          },
        },
      },
      {
        name: 'lunches',
        typeDefs: `${LINK}
          type Query { hungry: Person! }
          type Person @key(fields: "badge") { badge: String! lunch: String }`,
        resolvers: {
          Query: { hungry: () => ({ badge: '8' }) },
          Person: {
            __resolveReference: async (one: object) => ({ ...one }),
            lunch: ({ badge }: { badge: string }) => `lunch ${badge}`,
          },
        },
      },
    ]);
  });
  afterAll(() => staff.close());

  checkAll(
    () => staff,
    [
      {
        it: 'are followed in a chain of three, from mail to lunch',
        query: '{ inbox { lunch } }',
        data: { inbox: [{ lunch: 'lunch 7' }, { lunch: 'lunch 8' }] },
        sent: { mail: 1, staff: 1, doors: 1, lunches: 1 },
      },
      {
        it: 'are followed back, from lunch to mail',
        query: '{ hungry { unread name id badge email } }',
        data: { hungry: { unread: 15, name: 'name of p2', id: 'p2', badge: '8', email: 'bob@example.org' } },
        sent: { lunches: 1, doors: 1, staff: 1, mail: 1 },
      },
      {
        it: 'are chosen by what the asking subgraph has',
        query: '{ inbox { name } staff { name unread } }',
        data: {
          inbox: [{ name: 'name of p1' }, { name: 'name of p2' }],
          staff: [
            { name: 'name of p1', unread: 15 },
            { name: 'name of p2', unread: 15 },
          ],
        },
      },
      {
        it: 'meet in one answer from several roots, with nulls and repeats',
        query: '{ entered { n: name l: lunch u: unread } }',
        data: {
          entered: [
            { n: 'name of p2', l: 'lunch 8', u: 15 },
            null,
            { n: 'name of p1', l: 'lunch 7', u: 15 },
            { n: 'name of p2', l: 'lunch 8', u: 15 },
          ],
        },
        sent: { doors: 1, staff: 1, lunches: 1, mail: 1 },
      },
    ],
  );

  it('send only the key that the receiver knows', async () => {
    forget(staff);
    await staff.ask('{ inbox { lunch name } }');
    expect(representationsIn(staff.received.staff)).toEqual(
      PEOPLE.map(({ email }) => ({ __typename: 'Person', email })),
    );
    expect(representationsIn(staff.received.doors)).toEqual(PEOPLE.map(({ id }) => ({ __typename: 'Person', id })));
    expect(representationsIn(staff.received.lunches)).toEqual(
      PEOPLE.map(({ badge }) => ({ __typename: 'Person', badge })),
    );
  });
});
