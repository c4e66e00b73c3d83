import { type CircuitBreakerPolicy, CircuitState, circuitBreaker, handleWhenResult } from 'cockatiel';
import { FailureWindow } from './failure-window.ts';

/** A source that is down is left alone this long before one call tries it again. */
export const OPEN_MS = 2_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

/** What became of an attempt, as far as the breaker asks. `void`: nothing that tells of the source. */
export interface Attempted {
  readonly kind: 'answered' | 'throttled' | 'failed' | 'void';
}

/**
 * Leaves a source alone that fails (see `FailureWindow`). Two seconds later one call probes it, and while that is under
 * way all others are still refused; its success closes the breaker.
 */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  readonly #window: FailureWindow;
  readonly #elapsed: () => number;
  #openedAt = 0;
  /** Which opening or closing this is: attempts that began before it say nothing of the source now. */
  #era = 0;

  constructor(elapsed: () => number, onOpen: () => void) {
    this.#elapsed = elapsed;
    this.#window = new FailureWindow(elapsed);
    const isFailure = (trial: unknown): boolean => (trial as Trial<unknown>).failed;
    this.#policy = circuitBreaker(handleWhenResult(isFailure), {
      breaker: { state: undefined, success: () => undefined, failure: () => this.#window.isDown },
      // the policy would look at Date.now(), which can be set: `refusedMs` decides by a monotonic clock before it is asked
      halfOpenAfter: Number.NEGATIVE_INFINITY,
    });
    this.#policy.onReset(() => {
      this.#era += 1;
      this.#window.clear();
    });
    this.#policy.onBreak(() => {
      this.#era += 1;
      this.#openedAt = elapsed();
      onOpen();
    });
  }

  get state(): BreakerState {
    return STATES[this.#policy.state];
  }

  /** How long calls are refused from now on; 0 when one may be tried. */
  get refusedMs(): number {
    if (this.state === 'closed') return 0;
    if (this.state === 'half-open') return OPEN_MS;
    return Math.max(0, this.#openedAt + OPEN_MS - this.#elapsed());
  }

  /** Makes the attempt, which learns whether it is the probe. Not to be asked while calls are refused. */
  async run<T extends Attempted>(attempt: (isProbe: boolean) => Promise<T>): Promise<T> {
    const isProbe = this.state === 'open';
    const era = this.#era;
    const beganAt = this.#elapsed();
    const { result } = await this.#policy.execute(async (): Promise<Trial<T>> => {
      const result = await attempt(isProbe);
      if (isProbe) return { result, failed: result.kind === 'failed' || result.kind === 'void' };
      const tells = result.kind !== 'void' && era === this.#era;
      const failed = tells && result.kind === 'failed';
      if (tells) this.#window.note(failed, beganAt);
      return { result, failed };
    });
    return result;
  }
}

interface Trial<T> {
  readonly result: T;
  readonly failed: boolean;
}
