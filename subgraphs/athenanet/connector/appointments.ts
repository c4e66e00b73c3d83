import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type {
  AppointmentFilter,
  AppointmentQuery,
  Found,
  Page,
  PatientList,
  Wanted,
  Window,
} from '../../vendor/connector.ts';
import { type Read, ROWS_AT_ONCE, type Rows } from '../client.ts';
import { toAppointment } from '../mapping/appointment.ts';
import { toPatient } from '../mapping/patient.ts';
import { PatientPayload } from '../payload/patient.ts';
import { AppointmentPayload } from '../payload/schedule.ts';
import { byPatient } from './by-patient.ts';
import { allBut } from './covers.ts';
import { daysOf, isWholeDays, isWithin } from './days.ts';
import { collect, pageByTime } from './pages.ts';
import { each, isKey, type Practice } from './practice.ts';

type Row = AppointmentPayload;

const NONE: Page<'Appointment'> = { items: [], hasNextPage: false, totalCount: 0 };
const SHOWN = { showcancelled: 'true', showcopay: 'false' } as const;

/** Appointments of a practice, of patients and by id. */
export class Appointments {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  /** One call for all departments, with the patients in it unless the client is known not to want them. */
  async search(search: AppointmentQuery, window: Window, call: Call): Promise<Page<'Appointment'>> {
    const { source, directory } = this.#practice;
    const all = await directory.locations(call);
    const locations = all.filter(({ key }) => search.locations?.includes(key) ?? true);
    const providers = search.practitioners?.filter(isKey);
    if (locations.length === 0 || providers?.length === 0) return NONE;
    const read = this.#booked(locations, search, {
      providerid: providers,
      showpatientdetail: (window.fields?.has('patient') ?? true) ? 'true' : undefined,
    });
    const exact = search.status === undefined && isWholeDays(search, this.#zones(locations));
    const rows = new Map<string, Row>();
    const page = await collect<Row, 'Appointment'>({
      window,
      source: source.id,
      fetch: (offset) => this.#list(read, call, offset, exact ? window.first : ROWS_AT_ONCE),
      take: async (some) => {
        for (const row of some) rows.set(row.appointmentid, row);
        return (await this.#found(some, search, call)).map((found) =>
          found !== undefined && isAsked(search, found.record) ? found : undefined,
        );
      },
    });
    return { ...page, related: await this.#patientsIn(page.items.flatMap(({ record }) => rows.get(record.key) ?? [])) };
  }

  async read(
    wanted: readonly Wanted<'Appointment'>[],
    call: Call,
  ): Promise<readonly (Found<'Appointment'> | null | Error)[]> {
    const { source, client } = this.#practice;
    return each(wanted, this.#practice, async ({ key, fields }) => {
      if (!isKey(key)) return null;
      const read = { name: 'GET /appointments/{id}', path: `/appointments/${key}` };
      const row = await client.one(read, AppointmentPayload, call);
      if (row === null) return null;
      if (row.appointmentid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
      const untold = untoldBy(row);
      const whole = untold.some((field) => fields.has(field)) ? await this.#bookedRow(row, call) : row;
      const [found] = await this.#found([whole], {}, call);
      if (found === undefined) return null;
      return whole === row ? { ...found, covers: allBut('Appointment', found.record, untold) } : found;
    });
  }

  /**
   * Appointments of patients by the booked list: the list of a patient's own has neither notes nor cancel reasons nor
   * check-in times, by which a no-show and an arrival are told.
   */
  async ofPatients(
    asked: readonly PatientList<AppointmentFilter>[],
    call: Call,
  ): Promise<readonly (Page<'Appointment'> | Error)[]> {
    const { client, directory } = this.#practice;
    return byPatient<AppointmentFilter, Row, 'Appointment'>(asked, this.#practice, {
      alone: async (patient, filter) => {
        const days = daysOf(filter, this.#zones(await directory.locations(call)));
        return client.all(
          booked({ patientid: patient, ...days }),
          'appointments',
          AppointmentPayload,
          call,
          ROWS_AT_ONCE,
        );
      },
      together: async (filter) => {
        const read = this.#booked(await directory.locations(call), filter);
        return (offset) => this.#list(read, call, offset, ROWS_AT_ONCE);
      },
      patientOf: (row) => row.patientid,
      page: async (rows, patient, filter, window) => {
        const own = rows.map((row) => ({ ...row, patientid: patient }));
        const found = (await this.#found(own, filter, call)).filter((one) => one !== undefined);
        return pageByTime(found, ({ start }) => start, 'oldest first', window);
      },
    });
  }

  #booked(locations: readonly Mapped<'Location'>[], filter: AppointmentFilter, more: Read['query'] = {}): Read {
    const path = '/appointments/booked/multipledepartment';
    const departmentid = locations.map(({ key }) => key);
    return {
      name: `GET ${path}`,
      path,
      query: { departmentid, ...daysOf(filter, this.#zones(locations)), ...SHOWN, ...more },
    };
  }

  #zones(locations: readonly Mapped<'Location'>[]): readonly string[] {
    return [...new Set([...locations.map(({ timeZone }) => timeZone), this.#practice.source.timeZone])];
  }

  #list(read: Read, call: Call, offset: number, limit: number): Promise<Rows<Row>> {
    return this.#practice.client.list(read, 'appointments', AppointmentPayload, call, { limit, offset });
  }

  /** What the filter asks for, in the rows' places. Open slots are no appointments. */
  async #found(
    rows: readonly Row[],
    filter: AppointmentFilter,
    call: Call,
  ): Promise<readonly (Found<'Appointment'> | undefined)[]> {
    const { source, directory } = this.#practice;
    const zoneOf = await directory.zones(
      rows.map(({ departmentid }) => departmentid),
      call,
    );
    return rows.map((row) => {
      if (row.appointmentstatus === 'o') return undefined;
      const record = toAppointment(row, zoneOf(row.departmentid));
      const { start, status } = record;
      if (start === null || start === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
      const asked = isWithin(start, start, filter) && (filter.status?.includes(status) ?? true);
      return asked ? { record, covers: 'all' } : undefined;
    });
  }

  /** The same appointment as the booked list has it, which tells more. */
  async #bookedRow({ appointmentid, date, patientid, departmentid }: Row, call: Call): Promise<Row> {
    const { client, source } = this.#practice;
    const read = booked({ patientid, departmentid, startdate: date, enddate: date });
    const rows = await client.all(read, 'appointments', AppointmentPayload, call, ROWS_AT_ONCE);
    const found = rows.find((row) => row.appointmentid === appointmentid);
    if (found === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    return found;
  }

  /** The patients that came with these rows. One that cannot be read is left out: it is read by itself when asked for. */
  async #patientsIn(rows: readonly Row[]): Promise<Page<'Appointment'>['related']> {
    const { source, charts } = this.#practice;
    const patients = new Map<string, PatientPayload>();
    for (const { patient, patientid } of rows) {
      const parsed = PatientPayload.safeParse(patient);
      if (parsed.success && parsed.data.patientid === patientid) patients.set(parsed.data.patientid, parsed.data);
    }
    await Promise.all([...patients.values()].map((row) => charts.remember(row)));
    return [...patients.values()].map((row) => ({
      type: 'Patient',
      record: toPatient(row, source.practiceId ?? ''),
      covers: 'all',
    }));
  }
}

const booked = (query: Read['query']): Read => ({
  name: 'GET /appointments/booked',
  path: '/appointments/booked',
  query: { ...query, ...SHOWN },
});

/** What the booked list tells of every appointment and `GET /appointments/{id}` leaves out. */
const untoldBy = (row: Row): readonly string[] => [
  ...(row.appointmentnotes || row.note !== undefined ? [] : ['note']),
  ...(row.appointmentstatus === 'x' && row.cancelreasonnoshow === undefined ? ['status'] : []),
  ...(row.scheduleddatetime === undefined ? ['scheduledAt'] : []),
  ...(row.urgentyn === undefined ? ['urgent'] : []),
];

/** athenaNet filters by these too; whatever it sends besides is not shown. */
const isAsked = (search: AppointmentQuery, { practitionerKey, locationKey }: Mapped<'Appointment'>): boolean =>
  (search.practitioners?.includes(practitionerKey ?? '') ?? true) &&
  (search.locations?.includes(locationKey ?? '') ?? true);
