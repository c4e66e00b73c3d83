import type { When } from '../../../schema/commands.ts';
import { GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import { daysOf } from '../connector/days.ts';
import { isKey, type Practice } from '../connector/practice.ts';
import { ANY_REASON } from '../connector/slots.ts';
import { fromDepartmentTime } from '../mapping/times.ts';
import { toWallTime, type WallTime } from '../mapping/visit-form.ts';
import { type AppointmentTypePayload, SlotPayload } from '../payload/schedule.ts';

/** When and where a visit shall be, in keys of the source; `type`: an id or a name. */
export interface Target extends When {
  readonly type?: string;
  /** Time of another type will do, if it is as long: the visit keeps its own type. */
  readonly anyType?: boolean;
  /** The booking itself says how long it takes, whatever its type. */
  readonly ownLength?: boolean;
}

/** Where and when it will be, in athenaNet's words; with the slot where there is an open one. */
export interface Place extends WallTime {
  readonly department: string;
  readonly provider: string;
  readonly type: string;
  readonly minutes: number;
  readonly slot?: string;
}

type Departments = readonly Mapped<'Location'>[];

const refused = (field: string, rule: string, message: string): GraphError =>
  validationFailed([{ path: [field], rule, message }]);

const UNNAMED = 'No time is open then, and to open it athenahealth needs a type of appointment.';
const FIXED = 'athenahealth’s types of appointments have a length of their own, this one another.';

/** Can a patient be put into it? */
export const isOpen = (row: SlotPayload): boolean =>
  row.appointmentstatus === 'o' && row.patientid === undefined && row.frozen !== true && row.frozenyn !== true;

/** The types as long as that, general ones (`Any 15`) first, else in the practice's order. */
const ofLength = (
  types: readonly AppointmentTypePayload[],
  minutes: number | undefined,
): AppointmentTypePayload | undefined => {
  const fitting = types.filter(({ duration, templatetypeonly }) => duration === minutes && templatetypeonly !== true);
  return fitting.find(({ generic }) => generic === true) ?? fitting[0];
};

/** Finds where and when a visit will be. Writes nothing. */
export class Places {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  /**
   * Where the visit will be: the slot, or the open one at that time, else time that has to be opened.
   * @throws GraphError SLOT_TAKEN for a slot that is not open, VALIDATION for what this practice has not
   */
  async place(target: Target, call: Call): Promise<Place> {
    const type = await this.type(target, call);
    return target.slot === undefined ? this.#atTime(target, type, call) : this.#inSlot(target.slot, target, type, call);
  }

  /** The id of the wanted type. @throws GraphError VALIDATION when the practice has none such */
  async type({ type }: Target, call: Call): Promise<string | undefined> {
    const id = type === undefined ? undefined : await this.#practice.kinds.typeId(type, call);
    if (type !== undefined && id === undefined)
      throw refused('type', 'known', 'The practice has no such type of appointment.');
    return id;
  }

  /** The slot of an appointment's id as it stands now, whoever has it; `null`: there is none any more. */
  async row(key: string, call: Call): Promise<SlotPayload | null> {
    const { client, source } = this.#practice;
    const row = await client.one({ name: 'GET /appointments/{id}', path: `/appointments/${key}` }, SlotPayload, call);
    if (row !== null && row.appointmentid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    return row;
  }

  /** What a slot says of the visit in it, which may be of another type than the slot. */
  of(row: SlotPayload, wanted: string | undefined): Place {
    const { appointmentid: slot, departmentid: department, providerid: provider, duration: minutes, date } = row;
    const { appointmenttypeid: type = wanted, starttime: time } = row;
    if (!department || !provider || !minutes || !date || !time || !type)
      throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#practice.source.id });
    return { slot, department, provider, minutes, date, time, type: wanted ?? type };
  }

  async #inSlot(key: string, target: Target, type: string | undefined, call: Call): Promise<Place> {
    const row = isKey(key) ? await this.row(key, call) : null;
    if (row === null || !isOpen(row)) throw this.taken();
    const place = this.of(row, type);
    const zoneOf = await this.#practice.directory.zones([place.department], call);
    const starts = fromDepartmentTime(row.date, row.starttime, zoneOf(place.department));
    const { start = starts, practitioner = place.provider, location = place.department, minutes } = target;
    if (starts === undefined || start === undefined || Date.parse(start) !== Date.parse(starts))
      throw refused('start', 'slot', 'The slot is at another time.');
    if (practitioner !== place.provider) throw refused('practitioner', 'slot', 'The slot is another practitioner’s.');
    if (location !== place.department) throw refused('location', 'slot', 'The slot is at another location.');
    if (minutes !== undefined && minutes !== place.minutes)
      throw refused('minutes', 'slot', 'The slot has another length.');
    return place;
  }

  async #atTime(target: Target, type: string | undefined, call: Call): Promise<Place> {
    const { practitioner = '', start = '', location } = target;
    const all = await this.#practice.directory.locations(call);
    const departments = all.filter(({ key }) => location === undefined || key === location);
    const row = await this.#openAt(target, departments, type, call);
    if (row !== undefined) return this.of(row, type);
    const [department, another] = departments;
    if (department === undefined) throw refused('location', 'known', 'The practice has no such department.');
    if (another !== undefined)
      throw refused('location', 'required', 'No time is open then, and to open it athenahealth needs a department.');
    const wall = toWallTime(start, department.timeZone);
    return { department: department.key, provider: practitioner, ...(await this.#kind(target, type, call)), ...wall };
  }

  /** An open slot that begins at this moment and is as long as is wanted. */
  async #openAt(
    { practitioner = '', start = '', minutes }: Target,
    departments: Departments,
    type: string | undefined,
    call: Call,
  ): Promise<SlotPayload | undefined> {
    if (departments.length === 0) return undefined;
    const zones = new Map(departments.map(({ key, timeZone }) => [key, timeZone]));
    const to = new Date(Date.parse(start) + 1).toISOString();
    const query = {
      departmentid: [...zones.keys()],
      providerid: practitioner,
      ...(type === undefined ? { reasonid: ANY_REASON } : { appointmenttypeid: type }),
      ...daysOf({ from: start, to }, [...zones.values()]),
      ignoreschedulablepermission: 'true',
      bypassscheduletimechecks: 'true',
    };
    const read = { name: 'GET /appointments/open', path: '/appointments/open', query };
    const rows = await this.#practice.client.all(read, 'appointments', SlotPayload, call, { limit: ROWS_AT_ONCE });
    return rows.find((row) => {
      const zone = zones.get(row.departmentid ?? '');
      const begins = zone === undefined ? undefined : fromDepartmentTime(row.date, row.starttime, zone);
      const fits = minutes === undefined || row.duration === minutes;
      const open = isOpen({ ...row, appointmentstatus: 'o' });
      return open && fits && row.providerid === practitioner && Date.parse(begins ?? '') === Date.parse(start);
    });
  }

  /** A type of appointment is as long as it is; one that is not named is chosen by its length, a general one first. */
  async #kind(
    { minutes, anyType = false, ownLength = false }: Target,
    type: string | undefined,
    call: Call,
  ): Promise<{ readonly type: string; readonly minutes: number }> {
    const types = await this.#practice.kinds.types(call);
    if (type === undefined && minutes === undefined) throw refused('type', 'required', UNNAMED);
    const named = types.find((one) => one.appointmenttypeid === type);
    const suits = type !== undefined && (ownLength || !anyType || named?.duration === minutes);
    const chosen = suits ? named : ofLength(types, minutes);
    if (chosen === undefined)
      throw refused(suits ? 'type' : 'minutes', 'known', 'The practice has no such type of appointment.');
    if (!ownLength && minutes !== undefined && chosen.duration !== minutes) throw refused('minutes', 'type', FIXED);
    const length = minutes ?? chosen.duration;
    if (length === undefined)
      throw refused('minutes', 'required', 'This type of appointment has no length of its own.');
    return { type: chosen.appointmenttypeid, minutes: length };
  }

  taken(): GraphError {
    return new GraphError('SLOT_TAKEN', { source: this.#practice.source.id });
  }
}
