import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Caller, OperationContext, VendorCall } from '../../schema/context.ts';
import { LIMITS } from '../limits.ts';

/** What of a client's request, or of a WebSocket's upgrade, tells who asks and what for. */
export interface Incoming {
  readonly headers: IncomingHttpHeaders;
}

export interface ContextOptions {
  readonly now: () => number;
  readonly authenticate: (request: Incoming) => Caller;
  /** Names of the headers that remote subgraphs get too, in lower case. */
  readonly forward: readonly string[];
}

/** An operation that is being carried out. */
export interface OpenOperation {
  readonly context: OperationContext;
  readonly calls: readonly VendorCall[];
  /** Gives the operation up: its client is gone. */
  abort(): void;
  /** Lets go of its deadline. */
  done(): void;
}

const forwarded = (names: readonly string[], headers: IncomingHttpHeaders): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) found[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return found;
};

/**
 * What travels with one operation. Its deadline is a plain timer that `done` clears: `AbortSignal.any` over
 * `AbortSignal.timeout` costs fifteen times as much, and each of those stays until its time has passed.
 * `lasting`: a subscription has that long to begin, and is not given up then; the engine gives each event a deadline.
 */
export const openOperation = (options: ContextOptions, incoming: Incoming, lasting = false): OpenOperation => {
  const calls: VendorCall[] = [];
  const given = new AbortController();
  const startedAt = options.now();
  const timer = lasting ? undefined : setTimeout(() => given.abort(), LIMITS.operationMs);
  return {
    calls,
    context: {
      id: randomUUID(),
      caller: options.authenticate(incoming),
      startedAt,
      deadline: startedAt + LIMITS.operationMs,
      now: options.now,
      explain: incoming.headers['x-explain'] === '1',
      headers: forwarded(options.forward, incoming.headers),
      signal: given.signal,
      record: lasting ? () => undefined : (made) => calls.push(made),
    },
    abort: () => given.abort(),
    done: () => clearTimeout(timer),
  };
};
