import { GraphError } from '../schema/errors.ts';
import type { SourceId } from '../schema/ids.ts';
import type { Call } from './call.ts';
import { FairQueue } from './fair.ts';
import type { SourceRate } from './rate.ts';
import { sleep } from './sleep.ts';

/** Calls that may wait for one source: more than 100 a second could serve within the 30 s of the longest operation. */
const MOST_WAITING = 5_000;
/** A start that comes this much later than it was reserved for is reserved anew, so that starts never bunch up. */
const MOST_LATE_MS = 25;
/** On a machine that is always late, the reservation is used at last. */
const MOST_RESERVATIONS = 3;

interface Waiter {
  /** On the monotonic clock. */
  readonly until: number;
  readonly admit: () => void;
  readonly refuse: (error: GraphError) => void;
}

/**
 * Where calls to one source wait for their turn: fair between callers and their operations, so many at once, so many a
 * second and a day. Nobody waits longer than the own operation; who certainly would is refused at once.
 */
export class Gate {
  readonly #source: SourceId;
  readonly #concurrency: number;
  readonly #rate: SourceRate;
  readonly #elapsed: () => number;
  readonly #waiting = new FairQueue<Waiter>();
  readonly #closing = new AbortController();
  #inside = 0;
  #isServing = false;

  constructor(source: SourceId, concurrency: number, rate: SourceRate, elapsed: () => number) {
    this.#source = source;
    this.#concurrency = concurrency;
    this.#rate = rate;
    this.#elapsed = elapsed;
  }

  /**
   * Does the work when its turn comes. `until` is the operation's end on the monotonic clock.
   * @throws GraphError RATE_LIMITED when the turn cannot come in time, TIMEOUT when it did not, or what `flush` says.
   */
  async run<T>(call: Pick<Call, 'id' | 'caller' | 'signal'>, until: number, work: () => Promise<T>): Promise<T> {
    await this.#turn(call, until);
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      this.#serve();
    }
  }

  /** Refuses all who wait. */
  flush(error: GraphError): void {
    for (const waiter of [...this.#waiting]) waiter.refuse(error);
  }

  /** Lets nobody wait any longer. */
  close(): void {
    this.#closing.abort();
    this.flush(this.#closed());
  }

  #turn({ id, caller: { subject }, signal }: Pick<Call, 'id' | 'caller' | 'signal'>, until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const left = until - this.#elapsed();
      if (this.#closing.signal.aborted) return reject(this.#closed());
      if (left <= 0 || signal.aborted) return reject(this.#late());
      const tooLate = this.#tooLate(subject, id, left);
      if (tooLate !== undefined) return reject(tooLate);
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#waiting.remove(subject, id, waiter);
      };
      const waiter: Waiter = {
        until,
        admit: () => {
          leave();
          resolve();
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const giveUp = (): void => waiter.refuse(this.#late());
      const timer = setTimeout(giveUp, left);
      signal.addEventListener('abort', giveUp);
      this.#waiting.add(subject, id, waiter);
      this.#serve();
    });
  }

  /** Why a call that has so much time need not begin to wait, if so. */
  #tooLate(subject: string, operation: string, left: number): GraphError | undefined {
    if (this.#waiting.size >= MOST_WAITING) return this.#rateLimited(1_000);
    // counting who is ahead is only worth it where all who wait may be too many
    if (this.#rate.earliestMs(this.#waiting.size) <= left) return undefined;
    const earliest = this.#rate.earliestMs(this.#waiting.ahead(subject, operation));
    return earliest > left ? this.#rateLimited(earliest) : undefined;
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#waiting.size > 0 && this.#inside < this.#concurrency) {
      if (!(await this.#reserved())) continue;
      const next = this.#next();
      if (next === undefined) break; // all have left meanwhile: this start is not made
      this.#inside += 1;
      next.admit();
    }
    this.#isServing = false;
  }

  /** Whose turn it is. Timers may be late: nobody goes in whose operation is over. */
  #next(): Waiter | undefined {
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      if (next.until > this.#elapsed()) return next;
      next.refuse(this.#late());
    }
    return undefined;
  }

  /** Waits for leave to start one call now; `false` when there is none, and who waited in vain is refused. */
  async #reserved(): Promise<boolean> {
    for (let reservations = 1; ; reservations++) {
      const { kind, inMs } = await this.#rate.reserve();
      const at = this.#elapsed() + inMs;
      if (inMs > 0) {
        this.#refuseUntil(at, inMs);
        if (this.#waiting.size === 0) return false;
        await sleep(inMs, this.#closing.signal);
      }
      if (kind === 'closed' || this.#rate.pausedMs > 0) return false;
      if (this.#elapsed() - at <= MOST_LATE_MS || reservations >= MOST_RESERVATIONS) return true;
    }
  }

  /** Refuses those whose operation ends before the next call can start. */
  #refuseUntil(at: number, inMs: number): void {
    for (const waiter of [...this.#waiting]) if (waiter.until < at) waiter.refuse(this.#rateLimited(inMs));
  }

  #rateLimited(inMs: number): GraphError {
    return new GraphError('RATE_LIMITED', { source: this.#source, retryAfterSeconds: Math.ceil(inMs / 1000) });
  }

  #closed(): GraphError {
    return new GraphError('SOURCE_UNAVAILABLE', { source: this.#source });
  }

  #late(): GraphError {
    return new GraphError('TIMEOUT', { source: this.#source });
  }
}
