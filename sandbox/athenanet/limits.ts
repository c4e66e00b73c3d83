/** What is left of a limit after a call was counted, or that the call was over it. */
export interface Count {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the limit starts again. */
  readonly seconds: number;
}

export interface Limit {
  take(): Count;
  /** Whether a call would be allowed, without counting it. */
  peek(): Count;
}

/** Counts calls in fixed windows that start with the epoch, so days end at midnight GMT. */
export const limited = (limit: number, windowMs: number, now: () => number): Limit => {
  let window = -1;
  let used = 0;
  const look = (): Count => {
    const time = now();
    const current = Math.floor(time / windowMs);
    if (current !== window) {
      window = current;
      used = 0;
    }
    return {
      allowed: used < limit,
      limit,
      remaining: Math.max(0, limit - used),
      seconds: Math.ceil(((current + 1) * windowMs - time) / 1000),
    };
  };
  return {
    peek: look,
    take: () => {
      const before = look();
      if (!before.allowed) return before;
      used += 1;
      return { ...before, remaining: limit - used };
    },
  };
};
