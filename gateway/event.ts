import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../schema/context.ts';

/** Milliseconds in which one event of a subscription has to be completed from its owners' subgraphs. */
export const EVENT_MS = 10_000;

/**
 * A subscription lives long, its events do not: each gets a context of its own, so that what one has loaded is not
 * shown in the next, with a deadline of its own. `end` lets go of the subscription's signal.
 */
export const eventContext = (
  subscription: OperationContext,
): { readonly context: OperationContext; readonly end: () => void } => {
  const over = new AbortController();
  const abort = (): void => over.abort();
  const timer = setTimeout(abort, EVENT_MS);
  subscription.signal.addEventListener('abort', abort);
  const startedAt = subscription.now();
  return {
    context: {
      ...subscription,
      id: randomUUID(),
      startedAt,
      deadline: startedAt + EVENT_MS,
      signal: over.signal,
    },
    end: () => {
      clearTimeout(timer);
      subscription.signal.removeEventListener('abort', abort);
    },
  };
};

/**
 * A write and what is read after it, within one operation: what was loaded before the write must not be shown as what
 * came of it. Deadline, signal and caller stay the operation's.
 */
export const afterWrite = (operation: OperationContext): OperationContext => ({ ...operation, id: randomUUID() });

/** The events until the signal aborts, at once and even while the next one is awaited; then the source is ended. */
export const untilAborted = <T>(events: AsyncIterable<T>, signal: AbortSignal): AsyncIterableIterator<T> => {
  const source = events[Symbol.asyncIterator]();
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let stop: () => void = () => undefined;
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    signal.removeEventListener('abort', abort);
    stop();
    // a generator that awaits something returns only when that has come: nobody waits for it
    source.return?.().catch(() => undefined);
    return over;
  };
  const abort = (): void => void end();
  signal.addEventListener('abort', abort);
  return {
    next: () =>
      signal.aborted
        ? Promise.resolve(over)
        : new Promise((resolve, reject) => {
            stop = () => resolve(over);
            source.next().then(resolve, reject);
          }),
    return: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
