import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept } from '../../../schema/values.ts';
import { concept, textConcept } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';
import type { AppointmentPayload, SlotPayload } from '../payload/schedule.ts';
import { endOf, fromDepartmentTime, fromStamp } from './times.ts';

/** Checked out and charge entered are both over. `o` is a slot and never comes here. */
export const STATUS = codeTable({ f: 'BOOKED', '2': 'CHECKED_IN', '3': 'FULFILLED', '4': 'FULFILLED', x: 'CANCELLED' });

/**
 * A row of the booked lists or of `GET /appointments/{id}`; `zone` is that of its department. When it was changed last only
 * the lists tell: nobody is told, so that an appointment is the same however it was read.
 */
export const toAppointment = (row: AppointmentPayload, zone: string): Mapped<'Appointment'> => {
  const start = fromDepartmentTime(row.date, row.starttime, zone);
  return {
    key: row.appointmentid,
    externalId: row.appointmentid,
    patientKey: row.patientid ?? null,
    practitionerKey: row.providerid ?? null,
    locationKey: row.departmentid ?? null,
    type: toType(row) ?? null,
    start: start ?? null,
    end: endOf(start, row.duration) ?? null,
    minutes: row.duration ?? null,
    status: toStatus(row),
    vendorStatus: row.appointmentstatus ?? null,
    reason: row.reason === undefined ? null : textConcept(row.reason),
    note: toNote(row) ?? null,
    own: {
      patientTypeName: row.patientappointmenttypename,
      supervisingProviderId: row.supervisingproviderid,
      encounterId: row.encounterid,
      encounterStatus: row.encounterstatus,
      encounterState: row.encounterstate,
      confirmationStatus: row.appointmentconfirmationname,
      scheduledAt: fromStamp(row.scheduleddatetime),
      checkInStartedAt: fromStamp(row.startcheckin),
      checkedInAt: fromStamp(row.checkindatetime ?? row.stopcheckin),
      checkedOutAt: fromStamp(row.checkoutdatetime),
      cancelledAt: fromStamp(row.cancelleddatetime),
      cancelReason: row.cancelreasonname,
      rescheduledAppointmentId: row.rescheduledappointmentid,
      urgent: row.urgentyn,
    },
  };
};

/** A cancel reason may be marked as a no-show; check-in that has begun leaves the status at `f` (vendor's reference). */
const toStatus = (row: AppointmentPayload): AppointmentStatus => {
  const status = STATUS.to(row.appointmentstatus);
  if (status === 'CANCELLED' && row.cancelreasonnoshow === true) return 'NO_SHOW';
  if (status === 'BOOKED' && row.startcheckin !== undefined) return 'ARRIVED';
  return status ?? 'UNMAPPED';
};

export const toType = (row: {
  readonly appointmenttypeid?: string | undefined;
  readonly appointmenttype?: string | undefined;
}): CodeableConcept | undefined => {
  if (row.appointmenttypeid !== undefined) return concept(undefined, row.appointmenttypeid, row.appointmenttype);
  return row.appointmenttype === undefined ? undefined : textConcept(row.appointmenttype);
};

/** Notes in the vendor's order, one a line; the guide's single `note` where there is no list. */
const toNote = ({ appointmentnotes, note }: AppointmentPayload): string | undefined =>
  noteOf((appointmentnotes ?? [{ text: note }]).map(({ text }) => text));

export const noteOf = (texts: readonly (string | undefined)[]): string | undefined => {
  const written = texts.filter((text) => text !== undefined);
  return written.length === 0 ? undefined : written.join('\n');
};

/** An open slot with a known start and length; `undefined` for one without, which nobody could book. */
export const toSlot = (row: SlotPayload, zone: string): Mapped<'Slot'> | undefined => {
  const start = fromDepartmentTime(row.date, row.starttime, zone);
  const end = endOf(start, row.duration);
  if (start === undefined || end === undefined) return undefined;
  const type = toType(row);
  return {
    key: row.appointmentid,
    externalId: row.appointmentid,
    practitionerKey: row.providerid ?? null,
    locationKey: row.departmentid ?? null,
    start,
    end,
    types: type === undefined ? [] : [type],
    own: { patientTypeName: row.patientappointmenttypename },
  };
};
