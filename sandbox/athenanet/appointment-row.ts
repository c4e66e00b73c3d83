import type { Appointment, Slot } from '../practice.ts';
import { claimRow } from './claim-row.ts';
import { wireDay } from './clock.ts';
import type { Note } from './extras.ts';
import { encounterId, noteId } from './identity.ts';
import { insuranceRows } from './insurances.ts';
import { cancelReasonOf } from './kinds-in-use.ts';
import { openNumber } from './open-slots.ts';
import type { Parameters } from './parameters.ts';
import { nestedPatientRow, type Row } from './patient-row.ts';
import { textId, type World } from './world.ts';

const API_USER = 'API-00000';

/**
 * athenaNet's letter or digit. A patient who arrived and is not checked in yet is still `f`, with `startcheckin` set;
 * a seen patient is `4` once a charge was entered. [public: go, dotnet, yii for the codes; which status: assumption]
 */
export const statusCode = (world: World, { id, status }: Appointment): string => {
  if (status === 'checked-in') return '2';
  if (status === 'fulfilled') return world.claimsFor(id).length > 0 ? '4' : '3';
  return status === 'cancelled' || status === 'noshow' ? 'x' : 'f';
};

/** `MM/DD/YYYY` and `HH:MM` on the department's clock. */
const when = (world: World, start: string, locationId: number | undefined) => {
  const { date, time } = world.localAt(start, locationId);
  return { date: wireDay(date), starttime: time.slice(0, 5) };
};

/** The columns that a patient's own list has: fewer than everywhere else, without the patient. [public: dotnet] */
export const briefRow = (world: World, appointment: Appointment): Row => ({
  appointmentid: String(appointment.id),
  appointmentstatus: statusCode(world, appointment),
  ...when(world, appointment.start, appointment.locationId),
  duration: appointment.minutes,
  departmentid: textId(appointment.locationId),
  providerid: textId(appointment.practitionerId),
  appointmenttypeid: String(appointment.type.id),
  appointmenttype: appointment.type.name,
  patientappointmenttypename: appointment.type.name,
  useexpectedprocedurecodes: [],
});

/** Whether the patient got as far as an encounter. */
export const hasEncounter = ({ status }: Pick<Appointment, 'status'>): boolean =>
  status === 'checked-in' || status === 'fulfilled';

/** Where no call said when, the last change stands for the times of checking in and out, or the planned times. */
const progress = (world: World, { id, status, start, minutes, changedAt }: Appointment): Row => {
  const { checkInStartedAt, checkedInAt, checkedOutAt } = world.extras.visit(id);
  if (status === 'arrived') return { startcheckin: world.stamp(checkInStartedAt ?? changedAt) };
  if (!hasEncounter({ status })) return {};
  const seen = status === 'fulfilled';
  const checkedIn = world.stamp(checkedInAt ?? (seen ? start : changedAt));
  const end = new Date(Date.parse(start) + minutes * 60_000).toISOString();
  return {
    encounterid: String(encounterId(id)),
    encounterstatus: seen ? 'CHECKEDOUT' : 'READYFORSTAFF',
    encounterstate: seen ? 'CLOSED' : 'OPEN',
    startcheckin: checkInStartedAt === undefined ? checkedIn : world.stamp(checkInStartedAt),
    stopcheckin: checkedIn,
    checkindatetime: checkedIn,
    checkoutdatetime: seen ? world.stamp(checkedOutAt ?? end) : undefined,
  };
};

/** A reason's number and name; a text that a client gave alone stands in the name's place. [assumption for the text] */
const whyCancelled = (world: World, appointment: Appointment) => {
  const { cancelled } = world.extras.visit(appointment.id);
  const known = world.cancelReasons;
  const own = cancelled && known.find(({ id }) => id === cancelled.reasonId);
  if (cancelled !== undefined) return { id: own?.id, name: own?.name ?? appointment.cancellationReason };
  return cancelReasonOf(known, appointment);
};

const cancellation = (world: World, appointment: Appointment): Row => {
  const { id, status, changedAt } = appointment;
  if (status !== 'cancelled' && status !== 'noshow') return {};
  const reason = whyCancelled(world, appointment);
  return {
    cancelledby: API_USER,
    cancelleddatetime: world.stamp(changedAt),
    cancelreasonid: textId(reason?.id),
    cancelreasonname: reason?.name,
    cancelreasonnoshow: status === 'noshow',
    cancelreasonslotavailable: status === 'cancelled',
    rescheduledappointmentid: textId(world.extras.visit(id).rescheduledTo),
  };
};

/** What a caller can have shown inside an appointment. */
const shown = (world: World, { id, patientId }: Appointment, sent: Parameters): Row => {
  const patient = world.patient(patientId);
  if (patient === undefined) return {};
  const insurances = sent.flag('showinsurance') ? insuranceRows(world, patient) : [];
  const claims = sent.flag('showclaimdetail') ? world.claimsFor(id) : [];
  return {
    patient: sent.flag('showpatientdetail') ? nestedPatientRow(world, patient) : undefined,
    claims: claims.length > 0 ? claims.map((claim) => claimRow(world, claim, true)) : undefined,
    insurances: insurances.length > 0 ? insurances : undefined,
  };
};

/** What is known of a booking, whichever call reads or makes it. */
export const bookedRow = (world: World, appointment: Appointment): Row => {
  const { useexpectedprocedurecodes: _, ...brief } = briefRow(world, appointment);
  return {
    ...brief,
    patientid: String(appointment.patientId),
    chargeentrynotrequired: false,
    referringproviderid: '',
    renderingproviderid: '',
    supervisingproviderid: world.extras.visit(appointment.id).supervisingProviderId ?? 0,
  };
};

/** One appointment as its own call gives it: nothing of who made and changed it, and no notes. [public: dotnet] */
export const singleAppointmentRow = (world: World, appointment: Appointment, sent: Parameters): Row => ({
  ...bookedRow(world, appointment),
  // Empty without an encounter. [public: go]
  encounterid: '',
  ...progress(world, appointment),
  ...cancellation(world, appointment),
  ...shown(world, appointment, sent),
});

/** The notes as they were written; before anybody wrote one through the API, the appointment's own. */
export const notesOf = ({ extras }: World, { id, note, scheduledAt }: Appointment): readonly Note[] =>
  extras.visit(id).notes ??
  (note === undefined ? [] : [{ id: noteId(id), text: note, displayOnSchedule: false, createdAt: scheduledAt }]);

/** An appointment as the booked lists give it. [public: go, dotnet, yii] */
export const appointmentRow = (world: World, appointment: Appointment, sent: Parameters): Row => {
  const { id, practitionerId, type } = appointment;
  return {
    ...bookedRow(world, appointment),
    scheduledby: API_USER,
    scheduleddatetime: world.stamp(appointment.scheduledAt),
    lastmodified: world.stamp(appointment.changedAt),
    lastmodifiedby: API_USER,
    templateappointmentid: String(id),
    templateappointmenttypeid: String(type.id),
    hl7providerid: practitionerId,
    coordinatorenterprise: false,
    urgentyn: String(world.extras.visit(id).urgent ?? false),
    appointmentnotes: notesOf(world, appointment).map(({ id: note, text, displayOnSchedule }) => ({
      id: note,
      text,
      displayonschedule: displayOnSchedule,
    })),
    ...progress(world, appointment),
    ...cancellation(world, appointment),
    ...shown(world, appointment, sent),
  };
};

/** The guide's own names for two columns beside the platform's. [seed guide; assumption] */
export const guideAppointmentRow = (world: World, appointment: Appointment, sent: Parameters): Row => ({
  ...appointmentRow(world, appointment, sent),
  reason: appointment.reason,
  note: appointment.note,
});

/** A note as its own list gives it. */
export const noteRow = (world: World, { id, text, displayOnSchedule, createdAt }: Note): Row => ({
  noteid: String(id),
  notetext: text,
  created: world.stamp(createdAt),
  createdby: API_USER,
  displayonschedule: displayOnSchedule,
});

/** A free slot when it is read like an appointment: ids are text, nobody is in it. [public: go, dotnet] */
export const openAppointmentRow = (world: World, slot: Slot): Row => ({
  appointmentid: String(openNumber(world, slot)),
  appointmentstatus: 'o',
  ...when(world, slot.start, slot.locationId),
  duration: slot.minutes,
  departmentid: String(slot.locationId),
  providerid: String(slot.practitionerId),
  appointmenttypeid: String(slot.type.id),
  appointmenttype: slot.type.name,
  patientappointmenttypename: slot.type.name,
});
