import {
  buildASTSchema,
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
} from 'graphql';
import type { OperationContext } from '../schema/context.ts';
import { SCALARS } from '../schema/scalars.ts';
import type { LocalSubgraph } from '../subgraphs/index.ts';

/**
 * The whole graph as one schema without federation, over the very resolvers of the subgraphs: what every answer of the
 * gateway is compared with. Where the gateway would go to an entity's owner, this calls the owner's reference resolver.
 */
type Resolve = GraphQLFieldResolver<unknown, OperationContext>;
type Reference = (reference: object, context: object, info: GraphQLResolveInfo) => unknown;

interface Stub {
  readonly __typename: string;
  readonly id: string;
}

const isStub = (value: unknown): value is Stub =>
  typeof value === 'object' && value !== null && Object.keys(value).sort().join() === '__typename,id';

export const monolith = (apiSdl: string, subgraphs: readonly LocalSubgraph[]): GraphQLSchema => {
  const schema = buildASTSchema(parse(apiSdl), { assumeValidSDL: true });
  for (const { name, serialize, parseValue, parseLiteral } of SCALARS) {
    const type = schema.getType(name);
    if (type instanceof GraphQLScalarType) Object.assign(type, { serialize, parseValue, parseLiteral });
  }
  const hub = subgraphs.find(({ name }) => name === 'hub');
  const vendors = subgraphs.filter(({ name }) => name !== 'hub');
  if (hub === undefined) throw new Error('There is no hub.');

  const referenceOf = (typename: string): { owner: LocalSubgraph; resolve: Reference } | undefined => {
    for (const owner of vendors) {
      const type = owner.schema.getType(typename);
      const resolve = isObjectType(type)
        ? (type.extensions.apollo as { subgraph?: { resolveReference?: Reference } } | undefined)?.subgraph
            ?.resolveReference
        : undefined;
      if (resolve !== undefined) return { owner, resolve };
    }
    return undefined;
  };

  /** Goes from a stub to the record, as the router would. */
  const complete = async (value: unknown, context: OperationContext, info: GraphQLResolveInfo): Promise<unknown> => {
    const awaited = await value;
    if (Array.isArray(awaited))
      return Promise.all(awaited.map((item) => complete(item, context, info).catch((error: unknown) => error)));
    if (!isStub(awaited)) return awaited;
    const reference = referenceOf(awaited.__typename);
    return reference === undefined
      ? awaited
      : reference.resolve({ ...awaited }, reference.owner.contextFor(context), info);
  };

  const withHits = async (value: unknown, typename: string, context: OperationContext, info: GraphQLResolveInfo) => {
    const connection = (await value) as Record<string, unknown>;
    for (const vendor of vendors) {
      const name = `${vendor.name}Hits`;
      const type = vendor.schema.getType(typename);
      const resolve = isObjectType(type) ? type.getFields()[name]?.resolve : undefined;
      connection[name] = await resolve?.(connection, {}, vendor.contextFor(context), info);
    }
    return connection;
  };

  const resolverOf = (owner: LocalSubgraph, typename: string, field: string): Resolve => {
    const type = owner.schema.getType(typename);
    const resolve = (isObjectType(type) ? type.getFields()[field]?.resolve : undefined) ?? defaultFieldResolver;
    return (root, args, context, info) => resolve(root, args, owner.contextFor(context), info);
  };

  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value) => (value as { __typename: string }).__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const owner = type.name.endsWith('Connection') ? hub : (referenceOf(type.name)?.owner ?? hub);
    for (const field of Object.values(type.getFields())) {
      const resolve = resolverOf(owner, type.name, field.name);
      const connection = /^(\w+Connection)!$/.exec(String(field.type))?.[1];
      field.resolve =
        connection === undefined
          ? (root, args, context: OperationContext, info) => complete(resolve(root, args, context, info), context, info)
          : (root, args, context: OperationContext, info) =>
              withHits(resolve(root, args, context, info), connection, context, info);
    }
  }
  return schema;
};
