import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { LIMITS } from '../limits.ts';
import { type ContextOptions, type Incoming, openOperation } from './context.ts';
import type { Operation, Operations } from './operation.ts';
import { Outbox } from './outbox.ts';
import { DRAINING, isRefusal, type Refusal } from './refusal.ts';
import { Refused, resultsOf } from './results.ts';
import type { StreamOptions } from './streams.ts';

export interface WebSocketOptions extends StreamOptions {
  readonly schema: GraphQLSchema;
  readonly operations: Operations;
  readonly contexts: ContextOptions;
  /** The path that WebSockets are taken at. */
  readonly path: string;
}

/** RFC 6455's code for a server that goes away. */
const GOING_AWAY = 1001;
/** The protocol has no code for these two: the first is its "too many", the second is private to this server. */
const TOO_MANY_OPERATIONS = 4429;
const TOO_SLOW = 4290;

/** The protocol's own sentences name ids and repeat input: these say as much. */
const REASONS: Readonly<Record<number, string>> = {
  [CloseCode.BadRequest]: 'Invalid message received',
  [CloseCode.InternalServerError]: 'Internal server error',
  [CloseCode.SubscriberAlreadyExists]: 'Subscriber already exists',
  [TOO_SLOW]: 'Too slow: messages were not taken in time',
};

/** Characters of an operation's id: it comes back with each of its messages. A UUID has 36. */
const MOST_ID = 128;
/** Milliseconds that a client has to answer a closing before its connection is cut. */
const CLOSING_MS = 2_000;

interface Extra {
  readonly incoming: Incoming;
  close(code: number, reason: string): void;
  isOpen(): boolean;
}

type Connection = Context<Record<string, unknown>, Extra>;

/**
 * Browsers let every page open WebSockets to every address and say from where: a page of another site could read what
 * its visitor may. Programs say nothing. (Over HTTP the same pages are kept out by what they may send and read.)
 */
const isOfThisSite = ({ headers }: IncomingMessage): boolean => {
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
};

/** Headers of the upgrade, and those that a browser cannot set there from the payload of `connection_init`. */
const incomingOf = ({ extra, connectionParams }: Connection, forward: readonly string[]): Incoming => {
  const given = Object.entries(connectionParams ?? {}).flatMap(([name, value]) =>
    forward.includes(name.toLowerCase()) && typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return { headers: { ...extra.incoming.headers, ...Object.fromEntries(given) } };
};

/** A refusal on its way through the protocol library, which passes on errors of graphql-js only. */
const carried = (refusal: Refusal): readonly GraphQLError[] => [
  new GraphQLError('Refused.', { originalError: new Refused(refusal) }),
];

const protocolOf = ({
  schema,
  operations,
  contexts,
  limits,
  inFlight,
  isDraining,
}: WebSocketOptions): Server<Extra> => {
  const run = (args: { readonly contextValue?: unknown }): AsyncIterable<ExecutionResult> => {
    const { operation, incoming } = args.contextValue as { operation: Operation; incoming: Incoming };
    const open = openOperation(contexts, incoming, operation.kind === 'subscription');
    // already formatted; the library formats what is not
    return resultsOf(operations, operation, open, inFlight) as unknown as AsyncIterable<ExecutionResult>;
  };
  const begin = (connection: Connection, id: string, payload: SubscribePayload) => {
    const { extra, subscriptions } = connection;
    if (id.length > MOST_ID) extra.close(CloseCode.BadRequest, 'Invalid message received');
    if (Object.keys(subscriptions).length > limits.operations)
      extra.close(TOO_MANY_OPERATIONS, 'Too many subscriptions');
    if (isDraining() || !extra.isOpen()) return carried(DRAINING);
    const operation = operations.prepare(payload);
    if (isRefusal(operation)) return carried(operation);
    const { document, operationName } = operation.request;
    const contextValue = { operation, incoming: incomingOf(connection, contexts.forward) };
    return { schema, document, operationName, contextValue };
  };
  return makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: limits.initMs,
    onSubscribe: begin,
    execute: run,
    subscribe: run,
    onNext: (_connection, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_connection, _id, _payload, errors) =>
      errors.flatMap(({ originalError }) => (originalError instanceof Refused ? originalError.refusal.errors : [])),
  });
};

/**
 * Lets what is written to a connection before the next turn go out together: handing a message to the operating system
 * costs as much as making it.
 */
const gathering = (connection: Duplex): (() => void) => {
  let gathers = false;
  const send = (): void => {
    gathers = false;
    connection.uncork();
  };
  return () => {
    if (gathers) return;
    gathers = true;
    connection.cork();
    // when everything that has arrived by now was dealt with: events of one moment go out as one
    setImmediate(send);
  };
};

/** GraphQL over WebSocket by the protocol graphql-transport-ws, as graphql-ws speaks it. */
export class WebSockets {
  readonly #options: WebSocketOptions;
  readonly #protocol: Server<Extra>;
  readonly #sockets: WebSocketServer;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#protocol = protocolOf(options);
    // compression would keep a dictionary of 256 KB for each client
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: LIMITS.bodyBytes,
      perMessageDeflate: false,
      handleProtocols: (protocols) => handleProtocols(protocols),
    });
  }

  /** Takes a connection over from the HTTP server, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { seats } = this.#options;
    socket.on('error', () => socket.destroy());
    const refused = this.#refusalOf(request);
    if (refused !== undefined) {
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    socket.once('close', () => seats.free());
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#opened(opened, request, gathering(socket)));
  }

  #refusalOf(request: IncomingMessage): string | undefined {
    const { path, isDraining, seats } = this.#options;
    if (request.url?.split('?')[0] !== path) return '404 Not Found';
    if (!isOfThisSite(request)) return '403 Forbidden';
    return isDraining() || !seats.take() ? '503 Service Unavailable' : undefined;
  }

  /** Answers the queries and mutations that have begun, then sends everybody away. */
  async drain(): Promise<void> {
    await this.#options.inFlight.none();
    const closed = [...this.#sockets.clients].map(
      (socket) =>
        new Promise<void>((resolve) => {
          const cut = setTimeout(() => socket.terminate(), CLOSING_MS);
          socket.once('close', () => {
            clearTimeout(cut);
            resolve();
          });
          socket.close(GOING_AWAY, 'Going away');
        }),
    );
    await Promise.all(closed);
  }

  #opened(socket: WebSocket, request: IncomingMessage, gather: () => void): void {
    const close = (code: number, reason: string): void => socket.close(code, REASONS[code] ?? reason);
    const outbox = new Outbox(
      {
        isOpen: () => socket.readyState === socket.OPEN,
        write: (message, taken) => {
          gather();
          socket.send(message, taken);
        },
        tooSlow: () => close(TOO_SLOW, ''),
      },
      this.#options.limits,
    );
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => outbox.put(message),
        close: (code = CloseCode.InternalServerError, reason = '') => close(code, reason),
        onMessage: (take) =>
          socket.on('message', (message: RawData) => {
            take(String(message)).catch(() => close(CloseCode.InternalServerError, ''));
          }),
      },
      { incoming: request, close, isOpen: () => socket.readyState === socket.OPEN },
    );
    const beat = this.#keepAlive(socket);
    // what ws cannot read it closes by itself, with the code that says why
    socket.on('error', () => undefined);
    socket.once('close', (code, reason) => {
      clearInterval(beat);
      outbox.close();
      closed(code, String(reason)).catch(() => undefined);
    });
  }

  #keepAlive(socket: WebSocket): NodeJS.Timeout {
    let answered = true;
    socket.on('pong', () => {
      answered = true;
    });
    return setInterval(() => {
      if (!answered) return socket.terminate();
      answered = false;
      socket.ping();
    }, this.#options.limits.keepAliveMs).unref();
  }
}
