import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../call.ts';

/** How long after its begin a reading is joined when nobody can say what changed meanwhile. */
const BLIND_MS = 500;

/** The operations that wait for a reading. It goes on for whoever is left, and ends when the last one's client or time is gone. */
export class Waiting {
  readonly #controller = new AbortController();
  #count = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#controller.abort();
  }
}

/** A reading that is under way for one key, for every operation that wants what it will tell. */
export interface Flight<V> {
  readonly tags: readonly string[];
  /** What it was asked to tell. */
  readonly fields: ReadonlySet<string>;
  /** Where the source's changes stood when it began; `undefined` when the store could not say. */
  readonly position: number | undefined;
  /** By a clock that only goes forward. */
  readonly begun: number;
  readonly waiting: Waiting;
  /** Never rejects. */
  readonly answer: Promise<V | Error>;
}

/** Readings under way at one source. A change ends none of them, but nobody joins them from then on. */
export class Flights<V> {
  readonly #byKey = new Map<string, Flight<V>[]>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** One that will tell all these fields, and that began after the change at `changedAt`. */
  find(key: string, fields: ReadonlySet<string>, changedAt: number | undefined): Flight<V> | undefined {
    return this.#byKey.get(key)?.find((flight) => isNew(flight, changedAt, this.#monotonic()) && tells(flight, fields));
  }

  add(key: string, flight: Omit<Flight<V>, 'begun'>): void {
    const begun = { ...flight, begun: this.#monotonic() };
    this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), begun]);
    void flight.answer.then(() => this.#remove(key, (one) => one === begun));
  }

  /** Nobody joins a flight with one of these tags any more. */
  leave(tags: readonly string[]): void {
    const changed = new Set(tags);
    for (const key of [...this.#byKey.keys()])
      this.#remove(key, (flight) => flight.tags.some((tag) => changed.has(tag)));
  }

  #remove(key: string, which: (flight: Flight<V>) => boolean): void {
    const left = (this.#byKey.get(key) ?? []).filter((flight) => !which(flight));
    if (left.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }
}

const isNew = <V>(flight: Flight<V>, changedAt: number | undefined, now: number): boolean =>
  !flight.waiting.signal.aborted && began(flight, changedAt, now);

const began = <V>(flight: Flight<V>, changedAt: number | undefined, now: number): boolean =>
  flight.position === undefined || changedAt === undefined
    ? now - flight.begun < BLIND_MS
    : flight.position >= changedAt;

const tells = <V>(flight: Flight<V>, fields: ReadonlySet<string>): boolean =>
  [...fields].every((field) => flight.fields.has(field));

/**
 * The answer, or TIMEOUT when the operation ends before it, or its patience does: the reading goes on for the others, and
 * after an end of patience alone for the sake of what is kept.
 */
export const waitFor = <V>(
  { answer, waiting }: Pick<Flight<V>, 'answer' | 'waiting'>,
  { signal }: Pick<Call, 'signal'>,
  patienceMs: number,
): Promise<V | Error> =>
  new Promise((resolve) => {
    const done = (told: V | Error): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      resolve(told);
    };
    const late = (): void => done(new GraphError('TIMEOUT'));
    const leave = (): void => {
      waiting.leave();
      late();
    };
    const timer = Number.isFinite(patienceMs) ? setTimeout(late, Math.max(0, patienceMs)) : undefined;
    waiting.enter();
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    void answer.then(done);
  });
