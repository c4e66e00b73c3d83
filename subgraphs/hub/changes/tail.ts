import { setImmediate } from 'node:timers/promises';
import { type ChangeRow, type Changes, CursorTooOld } from '../../../store/changes.ts';
import { Register } from './register.ts';
import type { Wanted } from './wanted.ts';

/** Changes that are read at once; then others get their turn. The log gives up to 1,000, so that fewer are the last. */
const BATCH = 500;

/** Changes that are kept for those who come back after a moment: some seconds of a busy practice. */
const MOST_RECENT = 1_000;

/** Milliseconds until the next look when the log could not be read: nothing may wake this one again. */
const RETRY_MS = 1_000;

/** What following the log takes. */
export type ReadableLog = Pick<Changes, 'after' | 'end' | 'onAppend'>;

/** Someone who follows the end of the log. */
export interface Receiver {
  take(row: ChangeRow): void;
  /** What comes next can never be told: the log was purged before it was read. */
  fail(thrown: unknown): void;
}

/** The log's end, as it is read while somebody follows it: once for all who do. */
export class Reading {
  /** Resolves when there is a position. Rejects when the log cannot be read. */
  readonly begun: Promise<void>;
  readonly #changes: ReadableLog;
  readonly #register = new Register();
  readonly #receivers = new Set<Receiver>();
  readonly #silence: () => void;
  #retry: NodeJS.Timeout | undefined;
  #recent: ChangeRow[] = [];
  #position = '';
  #look = Promise.resolve();
  #next: Promise<void> | undefined;
  #closed = false;

  constructor(changes: ReadableLog) {
    this.#changes = changes;
    this.#silence = changes.onAppend(() => this.#wake());
    this.begun = changes.end().then((end) => {
      this.#position = end;
    });
    this.begun.catch(() => undefined);
  }

  /** The cursor up to which everybody who has joined has been told. */
  get position(): string {
    return this.#position;
  }

  /** All changes from a cursor up to the position, where they are still at hand. */
  since(cursor: string): readonly ChangeRow[] | undefined {
    if (cursor === this.#position) return [];
    const at = this.#recent.findLastIndex((row) => row.cursor === cursor);
    return at < 0 ? undefined : this.#recent.slice(at + 1);
  }

  /** Tells a receiver of every change after the position that is wanted. Returns what ends it. */
  join(wanted: Wanted, receiver: Receiver): () => void {
    const strike = this.#register.add(wanted, (row) => receiver.take(row));
    this.#receivers.add(receiver);
    return () => {
      strike();
      this.#receivers.delete(receiver);
    };
  }

  /** Reads to the end as it is now, or later. @throws StoreError */
  look(): Promise<void> {
    // the one that is under way may have passed the end already, and two at once would tell everything twice
    this.#next ??= this.#look
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#look = this.#read();
        return this.#look;
      });
    return this.#next;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#silence();
  }

  #wake(): void {
    this.look().catch(() => {
      clearTimeout(this.#retry);
      if (!this.#closed) this.#retry = setTimeout(() => this.#wake(), RETRY_MS).unref();
    });
  }

  async #read(): Promise<void> {
    await this.begun;
    try {
      while (!this.#closed) {
        const rows = await this.#changes.after(this.#position, BATCH);
        for (const row of rows) this.#tell(row);
        this.#recent = this.#recent.slice(-MOST_RECENT);
        if (rows.length < BATCH) return;
        await setImmediate();
      }
    } catch (thrown) {
      if (!(thrown instanceof CursorTooOld)) throw thrown;
      await this.#skip(thrown);
    }
  }

  #tell(row: ChangeRow): void {
    this.#position = row.cursor;
    this.#recent.push(row);
    this.#register.tell(row);
  }

  /** The log was purged up to a point that was not read yet: whoever follows has missed something. */
  async #skip(thrown: CursorTooOld): Promise<void> {
    this.#position = await this.#changes.end();
    this.#recent = [];
    for (const receiver of [...this.#receivers]) receiver.fail(thrown);
  }
}

/** The one reader of the log in this process. It reads only while somebody follows. */
export class Tail {
  readonly changes: ReadableLog;
  #reading: Reading | undefined;
  #followers = 0;

  constructor(changes: ReadableLog) {
    this.changes = changes;
  }

  /** Somebody follows, until `leave` is called as often. */
  enter(): Reading {
    this.#followers++;
    this.#reading ??= new Reading(this.changes);
    return this.#reading;
  }

  leave(): void {
    this.#followers--;
    if (this.#followers > 0) return;
    this.#reading?.close();
    this.#reading = undefined;
  }
}
