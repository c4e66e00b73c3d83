import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** A GraphQL value as it travels: subgraphs' answers and the response that is put together from them. */
export type Json = unknown;
export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A place in the response: an object, where it hangs, and its path for the client. */
export interface Place {
  readonly object: JsonObject;
  readonly holder: JsonObject | unknown[];
  readonly key: string | number;
  readonly path: readonly (string | number)[];
}

/** A fetch that failed as a whole for an object: which keys it would have brought, and why it did not. */
export interface Lost {
  readonly keys: ReadonlySet<string>;
  readonly error: GraphQLError;
}

/** A copy that shares nothing that is merged into. */
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]));
  return value;
};

/**
 * Merges an answer into the response: objects by key, lists by position; a null never hides what is there.
 * With `own` the answer's objects are taken over, otherwise copied, since another place needs them too.
 */
export const mergeInto = (target: JsonObject, answer: JsonObject, own: boolean): void => {
  for (const key of Object.keys(answer)) {
    const given = answer[key];
    const there = target[key];
    if (there === undefined || there === null) target[key] = own ? given : copy(given);
    else if (isObject(there) && isObject(given)) mergeInto(there, given, own);
    else if (Array.isArray(there) && Array.isArray(given)) mergeLists(there, given, own);
  }
};

const mergeLists = (target: unknown[], answer: readonly unknown[], own: boolean): void => {
  for (const [i, given] of answer.entries()) {
    const there = target[i];
    if (there === undefined || there === null) target[i] = own ? given : copy(given);
    else if (isObject(there) && isObject(given)) mergeInto(there, given, own);
    else if (Array.isArray(there) && Array.isArray(given)) mergeLists(there, given, own);
  }
};

/** An error at a path of the client's answer, with its message and extensions. */
export const at = (error: GraphQLError | GraphQLFormattedError, path: readonly (string | number)[]): GraphQLError =>
  new GraphQLError(error.message, {
    path,
    ...(error instanceof GraphQLError ? { originalError: error.originalError ?? null } : {}),
    ...(error.extensions === undefined ? {} : { extensions: error.extensions as Record<string, unknown> }),
  });
