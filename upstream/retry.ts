import { noJitterGenerator } from 'cockatiel';
import { sleep } from './sleep.ts';

/** The first attempt and two more. */
const MOST_ATTEMPTS = 3;
/** An attempt with less time than this cannot end before its operation does. */
const SHORTEST_ATTEMPT_MS = 20;
/** Attempts are spread over up to 200 ms, then 400 ms: a short trouble is over, and those who wait do not come at once. */
const BACKOFF = { initialDelay: 200, maxDelay: 2_000, exponent: 2, generator: noJitterGenerator };

const TOKENS = 500;
const COST = 5;
/** A time-out has already cost the source a connection for a long time. */
const COST_AFTER_TIMEOUT = 10;

/**
 * How many reads may be repeated: a repetition costs some tokens and brings them back when it helps, a success at the
 * first attempt gives one. So a source that fails for some calls is asked again, and one that fails for all is not asked
 * three times as often.
 */
export class RetryBudget {
  #tokens = TOKENS;

  /** A call was answered, after a last repetition of this cost if there was one. */
  earn(cost: number): void {
    this.#tokens = Math.min(TOKENS, this.#tokens + Math.max(1, cost));
  }

  /** Pays for one repetition and tells what it costs; `undefined` when there is not enough. */
  pay(isAfterTimeout: boolean): number | undefined {
    const cost = isAfterTimeout ? COST_AFTER_TIMEOUT : COST;
    if (this.#tokens < cost) return undefined;
    this.#tokens -= cost;
    return cost;
  }
}

/** What became of one attempt, as far as repeating it goes. */
export interface Tried {
  readonly kind: 'answered' | 'throttled' | 'failed' | 'void';
  readonly isTimeout?: boolean;
  /** How long the source wants to be left alone. */
  readonly retryAfterSeconds?: number;
}

export interface RetryLimits {
  /** The operation's end, on the monotonic clock. */
  readonly until: number;
  readonly signal: AbortSignal;
  readonly elapsed: () => number;
  readonly random: () => number;
}

/**
 * Repeats a read that failed while the budget lasts, until the operation's end: after a random wait, or the one that
 * the source asks for. The last attempt's result comes back; so does the one before when there can be no other attempt.
 *
 * The loop is ours: cockatiel's retry cannot be woken from its wait, and knows neither Retry-After nor a deadline.
 */
export const retrying = async <T extends Tried>(
  once: () => Promise<T>,
  budget: RetryBudget,
  { until, signal, elapsed, random }: RetryLimits,
): Promise<T> => {
  let tried = await once();
  let cost: number | undefined = 0;
  for (let attempt = 2; attempt <= MOST_ATTEMPTS && isRepeatable(tried); attempt++) {
    const [longest] = BACKOFF.generator(attempt - 2, BACKOFF);
    const jitter = Math.floor(random() * longest);
    // a throttled source is left alone by its rate, where the next attempt waits
    const waitMs = Math.max(jitter, tried.kind === 'failed' ? (tried.retryAfterSeconds ?? 0) * 1000 : 0);
    if (elapsed() + waitMs + SHORTEST_ATTEMPT_MS > until) return tried;
    cost = budget.pay(tried.isTimeout === true);
    if (cost === undefined) return tried;
    await sleep(waitMs, signal);
    if (signal.aborted) return tried;
    try {
      tried = await once();
    } catch {
      return tried; // there is no turn for another attempt: what is known stays
    }
  }
  if (tried.kind === 'answered') budget.earn(cost);
  return tried;
};

const isRepeatable = ({ kind }: Tried): boolean => kind === 'failed' || kind === 'throttled';
