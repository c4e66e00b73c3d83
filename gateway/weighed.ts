import QuickLRU from 'quick-lru';

interface Held<Value> {
  readonly value: Value;
  readonly weight: number;
}

/** Values by text, the least recently used forgotten first: at most so many, and at most so heavy all together. */
export class Weighed<Value> {
  readonly #held: QuickLRU<string, Held<Value>>;
  readonly #mostWeight: number;
  #weight = 0;

  constructor(most: { readonly entries: number; readonly weight: number }) {
    this.#mostWeight = most.weight;
    this.#held = new QuickLRU({ maxSize: most.entries, onEviction: (_key, { weight }) => this.#lighten(weight) });
  }

  get(key: string): Value | undefined {
    return this.#held.get(key)?.value;
  }

  /** Keeps a value, unless it alone weighs more than all may. */
  set(key: string, value: Value, weight: number): void {
    if (weight > this.#mostWeight) return;
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
