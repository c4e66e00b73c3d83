import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { type ASTVisitor, GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';

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

/** A rule whose refusals carry a code of their own. */
const coded =
  (code: string, message: string, rule: (context: ValidationContext) => object): ValidationRule =>
  (context) => {
    const reporting = Object.create(context, {
      reportError: {
        value: (error: GraphQLError) =>
          context.reportError(new GraphQLError(message, { nodes: error.nodes, extensions: { code } })),
      },
    }) as ValidationContext;
    return rule(reporting) as ASTVisitor;
  };

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
  coded('DEPTH_LIMIT', `The operation is more than ${LIMITS.depth} levels deep.`, maxDepthRule({ n: LIMITS.depth })),
  coded('ALIAS_LIMIT', `The document has more than ${LIMITS.aliases} aliases.`, maxAliasesRule({ n: LIMITS.aliases })),
  coded(
    'DIRECTIVE_LIMIT',
    `The document has more than ${LIMITS.directives} directives.`,
    maxDirectivesRule({ n: LIMITS.directives }),
  ),
  reservedAliases,
];
