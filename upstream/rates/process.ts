import type { SourceId } from '../../schema/ids.ts';
import { CLOCKS, type RateClocks, type RateLimits, type Rates, type SourceRate, type Turn } from '../rate.ts';
import { Starts, WINDOW_MS } from './starts.ts';
import { Throttle } from './throttle.ts';

const DAY_MS = 86_400_000;

/** One source's rate as this process counts it. What was called today is forgotten when the process ends. */
export class ProcessRate implements SourceRate {
  readonly #limits: RateLimits;
  readonly #clocks: RateClocks;
  readonly #starts: Starts;
  readonly #throttle = new Throttle();
  #day = 0;
  #used = 0;
  #toldLeft = Number.POSITIVE_INFINITY;

  constructor(limits: RateLimits, clocks: RateClocks) {
    this.#limits = limits;
    this.#clocks = clocks;
    this.#starts = new Starts(limits.perSecond);
  }

  async reserve(): Promise<Turn> {
    return this.take();
  }

  /** As `reserve`, for a process that is one of so many which cannot agree: each keeps to its part of the rate. */
  take(processes = 1): Turn {
    const now = this.#clocks.elapsed();
    const closedMs = Math.max(this.pausedMs, this.#countedLeft() > 0 ? 0 : this.#untilMidnight());
    if (closedMs > 0) return { kind: 'closed', inMs: closedMs };
    const { allowed, windowMs } = this.#pace(now, processes);
    const at = this.#starts.reserve(now, allowed, windowMs);
    this.#used += processes;
    this.#toldLeft -= 1;
    return { kind: 'start', inMs: at - now };
  }

  earliestMs(ahead: number): number {
    const now = this.#clocks.elapsed();
    const { allowed, windowMs } = this.#pace(now, 1);
    const midnight = this.#countedLeft() > ahead ? 0 : this.#untilMidnight();
    return Math.max(this.pausedMs, midnight, this.#starts.earliest(now, allowed, windowMs, ahead) - now);
  }

  get pausedMs(): number {
    return Math.max(0, this.#throttle.until - this.#clocks.elapsed());
  }

  /** Begins a pause and tells how long it is. */
  throttled(retryAfterSeconds: number | undefined): number {
    return this.#throttle.throttled(retryAfterSeconds, this.#clocks.elapsed());
  }

  told(remaining: number): void {
    this.#today();
    this.#toldLeft = remaining;
  }

  get leftToday(): number {
    return Math.max(0, Math.min(this.#countedLeft(), this.#toldLeft));
  }

  /** So many calls were made today by all processes together. */
  used(calls: number): void {
    this.#today();
    this.#used = calls;
  }

  /** So many starts in a window of so many milliseconds: longer windows where a second's part is less than one call. */
  #pace(now: number, processes: number): { readonly allowed: number; readonly windowMs: number } {
    const exact = Math.max(1, this.#limits.perSecond * this.#throttle.share(now)) / processes;
    return exact >= 1
      ? { allowed: Math.floor(exact), windowMs: WINDOW_MS }
      : { allowed: 1, windowMs: WINDOW_MS / exact };
  }

  /** What the source itself tells only informs: a header's meaning may be another than a day's calls. */
  #countedLeft(): number {
    this.#today();
    return Math.max(0, this.#limits.perDay - this.#used);
  }

  #today(): void {
    const day = Math.floor(this.#clocks.now() / DAY_MS);
    if (day === this.#day) return;
    this.#day = day;
    this.#used = 0;
    this.#toldLeft = Number.POSITIVE_INFINITY;
  }

  #untilMidnight(): number {
    return DAY_MS - (this.#clocks.now() % DAY_MS);
  }
}

/** Rates that this process counts for itself. */
export class ProcessRates implements Rates {
  readonly #clocks: RateClocks;
  readonly #sources = new Map<SourceId, ProcessRate>();

  constructor(clocks: RateClocks = CLOCKS) {
    this.#clocks = clocks;
  }

  of(source: SourceId, limits: RateLimits): ProcessRate {
    const known = this.#sources.get(source) ?? new ProcessRate(limits, this.#clocks);
    this.#sources.set(source, known);
    return known;
  }
}
