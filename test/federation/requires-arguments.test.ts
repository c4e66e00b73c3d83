import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAll, forget, representationsIn } from './cases.ts';
import { type Federation, federate } from './kit.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external", "@shareable"])';

interface Product {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a resolver is sent is what the test is about
  readonly [required: string]: any;
}
const RATE: Readonly<Record<string, number>> = { USD: 1, EUR: 2, JPY: 100 };
const WEIGHTS: Readonly<Record<string, number | null>> = { p1: 5, p2: 7, p3: null };
const PARTS = [{ name: 'lid' }, { name: 'box' }, { name: 'key' }];

const PACKING = '[{"name":"LID"},{"name":"KEY"}]';
/** By product: id, packing, plain, insured, price, customs. */
const ANSWERS = [
  ['p1', PACKING, '500 5g', 'insured 5', 500, '1010 5lb2 -'],
  ['p2', PACKING, '700 7g', 'insured 7', 700, '1014 7lb2 -'],
  ['p3', PACKING, 'null nullg', 'insured null', null, 'null nulllb2 -'],
] as const;

let federation: Federation;
beforeAll(async () => {
  federation = await federate([
    {
      name: 'shop',
      typeDefs: `${LINK}
        type Query { product(id: ID!): Product products: [Product!]! }
        type Product @key(fields: "id") {
          id: ID!
          price(currency: Currency = JPY, round: Boolean = false): Int
          weight(unit: Unit = { name: "g" }): String
          parts(first: Int, after: [String!]): [Part!]!
        }
        type Part { name(upper: Boolean): String! }
        enum Currency { USD EUR JPY }
        input Unit { name: String! digits: Int }`,
      resolvers: {
        Query: {
          product: (_: unknown, { id }: Product) => ({ id }),
          products: () => Object.keys(WEIGHTS).map((id) => ({ id })),
        },
        Product: {
          __resolveReference: async ({ id }: Product) => ({ id }),
          price: ({ id }: Product, { currency, round }: { currency: string; round: boolean }) =>
            WEIGHTS[id] === null ? null : (RATE[currency] ?? 0) * (WEIGHTS[id] ?? 0) + (round ? 1000 : 0),
          weight: ({ id }: Product, { unit }: { unit: { name: string; digits?: number } }) =>
            `${WEIGHTS[id]}${unit.name}${unit.digits ?? ''}`,
          parts: (_: unknown, { first, after }: { first?: number; after?: string[] }) =>
            PARTS.filter(({ name }) => after?.includes(name) !== true).slice(0, first ?? 10),
        },
        Part: {
          name: ({ name }: { name: string }, { upper }: { upper?: boolean }) =>
            upper === true ? name.toUpperCase() : name,
        },
      },
    },
    {
      name: 'shipping',
      typeDefs: `${LINK}
        type Product @key(fields: "id") {
          id: ID!
          price(currency: Currency = JPY, round: Boolean = false): Int @external
          weight(unit: Unit = { name: "g" }): String @external
          parts(first: Int, after: [String!]): [Part!]! @external
          insured: String @requires(fields: "price(currency: USD)")
          customs(extra: Int): String @requires(fields: "price(currency: EUR, round: true) weight(unit: { name: \\"lb\\", digits: 2 })")
          plain: String @requires(fields: "price weight")
          packing: String @requires(fields: "parts(first: 2, after: [\\"box\\"]) { name(upper: true) }")
        }
        type Part { name(upper: Boolean): String! @external }
        enum Currency { USD EUR JPY }
        input Unit { name: String! digits: Int }`,
      resolvers: {
        Product: {
          __resolveReference: async (product: Product) => ({ ...product }),
          insured: ({ price }: Product) => `insured ${price}`,
          customs: ({ price, weight }: Product, { extra }: { extra?: number }) => `${price} ${weight} ${extra ?? '-'}`,
          plain: ({ price, weight }: Product) => `${price} ${weight}`,
          packing: ({ parts }: Product) => JSON.stringify(parts),
        },
      },
    },
  ]);
});
afterAll(() => federation.close());

describe('a field that requires fields with arguments', () => {
  checkAll(
    () => federation,
    [
      {
        it: 'gets the field as its arguments say',
        query: '{ products { insured } }',
        data: { products: [{ insured: 'insured 5' }, { insured: 'insured 7' }, { insured: 'insured null' }] },
        sent: { shop: 1, shipping: 1 },
      },
      {
        it: 'gets several, with enums, booleans and input objects among the arguments',
        query: 'query($n: Int) { product(id: "p1") { customs(extra: $n) } }',
        variables: { n: 3 },
        data: { product: { customs: '1010 5lb2 3' } },
        sent: { shop: 1, shipping: 1 },
      },
      {
        it: 'gets lists with arguments, whose items’ fields have arguments too',
        query: '{ product(id: "p1") { packing } }',
        data: { product: { packing: '[{"name":"LID"},{"name":"KEY"}]' } },
      },
      {
        it: 'leaves the client the same field with other arguments',
        query: '{ product(id: "p1") { price(currency: EUR) insured } }',
        data: { product: { price: 10, insured: 'insured 5' } },
      },
      {
        it: 'leaves the client the same field with no arguments',
        query: '{ product(id: "p2") { insured price } }',
        data: { product: { insured: 'insured 7', price: 700 } },
      },
      {
        it: 'leaves the client the same field by variables',
        query: 'query($c: Currency!, $r: Boolean) { product(id: "p2") { price(currency: $c, round: $r) insured } }',
        variables: { c: 'EUR', r: true },
        data: { product: { price: 1014, insured: 'insured 7' } },
      },
      {
        it: 'leaves the client aliases with other and with equal arguments',
        query:
          '{ product(id: "p1") { usd: price(currency: USD) eur: price(currency: EUR) price insured customs jpy: price(currency: JPY) } }',
        data: { product: { usd: 5, eur: 10, price: 500, insured: 'insured 5', customs: '1010 5lb2 -', jpy: 500 } },
      },
      {
        it: 'serves two fields that require one field with different arguments, and one without any',
        query: '{ products { insured customs plain } }',
        data: {
          products: [
            { insured: 'insured 5', customs: '1010 5lb2 -', plain: '500 5g' },
            { insured: 'insured 7', customs: '1014 7lb2 -', plain: '700 7g' },
            { insured: 'insured null', customs: 'null nulllb2 -', plain: 'null nullg' },
          ],
        },
      },
      {
        it: 'leaves the client another page of the same list',
        query: '{ product(id: "p1") { parts(first: 1) { name } packing all: parts { name(upper: true) } } }',
        data: {
          product: {
            parts: [{ name: 'lid' }],
            packing: '[{"name":"LID"},{"name":"KEY"}]',
            all: [{ name: 'LID' }, { name: 'BOX' }, { name: 'KEY' }],
          },
        },
      },
      {
        it: 'leaves the client the same page with its items’ fields otherwise',
        query: '{ product(id: "p1") { parts(first: 2, after: ["box"]) { name } packing } }',
        data: {
          product: { parts: [{ name: 'lid' }, { name: 'key' }], packing: '[{"name":"LID"},{"name":"KEY"}]' },
        },
      },
      {
        it: 'serves all of them beside each other, in any order',
        query:
          '{ products { id packing plain insured price customs } again: products { customs price insured plain packing } }',
        data: {
          products: ANSWERS.map(([id, packing, plain, insured, price, customs]) => ({
            ...{ id, packing, plain, insured, price, customs },
          })),
          again: ANSWERS.map(([_, packing, plain, insured, price, customs]) => ({
            ...{ customs, price, insured, plain, packing },
          })),
        },
      },
      {
        it: 'goes through fragments and aliases of the entity',
        query: `query($c: Currency = EUR) { a: product(id: "p1") { ...both } b: product(id: "p2") { ...both plain } }
          fragment both on Product { price(currency: $c) ... on Product { insured } }`,
        data: { a: { price: 10, insured: 'insured 5' }, b: { price: 14, insured: 'insured 7', plain: '700 7g' } },
      },
    ],
  );

  it('is sent the value under the field’s own name, the client’s one beside it or not', async () => {
    for (const query of [
      '{ product(id: "p1") { insured } }',
      '{ product(id: "p1") { price(currency: EUR) insured } }',
      '{ product(id: "p1") { insured price: weight } }',
    ]) {
      forget(federation);
      await federation.ask(query);
      expect(representationsIn(federation.received.shipping), query).toEqual([
        { __typename: 'Product', id: 'p1', price: 5 },
      ]);
    }
  });
});
