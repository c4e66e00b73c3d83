import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@inaccessible"])';

// Way is taken and given: the same in all. Size is only taken: what all know. Tone is only given: what any knows.
const paint = {
  name: 'paint',
  typeDefs: `${LINK}
    enum Way { BRUSH ROLL SPRAY @inaccessible }
    enum Size { S M XL }
    enum Tone { WARM COLD }
    type Pot @key(fields: "id") { id: ID! tone: Tone tones: [[Tone]!] way: Way ways: [Way!] }
    type Query { pots(size: Size! = M, way: Way): [Pot!]! told(sizes: [Size!], by: By): String! }
    input By { size: Size = S, way: Way = BRUSH, deep: By }`,
  resolvers: {
    Pot: { __resolveReference: ({ id }: { id: string }) => ({ id, tone: 'WARM', tones: [] }) },
    Query: {
      pots: (_: unknown, { size, way }: { size: string; way?: string }) => [
        {
          id: size,
          tone: 'WARM',
          tones: [['WARM', null], ['COLD']],
          way: way ?? null,
          ways: way === undefined ? null : [way],
        },
        { id: 'loud', tone: 'LOUD', tones: [['LOUD']], way: 'SPRAY', ways: ['BRUSH', 'SPRAY'] },
      ],
      told: (_: unknown, asked: object) => JSON.stringify(asked),
    },
  },
};

const light = {
  name: 'light',
  typeDefs: `${LINK}
    enum Way { BRUSH ROLL SPRAY }
    enum Size { S M L }
    enum Tone { WARM DIM FLAT @inaccessible }
    type Pot @key(fields: "id") { id: ID! glow(size: Size): Tone glows: [Tone] used: [Way] }
    type Query { lamp(size: Size, sizes: [[Size]]): String! }`,
  resolvers: {
    Pot: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      glow: (_: unknown, { size }: { size?: string }) => (size === 'S' ? 'DIM' : size === 'M' ? 'FLAT' : 'WARM'),
      glows: () => ['DIM', 'FLAT', null, 'WARM'],
      used: () => ['ROLL', 'SPRAY'],
    },
    Query: { lamp: (_: unknown, asked: object) => JSON.stringify(asked) },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([paint, light]);
});
afterAll(() => graph?.close());

describe('an enum that differs between subgraphs', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'has as an input the values that all subgraphs know',
        query: '{ __type(name: "Size") { kind enumValues { name } } }',
        data: { __type: { kind: 'ENUM', enumValues: [{ name: 'S' }, { name: 'M' }] } },
        sent: {},
      },
      {
        it: 'has as an output the values that any subgraph knows, without the hidden',
        query: '{ __type(name: "Tone") { enumValues { name } } }',
        data: { __type: { enumValues: [{ name: 'WARM' }, { name: 'DIM' }, { name: 'COLD' }] } },
        sent: {},
      },
      {
        it: 'has as both the values that are hidden nowhere',
        query: '{ __type(name: "Way") { enumValues { name } } }',
        data: { __type: { enumValues: [{ name: 'BRUSH' }, { name: 'ROLL' }] } },
        sent: {},
      },
      {
        it: 'answers values that only one subgraph knows',
        query: '{ pots(size: S) { id tone tones glow(size: S) } }',
        data: {
          pots: [
            { id: 'S', tone: 'WARM', tones: [['WARM', null], ['COLD']], glow: 'DIM' },
            { id: 'loud', tone: null, tones: [[null]], glow: 'DIM' },
          ],
        },
        // a subgraph that gives a value of no schema says so itself
        errors: [{ path: ['pots', 1, 'tone'] }, { path: ['pots', 1, 'tones', 0, 0] }],
      },
      {
        it: 'gives null and an error in place of a hidden value, each at its place',
        query: '{ pots(way: ROLL) { way cold: glow(size: M) glows used } }',
        data: {
          pots: [
            { way: 'ROLL', cold: null, glows: ['DIM', null, null, 'WARM'], used: ['ROLL', null] },
            { way: null, cold: null, glows: ['DIM', null, null, 'WARM'], used: ['ROLL', null] },
          ],
        },
        errors: [
          { path: ['pots', 0, 'cold'] },
          { path: ['pots', 0, 'glows', 1] },
          { path: ['pots', 0, 'used', 1] },
          { path: ['pots', 1, 'cold'] },
          { path: ['pots', 1, 'glows', 1] },
          { path: ['pots', 1, 'used', 1] },
          { path: ['pots', 1, 'way'] },
        ],
      },
      {
        it: 'lets a hidden value take its list away where all items must be there',
        query: '{ pots(way: BRUSH) { ways } }',
        data: { pots: [{ ways: ['BRUSH'] }, { ways: null }] },
        errors: [{ path: ['pots', 1, 'ways', 1] }],
      },
      {
        it: 'takes values from literals, variables, lists, inputs and defaults',
        query: `query($s: Size!, $by: By, $all: [[Size]], $d: Size = M) {
        told(sizes: [S, $s, $d], by: $by) lamp(size: $s, sizes: $all) other: told(by: { size: $d, deep: { way: ROLL } })
        one: told(sizes: M) }`,
        variables: { s: 'M', by: { size: 'M', deep: { way: null } }, all: [['S', null], null, ['M']] },
        data: {
          told: '{"sizes":["S","M","M"],"by":{"size":"M","way":"BRUSH","deep":{"size":"S","way":null}}}',
          lamp: '{"size":"M","sizes":[["S",null],null,["M"]]}',
          other: '{"by":{"size":"M","way":"BRUSH","deep":{"size":"S","way":"ROLL"}}}',
          one: '{"sizes":["M"]}',
        },
      },
      {
        it: 'leaves an argument to its default',
        query: 'query($s: Size = S) { pots { id } s: pots(size: $s) { id } m: pots(size: M) { id } }',
        data: {
          pots: [{ id: 'M' }, { id: 'loud' }],
          s: [{ id: 'S' }, { id: 'loud' }],
          m: [{ id: 'M' }, { id: 'loud' }],
        },
      },
    ],
  );

  refuseAll(
    () => graph,
    [
      { it: 'refuses a value that one subgraph alone knows', query: '{ lamp(size: L) }' },
      { it: 'refuses a value that the other subgraph alone knows', query: '{ pots(size: XL) { id } }' },
      { it: 'refuses a value deep in a literal', query: '{ lamp(sizes: [[S], [M, L]]) }' },
      { it: 'refuses a hidden value', query: '{ pots(way: SPRAY) { id } }' },
      { it: 'refuses a value as a string', query: '{ lamp(size: "S") }' },
      { it: 'refuses a value in a default', query: 'query($s: Size = XL) { lamp(size: $s) }' },
      {
        it: 'refuses a value in a variable',
        query: 'query($s: Size) { lamp(size: $s) }',
        variables: { s: 'L' },
        secret: '"L',
      },
      {
        it: 'refuses a hidden value in a variable',
        query: 'query($w: Way) { pots(way: $w) { id } }',
        variables: { w: 'SPRAY' },
        secret: 'SPRAY',
      },
      {
        it: 'refuses a value deep in a variable',
        query: 'query($b: By) { told(by: $b) }',
        variables: { b: { deep: { deep: { size: 'XL' } } } },
        secret: 'XL',
      },
      {
        it: 'refuses a value in a list in a variable',
        query: 'query($s: [[Size]]) { lamp(sizes: $s) }',
        variables: { s: [['S'], ['GIANT']] },
        secret: 'GIANT',
      },
      { it: 'refuses another case', query: 'query($s: Size) { lamp(size: $s) }', variables: { s: 'm' } },
      { it: 'refuses null where a value must be', query: '{ pots(size: null) { id } }' },
    ],
  );

  it('sends literals as enum values', async () => {
    forget(graph);
    await graph.ask('{ lamp(size: S, sizes: [[M]]) }');
    expect(graph.received.light?.[0]?.query).toMatch(/size: S\b/);
  });
});
