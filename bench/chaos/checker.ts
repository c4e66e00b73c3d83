import type { AnswerError, Entry } from './history.ts';
import type { Held, Oracle } from './oracle.ts';
import { isObject, type Outcome, type Path, type Shown, type Stand, standing } from './stand.ts';

/** How old an answer may be, in milliseconds, as the sources are configured in the run. */
export interface Ages {
  readonly ttlMs: number;
  /** Practitioners, locations and sources, which do not change in the run. */
  readonly directoryMs: number;
  readonly staleMs: number;
  /** How long one reading may take, with its retries: an operation may join one that is under way. */
  readonly readingMs: number;
}

/** What was held when; the rest of an oracle is none of the check's business. */
export type Truth = Pick<Oracle, 'field' | 'list'>;

/** A value that no simulator held, or an answer that is not what was asked for. Names kinds and fields, no values. */
export interface Wrong {
  readonly kind: string;
  readonly what: string;
  readonly why: string;
}

export interface Checked {
  readonly compared: number;
  readonly wrong: readonly Wrong[];
}

/** Failures of a vendor that a client must expect; any other code says that the answer is wrong. */
const EXPECTED: ReadonlySet<string> = new Set(['TIMEOUT', 'SOURCE_UNAVAILABLE', 'RATE_LIMITED']);
/** The clocks of the graph and of the run are read one after the other. */
const CLOCKS_MS = 20;
const DIRECTORY: ReadonlySet<string> = new Set(['Practitioner', 'Location', 'Source']);

const startsWith = (path: Path, head: Path): boolean => head.every((step, i) => path[i] === step);

/** Holds one answer against what was held while it may have been read. */
class Check {
  readonly wrong: Wrong[] = [];
  compared = 0;
  readonly #entry: Entry;
  readonly #oracle: Truth;
  readonly #ages: Ages;
  readonly #kept: ReadonlySet<string>;
  readonly #stale: ReadonlySet<string>;

  constructor(entry: Entry, oracle: Truth, ages: Ages) {
    this.#entry = entry;
    this.#oracle = oracle;
    this.#ages = ages;
    const of = (caches: readonly string[]): ReadonlySet<string> =>
      new Set(entry.calls.filter(({ cache }) => caches.includes(cache)).map(({ source }) => source));
    this.#kept = of(['HIT', 'STALE']);
    this.#stale = of(['STALE']);
  }

  run(): void {
    const { data, errors } = this.#entry;
    for (const { code } of errors) if (!EXPECTED.has(code)) this.#note('the answer', `failed with ${code}`);
    const { records, lists } = standing(data);
    for (const record of records) this.#record(record);
    for (const list of lists) this.#list(list);
    this.#asked();
  }

  #note(what: string, why: string): void {
    this.wrong.push({ kind: this.#entry.asked.kind, what, why });
  }

  /** Is a null here the mark of a failure that was told? */
  #excused(path: Path): boolean {
    return this.#entry.errors.some((error) => startsWith(error.path, path) || startsWith(path, error.path));
  }

  /** The records that the operation named, in their places. */
  #asked(): void {
    const { data, asked } = this.#entry;
    for (const [field, ids] of Object.entries(asked.ids ?? {})) {
      const value = isObject(data) ? data[field] : null;
      const shown = Array.isArray(value) ? value : [value];
      for (const [i, id] of ids.entries()) {
        this.compared += 1;
        const place = Array.isArray(value) ? [field, i] : [field];
        const record = shown[i];
        if (isObject(record) ? record.id !== id : !this.#excused(place))
          this.#note(field, isObject(record) ? 'is another record' : 'is missing');
      }
    }
  }

  /** From when on a record's fields may have been read; undefined when it is older than it may be. */
  #since({ name, id, freshness, fetchedAt = 0 }: Stand): number | undefined {
    const { at } = this.#entry;
    const { readingMs, ttlMs, directoryMs, staleMs } = this.#ages;
    const fetched = fetchedAt - performance.timeOrigin - CLOCKS_MS;
    const ttl = DIRECTORY.has(name) ? directoryMs : ttlMs;
    if (freshness === undefined) return at - directoryMs - readingMs;
    const youngest = { LIVE: 0, CACHED: ttl, STALE: ttl + staleMs }[freshness];
    if (youngest === undefined || fetched < at - youngest - readingMs - 2 * CLOCKS_MS) return undefined;
    const joined = this.#kept.has(id.split('/')[0] ?? '');
    return freshness === 'LIVE' && !joined ? at : Math.min(at, fetched) - readingMs;
  }

  #record(record: Stand): void {
    const { name, freshness } = record;
    const since = this.#since(record);
    if (since === undefined) this.#note(name, `is older than ${String(freshness)} says`);
    else this.#fields(record, since);
  }

  #fields({ name, id, path, fields }: Stand, since: number): void {
    for (const [field, value] of fields) {
      this.compared += 1;
      const held = this.#oracle.field(id, field, since, this.#entry.answeredAt);
      const fits = held === undefined ? false : held.includes(value);
      if (fits || (value === 'null' && this.#excused([...path, field]))) continue;
      this.#note(`${name}.${field}`, held === undefined ? 'is of a record that there is not' : 'was not so');
    }
  }

  #list(list: Shown): void {
    const { list: asked } = this.#entry.asked;
    if (list.of !== undefined) this.#ownList(list, list.of);
    else for (const source of asked?.sources ?? []) this.#sourceList(list, asked?.key ?? '', source);
  }

  /** A list of one record. */
  #ownList({ field, ids, hasNextPage }: Shown, of: string): void {
    const source = of.split('/')[0] ?? '';
    const ttlMs = field === 'practitioners' ? this.#ages.directoryMs : this.#ages.ttlMs;
    const held = this.#oracle.list(`${of}/${field}`, this.#listSince(source, ttlMs), this.#entry.answeredAt);
    this.#compare(field, held, ids, hasNextPage);
  }

  #listSince(source: string, ttlMs: number): number {
    const { at } = this.#entry;
    if (!this.#kept.has(source)) return at;
    const { readingMs, staleMs } = this.#ages;
    return at - ttlMs - readingMs - (this.#stale.has(source) ? staleMs : 0);
  }

  /** One source's part of a list over several. */
  #sourceList({ ids, hasNextPage, outcomes, field }: Shown, key: string, source: string): void {
    const outcome = outcomes.find((one) => one.source === source);
    const own = ids.filter((id) => id.startsWith(`${source}/`));
    const since = this.#listSince(source, this.#ages.ttlMs);
    const held = this.#oracle.list(`${key}@${source}`, since, this.#entry.answeredAt);
    if (outcome === undefined) this.#note(field, 'says nothing of a source');
    else if (outcome.ok) this.#compare(field, held, own, hasNextPage);
    else this.#failed(outcome, field, held, own);
  }

  #failed({ code = 'none' }: Outcome, field: string, held: readonly Held[] | undefined, own: readonly string[]): void {
    this.compared += 1;
    const refused = held?.some(({ refusal }) => refusal === code) === true;
    if (own.length > 0) this.#note(field, 'shows records of a source that failed');
    if (!refused && !EXPECTED.has(code)) this.#note(field, `says ${code} of a source`);
  }

  /** A page is the beginning of the list as it was at some moment, and all of it when there is no next page. */
  #compare(field: string, held: readonly Held[] | undefined, ids: readonly string[], more: boolean): void {
    this.compared += 1;
    const fits = held?.some(
      (list) =>
        list.refusal === undefined &&
        ids.every((id, i) => id === list.ids[i]) &&
        (more || ids.length === list.ids.length),
    );
    if (fits !== true) this.#note(field, held === undefined ? 'is a list that there is not' : 'was another list');
  }
}

/** Compares everything in an answer with what was held while it may have been read. */
export const check = (entry: Entry, oracle: Truth, ages: Ages): Checked => {
  const one = new Check(entry, oracle, ages);
  one.run();
  return { compared: one.compared, wrong: one.wrong };
};

/** Was everything answered that was asked for? */
export const isComplete = ({ errors, data }: Entry): boolean =>
  errors.length === 0 && standing(data).lists.every(({ outcomes }) => outcomes.every(isAnswered));

const isAnswered = ({ ok, code }: Outcome): boolean => ok || !EXPECTED.has(code ?? '');

/** Codes of all failures that an answer tells. */
export const failuresIn = ({ errors, data }: Entry): readonly string[] => [
  ...errors.map(({ code }: AnswerError) => code),
  ...standing(data).lists.flatMap(({ outcomes }) =>
    outcomes.flatMap(({ ok, code = 'none' }) => (ok || !EXPECTED.has(code) ? [] : [code])),
  ),
];
