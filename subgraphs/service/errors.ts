import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERRORS, GraphError } from '../../schema/errors.ts';
import { RESYNC } from '../../schema/resync.ts';

/** How the service refuses a request as a whole. */
export const REFUSALS = {
  unsigned: [401, 'UNAUTHENTICATED', 'The request carries no context that the gateway signed.'],
  unreadable: [400, 'BAD_REQUEST', 'The request could not be read.'],
  invalid: [400, 'GRAPHQL_VALIDATION_FAILED', 'The document is not valid for this subgraph.'],
  unstreamed: [400, 'STREAM_NEEDED', 'A subscription is answered by an event stream: accept text/event-stream.'],
  streamed: [406, 'BAD_REQUEST', 'Only subscriptions are answered by event streams.'],
  tooLarge: [413, 'BODY_LIMIT', 'The request’s body is too large.'],
  failed: [500, 'INTERNAL_SERVER_ERROR', 'Something went wrong inside the graph.'],
  full: [503, 'STREAM_LIMIT', 'Too many subscriptions are open.'],
  stopping: [503, 'STREAM_LIMIT', 'The service is stopping: subscribe again.'],
} as const satisfies Readonly<Record<string, readonly [number, string, string]>>;

export type Refusal = keyof typeof REFUSALS;

const isOurs = (error: GraphQLError): boolean =>
  error.originalError instanceof GraphError ||
  error.extensions.code === RESYNC ||
  (typeof error.extensions.code === 'string' && Object.hasOwn(ERRORS, error.extensions.code));

/** graphql-js's words that name nothing but the schema. */
const ABOUT_THE_SCHEMA = 'Cannot return null for non-nullable field';

/** An error as it goes over the wire: ours whole, others without their texts, which quote what they were given. */
export const presented = (error: GraphQLError): GraphQLFormattedError => {
  const { message, path, extensions } = error;
  const place = path === undefined ? {} : { path };
  if (isOurs(error)) return { message, ...place, extensions: { ...extensions } };
  const [, code, sentence] = REFUSALS.failed;
  return {
    message: message.startsWith(ABOUT_THE_SCHEMA) ? message : sentence,
    ...place,
    extensions: { code, retryable: false },
  };
};

/** The same of whatever was thrown outside of a resolver. */
export const presentedThrown = (thrown: unknown): GraphQLFormattedError => {
  if (thrown instanceof GraphQLError) return presented(thrown);
  const originalError = thrown instanceof Error ? thrown : undefined;
  return presented(new GraphQLError(originalError?.message ?? '', { originalError }));
};
