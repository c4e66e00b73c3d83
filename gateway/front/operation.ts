import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { ERRORS, GraphError } from '../../schema/errors.ts';
import type { Engine, EngineRequest, EngineResponse } from '../engine.ts';
import { presentError, type SubgraphErrors } from '../errors.ts';
import { variablesLimit } from '../limits.ts';
import type { OpenOperation } from './context.ts';
import type { Documents } from './documents.ts';
import type { Naming, Persisted } from './persisted.ts';
import { isRefusal, type Refusal, refuse, refuseAll } from './refusal.ts';

/** A well-formed GraphQL request, whichever way it came. */
export interface Request extends Naming {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A valid operation of a valid document, with variables that are not beyond the limits. */
export interface Operation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly request: EngineRequest;
}

/** An answer, or one event of a subscription. */
export interface Answer {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly data: unknown;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface OperationsOptions {
  readonly engine: Pick<Engine, 'execute' | 'subscribe'>;
  readonly documents: Documents;
  readonly persisted: Persisted;
  readonly subgraphErrors: SubgraphErrors;
  /** Takes a line for the operator. */
  readonly tell: (line: string) => void;
}

/** The one way from a client's request to the engine: POST, GET, SSE and WebSocket all go through here. */
export class Operations {
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** Checks all that can be checked before anything is asked. */
  prepare(request: Request): Operation | Refusal {
    const { documents, persisted } = this.#options;
    const text = persisted.textOf(request);
    if (typeof text !== 'string') return text;
    const document = documents.get(text);
    if (isRefusal(document)) return document;
    const definition = operationOf(document, request.operationName || undefined);
    if (isRefusal(definition)) return definition;
    const variables = request.variables ?? {};
    const limit = variablesLimit(variables);
    if (limit !== undefined) return refuseAll([limit]);
    return {
      kind: definition.operation,
      request: { document, text, operationName: definition.name?.value, variables },
    };
  }

  /** Carries out a query or a mutation. */
  async answer({ request }: Operation, { context, calls }: OpenOperation): Promise<Answer | Refusal> {
    try {
      const response = await this.#options.engine.execute(request, context);
      const answer = this.#present(response);
      if (!context.explain) return answer;
      return { ...answer, extensions: { explain: { plan: response.plan(), vendorCalls: calls } } };
    } catch (thrown) {
      return this.failure(thrown);
    }
  }

  /** Starts a subscription. An event's failure is in that event; the generator throws when there can be no more. */
  async events({ request }: Operation, { context }: OpenOperation): Promise<AsyncGenerator<Answer> | Refusal> {
    try {
      return this.#presented(await this.#options.engine.subscribe(request, context));
    } catch (thrown) {
      return this.failure(thrown);
    }
  }

  async *#presented(responses: AsyncGenerator<EngineResponse>): AsyncGenerator<Answer> {
    for await (const response of responses) yield this.#present(response);
  }

  #present({ data, errors }: Pick<EngineResponse, 'data' | 'errors'>): Answer {
    if (errors.length === 0) return { data };
    return { errors: errors.map((error) => presentError(error, this.#options.subgraphErrors)), data };
  }

  /** What the engine throws, as a refusal. */
  failure(thrown: unknown): Refusal {
    const { subgraphErrors } = this.#options;
    if (thrown instanceof GraphError) return refuseAll([asGraphQL(thrown)], { status: ERRORS[thrown.code].http });
    if (thrown instanceof GraphQLError) {
      const { originalError } = thrown;
      const status = originalError instanceof GraphError ? ERRORS[originalError.code].http : 500;
      return { errors: [presentError(thrown, subgraphErrors)], status, always: false };
    }
    this.#options.tell('An operation failed unexpectedly inside the graph.');
    return INTERNAL;
  }
}

const asGraphQL = (error: GraphError): GraphQLError =>
  new GraphQLError(error.message, { originalError: error, extensions: error.extensions });

const INTERNAL = refuse('INTERNAL_SERVER_ERROR', 'Something went wrong inside the graph.', { status: 500 });
const UNNAMED = refuse('OPERATION_RESOLUTION_FAILURE', 'The document has several operations: name one of them.');
const UNKNOWN = refuse('OPERATION_RESOLUTION_FAILURE', 'The document has no operation of that name.');
const NONE = refuse('OPERATION_RESOLUTION_FAILURE', 'The document has no operation.');

const operationOf = ({ definitions }: DocumentNode, name: string | undefined): OperationDefinitionNode | Refusal => {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first, second] = operations;
  if (first === undefined) return NONE;
  if (name !== undefined) return operations.find((operation) => operation.name?.value === name) ?? UNKNOWN;
  return second === undefined ? first : UNNAMED;
};
