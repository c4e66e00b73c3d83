import { createClient as createEventStreams } from 'graphql-sse';
import { createClient as createWebSockets } from 'graphql-ws';
import { WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, each in its own way
export type Any = any;

/** What a client has seen of its subscription. */
export interface Seen {
  /** The data of each event that had some. */
  readonly events: Any[];
  /** The errors that it ended with, the last event when it is complete, or what its library says of the connection. */
  readonly ended: Promise<Any>;
  leave(): void;
}

export const codesOf = (errors: unknown): unknown =>
  Array.isArray(errors) ? errors.map(({ extensions }: Any) => extensions?.code) : errors;

/** Subscribes as clients do, each by its own library: `ws` or `sse`. */
export const subscribe = (
  way: string,
  url: string,
  payload: { readonly query: string; readonly variables?: Record<string, unknown> },
  headers: Record<string, string> = {},
): Seen => {
  const events: Any[] = [];
  let last: Any;
  let leave: () => void = () => undefined;
  const ended = new Promise<Any>((resolve) => {
    const sink = {
      next: ({ data, errors }: Any) => {
        last = data ?? errors;
        if (data) events.push(data);
      },
      error: (thrown: unknown) => resolve(thrown),
      complete: () => resolve(last),
    };
    leave =
      way === 'ws'
        ? createWebSockets({
            url: url.replace('http', 'ws'),
            webSocketImpl: WebSocket,
            connectionParams: headers,
            retryAttempts: 0,
          }).subscribe(payload, sink)
        : createEventStreams({ url, headers, retryAttempts: 0 }).subscribe(payload, sink);
  });
  return { events, ended, leave };
};
