import { oldestOf } from '../../../upstream/cache/question.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, Page, PatientQuery, Window } from '../../vendor/connector.ts';
import { byName } from '../../vendor/order.ts';
import { toNationalDigits } from '../../vendor/phone.ts';
import { toUsDate } from '../../vendor/time.ts';
import type { Rows } from '../client.ts';
import { matches, splitName, wordsOf } from '../mapping/matching.ts';
import { toPatient } from '../mapping/patient.ts';
import { PatientPayload } from '../payload/patient.ts';
import { tooMany } from '../refusal.ts';
import type { Read } from '../wire.ts';
import type { Kept } from './kept.ts';
import { collect, pageByIndex } from './pages.ts';
import { isKey, type Practice } from './practice.ts';

const NONE: Page<'Patient'> = { items: [], hasNextPage: false, totalCount: 0 };
/** Costs server time and is not shown. */
export const OMITTED = { omitbalances: 'true', omitdefaultpharmacy: 'true', omitphotoinformation: 'true' } as const;
/** What a row of the search by a part of the name tells; nothing is said of the rest. */
const SUMMARY: ReadonlySet<string> = new Set([
  'identifiers',
  'firstName',
  'lastName',
  'dateOfBirth',
  'gender',
  'sex',
  'status',
]);
/** More than anybody reads; athenaNet's own list of patients has no more either. */
const MOST_RESULTS = 1000;
/** A search with no more rows than this is read as a whole, to be sorted. */
const SORTED_AT_MOST = 100;
/** Begins a position in a sorted list. */
const SORTED = 'sorted:';

/** Searches of a practice's patients. */
export class PatientSearches {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  async search(query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    if (query.identifier !== undefined) return this.#byIdentifier(query.identifier.trim(), query, window, call);
    const guide = this.#practice.source.dialect === 'guide';
    const parts = splitName(query.name);
    const firstname = query.firstName ?? wordsOf(parts?.first)[0];
    const lastname = query.lastName ?? parts?.last;
    const named = firstname !== undefined || lastname !== undefined;
    if (guide && named) return this.#byGuide([{ firstname, lastname }], query, window, call);
    const others = query.dateOfBirth ?? query.phone ?? query.email;
    if (!named && others === undefined) {
      const word = longestOf(wordsOf(query.name));
      if (word === undefined) return NONE;
      return guide
        ? this.#byGuide([{ lastname: word }, { firstname: word }], query, window, call)
        : this.#byPartOfName(word, query, window, call);
    }
    return this.#byRow({ firstname, lastname, ...othersOf(query) }, query, window, call);
  }

  /** athenaNet's medical record number is the patient's id. */
  async #byIdentifier(key: string, query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    const { rows, source } = this.#practice;
    const row = isKey(key) ? await rows.row(key, call) : null;
    if (row === null) return NONE;
    await this.#remembered({ rows: [row], total: 1, more: false });
    const found = this.#asked(row, { ...query, identifier: key });
    return found === undefined ? NONE : pageByIndex([found], window, source.id);
  }

  /**
   * `GET /patients`: whole rows. Up to a hundred come in one answer and are sorted by name, since athenaNet promises no
   * order; more than that are paged by the vendor, in its own order. A position says which of the two it is of.
   */
  async #byRow(filter: Read['query'], query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    const { client, source } = this.#practice;
    const read = { name: 'GET /patients', path: '/patients', query: { ...filter, ...OMITTED } };
    const fetch = async (offset: number, own = call) =>
      this.#remembered(await client.list(read, 'patients', PatientPayload, own, { limit: SORTED_AT_MOST, offset }));
    const take = async (rows: readonly PatientPayload[]) => rows.map((row) => this.#asked(row, query));
    const { after, ...whole } = window;
    const position = after?.startsWith(SORTED) === true ? after.slice(SORTED.length) : undefined;
    if (after !== undefined && position === undefined) return collect({ window, source: source.id, fetch, take });
    const { value: first, on } = await this.#kept(read, call, (own) => fetch(0, own));
    if (first.more) {
      const again = (offset: number) => (offset === 0 ? Promise.resolve(first) : fetch(offset));
      return { ...(await collect({ window: whole, source: source.id, fetch: again, take })), on };
    }
    const found = (await take(first.rows))
      .filter((one) => one !== undefined)
      .sort((one, other) => byName(one.record, other.record));
    const page = pageByIndex(found, position === undefined ? whole : { ...whole, after: position }, source.id);
    return { ...page, on, items: page.items.map((item) => ({ ...item, after: `${SORTED}${item.after}` })) };
  }

  /** The guide's search, as it prints it: two names and nothing else, answered with whole rows. */
  async #byGuide(
    names: readonly Read['query'][],
    query: PatientQuery,
    window: Window,
    call: Call,
  ): Promise<Page<'Patient'>> {
    const { client, source } = this.#practice;
    const found = new Map<string, Found<'Patient'>>();
    const path = '/patients/search';
    const lists = await Promise.all(
      names.map((name) => {
        const read = { name: `GET ${path}`, path, query: name };
        return this.#kept(read, call, async (own) => {
          const rows = await client.all(read, 'patients', PatientPayload, own);
          return this.#remembered({ rows, total: rows.length, more: false });
        });
      }),
    );
    for (const row of lists.flatMap(({ value }) => value.rows)) {
      const one = this.#asked(row, query);
      if (one !== undefined) found.set(row.patientid, one);
    }
    const on = lists.map((list) => list.on).reduce(oldestOf, undefined);
    return { ...pageByIndex([...found.values()], window, source.id), on };
  }

  /** The platform's search by a part of any name. It has no pages: it is asked for all that a search may have. */
  async #byPartOfName(word: string, query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    const { client, source } = this.#practice;
    const read = {
      name: 'GET /patients/search',
      path: '/patients/search',
      query: { searchterm: word, maxresults: String(MOST_RESULTS) },
    };
    const { value, on } = await this.#kept(read, call, (own) => client.list(read, 'patients', PatientPayload, own));
    if (value.more) throw tooMany(source.id);
    const found = value.rows
      .map((row) => ({ record: toPatient(row, source.practiceId ?? ''), covers: SUMMARY }))
      .filter(({ record }) => matches(query, record));
    return { ...pageByIndex(found, window, source.id), on };
  }

  #kept(
    { name, query }: Read,
    call: Call,
    fetch: (call: Call) => Promise<Rows<PatientPayload>>,
  ): Promise<Kept<Rows<PatientPayload>>> {
    return this.#practice.kept.through({ type: 'Patient', call: name, asked: query }, call, fetch);
  }

  /** Rows as they come from athenaNet: each tells whose department to name for the chart. */
  async #remembered(rows: Rows<PatientPayload>): Promise<Rows<PatientPayload>> {
    await Promise.all(rows.rows.map((row) => this.#practice.charts.remember(row)));
    return rows;
  }

  #asked(row: PatientPayload, query: PatientQuery): Found<'Patient'> | undefined {
    const found = this.#found(row);
    return matches(query, found.record) ? found : undefined;
  }

  #found(row: PatientPayload): Found<'Patient'> {
    return { record: toPatient(row, this.#practice.source.practiceId ?? ''), covers: 'all' };
  }
}

const longestOf = (words: readonly string[]): string | undefined =>
  [...words].sort((one, other) => other.length - one.length)[0];

const othersOf = ({ dateOfBirth, phone, email }: PatientQuery): NonNullable<Read['query']> => ({
  dob: dateOfBirth === undefined ? undefined : toUsDate(dateOfBirth),
  anyphone: phone === undefined ? undefined : toNationalDigits(phone),
  email,
});
