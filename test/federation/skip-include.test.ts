import { afterAll, beforeAll, describe } from 'vitest';
import { checkAll } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external", "@requires"])';

const books = {
  name: 'books',
  typeDefs: `${LINK}
    interface Work { id: ID! title: String! }
    type Book implements Work @key(fields: "id") { id: ID! title: String! pages: Int next: Book }
    type Play implements Work @key(fields: "id") { id: ID! title: String! acts: Int }
    type Query { works: [Work!]! book: Book }
    type Mutation { rename(title: String!): Book }`,
  resolvers: (() => {
    const second = { __typename: 'Book', id: 'b2', title: 'Two', pages: 20, next: null };
    const first = { __typename: 'Book', id: 'b1', title: 'One', pages: 10, next: second };
    return {
      Work: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Book: { __resolveReference: ({ id }: { id: string }) => (id === 'b1' ? first : second) },
      Query: { works: () => [first, { __typename: 'Play', id: 'p1', title: 'Three', acts: 3 }], book: () => first },
      Mutation: { rename: (_: unknown, { title }: { title: string }) => ({ ...first, title }) },
    };
  })(),
};

const asGiven = { __resolveReference: (given: object) => given };
const lending = {
  name: 'lending',
  typeDefs: `${LINK}
    type Book @key(fields: "id") { id: ID! pages: Int @external days(least: Int = 1): Int! @requires(fields: "pages") reader: Reader }
    type Play @key(fields: "id") { id: ID! reader: Reader }
    type Reader { name: String! has: [Book!]! }
    type Query { readers: [Reader!]! }`,
  resolvers: {
    Book: {
      ...asGiven,
      days: ({ pages }: { pages: number }, { least }: { least: number }) => Math.max(pages, least),
      reader: () => ({ name: 'Ada' }),
    },
    Play: { ...asGiven, reader: () => null },
    Reader: { has: () => [{ id: 'b1', pages: 10 }] },
    Query: { readers: () => [{ name: 'Ada' }] },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([books, lending]);
});
afterAll(() => graph?.close());

describe('@skip and @include', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'decides by literals',
        query:
          '{ book { a: id @skip(if: true) b: id @skip(if: false) c: id @include(if: true) d: id @include(if: false) } }',
        data: { book: { b: 'b1', c: 'b1' } },
      },
      ...(
        [
          [true, true, {}],
          [true, false, {}],
          [false, true, { id: 'b1' }],
          [false, false, {}],
        ] as const
      ).map(([skip, include, book]) => ({
        it: `gives a field with both only when neither is against it: skip ${skip}, include ${include}`,
        query: 'query($s: Boolean!, $i: Boolean!) { book { id @skip(if: $s) @include(if: $i) } }',
        variables: { s: skip, i: include },
        data: { book },
      })),
      {
        it: 'asks no second subgraph for what is skipped',
        query: 'query($s: Boolean!) { book { title days @skip(if: $s) reader @include(if: false) { name } } }',
        variables: { s: true },
        data: { book: { title: 'One' } },
        sent: { books: 1 },
      },
      {
        it: 'asks the second subgraph when the same operation includes it',
        query: 'query($s: Boolean!) { book { title days @skip(if: $s) reader @include(if: false) { name } } }',
        variables: { s: false },
        data: { book: { title: 'One', days: 10 } },
        sent: { books: 1, lending: 1 },
      },
      {
        it: 'takes defaults, and given values before them',
        query: `query($a: Boolean = true, $b: Boolean! = true, $c: Boolean = false) {
          book { a: id @skip(if: $a) b: id @skip(if: $b) c: id @skip(if: $c) d: id @include(if: $a) } }`,
        variables: { b: false },
        data: { book: { b: 'b1', c: 'b1', d: 'b1' } },
      },
      {
        it: 'decides on fragments of both kinds',
        query: `query($yes: Boolean!, $no: Boolean!) { works { ...T @include(if: $yes) ...I @include(if: $no)
          ... on Book @skip(if: $no) { pages } ... on Play @skip(if: $yes) { acts } ... @include(if: $no) { gone: id } } }
          fragment T on Work { title } fragment I on Work { id }`,
        variables: { yes: true, no: false },
        data: { works: [{ title: 'One', pages: 10 }, { title: 'Three' }] },
      },
      {
        it: 'gives what one spread gives though another of the same fragment is skipped',
        query:
          'query($s: Boolean!) { book { ...T @skip(if: $s) ...T id ...T @include(if: false) } } fragment T on Work { title }',
        variables: { s: true },
        data: { book: { title: 'One', id: 'b1' } },
      },
      {
        it: 'gives what one field gives though another of the same name is skipped',
        query:
          'query($s: Boolean!) { book { id @skip(if: $s) next @skip(if: $s) { pages title } next { id } id } book @skip(if: $s) { title } }',
        variables: { s: true },
        data: { book: { next: { id: 'b2' }, id: 'b1' } },
      },
      {
        it: 'decides on nested conditions',
        query: `query($a: Boolean!, $b: Boolean!) { book @include(if: $a) { title @include(if: $b) next @include(if: $a) {
          id @skip(if: $b) ... @include(if: $a) { ... on Book @include(if: $b) { pages reader @skip(if: $a) { name } days @include(if: $b) } } } } }`,
        variables: { a: true, b: true },
        data: { book: { title: 'One', next: { pages: 20, days: 20 } } },
      },
      {
        it: 'decides on nested conditions the other way',
        query: `query($a: Boolean!, $b: Boolean!) { book @include(if: $a) { title @include(if: $b) next @include(if: $a) {
          id @skip(if: $b) ... @include(if: $a) { ... on Book @include(if: $b) { pages reader @skip(if: $a) { name } days @include(if: $b) } } } } }`,
        variables: { a: true, b: false },
        data: { book: { next: { id: 'b2' } } },
        sent: { books: 1 },
      },
      {
        it: 'skips everything and asks nobody',
        query:
          'query($s: Boolean!) { book @skip(if: $s) { id } works @include(if: false) { id } ... on Query @skip(if: $s) { readers { name } } }',
        variables: { s: true },
        data: {},
        sent: {},
      },
      {
        it: 'leaves an object without fields where all of them are skipped',
        query:
          'query($s: Boolean!) { book { id @skip(if: $s) next { days @skip(if: $s) } } works { ... on Play @skip(if: $s) { acts } } }',
        variables: { s: true },
        data: { book: { next: {} }, works: [{}, {}] },
      },
      {
        it: 'leaves an object of another subgraph without fields where all of them are skipped',
        query: 'query($s: Boolean!) { book { reader { name @skip(if: $s) } } }',
        variables: { s: true },
        data: { book: { reader: {} } },
        sent: { books: 1, lending: 1 },
      },
      {
        it: 'decides beyond entities',
        query: `query($s: Boolean!, $n: Int) { readers { has { pages: id title @include(if: $s) next { reader { name @include(if: $s)
          has @skip(if: $s) { id } } } ... @skip(if: $s) { reader { name } } days(least: $n) @include(if: $s) } } }`,
        variables: { s: true, n: 30 },
        data: { readers: [{ has: [{ pages: 'b1', title: 'One', next: { reader: { name: 'Ada' } }, days: 30 }] }] },
      },
      {
        it: 'goes round by the needed field below an entity',
        query: 'query($s: Boolean!) { book { reader { has { pages @skip(if: $s) days @include(if: $s) } } } }',
        variables: { s: true },
        data: { book: { reader: { has: [{ days: 10 }] } } },
      },
      {
        it: 'skips a field that another needs',
        query: 'query($s: Boolean!) { book { pages @skip(if: $s) days } }',
        variables: { s: true },
        data: { book: { days: 10 } },
      },
      {
        it: 'decides on the type’s name',
        query:
          'query($s: Boolean!) { __typename @skip(if: $s) works { __typename @skip(if: $s) t: __typename @include(if: $s) ... on Play { __typename } } }',
        variables: { s: true },
        data: { works: [{ t: 'Book' }, { t: 'Play', __typename: 'Play' }] },
      },
      {
        it: 'decides in mutations, and runs nothing that is skipped',
        query:
          'mutation($s: Boolean!) { a: rename(title: "A") @skip(if: $s) { title } b: rename(title: "B") { title days @skip(if: $s) } }',
        variables: { s: true },
        data: { b: { title: 'B' } },
        sent: { books: 1 },
      },
      {
        it: 'may use a variable as a condition and as a value of no condition',
        query:
          'query($s: Boolean = true, $n: Int = 12) { book { days(least: $n) @include(if: $s) other: days @skip(if: $s) } }',
        variables: { n: 40 },
        data: { book: { days: 40 } },
      },
    ],
  );

  refuseAll(
    () => graph,
    [
      { it: 'refuses a condition that is no truth', query: '{ book @skip(if: "sekret") { id } }', secret: 'sekret' },
      { it: 'refuses a condition without its argument', query: '{ book @skip { id } }' },
      {
        it: 'refuses a variable that may be null',
        query: 'query($s: Boolean) { book @skip(if: $s) { id } }',
        variables: { s: true },
      },
      {
        it: 'refuses null for a condition whose variable has a default',
        query: 'query($s: Boolean = true) { book @skip(if: $s) { id } }',
        variables: { s: null },
      },
      {
        it: 'refuses a condition of the wrong type',
        query: 'query($s: Boolean!) { book @skip(if: $s) { id } }',
        variables: { s: 'sekret' },
        secret: 'sekret',
      },
      { it: 'refuses one condition twice', query: '{ book @skip(if: true) @skip(if: false) { id } }' },
      { it: 'refuses a wrong field though it is skipped', query: '{ book { nothing @skip(if: true) } }' },
    ],
  );
});
