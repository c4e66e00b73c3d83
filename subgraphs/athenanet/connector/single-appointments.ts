import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, Wanted } from '../../vendor/connector.ts';
import { instantToLocal, toUsDate } from '../../vendor/time.ts';
import { noteOf, toAppointment } from '../mapping/appointment.ts';
import { AppointmentNotePayload, AppointmentPayload } from '../payload/schedule.ts';
import type { Booked } from './booked.ts';
import { allBut } from './covers.ts';
import { patientsIn } from './embedded.ts';
import { each, isKey, type Practice } from './practice.ts';
import { selectsOf } from './selected.ts';

type Row = AppointmentPayload;
type Note = string | null;

const NOTE = 'note';
/** What only the booked list of its day tells of an appointment. */
const BOOKED_ONLY: readonly string[] = ['scheduledAt', 'urgent'];

/** Appointments by id. */
export class SingleAppointments {
  readonly #practice: Practice;
  readonly #booked: Booked;

  constructor(practice: Practice, booked: Booked) {
    this.#practice = practice;
    this.#booked = booked;
  }

  /**
   * One call each; a note by a second one at the same time. What only the booked list tells, or whether a cancellation was
   * a no-show, is asked for afterwards. Of an appointment that is known in part only the missing part is asked for.
   */
  async read(
    wanted: readonly Wanted<'Appointment'>[],
    call: Call,
  ): Promise<readonly (Found<'Appointment'> | null | Error)[]> {
    const { directory } = this.#practice;
    if (wanted.some(({ key }) => isKey(key))) directory.start(call);
    for (const { fields } of wanted) directory.startFor(fields, call);
    return each(wanted, this.#practice, async (one) => {
      if (!isKey(one.key)) return null;
      const { known } = one;
      return known === undefined ? this.#whole(one, call) : this.#completed({ ...one, known }, call);
    });
  }

  async #whole({ key, fields }: Wanted<'Appointment'>, call: Call): Promise<Found<'Appointment'> | null> {
    const { client, source } = this.#practice;
    const needsList = BOOKED_ONLY.some((field) => fields.has(field));
    const asked = fields.has(NOTE) && !needsList && source.dialect !== 'guide' ? this.#note(key, call) : undefined;
    asked?.catch(() => undefined); // awaited below, unless there is no such appointment
    const showpatientdetail = (selectsOf(fields, 'patient') ?? true) ? 'true' : undefined;
    const read = { name: 'GET /appointments/{id}', path: `/appointments/${key}`, query: { showpatientdetail } };
    const row = await client.one(read, AppointmentPayload, call);
    if (row === null) return null;
    if (row.appointmentid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    if (row.appointmentstatus === 'o') return null;
    const note = await asked;
    const untold = untoldBy(row).filter((field) => field !== NOTE || note === undefined);
    if (!untold.some((field) => fields.has(field))) return this.#found(row, untold, note, call);
    const { patientid: patient, departmentid, date = '' } = row;
    const departments = departmentid === undefined ? undefined : [departmentid];
    return this.#found(await this.#booked.rowOf(key, { patient, departments }, date, call), [], undefined, call);
  }

  async #completed(
    { key, fields, known }: Wanted<'Appointment'> & Required<Pick<Wanted<'Appointment'>, 'known'>>,
    call: Call,
  ): Promise<Found<'Appointment'> | null> {
    const { record, covers } = known;
    const told = (field: string) => covers === 'all' || covers.has(field);
    if ([...fields].every((field) => field === NOTE || told(field) || field.includes('.'))) {
      const note = await this.#note(key, call);
      const untold = ['status', ...BOOKED_ONLY].filter((field) => !told(field));
      if (note !== undefined) {
        const whole = { ...record, note };
        return { record: whole, covers: allBut('Appointment', whole, untold) };
      }
    }
    const { patientKey, locationKey, start } = record;
    if (!start) return this.#whole({ key, fields }, call);
    const zoneOf = await this.#practice.directory.zones([locationKey ?? undefined], call);
    const day = toUsDate(instantToLocal(start, zoneOf(locationKey ?? undefined)).date);
    const departments = locationKey ? [locationKey] : undefined;
    const row = await this.#booked.rowOf(key, { patient: patientKey ?? undefined, departments }, day, call);
    return this.#found(row, [], undefined, call);
  }

  async #found(
    row: Row,
    untold: readonly string[],
    note: Note | undefined,
    call: Call,
  ): Promise<Found<'Appointment'> | null> {
    const { source, directory } = this.#practice;
    if (row.appointmentstatus === 'o') return null;
    const zoneOf = await directory.zones([row.departmentid], call);
    const told = toAppointment(row, zoneOf(row.departmentid));
    if (!told.start) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    const record = note === undefined ? told : { ...told, note };
    const related = await patientsIn([row], this.#practice);
    return { record, covers: allBut('Appointment', record, untold), ...(related.length === 0 ? {} : { related }) };
  }

  /** Its notes as the booked list has them; `undefined` where athenaNet gives no notes of it. */
  async #note(key: string, call: Call): Promise<Note | undefined> {
    const read = { name: 'GET /appointments/{id}/notes', path: `/appointments/${key}/notes` };
    try {
      const notes = await this.#practice.client.all(read, 'notes', AppointmentNotePayload, call);
      return noteOf(notes.map(({ notetext }) => notetext)) ?? null;
    } catch (thrown) {
      if (thrown instanceof GraphError && thrown.code === 'NOT_FOUND') return undefined;
      throw thrown;
    }
  }
}

/** What the booked list tells of every appointment and `GET /appointments/{id}` leaves out. */
const untoldBy = (row: Row): readonly string[] => [
  ...(row.appointmentnotes || row.note !== undefined ? [] : [NOTE]),
  ...(row.appointmentstatus === 'x' && row.cancelreasonnoshow === undefined ? ['status'] : []),
  ...(row.scheduleddatetime === undefined ? ['scheduledAt'] : []),
  ...(row.urgentyn === undefined ? ['urgent'] : []),
];
