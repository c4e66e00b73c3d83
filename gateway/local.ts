import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isNonNullType,
  Kind,
  type TypeNode,
  typeFromAST,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { OperationContext } from '../schema/context.ts';
import { eventContext, untilAborted } from './event.ts';
import type { Subgraph, SubgraphResult } from './executor.ts';
import type { Operation } from './plan.ts';
import { at } from './response.ts';
import { unavailable } from './silence.ts';

/** What the executor needs of a subgraph in this process. */
export interface InProcess {
  readonly name: string;
  readonly schema: GraphQLSchema;
  contextFor(context: OperationContext): object;
  /** Names what an event tells; see `SubgraphEvent`. Absent: every event is shown to each subscriber for itself. */
  eventKey?(event: object): string;
}

type Variables = Readonly<Record<string, unknown>>;
type Run = (root: unknown, context: unknown, variables: Variables) => Promise<ExecutionResult> | ExecutionResult;

/**
 * What graphql-jit cannot do with a variable: it never comes to an end with an input type that holds itself, however
 * deep, and misses a required field of an input type that has a default.
 */
const canBeCompiled = (schema: GraphQLSchema, { document }: Operation): boolean => {
  const isFit = (type: GraphQLNamedType, above: ReadonlySet<GraphQLNamedType>): boolean => {
    if (!isInputObjectType(type)) return true;
    if (above.has(type)) return false;
    const within = new Set([...above, type]);
    return Object.values(type.getFields()).every(
      (field) =>
        !(isNonNullType(field.type) && field.defaultValue !== undefined) && isFit(getNamedType(field.type), within),
    );
  };
  return document.definitions.every(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION ||
      (definition.variableDefinitions ?? []).every((variable) => {
        const type = typeFromAST(schema, variable.type as TypeNode);
        return type === undefined || isFit(getNamedType(type), new Set());
      }),
  );
};

/** Compiles an operation when it runs for the `from`-th time: those that come only once are not worth it. */
const compiler = (schema: GraphQLSchema, from: number): ((operation: Operation) => Run | undefined) => {
  const known = new WeakMap<Operation, Run | number>();
  return (operation) => {
    const run = known.get(operation) ?? 0;
    if (typeof run === 'function') return run;
    if (run + 1 < from) {
      known.set(operation, run + 1);
      return undefined;
    }
    if (!canBeCompiled(schema, operation)) {
      known.set(operation, Number.NEGATIVE_INFINITY);
      return undefined;
    }
    const compiled = compileQuery(schema, operation.document, undefined, { disablingCapturingStackErrors: true });
    if (!isCompiledQuery(compiled)) {
      known.set(operation, Number.NEGATIVE_INFINITY);
      return undefined;
    }
    known.set(operation, compiled.query);
    return compiled.query;
  };
};

export interface LocalOptions {
  /**
   * From which run on an operation is compiled to a function by graphql-jit; Infinity leaves all of them to graphql-js.
   * 2 by default.
   */
  readonly compileFrom?: number;
}

/** A subgraph in this process: nothing is printed, parsed or serialised on the way. */
export const localSubgraph = (subgraph: InProcess, { compileFrom = 2 }: LocalOptions = {}): Subgraph => {
  const { schema } = subgraph;
  const compiled = compiler(schema, compileFrom);
  const run = (
    operation: Operation,
    variableValues: Variables,
    context: OperationContext,
    rootValue?: unknown,
  ): Promise<SubgraphResult> | SubgraphResult => {
    const contextValue = subgraph.contextFor(context);
    const query = compiled(operation);
    const { document } = operation;
    const result =
      query === undefined
        ? execute({ schema, document, variableValues, contextValue, rootValue })
        : query(rootValue, contextValue, variableValues);
    return result as SubgraphResult | Promise<SubgraphResult>;
  };

  const eventsOf = async (operation: Operation, variableValues: Variables, context: OperationContext) => {
    const { document } = operation;
    const contextValue = subgraph.contextFor(context);
    const events = await createSourceEventStream({ schema, document, variableValues, contextValue });
    if (!(Symbol.asyncIterator in events)) {
      const [error] = events.errors ?? [];
      // its locations are those of an operation that the client never saw
      throw error === undefined ? unavailable() : at(error, error.path ?? []);
    }
    return untilAborted(events, context.signal);
  };
  const { eventKey } = subgraph;

  return {
    name: subgraph.name,
    exact: true,
    execute: run,
    ...(eventKey !== undefined && {
      events: async function* (operation, variableValues, context) {
        for await (const event of await eventsOf(operation, variableValues, context))
          yield {
            key: eventKey(event as object),
            result: (own: OperationContext) => run(operation, variableValues, own, event),
          };
      },
    }),
    subscribe: async function* (operation, variableValues, context) {
      for await (const event of await eventsOf(operation, variableValues, context)) {
        const { context: own, end } = eventContext(context);
        try {
          yield await run(operation, variableValues, own, event);
        } finally {
          end();
        }
      }
    },
  };
};
