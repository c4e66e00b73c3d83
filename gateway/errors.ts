import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { ERRORS, GraphError } from '../schema/errors.ts';
import { RESYNC } from '../schema/resync.ts';
import { LIMIT_CODES } from './limits.ts';

/** Codes of errors about the document or the request, whose messages are graphql-js's or our own. */
const ABOUT_THE_REQUEST: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_NOT_PERSISTED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'STREAM_NEEDED',
  'STREAM_LIMIT',
  RESYNC,
  ...LIMIT_CODES,
]);

/**
 * What becomes of the errors of remote subgraphs that are none of this product's: `masked` keeps their place alone,
 * `shown` passes their messages and extensions on, for a gateway over subgraphs whose errors are made for clients.
 */
export type SubgraphErrors = 'masked' | 'shown';

/**
 * graphql-js repeats literals: `Expected value of type "Date", found "1980-13-01"`. What stands for them in its
 * sentences, by the words before them.
 */
const LITERALS: readonly (readonly [RegExp, string])[] = [
  [/\bfound [\s\S]*?(; |\.$|$)/, 'found another$1'],
  [/(cannot represent [\w -]*value): [\s\S]*$/, '$1.'],
  [/Value "[^"]*" does not exist/, 'The value does not exist'],
  [/(Unexpected (?:Int|Float|String|BlockString)) "[\s\S]*$/, '$1.'],
  [/\(line \d+, column \d+\): [\s\S]*$/, ''],
];

const withoutLiterals = (message: string): string =>
  LITERALS.reduce((text, [literal, instead]) => text.replace(literal, instead), message);

const isOurs = ({ originalError, extensions }: GraphQLError): boolean =>
  originalError instanceof GraphError ||
  (typeof extensions.code === 'string' &&
    Object.hasOwn(ERRORS, extensions.code) &&
    typeof extensions.retryable === 'boolean');

const INTERNAL = { code: 'INTERNAL_SERVER_ERROR', retryable: false } as const;

/**
 * An error as a client may see it: code, fixed message, path and, for errors of the graph, source and retryability.
 * Anything unexpected becomes one sentence without its text, since texts of libraries quote what they were given.
 */
export const presentError = (error: GraphQLError, subgraphErrors: SubgraphErrors = 'masked'): GraphQLFormattedError => {
  const { message, path, locations, originalError } = error;
  const { stacktrace: _, ...extensions } = error.extensions;
  const place = {
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
  };
  if (isOurs(error)) return { message, ...place, extensions };
  if (message.startsWith('Cannot return null for non-nullable field'))
    return { message, ...place, extensions: INTERNAL };
  // errors about the request have no path; what failed in this process has its cause with it
  if (subgraphErrors === 'shown' && path !== undefined && originalError === undefined)
    return { message, ...place, ...(Object.keys(extensions).length === 0 ? {} : { extensions }) };
  const { code } = extensions;
  if (typeof code === 'string' && ABOUT_THE_REQUEST.has(code))
    return {
      message: withoutLiterals(message),
      ...place,
      extensions: { code, retryable: code === 'STREAM_LIMIT' },
    };
  return { message: 'Something went wrong inside the graph.', ...place, extensions: INTERNAL };
};
