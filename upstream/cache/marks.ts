import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceId } from '../../schema/ids.ts';

/** Marks per source that wait to be written. With more, all that the source has in the cache is taken for changed. */
const MOST_WAITING = 1000;
/** How often writing is tried again while the store cannot be asked. */
const AGAIN_MS = 250;
/**
 * How long whoever writes marks waits for a store that does not answer for a moment, so that other processes see them before
 * the change is told. One that is away is waited for once.
 */
const PATIENCE_MS = 1_500;
const PAUSE_MS = 50;

type Write = (source: SourceId, tags: readonly string[] | 'all') => Promise<boolean>;

/** Marks that could not be written yet. They are tried until they are; meanwhile the source's cache is not to be used. */
export class UnwrittenMarks {
  readonly #waiting = new Map<SourceId, Set<string> | 'all'>();
  readonly #writing = new Map<SourceId, Promise<boolean>>();
  readonly #write: Write;
  #again: NodeJS.Timeout | undefined;
  /** Somebody has waited in vain since the last that was written. */
  #isAway = false;
  #isClosed = false;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Writes marks, now or as soon as it can be done. */
  async write(source: SourceId, tags: readonly string[]): Promise<void> {
    const waiting = this.#waiting.get(source) ?? new Set<string>();
    if (waiting !== 'all') for (const tag of tags) waiting.add(tag);
    this.#waiting.set(source, waiting !== 'all' && waiting.size > MOST_WAITING ? 'all' : waiting);
    const until = performance.now() + PATIENCE_MS;
    while (!(await this.written(source)) && !this.#isAway && !this.#isClosed) {
      this.#isAway = performance.now() >= until;
      await sleep(PAUSE_MS);
    }
  }

  /** Is everything of this source written? If not, it is tried once more. */
  async written(source: SourceId): Promise<boolean> {
    while (this.#writing.has(source) || this.#waiting.has(source)) {
      const writing = this.#writing.get(source) ?? this.#begin(source);
      if (!(await writing)) return false;
    }
    return true;
  }

  #begin(source: SourceId): Promise<boolean> {
    const tags = this.#waiting.get(source) ?? new Set<string>();
    this.#waiting.delete(source);
    const writing = this.#write(source, tags === 'all' ? tags : [...tags])
      .then((done) => {
        if (done) this.#isAway = false;
        else this.#wait(source, tags);
        return done;
      })
      .finally(() => this.#writing.delete(source));
    this.#writing.set(source, writing);
    return writing;
  }

  #wait(source: SourceId, tags: Set<string> | 'all'): void {
    const since = this.#waiting.get(source);
    const all = tags === 'all' || since === 'all' ? 'all' : new Set([...tags, ...(since ?? [])]);
    this.#waiting.set(source, all !== 'all' && all.size > MOST_WAITING ? 'all' : all);
    this.#again ??= setTimeout(() => this.#retry(), AGAIN_MS).unref();
  }

  #retry(): void {
    this.#again = undefined;
    for (const source of [...this.#waiting.keys()]) void this.written(source);
  }

  /** Tries a last time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    await Promise.all([...this.#waiting.keys()].map((source) => this.written(source)));
    clearTimeout(this.#again);
  }
}
