import type { GraphiQLProps } from 'graphiql';

export type Fetcher = GraphiQLProps['fetcher'];
export type Asked = Parameters<Fetcher>[0];
export type Headers = Record<string, string>;
export type Result = Record<string, unknown>;

/** Who is told of what an operation brings. */
export interface Observer {
  next(value: Result): void;
  error(error: unknown): void;
  complete(): void;
}

/** Where the graph is, seen from the page. */
export const GRAPH = '/graphql';
export const UNREACHABLE = 'The server cannot be reached.';

/** What the graph answered, a refusal too. @throws Error when it is no GraphQL result */
export const readAnswer = async (response: Response): Promise<Result> => {
  const answer: unknown = await response.json().catch(() => undefined);
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Result;
  throw new Error(`The server answered with HTTP status ${response.status} and no GraphQL result.`);
};
