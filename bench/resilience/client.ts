import { randomUUID } from 'node:crypto';
import type { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import { sourceAt } from '../../upstream/fixture/server.ts';
import type { RetryClass } from '../../upstream/request.ts';
import type { SharedState } from '../../upstream/shared-state.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';

/** What became of one call. */
export interface Sent {
  /** `ok`, the status of an answer, or the code of the failure. */
  readonly end: string;
  readonly startedAt: number;
  readonly ms: number;
  /** By how much it came after the operation's deadline. */
  readonly lateMs: number;
}

export interface Sending {
  readonly caller?: string;
  readonly operation?: string;
  readonly deadlineMs?: number;
  readonly retry?: RetryClass;
  readonly path?: string;
}

/** The product's way out to one vendor, with a fresh health. */
export class Client {
  readonly upstream: Upstream;

  constructor(url: string, settings: Partial<SourceSettings>, state?: SharedState) {
    this.upstream = new Upstream(sourceAt(url, settings), Date.now, state);
  }

  async send(sending: Sending = {}): Promise<Sent> {
    const {
      caller = 'anna',
      operation = randomUUID(),
      deadlineMs = 10_000,
      retry = 'read',
      path = '/things',
    } = sending;
    const startedAt = performance.now();
    const call: Call = {
      id: operation,
      caller: { subject: caller, scopes: [], sources: 'all' },
      deadline: Date.now() + deadlineMs,
      signal: AbortSignal.timeout(deadlineMs),
      now: Date.now,
      record: () => undefined,
    };
    const end = await this.upstream
      .send({ method: retry === 'read' ? 'GET' : 'POST', url: path, name: 'GET things', retry }, call)
      .then(
        ({ status }) => (status === 200 ? 'ok' : String(status)),
        (thrown: GraphError) => thrown.code,
      );
    const ms = performance.now() - startedAt;
    return { end, startedAt, ms, lateMs: Math.max(0, ms - deadlineMs) };
  }

  close(): Promise<void> {
    return this.upstream.close();
  }
}

/** Runs the work so many times, so many at once. */
export const inParallel = async <T>(times: number, atOnce: number, work: (i: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < times) results.push(await work(next++));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, times) }, worker));
  return results;
};

/** Begins the work so many times a second for so many seconds, however long each takes. */
export const atRate = async <T>(perSecond: number, seconds: number, work: (i: number) => Promise<T>): Promise<T[]> => {
  const began = performance.now();
  const all: Promise<T>[] = [];
  while (all.length < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, ((performance.now() - began) / 1_000) * perSecond);
    while (all.length < due) all.push(work(all.length));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Promise.all(all);
};

export const countEnds = (sent: readonly Sent[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { end } of sent) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
};
