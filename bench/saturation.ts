import autocannon from 'autocannon';
import { CALLER } from './serve.ts';
import type { Operation } from './workload.ts';

export interface Load {
  readonly connections: number;
  /** `each`: every connection is a caller of its own; `one`: they all are the same. */
  readonly callers: 'each' | 'one';
  readonly seconds: number;
}

/** One measurement. */
export interface Figures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers that did not come, or not with a status of 200 to 299. */
  readonly failed: number;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Keeps that many connections busy with one operation, each sending as soon as it is answered. */
export const load = async (
  url: string,
  operation: Operation,
  { connections, callers, seconds }: Load,
): Promise<Figures> => {
  const times: number[] = [];
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  let caller = 0;
  const running = autocannon({
    url,
    method: 'POST',
    headers,
    body: JSON.stringify(operation),
    connections,
    duration: seconds,
    setupClient: (client) => {
      client.setHeaders({ ...headers, [CALLER]: String(callers === 'each' ? caller++ : 0) });
    },
  });
  running.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
  const { requests, duration, errors, timeouts, non2xx } = await running;
  times.sort((one, other) => one - other);
  return {
    requests: requests.total,
    requestsPerSecond: requests.total / duration,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    failed: errors + timeouts + non2xx,
  };
};
