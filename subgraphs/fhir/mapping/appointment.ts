import type { Appointment, AppointmentParticipant } from '@medplum/fhirtypes';
import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept } from '../../../schema/values.ts';
import { textConcept } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';
import { addMinutes, minutesBetween } from '../../vendor/time.ts';
import { type FhirParticipant, findContained, type Resource } from '../payload.ts';
import { type Target, toTarget } from '../reference.ts';
import type { MappingContext } from './context.ts';
import { fromConcept, optionalConcept, toConcepts, toIdentity, toInt, toMoment, toPeriod } from './datatypes.ts';
import { toFullName } from './person.ts';

/** http://hl7.org/fhir/R4/valueset-appointmentstatus.html */
export const APPOINTMENT_STATUS = codeTable({
  proposed: 'PROPOSED',
  pending: 'PENDING',
  booked: 'BOOKED',
  arrived: 'ARRIVED',
  'checked-in': 'CHECKED_IN',
  fulfilled: 'FULFILLED',
  cancelled: 'CANCELLED',
  noshow: 'NO_SHOW',
  waitlist: 'WAITLIST',
  'entered-in-error': 'ENTERED_IN_ERROR',
});

/** The performer before other attenders, somebody required before somebody optional, and nobody who declined. */
const PRIMARY: Readonly<Record<string, number>> = { PPRF: 0, ATND: 1 };

export const toAppointment = (appointment: Resource<'Appointment'>, context: MappingContext): Mapped<'Appointment'> => {
  const start = toMoment(appointment.start, context.zone);
  const end = endOf(appointment, start, context);
  const patients = patientsOf(appointment, context);
  return {
    ...toIdentity(appointment),
    patientKey: patients.length === 1 ? patients[0] : null,
    practitionerKey: actorsOf('Practitioner', appointment, context)[0] ?? null,
    locationKey: actorsOf('Location', appointment, context)[0] ?? null,
    type: optionalConcept(appointment.appointmentType) ?? optionalConcept(appointment.serviceType[0]) ?? null,
    start: start ?? null,
    end: end ?? null,
    minutes: minutesOf(appointment, start, end) ?? null,
    status: APPOINTMENT_STATUS.to(appointment.status) ?? 'UNMAPPED',
    vendorStatus: appointment.status ?? null,
    reason: reasonOf(appointment) ?? null,
    note: appointment.comment ?? null,
    own: {
      requestedPeriod: toPeriod(appointment.requestedPeriod[0], context.zone) ?? null,
      requestedPeriods: appointment.requestedPeriod.flatMap((period) => toPeriod(period, context.zone) ?? []),
      serviceTypes: toConcepts(appointment.serviceType),
      reasons: toConcepts(appointment.reasonCode),
      description: appointment.description ?? null,
      cancellationReason: optionalConcept(appointment.cancelationReason) ?? null,
      patientInstruction: appointment.patientInstruction ?? null,
      bookedAt: toMoment(appointment.created, context.zone) ?? null,
      patientExternalIds: patients,
      participants: participantsOf(appointment, context),
    },
  };
};

const targetOf = ({ actor }: FhirParticipant, context: MappingContext): Target | undefined =>
  toTarget(actor?.reference, context.base);

/** Everybody whose visit it is: more than one at a group visit. */
export const patientsOf = ({ participant }: Resource<'Appointment'>, context: MappingContext): readonly string[] => [
  ...new Set(
    participant.map((one) => targetOf(one, context)).flatMap((target) => (target?.type === 'Patient' ? target.id : [])),
  ),
];

const rank = ({ type, required, status }: FhirParticipant): number => {
  const codes = type.flatMap(({ coding }) => coding.map(({ code }) => PRIMARY[code ?? ''] ?? 2));
  return (
    Math.min(2, ...codes) * 2 +
    (required === 'optional' || required === 'information-only' ? 1 : 0) +
    (status === 'declined' ? 10 : 0)
  );
};

/** Everybody (every place) of this type who takes part, the primary one first. */
export const actorsOf = (
  type: 'Practitioner' | 'Location',
  appointment: Resource<'Appointment'>,
  context: MappingContext,
): readonly string[] =>
  appointment.participant
    .map((one) => ({ target: targetOf(one, context), at: rank(one) }))
    .sort((one, other) => one.at - other.at)
    .flatMap(({ target }) => (target?.type === type ? target.id : []));

/** The stated end; else the start and the stated duration. A wish (`requestedPeriod`) is neither. */
const endOf = (
  { end, minutesDuration }: Resource<'Appointment'>,
  start: string | undefined,
  { zone }: MappingContext,
): string | undefined => {
  const minutes = toInt(minutesDuration);
  return toMoment(end, zone) ?? (start === undefined || minutes === undefined ? undefined : addMinutes(start, minutes));
};

/** Start and end are right where the stated duration disagrees with them. */
const minutesOf = (
  { minutesDuration }: Resource<'Appointment'>,
  start: string | undefined,
  end: string | undefined,
): number | undefined =>
  start === undefined || end === undefined ? toInt(minutesDuration) : minutesBetween(start, end);

const reasonOf = ({
  reasonCode,
  reasonReference,
  description,
}: Resource<'Appointment'>): CodeableConcept | undefined => {
  const words = description ?? reasonReference.find(({ display }) => display !== undefined)?.display;
  return toConcepts(reasonCode)[0] ?? (words === undefined ? undefined : textConcept(words));
};

/** Who and what else takes part, also those that are only named: patients are left out, they are linked or nobody's. */
const participantsOf = (appointment: Resource<'Appointment'>, context: MappingContext) =>
  appointment.participant.flatMap((participant) => {
    const target = targetOf(participant, context);
    const isPatient =
      target?.type === 'Patient' || participant.actor?.type === 'Patient' || isUnknownPerson(participant);
    return isPatient
      ? []
      : [
          {
            referenceType:
              target?.type ?? containedOf(appointment, participant)?.type ?? participant.actor?.type ?? null,
            externalId: target?.id ?? null,
            display: participant.actor?.display ?? containedOf(appointment, participant)?.display ?? null,
            types: toConcepts(participant.type),
            required: participant.required ?? null,
            status: participant.status ?? null,
          },
        ];
  });

/** Named by an identifier alone, without saying what it is: it may be a patient. */
const isUnknownPerson = ({ actor }: FhirParticipant): boolean =>
  actor !== undefined && actor.type === undefined && actor.reference === undefined && actor.identifier !== undefined;

const containedOf = (
  { contained }: Resource<'Appointment'>,
  { actor }: FhirParticipant,
): { readonly type: string; readonly display: string | undefined } | undefined => {
  const location = findContained('Location', contained, actor?.reference);
  if (location !== undefined) return { type: 'Location', display: location.name };
  const practitioner = findContained('Practitioner', contained, actor?.reference);
  const [name] = practitioner?.name ?? [];
  return practitioner === undefined
    ? undefined
    : { type: 'Practitioner', display: name === undefined ? undefined : toFullName(name) };
};

/** What the graph can tell a server about an appointment. */
export type AppointmentDetails = { readonly status: Exclude<AppointmentStatus, 'UNMAPPED'> } & Partial<
  Pick<
    Mapped<'Appointment'>,
    'patientKey' | 'practitionerKey' | 'locationKey' | 'type' | 'start' | 'end' | 'minutes' | 'reason' | 'note'
  >
>;

/** The inverse of `toAppointment`, for the fields that a client may give. */
export const fromAppointment = (appointment: AppointmentDetails): Appointment => ({
  resourceType: 'Appointment',
  status: APPOINTMENT_STATUS.from(appointment.status) as Appointment['status'],
  ...(appointment.type == null ? {} : { appointmentType: fromConcept(appointment.type) }),
  ...(appointment.reason == null ? {} : { reasonCode: [fromConcept(appointment.reason)] }),
  ...(appointment.start == null ? {} : { start: appointment.start }),
  ...(appointment.end == null ? {} : { end: appointment.end }),
  ...(appointment.minutes == null ? {} : { minutesDuration: appointment.minutes }),
  ...(appointment.note == null ? {} : { comment: appointment.note }),
  participant: [
    ...actor('Patient', appointment.patientKey),
    ...actor('Practitioner', appointment.practitionerKey),
    ...actor('Location', appointment.locationKey),
  ],
});

const actor = (type: string, key: string | null | undefined): readonly AppointmentParticipant[] =>
  key == null ? [] : [{ actor: { reference: `${type}/${key}` }, status: 'accepted' }];
