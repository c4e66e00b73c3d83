/** When a call was under way, in milliseconds of one clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The most calls of which each began after the one before had ended: the round trips that an operation waited for. */
export const sequentialDepth = (spans: readonly Span[]): number => {
  let [depth, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, to } of spans.toSorted((one, other) => one.to - other.to))
    if (from >= end) {
      depth += 1;
      end = to;
    }
  return depth;
};
