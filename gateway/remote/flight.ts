import type { OperationContext } from '../../schema/context.ts';
import type { GraphError } from '../../schema/errors.ts';
import type { Done, Reply } from './exchange.ts';
import { failed } from './failure.ts';

/** What one who waits for an answer gets. `shared`: somebody else waits for, or has had, the same one. */
export interface Taken {
  readonly reply: Reply;
  readonly shared: boolean;
}

/** Begins a request, and returns how to give it up. */
export type Begin = (done: Done) => { abort(): void };

/** Characters of an answer that an operation keeps for its own later, equal reads. Larger ones are asked for again. */
const LARGEST_KEPT = 256 * 1024;

interface Taker {
  readonly resolve: (taken: Taken) => void;
  readonly reject: (failure: GraphError) => void;
  readonly signal: AbortSignal;
  readonly leave: () => void;
  readonly shared: boolean;
}

/** One read on its way, and all who wait for it. It is given up when the last of them has gone. */
class Flight {
  #state: { readonly landed: false } | { readonly landed: true; readonly reply: Reply | undefined } = { landed: false };
  #failure: GraphError | undefined;
  #takers = new Set<Taker>();
  readonly #request: { abort(): void };
  readonly #landed: (flight: Flight) => void;

  constructor(begin: Begin, landed: (flight: Flight) => void) {
    this.#landed = landed;
    this.#request = begin((failure, reply) => this.#land(failure, reply));
  }

  get onItsWay(): boolean {
    return !this.#state.landed;
  }

  /** Can it still be taken: on its way, or landed with an answer that is kept? */
  get open(): boolean {
    return !this.#state.landed || this.#state.reply !== undefined;
  }

  take(signal: AbortSignal, shared: boolean): Promise<Taken> {
    if (this.#state.landed) {
      const { reply } = this.#state;
      return reply === undefined
        ? Promise.reject(this.#failure ?? failed('unreachable'))
        : Promise.resolve({ reply, shared: true });
    }
    return new Promise((resolve, reject) => {
      const taker: Taker = { resolve, reject, signal, shared, leave: () => this.#leave(taker) };
      this.#takers.add(taker);
      signal.addEventListener('abort', taker.leave, { once: true });
    });
  }

  #leave(taker: Taker): void {
    this.#takers.delete(taker);
    taker.reject(failed('slow'));
    if (this.#takers.size === 0) this.#request.abort();
  }

  #land(failure: GraphError | undefined, reply: Reply | undefined): void {
    const kept = reply === undefined || reply.text.length > LARGEST_KEPT ? undefined : reply;
    this.#state = { landed: true, reply: kept };
    this.#failure = failure;
    this.#landed(this);
    const takers = this.#takers;
    this.#takers = new Set();
    for (const taker of takers) {
      taker.signal.removeEventListener('abort', taker.leave);
      if (reply === undefined) taker.reject(failure ?? failed('unreachable'));
      else taker.resolve({ reply, shared: taker.shared });
    }
  }
}

/** What one operation has asked for, by key; nothing once it may change what it reads. */
type Asked = Map<string, Flight> | 'changing';

/**
 * Sends equal reads once: within one operation always, between operations while the first is on its way. Keys name the
 * subgraph, everything that tells it who asks, and the whole body. One instance serves all subgraphs of a gateway.
 */
export class Flights {
  #open = new Map<string, Flight>();
  readonly #asked = new WeakMap<OperationContext, Asked>();

  read(key: string, context: OperationContext, begin: Begin): Promise<Taken> {
    if (context.signal.aborted) return Promise.reject(failed('slow'));
    const asked = this.#askedBy(context);
    const known = (asked === 'changing' ? undefined : asked.get(key)) ?? this.#open.get(key);
    if (known?.open === true) {
      if (asked !== 'changing') asked.set(key, known);
      return known.take(context.signal, true);
    }
    const open = this.#open; // `seal` puts another in its place
    const begun = new Flight(begin, () => open.delete(key));
    if (begun.onItsWay) open.set(key, begun);
    if (asked !== 'changing') asked.set(key, begun);
    return begun.take(context.signal, false);
  }

  /**
   * Sends what must not be shared. What is on its way was begun before it, so nobody joins that any more; nor does
   * this operation take an earlier answer again.
   */
  write(context: OperationContext, begin: Begin): Promise<Taken> {
    if (context.signal.aborted) return Promise.reject(failed('slow'));
    this.changing(context);
    return new Flight(begin, () => this.seal()).take(context.signal, false);
  }

  /** From now on this operation's answers may differ from its earlier ones. */
  changing(context: OperationContext): void {
    this.#asked.set(context, 'changing');
    this.seal();
  }

  /** Nobody joins what is on its way now: something has changed since it was sent. */
  seal(): void {
    this.#open = new Map();
  }

  #askedBy(context: OperationContext): Asked {
    const known = this.#asked.get(context);
    if (known !== undefined) return known;
    const asked: Asked = new Map();
    this.#asked.set(context, asked);
    return asked;
  }
}
