import type { EventQueue } from './queue.ts';

/** How a subgraph is subscribed to: graphql-ws over WebSocket, or the distinct connections mode of graphql-sse. */
export interface Subscribing {
  readonly protocol: 'ws' | 'sse';
  /** `ws` or `wss` for the former, `http` or `https` for the latter. */
  readonly url: string;
}

/** What is subscribed to, and who asks. */
export interface Subscription {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Tell the subgraph who asks. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A way to subscribe: events as they come go into the queue, which is ended with the stream. */
export interface Subscriber {
  /** Begins; returns how to end it. */
  start(subscription: Subscription, queue: EventQueue<unknown>): () => void;
  close(): Promise<void>;
}

/** Bytes of one event: it names what has changed, and what the subgraph itself knows of it. */
export const LARGEST_EVENT = 4 * 1024 * 1024;

/** Milliseconds for a connection to be made and greeted. */
export const GREETING_MS = 10_000;
