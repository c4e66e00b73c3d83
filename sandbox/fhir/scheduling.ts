import type { Appointment, AppointmentParticipant, Encounter, Schedule, Slot } from '@medplum/fhirtypes';
import type * as Records from '../practice.ts';
import { coded, concept, ID, identifiersOf, later, optional, URI } from './names.ts';

/** Names that stand beside references. */
export interface Names {
  patient(id: number): string | undefined;
  practitioner(id: number): string | undefined;
  location(id: number): string | undefined;
}

/** Before a time is agreed on, there is only the period that was asked for. */
const WITHOUT_TIME: ReadonlySet<Records.AppointmentStatus> = new Set(['proposed', 'waitlist']);

/** Without a number it is none of the practice's own types. */
const visitType = ({ id, name }: { readonly id: number; readonly name: string }) => ({
  ...(id === 0 ? {} : concept(URI.visitType, String(id), name)),
  text: name,
});

const visitTypes = (type: { readonly id: number; readonly name: string }) =>
  type.id === 0 && type.name === '' ? {} : { serviceType: [visitType(type)] };

/** A reason that was only told in words is another one. */
const cancellation = ({ cancellationReason, cancellationCode }: Records.Appointment) => {
  if (cancellationReason === undefined && cancellationCode === undefined) return {};
  const { system, code, display } = cancellationCode ?? { system: URI.cancellation, code: 'other', display: '' };
  return {
    cancelationReason: {
      ...concept(system, code, display === '' ? undefined : display),
      ...optional('text', cancellationReason, String),
    },
  };
};

const participant = (
  reference: string,
  display: string | undefined,
  status: 'accepted' | 'needs-action',
): AppointmentParticipant => ({
  actor: { reference, ...optional('display', display, String) },
  required: 'required',
  status,
});

export const appointmentResource = (appointment: Records.Appointment, names: Names): Appointment => {
  const open = WITHOUT_TIME.has(appointment.status);
  const period = { start: appointment.start, end: later(appointment.start, appointment.minutes) };
  const status = open ? 'needs-action' : 'accepted';
  const { patientId, practitionerId, locationId } = appointment;
  const attending = { type: [concept(URI.participation, 'ATND', 'attender')] };
  return {
    resourceType: 'Appointment',
    id: ID.appointment(appointment.id),
    ...identifiersOf([{ system: URI.appointmentNumber, value: String(appointment.id) }], appointment),
    status: appointment.status,
    ...cancellation(appointment),
    ...visitTypes(appointment.type),
    ...optional('appointmentType', appointment.style, coded),
    ...optional('reasonCode', appointment.reason, (text) => [{ text }]),
    ...optional('description', appointment.description, String),
    ...(open ? {} : period),
    minutesDuration: appointment.minutes,
    ...optional('slot', appointment.slotId, (id) => [{ reference: `Slot/${ID.slot(id)}` }]),
    created: appointment.scheduledAt,
    ...optional('comment', appointment.note, String),
    participant: [
      participant(`Patient/${ID.patient(patientId)}`, names.patient(patientId), status),
      ...(practitionerId === undefined
        ? []
        : [
            {
              ...attending,
              ...participant(
                `Practitioner/${ID.practitioner(practitionerId)}`,
                names.practitioner(practitionerId),
                status,
              ),
            },
          ]),
      ...(locationId === undefined
        ? []
        : [participant(`Location/${ID.location(locationId)}`, names.location(locationId), status)]),
    ],
    ...(open ? { requestedPeriod: [period] } : {}),
  };
};

const ENCOUNTER_STATUS: Readonly<Partial<Record<Records.AppointmentStatus, Encounter['status']>>> = {
  arrived: 'arrived',
  'checked-in': 'in-progress',
  fulfilled: 'finished',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
};

/** True once somebody came: there is an encounter beside the appointment. */
export const tookPlace = ({ status }: Records.Appointment): boolean =>
  status === 'arrived' || status === 'checked-in' || status === 'fulfilled';

/** The visit that an appointment led to; results and claims refer to it. */
export const encounterResource = (appointment: Records.Appointment): Encounter => {
  const { practitionerId, locationId } = appointment;
  const end = appointment.status === 'fulfilled' ? { end: later(appointment.start, appointment.minutes) } : {};
  return {
    resourceType: 'Encounter',
    id: ID.encounter(appointment.id),
    status: ENCOUNTER_STATUS[appointment.status] ?? 'unknown',
    class: { system: URI.actCode, code: 'AMB' },
    ...optional('type', visitTypes(appointment.type).serviceType, (types) => types),
    subject: { reference: `Patient/${ID.patient(appointment.patientId)}` },
    ...(practitionerId === undefined
      ? {}
      : { participant: [{ individual: { reference: `Practitioner/${ID.practitioner(practitionerId)}` } }] }),
    appointment: [{ reference: `Appointment/${ID.appointment(appointment.id)}` }],
    period: { start: appointment.start, ...end },
    ...(locationId === undefined
      ? {}
      : { location: [{ location: { reference: `Location/${ID.location(locationId)}` } }] }),
  };
};

/** One person's free time at one place. */
export const scheduleResource = (practitionerId: number, locationId: number): Schedule => ({
  resourceType: 'Schedule',
  id: ID.schedule(practitionerId, locationId),
  active: true,
  actor: [
    { reference: `Practitioner/${ID.practitioner(practitionerId)}` },
    { reference: `Location/${ID.location(locationId)}` },
  ],
});

export const slotResource = (slot: Records.Slot, status: 'free' | 'busy'): Slot => ({
  resourceType: 'Slot',
  id: ID.slot(slot.id),
  serviceType: [visitType(slot.type)],
  schedule: { reference: `Schedule/${ID.schedule(slot.practitionerId, slot.locationId)}` },
  status,
  start: slot.start,
  end: later(slot.start, slot.minutes),
});
