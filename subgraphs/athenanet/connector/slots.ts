import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, SlotQuery, Wanted } from '../../vendor/connector.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import { toSlot } from '../mapping/appointment.ts';
import { SlotPayload } from '../payload/schedule.ts';
import type { Read } from '../wire.ts';
import type { Booked } from './booked.ts';
import { type Days, isWithin } from './days.ts';
import { each, isKey, type Practice } from './practice.ts';

/** athenaNet's word for any reason that patients may book by. */
export const ANY_REASON = '-1';

/** Open time of a practice. */
export class Slots {
  readonly #practice: Practice;
  readonly #booked: Booked;

  constructor(practice: Practice, booked: Booked) {
    this.#practice = practice;
    this.#booked = booked;
  }

  /**
   * One call for all departments and providers. Without a type: what can be booked for any reason. Departments and types
   * of appointments, where they are not at hand and the call does not need them, are asked for at the same time.
   */
  async search(search: SlotQuery, call: Call): Promise<readonly Found<'Slot'>[]> {
    const { directory, kinds } = this.#practice;
    const asked = search.locations?.filter(isKey);
    const providers = search.practitioners?.filter(isKey);
    if (asked?.length === 0 || providers?.length === 0) return [];
    directory.start(call);
    directory.startFor(search.fields, call);
    const type = search.type === undefined ? undefined : await kinds.typeId(search.type, call);
    if (search.type !== undefined && type === undefined) return [];
    const all = asked === undefined ? await directory.locations(call) : undefined; // the call must name them
    const open = async (days: Days, departments = all) => {
      const departmentid = departments?.map(({ key }) => key) ?? asked ?? [];
      const kind = type === undefined ? { reasonid: ANY_REASON } : { appointmenttypeid: type };
      return departmentid.length === 0
        ? []
        : this.#open({ departmentid, providerid: providers, ...kind, ...days }, call);
    };
    const rows = await this.#booked.within(search, call, open, asked);
    const zoneOf = await directory.zones(
      rows.map(({ departmentid }) => departmentid),
      call,
    );
    const slots = new Map<string, Mapped<'Slot'>>();
    for (const row of rows) {
      const slot = this.#slot(row, zoneOf);
      if (slot !== null && isWithin(slot.start, slot.start, search) && isAsked(search, slot)) slots.set(slot.key, slot);
    }
    return [...slots.values()].map((record) => ({ record, covers: 'all' }));
  }

  #open(query: Read['query'], call: Call): Promise<readonly SlotPayload[]> {
    const path = '/appointments/open';
    const read = { name: `GET ${path}`, path, query: { ...query, bypassscheduletimechecks: 'true' } };
    return this.#practice.client.all(read, 'appointments', SlotPayload, call, { limit: ROWS_AT_ONCE });
  }

  /** A slot is the appointment of its id as long as nobody has taken it; after that there is no such slot. */
  async read(wanted: readonly Wanted<'Slot'>[], call: Call): Promise<readonly (Found<'Slot'> | null | Error)[]> {
    const { client, directory, source } = this.#practice;
    if (wanted.some(({ key }) => isKey(key))) directory.start(call);
    return each(wanted, this.#practice, async ({ key }) => {
      if (!isKey(key)) return null;
      const read = { name: 'GET /appointments/{id}', path: `/appointments/${key}` };
      const row = await client.one(read, SlotPayload, call);
      if (row === null) return null;
      if (row.appointmentid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
      if (row.appointmentstatus !== 'o') return null;
      const record = this.#slot(row, await directory.zones([row.departmentid], call));
      return record === null ? null : { record, covers: 'all' };
    });
  }

  /** `null` for time that somebody is about to book (frozen) or that has a patient. */
  #slot(row: SlotPayload, zoneOf: (department?: string) => string): Mapped<'Slot'> | null {
    if (row.frozen === true || row.frozenyn === true || row.patientid !== undefined) return null;
    const slot = toSlot(row, zoneOf(row.departmentid));
    if (slot === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#practice.source.id });
    return slot;
  }
}

/** athenaNet filters by these too; whatever it sends besides is not shown. */
const isAsked = (search: SlotQuery, { practitionerKey, locationKey }: Mapped<'Slot'>): boolean =>
  (search.practitioners?.includes(practitionerKey ?? '') ?? true) &&
  (search.locations?.includes(locationKey ?? '') ?? true);
