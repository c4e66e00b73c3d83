import { GraphQLError } from 'graphql';
import { type Federation, federate, type Raw } from './kit.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';

interface Id {
  readonly id: string;
}
const failed = () => new GraphQLError('Out of order.', { extensions: { code: 'BROKEN' } });
export const ids = (...names: string[]) => names.map((id) => ({ id }));

/**
 * A library over three subgraphs: shelves, their books, and the books' people. An id says what fails: `bad-title`,
 * `no-author`, `unknown`. `broken` holds the subgraphs that fail as a whole, and how.
 */
export const startLibrary = (broken: ReadonlyMap<string, Raw | 'break'>): Promise<Federation> =>
  federate([
    {
      name: 'library',
      typeDefs: `${LINK}
        type Query {
          shelf(id: ID = "ok"): Shelf must(id: ID = "ok"): Shelf! shelves(ids: [ID!]!): [Shelf] strict(ids: [ID!]!): [Shelf!] grid: [[Book!]!] loose: [[Book]!]
          fine: String name: String
        }
        type Shelf { id: ID! label: String number: Int! books: [Book!] maybe: [Book] top: Book! side: Book }
        type Book @key(fields: "id", resolvable: false) { id: ID! }`,
      resolvers: {
        Query: {
          shelf: (_: unknown, { id }: Id) => ({ id }),
          must: (_: unknown, { id }: Id) => ({ id }),
          shelves: (_: unknown, { ids: all }: { ids: string[] }) => ids(...all),
          strict: (_: unknown, { ids: all }: { ids: string[] }) => ids(...all),
          grid: () => [ids('ok'), ids('ok', 'bad')],
          loose: () => [ids('ok', 'bad'), ids('unknown')],
          fine: () => 'fine',
          name: () => {
            throw failed();
          },
        },
        Shelf: {
          label: ({ id }: Id) => {
            if (id === 'no-label') throw failed();
            return `label ${id}`;
          },
          number: ({ id }: Id) => {
            if (id === 'no-number') throw failed();
            return id === 'null-number' ? null : 1;
          },
          books: ({ id }: Id) => ids('ok', id, 'ok'),
          maybe: ({ id }: Id) => [{ id: 'ok' }, { id }, null, { id }],
          top: ({ id }: Id) => ({ id }),
          side: ({ id }: Id) => ({ id }),
        },
      },
      instead: () => broken.get('library'),
    },
    {
      name: 'books',
      typeDefs: `${LINK}
        type Query { books: [Book!] }
        type Book @key(fields: "id") { id: ID! title: String subtitle: String author: Author! editor: Author pages: [[Int!]] }
        type Author @key(fields: "id", resolvable: false) { id: ID! }`,
      resolvers: {
        Query: { books: () => ids('ok') },
        Book: {
          __resolveReference: async ({ id }: Id) => {
            if (id === 'bad-book') throw failed();
            return id === 'unknown' ? null : { id };
          },
          title: ({ id }: Id) => {
            if (id === 'bad-title') throw failed();
            return `title ${id}`;
          },
          subtitle: () => 'subtitle',
          author: ({ id }: Id) => {
            if (id === 'bad') throw failed();
            return id === 'no-author' ? null : { id: id === 'ok' ? 'a' : id };
          },
          editor: ({ id }: Id) => ({ id }),
          pages: ({ id }: Id) => (id === 'bad-pages' ? [[1], [2, null], null] : [[1, 2], null]),
        },
      },
      instead: () => broken.get('books'),
    },
    {
      name: 'people',
      typeDefs: `${LINK} type Query { someone: Author } type Author @key(fields: "id") { id: ID! name: String! born: Int }`,
      resolvers: {
        Query: { someone: () => ({ id: 'a' }) },
        Author: {
          __resolveReference: async ({ id }: Id) => (id === 'unknown-author' ? null : { id }),
          name: ({ id }: Id) => {
            if (id === 'bad-name') throw failed();
            return `name of ${id}`;
          },
          born: ({ id }: Id) => {
            if (id === 'bad-born') throw failed();
            return 1950;
          },
        },
      },
      instead: () => broken.get('people'),
    },
  ]);
