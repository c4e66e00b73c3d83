import { setImmediate } from 'node:timers/promises';
import QuickLRU from 'quick-lru';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { AthenanetClient } from '../client.ts';
import { InsurancePayload, PatientPayload } from '../payload/patient.ts';

/** `departments`: the row with all departments that the patient is registered in. */
type Want = 'row' | 'departments' | 'insurances';
type Insurances = readonly InsurancePayload[] | null;

interface Told {
  readonly row?: PatientPayload | null;
  readonly insurances?: Insurances;
}

interface Pending {
  readonly wants: Set<Want>;
  readonly told: Promise<Told>;
}

/** Answers kept for operations that are under way: some twenty operations with a hundred patients each. */
const MOST_KEPT = 2000;
/** Longer than an operation needs from a patient to what belongs to the patient; those that go on for longer ask again. */
const KEPT_MS = 5000;

interface Kept<T> {
  readonly at: number;
  readonly answer: Promise<T>;
}

/**
 * A patient's own row and insurances, asked for once per operation whoever needs them (the patient, the insurances, a
 * claim's payer, the department of a chart), and in one call where both are needed at the same time.
 */
export class PatientRows {
  readonly #source: SourceSettings;
  readonly #client: AthenanetClient;
  readonly #pending = new Map<string, Pending>();
  readonly #rows = new QuickLRU<string, Kept<PatientPayload | null>>({ maxSize: MOST_KEPT });
  readonly #registered = new QuickLRU<string, Kept<PatientPayload | null>>({ maxSize: MOST_KEPT });
  readonly #insurances = new QuickLRU<string, Kept<Insurances>>({ maxSize: MOST_KEPT });

  constructor(source: SourceSettings, client: AthenanetClient) {
    this.#source = source;
    this.#client = client;
  }

  /** `null`: athenaNet does not know the patient. */
  row(patient: string, call: Call, want: 'row' | 'departments' = 'row'): Promise<PatientPayload | null> {
    this.#pending.get(nameOf(patient, call))?.wants.add(want);
    return kept(this.#rows, patient, call, async () => {
      const { row = null } = await this.#ask(patient, want, call);
      return row;
    });
  }

  /** The insurances in force; `null`: athenaNet does not know the patient. */
  insurances(patient: string, call: Call): Promise<Insurances> {
    return kept(this.#insurances, patient, call, async () => {
      const told = await this.#ask(patient, 'insurances', call);
      return told.insurances === undefined ? this.#listOf(patient, call) : told.insurances;
    });
  }

  /** The row with all departments, whatever was told of the patient before in this operation. */
  async withDepartments(patient: string, call: Call): Promise<PatientPayload | null> {
    const row = await this.row(patient, call, 'departments');
    if (row === null || row.allpatientstatuses) return row;
    return kept(this.#registered, patient, call, async () => {
      const { row: again = null } = await this.#ask(patient, 'departments', call);
      return again;
    });
  }

  /** What is asked for in one turn of the event loop goes into one call. */
  async #ask(patient: string, want: Want, call: Call): Promise<Told> {
    const name = nameOf(patient, call);
    const pending = this.#pending.get(name);
    if (pending !== undefined) {
      pending.wants.add(want);
      return pending.told;
    }
    const wants = new Set([want]);
    const told = setImmediate().then(() => {
      this.#pending.delete(name);
      return this.#told(patient, wants, call);
    });
    this.#pending.set(name, { wants, told });
    return told;
  }

  async #told(patient: string, wants: ReadonlySet<Want>, call: Call): Promise<Told> {
    if (wants.size === 1 && wants.has('insurances')) return { insurances: await this.#listOf(patient, call) };
    const query = {
      showinsurance: wants.has('insurances') ? 'true' : undefined,
      showallpatientdepartmentstatus: wants.has('departments') ? 'true' : undefined,
    };
    const read = { name: 'GET /patients/{id}', path: `/patients/${patient}`, query };
    const row = await this.#client.one(read, PatientPayload, call);
    if (row === null) return { row, insurances: null };
    if (row.patientid !== patient) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    // A row without the column does not say that there are none.
    return row.insurances ? { row, insurances: row.insurances } : { row };
  }

  async #listOf(patient: string, call: Call): Promise<Insurances> {
    const read = { name: 'GET /patients/{id}/insurances', path: `/patients/${patient}/insurances` };
    try {
      return await this.#client.all(read, 'insurances', InsurancePayload, call);
    } catch (thrown) {
      if (thrown instanceof GraphError && thrown.code === 'NOT_FOUND') return null;
      throw thrown;
    }
  }
}

/** Within an operation: another one may have another client, who may leave, and must hear the vendor anew. */
const nameOf = (patient: string, { id }: Call): string => `${id}/${patient}`;

/** The answer that is there or on its way, or a new one. Failures are not kept. */
const kept = <T>(
  answers: QuickLRU<string, Kept<T>>,
  patient: string,
  call: Call,
  ask: () => Promise<T>,
): Promise<T> => {
  const name = nameOf(patient, call);
  if (call.departures !== undefined) return ask(); // a write looks at what it did
  const known = answers.get(name);
  if (known !== undefined && call.now() - known.at < KEPT_MS) return known.answer;
  const asked = { at: call.now(), answer: ask() };
  answers.set(name, asked);
  asked.answer.catch(() => {
    if (answers.get(name) === asked) answers.delete(name);
  });
  return asked.answer;
};
