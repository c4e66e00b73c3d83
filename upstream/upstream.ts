import { Agent, type Dispatcher } from 'undici';
import { GraphError } from '../schema/errors.ts';
import { SourceCache } from './cache.ts';
import type { Call } from './call.ts';
import { CallHealth } from './health.ts';
import { guardedConnector } from './network.ts';
import type { SourceSettings } from './source.ts';

/** Larger answers are refused: the largest real ones (a day's schedule with patients) are below 8 MiB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/** May a request be sent again after a failure? `keyed` and `never` are writes; only `read` is ever repeated. */
export type RetryClass = 'read' | 'keyed' | 'never';

export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, or relative to the source's `baseUrl` (which has no trailing slash; begin with `/`). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The call's name for explain and metrics; no arguments in it. */
  readonly name: string;
  readonly retry: RetryClass;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const headerValue = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');

/**
 * The only way out of the process, one per source: bounded in time, size and connections, without redirects.
 * Answers of every status are returned; what a status means is the vendor's business (see `statusError`).
 * @throws GraphError TIMEOUT or SOURCE_UNAVAILABLE when there is no complete answer.
 */
export class Upstream {
  readonly cache: SourceCache;
  readonly health = new CallHealth();
  readonly #agent: Agent;
  readonly #source: SourceSettings;

  constructor(source: SourceSettings, now: () => number) {
    this.#source = source;
    this.cache = new SourceCache(source.id, now);
    this.#agent = new Agent({
      connections: source.limits.concurrency,
      connect: guardedConnector(source.allowPrivateNetwork),
      maxResponseSize: LARGEST_ANSWER,
      headersTimeout: source.timeoutMs,
      bodyTimeout: source.timeoutMs,
    });
  }

  async send(request: OutboundRequest, call: Call): Promise<Answer> {
    const started = call.now();
    let status: number | undefined;
    try {
      const answer = await this.#exchange(request, call.signal);
      status = answer.status;
      return answer;
    } catch (thrown) {
      throw this.#failure(thrown);
    } finally {
      const ms = Math.round(call.now() - started);
      this.health.note(status, ms);
      call.record({
        source: this.#source.id,
        call: request.name,
        ms,
        ...(status === undefined ? {} : { status }),
        cache: 'MISS',
      });
    }
  }

  async #exchange(request: OutboundRequest, outer: AbortSignal): Promise<Answer> {
    const url = new URL(/^https?:/i.test(request.url) ? request.url : this.#source.baseUrl + request.url);
    const response = await this.#agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method as Dispatcher.HttpMethod,
      headers: { 'accept-encoding': 'identity', ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: AbortSignal.any([outer, AbortSignal.timeout(this.#source.timeoutMs)]),
    });
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), headerValue(value)]),
    );
    return { status: response.statusCode, headers, text: await response.body.text() };
  }

  #failure(thrown: unknown): GraphError {
    if (thrown instanceof GraphError) return thrown;
    const { name, code } = thrown as { name?: string; code?: string };
    const slow = name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|ABORTED/.test(code ?? '');
    const oversized = code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
    return new GraphError(slow ? 'TIMEOUT' : oversized ? 'BAD_VENDOR_ANSWER' : 'SOURCE_UNAVAILABLE', {
      source: this.#source.id,
      cause: thrown,
    });
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

/** `Retry-After` in seconds, given as seconds or as an HTTP date. */
export const retryAfterSeconds = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined || header === '') return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
};

/** The error that an HTTP status stands for where a vendor has no finer rule; `undefined` for 2xx. */
export const statusError = (answer: Answer, source: string, now: number): GraphError | undefined => {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const after = retryAfterSeconds(answer.headers['retry-after'], now);
  const detail = { source, status, ...(after === undefined ? {} : { retryAfterSeconds: after }) };
  if (status === 401) return new GraphError('UNAUTHENTICATED_AT_VENDOR', detail);
  if (status === 403) return new GraphError('FORBIDDEN', detail);
  if (status === 404 || status === 410) return new GraphError('NOT_FOUND', detail);
  if (status === 408 || status === 504) return new GraphError('TIMEOUT', detail);
  if (status === 429) return new GraphError('RATE_LIMITED', detail);
  if (status >= 500) return new GraphError('SOURCE_UNAVAILABLE', detail);
  if (status >= 400) return new GraphError('VENDOR_REJECTED', detail);
  return new GraphError('BAD_VENDOR_ANSWER', detail);
};
