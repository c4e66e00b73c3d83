import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@provides", "@external", "@shareable"])';

interface Id {
  readonly id: string;
}
const AUTHORS: Readonly<Record<string, { name: string; born: number }>> = {
  a1: { name: 'Ann', born: 1950 },
  a2: { name: 'Bob', born: 1960 },
};
const REVIEWS = [
  { id: 'r1', author: { id: 'a1' }, medium: { __typename: 'Book', id: 'b1' } },
  { id: 'r2', author: { id: 'a2' }, medium: { __typename: 'Film', id: 'f1' } },
  { id: 'r3', author: null, medium: null },
];

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'reviews',
      typeDefs: `${LINK}
        type Query {
          reviews: [Review!]!
          latest: Review @provides(fields: "author { name address { city } }")
          starred: [[Author]] @provides(fields: "name")
          media: [Medium!]! @provides(fields: "... on Book { title }")
          authors: [Author!]!
        }
        type Review @key(fields: "id") {
          id: ID!
          author: Author @provides(fields: "name")
          silent: Author
          medium: Medium @provides(fields: "... on Film { title }")
        }
        type Author @key(fields: "id") { id: ID! name: String @external address: Address @external }
        type Address { city: String @external }
        union Medium = Book | Film
        type Book @key(fields: "id") { id: ID! title: String @external }
        type Film @key(fields: "id") { id: ID! title: String @external }`,
      resolvers: {
        Query: {
          reviews: () => REVIEWS,
          latest: () => ({ ...REVIEWS[0], author: { id: 'a1', told: true } }),
          starred: () => [[{ id: 'a1', told: true }, null], null, [{ id: 'a2', told: true }]],
          media: () => [
            { __typename: 'Book', id: 'b1' },
            { __typename: 'Film', id: 'f1' },
          ],
          authors: () => [{ id: 'a1' }, { id: 'a2' }],
        },
        Review: {
          __resolveReference: async ({ id }: Id) => ({ ...REVIEWS.find((one) => one.id === id) }),
          author: ({ author }: { author: Id | null }) => author && { ...author, told: true },
          silent: ({ author }: { author: Id | null }) => author,
        },
        // what it tells differs from what the owner tells, so that the test sees who was asked
        Author: {
          __resolveReference: async ({ id }: Id) => ({ id }),
          name: ({ id, told }: Id & { told?: boolean }) => {
            if (told !== true) throw new Error('It does not know the name here.');
            return `${AUTHORS[id]?.name} (told)`;
          },
          address: ({ id }: Id) => ({ city: `city of ${id} (told)` }),
        },
        Book: { title: ({ id }: Id) => `book ${id} (told)` },
        Film: { title: ({ id }: Id) => `film ${id} (told)` },
      },
    },
    {
      name: 'authors',
      typeDefs: `${LINK}
        type Author @key(fields: "id") { id: ID! name: String @shareable born: Int address: Address @shareable }
        type Address { city: String @shareable street: String }`,
      resolvers: {
        Author: {
          __resolveReference: async ({ id }: Id) => ({ id, ...AUTHORS[id] }),
          address: ({ id }: Id) => ({ city: `city of ${id}`, street: `street of ${id}` }),
        },
      },
    },
    {
      name: 'media',
      typeDefs: `${LINK}
        type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int }
        type Film @key(fields: "id") { id: ID! title: String @shareable minutes: Int }`,
      resolvers: {
        Book: { __resolveReference: async ({ id }: Id) => ({ id, title: `book ${id}`, pages: 100 }) },
        Film: { __resolveReference: async ({ id }: Id) => ({ id, title: `film ${id}`, minutes: 90 }) },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a field that provides others', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'saves the fetch from the owner',
        query: '{ reviews { id author { id name } } }',
        data: {
          reviews: [
            { id: 'r1', author: { id: 'a1', name: 'Ann (told)' } },
            { id: 'r2', author: { id: 'a2', name: 'Bob (told)' } },
            { id: 'r3', author: null },
          ],
        },
        sent: { reviews: 1 },
      },
      {
        it: 'provides nothing on another path to the same type',
        query: '{ reviews { silent { name } } authors { n: name } }',
        data: {
          reviews: [{ silent: { name: 'Ann' } }, { silent: { name: 'Bob' } }, { silent: null }],
          authors: [{ n: 'Ann' }, { n: 'Bob' }],
        },
      },
      {
        it: 'provides on one path and not on the other of one object',
        query: '{ reviews { author { name } silent { name } } }',
        data: {
          reviews: [
            { author: { name: 'Ann (told)' }, silent: { name: 'Ann' } },
            { author: { name: 'Bob (told)' }, silent: { name: 'Bob' } },
            { author: null, silent: null },
          ],
        },
        sent: { reviews: 1, authors: 1 },
      },
      {
        it: 'asks the owner for what is not provided',
        query: '{ reviews { author { born } } }',
        data: { reviews: [{ author: { born: 1950 } }, { author: { born: 1960 } }, { author: null }] },
        sent: { reviews: 1, authors: 1 },
      },
      {
        it: 'provides nested fields from the root',
        query: '{ latest { author { name address { city } } } }',
        data: { latest: { author: { name: 'Ann (told)', address: { city: 'city of a1 (told)' } } } },
        sent: { reviews: 1 },
      },
      {
        it: 'provides in lists of lists, with aliases, fragments and nulls',
        query: '{ s: starred { ...named } } fragment named on Author { n: name i: id }',
        data: { s: [[{ n: 'Ann (told)', i: 'a1' }, null], null, [{ n: 'Bob (told)', i: 'a2' }]] },
        sent: { reviews: 1 },
      },
    ],
  );

  it('never asks for an external field on a path that does not provide it', async () => {
    forget(federation);
    const { errors } = await federation.ask('{ authors { name address { street city } } reviews { silent { name } } }');
    expect(errors).toBeUndefined();
    for (const { query } of federation.received.reviews ?? []) expect(query).not.toMatch(/\bname\b|city/);
  });

  it('may provide for one member of a union, and never provides for the other by that', async () => {
    const { data, errors } = await federation.ask(
      '{ media { ... on Book { title } ... on Film { title } } reviews { medium { ... on Film { title } ... on Book { title } } } }',
    );
    expect(errors).toBeUndefined();
    // what is provided may come from either; what is not comes from its owner
    expect(data).toEqual({
      media: [{ title: expect.stringMatching(/^book b1( \(told\))?$/) }, { title: 'film f1' }],
      reviews: [
        { medium: { title: 'book b1' } },
        { medium: { title: expect.stringMatching(/^film f1( \(told\))?$/) } },
        { medium: null },
      ],
    });
  });

  it('puts what is provided and what is not together in one object', async () => {
    const { data, errors } = await federation.ask('{ latest { author { born name address { street city } } } }');
    expect(errors).toBeUndefined();
    // either of the two may tell the shared fields; both are one object
    expect(data).toEqual({
      latest: {
        author: {
          born: 1950,
          name: expect.stringMatching(/^Ann( \(told\))?$/),
          address: { street: 'street of a1', city: expect.stringMatching(/^city of a1( \(told\))?$/) },
        },
      },
    });
    expect(Object.keys(data.latest.author)).toEqual(['born', 'name', 'address']);
  });
});
