import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@inaccessible"])';

const archive = {
  name: 'archive',
  typeDefs: `${LINK}
    """
    A thing that is kept.

    With a "quoted" word, a \\"""triple\\""" one, and an é.
    """
    interface Kept { "How it is found." id: ID! "Old." shelf: String @deprecated(reason: "Ask \\"place\\"\\nof it.") }
    "One sheet."
    type Sheet implements Kept @key(fields: "id") {
      "How it is found."
      id: ID!
      "Old."
      shelf: String @deprecated(reason: "Ask \\"place\\"\\nof it.")
      "Where it lies."
      place("In which hall." hall: String = "north \\"A\\"", "Not needed." row: Int = -3 @deprecated(reason: "Rows are gone.")): String
      plain: Int @deprecated
      "Hidden." secret: String @inaccessible
    }
    "What it is made of."
    enum Stuff { "Wood." PAPER "Skin." VELLUM @deprecated(reason: "Nobody writes on it.") OTHER @deprecated }
    "A day."
    scalar Day @specifiedBy(url: "https://day.example/spec?a=1&b=2")
    "Any of them."
    union Any = Sheet
    "What is looked for."
    input Search {
      "Its words." words: [String!]! = ["a", "b"]
      "Its stuff." stuff: Stuff = PAPER
      "Since." since: Day = "2020-01-01"
      "Deep." inner: Inner = { least: 1.5, flags: [true, null], on: { least: 0, flags: [] } }
      old: Int = 5 @deprecated(reason: "Unused.")
    }
    input Inner { least: Float = 1e3, flags: [Boolean] = [false], on: Inner, id: ID = "007", none: String = null }
    "Where all begins."
    type Query {
      "All that is kept."
      kept("What for." search: Search = { words: ["x"], stuff: VELLUM }, first: Int! = 10): [Kept]
      sheet(id: ID! = "s1"): Sheet
      any: Any
      day(of: [Stuff!] = [PAPER, OTHER]): Day
    }`,
  resolvers: {
    Kept: { __resolveType: () => 'Sheet' },
    Any: { __resolveType: () => 'Sheet' },
    Sheet: {
      __resolveReference: (given: object) => given,
      shelf: () => 'old shelf',
      plain: () => 1,
      place: (_: unknown, { hall, row }: { hall: string; row: number }) => `${hall}/${row}`,
    },
    Query: {
      kept: (_: unknown, args: object) => [{ id: JSON.stringify(args) }],
      sheet: (_: unknown, given: object) => given,
      any: () => null,
      day: (_: unknown, { of }: { of: string[] }) => of.join(),
    },
  },
};

const loans = {
  name: 'loans',
  typeDefs: `${LINK}
    type Sheet @key(fields: "id") { id: ID! "Who has it." loan(day: Day): Loan @deprecated(reason: "None are lent.") }
    "Out of the house."
    type Loan { "The reader." to: String! }
    scalar Day @specifiedBy(url: "https://day.example/spec?a=1&b=2")`,
  resolvers: { Sheet: { __resolveReference: (given: object) => given, loan: () => ({ to: 'Ada' }) } },
};

let graph: Federation;
let schema: GraphQLSchema;
let printed: string;
beforeAll(async () => {
  graph = await federate([archive, loans]);
  const options = {
    descriptions: true,
    specifiedByUrl: true,
    inputValueDeprecation: true,
    directiveIsRepeatable: true,
  };
  const { data } = await graph.ask(getIntrospectionQuery(options));
  schema = buildClientSchema(data);
  printed = printSchema(schema);
});
afterAll(() => graph?.close());

describe('the client’s schema', () => {
  it.each([
    ['an interface', 'Kept', 'A thing that is kept.\n\nWith a "quoted" word, a """triple""" one, and an é.'],
    ['an object type', 'Sheet', 'One sheet.'],
    ['an object type of the other subgraph', 'Loan', 'Out of the house.'],
    ['an enum', 'Stuff', 'What it is made of.'],
    ['a scalar', 'Day', 'A day.'],
    ['a union', 'Any', 'Any of them.'],
    ['an input', 'Search', 'What is looked for.'],
    ['the root type', 'Query', 'Where all begins.'],
  ])('keeps the description of %s', (_case, name, description) => {
    expect(schema.getType(name)?.description).toBe(description);
  });

  it.each([
    ['of a field', '"""Where it lies."""\n  place('],
    ['of an argument', '"""In which hall."""\n    hall: String'],
    ['of an enum value', '"""Wood."""\n  PAPER'],
    ['of a deprecated enum value', '"""Skin."""\n  VELLUM @deprecated'],
    ['of an input’s field', '"""Its words."""\n  words: [String!]!'],
    ['of an interface’s field', '"""How it is found."""\n  id: ID!'],
    ['of the other subgraph’s field', '"""Who has it."""\n  loan(day: Day): Loan @deprecated'],
  ])('keeps the description %s', (_case, text) => {
    expect(printed).toContain(text);
  });

  it.each([
    ['a field', 'shelf: String @deprecated(reason: "Ask \\"place\\"\\nof it.")'],
    ['a field of the other subgraph', '@deprecated(reason: "None are lent.")'],
    ['a field without a reason', 'plain: Int @deprecated\n'],
    ['an enum value', 'VELLUM @deprecated(reason: "Nobody writes on it.")'],
    ['an enum value without a reason', 'OTHER @deprecated\n'],
    ['an argument', 'row: Int = -3 @deprecated(reason: "Rows are gone.")'],
    ['an input’s field', 'old: Int = 5 @deprecated(reason: "Unused.")'],
  ])('keeps the deprecation of %s', (_case, text) => {
    expect(printed).toContain(text);
  });

  it.each([
    ['a word with quotes', 'hall: String = "north \\"A\\""'],
    ['a list', 'words: [String!]! = ["a", "b"]'],
    ['an enum value', 'stuff: Stuff = PAPER'],
    ['a list of enum values', 'of: [Stuff!] = [PAPER, OTHER]'],
    ['an own scalar', 'since: Day = "2020-01-01"'],
    ['an id with zeros', 'id: ID = "007"'],
    ['null', 'none: String = null'],
    ['an object', 'search: Search = { words: ["x"], stuff: VELLUM, '],
    ['a required argument', 'first: Int! = 10'],
  ])('keeps the default of %s', (_case, text) => {
    expect(
      printed
        .replaceAll(/ {2,}/g, ' ')
        .replaceAll(/\{(?=\w)/g, '{ ')
        .replaceAll(/(?<=\w|\])\}/g, ' }'),
    ).toContain(text);
  });

  it('keeps the default of an input in an input', () => {
    const inner = schema.getType('Search');
    expect(inner && 'getFields' in inner && inner.getFields().inner).toMatchObject({
      defaultValue: { least: 1.5, flags: [true, null], on: { least: 0, flags: [] } },
    });
  });

  it('keeps where a scalar is specified', () => {
    expect(schema.getType('Day')).toMatchObject({ specifiedByURL: 'https://day.example/spec?a=1&b=2' });
  });

  it('tells nothing of what is hidden, and nothing of federation', () => {
    expect(printed).not.toMatch(/secret|Hidden|join__|link__|@key|@shareable|_Any/);
  });

  checkAll(
    () => graph,
    [
      {
        it: 'says what is deprecated, and why, to those who ask',
        query: `{ __type(name: "Sheet") { fields(includeDeprecated: true) { name isDeprecated deprecationReason } }
        old: __type(name: "Sheet") { fields { name } } }`,
        data: {
          __type: {
            fields: [
              { name: 'id', isDeprecated: false, deprecationReason: null },
              { name: 'shelf', isDeprecated: true, deprecationReason: 'Ask "place"\nof it.' },
              { name: 'place', isDeprecated: false, deprecationReason: null },
              { name: 'plain', isDeprecated: true, deprecationReason: 'No longer supported' },
              { name: 'loan', isDeprecated: true, deprecationReason: 'None are lent.' },
            ],
          },
          old: { fields: [{ name: 'id' }, { name: 'place' }] },
        },
        sent: {},
      },
      {
        it: 'still answers what is deprecated',
        query: '{ sheet { shelf plain loan { to } place(row: 2) } day(of: [VELLUM]) }',
        data: { sheet: { shelf: 'old shelf', plain: 1, loan: { to: 'Ada' }, place: 'north "A"/2' }, day: 'VELLUM' },
      },
      {
        it: 'leaves its defaults to the subgraphs',
        query: '{ sheet { id place } kept { id } other: kept(search: {}) { id } day }',
        data: {
          sheet: { id: 's1', place: 'north "A"/-3' },
          kept: [
            {
              id: '{"search":{"words":["x"],"stuff":"VELLUM","since":"2020-01-01","inner":{"least":1.5,"flags":[true,null],"on":{"least":0,"flags":[],"id":"007","none":null},"id":"007","none":null},"old":5},"first":10}',
            },
          ],
          other: [
            {
              id: '{"search":{"words":["a","b"],"stuff":"PAPER","since":"2020-01-01","inner":{"least":1.5,"flags":[true,null],"on":{"least":0,"flags":[],"id":"007","none":null},"id":"007","none":null},"old":5},"first":10}',
            },
          ],
          day: 'PAPER,OTHER',
        },
      },
    ],
  );
});
