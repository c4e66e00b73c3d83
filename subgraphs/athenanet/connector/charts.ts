import { GraphError } from '../../../schema/errors.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { AthenanetClient } from '../client.ts';
import { PatientPayload } from '../payload/patient.ts';
import { WrongDepartment } from '../refusal.ts';

const KEPT_MS = 3_600_000;
/** Departments by patient, as any row of the patient tells them, and as the patient's own record does. */
const SEEN = 'patient-departments';
const REGISTERED = 'patient-registrations';
/** Departments tried for one chart. A patient is rarely registered in more; each one is a call. */
const MOST_DEPARTMENTS = 5;

/** A patient as far as it says in which departments the chart is. */
type Registered = Pick<PatientPayload, 'patientid' | 'departmentid' | 'primarydepartmentid' | 'allpatientstatuses'>;

/** Which department to name for a patient's chart: charts belong to groups of departments, and every chart call names one. */
export class Charts {
  readonly #source: SourceSettings;
  readonly #client: AthenanetClient;
  readonly #cache: SourceCache;

  constructor(source: SourceSettings, client: AthenanetClient, cache: SourceCache) {
    this.#source = source;
    this.#client = client;
    this.#cache = cache;
  }

  /** Any patient row that comes by is remembered, so that the chart needs no further call to find its department. */
  async remember(row: Registered): Promise<void> {
    const departments = departmentsOf(row);
    if (departments.length > 0) await this.#cache.set(SEEN, row.patientid, departments, KEPT_MS);
  }

  /**
   * The answer to a chart call of the patient, from the first department that has the chart: of those remembered, then
   * of those in the patient's record, each tried once.
   * @throws GraphError NOT_FOUND for an unknown patient, `WrongDepartment` when none has the chart.
   */
  async open<R>(patient: string, call: Call, ask: (department: string) => Promise<R>): Promise<R> {
    const seen = (await this.#cache.get<readonly string[]>(SEEN, patient))?.value ?? [];
    const tried = await this.#tryEach(patient, seen, ask);
    if (tried !== undefined) return tried.answer;
    const registered = await this.#cache.through(REGISTERED, patient, KEPT_MS, call, (shared) =>
      this.#registered(patient, shared),
    );
    const left = registered.filter((department) => !seen.includes(department));
    const answered = await this.#tryEach(patient, left, ask);
    if (answered === undefined) throw new WrongDepartment(this.#source.id);
    return answered.answer;
  }

  async #tryEach<R>(
    patient: string,
    departments: readonly string[],
    ask: (department: string) => Promise<R>,
  ): Promise<{ readonly answer: R } | undefined> {
    for (const department of departments.slice(0, MOST_DEPARTMENTS)) {
      try {
        const answer = await ask(department);
        await this.#cache.set(SEEN, patient, [department], KEPT_MS);
        return { answer };
      } catch (thrown) {
        if (!(thrown instanceof WrongDepartment)) throw thrown;
      }
    }
    return undefined;
  }

  async #registered(patient: string, call: Call): Promise<readonly string[]> {
    const row = await this.#client.one(
      { name: 'GET /patients/{id}', path: `/patients/${patient}`, query: { showallpatientdepartmentstatus: 'true' } },
      PatientPayload,
      call,
    );
    if (row === null) throw new GraphError('NOT_FOUND', { source: this.#source.id });
    if (row.patientid !== patient) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    return departmentsOf(row);
  }
}

/** The department of registration first, as the one whose chart the practice means. */
const departmentsOf = (row: Registered): readonly string[] => [
  ...new Set(
    [
      row.departmentid,
      row.primarydepartmentid,
      ...(row.allpatientstatuses ?? []).map((one) => one.departmentid),
    ].filter((department) => department !== undefined),
  ),
];
