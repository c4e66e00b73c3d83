import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external", "@shareable"])';

interface Trip {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a resolver is sent is what the test is about
  readonly [required: string]: any;
}
const TRIPS: Readonly<Record<string, Trip>> = {
  far: {
    id: 'far',
    from: { place: { lat: 1, lon: 2 }, name: 'Here' },
    to: { place: { lat: 9, lon: 8 }, name: 'There' },
    driver: { id: 'd1' },
    means: [
      { __typename: 'Train', seat: '12A', stops: [{ place: { lat: 3, lon: 3 } }] },
      { __typename: 'Walk', metres: 700 },
    ],
  },
  near: { id: 'near', from: { place: { lat: 1, lon: 1 }, name: 'Home' }, to: null, driver: { id: 'd2' }, means: [] },
  lost: {
    id: 'lost',
    from: { place: null, name: 'Lost' },
    to: { place: { lat: 0, lon: 0 } },
    driver: null,
    means: null,
  },
};
const DRIVERS: Readonly<Record<string, object>> = {
  d1: { id: 'd1', licence: { kind: 'B', issuer: { id: 'i1' } } },
  d2: { id: 'd2', licence: null },
};

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'trips',
      typeDefs: `${LINK}
        type Query { trip(id: ID!): Trip trips: [Trip!]! }
        type Trip @key(fields: "id") { id: ID! from: End! to: End driver: Driver means: [Means!] }
        type End { name: String place: Place }
        type Place @shareable { lat: Int! lon: Int! }
        type Driver @key(fields: "id", resolvable: false) { id: ID! }
        union Means = Train | Walk
        type Train { seat: String stops: [Stop!] }
        type Stop { place: Place }
        type Walk { metres: Int }`,
      resolvers: {
        Query: { trip: (_: unknown, { id }: Trip) => TRIPS[id], trips: () => Object.values(TRIPS) },
        Trip: { __resolveReference: async ({ id }: Trip) => TRIPS[id] },
      },
    },
    {
      name: 'drivers',
      typeDefs: `${LINK}
        type Driver @key(fields: "id") { id: ID! licence: Licence }
        type Licence { kind: String! issuer: Issuer! }
        type Issuer @key(fields: "id") { id: ID! }`,
      resolvers: { Driver: { __resolveReference: async ({ id }: Trip) => ({ ...DRIVERS[id] }) } },
    },
    {
      name: 'issuers',
      typeDefs: `${LINK} type Issuer @key(fields: "id") { id: ID! country: Country! } type Country { code: String! }`,
      resolvers: {
        Issuer: {
          __resolveReference: async ({ id }: Trip) => ({ id }),
          country: ({ id }: Trip) => ({ code: `country of ${id}` }),
        },
      },
    },
    {
      name: 'planning',
      typeDefs: `${LINK}
        type Trip @key(fields: "id") {
          id: ID!
          from: End! @external to: End @external driver: Driver @external means: [Means!] @external
          distance: String @requires(fields: "from { place { lat } } to { place { lat lon } }")
          allowed: String @requires(fields: "driver { licence { kind issuer { country { code } } } }")
          comfort: String @requires(fields: "means { __typename ... on Train { seat stops { place { lon } } } ... on Walk { metres } }")
        }
        type End { place: Place @external }
        type Place @shareable { lat: Int! lon: Int! }
        type Driver @key(fields: "id") { id: ID! licence: Licence @external }
        type Licence { kind: String! @external issuer: Issuer! @external }
        type Issuer @key(fields: "id") { id: ID! country: Country! @external }
        type Country { code: String! @external }
        union Means = Train | Walk
        type Train { seat: String @external stops: [Stop!] @external }
        type Stop { place: Place @external }
        type Walk { metres: Int @external }`,
      resolvers: {
        Trip: {
          __resolveReference: async (trip: Trip) => ({ ...trip }),
          distance: ({ from, to }: Trip) => JSON.stringify({ from, to }),
          allowed: ({ driver }: Trip) => JSON.stringify(driver?.licence ?? null),
          comfort: ({ means }: Trip) => JSON.stringify(means),
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a field that requires fields of fields', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'gets each branch down to its leaves, and nulls where a branch ends',
        query: '{ trips { id distance } }',
        data: {
          trips: [
            { id: 'far', distance: '{"from":{"place":{"lat":1}},"to":{"place":{"lat":9,"lon":8}}}' },
            { id: 'near', distance: '{"from":{"place":{"lat":1}},"to":null}' },
            { id: 'lost', distance: '{"from":{"place":null},"to":{"place":{"lat":0,"lon":0}}}' },
          ],
        },
        sent: { trips: 1, planning: 1 },
      },
      {
        it: 'gets what lies beyond entities of two further subgraphs',
        query: '{ trip(id: "far") { allowed } }',
        data: { trip: { allowed: '{"kind":"B","issuer":{"country":{"code":"country of i1"}}}' } },
        sent: { trips: 1, drivers: 1, issuers: 1, planning: 1 },
      },
      {
        it: 'asks nobody beyond an entity that is not there',
        query: '{ trip(id: "near") { allowed } lost: trip(id: "lost") { allowed } }',
        data: { trip: { allowed: 'null' }, lost: { allowed: 'null' } },
        sent: { trips: 1, drivers: 1, planning: 1 },
      },
      {
        it: 'gets of a union’s members what is theirs',
        query: '{ trip(id: "far") { comfort } near: trip(id: "near") { comfort } lost: trip(id: "lost") { comfort } }',
        data: {
          trip: {
            comfort:
              '[{"__typename":"Train","seat":"12A","stops":[{"place":{"lon":3}}]},{"__typename":"Walk","metres":700}]',
          },
          near: { comfort: '[]' },
          lost: { comfort: 'null' },
        },
        sent: { trips: 1, planning: 1 },
      },
      {
        it: 'leaves the client’s own selection of the same branches as it is',
        query: `{ trip(id: "far") { from { name } distance to { place { lat } } d: driver { l: licence { kind } } allowed
          means { ... on Walk { m: metres } ... on Train { __typename } } comfort } }`,
        data: {
          trip: {
            from: { name: 'Here' },
            distance: '{"from":{"place":{"lat":1}},"to":{"place":{"lat":9,"lon":8}}}',
            to: { place: { lat: 9 } },
            d: { l: { kind: 'B' } },
            allowed: '{"kind":"B","issuer":{"country":{"code":"country of i1"}}}',
            means: [{ __typename: 'Train' }, { m: 700 }],
            comfort:
              '[{"__typename":"Train","seat":"12A","stops":[{"place":{"lon":3}}]},{"__typename":"Walk","metres":700}]',
          },
        },
      },
      {
        it: 'is not misled by a branch under another’s name',
        query: '{ trip(id: "far") { to: from { name } from: to { name } distance } }',
        data: {
          trip: {
            to: { name: 'Here' },
            from: { name: 'There' },
            distance: '{"from":{"place":{"lat":1}},"to":{"place":{"lat":9,"lon":8}}}',
          },
        },
      },
    ],
  );

  it('is sent exactly the branches', async () => {
    forget(federation);
    await federation.ask('{ trip(id: "far") { allowed from { name place { lat lon } } driver { id } } }');
    expect(representationsIn(federation.received.planning)).toEqual([
      {
        __typename: 'Trip',
        id: 'far',
        driver: { licence: { kind: 'B', issuer: { country: { code: 'country of i1' } } } },
      },
    ]);
    expect(representationsIn(federation.received.drivers)).toEqual([{ __typename: 'Driver', id: 'd1' }]);
    expect(representationsIn(federation.received.issuers)).toEqual([{ __typename: 'Issuer', id: 'i1' }]);
  });
});
