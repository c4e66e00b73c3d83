import { afterAll, beforeAll, describe } from 'vitest';
import { checkAll } from './cases.ts';
import { type FederateOptions, type Federation, federate, type SubgraphModule } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external", "@shareable", "@interfaceObject"])';

interface Given {
  readonly [name: string]: unknown;
}
const known = { __resolveReference: async (given: Given) => ({ ...given }) };
const typed = { __resolveType: ({ __typename }: Given) => __typename };

/** One graph for each of the gaps that planners have had, with all that is asked of it. */
const serving = (
  subgraphs: readonly SubgraphModule[],
  cases: Parameters<typeof checkAll>[1],
  options: FederateOptions = {},
): void => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await federate(subgraphs, options);
  });
  afterAll(() => federation?.close());
  checkAll(() => federation, cases);
};

describe('a field that requires others, behind a chain of keys', () => {
  serving(
    [
      {
        name: 'shops',
        typeDefs: `${LINK} type Query { gift: Film gifts: [[Film!]!]! } type Film @key(fields: "ean") { ean: String! }`,
        resolvers: { Query: { gift: () => ({ ean: '1' }), gifts: () => [[{ ean: '1' }], [], [{ ean: '2' }]] } },
      },
      {
        name: 'films',
        typeDefs: `${LINK} type Film @key(fields: "id") @key(fields: "ean") { id: ID! ean: String! title: String! }`,
        resolvers: {
          Film: { __resolveReference: async ({ ean }: Given) => ({ id: `f${ean}`, ean, title: `T${ean}` }) },
        },
      },
      {
        name: 'codes',
        typeDefs: `${LINK}
          type Film @key(fields: "id") @key(fields: "imdb") { id: ID! imdb: String! }`,
        resolvers: { Film: { __resolveReference: async ({ id }: Given) => ({ id, imdb: `tt-${id}` }) } },
      },
      {
        name: 'credits',
        typeDefs: `${LINK}
          type Film @key(fields: "id") { id: ID! title: String! @external credits: String @requires(fields: "title") }`,
        resolvers: { Film: { ...known, credits: ({ title }: Given) => `by ${title}` } },
      },
      {
        name: 'votes',
        typeDefs: `${LINK} type Film @key(fields: "imdb") {
          imdb: String! credits: String @external title: String! @external
          votes: String @requires(fields: "credits") rank(of: Int!): String @requires(fields: "title credits") }`,
        resolvers: {
          Film: {
            ...known,
            votes: ({ credits, imdb }: Given) => `${credits} (${imdb})`,
            rank: ({ credits, title }: Given, args: Given) => `${title}/${credits}/${args.of}`,
          },
        },
      },
    ],
    [
      { it: 'is answered', query: '{ gift { credits } }', data: { gift: { credits: 'by T1' } } },
      {
        it: 'takes three subgraphs, once each',
        query: '{ gifts { ean credits } }',
        data: { gifts: [[{ ean: '1', credits: 'by T1' }], [], [{ ean: '2', credits: 'by T2' }]] },
        sent: { shops: 1, films: 1, credits: 1 },
      },
      {
        it: 'may require what requires others itself, over keys of three kinds',
        query: '{ gift { votes } }',
        data: { gift: { votes: 'by T1 (tt-f1)' } },
        sent: { shops: 1, films: 1, codes: 1, credits: 1, votes: 1 },
      },
      {
        it: 'leaves the client its own keys for all that is required',
        query: 'query($n: Int!) { gift { title: ean credits: votes a: rank(of: $n) b: rank(of: 2) } }',
        variables: { n: 1 },
        data: { gift: { title: '1', credits: 'by T1 (tt-f1)', a: 'T1/by T1/1', b: 'T1/by T1/2' } },
      },
    ],
  );
});

describe('a value without a key whose fields several subgraphs have', () => {
  const WHERE = ['surveys', 'damages', 'prices'] as const;
  const has: Readonly<Record<string, string>> = { surveys: 'year', damages: 'harm', prices: 'price' };
  const survey = (number: unknown) => ({ number, year: `y${number}`, harm: `h${number}`, price: `p${number}` });
  const flat = (number: unknown) => ({ survey: survey(number), past: [survey(number), null, survey(`${number}0`)] });
  const reference = {
    __resolveReference: async (given: { survey: { number: unknown } }) => flat(given.survey.number),
  };
  const all = [flat(1), flat(2)];
  serving(
    WHERE.map((name) => ({
      name,
      typeDefs: `${LINK}
        type Query { flats: [Flat!]! @shareable ${name}: Flat current: Survey @shareable }
        type Flat @key(fields: "survey { number }") { survey: Survey! @shareable past: [Survey]! @shareable }
        type Survey { number: ID! @shareable ${has[name]}: String }`,
      resolvers: {
        Query: { flats: () => all, [name]: () => flat(3), current: () => survey(9) },
        Flat: reference,
      },
    })),
    [
      {
        it: 'is put together though the only key leads through it',
        query: '{ damages { survey { number year harm price } } }',
        data: { damages: { survey: { number: '3', year: 'y3', harm: 'h3', price: 'p3' } } },
        sent: { damages: 1, surveys: 1, prices: 1 },
      },
      {
        it: 'is found where none of its fields is in the subgraph that was asked',
        query: '{ damages { survey { year } } }',
        data: { damages: { survey: { year: 'y3' } } },
        sent: { damages: 1, surveys: 1 },
      },
      {
        it: 'is put together in lists, item by item',
        query: '{ prices { past { harm year } } }',
        data: { prices: { past: [{ harm: 'h3', year: 'y3' }, null, { harm: 'h30', year: 'y30' }] } },
      },
      {
        it: 'is put together from the root',
        query: '{ current { number year harm price } }',
        data: { current: { number: '9', year: 'y9', harm: 'h9', price: 'p9' } },
        sent: { damages: 1, surveys: 1, prices: 1 },
      },
      {
        it: 'is put together under aliases, several times',
        query: '{ flats { a: survey { b: year } survey { b: harm } c: past { price year } } }',
        data: {
          flats: [
            {
              a: { b: 'y1' },
              survey: { b: 'h1' },
              c: [{ price: 'p1', year: 'y1' }, null, { price: 'p10', year: 'y10' }],
            },
            {
              a: { b: 'y2' },
              survey: { b: 'h2' },
              c: [{ price: 'p2', year: 'y2' }, null, { price: 'p20', year: 'y20' }],
            },
          ],
        },
      },
    ],
  );
});

describe('a page of records of several owners', () => {
  const records = [
    { __typename: 'Cat', id: 'c1' },
    { __typename: 'Dog', id: 'd1' },
  ];
  const page = { edges: records.map((node) => ({ cursor: `@${node.id}`, node })), nodes: records };
  const shared = `type Page @shareable { edges: [Edge!]! nodes: [Pet!]! } type Edge @shareable { cursor: String! node: Pet! }`;
  const owner = (type: string, other: string) => ({
    name: type.toLowerCase(),
    typeDefs: `${LINK} ${shared}
      interface Pet { id: ID! name: String friends: Page! }
      type ${type} implements Pet @key(fields: "id") { id: ID! name: String friends: Page! own${type}: Int }
      type ${other} implements Pet @key(fields: "id", resolvable: false) {
        id: ID! name: String @external friends: Page! @external }`,
    resolvers: {
      [type]: { ...known, name: ({ id }: Given) => `n-${String(id)}`, friends: () => page, [`own${type}`]: () => 7 },
      Pet: typed,
    },
  });
  serving(
    [
      {
        name: 'hub',
        typeDefs: `${LINK} ${shared} interface Pet { id: ID! }
          type Cat implements Pet @key(fields: "id", resolvable: false) { id: ID! }
          type Dog implements Pet @key(fields: "id", resolvable: false) { id: ID! }
          type Query { pets: Page! }`,
        resolvers: { Query: { pets: () => page }, Pet: typed },
      },
      owner('Cat', 'Dog'),
      owner('Dog', 'Cat'),
    ],
    [
      {
        it: 'is completed by each owner below edges',
        query: '{ pets { edges { cursor node { name } } } }',
        data: {
          pets: {
            edges: [
              { cursor: '@c1', node: { name: 'n-c1' } },
              { cursor: '@d1', node: { name: 'n-d1' } },
            ],
          },
        },
        sent: { hub: 1, cat: 1, dog: 1 },
      },
      {
        it: 'is completed two pages deep',
        query:
          '{ pets { nodes { ... on Cat { ownCat friends { edges { node { __typename name ... on Dog { ownDog } } } } } } } }',
        data: {
          pets: {
            nodes: [
              {
                ownCat: 7,
                friends: {
                  edges: [
                    { node: { __typename: 'Cat', name: 'n-c1' } },
                    { node: { __typename: 'Dog', name: 'n-d1', ownDog: 7 } },
                  ],
                },
              },
              {},
            ],
          },
        },
      },
    ],
  );
});

describe('an interface that several subgraphs know as one object', () => {
  const media: readonly Given[] = [
    { __typename: 'Book', id: 'b', isbn: '1', title: 'Dune' },
    { __typename: 'Film', id: 'f', isbn: '2', title: 'Alien' },
  ];
  const find = (given: Given) => media.find(({ id, isbn }) => id === given.id || isbn === given.isbn);
  serving(
    [
      {
        name: 'catalogue',
        typeDefs: `${LINK} interface Media @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: ID! title: String! }
          type Book implements Media @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: ID! title: String! pages: Int }
          type Film implements Media @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: ID! title: String! minutes: Int }`,
        resolvers: {
          Media: { ...typed, __resolveReference: async (given: Given) => find(given) },
          Book: { __resolveReference: async (given: Given) => find(given), pages: () => 5 },
          Film: { __resolveReference: async (given: Given) => find(given), minutes: () => 6 },
        },
      },
      {
        name: 'lists',
        typeDefs: `${LINK} type Query { top: [Media!]! } type Media @key(fields: "isbn") @interfaceObject { isbn: ID! }`,
        resolvers: { Query: { top: () => [{ isbn: '2' }, { isbn: '1' }] } },
      },
      {
        name: 'reviews',
        typeDefs: `${LINK} type Media @key(fields: "id") @interfaceObject {
          id: ID! title: String! @external score: Int alike: [Media!]! label: String @requires(fields: "title") }`,
        resolvers: {
          Media: {
            ...known,
            score: ({ id }: Given) => String(id).charCodeAt(0),
            alike: () => [{ id: 'b' }],
            label: ({ title }: Given) => `*${title}*`,
          },
        },
      },
    ],
    [
      {
        it: 'is followed from one to the other over the owner’s keys',
        query: '{ top { score label } }',
        data: {
          top: [
            { score: 102, label: '*Alien*' },
            { score: 98, label: '*Dune*' },
          ],
        },
      },
      {
        it: 'is followed there and back for one type alone',
        query: '{ top { isbn ... on Film { minutes label alike { __typename score ... on Book { pages label } } } } }',
        data: {
          top: [
            {
              isbn: '2',
              minutes: 6,
              label: '*Alien*',
              alike: [{ __typename: 'Book', score: 98, pages: 5, label: '*Dune*' }],
            },
            { isbn: '1' },
          ],
        },
      },
    ],
  );
});

describe('the root, where a field leads back to it', () => {
  serving(
    [
      {
        name: 'notes',
        typeDefs: `${LINK} type Query { notes: [String!]! } type Mutation { write(text: String!, representations: Int): Written! }
          type Written @shareable { text: String! query: Query! }`,
        resolvers: {
          Query: { notes: () => ['n'] },
          Mutation: { write: (_: unknown, { text }: Given) => ({ text, query: {} }) },
        },
      },
      { name: 'times', typeDefs: `${LINK} type Query { hour: Int }`, resolvers: { Query: { hour: () => 12 } } },
    ],
    [
      {
        it: 'is asked in every subgraph',
        query:
          'mutation($representations: Int) { write(text: "a", representations: $representations) { text query { hour notes } } }',
        variables: { representations: 1 },
        data: { write: { text: 'a', query: { hour: 12, notes: ['n'] } } },
      },
    ],
    // the product's own composition does not see that a root can be asked anywhere
    { composition: 'apollo' },
  );
});
