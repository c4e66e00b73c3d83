import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  execute,
  GraphQLError,
  GraphQLScalarType,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
  validateSchema,
} from 'graphql';
import QuickLRU from 'quick-lru';
import type { OperationContext } from '../schema/context.ts';
import { validationFailed } from '../schema/errors.ts';
import { Executor, type Gathered, type Subgraph, typeTest } from './executor.ts';
import { clientKey } from './keys.ts';
import { conditionVariables, Normalizer } from './normalize.ts';
import { ownedBy } from './owned.ts';
import { describePlan, type Plan, type SubscriptionPlan } from './plan.ts';
import { createPlanner, type Overrides, type Planner } from './planner.ts';
import { type Projection, prepareProjection } from './project.ts';
import { at, type JsonObject } from './response.ts';
import { coerceVariables } from './variables.ts';
import { Weighed } from './weighed.ts';

/** Documents whose plans are kept: an application has a few hundred operations. */
const MOST_DOCUMENTS = 1_000;

/** Plans kept of one operation: one for each set of values that its @skip and @include variables take. */
const MOST_VARIANTS = 16;

/**
 * Bytes that all kept plans may take. A plan, with the operation and its projection, takes some 500 bytes for each field
 * that is selected, fragments put in, and as much again once it is compiled. The saved operations have 3 to 80 fields,
 * the largest that is let in has 10,000.
 */
const MOST_BYTES = 128 * 1024 * 1024;
const BYTES_PER_FIELD = 1_000;

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

/** How the engine is run; every option has a default. */
export interface EngineOptions {
  /** How the graph's own scalars check input; others are passed on as they come. */
  readonly scalars?: readonly GraphQLScalarType[];
  /** Labels of progressive @override that are switched on; `percent(n)` needs none. */
  readonly labels?: ReadonlySet<string>;
  /** From 0 up to 1: decides for each operation whether it is among the first n percent of an @override. */
  readonly random?: () => number;
}

interface Prepared {
  readonly plan: Plan | SubscriptionPlan | undefined;
  readonly projection: Projection;
  readonly introspection: DocumentNode | undefined;
  /** Bytes, about. */
  readonly weight: number;
}

/** What is known of one operation of a document. */
interface Known {
  readonly operation: OperationDefinitionNode;
  readonly document: DocumentNode;
  /** Names of the variables of @skip and @include. */
  readonly conditions: readonly string[];
  readonly prepared: QuickLRU<string, Prepared>;
}

/** Answers operations over any Federation 2 supergraph: plans, asks the subgraphs, and cuts to the selection. */
export class Engine {
  /** The graph as clients see it. */
  readonly schema: GraphQLSchema;
  readonly #planner: Planner;
  readonly #executor: Executor;
  readonly #isA: ReturnType<typeof typeTest>;
  /** Subgraphs that answer exactly what they are asked. */
  readonly #exact: ReadonlySet<string>;
  readonly #labels: ReadonlySet<string>;
  readonly #random: () => number;
  /** What is shown of events, which several subscriptions may share. */
  readonly #events = new WeakMap<Gathered, EngineResponse>();
  readonly #known = new Weighed<Map<string | undefined, Known>>({ entries: MOST_DOCUMENTS, weight: MOST_BYTES });

  /** @throws Error when the supergraph is not one. */
  constructor(supergraph: string, subgraphs: readonly Subgraph[], options: EngineOptions = {}) {
    this.#planner = createPlanner(supergraph);
    this.#labels = options.labels ?? new Set();
    this.#random = options.random ?? Math.random;
    this.schema = buildASTSchema(parse(this.#planner.apiSdl), { assumeValidSDL: true });
    if (validateSchema(this.schema).length > 0) throw new Error('What clients would see is not a valid schema.');
    for (const { name, parseValue, parseLiteral } of options.scalars ?? []) {
      const type = this.schema.getType(name);
      if (type instanceof GraphQLScalarType) Object.assign(type, { parseValue, parseLiteral });
    }
    this.#isA = typeTest(this.schema);
    this.#exact = new Set(subgraphs.filter(({ exact }) => exact === true).map(({ name }) => name));
    this.#executor = new Executor(subgraphs, this.#isA);
  }

  /**
   * Runs a valid query or mutation (validation is the server's).
   * @throws GraphError VALIDATION for variables that do not fit; nothing is asked then.
   */
  async execute(request: EngineRequest, context: OperationContext): Promise<EngineResponse> {
    const prepared = this.#prepare(request);
    if (prepared.plan?.kind === 'Subscription') throw new GraphQLError('A subscription is not answered at once.');
    const gathered = await this.#executor.run(prepared.plan, request.variables, context);
    return this.#respond(request, prepared, gathered);
  }

  /**
   * Starts a valid subscription. It ends when its subgraph ends it or the context's signal aborts; what fails in an
   * event is in that event's errors.
   * @throws GraphError as `execute` does; the generator throws one when the subscription cannot be started or breaks off.
   */
  async subscribe(
    request: EngineRequest,
    context: OperationContext,
  ): Promise<AsyncGenerator<EngineResponse, void, undefined>> {
    const prepared = this.#prepare(request);
    const { plan } = prepared;
    if (plan?.kind !== 'Subscription') throw new GraphQLError('The operation is not a subscription.');
    const events = this.#executor.subscribe(plan, request.variables, context);
    const respond = (gathered: Gathered): EngineResponse => {
      const known = this.#events.get(gathered);
      if (known !== undefined) return known;
      const made = this.#respond(request, prepared, gathered);
      this.#events.set(gathered, made);
      return made;
    };
    return (async function* () {
      for await (const gathered of events) yield respond(gathered);
    })();
  }

  /** Plans operations ahead, as they are without variables; texts that are not valid are left alone. */
  warm(texts: readonly string[]): void {
    for (const text of texts) {
      const document = parse(text);
      if (validate(this.schema, document).length > 0) continue;
      for (const definition of document.definitions)
        if (definition.kind === Kind.OPERATION_DEFINITION)
          this.#variant(this.#knownOf({ document, text, operationName: definition.name?.value }), text, {});
    }
  }

  #prepare(request: EngineRequest): Prepared {
    const known = this.#knownOf(request);
    const variables = coerceVariables(this.schema, known.operation, request.variables);
    // a default makes null a lawful value of such a variable, but it decides nothing
    const undecided = known.conditions.filter((name) => variables[name] === null);
    if (undecided.length > 0)
      throw validationFailed(undecided.map((name) => ({ path: [name], rule: 'type', message: 'Must not be null.' })));
    return this.#variant(known, request.text, variables);
  }

  #knownOf({ document, text, operationName }: Omit<EngineRequest, 'variables'>): Known {
    const operations = this.#known.get(text) ?? new Map<string | undefined, Known>();
    const known = operations.get(operationName);
    if (known !== undefined) return known;
    const operation = getOperationAST(document, operationName);
    if (operation === null || operation === undefined) throw new GraphQLError('The document has no such operation.');
    const made: Known = {
      operation,
      document,
      conditions: conditionVariables(document),
      prepared: new QuickLRU({ maxSize: MOST_VARIANTS }),
    };
    operations.set(operationName, made);
    this.#keep(text, operations);
    return made;
  }

  #keep(text: string, operations: Map<string | undefined, Known>): void {
    const plans = [...operations.values()].flatMap(({ prepared }) => [...prepared.values()]);
    this.#known.set(
      text,
      operations,
      plans.reduce((sum, { weight }) => sum + weight, text.length * 2),
    );
  }

  #variant(known: Known, text: string, variables: Readonly<Record<string, unknown>>): Prepared {
    const overrides = this.#planner.overrides(this.#labels, this.#random() * 100);
    const key = overrides.key + known.conditions.map((name) => String(variables[name])).join();
    const existing = known.prepared.get(key);
    if (existing !== undefined) return existing;
    const made = this.#plan(known, variables, overrides);
    known.prepared.set(key, made);
    const operations = this.#known.get(text);
    if (operations !== undefined) this.#keep(text, operations);
    return made;
  }

  #plan({ document, operation }: Known, variables: Readonly<Record<string, unknown>>, overrides: Overrides): Prepared {
    const normalizer = new Normalizer(this.schema, document, variables, this.#planner);
    const { selection, planned, introspection, fields } = normalizer.run(operation);
    const asks = planned.selectionSet.selections.length > 0;
    const plan = asks ? this.#planner.plan(planned, overrides) : undefined;
    return {
      plan,
      projection: prepareProjection(this.schema, selection, {
        isA: this.#isA,
        isOwned: ownedBy(plan, (subgraph) => this.#exact.has(subgraph) && !this.#planner.hidesValues),
        partlyHidden: this.#planner.partlyHidden,
      }),
      introspection:
        introspection === undefined
          ? undefined
          : { ...document, definitions: [introspection, ...document.definitions.filter(isFragment)] },
      weight: fields * BYTES_PER_FIELD,
    };
  }

  #respond(request: EngineRequest, prepared: Prepared, gathered: Gathered): EngineResponse {
    const { plan, projection, introspection } = prepared;
    if (introspection !== undefined) this.#introspect(request, introspection, gathered.data);
    const { data, errors } = projection(gathered);
    return { data, errors: errors.map(withClientKeys), plan: () => describePlan(plan) };
  }

  #introspect(request: EngineRequest, document: DocumentNode, data: JsonObject): void {
    const result = execute({
      schema: this.schema,
      document,
      variableValues: request.variables,
    });
    if (!(result instanceof Promise)) Object.assign(data, result.data);
  }
}

const isFragment = ({ kind }: DefinitionNode): boolean => kind === Kind.FRAGMENT_DEFINITION;

/** Neither clients' nor required fields' keys of ours are shown. */
const withClientKeys = (error: GraphQLError): GraphQLError =>
  error.path?.some((step) => typeof step === 'string' && clientKey(step) !== step) !== true
    ? error
    : at(
        error,
        error.path.map((step) => (typeof step === 'string' ? clientKey(step) : step)),
      );
