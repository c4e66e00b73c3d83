/**
 * Starts are counted over this many milliseconds instead of 1,000: calls travel for different times, and the vendor, who
 * counts arrivals, must not see more in a second than we sent.
 */
export const WINDOW_MS = 1_100;

/**
 * The instants of a source's latest starts, those reserved included: a sliding log, which allows a full burst at idle.
 * Where calls must wait they start evenly spread, so that delays on the way do not make the end of one burst meet the next.
 */
export class Starts {
  readonly #most: number;
  /** Oldest first, `#most` at most. */
  readonly #at: number[] = [];
  /** The latest call did not start when it was asked for. */
  #waited = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Reserves the first instant at which no window holds more than `allowed` starts. */
  reserve(now: number, allowed: number, windowMs: number): number {
    const at = this.earliest(now, allowed, windowMs, 0);
    this.#waited = at > now;
    this.#at.push(at);
    if (this.#at.length > this.#most) this.#at.shift();
    return at;
  }

  /** The instant before which the call behind `ahead` others cannot start. */
  earliest(now: number, allowed: number, windowMs: number, ahead: number): number {
    const apart = windowMs / allowed;
    let waited = this.#waited;
    let at = this.#at.at(-1) ?? Number.NEGATIVE_INFINITY;
    for (let i = 0; i <= Math.min(ahead, allowed - 1); i++) {
      const place = this.#at.length - allowed + i;
      const before = place < 0 ? undefined : this.#at[place];
      at = Math.max(now, waited ? at + apart : at, before === undefined ? now : before + windowMs);
      waited = at > now;
    }
    return ahead < allowed ? at : Math.max(at + apart, now + windowMs) + (ahead - allowed) * apart;
  }
}
