import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@requires"])';

const literal = (node: ValueNode, variables?: Record<string, unknown> | null): unknown => {
  switch (node.kind) {
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, literal(value, variables)]));
    case Kind.LIST:
      return node.values.map((value) => literal(value, variables));
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    default:
      return node.value;
  }
};
const json = new GraphQLScalarType({ name: 'JSON', parseValue: (value) => value, parseLiteral: literal });

// everything that a merge or a projection might take for an object of the graph
const TREE = {
  __typename: 'Part',
  id: 'not an id',
  list: [{ b: 1, a: 2 }, [null, [{ __typename: 'Nobody' }]], 'x', 0, false],
  empty: {},
  none: [],
  null: null,
  name: 'inner',
};
const asked = (_: unknown, args: object) => JSON.stringify(args);

const specs = {
  name: 'specs',
  typeDefs: `${LINK}
    scalar JSON scalar Long scalar Date @specifiedBy(url: "https://date.example")
    type Part @key(fields: "id") @key(fields: "code") { id: ID! code: JSON! name: String spec: JSON @shareable specs: [JSON] grid: [[JSON!]!] must: JSON! count: Int @shareable size: Long made: Date }
    type Query { parts: [Part!]! part: Part echo(json: JSON, long: Long, list: [JSON], date: Date): JSON told(json: JSON, in: In): String! any: JSON anys: [JSON]! }
    input In { json: JSON = { a: [1] }, long: Long }`,
  resolvers: {
    JSON: json,
    Part: { __resolveReference: ({ id }: { id: string }) => ({ ...PARTS[0], id }) },
    Query: {
      parts: () => PARTS,
      part: () => PARTS[0],
      echo: (_: unknown, { json: given, long, list, date }: Record<string, unknown>) => given ?? long ?? list ?? date,
      told: asked,
      any: () => TREE,
      anys: () => [TREE, null, [TREE, [TREE]], 'x', 1, true],
    },
  },
};
const PARTS = [
  {
    id: 'p1',
    code: { b: 1, a: [2] },
    name: 'Bolt',
    spec: TREE,
    specs: [{ a: 1 }, null, [1, [2]]],
    grid: [[{ a: 1 }], []],
    must: false,
    size: 9007199254740991,
    made: '2020-02-30',
  },
  {
    id: 'p2',
    code: ['x', { y: null }],
    name: null,
    spec: [TREE, { id: 2 }],
    specs: null,
    grid: null,
    must: 0,
    size: '12345678901234567890',
    made: { year: 2020 },
  },
];

const stores = {
  name: 'stores',
  typeDefs: `${LINK}
    scalar JSON
    type Part @key(fields: "code") { code: JSON! name: String @external spec: JSON @external count: Int @shareable shelf(at: JSON): JSON label: String! @requires(fields: "name spec") }`,
  resolvers: {
    JSON: json,
    Part: {
      __resolveReference: (given: object) => given,
      shelf: ({ code }: { code: unknown }, { at }: { at?: unknown }) => ({ code, ...(at === undefined ? {} : { at }) }),
      label: ({ name, spec }: { name: string | null; spec: unknown }) => `${name} ${JSON.stringify(spec)}`,
    },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([specs, stores]);
});
afterAll(() => graph?.close());

describe('a scalar of the graph’s own', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'is passed on as it came, objects and lists too',
        query: '{ any anys }',
        data: { any: TREE, anys: [TREE, null, [TREE, [TREE]], 'x', 1, true] },
      },
      {
        it: 'is not cut, nor completed, in lists and lists of lists',
        query: '{ parts { spec specs grid must } }',
        data: {
          parts: PARTS.map(({ spec, specs: all, grid, must }) => ({ spec, specs: all, grid, must })),
        },
      },
      {
        it: 'stands under several names beside fields of the same names',
        query: '{ part { name spec again: spec list: specs id } any other: part { name: spec } }',
        data: {
          part: { name: 'Bolt', spec: TREE, again: TREE, list: PARTS[0]?.specs, id: 'p1' },
          any: TREE,
          other: { name: TREE },
        },
      },
      {
        it: 'keeps numbers that fit, and strings of those that do not',
        query: '{ parts { size made } }',
        data: {
          parts: [
            { size: 9007199254740991, made: '2020-02-30' },
            { size: '12345678901234567890', made: { year: 2020 } },
          ],
        },
      },
      {
        it: 'is a key to another subgraph',
        query: '{ parts { shelf } }',
        data: { parts: [{ shelf: { code: { b: 1, a: [2] } } }, { shelf: { code: ['x', { y: null }] } }] },
        sent: { specs: 1, stores: 1 },
      },
      {
        it: 'is required by another subgraph, whole',
        query: '{ parts { label } }',
        data: {
          parts: [{ label: `Bolt ${JSON.stringify(TREE)}` }, { label: `null ${JSON.stringify([TREE, { id: 2 }])}` }],
        },
      },
      {
        it: 'is required and selected at once',
        query: '{ part { spec label code } }',
        data: { part: { spec: TREE, label: `Bolt ${JSON.stringify(TREE)}`, code: { b: 1, a: [2] } } },
      },
      {
        it: 'takes objects, lists, numbers, words, truths and null as literals',
        query: `{ a: echo(json: { a: [2.5, "x", { c: null }], b: 1, t: true }) b: echo(json: [1, [2]]) c: echo(json: 7) d: echo(json: "w")
        e: echo(list: [1, { a: 2 }]) f: told(json: null) g: echo(list: 5) }`,
        data: {
          a: { a: [2.5, 'x', { c: null }], b: 1, t: true },
          b: [1, [2]],
          c: 7,
          d: 'w',
          e: [1, { a: 2 }],
          f: '{"json":null}',
          g: [5],
        },
      },
      {
        it: 'takes anything as a variable',
        query:
          'query($a: JSON, $b: JSON, $c: [JSON], $d: Long, $e: Date, $f: JSON = { x: [1] }) { a: echo(json: $a) b: echo(json: $b) c: echo(list: $c) d: echo(long: $d) e: echo(date: $e) f: echo(json: $f) }',
        variables: { a: TREE, b: [[1], { a: 1 }], c: [TREE, 1], d: 9007199254740991, e: '2020-02-30' },
        data: { a: TREE, b: [[1], { a: 1 }], c: [TREE, 1], d: 9007199254740991, e: '2020-02-30', f: { x: [1] } },
      },
      {
        it: 'takes variables inside its literals',
        query:
          'query($n: Int!, $j: JSON, $s: String) { a: echo(json: { deep: [{ j: $j }, $s], n: $n }) b: echo(list: [$j, { s: $s }]) }',
        variables: { n: 3, j: { k: [1] }, s: 'w' },
        data: { a: { deep: [{ j: { k: [1] } }, 'w'], n: 3 }, b: [{ k: [1] }, { s: 'w' }] },
      },
      {
        it: 'takes variables inside literals for entities',
        query:
          'query($n: Int!, $j: JSON) { part { a: shelf(at: { j: [$j], n: $n }) b: shelf(at: $j) c: shelf(at: 1) } }',
        variables: { n: 3, j: { k: [1] } },
        data: {
          part: {
            a: { code: { b: 1, a: [2] }, at: { j: [{ k: [1] }], n: 3 } },
            b: { code: { b: 1, a: [2] }, at: { k: [1] } },
            c: { code: { b: 1, a: [2] }, at: 1 },
          },
        },
      },
      {
        it: 'stands in input objects, with defaults',
        query:
          'query($in: In, $j: JSON) { a: told(in: $in) b: told(in: {}) c: told(in: { json: [$j], long: 5000000000 }) }',
        variables: { in: { json: { x: null }, long: 5_000_000_000 }, j: { y: 1 } },
        data: {
          a: '{"in":{"json":{"x":null},"long":5000000000}}',
          b: '{"in":{"json":{"a":[1]}}}',
          c: '{"in":{"json":[{"y":1}],"long":5000000000}}',
        },
      },
      {
        it: 'may have names that mean something to JavaScript',
        query: 'query($j: JSON) { echo(json: $j) }',
        variables: { j: JSON.parse('{"constructor":1,"toString":{"a":1},"hasOwnProperty":[],"__proto__":{"x":1}}') },
        data: { echo: JSON.parse('{"constructor":1,"toString":{"a":1},"hasOwnProperty":[],"__proto__":{"x":1}}') },
      },
    ],
  );

  it('tells keys apart whose text would be the same in another order, and asks for equal ones once', async () => {
    forget(graph);
    await graph.ask('{ parts { shelf } part { shelf } }');
    expect(graph.received.stores).toHaveLength(1);
    const sent = representationsIn(graph.received.stores).map((one) => JSON.stringify(one));
    expect([...new Set(sent)].sort()).toEqual([
      '{"__typename":"Part","code":["x",{"y":null}]}',
      '{"__typename":"Part","code":{"b":1,"a":[2]}}',
    ]);
  });
});
