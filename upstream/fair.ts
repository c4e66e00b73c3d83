/**
 * A queue that serves its callers in turn, and a caller's operations in turn, each operation first come first served: who
 * waits with a hundred calls gets as many as who waits with one.
 */
export class FairQueue<T> {
  /** By caller and operation; in both maps the next in turn is first. */
  readonly #callers = new Map<string, Map<string, Set<T>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(caller: string, operation: string, item: T): void {
    const operations = this.#callers.get(caller) ?? new Map<string, Set<T>>();
    const items = operations.get(operation) ?? new Set();
    this.#callers.set(caller, operations.set(operation, items.add(item)));
    this.#size += 1;
  }

  /** The item whose turn it is; its operation and its caller go to the end of their rows. */
  take(): T | undefined {
    for (const [caller, operations] of this.#callers)
      for (const [operation, items] of operations)
        for (const item of items) {
          this.#callers.delete(caller);
          operations.delete(operation);
          items.delete(item);
          if (items.size > 0) operations.set(operation, items);
          if (operations.size > 0) this.#callers.set(caller, operations);
          this.#size -= 1;
          return item;
        }
    return undefined;
  }

  /** Takes an item out of turn; `false` when it is no longer here. */
  remove(caller: string, operation: string, item: T): boolean {
    const operations = this.#callers.get(caller);
    const items = operations?.get(operation);
    if (operations === undefined || items?.delete(item) !== true) return false;
    if (items.size === 0) operations.delete(operation);
    if (operations.size === 0) this.#callers.delete(caller);
    this.#size -= 1;
    return true;
  }

  /** How many of those here will be served before a new item of this operation, at the least. */
  ahead(caller: string, operation: string): number {
    const own = this.#callers.get(caller) ?? new Map<string, Set<T>>();
    const mine = own.get(operation)?.size ?? 0;
    const turns = sum(own, (name, items) => (name === operation ? mine : Math.min(items.size, mine)));
    return sum(this.#callers, (name, operations) =>
      name === caller
        ? turns
        : Math.min(
            turns,
            sum(operations, (_operation, items) => items.size),
          ),
    );
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const operations of this.#callers.values()) for (const items of operations.values()) yield* items;
  }
}

const sum = <V>(map: ReadonlyMap<string, V>, of: (name: string, value: V) => number): number => {
  let total = 0;
  for (const [name, value] of map) total += of(name, value);
  return total;
};
