import { GraphError } from '../../../schema/errors.ts';
import type { Coverage } from '../../../schema/values.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, Wanted } from '../../vendor/connector.ts';
import { toCoverage } from '../mapping/directory.ts';
import { toPatient } from '../mapping/patient.ts';
import { type InsurancePayload, PatientPayload } from '../payload/patient.ts';
import type { Read } from '../wire.ts';
import { OMITTED } from './patient-searches.ts';
import { each, isKey, type Practice } from './practice.ts';

/** From so many summary rows of one name on, one search by that name is no dearer than a call each, even if it misses one. */
const WORTH_A_SEARCH = { lastname: 2, firstname: 3 } as const;
/** Rows of such a search: enough for a page of summaries, few enough to be read in vain. */
const ROWS_OF_A_NAME = 200;

/** Patients of a practice by id, and their insurances. */
export class Patients {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  /** One call each; or, for many that a search by name told of, one for all who share a name. */
  async read(wanted: readonly Wanted<'Patient'>[], call: Call): Promise<readonly (Found<'Patient'> | null | Error)[]> {
    const found = await this.#sharingNames(wanted, call);
    return each(wanted, this.#practice, async ({ key, fields }) => {
      const already = found.get(key);
      return already ?? (isKey(key) ? this.#byKey(key, call, fields) : null);
    });
  }

  /** The insurances in force. `null`: athenaNet does not know the patient. */
  async coverages(patients: readonly string[], call: Call): Promise<readonly (readonly Coverage[] | null | Error)[]> {
    return each(patients, this.#practice, async (key) => {
      if (!isKey(key)) return null;
      const rows = await this.#practice.rows.insurances(key, call);
      return rows?.map((row) => this.#coverage(row)) ?? null;
    });
  }

  async #byKey(key: string, call: Call, fields?: ReadonlySet<string>): Promise<Found<'Patient'> | null> {
    const { rows } = this.#practice;
    // The insurances then come in the same answer; a failure of theirs is told when they are asked for themselves.
    const insurances = fields?.has('coverages') ? rows.insurances(key, call).catch(() => null) : null;
    const row = await rows.row(key, call);
    if (row === null) return null;
    const [found, told] = await Promise.all([this.#whole(row), insurances]);
    return told === null ? found : { ...found, coverages: told.map((one) => this.#coverage(one)) };
  }

  #coverage(row: InsurancePayload): Coverage {
    return toCoverage(row, this.#practice.source.timeZone);
  }

  async #whole(row: PatientPayload): Promise<Found<'Patient'>> {
    await this.#practice.charts.remember(row);
    return { record: toPatient(row, this.#practice.source.practiceId ?? ''), covers: 'all' };
  }

  /** Whole rows of those of whom only a summary is known, by name: `GET /patients?lastname=` tells all who have it. */
  async #sharingNames(
    wanted: readonly Wanted<'Patient'>[],
    call: Call,
  ): Promise<ReadonlyMap<string, Found<'Patient'>>> {
    const found = new Map<string, Found<'Patient'>>();
    // Insurances come with the patient alone: who needs them is read alone.
    const known = wanted.filter(
      ({ known, key, fields }) => known !== undefined && isKey(key) && !fields.has('coverages'),
    );
    for (const field of ['lastname', 'firstname'] as const) {
      const left = known.filter(({ key }) => !found.has(key));
      const groups = Map.groupBy(left, ({ known }) => nameOf(known, field));
      await Promise.all(
        [...groups].map(async ([name, group]) => {
          if (name === undefined || group.length < WORTH_A_SEARCH[field]) return;
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
