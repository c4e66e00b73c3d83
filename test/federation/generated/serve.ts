import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildASTSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { type Arguments, canonical, pick, selectionOf, type Thing, World } from './data.ts';
import { type Field, fieldOf, type Model, WRITES } from './model.ts';
import { printMonolith, printSubgraph } from './print.ts';

/** What an operation's resolvers share: by its name, all that it has written so far is found. */
export interface Asked {
  readonly operation: string;
}

/** A generated graph, ready to be asked: whole, and in parts. */
export interface Served {
  /** The whole graph as one schema: the reference. */
  readonly reference: GraphQLSchema;
  readonly subgraphs: readonly { readonly name: string; readonly sdl: string; readonly schema: GraphQLSchema }[];
  /** What operations have written, until they are forgotten. */
  readonly written: Map<string, string[]>;
}

const root = (name: string): Thing => ({ __typename: name, id: name });

const typenameOf = (value: unknown): string => (value as Thing).__typename;

const withResolvers = (schema: GraphQLSchema, resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLSchema => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || type.name === '_Entity') continue;
    if (isAbstractType(type)) type.resolveType = typenameOf;
    if (isObjectType(type))
      for (const field of Object.values(type.getFields())) if (!field.name.startsWith('_')) field.resolve = resolve;
  }
  return schema;
};

export const serve = (model: Model, seed: number): Served => {
  const whole = buildASTSchema(parse(printMonolith(model, true)));
  const world = new World(model, whole, seed);
  const written = new Map<string, string[]>();
  const reference = withResolvers(
    buildASTSchema(parse(printMonolith(model, false))),
    writing(written, (thing, args: Arguments, _context, { fieldName, parentType }) =>
      world.value((thing as Thing | undefined) ?? root(parentType.name), fieldName, args),
    ),
  );
  return { reference, subgraphs: model.subgraphs.map((name) => subgraph(world, name, written)), written };
};

/** Lets the fields that write answer with all that their operation has written, so that their order is seen. */
const writing =
  (
    written: Map<string, string[]>,
    resolve: GraphQLFieldResolver<unknown, unknown>,
  ): GraphQLFieldResolver<unknown, unknown> =>
  (thing, args, context, info) => {
    if (info.parentType.name !== 'Mutation' || !info.fieldName.startsWith(WRITES))
      return resolve(thing, args, context, info);
    const { operation } = context as Asked;
    const lines = [...(written.get(operation) ?? []), `${info.fieldName} ${canonical(args)}`];
    written.set(operation, lines);
    return lines;
  };

const subgraph = (world: World, name: string, written: Map<string, string[]>): Served['subgraphs'][number] => {
  const sdl = printSubgraph(world.model, name);
  const references = [...world.model.objects.values(), ...world.model.interfaces.values()].flatMap((type) => {
    const keys = keysIn(world.model, type.name, name);
    if (keys.length === 0) return [];
    const __resolveReference = (given: Readonly<Record<string, unknown>>) => {
      const found = world.find(type.name, keys, given);
      return found === undefined ? null : { ...found, representation: { ...given } };
    };
    return [[type.name, { __resolveReference }]];
  });
  const schema = withResolvers(
    buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: Object.fromEntries(references) as never }]),
    writing(written, (thing, args: Arguments, _context, { fieldName, parentType }) =>
      answer(world, name, (thing as Thing | undefined) ?? root(parentType.name), parentType.name, fieldName, args),
    ),
  );
  return { name, sdl, schema };
};

const keysIn = (model: Model, type: string, subgraph: string) => {
  const how = model.interfaces.get(type)?.at.get(subgraph);
  if (how === 'keyed' || how === 'object') return [{ fields: 'id', resolvable: true }];
  return (model.objects.get(type)?.at.get(subgraph) ?? []).filter(({ resolvable }) => resolvable);
};

/** A subgraph answers from what it was sent, and refuses what the gateway must not ask. */
const answer = (
  world: World,
  subgraph: string,
  thing: Thing,
  parent: string,
  name: string,
  args: Arguments,
): unknown => {
  const field = fieldOf(world.model, parent, name);
  const place = field.at.get(subgraph);
  if (place === undefined) throw new Error(`${subgraph} has no ${parent}.${name}.`);
  const below = within(thing.provided, name);
  if (place.asked === 'never' || (place.asked === 'provided' && below === undefined))
    throw new Error(`${subgraph} must not be asked for ${parent}.${name}.`);
  const value = world.make(field, thing, args, required(thing, field, subgraph));
  const provided = place.provides === undefined ? below : selectionOf(place.provides);
  return provided === undefined ? value : providing(value, provided);
};

const required = (thing: Thing, field: Field, subgraph: string): string => {
  if (field.requires === undefined) return '';
  if (thing.representation === undefined) throw new Error(`${subgraph} was not sent what ${field.name} requires.`);
  return canonical(pick(thing.representation, selectionOf(field.requires)));
};

/** What is provided below a field; `undefined` when the field itself is not provided. */
const within = (set: SelectionSetNode | undefined, name: string): SelectionSetNode | undefined => {
  for (const node of set?.selections ?? []) {
    if (node.kind === Kind.FIELD && node.name.value === name)
      return node.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] };
    const inner = node.kind === Kind.INLINE_FRAGMENT ? within(node.selectionSet, name) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
};

const providing = (value: unknown, provided: SelectionSetNode): unknown => {
  if (Array.isArray(value)) return value.map((item) => providing(item, provided));
  if (typeof value !== 'object' || value === null || value instanceof Error || !('id' in value)) return value;
  return { ...value, provided };
};
