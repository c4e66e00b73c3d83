import { Pool } from 'undici';
import type { OperationContext } from '../../schema/context.ts';
import type { Subgraph, SubgraphResult } from '../executor.ts';
import { isMutation, type Operation } from '../plan.ts';
import { answerIn, answerOf, trusted, unanswered } from './answer.ts';
import { EventStreamSubscriber } from './event-stream.ts';
import { Exchange, type Sending } from './exchange.ts';
import { failed } from './failure.ts';
import type { Begin, Flights } from './flight.ts';
import { EventQueue } from './queue.ts';
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
  /** By WebSocket at the same URL when absent. */
  readonly subscribing?: Subscribing;
}

const subscriberOf = ({ url, subscribing }: RemoteOptions): Subscriber => {
  const { protocol, url: at } = subscribing ?? { protocol: 'ws', url: url.replace(/^http/, 'ws') };
  return protocol === 'ws' ? new WebSocketSubscriber(at) : new EventStreamSubscriber(at);
};

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
  readonly #options: RemoteOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #subscriber: Subscriber;
  readonly #written = new WeakMap<Operation, Written>();

  constructor(options: RemoteOptions) {
    this.name = options.name;
    this.#options = options;
    this.#subscriber = subscriberOf(options);
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
  async *subscribe(
    operation: Operation,
    variables: Readonly<Record<string, unknown>>,
    context: OperationContext,
  ): AsyncGenerator<SubgraphResult, void, undefined> {
    const { signer, flights } = this.#options;
    const token = await signer?.sign(context);
    if (context.signal.aborted) return;
    const queue = new EventQueue<unknown>();
    const stop = this.#subscriber.start(
      { query: operation.text, variables, headers: this.#own(context, token) },
      queue,
    );
    const drop = (): void => queue.drop();
    context.signal.addEventListener('abort', drop, { once: true });
    let begun = false;
    try {
      for await (const event of queue.events()) {
        flights.seal(); // what completes it must not have been read before it
        const answer = answerIn(event);
        if (!begun && answer.data === undefined) throw failed('refused'); // graphql-sse says so by an event
        begun = true;
        yield token === undefined ? answer : trusted(answer);
      }
    } finally {
      context.signal.removeEventListener('abort', drop);
      stop();
    }
  }

  async close(): Promise<void> {
    await this.#subscriber.close();
    await this.#pool.destroy();
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
