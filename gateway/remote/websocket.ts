import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { failed } from './failure.ts';
import type { EventQueue } from './queue.ts';
import { GREETING_MS, LARGEST_EVENT, type Subscriber, type Subscription } from './subscription.ts';

/** Milliseconds between pings on a quiet connection, and until a missing pong ends it. */
const PING_MS = 15_000;
const PONG_MS = 10_000;

/** Subscriptions on one connection: servers close one that has too many, and all of them with it. */
const MOST_SHARING = 16;

class BoundedWebSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols, {
      maxPayload: LARGEST_EVENT,
      handshakeTimeout: GREETING_MS,
      perMessageDeflate: false,
      followRedirects: false,
    });
  }
}

/** A connection and the subscriptions on it. */
interface Connection {
  /** Who asks. */
  readonly caller: string;
  readonly client: Client;
  readonly queues: Set<EventQueue<unknown>>;
}

/**
 * Subscribes by graphql-ws. Subscriptions of the same caller share a connection; `connection_init` carries who asks.
 * A connection that breaks off ends all of them with an error: nothing is resumed, since events may have been missed.
 */
export class WebSocketSubscriber implements Subscriber {
  readonly #url: string;
  readonly #connections = new Set<Connection>();

  constructor(url: string) {
    this.#url = url;
  }

  start({ query, variables, headers }: Subscription, queue: EventQueue<unknown>): () => void {
    const connection = this.#connectionFor(headers);
    connection.queues.add(queue);
    const unsubscribe = connection.client.subscribe(
      { query, variables: { ...variables } },
      {
        next: (event) => queue.push(event),
        error: (thrown) => queue.end(failed(Array.isArray(thrown) ? 'refused' : 'ended', thrown)),
        complete: () => queue.end(),
      },
    );
    return () => {
      unsubscribe();
      connection.queues.delete(queue);
      if (connection.queues.size === 0) this.#leave(connection);
    };
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections]) this.#leave(connection);
  }

  #connectionFor(headers: Readonly<Record<string, string>>): Connection {
    const caller = JSON.stringify(headers);
    for (const connection of this.#connections)
      if (connection.caller === caller && connection.queues.size < MOST_SHARING) return connection;
    return this.#connect(caller, headers);
  }

  #connect(caller: string, headers: Readonly<Record<string, string>>): Connection {
    let pong: NodeJS.Timeout | undefined;
    const client = createClient({
      url: this.#url,
      webSocketImpl: BoundedWebSocket,
      connectionParams: { ...headers },
      connectionAckWaitTimeout: GREETING_MS,
      retryAttempts: 0,
      keepAlive: PING_MS,
      on: {
        ping: (received) => {
          if (!received) pong = setTimeout(() => client.terminate(), PONG_MS);
        },
        pong: (received) => {
          if (received) clearTimeout(pong);
        },
        closed: () => {
          clearTimeout(pong);
          this.#broken(connection);
        },
      },
    });
    const connection: Connection = { caller, client, queues: new Set() };
    this.#connections.add(connection);
    return connection;
  }

  /** The client itself would connect anew after an orderly close, and leave out what happened in between. */
  #broken(connection: Connection): void {
    for (const queue of connection.queues) queue.end(failed('ended'));
    this.#leave(connection);
  }

  #leave(connection: Connection): void {
    this.#connections.delete(connection);
    // what is still being connected rejects when it cannot be
    Promise.resolve(connection.client.dispose()).catch(() => undefined);
  }
}
