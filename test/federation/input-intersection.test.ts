import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])';
const told = (_: unknown, asked: object) => JSON.stringify(asked);

const trains = {
  name: 'trains',
  typeDefs: `${LINK}
    input Trip { from: String! to: String via: [Stop!] class: Int = 2, quiet: Boolean }
    input Stop { name: String! minutes: Int = 5, platform: String }
    input Page { first: Int = 10, after: String }
    type Line @key(fields: "id") { id: ID! times(day: String, trip: Trip, holiday: Boolean): String! @shareable late: String @shareable }
    type Query { trains(trip: Trip!, page: Page): String! line(id: ID!): Line }`,
  resolvers: {
    Line: { __resolveReference: (given: object) => given, times: told },
    Query: { trains: told, line: (_: unknown, asked: object) => asked },
  },
};

const buses = {
  name: 'buses',
  typeDefs: `${LINK}
    input Trip { from: String! to: String via: [Stop!] class: Int = 2, bikes: Int = 0 }
    input Stop { name: String! minutes: Int = 5, shelter: Boolean }
    input Page { first: Int! = 10 }
    type Line @key(fields: "id") { id: ID! times(day: String, trip: Trip, night: Int): String! @shareable seats(trip: Trip): String! }
    type Query { buses(trip: Trip!, page: Page): String! busLine: Line }`,
  resolvers: {
    Line: { __resolveReference: (given: object) => given, times: told, seats: told },
    Query: { buses: told, busLine: () => ({ id: 'b' }) },
  },
};

let graph: Federation;
beforeAll(async () => {
  graph = await federate([trains, buses]);
});
afterAll(() => graph?.close());

describe('an input that differs between subgraphs', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'has the fields that all subgraphs know',
        query: `{ trip: __type(name: "Trip") { inputFields { name defaultValue } }
        stop: __type(name: "Stop") { inputFields { name } } page: __type(name: "Page") { inputFields { name type { kind } } } }`,
        data: {
          trip: {
            inputFields: [
              { name: 'from', defaultValue: null },
              { name: 'to', defaultValue: null },
              { name: 'via', defaultValue: null },
              { name: 'class', defaultValue: '2' },
            ],
          },
          stop: { inputFields: [{ name: 'name' }, { name: 'minutes' }] },
          // optional here and required there: required
          page: { inputFields: [{ name: 'first', type: { kind: 'NON_NULL' } }] },
        },
        sent: {},
      },
      {
        it: 'has the arguments that all subgraphs of a shared field know',
        query: '{ __type(name: "Line") { fields { name args { name } } } }',
        data: {
          __type: {
            fields: [
              { name: 'id', args: [] },
              { name: 'times', args: [{ name: 'day' }, { name: 'trip' }] },
              { name: 'seats', args: [{ name: 'trip' }] },
              { name: 'late', args: [] },
            ],
          },
        },
        sent: {},
      },
      {
        it: 'reaches all of them as it was written',
        query:
          '{ trains(trip: { from: "A", via: [{ name: "B" }] }) buses(trip: { from: "A", via: { name: "B", minutes: null } }) }',
        data: {
          trains: '{"trip":{"from":"A","via":[{"name":"B","minutes":5}],"class":2}}',
          buses: '{"trip":{"from":"A","via":[{"name":"B","minutes":null}],"class":2,"bikes":0}}',
        },
        sent: { trains: 1, buses: 1 },
      },
      {
        it: 'reaches all of them in one variable',
        query: 'query($t: Trip!, $p: Page = { first: 3 }) { trains(trip: $t, page: $p) buses(trip: $t, page: $p) }',
        variables: { t: { from: 'A', to: null, class: 1 } },
        data: {
          trains: '{"trip":{"from":"A","to":null,"class":1},"page":{"first":3}}',
          buses: '{"trip":{"from":"A","to":null,"class":1,"bikes":0},"page":{"first":3}}',
        },
      },
      {
        it: 'takes variables anywhere inside a literal',
        query: `query($from: String!, $stop: Stop!, $minutes: Int, $none: Int) {
        buses(trip: { from: $from, via: [$stop, { name: "C", minutes: $minutes }, { name: $from, minutes: $none }] }) }`,
        variables: { from: 'A', stop: { name: 'B' }, minutes: 7 },
        data: {
          buses:
            '{"trip":{"from":"A","via":[{"name":"B","minutes":5},{"name":"C","minutes":7},{"name":"A","minutes":5}],"class":2,"bikes":0}}',
        },
      },
      {
        it: 'is taken by fields of entities, whichever subgraph answers',
        query:
          'query($t: Trip) { line(id: "1") { times(day: "Mo", trip: $t) seats(trip: $t) } busLine { times bare: seats } }',
        variables: { t: { from: 'A' } },
        data: {
          line: {
            times: '{"day":"Mo","trip":{"from":"A","class":2}}',
            seats: '{"trip":{"from":"A","class":2,"bikes":0}}',
          },
          busLine: { times: '{}', bare: '{}' },
        },
      },
    ],
  );

  refuseAll(
    () => graph,
    [
      { it: 'refuses a field of one subgraph alone', query: '{ trains(trip: { from: "A", quiet: true }) }' },
      { it: 'refuses a field of the other subgraph alone', query: '{ buses(trip: { from: "A", bikes: 2 }) }' },
      {
        it: 'refuses such a field deep in a literal',
        query: '{ buses(trip: { from: "A", via: [{ name: "B", shelter: true }] }) }',
      },
      { it: 'refuses an argument of one subgraph alone', query: '{ line(id: "1") { times(holiday: true) } }' },
      { it: 'refuses an argument of the other subgraph alone', query: '{ busLine { times(night: 1) } }' },
      {
        it: 'refuses such a field in a variable',
        query: 'query($t: Trip!) { trains(trip: $t) }',
        variables: { t: { from: 'A', quiet: 'whisper' } },
        secret: 'whisper',
      },
      {
        it: 'refuses such a field deep in a variable',
        query: 'query($t: Trip!) { buses(trip: $t) }',
        variables: { t: { from: 'A', via: [{ name: 'B', shelter: 'hut' }] } },
        secret: 'hut',
      },
      {
        it: 'refuses a required field’s absence',
        query: 'query($t: Trip!) { buses(trip: $t) }',
        variables: { t: { to: 'B' } },
      },
      { it: 'refuses null where a value must be', query: '{ buses(trip: { from: null }) }' },
      {
        it: 'refuses null where one subgraph needs a value',
        query: '{ trains(trip: { from: "A" }, page: { first: null }) }',
      },
    ],
  );

  it('sends no defaults that the client did not write', async () => {
    forget(graph);
    await graph.ask('query($t: Trip!) { trains(trip: $t) buses(trip: { from: "B" }) }', { t: { from: 'A' } });
    expect(graph.received.trains?.[0]?.variables).toEqual({ t: { from: 'A' } });
    expect(graph.received.buses?.[0]?.query).not.toContain('class');
  });
});
