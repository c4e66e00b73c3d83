import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { OperationContext } from '../../schema/context.ts';
import type { Subgraph, SubgraphEvent, SubgraphResult } from '../executor.ts';
import { isMutation, type Operation } from '../plan.ts';
import { answerOf, eventNameIn, type RemoteAnswer, trusted, unanswered } from './answer.ts';
import { answersTo } from './answers.ts';
import { EventStreamSubscriber } from './event-stream.ts';
import { Exchange, type Sending } from './exchange.ts';
import { failed } from './failure.ts';
import type { Begin, Flights } from './flight.ts';
import type { Signer } from './sign.ts';
import type { Subscriber, Subscribing } from './subscription.ts';
import { noteCalls } from './vendor-calls.ts';
import { WebSocketSubscriber } from './websocket.ts';

/** Bytes of one answer: a page of 100 patients with charts has about 1 MiB. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Milliseconds for one answer: as long as an operation may take in all. */
export const ANSWER_MS = 30_000;

/** Connections to one subgraph; further requests wait for one. */
const CONNECTIONS = 256;

export interface RemoteOptions {
  readonly name: string;
  /** Where it takes POSTs: `http` or `https`. */
  readonly url: string;
  /** Shared by all subgraphs of a gateway. */
  readonly flights: Flights;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Only for subgraphs of ours: tells them the operation's context, and makes their errors the graph's. */
  readonly signer?: Signer;
  /** At the same URL when absent: subgraphs of ours by event stream, others by WebSocket. */
  readonly subscribing?: Subscribing;
}

const subscriberOf = ({ url, subscribing, signer }: RemoteOptions): Subscriber => {
  const own = signer !== undefined;
  const usual: Subscribing = own ? { protocol: 'sse', url } : { protocol: 'ws', url: url.replace(/^http/, 'ws') };
  const { protocol, url: at } = subscribing ?? usual;
  return protocol === 'ws' ? new WebSocketSubscriber(at) : new EventStreamSubscriber(at, { own });
};

type Asked = Parameters<Subgraph['execute']>;

/** An operation's text as it stands in every body, and whether it changes anything. */
interface Written {
  readonly beginning: string;
  readonly changes: boolean;
}

const written = (operation: Operation): Written => ({
  beginning: `{"query":${JSON.stringify(operation.text)}`,
  changes: isMutation(operation),
});

const FIXED_HEADERS = [
  'content-type',
  'application/json',
  'accept',
  'application/graphql-response+json, application/json',
] as const;

/**
 * A subgraph behind HTTP. Never throws: what goes wrong is an error in its result, with a fixed sentence. Follows no
 * redirects, holds an answer only up to its limit, and keeps connections open between requests.
 */
export class RemoteSubgraph implements Subgraph {
  readonly name: string;
  /** Only of subgraphs of ours, which name their events, so that one is completed once for all who are told of it. */
  readonly events?: NonNullable<Subgraph['events']>;
  readonly #options: RemoteOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #subscriber: Subscriber;
  readonly #written = new WeakMap<Operation, Written>();

  constructor(options: RemoteOptions) {
    this.name = options.name;
    this.#options = options;
    this.#subscriber = subscriberOf(options);
    if (options.signer !== undefined) this.events = (...asked) => this.#named(...asked);
    const { origin, pathname, search } = new URL(options.url);
    this.#path = pathname + search;
    const timeoutMs = options.timeoutMs ?? ANSWER_MS;
    this.#pool = new Pool(origin, {
      connections: CONNECTIONS,
      allowH2: false,
      connect: { timeout: timeoutMs },
      headersTimeout: 0, // the exchange has a timer of its own, over everything
      bodyTimeout: 0,
      // a connection that the subgraph is about to close may be picked while this process is busy for a second
      keepAliveTimeoutThreshold: 2_000,
    });
  }

  async execute(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): Promise<SubgraphResult> {
    try {
      const { signer } = this.#options;
      const token = signer === undefined ? undefined : await signer.sign(context);
      const { reply, shared } = await this.#ask(operation, variables, context, token);
      if (token !== undefined && reply.status === 401) return unanswered(failed('distrusting'));
      const answer = answerOf(reply);
      if (token === undefined) return answer;
      if (context.explain && !shared) noteCalls(answer.extensions, context);
      return trusted(answer);
    } catch (thrown) {
      return unanswered(thrown);
    }
  }

  /** @throws GraphError when it cannot be started, when it breaks off, and when events come faster than are taken. */
  async *subscribe(...asked: Asked): AsyncGenerator<SubgraphResult, void, undefined> {
    const own = this.#options.signer !== undefined;
    for await (const answer of this.#answers(...asked)) yield own ? trusted(answer) : answer;
  }

  async close(): Promise<void> {
    await this.#subscriber.close();
    await this.#pool.destroy();
  }

  async *#named(...asked: Asked): AsyncGenerator<SubgraphEvent, void, undefined> {
    for await (const answer of this.#answers(...asked))
      yield { key: eventNameIn(answer) ?? randomUUID(), result: () => trusted(answer) };
  }

  async *#answers(operation: Operation, variables: Asked[1], context: OperationContext): AsyncGenerator<RemoteAnswer> {
    const { signer, flights } = this.#options;
    const token = await signer?.sign(context);
    yield* answersTo(
      { query: operation.text, variables, headers: this.#own(context, token) },
      { subscriber: this.#subscriber, flights, own: token !== undefined, signal: context.signal },
    );
  }

  /** What tells the subgraph who asks. */
  #own(context: OperationContext, token: string | undefined): Readonly<Record<string, string>> {
    return token === undefined ? context.headers : { ...context.headers, ...this.#options.signer?.headers(token) };
  }

  #ask(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
    token: string | undefined,
  ) {
    const { beginning, changes } = this.#writtenOf(operation);
    const { flights } = this.#options;
    const own = this.#own(context, token);
    const body = `${beginning},"variables":${JSON.stringify(variables)}}`;
    const begin = this.#begin(own, body, !changes);
    if (changes) return flights.write(context, begin);
    return flights.read(JSON.stringify([this.name, own, context.caller]) + body, context, begin);
  }

  #begin(own: Readonly<Record<string, string>>, body: string, repeatable: boolean): Begin {
    const { timeoutMs = ANSWER_MS, maxBytes = LARGEST_ANSWER } = this.#options;
    const headers = [...FIXED_HEADERS, ...Object.entries(own).flat()];
    const sending: Sending = { path: this.#path, headers, body, timeoutMs, maxBytes, repeatable };
    return (done) => new Exchange(this.#pool, sending, done);
  }

  #writtenOf(operation: Operation): Written {
    const known = this.#written.get(operation);
    if (known !== undefined) return known;
    const made = written(operation);
    this.#written.set(operation, made);
    return made;
  }
}
