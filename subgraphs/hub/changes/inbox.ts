import type { ChangeRow } from '../../../store/changes.ts';
import type { Receiver } from './tail.ts';

/** Changes that may wait for one subscriber; those beyond are read from the log again, when it comes to them. */
const MOST_WAITING = 1_000;

/** What waits for one subscriber between the tail, which waits for nobody, and a client that takes its time. */
export class Inbox implements Receiver {
  /** Called when it takes nothing any more. */
  #ended: () => void = () => undefined;
  #rows: ChangeRow[] = [];
  #taken = 0;
  #end: { readonly thrown?: unknown } | undefined;
  #wake: () => void = () => undefined;

  onEnd(ended: () => void): void {
    this.#ended = ended;
  }

  /** When there is no room it takes this one and all later ones no more. */
  take(row: ChangeRow): void {
    if (this.#end !== undefined) return;
    if (this.#rows.length - this.#taken >= MOST_WAITING) {
      this.end();
      return;
    }
    this.#rows.push(row);
    this.#wake();
  }

  fail(thrown: unknown): void {
    this.#finish({ thrown });
  }

  /** Nothing more is taken; what waits is still given. */
  end(): void {
    this.#finish({});
  }

  /** The next one; undefined when it was ended and nothing waits any more. @throws what it failed with */
  async next(): Promise<ChangeRow | undefined> {
    for (;;) {
      const row = this.#rows[this.#taken];
      if (row !== undefined) return this.#give(row);
      if (this.#end !== undefined && 'thrown' in this.#end) throw this.#end.thrown;
      if (this.#end !== undefined) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #give(row: ChangeRow): ChangeRow {
    this.#taken++;
    if (this.#taken === this.#rows.length) {
      this.#rows = [];
      this.#taken = 0;
    }
    return row;
  }

  #finish(end: { readonly thrown?: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#ended();
    this.#wake();
  }
}
