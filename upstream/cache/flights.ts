import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../call.ts';

/** How long after its begin a reading is joined when nobody can say what changed meanwhile. */
const BLIND_MS = 500;

/** A reading that is under way for one key, for every operation that wants what it will tell. */
export interface Flight<V> {
  readonly tags: readonly string[];
  /** What it was asked to tell. */
  readonly fields: ReadonlySet<string>;
  /** Where the source's changes stood when it began; `undefined` when the store could not say. */
  readonly position: number | undefined;
  /** By a clock that only goes forward. */
  readonly begun: number;
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
  flight.position === undefined || changedAt === undefined
    ? now - flight.begun < BLIND_MS
    : flight.position >= changedAt;

const tells = <V>(flight: Flight<V>, fields: ReadonlySet<string>): boolean =>
  [...fields].every((field) => flight.fields.has(field));

/** The answer, or TIMEOUT when the operation ends before it: the reading goes on for the others. */
export const waitFor = <T>(answer: Promise<T | Error>, call: Call, patienceMs: number): Promise<T | Error> =>
  new Promise((resolve) => {
    const late = (): void => done(new GraphError('TIMEOUT'));
    const timer = Number.isFinite(patienceMs) ? setTimeout(late, Math.max(0, patienceMs)) : undefined;
    const done = (told: T | Error): void => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', late);
      resolve(told);
    };
    if (call.signal.aborted) return late();
    call.signal.addEventListener('abort', late, { once: true });
    void answer.then(done);
  });
