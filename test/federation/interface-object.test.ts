// longer than 300 lines: the table of one feature's cases, which is read row by row
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const MEDIA = [
  { __typename: 'Book', id: 'b1', title: 'Dune', year: 1965, pages: 412 },
  {
    __typename: 'Film',
    id: 'f1',
    title: 'Alien',
    year: 1979,
    minutes: 117,
    sequels: [{ __typename: 'Film', id: 'f2' }],
  },
  { __typename: 'Film', id: 'f2', title: 'Aliens', year: 1986, minutes: 137, sequels: [] },
  { __typename: 'Song', id: 's1', title: 'Hurt', year: null },
];
const medium = (id: string) => MEDIA.find((one) => one.id === id) ?? null;
const reference = { __resolveReference: ({ id }: { id: string }) => medium(id) };

/** Knows the kinds of media. */
const catalogue = {
  name: 'catalogue',
  typeDefs: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
    interface Media @key(fields: "id") { id: ID! title: String! year: Int }
    type Book implements Media @key(fields: "id") { id: ID! title: String! year: Int pages: Int! }
    type Film implements Media @key(fields: "id") { id: ID! title: String! year: Int minutes: Int! sequels: [Film!]! }
    type Song implements Media @key(fields: "id") { id: ID! title: String! year: Int }
    union Readable = Book | Song
    type Query { media: [Media]! medium(id: ID!): Media films: [Film!]! readables: [Readable!]! }`,
  resolvers: {
    Media: { ...reference, __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Readable: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Book: reference,
    Film: {
      ...reference,
      sequels: ({ sequels }: { sequels: { id: string }[] }) => sequels.map(({ id }) => medium(id)),
    },
    Song: reference,
    Query: {
      media: () => [medium('b1'), medium('f1'), null, medium('s1')],
      medium: (_: unknown, { id }: { id: string }) => medium(id),
      films: () => [medium('f1'), medium('f2')],
      readables: () => [medium('s1'), medium('b1')],
    },
  },
};

const SCORES: Readonly<Record<string, number | null>> = { b1: 4.5, f1: 5, f2: 4, s1: null };

/** Knows only that there are media: to it they are all one type. */
const ratings = {
  name: 'ratings',
  typeDefs: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@interfaceObject"])
    type Media @key(fields: "id") @interfaceObject {
      id: ID! score: Float reviews(least: Int = 1): [Review!]! alike: [Media!]! }
    type Review @key(fields: "id") { id: ID! stars: Int! of: Media! }
    type Query { top: [Media!]! review(id: ID!): Review stray: [Media]! }`,
  resolvers: {
    Media: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      score: ({ id }: { id: string }) => SCORES[id],
      reviews: ({ id }: { id: string }, { least }: { least: number }) =>
        [2, 5].filter((stars) => stars >= least).map((stars) => ({ id: `${id}-${stars}`, stars, of: { id } })),
      alike: ({ id }: { id: string }) => (id === 'b1' ? [{ id: 'f1' }, { id: 's1' }] : []),
    },
    Query: {
      top: () => [{ id: 'f1' }, { id: 'b1' }, { id: 'f1' }],
      review: (_: unknown, { id }: { id: string }) => ({ id, stars: 5, of: { id: id.slice(0, 2) } }),
      stray: () => [{ id: 'b1' }, { id: 'nowhere' }],
    },
  },
};

/** Adds to all media, too, and needs what the catalogue knows for it. */
const shop = {
  name: 'shop',
  typeDefs: `extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@interfaceObject", "@external", "@requires"])
    type Media @key(fields: "id") @interfaceObject {
      id: ID! title: String! @external label: String! @requires(fields: "title") price(in: String = "EUR"): String! }`,
  resolvers: {
    Media: {
      __resolveReference: (given: object) => given,
      label: ({ title }: { title: string }) => `*${title}*`,
      price: ({ id }: { id: string }, args: { in: string }) => `${id} in ${args.in}`,
    },
  },
};

/** Points at media, and adds nothing: it cannot be asked for them. */
const links = {
  name: 'links',
  typeDefs: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@interfaceObject"])
    type Media @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }
    type Link { to: Media! all: [[Media]] }
    type Query { link: Link! pinned: Media }`,
  resolvers: {
    Query: {
      link: () => ({ to: { id: 'b1' }, all: [[{ id: 'f1' }, null], [{ id: 's1' }]] }),
      pinned: () => ({ id: 'f2' }),
    },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([catalogue, ratings, shop, links]);
});
afterAll(() => graph?.close());

checkAll(
  () => graph,
  [
    {
      it: 'adds fields to every object of an interface',
      query: '{ media { score title } }',
      data: {
        media: [{ score: 4.5, title: 'Dune' }, { score: 5, title: 'Alien' }, null, { score: null, title: 'Hurt' }],
      },
      sent: { catalogue: 1, ratings: 1 },
    },
    {
      it: 'asks only the one subgraph when the objects’ own types do not matter',
      query: '{ top { id score } }',
      data: {
        top: [
          { id: 'f1', score: 5 },
          { id: 'b1', score: 4.5 },
          { id: 'f1', score: 5 },
        ],
      },
      sent: { ratings: 1 },
    },
    {
      it: 'finds the objects’ own types',
      query: '{ top { __typename id } }',
      data: {
        top: [
          { __typename: 'Film', id: 'f1' },
          { __typename: 'Book', id: 'b1' },
          { __typename: 'Film', id: 'f1' },
        ],
      },
      sent: { ratings: 1, catalogue: 1 },
    },
    {
      it: 'finds the objects’ own types under another name',
      query: '{ top { kind: __typename } }',
      data: { top: [{ kind: 'Film' }, { kind: 'Book' }, { kind: 'Film' }] },
    },
    {
      it: 'selects by type what came without one',
      query: '{ top { ... on Book { pages } ... on Film { minutes score } ... on Song { id } } }',
      data: { top: [{ minutes: 117, score: 5 }, { pages: 412 }, { minutes: 117, score: 5 }] },
    },
    {
      it: 'selects by type and adds its own fields beside',
      query: '{ top { score ... on Book { __typename pages } title } }',
      data: {
        top: [
          { score: 5, title: 'Alien' },
          { score: 4.5, __typename: 'Book', pages: 412, title: 'Dune' },
          { score: 5, title: 'Alien' },
        ],
      },
    },
    {
      it: 'adds fields to an object type',
      query: '{ films { score sequels { title score } } }',
      data: {
        films: [
          { score: 5, sequels: [{ title: 'Aliens', score: 4 }] },
          { score: 4, sequels: [] },
        ],
      },
    },
    {
      it: 'adds fields in a fragment on an object type alone',
      query: '{ media { ... on Book { score year } } }',
      data: { media: [{ score: 4.5, year: 1965 }, {}, null, {}] },
    },
    {
      it: 'adds fields in a fragment on an object type from a single field',
      query: '{ medium(id: "f2") { ... on Film { minutes score price } } }',
      data: { medium: { minutes: 137, score: 4, price: 'f2 in EUR' } },
    },
    {
      it: 'leaves the second subgraph alone when no object is of the type',
      query: '{ medium(id: "b1") { title ... on Film { score } } }',
      data: { medium: { title: 'Dune' } },
      sent: { catalogue: 1 },
    },
    {
      it: 'adds fields to members of a union',
      query: '{ readables { ... on Media { score } ... on Book { price(in: "CHF") } } }',
      data: { readables: [{ score: null }, { score: 4.5, price: 'b1 in CHF' }] },
    },
    {
      it: 'goes from one such subgraph over the types’ owner to another',
      query: '{ top { label } }',
      data: { top: [{ label: '*Alien*' }, { label: '*Dune*' }, { label: '*Alien*' }] },
      sent: { ratings: 1, catalogue: 1, shop: 1 },
    },
    {
      it: 'goes from one such subgraph straight to another',
      query: '{ top { price } }',
      data: { top: [{ price: 'f1 in EUR' }, { price: 'b1 in EUR' }, { price: 'f1 in EUR' }] },
      sent: { ratings: 1, shop: 1 },
    },
    {
      it: 'follows lists of itself, with types found at every level',
      query: '{ medium(id: "b1") { alike { __typename title alike { id } ... on Film { sequels { score } } } } }',
      data: {
        medium: {
          alike: [
            { __typename: 'Film', title: 'Alien', alike: [], sequels: [{ score: 4 }] },
            { __typename: 'Song', title: 'Hurt', alike: [] },
          ],
        },
      },
    },
    {
      it: 'comes back to the interface through a type of its own',
      query: '{ review(id: "s1-5") { stars of { __typename title label score } } }',
      data: { review: { stars: 5, of: { __typename: 'Song', title: 'Hurt', label: '*Hurt*', score: null } } },
    },
    {
      it: 'keeps one field with several arguments apart',
      query: `query($least: Int!, $in: String) { media { all: reviews { stars } best: reviews(least: $least) { stars }
      price(in: $in) euro: price ... on Book { pounds: price(in: "GBP") } } }`,
      variables: { least: 3, in: 'USD' },
      data: {
        media: [
          {
            all: [{ stars: 2 }, { stars: 5 }],
            best: [{ stars: 5 }],
            price: 'b1 in USD',
            euro: 'b1 in EUR',
            pounds: 'b1 in GBP',
          },
          { all: [{ stars: 2 }, { stars: 5 }], best: [{ stars: 5 }], price: 'f1 in USD', euro: 'f1 in EUR' },
          null,
          { all: [{ stars: 2 }, { stars: 5 }], best: [{ stars: 5 }], price: 's1 in USD', euro: 's1 in EUR' },
        ],
      },
    },
    {
      it: 'comes from a subgraph that cannot be asked for the interface',
      query:
        '{ pinned { __typename ... on Film { minutes } score } link { to { id title ... on Book { pages price } } all { __typename score } } }',
      data: {
        pinned: { __typename: 'Film', minutes: 137, score: 4 },
        link: {
          to: { id: 'b1', title: 'Dune', pages: 412, price: 'b1 in EUR' },
          all: [[{ __typename: 'Film', score: 5 }, null], [{ __typename: 'Song', score: null }]],
        },
      },
    },
    {
      it: 'asks nobody else for the key of such an object',
      query: '{ pinned { id } link { to { id } } }',
      data: { pinned: { id: 'f2' }, link: { to: { id: 'b1' } } },
      sent: { links: 1 },
    },
    {
      it: 'selects nothing by a type that such an object is not of',
      query: '{ pinned { ... on Book { pages score } ... on Song { id } } }',
      data: { pinned: {} },
    },
    {
      it: 'meets fragments on the interface inside those on a type, and the other way about',
      query:
        '{ top { ... on Film { ... on Media { title score ... on Film { minutes } } } ... on Media { ... on Book { label } } } }',
      data: {
        top: [
          { title: 'Alien', score: 5, minutes: 117 },
          { label: '*Dune*' },
          { title: 'Alien', score: 5, minutes: 117 },
        ],
      },
    },
    {
      it: 'starts at both kinds of roots at once',
      query: 'query { top { ...M } media { ...M } } fragment M on Media { __typename year score }',
      data: {
        top: [
          { __typename: 'Film', year: 1979, score: 5 },
          { __typename: 'Book', year: 1965, score: 4.5 },
          { __typename: 'Film', year: 1979, score: 5 },
        ],
        media: [
          { __typename: 'Book', year: 1965, score: 4.5 },
          { __typename: 'Film', year: 1979, score: 5 },
          null,
          { __typename: 'Song', year: null, score: null },
        ],
      },
    },
    {
      it: 'gives what it has of an object that the types’ owner does not know',
      query: '{ stray { id year } }',
      data: {
        stray: [
          { id: 'b1', year: 1965 },
          { id: 'nowhere', year: null },
        ],
      },
    },
    {
      it: 'gives null for an object that the types’ owner does not know where its own fields must be',
      query: '{ stray { id title } }',
      data: { stray: [{ id: 'b1', title: 'Dune' }, null] },
      errors: [{ path: ['stray', 1, 'title'] }],
    },
  ],
);

it('never gives the interface’s name as an object’s type', async () => {
  const { data } = await graph.ask('{ stray { __typename id } }');
  expect(data.stray[0]).toEqual({ __typename: 'Book', id: 'b1' });
  expect(JSON.stringify(data.stray[1])).not.toContain('Media');
});

it('asks in the type’s name that each subgraph knows, and for each object once', async () => {
  forget(graph);
  await graph.ask('{ top { title } media { score } }');
  expect(representationsIn(graph.received.ratings)).toEqual([
    { __typename: 'Media', id: 'b1' },
    { __typename: 'Media', id: 'f1' },
    { __typename: 'Media', id: 's1' },
  ]);
  expect(representationsIn(graph.received.catalogue).map((one) => (one as { id: string }).id)).toEqual(['f1', 'b1']);
});
