import { type GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isAbstractType } from 'graphql';
import type { OperationContext } from '../schema/context.ts';
import { inOrder } from './ahead.ts';
import { eventContext } from './event.ts';
import type { TypeTest } from './places.ts';
import { type Operation, type Plan, type SubscriptionPlan, variablesOfEvents } from './plan.ts';
import type { JsonObject, Lost } from './response.ts';
import { Run, variablesOf } from './run.ts';
import { Groups } from './sharing.ts';
import { unavailable } from './silence.ts';

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
  /**
   * As `subscribe`, where what is told can be told apart from how it is shown. Instead of `subscribe` where both are
   * offered.
   */
  events?(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): AsyncGenerator<SubgraphEvent, void, undefined>;
  /** Lets go of what it holds open. */
  close?(): Promise<void>;
}

/** One event of a subscription, before anything of it is shown. */
export interface SubgraphEvent {
  /** The same for all subscriptions that are told of it: arguments of their field decide on nothing that they show. */
  readonly key: string;
  /** What the operation selects of it, in a context of its own. */
  result(context: OperationContext): Promise<SubgraphResult> | SubgraphResult;
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

/** Events of one subscription that are completed at once: an owner that answers in half a second still gives 32 a second. */
const AHEAD = 16;

/** Runs query plans: asks the subgraphs in the plan's order and puts their answers together. */
export class Executor {
  readonly #subgraphs: ReadonlyMap<string, Subgraph>;
  readonly #isA: TypeTest;
  readonly #groups = new Groups<Gathered>();

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

  /**
   * Runs a subscription: each event is completed by itself, so that a failure spoils that event alone; and once for all
   * subscriptions of the same caller that show the same of it.
   */
  subscribe(
    plan: SubscriptionPlan,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): AsyncGenerator<Gathered, void, undefined> {
    const { operation } = plan.primary;
    const subgraph = this.#subgraphs.get(operation.subgraph);
    const chosen = variablesOf(operation.variables, variables);
    if (subgraph?.events !== undefined) {
      const over = new AbortController();
      const own = { ...context, signal: over.signal };
      return this.#shared(plan, subgraph.events(operation, chosen, own), variables, context, over);
    }
    if (subgraph?.subscribe === undefined) throw unavailable();
    return this.#alone(plan, subgraph.subscribe(operation, chosen, context), variables, context);
  }

  async *#alone(
    plan: SubscriptionPlan,
    events: AsyncIterable<SubgraphResult>,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): AsyncGenerator<Gathered, void, undefined> {
    for await (const event of events) {
      if (plan.completion !== undefined) yield await this.#event(plan, () => event, variables, context);
      else {
        const run = new Run(this.#subgraphs, this.#isA, variables, context);
        run.take(plan.primary, event);
        yield run;
      }
    }
  }

  /** `over`: ends the events, even while the next one is awaited. */
  async *#shared(
    plan: SubscriptionPlan,
    events: AsyncIterable<SubgraphEvent>,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
    over: AbortController,
  ): AsyncGenerator<Gathered, void, undefined> {
    const { caller, headers, signal } = context;
    const key = JSON.stringify([caller, headers, variablesOf(variablesOfEvents(plan), variables)]);
    const group = this.#groups.enter(plan, key);
    const end = (): void => over.abort();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    try {
      yield* inOrder(events, AHEAD, (event) =>
        group.take(event.key, over.signal, (one) =>
          this.#event(plan, (own) => event.result(own), variables, { ...context, signal: one }),
        ),
      );
    } finally {
      signal.removeEventListener('abort', end);
      end();
      group.leave();
    }
  }

  async #event(
    { primary, completion }: SubscriptionPlan,
    result: SubgraphEvent['result'],
    variables: Readonly<Record<string, unknown>>,
    subscription: OperationContext,
  ): Promise<Gathered> {
    const { context, end } = eventContext(subscription);
    try {
      const run = new Run(this.#subgraphs, this.#isA, variables, context);
      run.take(primary, await result(context));
      if (completion !== undefined) await run.node(completion);
      return run;
    } finally {
      end();
    }
  }
}
