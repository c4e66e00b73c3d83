import { buildASTSchema, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { apiSchema } from '../api-schema.ts';
import { compose } from '../composition.ts';
import { fieldSetNames } from '../keys.ts';
import { Normalizer } from '../normalize.ts';
import type { EntityFetch, Plan, SubscriptionPlan } from '../plan.ts';
import { createPlanBuilder } from './index.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external", "@shareable", "@interfaceObject"])';

type Subgraphs = Readonly<Record<string, string>>;

const supergraphOf = (subgraphs: Subgraphs) =>
  parse(compose(Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: '', sdl: `${LINK} ${sdl}` }))), {
    noLocation: true,
  });

const plan = (subgraphs: Subgraphs, text: string): Plan | SubscriptionPlan => {
  const supergraph = supergraphOf(subgraphs);
  const document = parse(text, { noLocation: true });
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('There is no operation.');
  const facts = { fieldSetNames: fieldSetNames(supergraph), partlyHidden: new Set<string>() };
  const schema = buildASTSchema(apiSchema(supergraph), { assumeValidSDL: true });
  const { planned } = new Normalizer(schema, document, {}, facts).run(operation);
  return createPlanBuilder(supergraph).plan(planned, { labels: new Set(), percentage: 0 });
};

/** A plan as one reads it: what each subgraph is asked, one step after another. */
const stepsOf = (made: Plan | SubscriptionPlan | undefined): readonly unknown[] => {
  if (made === undefined) return [];
  if (made.kind === 'Subscription') return [...stepsOf(made.primary), ...stepsOf(made.completion)];
  if (made.kind === 'Sequence') return made.nodes.flatMap(stepsOf);
  if (made.kind === 'Parallel') return [made.nodes.flatMap(stepsOf)];
  const text = made.operation.text.replace(/\s+/g, ' ').replaceAll('representations', 'r');
  return [`${made.operation.subgraph}: ${text}`];
};

const entityFetch = (made: Plan | SubscriptionPlan, subgraph: string): EntityFetch => {
  const all = (one: Plan): readonly Plan[] => ('nodes' in one ? one.nodes.flatMap(all) : [one]);
  if (made.kind === 'Subscription') throw new Error('It is a subscription.');
  for (const one of all(made)) if (one.kind === 'EntityFetch' && one.operation.subgraph === subgraph) return one;
  throw new Error('There is no such fetch.');
};

const FILMS: Subgraphs = {
  shops: `type Query { gift: Film gifts: [[Film!]] } type Film @key(fields: "ean") { ean: String! }
    type Mutation { sell: Film give: Film count: Int } type Subscription { sold: Film }`,
  films: 'type Film @key(fields: "id") @key(fields: "ean") { id: ID! ean: String! title(in: String): String }',
  credits: `type Film @key(fields: "id") {
    id: ID! title(in: String): String @external credits(most: Int): String @requires(fields: "title(in: \\"en\\")") }
    type Mutation { credit: Int }`,
};

describe('a plan', () => {
  it.each([
    ['asks one subgraph once', '{ gift { ean } a: gift { ean } }', ['shops: { gift { ean } a: gift { ean } }']],
    [
      'goes over a chain of keys to what a field requires',
      '{ gift { credits } }',
      [
        'shops: { gift { __typename ean } }',
        'films: query ($r: [_Any!]!) { _entities(r: $r) { ... on Film { id __kr0_title: title(in: "en") } } }',
        'credits: query ($r: [_Any!]!) { _entities(r: $r) { ... on Film { credits } } }',
      ],
    ],
    [
      'sends each subgraph the variables that it uses, with their defaults',
      'query Named($most: Int = 3, $in: String) { gift { title(in: $in) credits(most: $most) } }',
      [
        'shops: { gift { __typename ean } }',
        'films: query ($r: [_Any!]!, $in: String) { _entities(r: $r) { ... on Film { id __kr0_title: title(in: "en") __k0_title: title(in: $in) } } }',
        'credits: query ($r: [_Any!]!, $most: Int = 3) { _entities(r: $r) { ... on Film { credits(most: $most) } } }',
      ],
    ],
    [
      'completes each mutation before the next, and asks for those together that need nothing else',
      'mutation { a: count b: count sell { title } credit c: count }',
      [
        'shops: mutation { a: count b: count }',
        'shops: mutation { sell { __typename ean } }',
        'films: query ($r: [_Any!]!) { _entities(r: $r) { ... on Film { title } } }',
        'credits: mutation { credit }',
        'shops: mutation { c: count }',
      ],
    ],
    [
      'completes a subscription’s events',
      'subscription { sold { title } }',
      [
        'shops: subscription { sold { __typename ean } }',
        'films: query ($r: [_Any!]!) { _entities(r: $r) { ... on Film { title } } }',
      ],
    ],
  ])('%s', (_, text, steps) => {
    expect(stepsOf(plan(FILMS, text))).toEqual(steps);
  });

  it('asks a subgraph later where it has to be asked again anyway, if nothing waits for that', () => {
    const subgraphs: Subgraphs = {
      shops: 'type Query { film: Film } type Film @key(fields: "id") { id: ID! }',
      films: 'type Film @key(fields: "id") { id: ID! title: String }',
      credits: `type Film @key(fields: "id") {
        id: ID! title: String @external credits: String @requires(fields: "title") plain: String }`,
    };
    expect(stepsOf(plan(subgraphs, '{ film { plain credits } }'))).toEqual([
      'shops: { film { __typename id } }',
      'films: query ($r: [_Any!]!) { _entities(r: $r) { ... on Film { title } } }',
      'credits: query ($r: [_Any!]!) { _entities(r: $r) { ... on Film { plain credits } } }',
    ]);
  });

  it('gives representations the fields’ own names', () => {
    const [part] = entityFetch(plan(FILMS, '{ gifts { credits } }'), 'credits').parts;
    expect(part?.paths).toEqual([[{ field: 'gifts' }, 'items']]);
    expect(part?.requires).toEqual([
      {
        kind: 'types',
        type: 'Film',
        selections: [
          { kind: 'field', name: '__typename', key: '__typename', selections: undefined },
          { kind: 'field', name: 'id', key: 'id', selections: undefined },
          { kind: 'field', name: 'title', key: '__kr0_title', selections: undefined },
        ],
      },
    ]);
  });

  it('takes another variable where the client has one of its own', () => {
    const made = plan(FILMS, 'query($representations: String) { gift { title(in: $representations) } }');
    const [part] = entityFetch(made, 'films').parts;
    expect(part?.variable).toBe('representations_');
  });

  it('asks for entities of several places in one request, and once where the selections are equal', () => {
    const made = plan(FILMS, '{ gift { title } gifts { title } a: gift { b: title(in: "x") } }');
    const { parts } = entityFetch(made, 'films');
    expect(parts.map(({ alias, paths }) => [alias, paths.length])).toEqual([
      ['_entities_0', 2],
      ['_entities_1', 1],
    ]);
  });
});

const OWNERS: Subgraphs = {
  hub: `type Query { pets: [Pet!] } interface Pet { id: ID! }
    type Cat implements Pet @key(fields: "id") { id: ID! } type Dog implements Pet @key(fields: "id") { id: ID! }`,
  cats: `interface Pet { id: ID! name: String } type Cat implements Pet @key(fields: "id") { id: ID! name: String lives: Int! }`,
  dogs: `interface Pet { id: ID! name: String } type Dog implements Pet @key(fields: "id") { id: ID! name: String lives: Int }`,
  vets: `interface Pet { id: ID! vet: String }
    type Cat implements Pet @key(fields: "id") { id: ID! vet: String } type Dog implements Pet @key(fields: "id") { id: ID! vet: String }`,
};

describe('objects of several types', () => {
  it.each([
    [
      'are asked for at their owners where these differ',
      '{ pets { name } }',
      [
        'hub: { pets { __typename ... on Cat { id } ... on Dog { id } } }',
        [
          'cats: query ($r: [_Any!]!) { _entities(r: $r) { ... on Cat { name } } }',
          'dogs: query ($r: [_Any!]!) { _entities(r: $r) { ... on Dog { name } } }',
        ],
      ],
    ],
    [
      'are asked for together at an owner that has all of them',
      '{ pets { vet } }',
      ['hub: { pets { __typename id } }', 'vets: query ($r: [_Any!]!) { _entities(r: $r) { ... on Pet { vet } } }'],
    ],
  ])('%s', (_, text, steps) => {
    expect(stepsOf(plan(OWNERS, text))).toEqual(steps);
  });

  it('have keys of ours where a subgraph gives fields of one key different types', () => {
    const subgraphs: Subgraphs = {
      shop: `type Query { all: [Thing!] } union Thing = Nut | Bolt
        type Nut @shareable { size: Int! parts: [Nut!] } type Bolt { size: Int parts: Bolt }`,
      other: 'type Nut @shareable { size: Int parts: [Nut!] } type Query { nut: Nut }',
    };
    const made = plan(subgraphs, '{ all { ... on Nut { size } ... on Bolt { size } } }');
    expect(stepsOf(made)).toEqual(['shop: { all { __typename ... on Nut { size } ... on Bolt { __a1_size: size } } }']);
    if (made.kind !== 'RootFetch') throw new Error('It is not one fetch.');
    expect(made.outputRewrites).toEqual([{ kind: 'rename', path: [{ key: 'all' }, { key: '__a1_size' }], to: 'size' }]);
  });
});

describe('planning', () => {
  const levels = (depth: number): string =>
    depth === 0 ? 'id' : `${depth % 2 === 0 ? 'next' : 'prev'} { ${levels(depth - 1)} }`;
  const types = Array.from({ length: 8 }, (_, i) => `T${i}`);
  const side = (field: string, of: readonly string[]): string =>
    `interface Node { id: ID! ${field}: Node } ${of
      .map((name) => `type ${name} implements Node @key(fields: "id") { id: ID! ${field}: Node }`)
      .join(' ')}`;

  it('does not multiply types that two subgraphs know by the depth', () => {
    const made = plan(
      { a: `${side('next', types)} type Query { node: Node }`, b: side('prev', types) },
      `{ node { ${levels(12)} } }`,
    );
    expect(stepsOf(made)).toHaveLength(12);
  });

  it('refuses what does multiply, before it has become too large', () => {
    const subgraphs = {
      a: `${side('next', types)} type Query { node: Node }`,
      b: side('prev', types.slice(0, 4)),
      c: side('prev', types.slice(4)),
    };
    expect(() => plan(subgraphs, `{ node { ${levels(16)} } }`)).toThrow('The operation is too large.');
  });

  it('says which field cannot be reached', () => {
    const graph = parse(`schema { query: Query }
      enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "b", url: "") }
      type Query @join__type(graph: A) { film: Film }
      type Film @join__type(graph: A) @join__type(graph: B) { id: ID! title: String @join__field(graph: B) }`);
    const [operation] = parse('{ film { title } }').definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('There is no operation.');
    const overrides = { labels: new Set<string>(), percentage: 0 };
    expect(() => createPlanBuilder(graph).plan(operation, overrides)).toThrow('No way leads to Film.title.');
  });
});
