import type { GraphError } from '../../schema/errors.ts';
import { failed } from './failure.ts';

/** Events of one subscription that wait to be taken: some seconds of a busy stream. */
const MOST_EVENTS = 1_000;

/** Below that, one who can wait reads on: the bytes that are read at once hold some hundred events. */
const ROOM = 100;

/**
 * Events between a subgraph that sends when it likes and a client that takes when it can. When more than
 * `MOST_EVENTS` wait, it ends with an error: none is ever left out silently.
 */
export class EventQueue<T> {
  #waiting: T[] = [];
  #end: { readonly failure: GraphError | undefined } | undefined;
  #wake: () => void = () => undefined;
  #room: () => void = () => undefined;

  push(event: T): void {
    if (this.#end !== undefined) return;
    this.#waiting.push(event);
    if (this.#waiting.length > MOST_EVENTS) {
      this.#waiting = [];
      this.end(failed('flooded'));
    }
    this.#wake();
  }

  /** The last event has come; or, with a failure, no more can. What waits is still taken. */
  end(failure?: GraphError): void {
    this.#end ??= { failure };
    this.#wake();
    this.#room();
  }

  /** Resolves when few wait, or nobody takes any more: for one who can hold events back where they come from. */
  async room(): Promise<void> {
    while (this.#waiting.length > ROOM && this.#end === undefined)
      await new Promise<void>((resolve) => {
        this.#room = resolve;
      });
  }

  /** Nobody takes any more. */
  drop(): void {
    this.#waiting = [];
    this.end();
  }

  /** @throws GraphError the failure that it was ended with, after the last event. */
  async *events(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#waiting.length > 0) {
        yield this.#waiting.shift() as T;
        if (this.#waiting.length <= ROOM) this.#room();
      }
      if (this.#end?.failure !== undefined) throw this.#end.failure;
      if (this.#end !== undefined) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
