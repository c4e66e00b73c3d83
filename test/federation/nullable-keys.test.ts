import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';

interface Book {
  readonly id?: string | null;
  readonly isbn?: string | null;
  readonly shelf?: { readonly room: string | null; readonly place: number | null } | null;
}
const BOOKS: readonly Required<Book>[] = [
  { id: 'b1', isbn: '978-1', shelf: { room: 'r1', place: 1 } },
  { id: 'b2', isbn: null, shelf: { room: null, place: 2 } },
  { id: null, isbn: '978-3', shelf: null },
  { id: null, isbn: null, shelf: { room: null, place: null } },
];
const stored: unknown[] = [];

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'catalogue',
      typeDefs: `${LINK}
        type Query { books: [Book!]! book(at: Int!): Book }
        type Book @key(fields: "id") @key(fields: "isbn") @key(fields: "shelf { room place }") { id: ID isbn: String shelf: Shelf title: String }
        type Shelf @shareable { room: String place: Int }`,
      resolvers: {
        Query: { books: () => BOOKS, book: (_: unknown, { at }: { at: number }) => BOOKS[at] },
        Book: { title: (book: Book) => `title ${BOOKS.indexOf(book as Required<Book>)}` },
      },
    },
    {
      name: 'lending',
      typeDefs: `${LINK} type Book @key(fields: "id") { id: ID lent: Boolean by: String! }`,
      resolvers: {
        Book: {
          __resolveReference: async (book: Book) => {
            stored.push(book.id);
            return typeof book.id === 'string' ? { ...book } : null;
          },
          lent: ({ id }: Book) => id === 'b1',
          by: ({ id }: Book) => `reader of ${id}`,
        },
      },
    },
    {
      name: 'shops',
      typeDefs: `${LINK} type Book @key(fields: "isbn") { isbn: String price: Int }`,
      resolvers: {
        Book: {
          // sells unknown books for nothing
          __resolveReference: async (book: Book) => ({ ...book }),
          price: ({ isbn }: Book) => (typeof isbn === 'string' ? isbn.length : 0),
        },
      },
    },
    {
      name: 'rooms',
      typeDefs: `${LINK}
        type Book @key(fields: "shelf { room place }") { shelf: Shelf dust: String }
        type Shelf @shareable { room: String place: Int }`,
      resolvers: {
        Book: {
          __resolveReference: async (book: Book) => ({ ...book }),
          dust: ({ shelf }: Book) => `${shelf?.room ?? 'no room'} ${shelf?.place ?? 'no place'}`,
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a key that may be null', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'is passed on as null, and an entity that is not known by it has nulls and no error',
        query: '{ books { title lent } }',
        data: {
          books: [
            { title: 'title 0', lent: true },
            { title: 'title 1', lent: false },
            { title: 'title 2', lent: null },
            { title: 'title 3', lent: null },
          ],
        },
        sent: { catalogue: 1, lending: 1 },
      },
      {
        it: 'lets its owner decide what null stands for',
        query: '{ books { isbn price } }',
        data: {
          books: [
            { isbn: '978-1', price: 5 },
            { isbn: null, price: 0 },
            { isbn: '978-3', price: 5 },
            { isbn: null, price: 0 },
          ],
        },
      },
      {
        it: 'may be null inside a nested key',
        query: '{ books { dust } }',
        data: {
          books: [{ dust: 'r1 1' }, { dust: 'no room 2' }, { dust: 'no room no place' }, { dust: 'no room no place' }],
        },
      },
      {
        it: 'stays null in the answer',
        query: '{ books { id isbn shelf { room place } } }',
        data: { books: BOOKS },
        sent: { catalogue: 1 },
      },
      {
        it: 'makes an entity null that has to have what its owner does not know',
        query: '{ first: book(at: 0) { by } third: book(at: 2) { title by } none: book(at: 9) { by } }',
        data: { first: { by: 'reader of b1' }, third: null, none: null },
        errors: [{ path: ['third', 'by'] }],
      },
      {
        it: 'works for several keys of one entity at once',
        query: '{ b: book(at: 1) { lent price dust } c: book(at: 2) { lent price dust } }',
        data: {
          b: { lent: false, price: 0, dust: 'no room 2' },
          c: { lent: null, price: 5, dust: 'no room no place' },
        },
      },
    ],
  );

  it('is sent as null once, never as the word', async () => {
    forget(federation);
    stored.length = 0;
    await federation.ask('{ books { lent } }');
    expect(representationsIn(federation.received.lending)).toEqual([
      { __typename: 'Book', id: 'b1' },
      { __typename: 'Book', id: 'b2' },
      { __typename: 'Book', id: null },
    ]);
    expect(stored).toEqual(['b1', 'b2', null]);
  });
});
