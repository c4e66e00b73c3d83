import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';

/** A subgraph with one subscription, over WebSocket at `/graphql` and as a stream of events at `/stream`. */
export interface Ticking {
  readonly ws: string;
  readonly sse: string;
  /** Subscriptions that are open. */
  readonly open: () => number;
  /** WebSockets that are open, or were ever opened. */
  readonly connections: () => number;
  readonly everConnected: () => number;
  /** What the last subscription said about who asks. */
  readonly told: () => Readonly<Record<string, unknown>>;
  tick(event: unknown): void;
  /** Ends the subscriptions in order. */
  finish(): void;
  /** Closes every WebSocket with a code, in order. */
  closeWith(code: number): void;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** One subscription's events. A generator would not do: it cannot be ended while it awaits its next event. */
class Ticks implements AsyncIterableIterator<{ readonly tick: unknown }> {
  readonly #all: Set<Ticks>;
  readonly #waiting: unknown[] = [];
  #finished = false;
  #wake: () => void = () => undefined;

  constructor(all: Set<Ticks>) {
    this.#all = all;
    all.add(this);
  }

  push(event: unknown): void {
    this.#waiting.push(event);
    this.#wake();
  }

  finish(): void {
    this.#finished = true;
    this.#all.delete(this);
    this.#wake();
  }

  async next(): Promise<IteratorResult<{ readonly tick: unknown }, undefined>> {
    while (this.#waiting.length === 0) {
      if (this.#finished) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return { done: false, value: { tick: this.#waiting.shift() } };
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.finish();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const schemaOf = (all: Set<Ticks>): GraphQLSchema => {
  const schema = buildSchema('type Query { a: Int } type Subscription { tick: String }');
  const field = schema.getSubscriptionType()?.getFields().tick;
  if (field !== undefined) field.subscribe = () => new Ticks(all);
  return schema;
};

export const startTicking = async (at = 0): Promise<Ticking> => {
  const all = new Set<Ticks>();
  const schema = schemaOf(all);
  let told: Readonly<Record<string, unknown>> = {};
  const stream = createHandler({
    schema,
    authenticate: ({ raw }: { raw: IncomingMessage }) => {
      told = raw.headers;
      return '';
    },
  });
  const server = createServer((request, response) => {
    stream(request, response).catch(() => response.destroy());
  });
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  let everConnected = 0;
  sockets.on('connection', () => {
    everConnected += 1;
  });
  useServer(
    {
      schema,
      onConnect: ({ connectionParams }) => {
        told = connectionParams ?? {};
      },
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = (): WebSocket[] => [...sockets.clients];
  const cut = (): void => {
    for (const client of clients()) client.terminate();
    server.closeAllConnections();
  };
  return {
    ws: `ws://127.0.0.1:${port}/graphql`,
    sse: `http://127.0.0.1:${port}/stream`,
    open: () => all.size,
    connections: () => clients().filter(({ readyState }) => readyState === 1).length,
    everConnected: () => everConnected,
    told: () => told,
    tick: (event) => {
      for (const ticks of all) ticks.push(event);
    },
    finish: () => {
      for (const ticks of [...all]) ticks.finish();
    },
    closeWith: (code) => {
      for (const client of clients()) client.close(code, 'as the test says');
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        cut();
        sockets.close();
        server.close(() => resolve());
      }),
  };
};
