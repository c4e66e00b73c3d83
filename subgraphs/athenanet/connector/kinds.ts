import type { z } from 'zod';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import { type AthenanetClient, ROWS_AT_ONCE } from '../client.ts';
import { AppointmentReasonPayload, AppointmentTypePayload, CancelReasonPayload } from '../payload/schedule.ts';
import type { Read } from '../wire.ts';

/** They are the practice's configuration and change rarely. */
const KEPT_MS = 3_600_000;
const ID = /^\d{1,18}$/;

const same = (one: string | undefined, other: string): boolean =>
  one?.trim().toLowerCase() === other.trim().toLowerCase();

/** Kinds of appointments, reasons to make one and reasons to cancel one: each list one call an hour. */
export class Kinds {
  readonly #client: AthenanetClient;
  readonly #cache: SourceCache;

  constructor(client: AthenanetClient, cache: SourceCache) {
    this.#client = client;
    this.#cache = cache;
  }

  /** All types of appointments, those that patients cannot book too. */
  types(call: Call): Promise<readonly AppointmentTypePayload[]> {
    const query = { hidegeneric: 'false', hidenonpatient: 'false', hidetemplatetypeonly: 'false' };
    return this.#list('appointmenttypes', query, AppointmentTypePayload, call);
  }

  /** The id of the type of this id or name; `undefined` when the practice has none such. */
  async typeId(wanted: string, call: Call): Promise<string | undefined> {
    if (ID.test(wanted)) return wanted;
    const types = await this.types(call);
    return types.find(({ name, patientdisplayname }) => [name, patientdisplayname].some((own) => same(own, wanted)))
      ?.appointmenttypeid;
  }

  /** The id of the reason for which patients see this provider in this department, by id or words. */
  async reasonId(wanted: string, department: string, provider: string, call: Call): Promise<string | undefined> {
    const query = { departmentid: department, providerid: provider };
    const reasons = await this.#list('patientappointmentreasons', query, AppointmentReasonPayload, call);
    return reasons.find(({ reasonid, reason, description }) =>
      [reasonid, reason, description].some((own) => same(own, wanted)),
    )?.reasonid;
  }

  /** Why appointments are cancelled here; some of the reasons say that the patient did not come. */
  cancelReasons(call: Call): Promise<readonly CancelReasonPayload[]> {
    return this.#list('appointmentcancelreasons', {}, CancelReasonPayload, call);
  }

  #list<S extends z.ZodType>(
    name: string,
    query: NonNullable<Read['query']>,
    row: S,
    call: Call,
  ): Promise<readonly z.output<S>[]> {
    const read = { name: `GET /${name}`, path: `/${name}`, query };
    const key = Object.keys(query).length === 0 ? 'all' : JSON.stringify(query);
    return this.#cache.through(name, key, KEPT_MS, call, (shared) =>
      this.#client.all(read, name, row, shared, { limit: ROWS_AT_ONCE }),
    );
  }
}
