import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { OperationContext } from '../../schema/context.ts';

/** A subgraph that runs in this process. */
export interface LocalSubgraph {
  readonly name: string;
  /** Federation 2 SDL, for composition. */
  readonly sdl: string;
  /** Executable, with `_entities`. */
  readonly schema: GraphQLSchema;
  /** The value that its resolvers get as context; one per operation, so that its loaders batch over all fetches. */
  contextFor(context: OperationContext): object;
  /**
   * Names what an event of its subscriptions tells. Whoever gets an event of the same name, by the same field, is shown
   * the same of it, whatever the field's arguments. Absent: nothing is said of that.
   */
  eventKey?(event: object): string;
  close(): Promise<void>;
}

export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export type SubgraphAnswer = ExecutionResult;
