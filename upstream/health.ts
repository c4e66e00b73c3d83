import type { SourceHealth } from '../schema/source.ts';

/** How many of the latest calls the figures are of. */
const WINDOW = 100;

/** How one source's latest calls have gone. Before the first call a source counts as reachable. */
export class CallHealth {
  readonly #calls: { readonly failed: boolean; readonly ms: number }[] = [];

  /** Notes a call: its HTTP status, `undefined` when there was no answer. A refusal (4xx) is an answer, not a failure. */
  note(status: number | undefined, ms: number): void {
    this.#calls.push({ failed: status === undefined || status >= 500, ms });
    if (this.#calls.length > WINDOW) this.#calls.shift();
  }

  report(): SourceHealth {
    const calls = this.#calls;
    const times = calls.map(({ ms }) => ms).sort((one, other) => one - other);
    return {
      reachable: calls.at(-1)?.failed !== true,
      breaker: 'closed',
      errorRate: calls.length === 0 ? null : calls.filter(({ failed }) => failed).length / calls.length,
      p95Ms: times[Math.ceil(times.length * 0.95) - 1] ?? null,
      rateLimitRemaining: null,
      lastChangeAt: null,
    };
  }
}
