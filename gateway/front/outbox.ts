import { setImmediate } from 'node:timers/promises';
import type { StreamLimits } from './streams.ts';

/** Where messages go: a WebSocket, or the response of an event stream. */
export interface Outlet {
  isOpen(): boolean;
  /** Writes; `taken` is called when the operating system has it, or never will. */
  write(message: string, taken: () => void): void;
  /** Cuts off a client that takes nothing. */
  tooSlow(): void;
}

/** The client is not there any more. */
export class Gone extends Error {
  override readonly name = 'Gone';
}

/**
 * Messages in a row until other work gets its turn: a source that has many events ready would keep all else waiting,
 * and a thousand clients of one source take this many turns of some ten microseconds each before anybody else.
 */
const BURST = 8;

/** Writers that may wait for room at once, beside one for each operation: the protocol's own messages, as pongs. */
const MORE_WAITING = 32;

/**
 * The queue between the events and one client. It is bounded: when it is full, writers wait, and so nothing more is
 * pulled from their sources; a client that takes nothing from a full queue for `stalledMs` is cut off. Others do not
 * notice, since each has its own.
 */
export class Outbox {
  readonly #outlet: Outlet;
  readonly #limits: StreamLimits;
  #messages = 0;
  #written = 0;
  #length = 0;
  #waiting: (() => void)[] = [];
  #stalled: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(outlet: Outlet, limits: StreamLimits) {
    this.#outlet = outlet;
    this.#limits = limits;
  }

  /**
   * Writes in order; resolves when there is room for more.
   * @throws Gone when there is nobody to write to, so that a source that never waits is ended.
   */
  put(message: string): Promise<void> {
    if (this.#closed || !this.#outlet.isOpen()) return Promise.reject(new Gone());
    this.#messages++;
    this.#length += message.length;
    this.#outlet.write(message, () => {
      this.#messages--;
      this.#length -= message.length;
      this.#progress();
    });
    this.#written++;
    return this.#written % BURST === 0 && !this.#isFull() ? setImmediate() : this.room();
  }

  /** Resolves when there is room for a message. */
  room(): Promise<void> {
    if (this.#closed || !this.#isFull()) return Promise.resolve();
    if (this.#waiting.length >= this.#limits.operations + MORE_WAITING) this.#cutOff();
    if (this.#closed) return Promise.resolve();
    this.#watch();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets everybody go who waits. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#stalled);
    this.#release();
  }

  #isFull(): boolean {
    return this.#messages >= this.#limits.bufferedMessages || this.#length >= this.#limits.bufferedLength;
  }

  #progress(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    if (this.#closed) return;
    if (this.#isFull()) this.#watch();
    else this.#release();
  }

  #watch(): void {
    this.#stalled ??= setTimeout(() => this.#cutOff(), this.#limits.stalledMs).unref();
  }

  #cutOff(): void {
    this.close();
    this.#outlet.tooSlow();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
