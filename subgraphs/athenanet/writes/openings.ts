import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Sending, Sent, WriteCall } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { openForm } from '../mapping/visit-form.ts';
import { OpenedPayload } from '../payload/schedule.ts';
import { isOpen, type Place, type Places, type Target } from './places.ts';

/** A slot for the visit; `isOurs`: it was opened for it. */
export interface Held {
  readonly slot: string;
  readonly isOurs: boolean;
}

/** Where the graph's input has what the forms of scheduling want. */
export const VISIT_PATHS: Readonly<Record<string, readonly string[]>> = {
  patientid: ['patient'],
  departmentid: ['location'],
  providerid: ['practitioner'],
  appointmentdate: ['start'],
  appointmenttime: ['start'],
  starttime: ['start'],
  duration: ['minutes'],
  appointmenttypeid: ['type'],
  reasonid: ['reason'],
};

/** Refusals of which only a look at the slot tells what they mean (fact sheet: the failure was never captured). */
const LOOKED_AT: ReadonlySet<string> = new Set(['VENDOR_REJECTED', 'NOT_FOUND', 'VALIDATION']);

/** Open time for visits: taken, or made, and given back when nobody came to sit in it. */
export class Openings {
  readonly #practice: Practice;
  readonly #places: Places;

  constructor(practice: Practice, places: Places) {
    this.#practice = practice;
    this.#places = places;
  }

  /**
   * What became of the slot that an earlier attempt chose: our visit, when that attempt got through after all, or open
   * time to be used now.
   */
  async earlier(
    patient: string,
    target: Target,
    { progress, call }: Sending,
  ): Promise<{ readonly sent: Sent } | { readonly place: Place } | undefined> {
    const { slot } = progress;
    const row = slot === undefined ? null : await this.#places.row(slot, call);
    if (row === null) return undefined;
    if (row.patientid === patient && row.appointmentstatus !== 'o') return { sent: { key: row.appointmentid } };
    return isOpen(row) ? { place: this.#places.of(row, await this.#places.type(target, call)) } : undefined;
  }

  /** The slot of the place; a new one where there was none. Kept for later attempts before it is given. */
  async hold(place: Place, patient: string, sending: Sending): Promise<Held> {
    const slot = place.slot ?? (await this.#opened(place, sending.call));
    const isOurs = place.slot === undefined || sending.progress.opened === slot;
    await sending.keep({ slot, patient, ...(isOurs ? { opened: slot } : {}) });
    return { slot, isOurs };
  }

  /**
   * What a refused booking into a slot comes to.
   * @throws GraphError SLOT_TAKEN when somebody else has it, else the refusal
   */
  async afterRefusal(thrown: unknown, { slot, isOurs }: Held, patient: string, call: WriteCall): Promise<Sent> {
    if (!(thrown instanceof GraphError) || !LOOKED_AT.has(thrown.code)) throw thrown;
    const row = await this.#places.row(slot, call).catch(() => undefined);
    if (row === undefined) throw thrown.status === 409 ? this.#places.taken() : thrown;
    if (row === null || !isOpen(row)) {
      if (row?.patientid === patient && row.appointmentstatus === 'f') return { key: slot };
      throw this.#places.taken();
    }
    if (isOurs) await this.#withdraw(slot, call);
    throw thrown;
  }

  /** An attempt whose answer is lost leaves an open slot, which the next one finds at that time. */
  async #opened(place: Place, call: WriteCall): Promise<string> {
    const { client, source } = this.#practice;
    const write = { method: 'POST', route: '/appointments/open', form: openForm(place), paths: VISIT_PATHS } as const;
    try {
      const { appointmentids } = await client.write(write, OpenedPayload, call);
      const [slot, another] = Object.keys(appointmentids);
      if (slot === undefined || another !== undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
      return slot;
    } catch (thrown) {
      throw thrown instanceof GraphError && thrown.status === 409 ? this.#places.taken() : thrown;
    }
  }

  /** Best effort: an open slot that stays is time that can be booked, as it was asked for. */
  async #withdraw(slot: string, call: WriteCall): Promise<void> {
    const write = { method: 'DELETE', route: '/appointments/{id}', ids: [slot] } as const;
    await this.#practice.client.write(write, z.unknown(), call).catch(() => undefined);
  }
}
