import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const told = (_: unknown, asked: object) => JSON.stringify(asked);

const kitchen = {
  name: 'kitchen',
  typeDefs: `${LINK}
    enum Heat { LOW HIGH }
    input Dish { name: String = "soup" heat: Heat = LOW grams: Float tags: [String!] = ["warm"] sides: [[Dish]] for: ID must: Int! = 3 next: Dish }
    input Pick @oneOf { id: ID name: String dish: Dish list: [Int!] }
    type Meal @key(fields: "id") { id: ID! }
    type Query {
      ints(of: [Int!], deep: [[Int]], one: Int = 4): String!
      floats(of: [Float], one: Float! = 1): String!
      ids(of: [ID!], one: ID): String!
      words(of: [String], one: String = "none", heat: Heat = HIGH, heats: [Heat!], yes: Boolean): String!
      dish(dish: Dish = { name: "bread", grams: 2 }, dishes: [Dish!]): String!
      pick(by: Pick!): String!
      meal: Meal
    }`,
  resolvers: {
    Query: { ints: told, floats: told, ids: told, words: told, dish: told, pick: told, meal: () => ({ id: 'm' }) },
  },
};

const table = {
  name: 'table',
  typeDefs: `${LINK}
    enum Heat { LOW HIGH }
    type Meal @key(fields: "id") { id: ID! told(ints: [Int!] = [1], heat: Heat = LOW, price: Float, for: ID, guests: [[String]]): String! }`,
  resolvers: { Meal: { __resolveReference: (given: object) => given, told } },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([kitchen, table]);
});
afterAll(() => graph?.close());

describe('input', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'makes one value a list, in literals and in variables',
        query:
          'query($n: [Int!], $d: [[Int]]) { ints(of: 5, deep: 6) v: ints(of: $n, deep: $d) w: ints(of: [7], deep: [8, null, [9]]) }',
        variables: { n: 1, d: 2 },
        data: {
          ints: '{"of":[5],"deep":[[6]],"one":4}',
          v: '{"of":[1],"deep":[[2]],"one":4}',
          w: '{"of":[7],"deep":[[8],null,[9]],"one":4}',
        },
      },
      {
        it: 'takes integers for decimals and for ids',
        query:
          'query($f: Float!, $i: ID!) { floats(of: [1, 2.5, null], one: 3) v: floats(of: [$f], one: $f) ids(of: [1, "2"], one: 3) w: ids(of: [$i], one: $i) }',
        variables: { f: 7, i: 8 },
        data: {
          floats: '{"of":[1,2.5,null],"one":3}',
          v: '{"of":[7],"one":7}',
          ids: '{"of":["1","2"],"one":"3"}',
          w: '{"of":["8"],"one":"8"}',
        },
      },
      {
        it: 'takes enum values in variables, lists and defaults',
        query:
          'query($h: Heat, $all: [Heat!], $d: Heat = LOW) { words(heat: $h, heats: $all) d: words(heat: $d, heats: LOW) n: words(heats: [$d, HIGH]) }',
        variables: { h: 'LOW', all: 'HIGH' },
        data: {
          words: '{"one":"none","heat":"LOW","heats":["HIGH"]}',
          d: '{"one":"none","heat":"LOW","heats":["LOW"]}',
          n: '{"one":"none","heat":"HIGH","heats":["LOW","HIGH"]}',
        },
      },
      {
        it: 'tells null from nothing',
        query: `query($given: String, $absent: String, $nulled: String = "x", $missing: String = "x") {
        none: words null: words(one: null) given: words(one: $given) absent: words(one: $absent)
        nulled: words(one: $nulled) missing: words(one: $missing) }`,
        variables: { given: null, nulled: null },
        data: {
          none: '{"one":"none","heat":"HIGH"}',
          null: '{"one":null,"heat":"HIGH"}',
          given: '{"one":null,"heat":"HIGH"}',
          absent: '{"one":"none","heat":"HIGH"}',
          nulled: '{"one":null,"heat":"HIGH"}',
          missing: '{"one":"x","heat":"HIGH"}',
        },
      },
      {
        it: 'tells null from nothing inside objects, and lets absent ones take defaults',
        query: `query($name: String, $gone: String, $heat: Heat) { a: dish(dish: { name: $name }) b: dish(dish: { name: $gone, heat: $heat })
        c: dish(dish: { grams: null, tags: null }) d: dish(dish: {}) e: dish f: dish(dish: null) }`,
        variables: { name: null },
        data: {
          a: '{"dish":{"name":null,"heat":"LOW","tags":["warm"],"must":3}}',
          b: '{"dish":{"name":"soup","heat":"LOW","tags":["warm"],"must":3}}',
          c: '{"dish":{"name":"soup","heat":"LOW","grams":null,"tags":null,"must":3}}',
          d: '{"dish":{"name":"soup","heat":"LOW","tags":["warm"],"must":3}}',
          e: '{"dish":{"name":"bread","heat":"LOW","grams":2,"tags":["warm"],"must":3}}',
          f: '{"dish":null}',
        },
      },
      {
        it: 'takes nested variables with their defaults',
        query: `query($dish: Dish! = { name: "rice", next: { heat: HIGH } }, $side: Dish, $tag: String!, $grams: Float) {
        a: dish(dish: $dish) b: dish(dish: { sides: [[$side, { tags: [$tag, "b"], grams: $grams }], null] }) c: dish(dishes: [$dish]) }`,
        variables: { side: { for: 3, must: 1 }, tag: 'a', grams: 10 },
        data: {
          a: '{"dish":{"name":"rice","heat":"LOW","tags":["warm"],"must":3,"next":{"name":"soup","heat":"HIGH","tags":["warm"],"must":3}}}',
          b: '{"dish":{"name":"soup","heat":"LOW","tags":["warm"],"sides":[[{"name":"soup","heat":"LOW","tags":["warm"],"for":"3","must":1},{"name":"soup","heat":"LOW","grams":10,"tags":["a","b"],"must":3}],null],"must":3}}',
          c: '{"dish":{"name":"bread","heat":"LOW","grams":2,"tags":["warm"],"must":3},"dishes":[{"name":"rice","heat":"LOW","tags":["warm"],"must":3,"next":{"name":"soup","heat":"HIGH","tags":["warm"],"must":3}}]}',
        },
      },
      {
        it: 'takes exactly one field where one is to be picked',
        query:
          'query($p: Pick!, $id: ID!) { a: pick(by: { id: 5 }) b: pick(by: $p) c: pick(by: { id: $id }) d: pick(by: { list: 1 }) }',
        variables: { p: { dish: { must: 1 } }, id: 'x' },
        data: {
          a: '{"by":{"id":"5"}}',
          b: '{"by":{"dish":{"name":"soup","heat":"LOW","tags":["warm"],"must":1}}}',
          c: '{"by":{"id":"x"}}',
          d: '{"by":{"list":[1]}}',
        },
      },
      {
        it: 'reaches fields of entities alike',
        query: `query($n: [Int!], $h: Heat, $f: Float, $g: String, $gone: ID, $d: Heat = HIGH) { meal {
        a: told(ints: $n, heat: $h, price: $f, guests: [[$g, "Bo"], null]) b: told(ints: 5, for: 6) c: told(ints: null, for: $gone, heat: $d) d: told(guests: "Cy") } }`,
        variables: { n: 2, h: null, f: 1, g: 'Al' },
        data: {
          meal: {
            a: '{"ints":[2],"heat":null,"price":1,"guests":[["Al","Bo"],null]}',
            b: '{"ints":[5],"heat":"LOW","for":"6"}',
            c: '{"ints":null,"heat":"HIGH"}',
            d: '{"ints":[1],"heat":"LOW","guests":[["Cy"]]}',
          },
        },
      },
      {
        it: 'keeps strings as they are',
        query:
          'query($s: String) { words(one: $s) b: words(one: "a\\"b\\\\c\\n\\u00e9 # { } $x") c: words(one: """block "quoted" text""") }',
        variables: { s: 'a"b\\c\n é # { } $x \u{1F600}' },
        data: {
          words: JSON.stringify({ one: 'a"b\\c\n é # { } $x \u{1F600}', heat: 'HIGH' }),
          b: JSON.stringify({ one: 'a"b\\c\né # { } $x', heat: 'HIGH' }),
          c: JSON.stringify({ one: 'block "quoted" text', heat: 'HIGH' }),
        },
      },
      {
        it: 'keeps the ends of the ranges',
        query: 'query($n: [Int!], $f: [Float]) { ints(of: $n, one: -2147483648) floats(of: $f, one: 1e-7) }',
        variables: { n: [2147483647, -2147483648, 0], f: [1e21, -0.5, 1.7976931348623157e308] },
        data: {
          ints: '{"of":[2147483647,-2147483648,0],"one":-2147483648}',
          floats: '{"of":[1e+21,-0.5,1.7976931348623157e+308],"one":1e-7}',
        },
      },
      {
        it: 'passes over variables that no field uses',
        query: 'query($yes: Boolean = false) { words(yes: true) ints @include(if: $yes) }',
        variables: { extra: 'not declared' },
        data: { words: '{"one":"none","heat":"HIGH","yes":true}' },
      },
    ],
  );

  refuseAll(
    () => graph,
    [
      ...[
        { of: 'a word for a number', query: 'query($v: Int) { ints(one: $v) }', v: 'sekret' },
        { of: 'a numeral for a number', query: 'query($v: Int) { ints(one: $v) }', v: '8675309' },
        { of: 'a decimal for an integer', query: 'query($v: Int) { ints(one: $v) }', v: 8675309.5 },
        { of: 'an integer that is too large', query: 'query($v: Int) { ints(one: $v) }', v: 86753098675309 },
        { of: 'a number for a word', query: 'query($v: String) { words(one: $v) }', v: 8675309 },
        { of: 'a word for a truth', query: 'query($v: Boolean) { words(yes: $v) }', v: 'sekret' },
        { of: 'an unknown enum value', query: 'query($v: Heat) { words(heat: $v) }', v: 'SEKRET' },
        { of: 'a number for an enum value', query: 'query($v: Heat) { words(heat: $v) }', v: 8675309 },
        { of: 'an object for a word', query: 'query($v: String) { words(one: $v) }', v: { sekret: 'sekret' } },
        { of: 'a word for an object', query: 'query($v: Dish) { dish(dish: $v) }', v: 'sekret' },
        { of: 'a list for an object', query: 'query($v: Dish) { dish(dish: $v) }', v: ['sekret'] },
        { of: 'a list for one value', query: 'query($v: Int) { ints(one: $v) }', v: [8675309] },
        { of: 'a wrong item', query: 'query($v: [Int!]) { ints(of: $v) }', v: [1, 'sekret'] },
        { of: 'a null item', query: 'query($v: [Int!]) { ints(of: $v) }', v: [1, null] },
        { of: 'an unknown field', query: 'query($v: Dish) { dish(dish: $v) }', v: { sekret: 'sekret' } },
        {
          of: 'a wrong field deep inside',
          query: 'query($v: Dish) { dish(dish: $v) }',
          v: { sides: [[{ next: { must: 'sekret' } }]] },
        },
        { of: 'null where a value must be', query: 'query($v: Int!) { ints(one: $v) }', v: null },
        { of: 'null in a field that must be there', query: 'query($v: Dish) { dish(dish: $v) }', v: { must: null } },
        {
          of: 'two fields where one is to be picked',
          query: 'query($v: Pick!) { pick(by: $v) }',
          v: { id: 'sekret', name: 'sekret' },
        },
        { of: 'no field where one is to be picked', query: 'query($v: Pick!) { pick(by: $v) }', v: {} },
        { of: 'a null field where one is to be picked', query: 'query($v: Pick!) { pick(by: $v) }', v: { id: null } },
      ].map(({ of, query, v }) => ({
        it: `refuses ${of}`,
        query,
        variables: { v },
        secret: JSON.stringify(v).match(/sekret|SEKRET|8675309/)?.[0] ?? 'v: ',
      })),
      { it: 'refuses a variable that is not there', query: 'query($v: Int!) { ints(one: $v) }' },
      { it: 'refuses a variable of a wider type', query: 'query($v: Int) { floats(one: $v) }', variables: { v: 1 } },
      { it: 'refuses a variable that is not declared', query: '{ ints(one: $v) }', variables: { v: 1 } },
      { it: 'refuses a wrong literal', query: '{ ints(one: "sekret") }', secret: 'sekret' },
      {
        it: 'refuses a wrong literal deep inside',
        query: '{ dish(dish: { sides: [[{ must: "sekret" }]] }) }',
        secret: 'sekret',
      },
      {
        it: 'refuses two literal fields where one is to be picked',
        query: '{ pick(by: { id: 1, name: "sekret" }) }',
        secret: 'sekret',
      },
      { it: 'refuses a wrong default', query: 'query($v: Int = "sekret") { ints(one: $v) }', secret: 'sekret' },
      { it: 'refuses a missing argument', query: '{ pick }' },
      { it: 'refuses a wrong literal for an entity’s field', query: '{ meal { told(heat: WARM) } }' },
    ],
  );

  it('sends each subgraph the variables that it uses, and only these', async () => {
    forget(graph);
    await graph.ask(
      'query($a: Int, $b: Float, $c: String) { ints(one: $a) meal { told(price: $b) } words(one: $c) @skip(if: true) }',
      {
        a: 1,
        b: 2.5,
        c: 'nobody',
        d: 'undeclared',
      },
    );
    expect(graph.received.kitchen?.map(({ variables }) => variables)).toEqual([{ a: 1 }]);
    expect(graph.received.table?.map(({ variables }) => Object.keys(variables).sort())).toEqual([
      ['b', 'representations'],
    ]);
  });
});
