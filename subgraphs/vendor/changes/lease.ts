import type { Changes } from '../../../store/changes.ts';

/** How often it is kept while it lasts: one that cannot be kept once or twice does not end. */
const KEPT_TIMES = 3;

/** What one process at a time may hold, as long as it keeps it: after a crash it ends by itself. */
export class Lease {
  readonly #changes: Pick<Changes, 'lease' | 'release'>;
  readonly #name: string;
  readonly #holder: string;
  readonly #ms: number;
  #lost = true;

  constructor(changes: Pick<Changes, 'lease' | 'release'>, name: string, holder: string, ms: number) {
    this.#changes = changes;
    this.#name = name;
    this.#holder = holder;
    this.#ms = ms;
  }

  /** False when another process has it. */
  take(): Promise<boolean> {
    this.#lost = false;
    return this.keep();
  }

  /** False when another process had it since it was taken: it is not taken back, whoever has it now. */
  async keep(): Promise<boolean> {
    if (this.#lost) return false;
    if (!(await this.#changes.lease(this.#name, this.#holder, this.#ms))) this.#lost = true;
    return !this.#lost;
  }

  /** Keeps it until the work is done, however long that takes. The work goes on when it is lost. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    let keeping: Promise<unknown> = Promise.resolve();
    const timer = setInterval(() => {
      keeping = keeping.then(() => this.keep()).catch(() => undefined); // it may be there the next time
    }, this.#ms / KEPT_TIMES).unref();
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await keeping; // so that it is not taken after it was released
    }
  }

  async release(): Promise<void> {
    this.#lost = true;
    await this.#changes.release(this.#name, this.#holder).catch(() => undefined); // it ends by itself
  }
}
