import { z } from 'zod';
import { Flag, Id, Minutes, Reference, rows, Text } from './scalars.ts';

export const AppointmentPayload = z.object({
  appointmentid: Id,
  appointmentstatus: Text,
  date: Text,
  starttime: Text,
  duration: Minutes,
  departmentid: Reference,
  providerid: Reference,
  patientid: Reference,
  appointmenttypeid: Reference,
  appointmenttype: Text,
  patientappointmenttypename: Text,
  scheduleddatetime: Text,
  startcheckin: Text,
  stopcheckin: Text,
  checkindatetime: Text,
  checkoutdatetime: Text,
  cancelleddatetime: Text,
  cancelreasonname: Text,
  cancelreasonnoshow: Flag,
  rescheduledappointmentid: Reference,
  appointmentconfirmationname: Text,
  encounterid: Reference,
  encounterstatus: Text,
  encounterstate: Text,
  supervisingproviderid: Reference,
  urgentyn: Flag,
  frozenyn: Flag,
  appointmentnotes: rows(z.object({ text: Text })),
  /** The guide's names; the platform has neither on appointments. */
  reason: Text,
  note: Text,
  /** With `showpatientdetail`: a patient, read on its own so that a bad one does not spoil the appointment. */
  patient: z.unknown().optional(),
});
export type AppointmentPayload = z.output<typeof AppointmentPayload>;

export const AppointmentNotePayload = z.object({ notetext: Text });

/** An open slot is an appointment without a patient; `frozen` is its name for `frozenyn` in the list of open ones. */
export const SlotPayload = AppointmentPayload.pick({
  appointmentid: true,
  appointmentstatus: true,
  date: true,
  starttime: true,
  duration: true,
  departmentid: true,
  providerid: true,
  patientid: true,
  appointmenttypeid: true,
  appointmenttype: true,
  patientappointmenttypename: true,
  frozenyn: true,
}).extend({ frozen: Flag });
export type SlotPayload = z.output<typeof SlotPayload>;

export const AppointmentTypePayload = z.object({ appointmenttypeid: Id, name: Text, patientdisplayname: Text });
