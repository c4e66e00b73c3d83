/** One kept answer. */
export interface Entry {
  /** Plain data; sets and maps may be in it. */
  readonly value: unknown;
  /** When it was fetched, milliseconds since the epoch. */
  readonly at: number;
  /** Where the source's changes stood when its reading began: a later change of any of the tags makes it void. */
  readonly position: number;
  readonly tags: readonly string[];
  /** How long it is as good as asked anew, and how much longer it may stand in when the vendor fails. */
  readonly freshMs: number;
  readonly staleMs: number;
}

/** Longer than this from now, a time was not told by a clock like ours. */
const CLOCK_MARGIN_MS = 60_000;

/** How good an entry still is. One from the future counts as too old. */
export const stateOf = ({ at, freshMs, staleMs }: Entry, now: number): 'fresh' | 'stale' | 'old' => {
  const age = now - at;
  if (age < -CLOCK_MARGIN_MS) return 'old';
  return age < freshMs ? 'fresh' : age < freshMs + staleMs ? 'stale' : 'old';
};
