import { randomUUID } from 'node:crypto';
import { createSourceEventStream, type DocumentNode, execute, type GraphQLFormattedError } from 'graphql';
import type { OperationContext } from '../../schema/context.ts';
import type { LocalSubgraph } from '../federation/subgraph.ts';
import { presented, presentedThrown } from './errors.ts';
import type { Claims } from './trust.ts';

/** Milliseconds in which this subgraph has to show an event. */
const EVENT_MS = 10_000;

/** What is sent of one event. Without `data` it is the last: the subscription could not begin, or not go on. */
export interface Told {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphQLFormattedError[];
  /** `event`: the subgraph's name of the event, by which the gateway completes it once for all who are told of it. */
  readonly extensions?: { readonly event: string };
}

export interface Subscription {
  readonly subgraph: LocalSubgraph;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
  readonly now: () => number;
}

/** The caller's context for as long as the subscription lives: unlike another operation it outlives its deadline. */
const contextOf = ({ claims, now }: Subscription, signal: AbortSignal): OperationContext => {
  const { id, caller, startedAt, deadline } = claims;
  return { id, caller, startedAt, deadline, now, explain: false, headers: {}, signal, record: () => undefined };
};

/** An event's own context, so that what one has loaded is not shown in the next. */
const eventContext = (subscription: OperationContext) => {
  const over = new AbortController();
  const abort = (): void => over.abort();
  const timer = setTimeout(abort, EVENT_MS);
  subscription.signal.addEventListener('abort', abort);
  const startedAt = subscription.now();
  return {
    context: { ...subscription, id: randomUUID(), startedAt, deadline: startedAt + EVENT_MS, signal: over.signal },
    end: (): void => {
      clearTimeout(timer);
      subscription.signal.removeEventListener('abort', abort);
    },
  };
};

const show = async (
  { subgraph, document, variables }: Subscription,
  event: unknown,
  subscription: OperationContext,
): Promise<Told> => {
  const { context, end } = eventContext(subscription);
  try {
    const { data = null, errors } = await execute({
      schema: subgraph.schema,
      document,
      variableValues: variables,
      contextValue: subgraph.contextFor(context),
      rootValue: event,
    });
    return {
      data,
      ...(errors === undefined ? {} : { errors: errors.map(presented) }),
      ...(subgraph.eventKey === undefined ? {} : { extensions: { event: subgraph.eventKey(event as object) } }),
    };
  } finally {
    end();
  }
};

/**
 * Every event of a subscription, until its source ends it or the signal aborts. Never throws: a failure of the
 * subscription itself is its last event.
 */
export async function* tell(subscription: Subscription, signal: AbortSignal): AsyncGenerator<Told, void, undefined> {
  const context = contextOf(subscription, signal);
  const { subgraph, document, variables } = subscription;
  try {
    const source = await createSourceEventStream({
      schema: subgraph.schema,
      document,
      variableValues: variables,
      contextValue: subgraph.contextFor(context),
    });
    if (!(Symbol.asyncIterator in source)) return void (yield { errors: source.errors?.map(presented) ?? [] });
    const events = source[Symbol.asyncIterator]();
    // a source that awaits its next event ends by the signal, or by this
    const end = (): void => void events.return?.().catch(() => undefined);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    for await (const event of { [Symbol.asyncIterator]: () => events }) yield await show(subscription, event, context);
  } catch (thrown) {
    yield { errors: [presentedThrown(thrown)] };
  }
}
