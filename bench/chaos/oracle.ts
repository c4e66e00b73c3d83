import { BY_IDS, type Subjects, WHOLE_DIRECTORY, WHOLE_LISTS, WHOLE_PATIENT } from './operations.ts';
import { type Shown, standing } from './stand.ts';
import { Timeline } from './timeline.ts';

/** Asks where nothing is disturbed and nothing kept; throws unless everything was answered. */
export type AskTruth = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** When a change happened: between these moments of the monotonic clock. */
export interface Moment {
  readonly began: number;
  readonly ended: number;
}

/** A list as the source holds it, or the code of its refusal where the source cannot answer such a question. */
export interface Held {
  readonly ids: readonly string[];
  readonly refusal?: string;
}

type ListKind = keyof typeof WHOLE_LISTS;

const ALWAYS: Moment = { began: 0, ended: 0 };
const sameList = (one: Held, other: Held): boolean =>
  one.refusal === other.refusal && one.ids.length === other.ids.length && one.ids.every((id, i) => id === other.ids[i]);

const questions = ({ searches, days, periods }: Subjects, kind: ListKind): readonly object[] =>
  ({ search: searches, day: days, claims: periods })[kind];

/** By which question a record was read: a vendor may tell the same in other words by another. */
type Way = ListKind | 'patient' | 'id' | 'directory';
const WAYS: readonly Way[] = ['patient', 'id', 'search', 'day', 'claims', 'directory'];

/**
 * What the simulators held at every moment of a run. It is told of each change and then reads what became of it through
 * a second product over the same simulators, on ports without faults and without a cache; whoever changes waits for that
 * before the next change, so that no version is missed.
 */
export class Oracle {
  readonly #ask: AskTruth;
  readonly #subjects: Subjects;
  readonly #fields = new Map<string, Timeline<string>>();
  readonly #lists = new Map<string, Timeline<Held>>();

  constructor(ask: AskTruth, subjects: Subjects) {
    this.#ask = ask;
    this.#subjects = subjects;
  }

  /** Reads everything once. */
  async begin(): Promise<void> {
    for (const patient of this.#subjects.ids.Patient) await this.#readPatient(patient, ALWAYS);
    for (const kind of ['search', 'day', 'claims'] as const)
      for (const source of this.#subjects.sources) await this.#readLists(kind, source, ALWAYS);
    this.#take(await this.#ask(WHOLE_DIRECTORY, {}), 'directory', ALWAYS);
  }

  /** Reads what a change of a patient, or of a record of that patient's, may have changed. */
  async changed(patient: string, lists: ListKind | undefined, moment: Moment): Promise<void> {
    const own = await this.#readPatient(patient, moment);
    if (lists === undefined) return;
    const seen = await this.#readLists(lists, patient.split('/')[0] ?? '', moment);
    for (const id of own) if (!seen.has(id)) this.#left(id, lists, moment);
  }

  /** What a field of a record was at some moment between these; undefined when nobody knows the record. */
  field(id: string, field: string, from: number, to: number): readonly string[] | undefined {
    const known = WAYS.flatMap((way) => this.#fields.get(`${id} ${field} ${way}`) ?? []);
    return known.length === 0 ? undefined : known.flatMap((timeline) => timeline.held(from, to));
  }

  /** What a list was, by its name: of a record (`<id>/appointments`) or of a source (`search 1@lakeside`). */
  list(key: string, from: number, to: number): readonly Held[] | undefined {
    return this.#lists.get(key)?.held(from, to);
  }

  /** Ids of all records of a type that were seen. */
  known(type: string): readonly string[] {
    return [...this.#fields.keys()].flatMap((key) => {
      const [id = '', field, way] = key.split(' ');
      return field === 'externalId' && way === 'patient' && id.split('/')[1] === type ? [id] : [];
    });
  }

  /** Gives the records that are the patient's. */
  async #readPatient(id: string, moment: Moment): Promise<ReadonlySet<string>> {
    const seen = this.#take(await this.#ask(WHOLE_PATIENT, { id }), 'patient', moment);
    const ids = [...seen].filter((one) => /^[^/]+\/(Appointment|Claim)\//.test(one));
    if (ids.length > 0) this.#take(await this.#ask(BY_IDS, { ids }), 'id', moment);
    return seen;
  }

  async #readLists(kind: ListKind, source: string, moment: Moment): Promise<ReadonlySet<string>> {
    const seen = new Set<string>();
    for (const [i, search] of questions(this.#subjects, kind).entries()) {
      const answer = await this.#ask(WHOLE_LISTS[kind], { search, sources: [source] });
      const [list] = standing(answer).lists;
      if (list === undefined) throw new Error('A list is missing where nothing is disturbed.');
      this.#takeList(`${kind} ${i}@${source}`, list, moment);
      for (const id of this.#takeRecords(answer, kind, moment)) seen.add(id);
    }
    return seen;
  }

  #take(answer: unknown, way: Way, moment: Moment): ReadonlySet<string> {
    for (const list of standing(answer).lists) this.#takeList(`${list.of}/${list.field}`, list, moment);
    return this.#takeRecords(answer, way, moment);
  }

  #takeRecords(answer: unknown, way: Way, { began, ended }: Moment): ReadonlySet<string> {
    const { records } = standing(answer);
    for (const { id, fields } of records)
      for (const [field, value] of fields)
        this.#timeline(this.#fields, `${id} ${field} ${way}`).note(value, began, ended);
    return new Set(records.map(({ id }) => id));
  }

  /** The record is in none of these lists any longer, so that nothing is read there. */
  #left(id: string, way: Way, { ended }: Moment): void {
    for (const [key, timeline] of this.#fields)
      if (key.startsWith(`${id} `) && key.endsWith(` ${way}`)) timeline.end(ended);
  }

  #takeList(key: string, { ids, hasNextPage, outcomes }: Shown, { began, ended }: Moment): void {
    if (hasNextPage) throw new Error('A list is longer than it can be compared.');
    const [outcome] = outcomes;
    const refusal = outcome?.ok === false ? { refusal: outcome.code ?? 'none' } : {};
    this.#timeline(this.#lists, key, sameList).note({ ids, ...refusal }, began, ended);
  }

  #timeline<T>(all: Map<string, Timeline<T>>, key: string, same?: (one: T, other: T) => boolean): Timeline<T> {
    const known = all.get(key) ?? new Timeline<T>(same);
    all.set(key, known);
    return known;
  }
}
