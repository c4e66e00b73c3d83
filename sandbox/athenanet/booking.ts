import type { Appointment, Slot } from '../practice.ts';
import { bookedRow } from './appointment-row.ts';
import { reasonId } from './identity.ts';
import type { CancelReason, Kind } from './kinds-in-use.ts';
import { openSlot } from './open-slots.ts';
import { invalid, missingFields, notBooked, notFound, slotTaken } from './reply.ts';
import type { Call, Route } from './router.ts';

/** The kind of appointment that a call names by its own number or by a reason's; a number that is not there is refused. */
export const kindSent = ({ world, sent }: Call): Kind | undefined => {
  const [type, reason] = [sent.id('appointmenttypeid'), sent.id('reasonid')];
  if (type !== undefined) {
    const kind = world.kinds.find(({ id }) => id === type);
    if (kind === undefined) throw invalid('Invalid APPOINTMENTTYPEID input');
    return kind;
  }
  const kind = world.kinds.find(({ id }) => reasonId(id) === reason);
  if (reason !== undefined && kind === undefined) throw invalid('Invalid REASONID input');
  return kind;
};

/** The patient of a call's own parameter. */
export const patientSent = ({ world, sent }: Call): number => {
  const patient = world.patient(sent.id('patientid') ?? Number.NaN);
  if (patient === undefined) throw notFound('patient');
  return patient.id;
};

/** The open slot of a number: an appointment that is none is taken, a number without anything is not there. */
const openSlotOf = ({ world }: Call, number: number): Slot => {
  const slot = openSlot(world, number);
  if (slot !== undefined) return slot;
  throw world.appointment(number) === undefined ? notFound('appointment') : slotTaken();
};

/** Whether an appointment still can be moved or cancelled: it is booked, and its patient not checked in. */
export const isBooked = ({ status }: Appointment): boolean =>
  status === 'booked' || status === 'pending' || status === 'arrived';

/** A kind takes a slot of its own or of its length. [assumption] */
const admitKind = (kind: Pick<Kind, 'id' | 'minutes'>, slot: Slot): void => {
  if (kind.id !== slot.type.id && kind.minutes !== slot.minutes)
    throw invalid('The appointment type does not fit the appointment.');
};

/** Puts a patient into a slot. The appointment has the slot's number, time, length, provider and department. */
export const putInto = (
  { world, ledger, name }: Call,
  slot: Slot,
  number: number,
  rest: Pick<Appointment, 'patientId' | 'type' | 'note' | 'reason'>,
): Appointment => {
  const { practitionerId, locationId, start, minutes } = slot;
  const draft = { ...rest, practitionerId, locationId, start, minutes, slotId: slot.id, status: 'booked' } as const;
  if (!ledger.isFree(draft)) throw slotTaken();
  world.extras.use(number);
  return ledger.book(name, draft, false, number);
};

const book = (call: Call) => {
  const { world, sent, id } = call;
  sent.require('patientid');
  const number = id('id');
  const slot = openSlotOf(call, number);
  const kind = kindSent(call);
  if (kind === undefined) throw missingFields(['appointmenttypeid', 'reasonid']);
  admitKind(kind, slot);
  const department = sent.id('departmentid');
  if (department !== undefined && department !== slot.locationId) throw invalid('Invalid DEPARTMENTID input');
  const note = sent.text('bookingnote');
  const type = { id: kind.id, name: kind.name };
  const visit = putInto(call, slot, number, {
    patientId: patientSent(call),
    type,
    ...(note !== undefined && { note }),
  });
  world.extras.setVisit(visit.id, { urgent: sent.flag('urgentyn') || sent.flag('urgent') });
  return [bookedRow(world, visit)];
};

/** The booked appointment of a path and of the patient whom the call must name. */
const bookedOf = (call: Call): Appointment => {
  const { world, sent, id } = call;
  sent.require('patientid');
  const visit = world.appointment(id('id'));
  if (visit === undefined) throw notFound('appointment');
  if (visit.patientId !== patientSent(call)) throw invalid('Invalid PATIENTID input');
  if (!isBooked(visit)) throw notBooked();
  return visit;
};

const cancelReasonSent = ({ world, sent }: Call): CancelReason | undefined => {
  const asked = sent.id('appointmentcancelreasonid');
  const reason = world.cancelReasons.find(({ id }) => id === asked);
  if (asked !== undefined && reason === undefined) throw invalid('Invalid APPOINTMENTCANCELREASONID input');
  return reason;
};

/** Ends a booking; a reason that stands for a no-show makes it one. */
const end = (call: Call, visit: Appointment, text: string | undefined, rescheduledTo?: number): void => {
  const { world, ledger, name } = call;
  const reason = cancelReasonSent(call);
  const cancellationReason = text ?? reason?.name;
  world.extras.setVisit(visit.id, { cancelled: { reasonId: reason?.id }, rescheduledTo });
  ledger.changeAppointment(name, visit.id, {
    status: reason?.noShow === true ? 'noshow' : 'cancelled',
    ...(cancellationReason !== undefined && { cancellationReason }),
  });
};

/** [assumption for the answer, after the sample] */
const cancel = (call: Call) => {
  const visit = bookedOf(call);
  end(call, visit, call.sent.text('cancellationreason'));
  return { status: 'x' };
};

/**
 * Books the patient into the new slot and cancels the old appointment. Type, note and the guide's reason go along
 * unless `reasonid` says another type. [public: laravel, dotnet for the call; what goes along: assumption]
 */
const reschedule = (call: Call) => {
  const { world, sent } = call;
  sent.require('patientid', 'newappointmentid');
  const visit = bookedOf(call);
  const number = sent.id('newappointmentid') ?? Number.NaN;
  const slot = openSlotOf(call, number);
  if (cancelReasonSent(call)?.noShow === true) throw invalid('Invalid APPOINTMENTCANCELREASONID input');
  const kind = kindSent(call);
  if (kind !== undefined) admitKind(kind, slot);
  const { patientId, note, reason } = visit;
  const type = kind === undefined ? visit.type : { id: kind.id, name: kind.name };
  const next = putInto(call, slot, number, { patientId, type, ...(note && { note }), ...(reason && { reason }) });
  end(call, visit, sent.text('reschedulereason'), next.id);
  return [bookedRow(world, next)];
};

/** The first value that is not there, in the words of the vendor's sample. [public: go] */
const unknownPart = ({ world, sent }: Call): string | undefined => {
  const parts: readonly (readonly [name: string, is: (id: number) => boolean])[] = [
    ['departmentid', (id) => world.location(id) !== undefined],
    ['providerid', (id) => world.practitioner(id) !== undefined],
    ['appointmenttypeid', (id) => world.kinds.some((kind) => kind.id === id)],
    ['supervisingproviderid', (id) => world.practitioner(id) !== undefined],
  ];
  const bad = parts.find(([name, is]) => {
    const id = sent.id(name);
    return id !== undefined && !is(id);
  });
  return bad && `Invalid ${bad[0].toUpperCase()} input`;
};

/** A bare 1, or a bare text with what was wrong, both under status 200. [public: go; the last two texts: assumption] */
const change = (call: Call) => {
  const { world, sent, ledger, name, id } = call;
  const visit = world.appointment(id('id'));
  if (visit === undefined) throw notFound('appointment');
  const unknown = unknownPart(call);
  if (unknown !== undefined) return unknown;
  if (!isBooked(visit)) return 'The appointment is not in a booked status.';
  const kind = sent.id('appointmenttypeid') === undefined ? undefined : kindSent(call);
  const practitionerId = sent.id('providerid') ?? visit.practitionerId;
  const moved = practitionerId !== visit.practitionerId;
  if (moved && !ledger.isFree({ ...visit, practitionerId })) return 'The provider is not available at that time.';
  const supervisingProviderId = sent.id('supervisingproviderid');
  if (supervisingProviderId !== undefined) world.extras.setVisit(visit.id, { supervisingProviderId });
  ledger.changeAppointment(name, visit.id, {
    locationId: sent.id('departmentid') ?? visit.locationId,
    practitionerId,
    type: kind === undefined ? visit.type : { id: kind.id, name: kind.name },
  });
  return 1;
};

/** Deletes an open slot, and nothing else. [public: laravel for the call; answer and refusal: assumption] */
const remove = (call: Call) => {
  const slot = openSlotOf(call, call.id('id'));
  call.ledger.closeSlot(call.name, slot.id);
  return { success: true };
};

export const bookingRoutes: readonly Route[] = [
  { method: 'PUT', path: '/appointments/{id}', handle: book },
  { method: 'DELETE', path: '/appointments/{id}', handle: remove },
  { method: 'PUT', path: '/appointments/{id}/reschedule', handle: reschedule },
  { method: 'PUT', path: '/appointments/{id}/cancel', handle: cancel },
  { method: 'PUT', path: '/appointments/booked/{id}', handle: change },
];
