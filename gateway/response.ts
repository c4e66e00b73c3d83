import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** A GraphQL value as it travels: subgraphs' answers and the response that is put together from them. */
export type Json = unknown;
export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A fetch that failed as a whole for an object: which keys it would have brought, and why it did not. */
export interface Lost {
  readonly keys: ReadonlySet<string>;
  readonly error: GraphQLError | GraphQLFormattedError;
}

/** A copy that shares nothing that is merged into. */
export const copy = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isObject(value)) return value;
  const made: JsonObject = {};
  for (const key of Object.keys(value)) made[key] = copy(value[key]);
  return made as T;
};

/**
 * Merges an answer into the response: objects by key, lists by position; a null never hides what is there. What the
 * response did not have is taken over as it is, not copied.
 */
export const mergeInto = (target: JsonObject, answer: JsonObject): void => {
  for (const key of Object.keys(answer)) {
    const given = answer[key];
    const there = target[key];
    // an inherited `constructor` is not there
    if (there === undefined || there === null || !Object.hasOwn(target, key)) target[key] = given;
    else if (isObject(there) && isObject(given)) mergeInto(there, given);
    else if (Array.isArray(there) && Array.isArray(given)) mergeLists(there, given);
  }
};

const mergeLists = (target: unknown[], answer: readonly unknown[]): void => {
  for (const [i, given] of answer.entries()) {
    const there = target[i];
    if (there === undefined || there === null) target[i] = given;
    else if (isObject(there) && isObject(given)) mergeInto(there, given);
    else if (Array.isArray(there) && Array.isArray(given)) mergeLists(there, given);
  }
};

/** An error at a path of the client's answer, with its message and extensions. */
export const at = (error: GraphQLError | GraphQLFormattedError, path: readonly (string | number)[]): GraphQLError =>
  new GraphQLError(error.message, {
    path,
    ...(error instanceof GraphQLError ? { originalError: error.originalError ?? null } : {}),
    ...(error.extensions === undefined ? {} : { extensions: error.extensions as Record<string, unknown> }),
  });
