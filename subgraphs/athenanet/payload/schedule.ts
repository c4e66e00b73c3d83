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
  rescheduledappointmentid: true,
}).extend({ frozen: Flag });
export type SlotPayload = z.output<typeof SlotPayload>;

export const AppointmentTypePayload = z.object({
  appointmenttypeid: Id,
  name: Text,
  patientdisplayname: Text,
  duration: Minutes,
  generic: Flag,
  templatetypeonly: Flag,
});
export type AppointmentTypePayload = z.output<typeof AppointmentTypePayload>;

export const AppointmentReasonPayload = z.object({ reasonid: Id, reason: Text, description: Text });

/** The names of its members are assumed from those that appointments have. */
export const CancelReasonPayload = z.object({ appointmentcancelreasonid: Id, name: Text, noshow: Flag });
export type CancelReasonPayload = z.output<typeof CancelReasonPayload>;

/** The answer to opening time: the new slots, each with its time. */
export const OpenedPayload = z.object({ appointmentids: z.record(z.string().regex(/^\d{1,18}$/), Text) });

/** One section of what checking in wants; `fields` is an object in one and a list in the next. */
export const CheckInSectionPayload = z.object({
  fields: z
    .unknown()
    .transform((raw) => (Array.isArray(raw) ? (raw as readonly unknown[]) : []))
    .pipe(z.array(z.object({ field: Text, valid: Flag }))),
});
