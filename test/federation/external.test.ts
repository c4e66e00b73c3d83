import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external", "@requires", "@provides", "@shareable", "@extends"])';

interface Id {
  readonly id: string;
}
/** A value that no client may ever see. */
const WRONG = 'from the wrong subgraph';

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'films',
      typeDefs: `${LINK}
        type Query { films: [Film!]! film(id: ID!): Film }
        type Film implements Titled @key(fields: "id") @key(fields: "ean") {
          id: ID! ean: String! title: String! @shareable year: Int studio: Studio makers: Makers }
        interface Titled { title: String! }
        type Studio @key(fields: "name") { name: String! city: String }
        type Makers { director: String writer: String }`,
      resolvers: {
        Query: {
          films: () => [{ id: 'f1' }, { id: 'f2' }],
          film: (_: unknown, { id }: Id) => (id === 'f9' ? null : { id }),
        },
        Titled: { __resolveType: () => 'Film' },
        Film: {
          __resolveReference: async ({ id, ean }: Id & { ean?: string }) => ({ id: id ?? ean?.replace('ean-', '') }),
          ean: ({ id }: Id) => `ean-${id}`,
          title: ({ id }: Id) => `title ${id}`,
          year: ({ id }: Id) => (id === 'f1' ? 1999 : null),
          studio: ({ id }: Id) => ({ name: `studio ${id}`, city: `city of ${id}` }),
          makers: ({ id }: Id) => ({ director: `director of ${id}`, writer: `writer of ${id}` }),
        },
        Studio: { __resolveReference: async (one: object) => ({ ...one, city: 'a city' }) },
      },
    },
    {
      // the older way to say that a type belongs to another: by extend, with the key external
      name: 'tickets',
      typeDefs: `${LINK}
        extend type Film @key(fields: "id") { id: ID! @external price: Int year: Int @external age: Int @requires(fields: "year") }
        type Query { cheapest: Film }`,
      resolvers: {
        Query: { cheapest: () => ({ id: 'f2', year: -1 }) },
        Film: {
          __resolveReference: async (one: object) => ({ ...one }),
          price: ({ id }: Id) => id.length * 5,
          year: () => -1,
          age: ({ year }: { year: number | null }) => (year === null ? null : 2026 - year),
        },
      },
    },
    {
      // the same by a directive, and another key
      name: 'shops',
      typeDefs: `${LINK}
        type Film @extends @key(fields: "ean") { ean: String! @external title: String! @external shelf: String @requires(fields: "title") }
        type Query { bestseller: Film @provides(fields: "title") gift: Film }`,
      resolvers: {
        Query: { bestseller: () => ({ ean: 'ean-f1', told: true }), gift: () => ({ ean: 'ean-f2' }) },
        Film: {
          __resolveReference: async (one: object) => ({ ...one }),
          title: ({ told }: { told?: boolean }) => (told === true ? 'title told by the shop' : WRONG),
          shelf: ({ title, ean }: { title?: string; ean: string }) => `${title} on ${ean}`,
        },
      },
    },
    {
      // a whole type external: everything in it is
      name: 'credits',
      typeDefs: `${LINK}
        type Film @key(fields: "id") {
          id: ID! studio: Studio @external makers: Makers @external
          credits: String @requires(fields: "studio { name } makers { director writer }") }
        type Studio @key(fields: "name") { name: String! }
        type Makers @external { director: String writer: String }`,
      resolvers: {
        Film: {
          __resolveReference: async (one: object) => ({ ...one }),
          credits: ({ studio, makers }: { studio: { name: string }; makers: { director: string; writer: string } }) =>
            `${studio.name}, ${makers.director}, ${makers.writer}`,
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('an external field', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'is asked of its owner though the subgraph at hand declares it',
        query: '{ cheapest { year title } }',
        data: { cheapest: { year: null, title: 'title f2' } },
        sent: { tickets: 1, films: 1 },
      },
      {
        it: 'may be the key of a type that is extended',
        query: '{ films { id price } }',
        data: {
          films: [
            { id: 'f1', price: 10 },
            { id: 'f2', price: 10 },
          ],
        },
        sent: { films: 1, tickets: 1 },
      },
      {
        it: 'is known without its owner where it is the key',
        query: '{ cheapest { id price } gift { ean } }',
        data: { cheapest: { id: 'f2', price: 10 }, gift: { ean: 'ean-f2' } },
        sent: { tickets: 1, shops: 1 },
      },
      {
        it: 'comes from its owner when it is required',
        query: '{ cheapest { age } first: film(id: "f1") { age price } }',
        data: { cheapest: { age: null }, first: { age: 27, price: 10 } },
      },
      {
        it: 'comes from the subgraph at hand when that provides it, and from its owner otherwise',
        query: '{ bestseller { title } gift { title } }',
        data: { bestseller: { title: 'title told by the shop' }, gift: { title: 'title f2' } },
        sent: { shops: 1, films: 1 },
      },
      {
        it: 'is asked of its owner below a type that is external as a whole',
        query: '{ film(id: "f1") { credits makers { writer } studio { city } } }',
        data: {
          film: {
            credits: 'studio f1, director of f1, writer of f1',
            makers: { writer: 'writer of f1' },
            studio: { city: 'city of f1' },
          },
        },
        sent: { films: 1, credits: 1 },
      },
      {
        it: 'leads over its owner from one key to the other',
        query: '{ gift { price shelf credits } }',
        data: {
          gift: {
            price: 10,
            shelf: 'title f2 on ean-f2',
            credits: 'studio f2, director of f2, writer of f2',
          },
        },
      },
      {
        it: 'changes nothing about an object that is not there',
        query: '{ film(id: "f9") { credits price shelf age } }',
        data: { film: null },
        sent: { films: 1 },
      },
    ],
  );

  it('is never asked of who only declares it', async () => {
    forget(federation);
    const { errors } = await federation.ask(
      '{ cheapest { year title studio { name } age } gift { title year makers { director } shelf } films { title year credits shelf } }',
    );
    expect(errors).toBeUndefined();
    for (const { query } of federation.received.tickets ?? []) expect(query).not.toMatch(/\byear\b|title/);
    for (const { query } of federation.received.shops ?? []) expect(query).not.toMatch(/title/);
    for (const { query } of federation.received.credits ?? []) expect(query).not.toMatch(/studio|makers/);
  });

  it('is sent to who requires it, with the key', async () => {
    forget(federation);
    await federation.ask('{ film(id: "f1") { credits } }');
    expect(representationsIn(federation.received.credits)).toEqual([
      {
        __typename: 'Film',
        id: 'f1',
        studio: { name: 'studio f1' },
        makers: { director: 'director of f1', writer: 'writer of f1' },
      },
    ]);
  });
});
