import {
  type Asked,
  type Fetcher,
  GRAPH,
  type Headers,
  type Observer,
  type Result,
  readAnswer,
  UNREACHABLE,
} from './answer.ts';
import { isSubscription, streamed } from './subscription.ts';

const post = async (operation: Asked, headers: Headers, signal: AbortSignal): Promise<Result> => {
  const body = JSON.stringify(operation);
  const accept = 'application/graphql-response+json, application/json;q=0.9';
  const response = await fetch(GRAPH, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept, ...headers },
    signal,
  }).catch(() => {
    throw new Error(UNREACHABLE);
  });
  return readAnswer(response);
};

/** One answer, unless it is given up. */
const answered = (operation: Asked, headers: Headers) => ({
  subscribe: (observer: Observer) => {
    const controller = new AbortController();
    post(operation, headers, controller.signal).then(
      (value) => {
        observer.next(value);
        observer.complete();
      },
      (error: unknown) => {
        if (!controller.signal.aborted) observer.error(error);
      },
    );
    return { unsubscribe: () => controller.abort() };
  },
});

/**
 * Sends operations to this server's graph, with `x-explain: 1` while `explains` says so, and subscriptions as event
 * streams. A header of the tab wins over these; GraphiQL's Stop ends the request, so that the server can stop working on it.
 */
export const graphFetcher =
  (explains: () => boolean): Fetcher =>
  (operation, options) => {
    if (operation.operationName === 'IntrospectionQuery')
      return post(operation, { ...options?.headers }, new AbortController().signal);
    const headers = { ...(explains() ? { 'x-explain': '1' } : {}), ...options?.headers };
    return (isSubscription(operation) ? streamed : answered)(operation, headers) as ReturnType<Fetcher>;
  };
