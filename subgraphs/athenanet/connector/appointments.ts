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
import { toAppointment } from '../mapping/appointment.ts';
import type { AppointmentPayload } from '../payload/schedule.ts';
import { type Booked, type BookedFilter, codesOf } from './booked.ts';
import { byPatient } from './by-patient.ts';
import { type Days, isInDays, isWholeDays, isWithin } from './days.ts';
import { patientsIn } from './embedded.ts';
import { collect, pageByTime } from './pages.ts';
import { isKey, type Practice } from './practice.ts';
import { selectsOf } from './selected.ts';
import { SingleAppointments } from './single-appointments.ts';

type Row = AppointmentPayload;
type Departments = readonly Mapped<'Location'>[];

const NONE: Page<'Appointment'> = { items: [], hasNextPage: false, totalCount: 0 };
/** Begins a position in a list that was asked for before the departments were at hand: it has other rows. */
const WIDE = 'wide:';

/** Appointments of a practice, of patients and by id. */
export class Appointments {
  readonly #practice: Practice;
  readonly #booked: Booked;
  readonly #single: SingleAppointments;

  constructor(practice: Practice, booked: Booked) {
    this.#practice = practice;
    this.#booked = booked;
    this.#single = new SingleAppointments(practice, booked);
  }

  /**
   * One call for all departments, with the patients in it unless the client is known not to want them. The departments
   * themselves, where they are not at hand, are asked for at the same time.
   */
  async search(search: AppointmentQuery, window: Window, call: Call): Promise<Page<'Appointment'>> {
    const { directory } = this.#practice;
    const asked = search.locations?.filter(isKey);
    const providers = search.practitioners?.filter(isKey);
    if ([asked, providers, codesOf(search.status)].some((list) => list?.length === 0)) return NONE;
    directory.startFor(window.fields, call);
    const filter = {
      providers,
      status: search.status,
      patients: selectsOf(window.fields, 'patient') ?? true,
    };
    const wide = window.after?.startsWith(WIDE);
    const known =
      window.after === undefined ? await directory.known() : wide ? undefined : await directory.locations(call);
    if (known !== undefined) return this.#searchAt(known, search, filter, window, call);
    if (window.fields === undefined) directory.startAll(call);
    const days = this.#booked.wideDays(search);
    const page = this.#pageOf(days, search, { ...filter, departments: asked }, wideOf(window), call);
    page.catch(() => undefined); // awaited below, if the departments are such that it holds
    const departments = await directory.locations(call);
    const locations = departments.filter(({ key }) => asked?.includes(key) ?? true);
    if (locations.length === 0) return NONE;
    if (wide !== true && !isInDays(this.#booked.days(search, locations), days))
      return this.#searchAt(departments, search, filter, window, call);
    const found = await page;
    return { ...found, items: found.items.map((item) => ({ ...item, after: `${WIDE}${item.after}` })) };
  }

  read(
    wanted: readonly Wanted<'Appointment'>[],
    call: Call,
  ): Promise<readonly (Found<'Appointment'> | null | Error)[]> {
    return this.#single.read(wanted, call);
  }

  /**
   * Appointments of patients by the booked list: the list of a patient's own has neither notes nor cancel reasons nor
   * check-in times, by which a no-show and an arrival are told.
   */
  async ofPatients(
    asked: readonly PatientList<AppointmentFilter>[],
    call: Call,
  ): Promise<readonly (Page<'Appointment'> | Error)[]> {
    const { directory, kept } = this.#practice;
    for (const { window } of asked) directory.startFor(window.fields, call);
    return byPatient<AppointmentFilter, Row, 'Appointment'>(asked, this.#practice, {
      alone: (patient, { from, to }) =>
        kept.through(
          { type: 'Appointment', call: 'GET /appointments/booked', asked: [from, to], patient },
          call,
          (own) => this.#booked.rows({ from, to }, { patient }, own),
        ),
      together: ({ from, to }, pages) => this.#booked.rows({ from, to }, {}, call, pages),
      patientOf: (row) => row.patientid,
      page: async (rows, patient, filter, window) => {
        const own = rows.map((row) => ({ ...row, patientid: patient }));
        const found = (await this.#found(own, filter, call)).filter((one) => one !== undefined);
        return pageByTime(found, ({ start }) => start, 'oldest first', window);
      },
    });
  }

  async #searchAt(
    departments: Departments,
    search: AppointmentQuery,
    filter: BookedFilter,
    window: Window,
    call: Call,
  ): Promise<Page<'Appointment'>> {
    const locations = departments.filter(({ key }) => search.locations?.includes(key) ?? true);
    if (locations.length === 0) return NONE;
    const keys = locations.map(({ key }) => key);
    const days = this.#booked.days(search, locations);
    const exact = search.status === undefined && isWholeDays(search, this.#booked.zones(locations));
    return this.#pageOf(days, search, { ...filter, departments: keys }, window, call, exact ? window.first : undefined);
  }

  /** A page of the rows that were asked for, and the patients in them. */
  async #pageOf(
    days: Days,
    search: AppointmentQuery,
    filter: BookedFilter,
    window: Window,
    call: Call,
    limit?: number,
  ): Promise<Page<'Appointment'>> {
    const rows = new Map<string, Row>();
    const page = await collect<Row, 'Appointment'>({
      window,
      source: this.#practice.source.id,
      miscounts: codesOf(search.status)?.includes('x') ?? true, // what was moved is among them
      fetch: (offset) => this.#booked.page(days, filter, offset, limit, call),
      take: async (some) => {
        for (const row of some) rows.set(row.appointmentid, row);
        return (await this.#found(some, search, call)).map((found) =>
          found !== undefined && isAsked(search, found.record) ? found : undefined,
        );
      },
    });
    const shown = page.items.flatMap(({ record }) => rows.get(record.key) ?? []);
    return { ...page, related: await patientsIn(shown, this.#practice) };
  }

  /** What the filter asks for, in the rows' places. Open slots are no appointments; what was moved is its successor. */
  async #found(
    rows: readonly Row[],
    filter: AppointmentFilter,
    call: Call,
  ): Promise<readonly (Found<'Appointment'> | undefined)[]> {
    const { source, directory } = this.#practice;
    const departments = rows.map(({ departmentid }) => departmentid);
    const zoneOf = await directory.zones(departments, call);
    return rows.map((row) => {
      if (row.appointmentstatus === 'o' || row.rescheduledappointmentid !== undefined) return undefined;
      const record = toAppointment(row, zoneOf(row.departmentid));
      const { start, status } = record;
      if (start === null || start === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
      const asked = isWithin(start, start, filter) && (filter.status?.includes(status) ?? true);
      return asked ? { record, covers: 'all' } : undefined;
    });
  }
}

const wideOf = ({ after, ...window }: Window): Window =>
  after === undefined ? window : { ...window, after: after.slice(WIDE.length) };

/** athenaNet filters by these too; whatever it sends besides is not shown. */
const isAsked = (search: AppointmentQuery, { practitionerKey, locationKey }: Mapped<'Appointment'>): boolean =>
  (search.practitioners?.includes(practitionerKey ?? '') ?? true) &&
  (search.locations?.includes(locationKey ?? '') ?? true);
