import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { OperationContext } from '../schema/context.ts';
import { Entities } from './entities.ts';
import { afterWrite } from './event.ts';
import type { Gathered, Subgraph, SubgraphResult } from './executor.ts';
import { applyRewrites, type Place, placesOf, renamePath, type TypeTest, visitAt } from './places.ts';
import { type EntityFetch, isMutation, type Operation, type Plan, type RootFetch } from './plan.ts';
import { at, copy, isObject, type JsonObject, type Lost, mergeInto } from './response.ts';
import { overdue, unavailable } from './silence.ts';

/** The values of those variables that an operation uses. */
export const variablesOf = (names: Iterable<string>, variables: Readonly<Record<string, unknown>>): JsonObject => {
  const chosen: JsonObject = {};
  for (const name of names) if (Object.hasOwn(variables, name)) chosen[name] = variables[name];
  return chosen;
};

/** Milliseconds that subgraphs have after the deadline to tell what they know: their own calls end with it. */
const LAST_WORDS_MS = 150;

/** One run of a plan, and what it has gathered so far. */
export class Run implements Gathered {
  readonly data: JsonObject = {};
  readonly errors: GraphQLError[] = [];
  readonly lost = new Map<JsonObject, Lost[]>();
  readonly voided = new Set<JsonObject>();
  shared = false;
  #end: Promise<SubgraphResult> | undefined;
  readonly #subgraphs: ReadonlyMap<string, Subgraph>;
  readonly #isA: TypeTest;
  readonly #variables: Readonly<Record<string, unknown>>;
  #context: OperationContext;

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
      const variables = { ...variablesOf(operation.variables, this.#variables), ...extra };
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
    if (isMutation(fetch.operation)) this.#context = afterWrite(this.#context);
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
