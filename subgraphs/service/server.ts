import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { execute } from 'graphql';
import { CONTEXT_HEADER } from '../../schema/context.ts';
import type { LocalSubgraph } from '../federation/subgraph.ts';
import { Documents, isSubscription } from './documents.ts';
import { presented, REFUSALS, type Refusal } from './errors.ts';
import { tell } from './events.ts';
import { Operations, type SharedOperation } from './operations.ts';
import { EventStreams } from './streams.ts';
import { type Claims, Trust } from './trust.ts';

/** Bytes of a request: the gateway sends representations with every vendor's hits, up to some MiB. */
const BODY_BYTES = 16 * 1024 * 1024;

/** Bytes of a request's headers: a caller's list of sources travels in one of them. */
const HEADER_BYTES = 64 * 1024;

/** How long a client has to send its request: hooks are open to everybody. */
const REQUEST_MS = 30_000;

export interface ServiceOptions {
  /** Routes beside the graph's, each with parsers of its own. */
  readonly besides?: readonly ((app: FastifyInstance) => void)[];
  readonly subgraph: LocalSubgraph;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The secret with which the gateway signs. */
  readonly secret: string;
  readonly now?: () => number;
  /** How long a client has to send its request. */
  readonly requestMs?: number;
}

export interface RunningService {
  /** `http://127.0.0.1:4001` */
  readonly url: string;
  /** Answers what has begun, breaks subscriptions off, refuses what comes, then stops. The subgraph is closed by who made it. */
  close(): Promise<void>;
}

interface Body {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const bodyOf = (content: unknown): Body | undefined => {
  if (typeof content !== 'object' || content === null) return undefined;
  const { query, variables } = content as { query?: unknown; variables?: unknown };
  if (typeof query !== 'string') return undefined;
  if (variables === undefined || variables === null) return { query, variables: {} };
  if (typeof variables !== 'object' || Array.isArray(variables)) return undefined;
  return { query, variables: variables as Body['variables'] };
};

const refuse = (reply: FastifyReply, refusal: Refusal): FastifyReply => {
  const [status, code, message] = REFUSALS[refusal];
  return reply.status(status).send({ errors: [{ message, extensions: { code, retryable: status === 503 } }] });
};

/** Answers one fetch of an operation. */
const answer = async (
  subgraph: LocalSubgraph,
  document: NonNullable<ReturnType<Documents['read']>>,
  variables: Body['variables'],
  operation: SharedOperation,
): Promise<object> => {
  const { context } = operation;
  const { data, errors } = await execute({
    schema: subgraph.schema,
    document,
    variableValues: variables,
    contextValue: subgraph.contextFor(context),
  });
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: errors.map(presented) }),
    ...(context.explain ? { extensions: { vendorCalls: operation.takeCalls() } } : {}),
  };
};

/** What serving takes. */
interface Serving {
  readonly subgraph: LocalSubgraph;
  readonly trust: Trust;
  readonly operations: Operations;
  readonly streams: EventStreams;
  readonly draining: () => boolean;
  readonly now: () => number;
}

/** The document and variables of a request. */
const asked = (documents: Documents, request: FastifyRequest) => {
  const body = bodyOf(request.body);
  if (body === undefined) return 'unreadable';
  const document = documents.read(body.query);
  return document === undefined ? 'invalid' : { document, variables: body.variables };
};

/** Serves `POST /graphql`. Who is not trusted is refused before the body is read. */
const serve = (app: FastifyInstance, { subgraph, trust, operations, streams, draining, now }: Serving): void => {
  const documents = new Documents(subgraph.schema);
  const entered = new WeakMap<FastifyRequest, SharedOperation>();
  const subscribers = new WeakMap<FastifyRequest, Claims>();

  const enter = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const token = request.headers[CONTEXT_HEADER];
    if (typeof token !== 'string') return refuse(reply, 'unsigned');
    if (/\btext\/event-stream\b/i.test(request.headers.accept ?? '')) {
      const claims = await trust.read(token);
      if (claims === undefined) return refuse(reply, 'unsigned');
      subscribers.set(request, claims);
      return undefined;
    }
    const operation = await operations.enter(token);
    if (operation === undefined) return refuse(reply, 'unsigned');
    entered.set(request, operation);
    // the gateway closes the connection of a request that nobody waits for any more
    const leave = (): void => operations.leave(token, operation, !reply.raw.writableFinished);
    if (reply.raw.destroyed) leave();
    else reply.raw.once('close', leave);
    return undefined;
  };

  const stream = async (claims: Claims, request: FastifyRequest, reply: FastifyReply) => {
    const subscription = asked(documents, request);
    if (typeof subscription === 'string') return refuse(reply, subscription);
    if (!isSubscription(subscription.document)) return refuse(reply, 'streamed');
    if (draining()) return refuse(reply, 'stopping');
    if (streams.isFull) return refuse(reply, 'full');
    reply.hijack();
    await streams.answer(reply.raw, (signal) => tell({ subgraph, claims, now, ...subscription }, signal));
    return reply;
  };

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const claims = subscribers.get(request);
    if (claims !== undefined) return stream(claims, request, reply);
    const operation = entered.get(request);
    if (operation === undefined) return refuse(reply, 'unsigned');
    const fetch = asked(documents, request);
    if (typeof fetch === 'string') return refuse(reply, fetch);
    if (isSubscription(fetch.document)) return refuse(reply, 'unstreamed');
    const sent = await answer(subgraph, fetch.document, fetch.variables, operation);
    return reply.type('application/graphql-response+json; charset=utf-8').send(JSON.stringify(sent));
  };

  app.route({ method: 'POST', url: '/graphql', onRequest: enter, handler });
};

const health = (app: FastifyInstance, draining: () => boolean): void => {
  // a connection that is kept alive would keep the server from closing
  app.addHook('onSend', async (_request, reply) => {
    if (draining()) reply.header('connection', 'close');
  });
  app.get('/live', () => ({ status: 'live' }));
  app.get('/ready', (_request, reply) =>
    reply.status(draining() ? 503 : 200).send({ status: draining() ? 'draining' : 'ready' }),
  );
};

/**
 * Serves a subgraph over HTTP: `POST /graphql`, subscriptions as event streams, `/live` and `/ready`. Answers only
 * requests whose context the gateway signed; all fetches of one operation share that context, as they do in one process.
 */
export const startService = async (options: ServiceOptions): Promise<RunningService> => {
  const { subgraph, secret, now = Date.now, requestMs = REQUEST_MS } = options;
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: requestMs,
    logger: false,
    forceCloseConnections: 'idle',
    // Node takes the time of bodies from here, and looks no more often than this
    http: { maxHeaderSize: HEADER_BYTES, requestTimeout: requestMs, connectionsCheckingInterval: requestMs / 2 },
  });
  let draining = false;
  health(app, () => draining);
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return refuse(reply, status === 413 ? 'tooLarge' : status < 500 ? 'unreadable' : 'failed');
  });
  const trust = new Trust(secret, now);
  const operations = new Operations(trust, now);
  const streams = new EventStreams();
  serve(app, { subgraph, trust, operations, streams, draining: () => draining, now });
  for (const register of options.besides ?? []) app.register(async (scope) => register(scope));
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as { port: number };
  return {
    url: `http://${options.host}:${port}`,
    close: async () => {
      draining = true;
      streams.drain();
      await app.close();
      operations.close();
    },
  };
};
