import type { SourceId } from '../schema/ids.ts';

/** Calls that a source may be sent: in any second, and on a day of UTC. */
export interface RateLimits {
  readonly perSecond: number;
  readonly perDay: number;
}

/** `start`: one call is counted and may start in so many milliseconds. `closed`: none may, and none is counted. */
export type Turn = { readonly kind: 'start' | 'closed'; readonly inMs: number };

/** How fast one source may be called. Counts starts, whatever becomes of the calls. */
export interface SourceRate {
  /** The next instant at which one call may start. To be asked for one call at a time: so processes take turns. */
  reserve(): Promise<Turn>;
  /** Milliseconds before which the call behind so many others cannot start. */
  earliestMs(ahead: number): number;
  /** How long the source is still paused, because it said that it is called too often. */
  readonly pausedMs: number;
  /** The source says that it is called too often: it is left alone for the time it asks for, and called more slowly. */
  throttled(retryAfterSeconds: number | undefined): void;
  /** The source says how many calls it will still answer today; this is only shown. */
  told(remaining: number): void;
  /** Calls left today by our own count, or by the source's where that is lower. */
  readonly leftToday: number;
}

/** The rates of all sources: counted in this process, or by all processes together. */
export interface Rates {
  /** The same object for the same source. */
  of(source: SourceId, limits: RateLimits): SourceRate;
}

/** The clocks of rates: `elapsed` is monotonic, `now` tells the day. */
export interface RateClocks {
  readonly elapsed: () => number;
  readonly now: () => number;
}

export const CLOCKS: RateClocks = { elapsed: () => performance.now(), now: () => Date.now() };
