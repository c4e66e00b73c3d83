export interface Change {
  readonly n: number;
}

/** Changes published in one turn: then others get theirs, however many the followers take at once. */
const BURST = 8;

/**
 * One stream of changes, numbered from 0, that every subscriber follows at its own pace from the first to the last.
 * Nothing is published before `expected` of them are there.
 */
export class Changes {
  readonly #last: number;
  readonly #expected: number;
  readonly #log: Change[] = [];
  readonly #followers = new Set<Follower>();
  #subscribed = 0;
  #allowed = 0;
  /** Is the next turn's publishing on its way? */
  #goesOn = false;

  constructor(events: number, expected: number) {
    this.#last = events;
    this.#expected = expected;
  }

  get published(): number {
    return this.#log.length;
  }

  subscribe(): AsyncIterableIterator<Change> {
    const follower: Follower = new Follower(this.#log, this.#last, () => this.#followers.delete(follower));
    this.#followers.add(follower);
    this.#subscribed++;
    this.#publish();
    return follower;
  }

  /** Publishes up to so many changes in all. */
  allow(upTo: number): void {
    this.#allowed = Math.max(this.#allowed, Math.min(upTo, this.#last));
    this.#publish();
  }

  #publish(): void {
    if (this.#subscribed < this.#expected || this.#log.length >= this.#allowed || this.#goesOn) return;
    const upTo = Math.min(this.#allowed, this.#log.length + BURST);
    while (this.#log.length < upTo) this.#log.push({ n: this.#log.length });
    for (const follower of this.#followers) follower.wake();
    this.#goesOn = true;
    setImmediate(() => {
      this.#goesOn = false;
      this.#publish();
    });
  }
}

/** One subscriber's place in the log. */
class Follower implements AsyncIterableIterator<Change> {
  readonly #log: readonly Change[];
  readonly #last: number;
  readonly #leave: () => void;
  #at = 0;
  #over = false;
  #waiting: ((result: IteratorResult<Change, undefined>) => void) | undefined;

  constructor(log: readonly Change[], last: number, leave: () => void) {
    this.#log = log;
    this.#last = last;
    this.#leave = leave;
  }

  next(): Promise<IteratorResult<Change, undefined>> {
    const result = this.#take();
    if (result !== undefined) return Promise.resolve(result);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  wake(): void {
    const waiting = this.#waiting;
    const result = waiting === undefined ? undefined : this.#take();
    if (waiting === undefined || result === undefined) return;
    this.#waiting = undefined;
    waiting(result);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#over = true;
    this.#leave();
    this.wake();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): IteratorResult<Change, undefined> | undefined {
    if (this.#over || this.#at >= this.#last) {
      this.#leave();
      return { done: true, value: undefined };
    }
    const value = this.#log[this.#at];
    if (value === undefined) return undefined;
    this.#at++;
    return { done: false, value };
  }
}
