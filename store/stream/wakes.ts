import { type SourceId, sourceId } from '../../schema/ids.ts';

const NET_MS = 1_000; // for what was told while nobody heard it, and for events whose holder died

/**
 * Wakes who waits in this process for changes or events. It carries no news itself: who is woken looks. As long as
 * anybody waits, one slow look for all of them is the net under it.
 */
export class Wakes {
  readonly #forChanges = new Set<() => void>();
  readonly #forEvents = new Set<(source: SourceId) => void>();
  /** The number of the last change that was told of. */
  #seq = 0;
  #look: () => Promise<void> = async () => {};
  #looking = false;
  #net: NodeJS.Timeout | undefined;

  /** Says how to look for what nobody told. */
  lookBy(look: () => Promise<void>): void {
    this.#look = look;
  }

  /** Changes up to this number are there. */
  appended(seq: number): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    for (const listener of [...this.#forChanges]) listener();
  }

  received(source: SourceId): void {
    for (const listener of [...this.#forEvents]) listener(source);
  }

  /** What another process told; false when it was not about the stream. */
  told(id: string, source: string): boolean {
    if (id === 'changes') this.appended(Number(source));
    else if (id === 'inbox') this.received(sourceId(source));
    else return false;
    return true;
  }

  /** Looks now, if anybody waits. */
  async missed(): Promise<void> {
    if (this.#net === undefined || this.#looking) return;
    this.#looking = true;
    try {
      await this.#look();
    } catch {
      // the database is away: the next look may find it again, and whoever reads hears of it
    } finally {
      this.#looking = false;
    }
  }

  /** Listens for changes. Returns what ends it. */
  onAppend(listener: () => void): () => void {
    return this.#enter(this.#forChanges, () => listener());
  }

  onReceive(listener: (source: SourceId) => void): () => void {
    return this.#enter(this.#forEvents, (source) => listener(source));
  }

  close(): void {
    clearInterval(this.#net);
    this.#net = undefined;
  }

  /** `entry` is a function of its own each time, so that the same listener may listen twice. */
  #enter<T>(register: Set<T>, entry: T): () => void {
    register.add(entry);
    this.#net ??= setInterval(() => void this.missed(), NET_MS).unref();
    return () => {
      register.delete(entry);
      if (this.#forChanges.size + this.#forEvents.size === 0) this.close();
    };
  }
}
