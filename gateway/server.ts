import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Caller } from '../schema/context.ts';
import type { Engine } from './engine.ts';
import type { SubgraphErrors } from './errors.ts';
import { registerExplorer } from './explorer/assets.ts';
import type { ContextOptions, Incoming } from './front/context.ts';
import { Documents } from './front/documents.ts';
import { closerOf } from './front/drain.ts';
import { answerHttp } from './front/http.ts';
import { Operations } from './front/operation.ts';
import type { PersistedOperations } from './front/operations-file.ts';
import { Persisted } from './front/persisted.ts';
import { malformed } from './front/refusal.ts';
import { EventStreams } from './front/sse.ts';
import { InFlight, Seats, STREAM_LIMITS, type StreamLimits } from './front/streams.ts';
import { WebSockets } from './front/websocket.ts';
import { beyond, LIMITS } from './limits.ts';

export interface ServerOptions {
  readonly engine: Pick<Engine, 'schema' | 'execute' | 'subscribe'>;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Introspection, "did you mean" and GraphiQL: for development and the sandbox. */
  readonly explorer: boolean;
  /** Folder of the built explorer. */
  readonly explorerRoot: string;
  readonly now: () => number;
  readonly authenticate: (request: Incoming) => Caller;
  /** Is everything there that an answer needs? */
  readonly ready: () => boolean;
  /** The only operations that are run; without them, any. */
  readonly operations?: PersistedOperations | undefined;
  /** What becomes of operations that are not among these: `refuse` by default. */
  readonly onUnknownOperation?: 'refuse' | 'log' | undefined;
  /** Names of the client's headers that remote subgraphs get too; `authorization` by default. */
  readonly forward?: readonly string[] | undefined;
  /** What clients see of remote subgraphs' own errors: `masked` by default. */
  readonly subgraphErrors?: SubgraphErrors | undefined;
  /** Bytes of a request's body, where documents are written that take more than the usual limit. */
  readonly bodyBytes?: number | undefined;
  /** Routes beside the graph's, each with parsers of its own. */
  readonly besides?: readonly ((app: FastifyInstance) => void)[] | undefined;
  /** What clients that stay connected may take, where it is not the default. */
  readonly limits?: Partial<StreamLimits> | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** Answers what has begun, refuses what comes, then stops. */
  close(): Promise<void>;
}

/** Where the graph is. */
const PATH = '/graphql';

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** What Fastify itself refuses: bodies that are too large or of another type, addresses that nobody serves. */
const failures = (error: { statusCode?: number }): { status: number; code: string; message: string } => {
  const status = error.statusCode ?? 500;
  if (status === 413) return { status, code: 'BODY_LIMIT', message: beyond('BODY_LIMIT').message };
  if (status === 415)
    return { status, code: 'BAD_REQUEST', message: 'The body of a POST must be application/json in UTF-8.' };
  if (status < 500) return { status, code: 'BAD_REQUEST', message: 'The request could not be read.' };
  return { status, code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong inside the graph.' };
};

/** What Node's parser cannot read has no request to answer. */
const refuseUnreadable = ({ code }: { code?: string }, socket: Socket): void => {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const [error] = malformed('The request could not be read.').errors;
  const body = JSON.stringify({ errors: [error] });
  const headers = `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
};

const createApp = (bodyLimit: number, isDraining: () => boolean): FastifyInstance => {
  const app = Fastify({
    bodyLimit,
    requestTimeout: LIMITS.requestMs,
    http: { requestTimeout: LIMITS.requestMs }, // from here Node takes the time of bodies
    logger: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseUnreadable,
  });
  // graphql-http reads the text: it is parsed once, and what is wrong with it gets our words
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // a connection that is kept alive would keep the server from closing
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isDraining()) reply.header('connection', 'close');
    done(null, payload);
  });
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const { status, code, message } = failures(error);
    return reply.status(status).send({ errors: [{ message, extensions: { code, retryable: false } }] });
  });
  return app;
};

interface Front {
  readonly http: ReturnType<typeof answerHttp>;
  readonly streams: EventStreams;
  readonly sockets: WebSockets;
}

/** One pipeline, and the ways into it. */
const createFront = (options: ServerOptions, isDraining: () => boolean): Front => {
  const { engine, explorer } = options;
  const { schema } = engine;
  const operations = new Operations({
    engine,
    documents: new Documents(schema, { explorer }),
    persisted: new Persisted({ ...options, tell }),
    subgraphErrors: options.subgraphErrors ?? 'masked',
    tell,
  });
  const contexts: ContextOptions = {
    now: options.now,
    authenticate: options.authenticate,
    forward: (options.forward ?? ['authorization']).map((name) => name.toLowerCase()),
  };
  const limits = { ...STREAM_LIMITS, ...options.limits };
  const seats = new Seats(limits.connections);
  const shared = { operations, contexts, limits, seats, inFlight: new InFlight(), isDraining };
  const streams = new EventStreams(shared);
  return {
    http: answerHttp({ operations, contexts, stream: streams }),
    streams,
    sockets: new WebSockets({ ...shared, schema, path: PATH }),
  };
};

/**
 * Starts the gateway: the graph at `/graphql` by HTTP, event stream and WebSocket, and `/graphiql`, `/live` and `/ready`.
 */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  let draining = false;
  const app = createApp(options.bodyBytes ?? LIMITS.bodyBytes, () => draining);
  const { http, streams, sockets } = createFront(options, () => draining);
  app.route({
    url: PATH,
    method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'],
    exposeHeadRoute: false,
    handler: http,
  });
  const closeConnections = closerOf(app.server);
  app.server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  app.get('/live', () => ({ status: 'live' }));
  app.get('/ready', (_request, reply: FastifyReply) => {
    const ready = !draining && options.ready();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : draining ? 'draining' : 'starting' });
  });
  for (const register of options.besides ?? []) app.register(async (scope) => register(scope));
  if (options.explorer) {
    registerExplorer(app, { root: options.explorerRoot });
    app.get('/', (_request: FastifyRequest, reply: FastifyReply) => reply.redirect('/graphiql'));
  }

  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as { port: number };
  return {
    url: `http://${options.host}:${port}`,
    close: async () => {
      draining = true;
      streams.drain();
      closeConnections();
      await Promise.all([sockets.drain(), app.close()]);
    },
  };
};
