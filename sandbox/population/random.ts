/** A repeatable stream of chance: the same seed and label give the same numbers. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from low to high, both included. */
  int(low: number, high: number): number;
  chance(share: number): boolean;
  /** One of the list; refuses an empty one. */
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  /** A stream of its own, so that one part's demand does not shift another's numbers. */
  fork(label: string): Random;
}

const hash = (text: string, start: number): number => {
  let value = start >>> 0;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
};

/** Starts a stream (mulberry32) from a seed. */
export const random = (seed: number): Random => {
  let state = hash(String(seed), 0x811c9dc5);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (list) => {
      const position = int(0, list.length - 1);
      const [chosen] = list.slice(position, position + 1);
      if (chosen === undefined) throw new RangeError('nothing to pick from');
      return chosen;
    },
    shuffled: (list) =>
      list
        .map((item) => ({ item, order: next() }))
        .sort((one, other) => one.order - other.order)
        .map(({ item }) => item),
    fork: (label) => random(hash(label, hash(String(seed), 0x811c9dc5))),
  };
};
