/**
 * Results that a group keeps for members who come to their event later than others: those who read at the same pace are
 * a few events apart.
 */
const MOST_KEPT = 64;

/** What is made of one event. */
interface Shared<T> {
  readonly made: Promise<T>;
  readonly abort: () => void;
  settled: boolean;
  /** Members who have come for it, and those who wait now. */
  taken: number;
  waiting: number;
}

/** Who waits, by the signals by which they give up: a listener for each event would cost more than the event. */
class Patience {
  readonly #waiting = new WeakMap<AbortSignal, Set<() => void>>();

  /** Calls `leave` if the signal aborts before `end` is called with the same. */
  begin(signal: AbortSignal, leave: () => void): void {
    if (signal.aborted) leave();
    else (this.#waiting.get(signal) ?? this.#of(signal)).add(leave);
  }

  end(signal: AbortSignal, leave: () => void): void {
    this.#waiting.get(signal)?.delete(leave);
  }

  #of(signal: AbortSignal): Set<() => void> {
    const waiting = new Set<() => void>();
    this.#waiting.set(signal, waiting);
    signal.addEventListener('abort', () => {
      for (const leave of [...waiting]) leave();
    });
    return waiting;
  }
}

type Make<T> = (signal: AbortSignal) => Promise<T>;

/** Subscriptions to which the same is shown of the same event. What one of them makes of it serves all. */
export class Group<T> {
  readonly #empty: () => void;
  readonly #events = new Map<string, Shared<T>>();
  readonly #patience = new Patience();
  #members = 0;

  constructor(empty: () => void) {
    this.#empty = empty;
  }

  enter(): void {
    this.#members++;
  }

  leave(): void {
    this.#members--;
    for (const [event, shared] of this.#events) this.#release(event, shared);
    if (this.#members === 0) this.#empty();
  }

  /**
   * What `make` gives for an event, failures included, made once for all members: the first one's is. It is given up
   * when nobody waits for it any more, and forgotten when every member has had it.
   */
  async take(event: string, signal: AbortSignal, make: Make<T>): Promise<T> {
    const shared = this.#events.get(event) ?? this.#begin(event, make);
    shared.taken++;
    shared.waiting++;
    const leave = (): void => {
      this.#patience.end(signal, leave);
      shared.waiting--;
      if (shared.waiting > 0 || shared.settled) return;
      if (this.#events.get(event) === shared) this.#events.delete(event);
      shared.abort();
    };
    this.#patience.begin(signal, leave);
    try {
      return await shared.made;
    } finally {
      if (!signal.aborted) leave();
      this.#release(event, shared);
    }
  }

  #begin(event: string, make: Make<T>): Shared<T> {
    const over = new AbortController();
    const made = make(over.signal);
    const shared: Shared<T> = { made, abort: () => over.abort(), settled: false, taken: 0, waiting: 0 };
    this.#events.set(event, shared);
    const settle = (): void => {
      shared.settled = true;
      this.#release(event, shared);
    };
    made.then(settle, settle);
    const [oldest] = this.#events.keys();
    if (this.#events.size > MOST_KEPT && oldest !== undefined) this.#events.delete(oldest);
    return shared;
  }

  #release(event: string, shared: Shared<T>): void {
    if (shared.settled && shared.taken >= this.#members && this.#events.get(event) === shared)
      this.#events.delete(event);
  }
}

/** The groups of all subscriptions that are open, by what they run and by whatever else decides on what is shown. */
export class Groups<T> {
  readonly #groups = new WeakMap<object, Map<string, Group<T>>>();

  /** Joins the group, or founds it; whoever enters leaves it again. */
  enter(plan: object, key: string): Group<T> {
    const groups = this.#groups.get(plan) ?? new Map<string, Group<T>>();
    this.#groups.set(plan, groups);
    const group = groups.get(key) ?? new Group<T>(() => groups.delete(key));
    groups.set(key, group);
    group.enter();
    return group;
  }
}
