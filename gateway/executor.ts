import { type GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isAbstractType } from 'graphql';
import type { OperationContext } from '../schema/context.ts';
import { Entities } from './entities.ts';
import { eventContext } from './event.ts';
import { applyRewrites, type Place, placesOf, renamePath, type TypeTest, visitAt } from './places.ts';
import type { EntityFetch, Operation, Plan, RootFetch, SubscriptionPlan } from './plan.ts';
import { at, copy, isObject, type JsonObject, type Lost, mergeInto } from './response.ts';
import { overdue, unavailable } from './silence.ts';

/** A subgraph as the executor asks it: in this process, or far away. */
export interface Subgraph {
  readonly name: string;
  /** Its answers hold just what was asked for, as its schema says: it is executed by this process. */
  readonly exact?: boolean;
  execute(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): Promise<SubgraphResult> | SubgraphResult;
  /**
   * The events of a subscription, in order, until the subgraph ends it or the context's signal aborts. Throws a
   * GraphError when it cannot be started or breaks off. Absent where a subgraph offers none.
   */
  subscribe?(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): AsyncGenerator<SubgraphResult, void, undefined>;
  /** Lets go of what it holds open. */
  close?(): Promise<void>;
}

export interface SubgraphResult {
  readonly data?: JsonObject | null;
  readonly errors?: readonly (GraphQLError | GraphQLFormattedError)[];
}

/** What a plan's run has gathered, before it is cut to the client's selection. */
export interface Gathered {
  readonly data: JsonObject;
  readonly errors: readonly GraphQLError[];
  /** Fetches that failed as a whole, by the object that waits for them. */
  readonly lost: ReadonlyMap<JsonObject, readonly Lost[]>;
  /** Objects that a subgraph gave up for a failure below them, which it told. */
  readonly voided: ReadonlySet<JsonObject>;
  /** Do some of its objects stand in several places? */
  readonly shared: boolean;
}

/** Which object types each type stands for; unknown names stand for themselves. */
export const typeTest = (schema: GraphQLSchema): TypeTest => {
  const members = new Map<string, ReadonlySet<string>>();
  for (const type of Object.values(schema.getTypeMap()))
    if (isAbstractType(type)) members.set(type.name, new Set(schema.getPossibleTypes(type).map(({ name }) => name)));
  return (typename, condition) => typename === condition || members.get(condition)?.has(String(typename)) === true;
};

/** Runs query plans: asks the subgraphs in the plan's order and puts their answers together. */
export class Executor {
  readonly #subgraphs: ReadonlyMap<string, Subgraph>;
  readonly #isA: TypeTest;

  constructor(subgraphs: readonly Subgraph[], isA: TypeTest) {
    this.#subgraphs = new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph]));
    this.#isA = isA;
  }

  async run(
    plan: Plan | undefined,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): Promise<Gathered> {
    const run = new Run(this.#subgraphs, this.#isA, variables, context);
    if (plan !== undefined) await run.node(plan);
    return run;
  }

  /** Runs a subscription: each event is completed by itself, so that a failure spoils that event alone. */
  async *subscribe(
    { primary, completion }: SubscriptionPlan,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): AsyncGenerator<Gathered, void, undefined> {
    const { operation } = primary;
    const subgraph = this.#subgraphs.get(operation.subgraph);
    if (subgraph?.subscribe === undefined) throw unavailable();
    const events = subgraph.subscribe(operation, variablesOf(operation, variables), context);
    for await (const event of events) {
      yield await this.#event(primary, completion, event, variables, context);
    }
  }

  async #event(
    primary: RootFetch,
    completion: Plan | undefined,
    event: SubgraphResult,
    variables: Readonly<Record<string, unknown>>,
    subscription: OperationContext,
  ): Promise<Gathered> {
    const own = completion === undefined ? undefined : eventContext(subscription);
    const run = new Run(this.#subgraphs, this.#isA, variables, own?.context ?? subscription);
    run.take(primary, event);
    try {
      if (completion !== undefined) await run.node(completion);
    } finally {
      own?.end();
    }
    return run;
  }
}

const variablesOf = (operation: Operation, variables: Readonly<Record<string, unknown>>): JsonObject => {
  const chosen: JsonObject = {};
  for (const name of operation.variables) if (Object.hasOwn(variables, name)) chosen[name] = variables[name];
  return chosen;
};

/** Milliseconds that subgraphs have after the deadline to tell what they know: their own calls end with it. */
const LAST_WORDS_MS = 150;

class Run implements Gathered {
  readonly data: JsonObject = {};
  readonly errors: GraphQLError[] = [];
  readonly lost = new Map<JsonObject, Lost[]>();
  readonly voided = new Set<JsonObject>();
  shared = false;
  #end: Promise<SubgraphResult> | undefined;
  readonly #subgraphs: ReadonlyMap<string, Subgraph>;
  readonly #isA: TypeTest;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #context: OperationContext;

  constructor(
    subgraphs: ReadonlyMap<string, Subgraph>,
    isA: TypeTest,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ) {
    this.#subgraphs = subgraphs;
    this.#isA = isA;
    this.#variables = variables;
    this.#context = context;
  }

  async node(plan: Plan): Promise<void> {
    switch (plan.kind) {
      case 'Sequence':
        for (const child of plan.nodes) await this.node(child);
        return;
      case 'Parallel':
        await Promise.all(plan.nodes.map((child) => this.node(child)));
        return;
      case 'RootFetch':
        return this.#root(plan);
      case 'EntityFetch':
        return this.#entities(plan);
    }
  }

  async #ask(operation: Operation, extra: JsonObject): Promise<SubgraphResult> {
    const subgraph = this.#subgraphs.get(operation.subgraph);
    if (subgraph === undefined) return { errors: [unavailable()] };
    try {
      const variables = { ...variablesOf(operation, this.#variables), ...extra };
      const answer = subgraph.execute(operation, variables, this.#context);
      return await (answer instanceof Promise ? Promise.race([answer, this.#overdue()]) : answer);
    } catch {
      return { errors: [unavailable()] };
    }
  }

  /** Comes when the operation’s time is up and its subgraphs have had their last words: nobody waits any longer. */
  #overdue(): Promise<SubgraphResult> {
    this.#end ??= new Promise((resolve) => {
      const { signal } = this.#context;
      const late = () => setTimeout(() => resolve({ errors: [overdue()] }), LAST_WORDS_MS);
      if (signal.aborted) late();
      else signal.addEventListener('abort', late, { once: true });
    });
    return this.#end;
  }

  async #root(fetch: RootFetch): Promise<void> {
    this.take(fetch, await this.#ask(fetch.operation, {}));
  }

  /** Puts the answer to a fetch where it belongs. */
  take(fetch: RootFetch, { data, errors = [] }: SubgraphResult): void {
    const objects = new Set<JsonObject>();
    if (fetch.path.length === 0) objects.add(this.data);
    else visitAt(this.data, fetch.path, this.shared, (object) => objects.add(object));
    if (isObject(data)) {
      applyRewrites(data, fetch.outputRewrites);
      for (const object of objects) mergeInto(object, objects.size === 1 ? data : copy(data));
    }
    if (errors.length === 0) return;
    const places = [...placesOf(this.data, fetch.path, objects).values()].flat();
    const keys = keysOfRoot(fetch);
    for (const error of errors) {
      const path = error.path === undefined ? undefined : renamePath(error.path, fetch.outputRewrites);
      if (path === undefined) for (const object of objects) this.#lose(object, keys, error);
      else for (const place of places) this.errors.push(at(error, [...place.path, ...path]));
    }
  }

  async #entities(fetch: EntityFetch): Promise<void> {
    const asks = fetch.parts.map((part) => new Entities(part, this.data, this.shared, this.#isA));
    if (asks.every(({ representations }) => representations.length === 0)) return;
    const variables: JsonObject = {};
    for (const { part, representations } of asks) variables[part.variable] = representations;
    const { data, errors = [] } = await this.#ask(fetch.operation, variables);
    for (const ask of asks) {
      const answers = data?.[ask.part.alias];
      if (!Array.isArray(answers)) {
        const [error = unavailable()] = [...errors.filter(({ path }) => path === undefined), ...errors];
        for (const { objects } of ask.targets) for (const object of objects) this.#lose(object, ask.part.brings, error);
        continue;
      }
      applyRewrites(answers, ask.part.outputRewrites);
      this.shared = ask.merge(answers) || this.shared;
      if (errors.length > 0) this.#errorsOf(ask, errors, answers);
    }
    for (const error of errors) if (!isPlaced(error, asks)) this.errors.push(at(error, wayTo(fetch)));
  }

  /**
   * Brings errors of `_entities` to the places that they are about. One of the entity itself says that the object at
   * that place could not be had: the object becomes null, as at any field that fails.
   */
  #errorsOf(
    { part, targets }: Entities,
    errors: NonNullable<SubgraphResult['errors']>,
    answers: readonly unknown[],
  ): void {
    const spoilt: Place[] = [];
    for (const { path, objects, indices } of targets) {
      const waiting = Map.groupBy(objects.keys(), (i) => indices[i]);
      const places = placesOf(this.data, path, new Set(objects));
      for (const error of errors) {
        const [alias, index, ...rest] = error.path ?? [];
        if (alias !== part.alias || typeof index !== 'number') continue;
        const own = renamePath(rest, part.outputRewrites);
        for (const i of waiting.get(index) ?? []) {
          const object = objects[i] as JsonObject;
          if (rest.length > 0 && answers[index] === null) this.voided.add(object);
          for (const place of places.get(object) ?? []) {
            if (rest.length === 0 && answers[index] === null) spoilt.push(place);
            this.errors.push(at(error, [...place.path, ...own]));
          }
        }
      }
    }
    for (const { holder, key } of spoilt) (holder as Record<string | number, unknown>)[key] = null;
  }

  #lose(object: JsonObject, keys: ReadonlySet<string>, error: GraphQLError | GraphQLFormattedError): void {
    const list = this.lost.get(object) ?? [];
    list.push({ keys, error });
    this.lost.set(object, list);
  }
}

/** Does an error of an entity fetch say what it is about? */
const isPlaced = ({ path }: GraphQLError | GraphQLFormattedError, asks: readonly Entities[]): boolean => {
  if (path === undefined) return true;
  const [alias, index] = path;
  return asks.some(({ part, representations }) => {
    if (alias !== part.alias) return false;
    return index === undefined || (typeof index === 'number' && index < representations.length);
  });
};

/** The client's path to the objects that a fetch is for, as far as it is the same for all of them. */
const wayTo = ({ parts }: EntityFetch): readonly string[] => {
  const way: string[] = [];
  for (const step of parts[0]?.paths[0] ?? []) {
    if (step === 'items') break;
    if ('field' in step) way.push(step.field);
  }
  return way;
};

const keysOfRoot = (fetch: RootFetch): ReadonlySet<string> => {
  const keys = new Set<string>();
  for (const definition of fetch.operation.document.definitions)
    if (definition.kind === 'OperationDefinition')
      for (const field of definition.selectionSet.selections)
        if (field.kind === 'Field') keys.add(field.alias?.value ?? field.name.value);
  return keys;
};
