import type { GraphiQLProps } from 'graphiql';

type Fetcher = GraphiQLProps['fetcher'];
type Result = Record<string, unknown>;

const GRAPH = '/graphql';

const post = async (body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Result> => {
  const response = await fetch(GRAPH, { method: 'POST', body, headers, signal }).catch(() => {
    throw new Error('The server cannot be reached.');
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Result;
  throw new Error(`The server answered with HTTP status ${response.status} and no GraphQL result.`);
};

/**
 * Sends operations to this server's graph, with `x-explain: 1` while `explains` says so. A header of the tab wins over
 * these; GraphiQL's Stop ends the request, so that the server can stop working on it.
 */
export const graphFetcher =
  (explains: () => boolean): Fetcher =>
  (operation, options) => {
    const introspection = operation.operationName === 'IntrospectionQuery';
    const headers = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(explains() && !introspection ? { 'x-explain': '1' } : {}),
      ...options?.headers,
    };
    const controller = new AbortController();
    const result = (): Promise<Result> => post(JSON.stringify(operation), headers, controller.signal);
    if (introspection) return result();
    return {
      subscribe: (observer: { next(value: Result): void; error(error: unknown): void; complete(): void }) => {
        result().then(
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
    } as ReturnType<Fetcher>;
  };
