/** The first pause of an event that failed alone, doubled up to the longest. */
const FIRST_REST_MS = 15_000;
const LONGEST_REST_MS = 120_000;
/** Whoever is forgotten is tried together with others again. */
const MOST_REMEMBERED = 1_000;

interface Failure {
  readonly times: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Events that are tried alone, since they failed others or themselves: later and later. */
export class FailedEvents {
  readonly #now: () => number;
  readonly #failures = new Map<string, Failure>();

  constructor(now: () => number) {
    this.#now = now;
  }

  has(id: string): boolean {
    return this.#failures.has(id);
  }

  /** Whether it is not its time yet. */
  rests(id: string): boolean {
    const failure = this.#failures.get(id);
    return failure !== undefined && failure.until > this.#now();
  }

  /** It failed alone. */
  add(id: string): void {
    const times = this.#failures.get(id)?.times ?? 0;
    this.#keep(id, {
      times: times + 1,
      until: this.#now() + Math.min(FIRST_REST_MS * 2 ** times, LONGEST_REST_MS),
    });
  }

  /** It may have failed others: it is tried alone as soon as it comes again. */
  suspect(id: string): void {
    if (!this.has(id)) this.#keep(id, { times: 0, until: 0 });
  }

  forget(id: string): void {
    this.#failures.delete(id);
  }

  #keep(id: string, failure: Failure): void {
    this.#failures.delete(id);
    this.#failures.set(id, failure);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MOST_REMEMBERED && oldest !== undefined) this.#failures.delete(oldest);
  }
}
