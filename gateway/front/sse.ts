import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { createHandler, type Handler } from 'graphql-sse';
import { type ContextOptions, openOperation } from './context.ts';
import type { Answer, Operation, Operations } from './operation.ts';
import { Gone, Outbox } from './outbox.ts';
import { DRAINING, isRefusal, type Refusal, TOO_MANY_STREAMS } from './refusal.ts';
import { Refused, type Results, resultsOf } from './results.ts';
import type { StreamOptions } from './streams.ts';

export interface EventStreamOptions extends StreamOptions {
  readonly operations: Operations;
  readonly contexts: ContextOptions;
}

type Event = Answer | Pick<Refusal, 'errors'>;

/** One stream on its way through the library, which by itself would take events from their source without end. */
class Stream {
  readonly results: AsyncIterable<Event>;
  readonly outbox: Outbox;
  #before = Promise.resolve();
  #written: () => void = () => undefined;

  constructor(results: AsyncIterable<Event>, outbox: Outbox) {
    this.results = results;
    this.outbox = outbox;
  }

  /** Resolves when the event before has been written. */
  async turn(): Promise<void> {
    await this.#before;
    this.#before = new Promise((resolve) => {
      this.#written = resolve;
    });
  }

  async write(message: string): Promise<void> {
    await this.outbox.put(message);
    if (message.startsWith('event: next')) this.#written();
  }
}

/** graphql-sse has no message for a failure: it is the last event. */
const withFailure = ({ next, ...results }: Results<Answer>): Results<Event> => {
  let over = false;
  return {
    ...results,
    next: async () => {
      if (over) return { done: true, value: undefined };
      try {
        return await next();
      } catch (thrown) {
        over = true;
        if (!(thrown instanceof Refused)) throw thrown;
        return { done: false, value: { errors: thrown.refusal.errors } };
      }
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

async function* only(refusal: Refusal): AsyncGenerator<Event> {
  yield { errors: refusal.errors };
}

/** What graphql-sse is told of a request that has been read and checked already. */
const SPOKEN: Readonly<Record<string, string>> = { accept: 'text/event-stream', 'content-type': 'application/json' };

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // a connection that is kept for a next request would keep a stopping server from closing
  connection: 'close',
  // proxies that gather an answer before they pass it on
  'x-accel-buffering': 'no',
};

/**
 * GraphQL over server-sent events, in the distinct connections mode of graphql-sse: one request, one operation, one
 * stream. What graphql-sse would do before the operation runs has been done: it makes the events and keeps the stream.
 */
export class EventStreams {
  readonly #options: EventStreamOptions;
  readonly #protocol: Handler<undefined, Stream>;
  /** Ends of the subscriptions that are open. */
  readonly #open = new Set<() => void>();

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#protocol = createHandler<undefined, Stream>({
      authenticate: () => null,
      onSubscribe: ({ context }) => context.results as AsyncIterable<ExecutionResult>,
      onNext: (_context, { context }) => context.turn(),
    });
  }

  /** Streams what an operation brings until it ends, its client goes or the server stops. */
  async answer(
    operation: Operation | Refusal,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Refusal | undefined> {
    const { operations, contexts, limits, seats, inFlight, isDraining } = this.#options;
    if (isDraining()) return DRAINING;
    if (!seats.take()) return TOO_MANY_STREAMS;
    reply.hijack();
    const { raw } = reply;
    raw.once('close', () => seats.free());
    const outbox = new Outbox(
      {
        isOpen: () => raw.writable,
        write: (message, taken) => raw.write(message, taken),
        tooSlow: () => raw.destroy(),
      },
      limits,
    );
    const lasting = !isRefusal(operation) && operation.kind === 'subscription';
    const results = isRefusal(operation)
      ? only(operation)
      : withFailure(resultsOf(operations, operation, openOperation(contexts, request, lasting), inFlight));
    await this.#write(new Stream(results, outbox), raw, lasting);
    return undefined;
  }

  /** Ends the subscriptions, without saying that they are complete: clients connect again. Others are answered. */
  drain(): void {
    for (const end of this.#open) end();
  }

  async #write(stream: Stream, raw: ServerResponse, lasting: boolean): Promise<void> {
    const [messages] = await this.#protocol({
      method: 'POST',
      url: '/',
      headers: { get: (name) => SPOKEN[name] },
      body: { query: '' },
      raw: undefined,
      context: stream,
    });
    if (messages === null || typeof messages === 'string') return void raw.destroy();
    const end = (): void => void messages.return(undefined);
    raw.once('close', () => {
      stream.outbox.close();
      end();
    });
    if (lasting) this.#open.add(end);
    raw.writeHead(200, HEADERS);
    try {
      for await (const message of messages) await stream.write(message);
      raw.end();
    } catch (thrown) {
      raw.destroy();
      if (!(thrown instanceof Gone)) throw thrown;
    } finally {
      this.#open.delete(end);
    }
  }
}
