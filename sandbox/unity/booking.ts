import type { Appointment } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { atOrAfter, type Local, paddedUsTime, usDate, usTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { patientNumber } from './patient-columns.ts';
import { DEPARTMENT, locationAbbreviation, resourceId, typeAbbreviation } from './staff.ts';
import { isBooked, type StatusCode, statusCode } from './status-codes.ts';
import { birthDay, byStart, type World } from './world.ts';

const resourceOf = ({ practitionerId }: Appointment): string | undefined =>
  practitionerId === undefined ? undefined : resourceId(practitionerId);

const OF_PATIENT: Spec<Appointment> = {
  Appointment_ID: ({ id }) => String(id),
  Patient_ID: ({ patientId }) => String(patientId),
  Appointment_DateTime: ({ start }, world) => usTime(world.local(start)),
  Resource_ID: resourceOf,
  Appointment_Type_ID: ({ type }) => String(type.id),
  Status: statusCode,
  Duration: ({ minutes }) => String(minutes),
  Scheduling_Location_ID: ({ locationId }) => locationId?.toString(),
};

/** When the caller says that the visit came to have this code. */
const saidTime =
  (code: StatusCode) =>
  (visit: Appointment, world: World): string | undefined => {
    const said = world.marks.get(visit.id)?.code;
    return said?.code === code && statusCode(visit, world) === code ? paddedUsTime(said.at) : undefined;
  };

/** The same, or when the visit was changed last; NULL when it has another code. */
const changedTo =
  (code: StatusCode) =>
  (visit: Appointment, world: World): string | undefined =>
    statusCode(visit, world) === code
      ? (saidTime(code)(visit, world) ?? paddedUsTime(world.local(visit.changedAt)))
      : undefined;

const patientBorn = ({ patientId }: Appointment, world: World): string | undefined => {
  const patient = world.patient(patientId);
  const born = patient && birthDay(patient);
  return born && usDate(born);
};

const resourceAbbreviation = ({ practitionerId }: Appointment, world: World): string | undefined => {
  const found = world.practitioner(practitionerId);
  return found && world.abbreviation(found);
};

const placeAbbreviation = ({ locationId }: Appointment, world: World): string | undefined => {
  const found = world.location(locationId);
  return found && locationAbbreviation(found);
};

const BOOKING: Spec<Appointment> = {
  Appointment_ID: ({ id }) => String(id),
  Patient_ID: ({ patientId }) => String(patientId),
  Patient_Number: ({ patientId }) => patientNumber(patientId),
  Patient_Last_Name: ({ patientId }, world) => world.patient(patientId)?.last,
  Patient_First_Name: ({ patientId }, world) => world.patient(patientId)?.first,
  Patient_Middle_Initial: ({ patientId }, world) => world.patient(patientId)?.middle?.slice(0, 1),
  Patient_DOB: patientBorn,
  Appointment_DateTime: ({ start }, world) => paddedUsTime(world.local(start)),
  Duration: ({ minutes }) => String(minutes),
  Status: statusCode,
  Resource_ID: resourceOf,
  Resource_Abbr: resourceAbbreviation,
  Appointment_Type_ID: ({ type }) => String(type.id),
  Appt_Type_Abbr: ({ type }) => typeAbbreviation(type.name),
  Appt_Type_Desc: ({ type }) => type.name,
  Scheduling_Location_ID: ({ locationId }) => locationId?.toString(),
  Appt_Sched_Location_Abbr: placeAbbreviation,
  Scheduling_Department_ID: () => DEPARTMENT,
  // The one comment has to hold what the EHR keeps in two columns.
  Appt_Comments: ({ reason, note }) => [reason, note].filter((text) => text !== undefined).join('; '),
  Encounter_Number: () => '',
  DateTime_Scheduled: ({ scheduledAt }, world) => paddedUsTime(world.local(scheduledAt)),
  DateTIme_Confirmed: (visit, world) => saidTime('C')(visit, world) ?? '',
  DateTime_Cancelled: changedTo('X'),
  Cancellation_Reason_ID: ({ cancellationReason }, { catalogue }) =>
    cancellationReason && String(catalogue.reasonNumber(cancellationReason)),
  Cancellation_Reason_Desc: ({ cancellationReason }) => cancellationReason,
  DateTime_NoShow: changedTo('N'),
  Check_In_Time: (visit, world) => saidTime('K')(visit, world) ?? '',
  Check_Out_Time: (visit, world) => saidTime('O')(visit, world) ?? '',
  Is_Forced_Appointment: ({ id }, { marks }) => (marks.get(id)?.forced ? 'Y' : 'N'),
  CoPayment_Amount: () => undefined,
};

/**
 * P1 and P2 bound the time of the change, both included; P3 is the last pull. Public clients send one day in P1 to ask for
 * what changed since, and may leave P2 out; a P2 without a time is that day's midnight (assumption). Practice Management
 * keeps the whole second of a change, as its columns show (assumption): a bound with a fraction passes over its own second.
 */
const byChange = ({ world, time, parameter }: Work): readonly Table[] => {
  const secondOf = (instant: string): Local => `${world.local(instant).slice(0, 19)}.000`;
  const [isFrom, isPulled] = [atOrAfter(secondOf, time(parameter(1))), atOrAfter(secondOf, time(parameter(3)))];
  const to = time(parameter(2));
  const found = world.practice.appointments.filter(
    (visit) =>
      isBooked(visit) &&
      isFrom(visit.changedAt) &&
      isPulled(visit.changedAt) &&
      (to === undefined || secondOf(visit.changedAt) <= to),
  );
  return [table(world, BOOKING, found)];
};

export const BOOKING_ACTIONS: readonly Action[] = [
  {
    name: 'GetScheduleByPatientID',
    run: ({ world, call }) => {
      const patient = world.patient(call.patientId);
      const found = world.practice.appointments.filter((visit) => visit.patientId === patient?.id && isBooked(visit));
      return [table(world, OF_PATIENT, found.sort(byStart))];
    },
  },
  {
    name: 'GetAppointmentById',
    run: ({ world, parameter }) => {
      const found = world.appointment(parameter(1));
      return [table(world, BOOKING, found && isBooked(found) ? [found] : [])];
    },
  },
  { name: 'GetAppointmentsByChangeDTTM', run: byChange },
];
