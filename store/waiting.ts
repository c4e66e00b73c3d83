import type { Ground } from './ground.ts';
import { settledAmong } from './reading.ts';

const NET_MS = 1_000; // only for what was told while nobody heard it

/** Waits for rows to become something. Who waits is woken by the bell; one slow look for all of them is the net under it. */
export class Waiting {
  readonly #ground: Ground;
  #net: NodeJS.Timeout | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** What `read` gives as soon as `done` says so of it, or it gives nothing, or the signal aborts. */
  async until<T>(
    id: string,
    signal: AbortSignal,
    read: () => Promise<T | undefined>,
    done: (found: T) => boolean,
  ): Promise<T | undefined> {
    let wake = (): void => {};
    const woken = (): void => wake();
    const end = this.#ground.bell.onRow(id, woken);
    signal.addEventListener('abort', woken);
    this.#net ??= setInterval(() => void this.#look(), NET_MS).unref();
    try {
      for (;;) {
        const { promise: rung, resolve } = Promise.withResolvers<void>();
        wake = resolve; // before reading: what happens meanwhile rings too
        const found = await read();
        if (found === undefined || done(found) || signal.aborted) return found;
        await rung;
      }
    } finally {
      signal.removeEventListener('abort', woken);
      end();
      if (this.#ground.bell.awaited().length === 0) this.close();
    }
  }

  close(): void {
    clearInterval(this.#net);
    this.#net = undefined;
  }

  async #look(): Promise<void> {
    const { bell } = this.#ground;
    try {
      for (const { id, source } of await settledAmong(this.#ground, bell.awaited())) bell.ring(id, source);
    } catch {
      // the database is away: the next look may find it again, and whoever reads hears of it
    }
  }
}
