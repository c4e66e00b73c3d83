/** Results that are under way or wait to be taken. */
class Results<T, R> {
  readonly #most: number;
  readonly #make: (item: T) => Promise<R>;
  readonly #made: Promise<R>[] = [];
  #end: { readonly thrown?: unknown } | undefined;
  #closed = false;
  #wake = (): void => undefined;
  #room = (): void => undefined;

  constructor(most: number, make: (item: T) => Promise<R>) {
    this.#most = most;
    this.#make = make;
  }

  /** Takes all of them; never rejects. */
  async from(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) {
        this.#begin(item);
        while (this.#made.length >= this.#most && !this.#closed)
          await new Promise<void>((resolve) => {
            this.#room = resolve;
          });
        if (this.#closed) return;
      }
      this.#end = {};
    } catch (thrown) {
      this.#end = { thrown };
    } finally {
      this.#wake();
    }
  }

  /** The next one; undefined after the last. @throws what the source, or the making of this one, failed with */
  async next(): Promise<{ readonly result: R } | undefined> {
    while (this.#made[0] === undefined) {
      if (this.#end !== undefined && 'thrown' in this.#end) throw this.#end.thrown;
      if (this.#end !== undefined) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const result = await this.#made[0];
    this.#made.shift();
    this.#room();
    return { result };
  }

  close(): void {
    this.#closed = true;
    this.#room();
  }

  #begin(item: T): void {
    const result = this.#make(item);
    result.catch(() => undefined); // whoever takes it hears of it
    this.#made.push(result);
    this.#wake();
  }
}

/**
 * Makes something of each item, several at once, and gives the results in the items' order. Takes an item from the source
 * only while fewer than `most` results are under way or wait to be taken. Begins when it is first asked. When the source
 * fails, that is told after what came before it.
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  most: number,
  make: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const results = new Results(most, make);
  void results.from(source);
  try {
    for (let next = await results.next(); next !== undefined; next = await results.next()) yield next.result;
  } finally {
    results.close();
  }
}
