import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERRORS, type FieldIssueDetail, GraphError } from '../../schema/errors.ts';
import type { SubgraphResult } from '../executor.ts';
import { isObject, type JsonObject } from '../response.ts';
import type { Reply } from './exchange.ts';
import { failed } from './failure.ts';

/** A GraphQL response as it came, found to be one. */
export interface RemoteAnswer extends SubgraphResult {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: unknown;
}

const isError = (value: unknown): boolean => {
  if (!isObject(value) || typeof value.message !== 'string') return false;
  const { path, extensions } = value;
  return (
    (path === undefined ||
      path === null ||
      (Array.isArray(path) && path.every((step) => typeof step === 'string' || typeof step === 'number'))) &&
    (extensions === undefined || extensions === null || isObject(extensions))
  );
};

const isAnswer = (value: JsonObject): boolean => {
  const { data, errors } = value;
  const hasErrors = errors !== undefined && errors !== null;
  if (hasErrors && !(Array.isArray(errors) && errors.length > 0 && errors.every(isError))) return false;
  return isObject(data) || (data === null && 'data' in value) || (data === undefined && hasErrors);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Some servers send null for what the specification leaves out. */
const tidy = (error: GraphQLFormattedError): GraphQLFormattedError => {
  const { message, path, extensions } = error;
  return { message, ...(path ? { path } : {}), ...(extensions ? { extensions } : {}) };
};

/** The GraphQL response in a value. @throws GraphError when it is none. */
export const answerIn = (value: unknown): RemoteAnswer => {
  if (!isObject(value) || !isAnswer(value)) throw failed('unreadable');
  const { data, errors, extensions } = value as RemoteAnswer;
  if (errors === undefined || errors === null) return value as RemoteAnswer;
  return { ...(data === undefined ? {} : { data }), errors: errors.map(tidy), extensions };
};

/**
 * The GraphQL response in an answer, whatever its HTTP status.
 * @throws GraphError when there is none; no text of the answer is in it.
 */
export const answerOf = ({ status, text }: Reply): RemoteAnswer => {
  const value = parsed(text);
  if (status < 500) return answerIn(value);
  try {
    return answerIn(value);
  } catch {
    throw failed('failing');
  }
};

/** An error of one of our own subgraphs, as it was thrown there. Its message is one of the graph's fixed sentences. */
const ours = (error: GraphQLFormattedError): GraphQLError | GraphQLFormattedError => {
  const { code, source, retryAfterSeconds, issues } = error.extensions ?? {};
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) return error;
  const originalError = new GraphError(code as keyof typeof ERRORS, {
    message: error.message,
    ...(typeof source === 'string' ? { source } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    ...(Array.isArray(issues) ? { issues: issues as FieldIssueDetail[] } : {}),
  });
  return new GraphQLError(error.message, { originalError, ...(error.path === undefined ? {} : { path: error.path }) });
};

/** The answer of one of our own subgraphs: its errors are the graph's. */
export const trusted = (answer: RemoteAnswer): SubgraphResult =>
  answer.errors === undefined ? answer : { ...answer, errors: answer.errors.map(ours) };

/** Why one of our own subgraphs ends a subscription, by the errors of an answer without data. */
export const toldBy = ({ errors: [error] = [] }: RemoteAnswer): GraphQLError | GraphError => {
  if (error === undefined) return failed('unreadable');
  const told = ours(error);
  if (told instanceof GraphQLError) return told;
  const { message, path, extensions } = told;
  return new GraphQLError(message, { ...(path && { path }), ...(extensions && { extensions }) });
};

/** The name that one of our own subgraphs gives an event. */
export const eventNameIn = ({ extensions }: RemoteAnswer): string | undefined =>
  isObject(extensions) && typeof extensions.event === 'string' ? extensions.event : undefined;

/** What the executor gets when there was no answer. */
export const unanswered = (thrown: unknown): SubgraphResult => {
  const originalError = thrown instanceof GraphError ? thrown : failed('unreachable', thrown);
  return { errors: [new GraphQLError(originalError.message, { originalError })] };
};
