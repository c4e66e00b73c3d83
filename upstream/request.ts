import type { GraphError } from '../schema/errors.ts';
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

/** Who carries out a write wants to know, and to write down, what leaves and what comes back. */
export interface Departures {
  /** Awaited right before a request that is no read leaves; when it throws, nothing leaves. */
  departs(call: string): Promise<void>;
  /** What came back of it: an answer of any status, or why there is none. */
  returned(call: string, result: Answer | GraphError, ms: number): void;
}
