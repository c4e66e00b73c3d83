import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';

/** What one request may cost before it is even planned. Lists are limited where they are declared, to 100. */
export const LIMITS = {
  /** Bytes of a request's body: the longest saved operation has 4 KB. */
  bodyBytes: 256 * 1024,
  /** Levels of fields; the deepest saved operation has 9. */
  depth: 15,
  /** Aliased fields: a page of charts asks for a dozen series by alias. */
  aliases: 60,
  /** Directives in a document. */
  directives: 60,
  /** Tokens of a document, counted while it is parsed. */
  tokens: 5_000,
  /** Milliseconds until an operation's vendor calls are given up. */
  operationMs: 30_000,
} as const;

/**
 * How a rule of the library refuses: in the list of validation errors, with a sentence of ours. Apollo Server sets the
 * code of every validation error, so ours travels as `limit` (see errors.ts).
 */
const refusing = (limit: string, message: string) => ({
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null) => context?.reportError(new GraphQLError(message, { extensions: { limit } })),
  ],
});

const reservedAliases: ValidationRule = (context) => ({
  Field: (node) => {
    if (node.alias?.value.startsWith('__') === true)
      context.reportError(
        new GraphQLError('Aliases that begin with two underscores are reserved.', {
          nodes: node,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        }),
      );
  },
});

export const limitRules: readonly ValidationRule[] = [
  maxDepthRule({
    n: LIMITS.depth,
    flattenFragments: true,
    ...refusing('DEPTH_LIMIT', `The operation is more than ${LIMITS.depth} levels deep.`),
  }),
  maxAliasesRule({
    n: LIMITS.aliases,
    ...refusing('ALIAS_LIMIT', `The document has more than ${LIMITS.aliases} aliases.`),
  }),
  maxDirectivesRule({
    n: LIMITS.directives,
    ...refusing('DIRECTIVE_LIMIT', `The document has more than ${LIMITS.directives} directives.`),
  }),
  reservedAliases,
] as unknown as readonly ValidationRule[];
