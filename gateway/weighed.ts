import QuickLRU from 'quick-lru';

interface Held<Value> {
  readonly value: Value;
  readonly weight: number;
}

/**
 * Characters of a text by which a value is kept; the longest saved operation has 4 KB. V8 hashes texts of more than 16,383
 * by their length alone: looking one up would compare it with every other of its length.
 */
const LONGEST_KEY = 16_000;

/**
 * Values by text, the least recently used forgotten first: at most so many, and at most so heavy all together. Nothing is
 * kept by a very long text.
 */
export class Weighed<Value> {
  readonly #held: QuickLRU<string, Held<Value>>;
  readonly #mostWeight: number;
  #weight = 0;

  constructor(most: { readonly entries: number; readonly weight: number }) {
    this.#mostWeight = most.weight;
    this.#held = new QuickLRU({ maxSize: most.entries, onEviction: (_key, { weight }) => this.#lighten(weight) });
  }

  get(key: string): Value | undefined {
    return key.length > LONGEST_KEY ? undefined : this.#held.get(key)?.value;
  }

  /** Keeps a value, unless it alone weighs more than all may or its text is very long. */
  set(key: string, value: Value, weight: number): void {
    if (weight > this.#mostWeight || key.length > LONGEST_KEY) return;
    const before = this.#held.peek(key);
    if (before !== undefined) {
      this.#lighten(before.weight);
      // the library would keep the old one beside the new, and tell of its eviction later
      this.#held.delete(key);
    }
    this.#weight += weight;
    this.#held.set(key, { value, weight });
    // a tenth at a time: the library sorts all entries to find the oldest
    while (this.#weight > this.#mostWeight && this.#held.size > 1) this.#held.evict(Math.ceil(this.#held.size / 10));
  }

  #lighten(weight: number): void {
    this.#weight -= weight;
  }
}
