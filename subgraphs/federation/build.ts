import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLResolveInfo, type GraphQLSchema, isAbstractType, parse } from 'graphql';
import { type BuildSchemaOptions, buildSchema, createResolversMap } from 'type-graphql';
import { validateArguments } from '../../schema/validate.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires", "@inaccessible"])`;

export type ReferenceResolver = (reference: never, context: never, info: GraphQLResolveInfo) => unknown;

/** A reference that throws at once would fail all the others that are asked for with it. */
const apart =
  (resolve: ReferenceResolver) =>
  async (...args: Parameters<ReferenceResolver>): Promise<unknown> =>
    resolve(...args);

/**
 * Every value of an interface or union carries its `__typename`. type-graphql would find the type by a promise per value,
 * which costs a turn of the loop for each and cannot be compiled.
 */
const typenameOf = ({ __typename }: { readonly __typename: string }): string => __typename;

/** type-graphql wants one for any subscription; every one here has a source of its own. */
const NO_TOPICS = {
  publish: () => undefined,
  subscribe: (): never => {
    throw new TypeError('There are no topics.');
  },
};

interface Parts {
  /** Object types that no root field reaches: entities. */
  readonly types: readonly (new () => object)[];
  readonly resolvers: readonly (new () => object)[];
  /** `__resolveReference` by type name. */
  readonly references: Readonly<Record<string, ReferenceResolver>>;
}

/** Builds a Federation 2 subgraph from type-graphql classes: its SDL for composition, and its executable schema. */
export const buildSubgraph = async (
  parts: Parts,
): Promise<{ readonly sdl: string; readonly schema: GraphQLSchema }> => {
  const built = await buildSchema({
    resolvers: parts.resolvers as unknown as BuildSchemaOptions['resolvers'],
    orphanedTypes: [...parts.types],
    validateFn: validateArguments,
    pubSub: NO_TOPICS,
    skipCheck: true,
  });
  const sdl = `${LINK}\n\n${printSchemaWithDirectives(built)}\n`;
  const resolvers = createResolversMap(built);
  for (const type of Object.values(built.getTypeMap()))
    if (isAbstractType(type)) resolvers[type.name] = { ...resolvers[type.name], __resolveType: typenameOf };
  for (const [name, resolve] of Object.entries(parts.references))
    resolvers[name] = { ...resolvers[name], __resolveReference: apart(resolve) } as (typeof resolvers)[string];
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  return { sdl, schema };
};
