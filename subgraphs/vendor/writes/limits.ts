/** How writes are carried out, in milliseconds. */
export interface WriteTimes {
  /** One attempt with its reads; a vendor call has its source's own time-out besides. */
  readonly attemptMs: number;
  /**
   * How long after a request broke off the vendor may still be at work on it. What is not there after this time is taken
   * for never written, and sent again. After a time-out it is the source's time-out, if that is longer.
   */
  readonly settleMs: number;
  /** A write that could not be sent for so long, or not be looked up, is left to a person. */
  readonly giveUpMs: number;
  /** The first and the longest pause before it is tried again. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** How long writes under way may go on when the process stops. */
  readonly drainMs: number;
}

export const WRITE_TIMES: WriteTimes = {
  attemptMs: 30_000,
  settleMs: 2_000,
  giveUpMs: 15 * 60_000,
  pauseMs: 500,
  longestPauseMs: 30_000,
  drainMs: 10_000,
};

/** Writes of one source under way in this process; their vendor calls wait for the source's own limits besides. */
export const MOST_AT_ONCE = 16;
