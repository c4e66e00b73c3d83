import { orStoreError, StoreError } from './error.ts';
import type { Ground } from './ground.ts';

interface DoorSettings {
  /** Whether nothing is there yet, so that nobody need open the database to look. */
  readonly blank: boolean;
  /** What passes as it is; everything else that is thrown becomes a StoreError. */
  readonly passes: (thrown: unknown) => boolean;
}

/** The one way of a log to its tables. */
export class Door {
  readonly #ground: Ground;
  readonly #passes: (thrown: unknown) => boolean;
  #blank: boolean;
  #closed = false;

  constructor(ground: Ground, { blank, passes }: DoorSettings) {
    this.#ground = ground;
    this.#blank = blank;
    this.#passes = passes;
  }

  /** Whether nothing was ever recorded here. */
  get isBlank(): boolean {
    return this.#blank;
  }

  /** Asks the database, unless it is known to have nothing. */
  async look<T>(nothing: T, work: (ground: Ground) => Promise<T>): Promise<T> {
    return this.#blank && !this.#closed ? nothing : this.ask(work);
  }

  /** Asks the database for something that leaves something there. */
  async record<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
    this.#blank = false;
    return this.ask(work);
  }

  async ask<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('unavailable');
    try {
      return await work(this.#ground);
    } catch (thrown) {
      if (this.#passes(thrown)) throw thrown;
      return orStoreError('unavailable', () => Promise.reject(thrown));
    }
  }

  /** Whatever is asked from now on fails. */
  close(): void {
    this.#closed = true;
  }
}
