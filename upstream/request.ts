import type { Verdict } from './verdict.ts';

/** May a request be sent again after a failure? `keyed` and `never` are writes; only `read` is ever repeated. */
export type RetryClass = 'read' | 'keyed' | 'never';

export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, or relative to the source's `baseUrl` (which has no trailing slash; begin with `/`). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function makes it anew for every attempt. */
  readonly body?: string | (() => Promise<string>);
  /** The call's name for explain and metrics; no arguments in it. */
  readonly name: string;
  readonly retry: RetryClass;
  /** What an answer says of the source's health, where its status alone does not tell. Must not throw. */
  readonly verdict?: (answer: Answer) => Verdict;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}
