import {
  buildASTSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  GraphQLScalarType,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
} from 'graphql';
import QuickLRU from 'quick-lru';
import type { OperationContext } from '../schema/context.ts';
import { Executor, type Subgraph, typeTest } from './executor.ts';
import { conditionVariables, Normalizer } from './normalize.ts';
import { describePlan, type Plan } from './plan.ts';
import { createPlanner, type Planner } from './planner.ts';
import { type Projection, prepareProjection } from './project.ts';
import type { JsonObject } from './response.ts';
import { joinShared, splitShared } from './split.ts';
import { coerceVariables } from './variables.ts';

/** Plans kept: an application has a few hundred operations; a plan is some kilobytes. */
const MOST_PLANS = 1_000;

export interface EngineRequest {
  readonly document: DocumentNode;
  /** The document's text, to find its plan again. */
  readonly text: string;
  readonly operationName?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface EngineResponse {
  readonly data: JsonObject | null;
  readonly errors: readonly GraphQLError[];
  /** The plan as `extensions.explain` shows it. */
  readonly plan: () => unknown;
}

interface Prepared {
  readonly plan: Plan | undefined;
  /** Was it planned with split places, which have to be joined again? */
  readonly split: boolean;
  readonly projection: Projection;
  readonly introspection: OperationDefinitionNode | undefined;
}

/** Answers operations over any Federation 2 supergraph: plans, asks the subgraphs, and cuts to the selection. */
export class Engine {
  /** The graph as clients see it. */
  readonly schema: GraphQLSchema;
  readonly #planner: Planner;
  readonly #executor: Executor;
  readonly #isA: ReturnType<typeof typeTest>;
  readonly #conditions = new WeakMap<DocumentNode, readonly string[]>();
  readonly #prepared = new QuickLRU<string, Promise<Prepared>>({ maxSize: MOST_PLANS });

  /** `scalars`: how the graph's own scalars check input; others are passed on as they come. */
  constructor(supergraph: string, subgraphs: readonly Subgraph[], scalars: readonly GraphQLScalarType[] = []) {
    this.#planner = createPlanner(supergraph);
    this.schema = buildASTSchema(parse(this.#planner.apiSdl), { assumeValidSDL: true });
    for (const { name, parseValue, parseLiteral } of scalars) {
      const type = this.schema.getType(name);
      if (type instanceof GraphQLScalarType) Object.assign(type, { parseValue, parseLiteral });
    }
    this.#isA = typeTest(this.schema);
    this.#executor = new Executor(subgraphs, this.#isA);
  }

  /**
   * Runs a valid operation (validation is the server's).
   * @throws GraphError VALIDATION for variables that do not fit; nothing is asked then.
   */
  async execute(request: EngineRequest, context: OperationContext): Promise<EngineResponse> {
    const operation = getOperationAST(request.document, request.operationName);
    if (operation === null || operation === undefined) throw new GraphQLError('The document has no such operation.');
    const variables = coerceVariables(this.schema, operation, request.variables);
    const prepared = await this.#prepare(request, operation, variables);
    const ran = await this.#executor.run(prepared.plan, request.variables, context);
    const gathered = prepared.split ? joinShared(ran) : ran;
    if (prepared.introspection !== undefined) this.#introspect(request, prepared.introspection, gathered.data);
    const { data, errors } = prepared.projection(gathered.data, gathered.lost, gathered.errors);
    return { data, errors, plan: () => describePlan(prepared.plan) };
  }

  #prepare(
    request: EngineRequest,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Prepared> {
    const conditions = this.#conditionsOf(request.document).map((name) => variables[name]);
    const key = JSON.stringify([request.text, request.operationName ?? null, conditions]);
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const made = this.#plan(request.document, operation, variables);
    this.#prepared.set(key, made);
    made.catch(() => this.#prepared.delete(key));
    return made;
  }

  /** The server hands in the same document for the same text, so that it is walked once. */
  #conditionsOf(document: DocumentNode): readonly string[] {
    const known = this.#conditions.get(document);
    if (known !== undefined) return known;
    const names = conditionVariables(document);
    this.#conditions.set(document, names);
    return names;
  }

  async #plan(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Prepared> {
    const { selection, planned, introspection } = new Normalizer(this.schema, document, variables).run(operation);
    const asks = planned.selectionSet.selections.some(
      (node) => node.kind !== Kind.FIELD || node.name.value !== '__typename',
    );
    return {
      ...(asks ? await this.#plans(planned) : { plan: undefined, split: false }),
      projection: prepareProjection(this.schema, selection, this.#isA),
      introspection,
    };
  }

  /** Plans as written, or else with the places split that this planner finds no way through. */
  async #plans(operation: OperationDefinitionNode): Promise<Pick<Prepared, 'plan' | 'split'>> {
    try {
      return { plan: await this.#planner.plan(print(operation)), split: false };
    } catch (failure) {
      const split = splitShared(this.schema, operation, this.#planner.sharedTypes);
      if (split === undefined) throw failure;
      return { plan: await this.#planner.plan(print(split)), split: true };
    }
  }

  #introspect(request: EngineRequest, operation: OperationDefinitionNode, data: JsonObject): void {
    const result = execute({
      schema: this.schema,
      document: { kind: Kind.DOCUMENT, definitions: [operation] },
      variableValues: request.variables,
    });
    if (!(result instanceof Promise)) Object.assign(data, result.data);
  }
}
