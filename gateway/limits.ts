import { GraphQLError, type ValidationRule } from 'graphql';
import { documentLimit } from './limits/document.ts';

export { documentLimit } from './limits/document.ts';
export { LIMITS } from './limits/numbers.ts';
export { beyond, LIMIT_CODES } from './limits/refusal.ts';
export { variablesLimit } from './limits/variables.ts';

/** Names that begin with two underscores are GraphQL's own: an answer under one could pass for `__typename`. */
export const reservedAliases: ValidationRule = (context) => ({
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

const limits: ValidationRule = (context) => ({
  Document: (document) => {
    const error = documentLimit(document);
    if (error !== undefined) context.reportError(error);
  },
});

/** The limits as rules, for whoever validates outside the server. The server counts first and validates then. */
export const limitRules: readonly ValidationRule[] = [limits, reservedAliases];
