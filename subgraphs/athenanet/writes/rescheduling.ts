import type { Commands, PlannedCall } from '../../../schema/commands.ts';
import { GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Sending, Sent, Sighting, Writer } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { LATER, planned } from '../mapping/form.ts';
import { openForm, rescheduleForm, toWallTime } from '../mapping/visit-form.ts';
import { single } from '../payload/scalars.ts';
import { AppointmentPayload } from '../payload/schedule.ts';
import { currentOf, known, patientOf } from './current.ts';
import { type Openings, VISIT_PATHS } from './openings.ts';
import type { Places, Target } from './places.ts';

type Input = Commands['rescheduleAppointment'];

const RESCHEDULE = '/appointments/{id}/reschedule';

/**
 * Moves a booking into another slot, which is opened where there is none. The old appointment ends and names the new one,
 * whose key is the appointment's from then on.
 */
export class Rescheduling implements Writer<'rescheduleAppointment'> {
  readonly needs = ['patient', 'practitioner', 'location', 'type', 'minutes', 'start'];
  readonly #practice: Practice;
  readonly #places: Places;
  readonly #openings: Openings;

  constructor(practice: Practice, places: Places, openings: Openings) {
    this.#practice = practice;
    this.#places = places;
    this.#openings = openings;
  }

  plan({ key, slot, practitioner, location, start }: Input): readonly PlannedCall[] {
    for (const one of [key, slot, practitioner, location]) if (one !== undefined) known(one);
    if (start !== undefined) toWallTime(start, 'UTC');
    if (slot === undefined && start === undefined && practitioner === undefined && location === undefined)
      throw validationFailed([{ path: ['start'], rule: 'required', message: 'Another time or place is wanted.' }]);
    const moved = planned(`PUT ${RESCHEDULE}`, rescheduleForm(key, slot ?? LATER));
    const place = { department: location ?? LATER, provider: practitioner ?? LATER };
    const opened = planned('POST /appointments/open', openForm({ ...place, date: LATER, time: LATER, type: LATER }));
    return slot === undefined ? [opened, moved] : [moved];
  }

  async send(input: Input, sending: Sending): Promise<Sent> {
    const current = currentOf<'Appointment'>(sending);
    const patient = patientOf(current);
    const target = targetOf(input, current);
    const earlier = await this.#openings.earlier(patient, target, sending);
    if (earlier !== undefined && 'sent' in earlier) return this.#moved(input.key, earlier.sent, sending.call);
    const place = earlier?.place ?? (await this.#places.place(target, sending.call));
    const held = await this.#openings.hold(place, patient, sending);
    const form = rescheduleForm(patient, held.slot);
    const write = { method: 'PUT', route: RESCHEDULE, ids: [input.key], form, paths: VISIT_PATHS } as const;
    try {
      const moved = await this.#practice.client.write(write, single(AppointmentPayload), sending.call);
      if (moved.appointmentid !== held.slot)
        throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#practice.source.id });
      return { key: held.slot };
    } catch (thrown) {
      const sent = await this.#openings.afterRefusal(thrown, held, patient, sending.call);
      return this.#moved(input.key, sent, sending.call);
    }
  }

  /** The slot into which an attempt moved the patient was kept before the attempt left. */
  async find({ key }: Input, { progress, call }: Pick<Sending, 'call' | 'progress'>): Promise<Sighting> {
    const { slot, patient } = progress;
    const row = slot === undefined ? null : await this.#places.row(slot, call);
    const isThere = row !== null && row.appointmentstatus !== 'o' && row.patientid === patient;
    return slot !== undefined && isThere && (await this.#hasLeft(key, slot, call))
      ? { kind: 'found', key: slot }
      : { kind: 'absent' };
  }

  /** @throws GraphError SLOT_TAKEN when the patient got into the slot by another way than from this appointment */
  async #moved(key: string, sent: Sent, call: Call): Promise<Sent> {
    if (await this.#hasLeft(key, sent.key, call)) return sent;
    throw this.#places.taken();
  }

  async #hasLeft(key: string, slot: string, call: Call): Promise<boolean> {
    const row = await this.#places.row(key, call);
    return row?.appointmentstatus === 'x' && (row.rescheduledappointmentid ?? slot) === slot;
  }
}

/** What is not given stays as it is; of a slot, nothing but its own is wanted. */
const targetOf = ({ slot, practitioner, location, start, minutes }: Input, current: Mapped<'Appointment'>): Target => {
  const given = {
    ...(practitioner === undefined ? {} : { practitioner }),
    ...(location === undefined ? {} : { location }),
    ...(start === undefined ? {} : { start }),
    ...(minutes === undefined ? {} : { minutes }),
  };
  if (slot !== undefined) return { ...given, slot };
  const [type] = current.type?.codings ?? [];
  return {
    ...(current.practitionerKey ? { practitioner: current.practitionerKey } : {}),
    ...(current.locationKey ? { location: current.locationKey } : {}),
    ...(current.start ? { start: current.start } : {}),
    ...(current.minutes ? { minutes: current.minutes } : {}),
    ...(type === undefined ? {} : { type: type.code, anyType: true }),
    ...given,
  };
};
