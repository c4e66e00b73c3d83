import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../schema/context.ts';
import type { Departures } from './request.ts';

/** What one operation allows its vendor calls: until when, whose turn it is where calls must wait, and where they are counted. */
export type Call = Pick<OperationContext, 'id' | 'caller' | 'deadline' | 'signal' | 'now' | 'record'> & {
  /** Told of every request that is no read, before it leaves; the calls of a write have it (`WriteCall`), and no others. */
  readonly departures?: Departures;
};

const NEVER = new AbortController().signal;

/** Milliseconds that work for several operations may take: as long as the longest of them. */
const SHARED_MS = 30_000;

/**
 * The same call without its client: for what is fetched once for several operations (a token, a directory), where the
 * first client's leaving must not fail the others. It has a deadline of its own.
 */
export const shared = <C extends Call>(call: C): C => ({ ...call, signal: NEVER, deadline: call.now() + SHARED_MS });

/** A call that no client's operation makes: signing off when the process drains. It has this many milliseconds. */
export const ownCall = (ms: number, now: () => number, record: Call['record'] = () => undefined): Call => ({
  id: randomUUID(),
  caller: { subject: 'practicegraph', scopes: [], sources: 'all' },
  deadline: now() + ms,
  signal: AbortSignal.timeout(ms),
  now,
  record,
});
