import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, countsOf, forget } from './cases.ts';
import { type Federation, federate, type SubgraphModule } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override", "@external", "@requires", "@shareable"])';

interface Id {
  readonly id: string;
}

const SUBGRAPHS: readonly SubgraphModule[] = [
  {
    name: 'old',
    typeDefs: `${LINK}
        type Query { item(id: ID!): Item items: [Item]! mood: String }
        type Item @key(fields: "id") { id: ID! none: String all: String half: String few: String named: String next: Item weight: Int quote: String }`,
    resolvers: {
      Query: {
        item: (_: unknown, { id }: Id) => ({ id }),
        items: () => [{ id: 'i1' }, null, { id: 'i2' }],
        mood: () => 'old',
      },
      Item: {
        __resolveReference: async ({ id }: Id) => ({ id }),
        none: () => 'old',
        all: () => 'old',
        half: () => 'old',
        few: () => 'old',
        named: () => 'old',
        next: ({ id }: Id) => ({ id: `${id}'` }),
        weight: () => 3,
        quote: () => 'old',
      },
    },
  },
  {
    name: 'new',
    typeDefs: `${LINK}
        type Query { mood: String @override(from: "old", label: "percent(50)") other: Item }
        type Item @key(fields: "id") {
          id: ID!
          none: String @override(from: "old", label: "percent(0)")
          all: String @override(from: "old", label: "percent(100)")
          half: String @override(from: "old", label: "percent(50)")
          few: String @override(from: "old", label: "percent(0.5)")
          named: String @override(from: "old", label: "move-named")
          weight: Int @external
          quote: String @override(from: "old", label: "percent(50)") @requires(fields: "weight")
        }`,
    resolvers: {
      Query: { mood: () => 'new', other: () => ({ id: 'o1' }) },
      Item: {
        __resolveReference: async (one: object) => ({ ...one }),
        none: () => 'new',
        all: () => 'new',
        half: () => 'new',
        few: () => 'new',
        named: () => 'new',
        quote: ({ weight }: { weight?: number }) => `new for ${weight}`,
      },
    },
  },
];

let federation: Federation;
beforeAll(async () => {
  federation = await federate(SUBGRAPHS);
});
afterAll(() => federation.close());

/** Enough that a fair coin shows both sides: all alike has a chance of 2^-63. */
const MANY = 64;

const many = async (query: string) => {
  const answers = [];
  for (let i = 0; i < MANY; i += 1) {
    forget(federation);
    const { data, errors } = await federation.ask(query);
    expect(errors).toBeUndefined();
    answers.push({ data, sent: countsOf(federation) });
  }
  return answers;
};

describe('a field that moves to another subgraph step by step', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'stays where it is at 0 %',
        query: '{ item(id: "i") { none } }',
        data: { item: { none: 'old' } },
        sent: { old: 1 },
      },
      {
        it: 'has moved at 100 %',
        query: '{ item(id: "i") { all } }',
        data: { item: { all: 'new' } },
        sent: { old: 1, new: 1 },
      },
      {
        it: 'stays with the old owner from the new one’s object too, at 0 %',
        query: '{ other { none id } }',
        data: { other: { none: 'old', id: 'o1' } },
        sent: { new: 1, old: 1 },
      },
      {
        it: 'needs no second fetch from the new owner’s object at 100 %',
        query: '{ other { all } }',
        data: { other: { all: 'new' } },
        sent: { new: 1 },
      },
      {
        it: 'stays where it is while nobody has switched its label on',
        query: '{ item(id: "i") { named n: named } other { named } }',
        data: { item: { named: 'old', n: 'old' }, other: { named: 'old' } },
      },
      {
        it: 'moves alone: each field by its own label',
        query: '{ items { ...all } } fragment all on Item { n: none all next { a: all none } }',
        data: {
          items: [
            { n: 'old', all: 'new', next: { a: 'new', none: 'old' } },
            null,
            { n: 'old', all: 'new', next: { a: 'new', none: 'old' } },
          ],
        },
        sent: { old: 1, new: 1 },
      },
    ],
  );

  it('is never asked of the old owner at 100 %, nor of the new one at 0 %', async () => {
    const answers = await many('{ item(id: "i") { none all } }');
    for (const { data, sent } of answers) {
      expect(data).toEqual({ item: { none: 'old', all: 'new' } });
      expect(sent).toEqual({ old: 1, new: 1 });
    }
    for (const { query } of federation.received.old ?? []) expect(query).not.toMatch(/\ball\b/);
    for (const { query } of federation.received.new ?? []) expect(query).not.toMatch(/none/);
  });

  it('comes from both owners at 50 %, now from one, now from the other', async () => {
    const answers = await many('{ item(id: "i") { half } }');
    for (const { data, sent } of answers)
      expect(sent).toEqual(data.item.half === 'new' ? { old: 1, new: 1 } : { old: 1 });
    const moved = answers.filter(({ data }) => data.item.half === 'new').length;
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(MANY);
  });

  it('may be a root field', async () => {
    const answers = await many('{ mood }');
    for (const { data, sent } of answers) expect(sent).toEqual({ [data.mood]: 1 });
    expect(new Set(answers.map(({ data }) => data.mood))).toEqual(new Set(['old', 'new']));
  });

  it('comes from one owner alone within an operation', async () => {
    const answers = await many(
      '{ item(id: "i") { half next { h: half next { half } } } items { half } m: mood other { half } }',
    );
    const owners = answers.map(({ data }) => JSON.stringify(data).match(/old|new/g) ?? []);
    for (const all of owners) expect(new Set(all).size).toBe(1);
    expect(new Set(owners.flat())).toEqual(new Set(['old', 'new']));
  });

  it('brings along what it requires at its new owner, only when it comes from there', async () => {
    const answers = await many('{ item(id: "i") { quote } }');
    for (const { data, sent } of answers) expect(sent.new ?? 0).toBe(data.item.quote === 'old' ? 0 : 1);
    expect(new Set(answers.map(({ data }) => data.item.quote))).toEqual(new Set(['old', 'new for 3']));
  });

  it('moves seldom at half a percent', async () => {
    const answers = await many('{ item(id: "i") { few } }');
    // 33 or more of 64 have a chance of less than 10^-50
    expect(answers.filter(({ data }) => data.item.few === 'new').length).toBeLessThan(MANY / 2);
  });
});

describe('a field that moves by a label of its own', () => {
  let moved: Federation;
  beforeAll(async () => {
    moved = await federate(SUBGRAPHS, { args: ['--override-labels', 'of-nobody,move-named'] });
  });
  afterAll(() => moved.close());

  checkAll(
    () => moved,
    [
      {
        it: 'has moved when its label is switched on',
        query: '{ item(id: "i") { named n: named } items { next { named } } }',
        data: {
          item: { named: 'new', n: 'new' },
          items: [{ next: { named: 'new' } }, null, { next: { named: 'new' } }],
        },
        sent: { old: 1, new: 1 },
      },
      {
        it: 'needs nobody else from the new owner’s object',
        query: '{ other { named id } }',
        data: { other: { named: 'new', id: 'o1' } },
        sent: { new: 1 },
      },
      {
        it: 'takes no other field along',
        query: '{ item(id: "i") { none all named } }',
        data: { item: { none: 'old', all: 'new', named: 'new' } },
        sent: { old: 1, new: 1 },
      },
    ],
  );
});
