import {
  createSourceEventStream,
  type ExecutionResult,
  execute,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  type TypeNode,
  typeFromAST,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { OperationContext } from '../schema/context.ts';
import { eventContext, untilAborted } from './event.ts';
import type { Subgraph, SubgraphResult } from './executor.ts';
import type { Operation } from './plan.ts';
import { unavailable } from './silence.ts';

/** What the executor needs of a subgraph in this process. */
export interface InProcess {
  readonly name: string;
  readonly schema: GraphQLSchema;
  contextFor(context: OperationContext): object;
}

type Variables = Readonly<Record<string, unknown>>;
type Run = (root: unknown, context: unknown, variables: Variables) => Promise<ExecutionResult> | ExecutionResult;

/** graphql-jit never comes to an end with a variable whose input type holds itself, however deep. */
const canBeCompiled = (schema: GraphQLSchema, { document }: Operation): boolean => {
  const holdsItself = (type: GraphQLNamedType, above: ReadonlySet<GraphQLNamedType>): boolean => {
    if (!isInputObjectType(type)) return false;
    if (above.has(type)) return true;
    const within = new Set([...above, type]);
    return Object.values(type.getFields()).some((field) => holdsItself(getNamedType(field.type), within));
  };
  return document.definitions.every(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION ||
      (definition.variableDefinitions ?? []).every((variable) => {
        const type = typeFromAST(schema, variable.type as TypeNode);
        return type === undefined || !holdsItself(getNamedType(type), new Set());
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

  return {
    name: subgraph.name,
    exact: true,
    execute: run,
    subscribe: async function* (operation, variableValues, context) {
      const { document } = operation;
      const contextValue = subgraph.contextFor(context);
      const events = await createSourceEventStream({ schema, document, variableValues, contextValue });
      if (!(Symbol.asyncIterator in events)) throw events.errors?.[0] ?? unavailable();
      for await (const payload of untilAborted(events, context.signal)) {
        const { context: own, end } = eventContext(context);
        try {
          yield await run(operation, variableValues, own, payload);
        } finally {
          end();
        }
      }
    },
  };
};
