import { GraphQLError } from 'graphql';
import { LIMITS } from './numbers.ts';

/** What each limit says when it is passed. The code stands in `extensions.code`. */
const MESSAGES = {
  TOKEN_LIMIT: `The document has more than ${LIMITS.tokens} tokens.`,
  DEPTH_LIMIT: `The operation is more than ${LIMITS.depth} levels deep, or its values or types more than ${LIMITS.nesting}.`,
  ALIAS_LIMIT: `The operation has more than ${LIMITS.aliases} aliases.`,
  DIRECTIVE_LIMIT: `The operation has more than ${LIMITS.directives} directives.`,
  SELECTION_LIMIT: `The operation selects more than ${LIMITS.selections} fields with its fragments put in, or the same fields too often.`,
  LIST_LIMIT: `A list has more than ${LIMITS.listItems} items.`,
  VARIABLE_LIMIT: `The variables hold more than ${LIMITS.variableValues} values or are nested more than ${LIMITS.nesting} levels deep.`,
  BODY_LIMIT: 'The request’s body is too large.',
  URL_LIMIT: `The request's address is longer than ${LIMITS.urlLength} characters.`,
} as const;

export type LimitCode = keyof typeof MESSAGES;

export const LIMIT_CODES: ReadonlySet<string> = new Set(Object.keys(MESSAGES));

/** The error that says that a limit is passed. */
export const beyond = (code: LimitCode): GraphQLError => new GraphQLError(MESSAGES[code], { extensions: { code } });
