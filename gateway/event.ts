import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../schema/context.ts';

/** Milliseconds in which one event of a subscription has to be completed from its owners' subgraphs. */
export const EVENT_MS = 10_000;

/** Aborts with the subscription's signal, and when the event's time is over. */
class EventSignal {
  readonly #over = new AbortController();
  readonly #subscription: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(subscription: AbortSignal, ms: number) {
    this.#subscription = subscription;
    this.#timer = setTimeout(this.#abort, ms);
    if (subscription.aborted) this.#abort();
    else subscription.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#subscription.removeEventListener('abort', this.#abort);
  }

  readonly #abort = (): void => this.#over.abort();
}

/**
 * A subscription lives long, its events do not: each gets a context of its own, so that what one has loaded is not
 * shown in the next, with a deadline of its own. `end` lets go of the subscription's signal.
 */
export const eventContext = (
  subscription: OperationContext,
): { readonly context: OperationContext; readonly end: () => void } => {
  const startedAt = subscription.now();
  const deadline = startedAt + EVENT_MS;
  let id: string | undefined;
  let signal: EventSignal | undefined;
  let ended = false;
  return {
    context: {
      ...subscription,
      startedAt,
      deadline,
      // most events ask nobody else: these cost more than all the rest of such an event, and are made when wanted
      get id() {
        id ??= randomUUID();
        return id;
      },
      get signal() {
        signal ??= new EventSignal(subscription.signal, Math.max(0, deadline - subscription.now()));
        if (ended) signal.end();
        return signal.signal;
      },
    },
    end: () => {
      ended = true;
      signal?.end();
    },
  };
};

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
