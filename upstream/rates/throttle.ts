const DAY_MS = 86_400_000;
/** The first pause of a source that does not say how long it wants to be left alone; doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;
/** The longest quota of any vendor lasts a day: who asks for a longer pause is asked again after one. */
const LONGEST_PAUSE_MS = DAY_MS;
/** What of its rate a source gets back in a second: all of a halved rate in 25 seconds. */
export const REGAINED_PER_SECOND = 0.02;

/** How a source that said "too often" is treated: a pause, then half its rate, then step by step all of it again. */
export class Throttle {
  #until = Number.NEGATIVE_INFINITY;
  #share = 1;
  #timesInARow = 0;

  /** The instant at which the pause ends; in the past when there is none. */
  get until(): number {
    return this.#until;
  }

  /** What of its rate the source is worth now, 0 to 1. */
  share(now: number): number {
    return Math.min(1, this.#share + (Math.max(0, now - this.#until) / 1000) * REGAINED_PER_SECOND);
  }

  /**
   * Begins a pause, and tells how long it is. What comes during one is of calls that were under way: it may only make the
   * pause longer.
   */
  throttled(retryAfterSeconds: number | undefined, now: number): number {
    const asked = retryAfterSeconds === undefined ? undefined : Math.min(retryAfterSeconds * 1000, LONGEST_PAUSE_MS);
    if (now >= this.#until) {
      const share = this.share(now);
      this.#timesInARow = share === 1 ? 0 : this.#timesInARow + 1;
      this.#share = share / 2;
      this.#until =
        now + Math.min(FIRST_PAUSE_MS * 2 ** (asked === undefined ? this.#timesInARow : 0), LONGEST_BACK_OFF_MS);
    }
    if (asked !== undefined) this.#until = Math.max(this.#until, now + asked);
    return this.#until - now;
  }
}
