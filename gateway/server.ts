import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Caller, OperationContext, VendorCall } from '../schema/context.ts';
import { ERRORS, GraphError } from '../schema/errors.ts';
import type { Engine } from './engine.ts';
import { presentError } from './errors.ts';
import { registerExplorer } from './explorer/assets.ts';
import { LIMITS, limitRules } from './limits.ts';

export interface ServerOptions {
  readonly engine: Engine;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Introspection, "did you mean" and GraphiQL: for development and the sandbox. */
  readonly explorer: boolean;
  /** Folder of the built explorer. */
  readonly explorerRoot: string;
  readonly now: () => number;
  readonly authenticate: (request: FastifyRequest) => Caller;
  /** Is everything there that an answer needs? */
  readonly ready: () => boolean;
}

export interface RunningServer {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  /** Answers what has begun, refuses what comes, then stops. */
  close(): Promise<void>;
}

interface RequestState {
  readonly operation: OperationContext;
  readonly calls: readonly VendorCall[];
  readonly explain: boolean;
}

const stateOf = (request: FastifyRequest, reply: FastifyReply, options: ServerOptions): RequestState => {
  const calls: VendorCall[] = [];
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return {
    calls,
    explain: request.headers['x-explain'] === '1',
    operation: {
      id: randomUUID(),
      caller: options.authenticate(request),
      startedAt: options.now(),
      deadline: options.now() + LIMITS.operationMs,
      now: options.now,
      explain: request.headers['x-explain'] === '1',
      headers: {},
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(LIMITS.operationMs)]),
      record: (made) => calls.push(made),
    },
  };
};

const executorOf =
  (engine: Engine): GatewayExecutor =>
  async ({ document, source, request, context, response }: GatewayGraphQLRequestContext) => {
    const { operation, calls, explain } = context as RequestState;
    try {
      const { data, errors, plan } = await engine.execute(
        {
          document,
          text: source ?? '',
          operationName: request.operationName,
          variables: request.variables ?? {},
        },
        operation,
      );
      return {
        data,
        ...(errors.length === 0 ? {} : { errors: [...errors] }),
        ...(explain ? { extensions: { explain: { plan: plan(), vendorCalls: calls } } } : {}),
      };
    } catch (thrown) {
      if (thrown instanceof GraphError) {
        if (response?.http !== undefined) response.http.status = ERRORS[thrown.code].http;
        return {
          errors: [new GraphQLError(thrown.message, { originalError: thrown, extensions: thrown.extensions })],
        };
      }
      return { errors: [thrown instanceof GraphQLError ? thrown : new GraphQLError('Internal error.')] };
    }
  };

/** Apollo's own log lines carry texts of libraries, which quote what they were given: only the fact is kept. */
const silent = (): void => undefined;
const LOGGER = {
  debug: silent,
  info: silent,
  warn: silent,
  error: (): void => {
    process.stderr.write('An operation failed unexpectedly inside the graph.\n');
  },
};

const apolloOf = async (options: ServerOptions): Promise<ApolloServer<RequestState>> => {
  const { engine, explorer } = options;
  const apollo = new ApolloServer<RequestState>({
    gateway: {
      load: async () => ({ executor: executorOf(engine) }),
      onSchemaLoadOrUpdate: (callback) => {
        callback({ apiSchema: engine.schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      stop: async () => undefined,
    },
    logger: LOGGER,
    introspection: explorer,
    hideSchemaDetailsFromClientErrors: !explorer,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: [...limitRules],
    formatError: presentError,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginLandingPageDisabled()], // it would load a page from elsewhere
  });
  await apollo.start();
  return apollo;
};

/** Starts the gateway's HTTP side: `/graphql`, `/graphiql`, `/live` and `/ready`. */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const app = Fastify({ bodyLimit: LIMITS.bodyBytes, logger: false, forceCloseConnections: 'idle' });
  let draining = false;

  // a connection that is kept alive would keep the server from closing
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });

  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    const code = status === 413 ? 'BODY_LIMIT' : status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR';
    const message =
      status === 413
        ? `The request's body is larger than ${LIMITS.bodyBytes / 1024} KB.`
        : status < 500
          ? 'The request could not be read.'
          : 'Something went wrong inside the graph.';
    return reply.status(status).send({ errors: [{ message, extensions: { code, retryable: false } }] });
  });

  const apollo = await apolloOf(options);
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, { context: async (request, reply) => stateOf(request, reply, options) }),
  });
  app.get('/live', () => ({ status: 'live' }));
  app.get('/ready', (_request, reply) => {
    const ready = !draining && options.ready();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : draining ? 'draining' : 'starting' });
  });
  if (options.explorer) {
    registerExplorer(app, { root: options.explorerRoot });
    app.get('/', (_request, reply) => reply.redirect('/graphiql'));
  }

  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as { port: number };
  return {
    url: `http://${options.host}:${port}`,
    close: async () => {
      draining = true;
      await app.close();
      await apollo.stop();
    },
  };
};
