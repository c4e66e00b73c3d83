import { AsyncLocalStorage } from 'node:async_hooks';

/** The one method of the product through which every call to a vendor goes, retries included. */
interface Sending {
  // biome-ignore lint/suspicious/noExplicitAny: only the outcome is looked at
  send(...args: any[]): Promise<{ readonly status: number }>;
}

export interface VendorCounts {
  /** Calls to vendors, however often each was tried. */
  readonly calls: number;
  /** Of these, the ones that brought no answer, or one with a status from 500. */
  readonly failed: number;
}

export interface CallCounters {
  readonly counts: VendorCounts;
  /** Runs work whose calls are not counted: the oracle's. */
  uncounted<T>(work: () => T): T;
  /** False within such work. */
  isCounted(): boolean;
  reset(): void;
  restore(): void;
}

/**
 * Counts calls to vendors from outside: what an operation asks of `Upstream` is one call, whatever it takes. Unity's
 * refusals have the status 500 too, which an undisturbed run has none of.
 */
export const countCalls = (prototype: Sending): CallCounters => {
  const outside = new AsyncLocalStorage<true>();
  const { send } = prototype;
  let counts: VendorCounts = { calls: 0, failed: 0 };
  const note = (failed: boolean): void => {
    counts = { calls: counts.calls + 1, failed: counts.failed + (failed ? 1 : 0) };
  };
  prototype.send = async function (this: Sending, ...args) {
    if (outside.getStore() === true) return send.apply(this, args);
    try {
      const answer = await send.apply(this, args);
      note(answer.status >= 500);
      return answer;
    } catch (failure) {
      note(true);
      throw failure;
    }
  };
  return {
    get counts() {
      return counts;
    },
    uncounted: (work) => outside.run(true, work),
    isCounted: () => outside.getStore() !== true,
    reset: () => {
      counts = { calls: 0, failed: 0 };
    },
    restore: () => {
      prototype.send = send;
    },
  };
};
