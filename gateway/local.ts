import { execute, type GraphQLSchema } from 'graphql';
import type { OperationContext } from '../schema/context.ts';
import type { Subgraph, SubgraphResult } from './executor.ts';

/** What the executor needs of a subgraph in this process. */
export interface InProcess {
  readonly name: string;
  readonly schema: GraphQLSchema;
  contextFor(context: OperationContext): object;
}

/** A subgraph in this process: nothing is printed, parsed or serialised on the way. */
export const localSubgraph = (subgraph: InProcess): Subgraph => ({
  name: subgraph.name,
  execute: async (operation, variables, context): Promise<SubgraphResult> =>
    execute({
      schema: subgraph.schema,
      document: operation.document,
      variableValues: variables,
      contextValue: subgraph.contextFor(context),
    }) as SubgraphResult | Promise<SubgraphResult>,
});
