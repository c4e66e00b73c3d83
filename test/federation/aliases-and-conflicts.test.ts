// longer than 300 lines: the table of one feature's cases, which is read row by row
import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe } from 'vitest';
import { checkAll } from './cases.ts';
import { type Federation, federate } from './kit.ts';
import { refuseAll } from './refused.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@requires"])';
const typed = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const asGiven = { __resolveReference: (given: object) => given };

/** Animals whose fields have one name and many shapes. */
const zoo = {
  name: 'zoo',
  typeDefs: `${LINK}
    interface Animal { id: ID! name(upper: Boolean = false): String! }
    type Cat implements Animal @key(fields: "id") { id: ID! name(upper: Boolean = false): String! size: Int! mate: Cat age: Int }
    type Dog implements Animal @key(fields: "id") { id: ID! name(upper: Boolean = false): String! size: String mate: Dog age: Int }
    type Fish implements Animal @key(fields: "id") { id: ID! name(upper: Boolean = false): String! size: [Int] mate: [Fish!] age: Int }
    union Pet = Cat | Dog
    type Query { animals: [Animal!]! pets: [Pet]! cat(id: ID! = "c1"): Cat }`,
  resolvers: (() => {
    const name = ({ id }: { id: string }, { upper }: { upper: boolean }) => (upper ? id.toUpperCase() : id);
    const cat = { __typename: 'Cat', id: 'c1', size: 4, age: 3, mate: { id: 'c2', size: 5, age: 1, mate: null } };
    const dog = {
      __typename: 'Dog',
      id: 'd1',
      size: 'big',
      age: 4,
      mate: { id: 'd2', size: null, age: 2, mate: null },
    };
    const fish = {
      __typename: 'Fish',
      id: 'f1',
      size: [1, null],
      age: null,
      mate: [{ id: 'f2', size: [], age: 1, mate: null }],
    };
    return {
      Animal: typed,
      Pet: typed,
      Cat: {
        name,
        __resolveReference: ({ id }: { id: string }) => (id === 'c1' ? cat : id === 'c2' ? cat.mate : { id }),
      },
      Dog: { name },
      Fish: { name },
      Query: {
        animals: () => [cat, dog, fish],
        pets: () => [dog, null, cat],
        cat: (_: unknown, { id }: { id: string }) => (id === 'c1' ? cat : cat.mate),
      },
    };
  })(),
};

const fee = {
  ...asGiven,
  fee: ({ id }: { id: string }, args: { in: string; days: number }) => `${id}: ${args.days} in ${args.in}`,
  visits: ({ id }: { id: string }, { last }: { last: number }) =>
    Array.from({ length: last }, (_, i) => ({ day: i, of: { __typename: 'Cat', id } })),
};
/** Adds fields with arguments to them; some need others. */
const vet = {
  name: 'vet',
  typeDefs: `${LINK}
    type Cat @key(fields: "id") { id: ID! age: Int @external fee(in: String = "EUR", days: Int = 1): String! visits(last: Int = 1): [Visit!]! risk(times: Int! = 1): Int @requires(fields: "age") chip: Chip }
    type Dog @key(fields: "id") { id: ID! fee(in: String = "EUR", days: Int = 1): String! visits(last: Int = 1): [Visit!]! chip: Int }
    type Fish @key(fields: "id") { id: ID! chip: [String!] }
    type Visit { day: Int! of: Cat! }
    type Chip { code: String! }`,
  resolvers: {
    Cat: {
      ...fee,
      risk: ({ age }: { age: number }, { times }: { times: number }) => age * times,
      chip: () => ({ code: 'x1' }),
    },
    Dog: { ...fee, chip: () => 7 },
    Fish: { ...asGiven, chip: () => ['a', 'b'] },
  },
};

const room = ({ room: number }: { room: number | null }, { big }: { big: boolean }) => (big ? 100 : number);
const note = (): never => {
  throw new GraphQLError('No note.', { extensions: { code: 'NO_NOTE' } });
};
/** Its types agree less in what may be null than those that clients see: sent as asked, fields would conflict. */
const hotel = {
  name: 'hotel',
  typeDefs: `${LINK}
    union Person = Guest | Worker
    interface Staying { id: ID }
    type Guest implements Staying { id: ID room(big: Boolean = false): Int note: String tags: [String] boss: Boss extra: String }
    type Worker implements Staying @key(fields: "id") { id: ID! room(big: Boolean = false): Int! @shareable note: String @shareable tags: [String!]! @shareable boss: Boss! @shareable fail: Int! @shareable }
    type Boss @key(fields: "id") { id: ID! }
    type Query { people: [Person]! staying: [Staying!] }`,
  resolvers: (() => {
    const guest = { __typename: 'Guest', id: 'g1', note: 'late', tags: ['a', null], boss: null, room: 4 };
    const worker = { __typename: 'Worker', id: 'w1', tags: ['b'], boss: { id: 'b1' }, room: 5 };
    const other = { ...guest, id: null, room: null, boss: { id: 'b2' }, extra: 'x' };
    return {
      Person: typed,
      Staying: typed,
      Guest: { room },
      Worker: {
        room,
        note,
        fail: note,
      },
      Query: { people: () => [guest, worker, null, other], staying: () => [worker, other] },
    };
  })(),
};
const office = {
  name: 'office',
  typeDefs: `${LINK}
    type Worker @key(fields: "id") { id: ID room(big: Boolean = false): Int @shareable note: String @shareable tags: [String] @shareable boss: Boss @shareable fail: Int @shareable pay: Int extra: Int! }
    type Boss @key(fields: "id") { id: ID! rank: Int! }`,
  resolvers: {
    Worker: {
      __resolveReference: ({ id }: { id: string }) => ({
        id,
        room: 5,
        tags: ['b'],
        boss: { id: 'b1' },
        pay: 9,
        extra: 8,
      }),
      room,
      note,
      fail: note,
    },
    Boss: { ...asGiven, rank: ({ id }: { id: string }) => Number(id.slice(1)) },
  },
};

let graph: Federation;
let house: Federation;
beforeAll(async () => {
  [graph, house] = await Promise.all([federate([zoo, vet]), federate([hotel, office])]);
});
afterAll(() => Promise.all([graph?.close(), house?.close()]));

describe('aliases', () => {
  checkAll(
    () => graph,
    [
      {
        it: 'keep one field with several arguments apart beyond an entity',
        query: `query($in: String, $d: Int = 3) { cat { fee a: fee(days: 2) b: fee(in: "CHF") c: fee(in: $in, days: $d) d: fee(in: $in) } }`,
        variables: { in: 'USD' },
        data: {
          cat: { fee: 'c1: 1 in EUR', a: 'c1: 2 in EUR', b: 'c1: 1 in CHF', c: 'c1: 3 in USD', d: 'c1: 1 in USD' },
        },
        sent: { zoo: 1, vet: 1 },
      },
      {
        it: 'give one field’s name to a fetch with other arguments on another type',
        query: '{ animals { ... on Cat { fee(days: 2) } ... on Dog { fee(in: "CHF") } } }',
        data: { animals: [{ fee: 'c1: 2 in EUR' }, { fee: 'd1: 1 in CHF' }, {}] },
      },
      {
        it: 'give one name to different fields on different types',
        query: '{ pets { ... on Cat { what: fee } ... on Dog { what: name(upper: true) } } }',
        data: { pets: [{ what: 'D1' }, null, { what: 'c1: 1 in EUR' }] },
      },
      {
        it: 'give one name to one field with several arguments on several types',
        query: '{ animals { ... on Cat { n: name } ... on Dog { n: name(upper: true) } ... on Fish { n: name } } }',
        data: { animals: [{ n: 'c1' }, { n: 'D1' }, { n: 'f1' }] },
      },
      {
        it: 'give one name to objects of different types, with different selections',
        query:
          '{ animals { ... on Cat { mate { size } } ... on Dog { mate { id name } } ... on Fish { mates: mate { n: name } } } }',
        data: { animals: [{ mate: { size: 5 } }, { mate: { id: 'd2', name: 'd2' } }, { mates: [{ n: 'f2' }] }] },
      },
      {
        it: 'give one name to objects that two subgraphs have',
        query: '{ pets { ... on Cat { x: chip { code } } ... on Dog { x: mate { code: name(upper: true) } } } }',
        data: { pets: [{ x: { code: 'D2' } }, null, { x: { code: 'x1' } }] },
      },
      {
        it: 'set lists of entities with several arguments apart, each completed',
        query:
          '{ cat { none: visits(last: 0) { day } one: visits { of { name fee(days: 9) } } two: visits(last: 2) { day of { n: name(upper: true) } } } }',
        data: {
          cat: {
            none: [],
            one: [{ of: { name: 'c1', fee: 'c1: 9 in EUR' } }],
            two: [
              { day: 0, of: { n: 'C1' } },
              { day: 1, of: { n: 'C1' } },
            ],
          },
        },
      },
      {
        it: 'keep lists of one name with other arguments on another type apart',
        query:
          '{ pets { ... on Cat { visits(last: 2) { day of { age } } } ... on Dog { visits { of { name } } other: visits(last: 0) { day } } } }',
        data: {
          pets: [
            { visits: [{ of: { name: 'd1' } }], other: [] },
            null,
            {
              visits: [
                { day: 0, of: { age: 3 } },
                { day: 1, of: { age: 3 } },
              ],
            },
          ],
        },
      },
      {
        it: 'may have the name of another field of the same type',
        query: '{ cat { name: size size: name mate { age: id id: age } } }',
        data: { cat: { name: 4, size: 'c1', mate: { age: 'c2', id: 1 } } },
        sent: { zoo: 1 },
      },
      {
        it: 'may have the key’s name while another subgraph is asked by the key',
        query: '{ cat { id: size fee } }',
        data: { cat: { id: 4, fee: 'c1: 1 in EUR' } },
      },
      {
        it: 'may have the key’s name for a field of the subgraph that is asked by it',
        query: '{ cat { id: fee name } }',
        data: { cat: { id: 'c1: 1 in EUR', name: 'c1' } },
      },
      {
        it: 'may have the name of a field that another needs',
        query: '{ cat { age: name risk(times: 2) r: risk(times: 3) } }',
        data: { cat: { age: 'c1', risk: 6, r: 9 } },
      },
      {
        it: 'may have the name of the field that they stand beside in the other subgraph',
        query: '{ cat { fee: size size: fee(days: 5) risk: id id: risk } }',
        data: { cat: { fee: 4, size: 'c1: 5 in EUR', risk: 'c1', id: 3 } },
      },
      {
        it: 'may differ for one field at several levels',
        query:
          '{ a: cat { a: mate { a: fee(days: 1) b: fee(days: 2) } b: fee(days: 3) } b: cat(id: "c2") { a: fee(days: 4) b: id } }',
        data: {
          a: { a: { a: 'c2: 1 in EUR', b: 'c2: 2 in EUR' }, b: 'c1: 3 in EUR' },
          b: { a: 'c2: 4 in EUR', b: 'c2' },
        },
      },
      {
        it: 'may name a root field like another',
        query: '{ pets: animals { id } animals: pets { ... on Cat { id } } }',
        data: { pets: [{ id: 'c1' }, { id: 'd1' }, { id: 'f1' }], animals: [{}, null, { id: 'c1' }] },
      },
      {
        it: 'may be names that mean something to JavaScript',
        query:
          '{ constructor: cat { toString: name hasOwnProperty: fee valueOf: mate { prototype: id length: age } } }',
        data: {
          constructor: { toString: 'c1', hasOwnProperty: 'c1: 1 in EUR', valueOf: { prototype: 'c2', length: 1 } },
        },
      },
      {
        it: 'keep the client’s order where numbers would come first',
        query: '{ cat { name fee _1: id _0: age } }',
        data: { cat: { name: 'c1', fee: 'c1: 1 in EUR', _1: 'c1', _0: 3 } },
      },
      {
        it: 'give one selection that is written twice once, with all of its parts',
        query:
          '{ cat { mate { id } fee mate { fee } ... on Animal { name } mate { ... on Cat { name age } } } cat { age fee } }',
        data: {
          cat: { mate: { id: 'c2', fee: 'c2: 1 in EUR', name: 'c2', age: 1 }, fee: 'c1: 1 in EUR', name: 'c1', age: 3 },
        },
      },
    ],
  );

  describe('one response key with fields of several shapes on several types', () => {
    checkAll(
      () => graph,
      [
        {
          it: 'is answered where the types differ in nothing but nullability inside a list',
          query: '{ animals { ... on Fish { s: size } ... on Cat { t: size } ... on Dog { u: size } } }',
          data: { animals: [{ t: 4 }, { u: 'big' }, { s: [1, null] }] },
        },
        {
          it: 'is answered from two subgraphs at once',
          query: '{ animals { ... on Cat { v: chip { code } } ... on Dog { w: chip } ... on Fish { x: chip } } }',
          data: { animals: [{ v: { code: 'x1' } }, { w: 7 }, { x: ['a', 'b'] }] },
        },
      ],
    );
  });

  describe('that no client has to write, since only a subgraph’s own types conflict,', () => {
    checkAll(
      () => house,
      [
        {
          it: 'are put in and taken out again',
          query: '{ people { ... on Guest { id tags room } ... on Worker { id tags room } } }',
          data: {
            people: [
              { id: 'g1', tags: ['a', null], room: 4 },
              { id: 'w1', tags: ['b'], room: 5 },
              null,
              { id: null, tags: ['a', null], room: null },
            ],
          },
        },
        {
          it: 'are put in beside a field of the interface',
          query: '{ staying { id ... on Worker { id tags } ... on Guest { note tags } } }',
          data: {
            staying: [
              { id: 'w1', tags: ['b'] },
              { id: null, note: 'late', tags: ['a', null] },
            ],
          },
        },
        {
          it: 'leave errors where the client sees the field',
          query:
            '{ people { ... on Guest { room } ... on Worker { pay room(big: true) note } } other: people { ... on Guest { room } ... on Worker { room: fail } } }',
          data: {
            people: [{ room: 4 }, { pay: 9, room: 100, note: null }, null, { room: null }],
            other: [{ room: 4 }, null, null, { room: null }],
          },
          errors: [
            { path: ['people', 1, 'note'], code: 'NO_NOTE' },
            { path: ['other', 1, 'room'], code: 'NO_NOTE' },
          ],
        },
        {
          it: 'leave entities to be found below',
          query: '{ people { ... on Guest { boss { rank id } } ... on Worker { boss { id rank } } } }',
          data: { people: [{ boss: null }, { boss: { id: 'b1', rank: 1 } }, null, { boss: { rank: 2, id: 'b2' } }] },
          sent: { hotel: 1, office: 1 },
        },
        {
          it: 'keep the client’s own names',
          query:
            '{ people { ... on Guest { a: room b: room(big: true) room: note } ... on Worker { a: room(big: true) b: room } } staying { id ... on Worker { b: boss { r: rank } } ... on Guest { b: boss { r: rank } } } }',
          data: {
            people: [{ a: 4, b: 100, room: 'late' }, { a: 100, b: 5 }, null, { a: null, b: 100, room: 'late' }],
            staying: [
              { id: 'w1', b: { r: 1 } },
              { id: null, b: { r: 2 } },
            ],
          },
        },
      ],
    );
  });

  refuseAll(
    () => graph,
    [
      { it: 'refuse one name for two fields', query: '{ cat { name name: age } }' },
      { it: 'refuse one name for one field with two arguments', query: '{ cat { fee fee(days: 2) } }' },
      {
        it: 'refuse one name for different shapes on different types',
        query: '{ animals { ... on Cat { size } ... on Dog { size } } }',
      },
      {
        it: 'refuse one name for a list and a single object',
        query: '{ animals { ... on Cat { mate { id } } ... on Fish { mate { id } } } }',
      },
      {
        it: 'refuse one name for different nullability on different types',
        query: '{ animals { ... on Cat { x: id } ... on Dog { x: size } } }',
      },
      {
        it: 'refuse one name for two fields through fragments',
        query: '{ cat { ...A ...B } } fragment A on Cat { x: name } fragment B on Animal { x: id }',
      },
    ],
  );
});
