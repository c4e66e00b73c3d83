import QuickLRU from 'quick-lru';
import { recordTag } from '../../upstream/cache/key.ts';
import type { SourceCache } from '../../upstream/cache.ts';
import type { Call } from '../../upstream/call.ts';

/** Merges are rare: as many as this are remembered. */
const MOST_ALIASES = 1000;
/** Other processes that share the cache show the patient without reading: they find the merge for at least as long. */
const KEPT_MS = 24 * 3_600_000;
const KIND = 'merged patient';

/**
 * Patients whom the vendor merged into others. Their records stand under the id that they go on under, which only a read
 * of the patient tells; lists are asked for beside that read, so whoever finds nothing waits for it.
 */
export class Merges {
  readonly #aliases = new QuickLRU<string, string>({ maxSize: MOST_ALIASES });
  /** Reads under way, by patient; each leaves when it ends. */
  readonly #reading = new Map<string, Promise<unknown>>();
  readonly #cache: SourceCache;

  constructor(cache: SourceCache) {
    this.#cache = cache;
  }

  /** The id under which the vendor keeps what belongs to a patient, as far as a merge is known. */
  currentId(patient: string): string {
    return this.#aliases.get(patient) ?? patient;
  }

  async note(patient: string, survivor: string): Promise<void> {
    this.#aliases.set(patient, survivor);
    await this.#cache.set(KIND, patient, survivor, KEPT_MS, [recordTag('Patient', patient)]);
  }

  /** A read of these patients: what it tells of merges is waited for by `settled`. */
  async reading<R>(patients: readonly string[], read: () => Promise<R>): Promise<R> {
    const running = read();
    for (const patient of patients) this.#reading.set(patient, running);
    try {
      return await running;
    } finally {
      for (const patient of patients) if (this.#reading.get(patient) === running) this.#reading.delete(patient);
    }
  }

  /**
   * Answers for patients; those who are found empty under an id that meanwhile proved to be merged into another are asked
   * for again, under that.
   */
  async answers<Asked, Answer>(
    asked: readonly Asked[],
    patientOf: (one: Asked) => string,
    isEmpty: (answer: Answer) => boolean,
    call: Call,
    ask: (some: readonly Asked[]) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    const before = asked.map((one) => this.currentId(patientOf(one)));
    const answers = await ask(asked);
    const empty = asked.flatMap((one, i) => (isEmpty(answers[i] as Answer) ? [{ one, i }] : []));
    const doubtful = empty.map(({ one }) => patientOf(one));
    await this.#settled(doubtful, call);
    await this.#recall(doubtful);
    const moved = empty.filter(({ one, i }) => this.currentId(patientOf(one)) !== before[i]);
    if (moved.length === 0) return answers;
    const again = await ask(moved.map(({ one }) => one));
    const places = new Map(moved.map(({ i }, place) => [i, place]));
    return answers.map((answer, i) => again[places.get(i) ?? -1] ?? answer);
  }

  /** What other processes learned. */
  async #recall(patients: readonly string[]): Promise<void> {
    const unknown = [...new Set(patients)].filter((patient) => !this.#aliases.has(patient));
    for (const patient of unknown) {
      const kept = await this.#cache.get<string>(KIND, patient);
      if (kept !== undefined) this.#aliases.set(patient, kept.value);
    }
  }

  /** Waits until nobody reads these patients any more, or the call is given up. */
  async #settled(patients: readonly string[], { signal }: Call): Promise<void> {
    const running = patients.flatMap((patient) => this.#reading.get(patient) ?? []);
    if (running.length === 0 || signal.aborted) return;
    const { promise: givenUp, resolve } = Promise.withResolvers<void>();
    const giveUp = () => resolve();
    signal.addEventListener('abort', giveUp, { once: true });
    await Promise.race([Promise.allSettled(running), givenUp]);
    signal.removeEventListener('abort', giveUp);
  }
}

/** The id under which the vendor keeps what belongs to a patient, as far as a merge is known. */
export const currentId = ({ merges }: { readonly merges: Merges }, patient: string): string =>
  merges.currentId(patient);

/** Whose a list is. */
export const patientOf = ({ patient }: { readonly patient: string }): string => patient;
