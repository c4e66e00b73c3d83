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
  /** Where this subgraph's sources deliver what they tell of themselves, by source; absent: nowhere. */
  readonly hooks?: ReadonlyMap<string, Hook>;
  close(): Promise<void>;
}

/** A request to a hook: its headers by their names in lower case, and its body byte for byte. */
export interface HookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/**
 * Takes a vendor's delivery and gives the status of the answer: 204 when all of it is kept durably, 401 when it is not by
 * the vendor, 400 when it cannot be read, 503 when it could not be kept. Never throws.
 */
export type Hook = (request: HookRequest) => Promise<204 | 400 | 401 | 503>;

export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export type SubgraphAnswer = ExecutionResult;
