import { GraphError } from '../../../schema/errors.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { PatientPayload } from '../payload/patient.ts';
import { WrongDepartment } from '../refusal.ts';
import type { Directory } from './directory.ts';
import type { PatientRows } from './patient-rows.ts';

const KEPT_MS = 3_600_000;
/** Departments by patient, as any row of the patient tells them. */
const SEEN = 'patient-departments';
/** Departments tried for one chart. A patient is rarely registered in more; each one is a call. */
const MOST_DEPARTMENTS = 5;

/** A patient as far as it says in which departments the chart is. */
type Registered = Pick<PatientPayload, 'patientid' | 'departmentid' | 'primarydepartmentid' | 'allpatientstatuses'>;

/** Which department to name for a patient's chart: charts belong to groups of departments, and every chart call names one. */
export class Charts {
  readonly #source: SourceSettings;
  readonly #cache: SourceCache;
  readonly #directory: Directory;
  readonly #rows: PatientRows;

  constructor(source: SourceSettings, cache: SourceCache, directory: Directory, rows: PatientRows) {
    this.#source = source;
    this.#cache = cache;
    this.#directory = directory;
    this.#rows = rows;
  }

  /** Any patient row that comes by is remembered, so that the chart needs no further call to find its department. */
  async remember(row: Registered): Promise<void> {
    const departments = departmentsOf(row);
    if (departments.length > 0) await this.#cache.set(SEEN, row.patientid, departments, KEPT_MS);
  }

  /**
   * The answer to a chart call of the patient, from the first department that has the chart: of those remembered (or any,
   * in a practice that keeps one chart for all), then of those in the patient's record, each tried once.
   * @throws GraphError NOT_FOUND for an unknown patient, `WrongDepartment` when none has the chart.
   */
  async open<R>(patient: string, call: Call, ask: (department: string) => Promise<R>): Promise<R> {
    const tried: string[] = [];
    for (const departments of [
      () => this.#likely(patient),
      () => this.#registered(this.#rows.row(patient, call, 'departments')),
      () => this.#registered(this.#rows.withDepartments(patient, call)),
    ]) {
      const left = (await departments()).filter((department) => !tried.includes(department));
      const found = await this.#tryEach(patient, left, ask);
      if (found !== undefined) return found.answer;
      tried.push(...left);
    }
    throw new WrongDepartment(this.#source.id);
  }

  async #likely(patient: string): Promise<readonly string[]> {
    const seen = await this.#cache.get<readonly string[]>(SEEN, patient);
    return seen?.value ?? this.#directory.sharingOneChart();
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

  async #registered(read: Promise<PatientPayload | null>): Promise<readonly string[]> {
    const row = await read;
    if (row === null) throw new GraphError('NOT_FOUND', { source: this.#source.id });
    await this.remember(row);
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
