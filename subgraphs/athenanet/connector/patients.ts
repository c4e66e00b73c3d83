import { GraphError } from '../../../schema/errors.ts';
import type { Coverage } from '../../../schema/values.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, Page, PatientQuery, Wanted, Window } from '../../vendor/connector.ts';
import { byName } from '../../vendor/order.ts';
import { toNationalDigits } from '../../vendor/phone.ts';
import { toUsDate } from '../../vendor/time.ts';
import { type Read, ROWS_AT_ONCE } from '../client.ts';
import { toCoverage } from '../mapping/directory.ts';
import { matches, splitName, wordsOf } from '../mapping/matching.ts';
import { toPatient } from '../mapping/patient.ts';
import { InsurancePayload, PatientPayload } from '../payload/patient.ts';
import { tooMany } from '../refusal.ts';
import { collect, pageByIndex } from './pages.ts';
import { each, isKey, type Practice } from './practice.ts';

const NONE: Page<'Patient'> = { items: [], hasNextPage: false, totalCount: 0 };
/** Costs server time and is not shown. */
const OMITTED = { omitbalances: 'true', omitdefaultpharmacy: 'true', omitphotoinformation: 'true' } as const;
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
/** A search with no more rows than this is read as a whole, to be sorted. */
const SORTED_AT_MOST = 100;
/** Begins a position in a sorted list. */
const SORTED = 'sorted:';
/** From so many summary rows of one name on, one search by that name is cheaper than a call each, even if it misses one. */
const WORTH_A_SEARCH = 3;
/** Rows of such a search: enough for a page of summaries, few enough to be read in vain. */
const ROWS_OF_A_NAME = 200;

/** Patients of a practice: searches, reads and their insurances. */
export class Patients {
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

  /** One call each; or, for many that a search by name told of, one for all who share a name. */
  async read(wanted: readonly Wanted<'Patient'>[], call: Call): Promise<readonly (Found<'Patient'> | null | Error)[]> {
    const found = await this.#sharingNames(wanted, call);
    return each(wanted, this.#practice, async ({ key }) => {
      const already = found.get(key);
      return already ?? (isKey(key) ? this.#byKey(key, call) : null);
    });
  }

  /** The insurances in force. `null`: athenaNet does not know the patient. */
  async coverages(patients: readonly string[], call: Call): Promise<readonly (readonly Coverage[] | null | Error)[]> {
    return each(patients, this.#practice, async (key) => {
      if (!isKey(key)) return null;
      const rows = await this.insurances(key, call);
      return rows?.map((row) => toCoverage(row, this.#practice.source.timeZone)) ?? null;
    });
  }

  async insurances(patient: string, call: Call): Promise<readonly InsurancePayload[] | null> {
    const read = { name: 'GET /patients/{id}/insurances', path: `/patients/${patient}/insurances` };
    try {
      return await this.#practice.client.all(read, 'insurances', InsurancePayload, call);
    } catch (thrown) {
      if (thrown instanceof GraphError && thrown.code === 'NOT_FOUND') return null;
      throw thrown;
    }
  }

  async #byKey(key: string, call: Call): Promise<Found<'Patient'> | null> {
    const { client, source } = this.#practice;
    const read = { name: 'GET /patients/{id}', path: `/patients/${key}` };
    const row = await client.one(read, PatientPayload, call);
    if (row === null) return null;
    if (row.patientid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    return this.#whole(row);
  }

  /** athenaNet's medical record number is the patient's id. */
  async #byIdentifier(key: string, query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    const found = isKey(key) ? await this.#byKey(key, call) : null;
    if (found === null || !matches({ ...query, identifier: key }, found.record)) return NONE;
    return pageByIndex([found], window, this.#practice.source.id);
  }

  /**
   * `GET /patients`: whole rows. Up to a hundred come in one answer and are sorted by name, since athenaNet promises no
   * order; more than that are paged by the vendor, in its own order. A position says which of the two it is of.
   */
  async #byRow(filter: Read['query'], query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    const { client, source } = this.#practice;
    const read = { name: 'GET /patients', path: '/patients', query: { ...filter, ...OMITTED } };
    const fetch = (offset: number) =>
      client.list(read, 'patients', PatientPayload, call, { limit: Math.max(window.first, SORTED_AT_MOST), offset });
    const take = (rows: readonly PatientPayload[]) => Promise.all(rows.map((row) => this.#asked(row, query)));
    const { after, ...whole } = window;
    const position = after?.startsWith(SORTED) === true ? after.slice(SORTED.length) : undefined;
    if (after !== undefined && position === undefined) return collect({ window, source: source.id, fetch, take });
    const first = await fetch(0);
    if (first.more) {
      const again = (offset: number) => (offset === 0 ? Promise.resolve(first) : fetch(offset));
      return collect({ window: whole, source: source.id, fetch: again, take });
    }
    const found = (await take(first.rows))
      .filter((one) => one !== undefined)
      .sort((one, other) => byName(one.record, other.record));
    const page = pageByIndex(found, position === undefined ? whole : { ...whole, after: position }, source.id);
    return { ...page, items: page.items.map((item) => ({ ...item, after: `${SORTED}${item.after}` })) };
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
    for (const name of names) {
      const read = { name: 'GET /patients/search', path: '/patients/search', query: name };
      for (const row of await client.all(read, 'patients', PatientPayload, call)) {
        const one = await this.#asked(row, query);
        if (one !== undefined) found.set(row.patientid, one);
      }
    }
    return pageByIndex([...found.values()], window, source.id);
  }

  /** The platform's search by a part of any name. It has no pages: it is asked for all that a search may have. */
  async #byPartOfName(word: string, query: PatientQuery, window: Window, call: Call): Promise<Page<'Patient'>> {
    const { client, source } = this.#practice;
    const read = {
      name: 'GET /patients/search',
      path: '/patients/search',
      query: { searchterm: word, maxresults: String(ROWS_AT_ONCE) },
    };
    const { rows, more } = await client.list(read, 'patients', PatientPayload, call);
    if (more) throw tooMany(source.id);
    const found = rows
      .map((row) => ({ record: toPatient(row, source.practiceId ?? ''), covers: SUMMARY }))
      .filter(({ record }) => matches(query, record));
    return pageByIndex(found, window, source.id);
  }

  async #asked(row: PatientPayload, query: PatientQuery): Promise<Found<'Patient'> | undefined> {
    const found = await this.#whole(row);
    return matches(query, found.record) ? found : undefined;
  }

  async #whole(row: PatientPayload): Promise<Found<'Patient'>> {
    const { charts, source } = this.#practice;
    await charts.remember(row);
    return { record: toPatient(row, source.practiceId ?? ''), covers: 'all' };
  }

  /** Whole rows of those of whom only a summary is known, by name: `GET /patients?lastname=` tells all who have it. */
  async #sharingNames(
    wanted: readonly Wanted<'Patient'>[],
    call: Call,
  ): Promise<ReadonlyMap<string, Found<'Patient'>>> {
    const found = new Map<string, Found<'Patient'>>();
    const known = wanted.filter((one) => one.known !== undefined && isKey(one.key));
    for (const field of ['lastname', 'firstname'] as const) {
      const left = known.filter(({ key }) => !found.has(key));
      const groups = Map.groupBy(left, ({ known }) => nameOf(known, field));
      await Promise.all(
        [...groups].map(async ([name, group]) => {
          if (name === undefined || group.length < WORTH_A_SEARCH) return;
          const keys = new Set(group.map(({ key }) => key));
          for (const row of await this.#rowsNamed({ [field]: name }, call))
            if (keys.has(row.patientid)) found.set(row.patientid, await this.#whole(row));
        }),
      );
    }
    return found;
  }

  /** The first rows of a name. A failure here is no answer yet: each patient is then read alone. */
  async #rowsNamed(name: Read['query'], call: Call): Promise<readonly PatientPayload[]> {
    const read = { name: 'GET /patients', path: '/patients', query: { ...name, ...OMITTED } };
    try {
      return (await this.#practice.client.list(read, 'patients', PatientPayload, call, { limit: ROWS_OF_A_NAME })).rows;
    } catch (thrown) {
      if (thrown instanceof GraphError && ['VALIDATION', 'VENDOR_REJECTED', 'BAD_VENDOR_ANSWER'].includes(thrown.code))
        return [];
      throw thrown;
    }
  }
}

const nameOf = (known: Found<'Patient'> | undefined, field: 'lastname' | 'firstname'): string | undefined =>
  (field === 'lastname' ? known?.record.lastName : known?.record.firstName) ?? undefined;

const longestOf = (words: readonly string[]): string | undefined =>
  [...words].sort((one, other) => other.length - one.length)[0];

const othersOf = ({ dateOfBirth, phone, email }: PatientQuery): NonNullable<Read['query']> => ({
  dob: dateOfBirth === undefined ? undefined : toUsDate(dateOfBirth),
  anyphone: phone === undefined ? undefined : toNationalDigits(phone),
  email,
});
