/** What clients that stay connected may take. */
export interface StreamLimits {
  /**
   * WebSockets and event streams of this process together. Each takes a file descriptor, of which a process often has
   * 10,240 for vendors, subgraphs and requests as well, and up to `bufferedBytes` of memory while its client is slow.
   */
  readonly connections: number;
  /** Operations that one WebSocket runs at once: a page shows a few dozen things that change. */
  readonly operations: number;
  /** Milliseconds from a WebSocket's opening to its `connection_init`. */
  readonly initMs: number;
  /** Milliseconds between signs of life; a WebSocket that does not answer one is cut off at the next. */
  readonly keepAliveMs: number;
  /** Messages written that the client's side has not taken yet: then the subscription's next events wait. */
  readonly bufferedMessages: number;
  /** The same in characters: one answer's worth of a large page. */
  readonly bufferedLength: number;
  /** Milliseconds that a client may leave a full buffer as it is before it is cut off. */
  readonly stalledMs: number;
}

export const STREAM_LIMITS: StreamLimits = {
  connections: 5_000,
  operations: 32,
  initMs: 3_000,
  keepAliveMs: 12_000,
  bufferedMessages: 1_000,
  bufferedLength: 1024 * 1024,
  stalledMs: 10_000,
};

/** Places for connections that stay, counted over all kinds of them. */
export class Seats {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Is there a place? Then it is taken until `free`. */
  take(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken++;
    return true;
  }

  free(): void {
    this.#taken--;
  }
}

/** Queries and mutations that are under way on connections that stay: a server that stops answers them first. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count > 0) return;
    for (const go of this.#waiting) go();
    this.#waiting = [];
  }

  /** Resolves when none is left; each has its deadline. */
  none(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** What every kind of connection that stays has in common. */
export interface StreamOptions {
  readonly limits: StreamLimits;
  readonly seats: Seats;
  readonly inFlight: InFlight;
  readonly isDraining: () => boolean;
}
