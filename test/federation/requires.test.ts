import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external", "@shareable"])';

interface Parcel {
  readonly id: string;
  readonly weight?: number | null;
  readonly size?: number | null;
  readonly zone?: string | null;
  readonly tax?: number | null;
}
const PARCELS: Readonly<Record<string, Parcel>> = {
  light: { id: 'light', weight: 1, size: 10 },
  heavy: { id: 'heavy', weight: 50, size: 20 },
  // never weighed
  unknown: { id: 'unknown', weight: null, size: 5 },
  // its scale is out of order
  broken: { id: 'broken', size: 7 },
};
const ZONES: Readonly<Record<string, string>> = { light: 'north', heavy: 'south', unknown: 'north', broken: 'south' };

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'parcels',
      typeDefs: `${LINK}
        type Query { parcels: [Parcel!]! parcel(id: ID!): Parcel truck: Truck! batches: [[Parcel]!] }
        type Truck { parcels: [Parcel] next: Parcel }
        type Parcel @key(fields: "id") { id: ID! weight: Int size: Int secret: String }`,
      resolvers: {
        Query: {
          parcels: () => [PARCELS.light, PARCELS.heavy, PARCELS.unknown],
          parcel: (_: unknown, { id }: Parcel) => PARCELS[id],
          truck: () => ({ parcels: [PARCELS.heavy, null, PARCELS.light, PARCELS.heavy], next: PARCELS.unknown }),
          batches: () => [[PARCELS.light], [], [null, PARCELS.heavy]],
        },
        Parcel: {
          __resolveReference: async ({ id }: Parcel) => PARCELS[id],
          weight: ({ id, weight }: Parcel) => {
            if (id === 'broken')
              throw new GraphQLError('Out of order.', { extensions: { code: 'SCALE', retryable: true } });
            return weight;
          },
        },
      },
    },
    {
      name: 'zones',
      typeDefs: `${LINK}
        type Query { inZone(zone: String!): [Parcel!]! }
        type Parcel @key(fields: "id") { id: ID! zone: String size: Int @external  crowded: Boolean @requires(fields: "size") }`,
      resolvers: {
        Query: {
          inZone: (_: unknown, { zone }: { zone: string }) =>
            Object.keys(ZONES).flatMap((id) => (ZONES[id] === zone && id !== 'broken' ? [{ id }] : [])),
        },
        Parcel: {
          __resolveReference: async (parcel: Parcel) => ({ ...parcel }),
          zone: ({ id }: Parcel) => ZONES[id],
          crowded: ({ size }: Parcel) => (size === undefined || size === null ? null : size > 9),
        },
      },
    },
    {
      name: 'shipping',
      typeDefs: `${LINK}
        type Parcel @key(fields: "id") {
          id: ID! weight: Int @external size: Int @external zone: String @external
          cost: Int @requires(fields: "weight")
          volume(unit: String = "l"): String @requires(fields: "weight size")
          route: String! @requires(fields: "zone weight")
          carrier: String
        }`,
      resolvers: {
        Parcel: {
          __resolveReference: async (parcel: Parcel) => ({ ...parcel }),
          cost: ({ weight }: Parcel) => (weight === undefined ? -1 : weight === null ? null : weight * 2),
          volume: ({ weight, size }: Parcel, { unit }: { unit: string }) => `${weight}x${size} ${unit}`,
          route: ({ weight, zone }: Parcel) => `${zone} at ${weight}`,
          carrier: ({ id }: Parcel) => `carrier of ${id}`,
        },
      },
    },
    {
      // needs what shipping can only say once parcels has been asked
      name: 'billing',
      typeDefs: `${LINK}
        type Parcel @key(fields: "id") { id: ID! cost: Int @external zone: String @external bill: String @requires(fields: "cost zone") }`,
      resolvers: {
        Parcel: {
          __resolveReference: async (parcel: Parcel) => ({ ...parcel }),
          bill: ({ cost, zone }: Parcel & { cost?: number | null }) => `${cost} to ${zone}`,
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a field that requires others', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'gets what it requires from the subgraph that has it, in the first fetch',
        query: '{ parcels { cost } }',
        data: { parcels: [{ cost: 2 }, { cost: 100 }, { cost: null }] },
        sent: { parcels: 1, shipping: 1 },
      },
      {
        it: 'gets several at once, with its own arguments',
        query: 'query($u: String!) { parcel(id: "light") { volume b: volume(unit: $u) } }',
        variables: { u: 'gal' },
        data: { parcel: { volume: '1x10 l', b: '1x10 gal' } },
        sent: { parcels: 1, shipping: 1 },
      },
      {
        it: 'gets them from two subgraphs',
        query: '{ parcels { route } }',
        data: { parcels: [{ route: 'north at 1' }, { route: 'south at 50' }, { route: 'north at null' }] },
        sent: { parcels: 1, zones: 1, shipping: 1 },
      },
      {
        it: 'is fetched where its requirement’s requirement is met first',
        query: '{ parcel(id: "heavy") { bill } }',
        data: { parcel: { bill: '100 to south' } },
        sent: { parcels: 1, zones: 1, shipping: 1, billing: 1 },
      },
      {
        it: 'starts from the subgraph that knows the key alone',
        query: '{ inZone(zone: "north") { cost crowded zone } }',
        data: {
          inZone: [
            { cost: 2, crowded: true, zone: 'north' },
            { cost: null, crowded: false, zone: 'north' },
          ],
        },
      },
      {
        it: 'shows what it required only where the client selected it, under the client’s alias',
        query: '{ parcel(id: "heavy") { w: weight cost size } }',
        data: { parcel: { w: 50, cost: 100, size: 20 } },
      },
      {
        it: 'does not read another field that the client gave the required one’s name',
        query: '{ parcel(id: "heavy") { weight: size cost } }',
        data: { parcel: { weight: 20, cost: 100 } },
      },
      {
        it: 'does not read another subgraph’s field that the client gave the required one’s name',
        query: '{ parcel(id: "heavy") { size: carrier volume weight: zone } }',
        data: { parcel: { size: 'carrier of heavy', volume: '50x20 l', weight: 'south' } },
      },
      {
        it: 'is met at several paths at once, through lists, nulls and fragments',
        query: `{ truck { parcels { ...costs } next { ...costs route } } batches { ...costs id } }
          fragment costs on Parcel { c: cost v: volume }`,
        data: {
          truck: {
            parcels: [{ c: 100, v: '50x20 l' }, null, { c: 2, v: '1x10 l' }, { c: 100, v: '50x20 l' }],
            next: { c: null, v: 'nullx5 l', route: 'north at null' },
          },
          batches: [[{ c: 2, v: '1x10 l', id: 'light' }], [], [null, { c: 100, v: '50x20 l', id: 'heavy' }]],
        },
      },
      {
        it: 'goes on with null where what it requires has failed, and says so nowhere that the client did not select',
        query: '{ parcel(id: "broken") { id carrier } }',
        data: { parcel: { id: 'broken', carrier: 'carrier of broken' } },
      },
      {
        it: 'reports what it required when the client selected that too',
        query: '{ parcel(id: "broken") { weight size } }',
        data: { parcel: { weight: null, size: 7 } },
        errors: [{ path: ['parcel', 'weight'], code: 'SCALE' }],
      },
    ],
  );

  it('is sent exactly the key and what it requires', async () => {
    forget(federation);
    await federation.ask('{ parcels { cost } }');
    expect(representationsIn(federation.received.shipping)).toEqual([
      { __typename: 'Parcel', id: 'light', weight: 1 },
      { __typename: 'Parcel', id: 'heavy', weight: 50 },
      { __typename: 'Parcel', id: 'unknown', weight: null },
    ]);
    expect(federation.received.parcels?.[0]?.query).not.toMatch(/size|secret/);
  });

  it('is not paid for when it is not selected', async () => {
    forget(federation);
    await federation.ask('query($yes: Boolean!) { parcel(id: "light") { carrier cost @include(if: $yes) } }', {
      yes: false,
    });
    expect(representationsIn(federation.received.shipping)).toEqual([{ __typename: 'Parcel', id: 'light' }]);
    expect(federation.received.parcels?.[0]?.query).not.toContain('weight');
  });

  it('is sent what both subgraphs brought', async () => {
    forget(federation);
    await federation.ask('{ inZone(zone: "south") { route } }');
    expect(representationsIn(federation.received.shipping)).toEqual([
      { __typename: 'Parcel', id: 'heavy', zone: 'south', weight: 50 },
    ]);
    expect(representationsIn(federation.received.parcels)).toEqual([{ __typename: 'Parcel', id: 'heavy' }]);
  });

  it('tells of a requirement that failed in one error at the most, and keeps the rest', async () => {
    const { data, errors = [] } = await federation.ask('{ parcel(id: "broken") { size cost } }');
    expect(data.parcel.size).toBe(7);
    // the owner saw no weight: either it is asked with null, or not at all and the field is null
    expect([null, -1]).toContain(data.parcel.cost);
    expect(errors.length).toBeLessThanOrEqual(1);
  });
});
