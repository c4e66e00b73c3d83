import type { FastifyReply, FastifyRequest } from 'fastify';
import { beyond, LIMITS } from '../limits.ts';
import { type Answering, answeringTo } from './accept.ts';
import { type ContextOptions, openOperation } from './context.ts';
import type { Answer, Operation, Operations } from './operation.ts';
import { readRequest } from './params.ts';
import { isRefusal, malformed, type Refusal, refuse, refuseAll } from './refusal.ts';
import type { EventStreams } from './sse.ts';

export interface HttpOptions {
  readonly operations: Operations;
  readonly contexts: ContextOptions;
  /** Answers as an event stream, when the client wants one. */
  readonly stream: EventStreams;
}

const CONTENT_TYPES: Readonly<Record<Answering, string>> = {
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
  'application/json': 'application/json; charset=utf-8',
  'text/event-stream': 'text/event-stream; charset=utf-8',
};

const NOT_ACCEPTABLE = malformed(
  'Answers are application/graphql-response+json, application/json or text/event-stream.',
  406,
);
const QUERIES_ONLY = malformed('By GET only queries are answered.', 405);
const STREAM_NEEDED = refuse(
  'STREAM_NEEDED',
  'A subscription is answered as text/event-stream, or by WebSocket (graphql-transport-ws).',
);

const ONE_BY_ONE = malformed(
  'Event streams are offered in the distinct connections mode only: one for each operation.',
);
const URL_LIMIT = refuseAll([beyond('URL_LIMIT')], { status: 414, always: true });

const send = (reply: FastifyReply, status: number, type: Answering, body: Answer | { errors: Refusal['errors'] }) => {
  // answers are about people: nobody on the way keeps them, nor that a text is unknown
  reply.code(status).header('content-type', CONTENT_TYPES[type]).header('cache-control', 'no-store');
  if (status === 405) reply.header('allow', 'GET, POST');
  return reply.send(JSON.stringify(body));
};

export const sendRefusal = (
  reply: FastifyReply,
  { errors, status, always }: Refusal,
  type: Answering,
): FastifyReply => {
  const answering = type === 'text/event-stream' ? 'application/json' : type;
  return send(reply, always || answering !== 'application/json' ? status : 200, answering, { errors });
};

/** The single connection mode of graphql-sse keeps streams between requests, for whoever has their token. */
const asksForSingleConnection = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'PUT' || headers['x-graphql-event-stream-token'] !== undefined || /[?&]token=/.test(url);

/** Reads the request and checks its operation. */
const prepare = async (request: FastifyRequest, operations: Operations): Promise<Operation | Refusal> => {
  if (request.url.length > LIMITS.urlLength) return URL_LIMIT;
  if (asksForSingleConnection(request)) return ONE_BY_ONE;
  const read = await readRequest(request);
  if (isRefusal(read)) return read;
  const operation = operations.prepare(read);
  // a safe method changes nothing; and pages of other sites can send it
  return !isRefusal(operation) && operation.kind === 'mutation' && request.method === 'GET' ? QUERIES_ONLY : operation;
};

/** Answers GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/) by POST and GET at one address. */
export const answerHttp = ({ operations, contexts, stream }: HttpOptions) => {
  const once = async (
    operation: Operation,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Answer | Refusal> => {
    const open = openOperation(contexts, request);
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) open.abort();
    });
    const answer = await operations.answer(operation, open);
    open.done();
    return answer;
  };

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const accepted = answeringTo(request.headers.accept);
    const operation = await prepare(request, operations);
    if (isRefusal(operation) && operation.always && operation.status !== 200)
      return sendRefusal(reply, operation, accepted ?? 'application/json');
    if (accepted === undefined) return sendRefusal(reply, NOT_ACCEPTABLE, 'application/json');
    if (accepted === 'text/event-stream') {
      const refused = await stream.answer(operation, request, reply);
      return refused === undefined ? reply : sendRefusal(reply, refused, accepted);
    }
    if (isRefusal(operation)) return sendRefusal(reply, operation, accepted);
    if (operation.kind === 'subscription') return sendRefusal(reply, STREAM_NEEDED, accepted);
    const answer = await once(operation, request, reply);
    return isRefusal(answer) ? sendRefusal(reply, answer, accepted) : send(reply, 200, accepted, answer);
  };
};
