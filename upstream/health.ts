import type { SourceHealth } from '../schema/source.ts';
import type { BreakerState } from './breaker.ts';

/** How many of the latest calls the figures are of. */
const WINDOW = 100;

/** How one source's latest calls have gone. Before the first call a source counts as reachable. */
export class CallHealth {
  readonly #calls: { readonly failed: boolean; readonly ms: number }[] = [];
  readonly #breaker: () => BreakerState;
  readonly #leftToday: () => number;

  constructor(breaker: () => BreakerState, leftToday: () => number) {
    this.#breaker = breaker;
    this.#leftToday = leftToday;
  }

  /** Notes an attempt. A refusal is an answer, not a failure. */
  note(failed: boolean, ms: number): void {
    this.#calls.push({ failed, ms });
    if (this.#calls.length > WINDOW) this.#calls.shift();
  }

  /** What most of the latest answers took at most, milliseconds. */
  get usualMs(): number | undefined {
    return p95(this.#calls.filter(({ failed }) => !failed));
  }

  report(): SourceHealth {
    const calls = this.#calls;
    const breaker = this.#breaker();
    const ms = p95(calls);
    return {
      reachable: breaker === 'closed' && calls.at(-1)?.failed !== true,
      breaker,
      errorRate: calls.length === 0 ? null : calls.filter(({ failed }) => failed).length / calls.length,
      p95Ms: ms === undefined ? null : Math.round(ms),
      rateLimitRemaining: this.#leftToday(),
    };
  }
}

const p95 = (calls: readonly { readonly ms: number }[]): number | undefined => {
  const times = calls.map(({ ms }) => ms).sort((one, other) => one - other);
  return times[Math.ceil(times.length * 0.95) - 1];
};
