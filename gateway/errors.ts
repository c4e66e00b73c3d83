import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GraphError } from '../schema/errors.ts';

/** Codes of errors whose messages are graphql-js's or Apollo's own words about the document or the request. */
const ABOUT_THE_REQUEST: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_LARGE',
  'DEPTH_LIMIT',
  'ALIAS_LIMIT',
  'DIRECTIVE_LIMIT',
  'TOKEN_LIMIT',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** graphql-js repeats literals: `Expected value of type "Date", found "1980-13-01"`. */
const withoutLiterals = (message: string): string =>
  message.replace(/\bfound [\s\S]*?(; |\.$|$)/, 'found another$1').replace(/\(line \d+, column \d+\): [\s\S]*$/, '');

const codeOf = ({ extensions }: GraphQLFormattedError): string | undefined =>
  [extensions?.limit, extensions?.code].find((code) => typeof code === 'string');

const isOurs = (thrown: unknown): boolean =>
  thrown instanceof GraphError || (thrown instanceof GraphQLError && thrown.originalError instanceof GraphError);

/**
 * An error as a client may see it: code, fixed message, path and, for errors of the graph, source and retryability.
 * Anything unexpected becomes one sentence without its text, since texts of libraries quote what they were given.
 */
export const presentError = (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
  const code = codeOf(formatted);
  const place = {
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
  };
  if (isOurs(thrown) || (code !== undefined && typeof formatted.extensions?.retryable === 'boolean')) {
    const { stacktrace: _, ...extensions } = formatted.extensions ?? {};
    return { message: formatted.message, ...place, extensions };
  }
  if (code !== undefined && ABOUT_THE_REQUEST.has(code)) {
    const tooMany = /more tha[nt] \d+ tokens/i.test(formatted.message);
    return {
      message: tooMany ? 'The document has too many tokens.' : withoutLiterals(formatted.message),
      ...place,
      extensions: { code: tooMany ? 'TOKEN_LIMIT' : code, retryable: false },
    };
  }
  if (formatted.message.startsWith('Cannot return null for non-nullable field'))
    return { message: formatted.message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false } };
  return {
    message: 'Something went wrong inside the graph.',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
  };
};
