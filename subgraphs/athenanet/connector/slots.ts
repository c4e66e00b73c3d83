import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, SlotQuery, Wanted } from '../../vendor/connector.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import { toSlot } from '../mapping/appointment.ts';
import { SlotPayload } from '../payload/schedule.ts';
import { daysOf, isWithin } from './days.ts';
import { each, isKey, type Practice } from './practice.ts';

/** athenaNet's word for any reason that patients may book by. */
const ANY_REASON = '-1';

/** Open time of a practice. */
export class Slots {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  /** One call for all departments and providers. Without a type: what can be booked for any reason. */
  async search(search: SlotQuery, call: Call): Promise<readonly Mapped<'Slot'>[]> {
    const { client, directory, source } = this.#practice;
    const all = await directory.locations(call);
    const locations = all.filter(({ key }) => search.locations?.includes(key) ?? true);
    const providers = search.practitioners?.filter(isKey);
    const type = search.type === undefined ? undefined : await directory.appointmentType(search.type, call);
    if (locations.length === 0 || providers?.length === 0 || (search.type !== undefined && type === undefined))
      return [];
    const zones = [...new Set([...locations.map(({ timeZone }) => timeZone), source.timeZone])];
    const read = {
      name: 'GET /appointments/open',
      path: '/appointments/open',
      query: {
        departmentid: locations.map(({ key }) => key),
        providerid: providers,
        ...(type === undefined ? { reasonid: ANY_REASON } : { appointmenttypeid: type }),
        ...daysOf(search, zones),
        bypassscheduletimechecks: 'true',
      },
    };
    const rows = await client.all(read, 'appointments', SlotPayload, call, ROWS_AT_ONCE);
    const zoneOf = await directory.zones(
      rows.map(({ departmentid }) => departmentid),
      call,
    );
    const slots = new Map<string, Mapped<'Slot'>>();
    for (const row of rows) {
      const slot = this.#slot(row, zoneOf);
      if (slot !== null && isWithin(slot.start, slot.start, search) && isAsked(search, slot)) slots.set(slot.key, slot);
    }
    return [...slots.values()];
  }

  /** A slot is the appointment of its id as long as nobody has taken it; after that there is no such slot. */
  async read(wanted: readonly Wanted<'Slot'>[], call: Call): Promise<readonly (Found<'Slot'> | null | Error)[]> {
    const { client, directory, source } = this.#practice;
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
