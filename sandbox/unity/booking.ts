import type { Appointment, AppointmentStatus } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { paddedUsTime, usDate, usTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { patientNumber } from './patient-columns.ts';
import { DEPARTMENT, locationAbbreviation, resourceId, typeAbbreviation } from './staff.ts';
import { birthDay, byStart, type World } from './world.ts';

/** Practice Management's codes. What has no code is not in Practice Management. */
const STATUS: Readonly<Partial<Record<AppointmentStatus, string>>> = {
  pending: 'S',
  booked: 'S',
  arrived: 'K',
  'checked-in': 'K',
  fulfilled: 'O',
  cancelled: 'X',
  noshow: 'N',
  waitlist: 'W',
};

const isKnown = ({ status }: Appointment): boolean => STATUS[status] !== undefined;

const resourceOf = ({ practitionerId }: Appointment): string | undefined =>
  practitionerId === undefined ? undefined : resourceId(practitionerId);

const OF_PATIENT: Spec<Appointment> = {
  Appointment_ID: ({ id }) => String(id),
  Patient_ID: ({ patientId }) => String(patientId),
  Appointment_DateTime: ({ start }, world) => usTime(world.local(start)),
  Resource_ID: resourceOf,
  Appointment_Type_ID: ({ type }) => String(type.id),
  Status: ({ status }) => STATUS[status],
  Duration: ({ minutes }) => String(minutes),
  Scheduling_Location_ID: ({ locationId }) => locationId?.toString(),
};

/** Reasons are numbered in the order in which they first came up. */
const reasonNumber = (reason: string, { practice }: World): string => {
  const reasons = new Set(practice.appointments.flatMap(({ cancellationReason }) => cancellationReason ?? []));
  return String([...reasons].indexOf(reason) + 1);
};

/** When the visit came into the state that it is in; NULL in any other. */
const changedTo =
  (status: AppointmentStatus) =>
  (visit: Appointment, world: World): string | undefined =>
    visit.status === status ? paddedUsTime(world.local(visit.changedAt)) : undefined;

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
  Status: ({ status }) => STATUS[status],
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
  DateTIme_Confirmed: () => '',
  DateTime_Cancelled: changedTo('cancelled'),
  Cancellation_Reason_ID: ({ cancellationReason }, world) =>
    cancellationReason && reasonNumber(cancellationReason, world),
  Cancellation_Reason_Desc: ({ cancellationReason }) => cancellationReason,
  DateTime_NoShow: changedTo('noshow'),
  Check_In_Time: () => '',
  Check_Out_Time: () => '',
  Is_Forced_Appointment: () => 'N',
  CoPayment_Amount: () => undefined,
};

/**
 * P1 and P2 bound the time of the change, P3 is the last pull. Public clients send one day in P1 to ask for what changed
 * since, and may leave P2 out; a P2 without a time is that day's midnight (assumption).
 */
const byChange = ({ world, time, parameter }: Work): readonly Table[] => {
  const [from, to, pulled] = [time(parameter(1)), time(parameter(2)), time(parameter(3))];
  const found = world.practice.appointments.filter((visit) => {
    const changed = world.local(visit.changedAt);
    return (
      isKnown(visit) && changed >= (from ?? '') && changed >= (pulled ?? '') && (to === undefined || changed <= to)
    );
  });
  return [table(world, BOOKING, found)];
};

export const BOOKING_ACTIONS: readonly Action[] = [
  {
    name: 'GetScheduleByPatientID',
    run: ({ world, call }) => {
      const patient = world.patient(call.patientId);
      const found = world.practice.appointments.filter((visit) => visit.patientId === patient?.id && isKnown(visit));
      return [table(world, OF_PATIENT, found.sort(byStart))];
    },
  },
  {
    name: 'GetAppointmentById',
    run: ({ world, parameter }) => {
      const found = world.appointment(parameter(1));
      return [table(world, BOOKING, found && isKnown(found) ? [found] : [])];
    },
  },
  { name: 'GetAppointmentsByChangeDTTM', run: byChange },
];
