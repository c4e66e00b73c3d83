import type { Appointment, AppointmentParticipant } from '@medplum/fhirtypes';
import type { Draft } from '../../ledger.ts';
import type * as Records from '../../practice.ts';
import { Refused, wrongAt } from '../faults.ts';
import { URI } from '../names.ts';
import type { Writing } from '../writing.ts';
import { codeFrom, identifiersFrom, numberOf, type Referenced, wordsOf } from './elements.ts';

const MINUTE = 60_000;
/** Before a time is agreed on, there is only the period that is asked for. */
const OPEN: ReadonlySet<Records.AppointmentStatus> = new Set(['proposed', 'waitlist']);
/** Somebody who came, or did not, came at that time. */
const MOVABLE: ReadonlySet<Records.AppointmentStatus> = new Set(['proposed', 'pending', 'waitlist', 'booked']);
/** What a new visit may be: one that is over from the start is none (assumption). */
const FIRST: ReadonlySet<Records.AppointmentStatus> = new Set([...MOVABLE, 'arrived', 'checked-in', 'fulfilled']);

/** What an appointment is written into. */
export interface Book {
  readonly practice: Records.Practice;
  /** Slots that bookings hold. */
  readonly held: readonly Records.Slot[];
  readonly writing: Writing;
}

interface When {
  readonly start: string;
  readonly minutes: number;
}

const instant = (millis: number): string => new Date(millis).toISOString().replace('.000Z', 'Z');

const spanned = (start: string | undefined, end: string | undefined, expression: string): When => {
  if (start === undefined || end === undefined) throw wrongAt('element-missing', expression);
  const [from, to] = [Date.parse(start), Date.parse(end)];
  if (!(to > from) || from % MINUTE !== 0 || to % MINUTE !== 0) throw wrongAt('element-invalid', expression);
  return { start: instant(from), minutes: (to - from) / MINUTE };
};

const statedTime = (appointment: Appointment): When | undefined => {
  const { status, start, end, requestedPeriod: [period, more] = [] } = appointment;
  if (more !== undefined) throw wrongAt('element-unsupported', 'Appointment.requestedPeriod');
  if (OPEN.has(status) && start === undefined)
    return spanned(period?.start, period?.end, 'Appointment.requestedPeriod');
  return start === undefined && end === undefined ? undefined : spanned(start, end, 'Appointment.end');
};

const isSame = (one: When, other: When): boolean =>
  Date.parse(one.start) === Date.parse(other.start) && one.minutes === other.minutes;

const isInside = (when: When, slot: Records.Slot): boolean => {
  const [from, since] = [Date.parse(when.start), Date.parse(slot.start)];
  return from >= since && from + when.minutes * MINUTE <= since + slot.minutes * MINUTE;
};

/** One participant of a kind at most: a practice of the sandbox keeps no more. */
const participantOf = (
  participants: readonly AppointmentParticipant[],
  type: Referenced & ('Patient' | 'Practitioner' | 'Location'),
): number | undefined => {
  const numbers = participants.flatMap(({ actor }) => numberOf(actor, type) ?? []);
  if (numbers.length > 1) throw wrongAt('element-unsupported', 'Appointment.participant');
  return numbers[0];
};

/** The slot that is asked for, when it is another one than before. @throws Refused when it is not free */
const slotOf = (
  { slot: [reference, more] = [] }: Appointment,
  { practice, held, writing }: Book,
  record: Records.Appointment | undefined,
): Records.Slot | undefined => {
  if (more !== undefined) throw wrongAt('element-unsupported', 'Appointment.slot');
  if (reference === undefined) return undefined;
  const id = numberOf(reference, 'Slot');
  const free = practice.slots.find((slot) => slot.id === id);
  if (free !== undefined) return free;
  const taken = held.find((slot) => slot.id === id);
  if (id !== undefined && id === record?.slotId) return taken;
  const { taken: byNew, takenByMove, unknown } = writing.slotFaults;
  if (taken === undefined) throw wrongAt(unknown, 'Appointment.slot');
  throw wrongAt(record === undefined ? byNew : takenByMove, 'Appointment.slot');
};

/** A time or person that is told beside a new slot has to agree with it; what is not told is the slot's. */
const bySlot = <T>(told: T | undefined, before: T | undefined, slots: T, expression: string): T => {
  if (told === undefined || told === slots || told === before) return slots;
  throw wrongAt('slot-rule', expression);
};

const visitType = (
  { serviceType: [concept] = [] }: Appointment,
  { slots, appointments }: Records.Practice,
  slot: Records.Slot | undefined,
): Records.Appointment['type'] => {
  if (concept === undefined) return slot?.type ?? { id: 0, name: '' };
  const own = concept.coding?.find(({ system }) => system === URI.visitType);
  if (own === undefined) return { id: 0, name: wordsOf(concept) ?? '' };
  const isOwn = ({ type }: { readonly type: { readonly id: number } }): boolean => String(type.id) === own.code;
  const known = slots.find(isOwn) ?? appointments.find(isOwn);
  if (known === undefined) throw wrongAt('code-unknown', 'Appointment.serviceType');
  return known.type;
};

const checkStatus = (status: Records.AppointmentStatus, { writing }: Book, record?: Records.Appointment): void => {
  if (status === record?.status) return;
  const allowed = record === undefined ? FIRST.has(status) : writing.moves[record.status].includes(status);
  if (!allowed) throw wrongAt('status-move', 'Appointment.status');
};

const reasons = ({ cancelationReason, reasonCode = [] }: Appointment) => {
  const [reason, more] = reasonCode;
  if (more !== undefined) throw wrongAt('element-unsupported', 'Appointment.reasonCode');
  const code = codeFrom(cancelationReason);
  return {
    reason: wordsOf(reason),
    cancellationReason: cancelationReason?.text,
    cancellationCode: code === undefined || isImplied(code, cancelationReason?.text) ? undefined : code,
  };
};

/** This server writes the code `other` beside a reason in words. */
const isImplied = ({ system, code, display }: Records.Coded, text: string | undefined): boolean =>
  system === URI.cancellation && code === 'other' && text !== undefined && (display === '' || display === text);

const placed = (appointment: Appointment, book: Book, record: Records.Appointment | undefined) => {
  const { participant } = appointment;
  const told = {
    practitionerId: participantOf(participant, 'Practitioner'),
    locationId: participantOf(participant, 'Location'),
  };
  const stated = statedTime(appointment);
  const slot = slotOf(appointment, book, record);
  const isNew = slot !== undefined && slot.id !== record?.slotId;
  const moved = stated !== undefined && (record === undefined || !isSame(stated, record));
  if (isNew) {
    if (moved && !isInside(stated, slot)) throw wrongAt('slot-rule', 'Appointment.start');
    return {
      practitionerId: bySlot(
        told.practitionerId,
        record?.practitionerId,
        slot.practitionerId,
        'Appointment.participant',
      ),
      locationId: bySlot(told.locationId, record?.locationId, slot.locationId, 'Appointment.participant'),
      ...(moved ? stated : { start: slot.start, minutes: slot.minutes }),
      slot,
    };
  }
  const when = stated ?? record;
  if (when === undefined) throw wrongAt('element-missing', 'Appointment.start');
  const { start, minutes } = when;
  // a visit that moved out of its slot has no slot
  const stays = slot !== undefined && isInside(when, slot) && told.practitionerId === slot.practitionerId;
  return { ...told, start, minutes, slot: stays ? slot : undefined };
};

/**
 * An appointment in the practice's words, for a new one or for the one that `record` is. What the server alone says
 * (id, `created`, `minutesDuration`, names, participants' answers) is not looked at; coded reasons keep their words.
 * @throws Refused for a time, slot, participant or status that cannot be
 */
export const appointmentFrom = (
  appointment: Appointment,
  book: Book,
  record?: Records.Appointment,
): Draft['Appointment'] => {
  const { status, participant } = appointment;
  checkStatus(status, book, record);
  const patientId = participantOf(participant, 'Patient');
  if (patientId === undefined) throw wrongAt('element-missing', 'Appointment.participant');
  if (record !== undefined && patientId !== record.patientId) throw wrongAt('immutable', 'Appointment.participant');
  const { slot, ...place } = placed(appointment, book, record);
  const moves = record !== undefined && (!isSame(place, record) || place.practitionerId !== record.practitionerId);
  if (moves && !MOVABLE.has(record.status)) throw new Refused('not-now');
  return {
    ...identifiersFrom(appointment.identifier, URI.appointmentNumber),
    patientId,
    ...place,
    slotId: slot?.id,
    type: visitType(appointment, book.practice, slot),
    style: codeFrom(appointment.appointmentType),
    status,
    ...reasons(appointment),
    note: appointment.comment,
    description: appointment.description,
  };
};
