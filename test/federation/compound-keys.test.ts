import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';

// a seat is known by three fields together; numbers and rows repeat from hall to hall
const SEATS = [
  { hall: 'A', row: 1, number: 1, view: 'good' },
  { hall: 'A', row: 1, number: 11, view: 'fair' },
  { hall: 'A', row: 11, number: 1, view: 'poor' },
  { hall: 'B', row: 1, number: 1, view: 'best' },
];
const PRICES: Readonly<Record<string, number>> = { 'A/1/1': 40, 'A/1/11': 30, 'A/11/1': 20, 'B/1/1': 50 };

interface Seat {
  readonly hall: string;
  readonly row: number;
  readonly number: number;
}
const nameOf = ({ hall, row, number }: Seat): string => `${hall}/${row}/${number}`;

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'halls',
      typeDefs: `${LINK}
        type Query { seats: [Seat!]! seat(hall: String!, row: Int!, number: Int!): Seat rows: [[Seat]] tour: Tour! }
        type Seat @key(fields: "hall row number") { hall: String! row: Int! number: Int! view: String }
        type Tour { first: Seat last: Seat stops: [Stop!]! }
        type Stop { seat: Seat minutes: Int! }`,
      resolvers: {
        Query: {
          seats: () => SEATS,
          seat: (_: unknown, asked: Seat) => SEATS.find((seat) => nameOf(seat) === nameOf(asked)),
          rows: () => [[SEATS[0], null, SEATS[1]], null, [], [SEATS[2]]],
          tour: () => ({
            first: SEATS[0],
            last: SEATS[3],
            stops: [
              { seat: SEATS[1], minutes: 5 },
              { seat: null, minutes: 2 },
              { seat: SEATS[0], minutes: 1 },
            ],
          }),
        },
      },
    },
    {
      name: 'tickets',
      typeDefs: `${LINK}
        type Seat @key(fields: "number hall row") { hall: String! row: Int! number: Int! price(currency: String): Float taken: Boolean! }`,
      resolvers: {
        Seat: {
          __resolveReference: async (seat: Seat) => (nameOf(seat) in PRICES ? { ...seat } : null),
          price: (seat: Seat, { currency }: { currency?: string }) =>
            (PRICES[nameOf(seat)] ?? 0) * (currency === 'JPY' ? 100 : 1),
          taken: ({ number }: Seat) => number === 11,
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a key of several fields', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'tells entities apart that share some of the fields',
        query: '{ seats { view price } }',
        data: {
          seats: [
            { view: 'good', price: 40 },
            { view: 'fair', price: 30 },
            { view: 'poor', price: 20 },
            { view: 'best', price: 50 },
          ],
        },
        sent: { halls: 1, tickets: 1 },
      },
      {
        it: 'keeps the client’s order and aliases, key fields among them',
        query: '{ seats { taken no: number price r: row number hall } }',
        data: {
          seats: SEATS.map((seat) => ({
            taken: seat.number === 11,
            no: seat.number,
            price: PRICES[nameOf(seat)],
            r: seat.row,
            number: seat.number,
            hall: seat.hall,
          })),
        },
      },
      {
        it: 'asks nobody else for the key’s own fields',
        query: '{ seats { hall row number } }',
        data: { seats: SEATS.map(({ hall, row, number }) => ({ hall, row, number })) },
        sent: { halls: 1 },
      },
      {
        it: 'is not misled when the client gives another field a key field’s name',
        query: '{ seats { hall: view row: number number: row price } }',
        data: {
          seats: SEATS.map((seat) => ({
            hall: seat.view,
            row: seat.number,
            number: seat.row,
            price: PRICES[nameOf(seat)],
          })),
        },
      },
      {
        it: 'answers one field with two sets of arguments',
        query: 'query($c: String) { seat(hall: "B", row: 1, number: 1) { price yen: price(currency: $c) } }',
        variables: { c: 'JPY' },
        data: { seat: { price: 50, yen: 5000 } },
        sent: { halls: 1, tickets: 1 },
      },
      {
        it: 'is not misled by a variable that is named like the fetch’s own',
        query: `query($representations: String) { seat(hall: "B", row: 1, number: 1) { price(currency: $representations) }
          tour { last { p: price(currency: $representations) taken } } }`,
        variables: { representations: 'JPY' },
        data: { seat: { price: 5000 }, tour: { last: { p: 5000, taken: false } } },
      },
      {
        it: 'is not misled by aliases that are named like the plan’s own',
        query:
          '{ _entities: seat(hall: "B", row: 1, number: 1) { _e0: price _internal_qp_alias_0: view hall: price } }',
        data: { _entities: { _e0: 50, _internal_qp_alias_0: 'best', hall: 50 } },
      },
      {
        it: 'leaves nulls and nested lists where they are',
        query: '{ rows { price view } }',
        data: {
          rows: [
            [{ price: 40, view: 'good' }, null, { price: 30, view: 'fair' }],
            null,
            [],
            [{ price: 20, view: 'poor' }],
          ],
        },
        sent: { halls: 1, tickets: 1 },
      },
      {
        it: 'answers no entity without asking for it',
        query: '{ seat(hall: "Z", row: 1, number: 1) { price } }',
        data: { seat: null },
        sent: { halls: 1 },
      },
      {
        it: 'goes through fragments',
        query: `{ tour { ...ends stops { seat { ...priced } minutes } } }
          fragment ends on Tour { first { ...priced view } last { ... on Seat { ...priced } } }
          fragment priced on Seat { price }`,
        data: {
          tour: {
            first: { price: 40, view: 'good' },
            last: { price: 50 },
            stops: [
              { seat: { price: 30 }, minutes: 5 },
              { seat: null, minutes: 2 },
              { seat: { price: 40 }, minutes: 1 },
            ],
          },
        },
      },
    ],
  );

  it('sends the key complete, and nothing else', async () => {
    forget(federation);
    await federation.ask('{ rows { view price } }');
    const sent = representationsIn(federation.received.tickets);
    expect(sent).toHaveLength(3);
    expect(sent).toEqual(
      expect.arrayContaining(
        SEATS.slice(0, 3).map(({ hall, row, number }) => ({ __typename: 'Seat', hall, row, number })),
      ),
    );
  });

  it('asks for an entity once however many paths lead to it', async () => {
    forget(federation);
    await federation.ask('{ tour { first { price } stops { seat { price } } } }');
    const sent = representationsIn(federation.received.tickets).map((one) => nameOf(one as Seat));
    expect(sent.sort()).toEqual(['A/1/1', 'A/1/11']);
    expect(federation.received.tickets).toHaveLength(1);
  });
});
