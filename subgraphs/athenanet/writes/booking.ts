import type { Commands, PlannedCall } from '../../../schema/commands.ts';
import { type FieldIssueDetail, GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Sending, Sent, Writer } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { LATER, planned } from '../mapping/form.ts';
import { bookForm, guideBooking, openForm, toWallTime, type Visit } from '../mapping/visit-form.ts';
import { single } from '../payload/scalars.ts';
import { AppointmentPayload } from '../payload/schedule.ts';
import { known } from './current.ts';
import { type Openings, VISIT_PATHS } from './openings.ts';
import type { Place, Places } from './places.ts';

type Input = Commands['bookAppointment'];

const OPEN = '/appointments/open';
const BOOK = '/appointments/{id}';
const UNKNOWN = { department: LATER, provider: LATER, date: LATER, time: LATER, type: LATER } as const;

/** The platform has no free reason of an appointment, and here its note says something else. */
const UNKEPT: FieldIssueDetail = {
  path: ['reason'],
  rule: 'kept',
  message: 'athenahealth keeps only the practice’s own reasons, in the place of a type, or one as the note.',
};

/** What can be seen of a wish without the vendor. */
export const timeFaults = ({
  slot,
  practitioner,
  start,
}: {
  readonly slot?: string;
  readonly practitioner?: string;
  readonly start?: string;
}): readonly FieldIssueDetail[] => {
  if (slot !== undefined) return [];
  const message = 'A slot is wanted, or a practitioner and a time.';
  return [
    ...(practitioner === undefined ? [{ path: ['practitioner'], rule: 'required', message }] : []),
    ...(start === undefined ? [{ path: ['start'], rule: 'required', message }] : []),
  ];
};

/**
 * Books as athenaNet does: a patient is put into an open slot, which is opened where there is none (`platform`); or all in
 * one call, as the guide prints it (`guide`).
 */
export class Booking implements Writer<'bookAppointment'> {
  readonly #practice: Practice;
  readonly #places: Places;
  readonly #openings: Openings;
  readonly #isGuide: boolean;
  /** The platform shows no reason of an appointment (fact sheet 2.3). */
  readonly notKept: readonly string[];

  constructor(practice: Practice, places: Places, openings: Openings) {
    this.#practice = practice;
    this.#places = places;
    this.#openings = openings;
    this.#isGuide = practice.source.dialect === 'guide';
    this.notKept = this.#isGuide ? [] : ['reason'];
  }

  plan(input: Input): readonly PlannedCall[] {
    const { slot, start, minutes, practitioner, location } = input;
    const issues = timeFaults(input);
    if (issues.length > 0) throw validationFailed(issues);
    known(input.patient);
    for (const key of [slot, practitioner, location]) if (key !== undefined) known(key);
    if (start !== undefined) toWallTime(start, 'UTC'); // whole minutes, in every zone
    const place = {
      ...UNKNOWN,
      ...(practitioner === undefined ? {} : { provider: practitioner }),
      ...(location === undefined ? {} : { department: location }),
    };
    const visit = visitOf(input, place, input.reason === undefined ? undefined : LATER);
    if (this.#isGuide) return [planned(`POST ${OPEN}`, guideBooking(visit, { ...place, minutes: minutes ?? LATER }))];
    const booking = planned(`PUT ${BOOK}`, bookForm(visit));
    return slot === undefined ? [planned(`POST ${OPEN}`, openForm(place)), booking] : [booking];
  }

  async send(input: Input, sending: Sending): Promise<Sent> {
    const { patient } = input;
    const earlier = this.#isGuide ? undefined : await this.#openings.earlier(patient, input, sending);
    if (earlier !== undefined && 'sent' in earlier) return earlier.sent;
    const place = earlier?.place ?? (await this.#places.place({ ...input, ownLength: this.#isGuide }, sending.call));
    const visit = visitOf(input, place, await this.#reasonId(input, place, sending));
    return this.#isGuide ? this.#atOnce(visit, place, sending) : this.#inSlot(visit, place, sending);
  }

  async #inSlot(visit: Visit, place: Place, sending: Sending): Promise<Sent> {
    const held = await this.#openings.hold(place, visit.patient, sending);
    const write = { method: 'PUT', route: BOOK, ids: [held.slot], form: bookForm(visit), paths: VISIT_PATHS } as const;
    try {
      const booked = await this.#practice.client.write(write, single(AppointmentPayload), sending.call);
      if (booked.appointmentid !== held.slot) throw this.#misunderstood();
      const isLost = visit.reason !== undefined && visit.note !== undefined;
      return { key: held.slot, ...(isLost ? { warnings: [UNKEPT] } : {}) };
    } catch (thrown) {
      return this.#openings.afterRefusal(thrown, held, visit.patient, sending.call);
    }
  }

  async #atOnce(visit: Visit, place: Place, { call }: Sending): Promise<Sent> {
    const write = { method: 'POST', route: OPEN, json: guideBooking(visit, place), paths: VISIT_PATHS } as const;
    try {
      const booked = await this.#practice.client.write(write, single(AppointmentPayload), call);
      if ((booked.patientid ?? visit.patient) !== visit.patient) throw this.#misunderstood();
      return { key: booked.appointmentid };
    } catch (thrown) {
      throw thrown instanceof GraphError && thrown.status === 409 ? this.#places.taken() : thrown;
    }
  }

  /** Reasons are the practice's own, and the platform takes one in the place of a type; another stands as the note. */
  async #reasonId({ reason, type }: Input, place: Place, { call }: Sending): Promise<string | undefined> {
    if (reason === undefined || (type !== undefined && !this.#isGuide)) return undefined;
    return this.#practice.kinds.reasonId(reason, place.department, place.provider, call);
  }

  #misunderstood(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.#practice.source.id });
  }
}

const visitOf = (
  { patient, reason, note }: Input,
  { department, type }: Pick<Place, 'department' | 'type'>,
  reasonId: string | undefined,
): Visit => ({ patient, department, type, reasonId, reason: reasonId === undefined ? reason : undefined, note });
