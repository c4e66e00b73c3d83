import { type ChangeRow, CursorTooOld } from '../changes.ts';
import { fromCursor } from './cursor.ts';

/** Changes that are read at once. */
const PAGE = 500;
/** Changes of this process that it has not read yet. One that is forgotten is taken for another process's. */
const MOST_OWN = 10_000;

export type HeardElsewhere = (row: ChangeRow) => Promise<void>;

interface Log {
  after(cursor: string, most: number): Promise<readonly ChangeRow[]>;
  end(): Promise<string>;
}

/** Tells what other processes appended, each change once and in order, from when somebody first wants to hear of it. */
export class Elsewhere {
  readonly #log: Log;
  readonly #listeners = new Set<HeardElsewhere>();
  readonly #own = new Set<string>();
  /** Up to which everything was told. */
  #place: string | undefined;
  #look = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Returns what ends it. */
  on(listener: HeardElsewhere): () => void {
    const entry: HeardElsewhere = (row) => listener(row);
    this.#listeners.add(entry);
    this.wake();
    return () => this.#listeners.delete(entry);
  }

  /** This process appended these. */
  appended(rows: readonly ChangeRow[]): void {
    if (this.#listeners.size === 0) return;
    for (const { cursor } of rows) this.#own.add(cursor);
    for (const cursor of this.#own) {
      if (this.#own.size <= MOST_OWN) break;
      this.#own.delete(cursor);
    }
  }

  /** Looks soon; what cannot be read now is read at the next look. */
  wake(): void {
    void this.#read().catch(() => undefined);
  }

  /** Until everything up to this number was told. @throws what the log throws */
  async upTo(seq: number): Promise<void> {
    if (this.#listeners.size === 0) return;
    if (this.#place === undefined || fromCursor(this.#place).seq < seq) await this.#read();
  }

  /** To the end as it is now, or later: one look at a time, since two would tell everything twice. */
  #read(): Promise<void> {
    this.#next ??= this.#look
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#look = this.#tell();
        return this.#look;
      });
    return this.#next;
  }

  async #tell(): Promise<void> {
    this.#place ??= await this.#log.end();
    try {
      for (let rows: readonly ChangeRow[] | undefined; rows === undefined || rows.length === PAGE; ) {
        rows = await this.#log.after(this.#place, PAGE);
        for (const row of rows) {
          if (!this.#own.delete(row.cursor)) for (const listener of [...this.#listeners]) await listener(row);
          this.#place = row.cursor;
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof CursorTooOld)) throw thrown;
      this.#place = await this.#log.end(); // days were slept through: nothing that is kept is as old
    }
  }
}
