import { validationFailed } from '../../../schema/errors.ts';
import { instantToLocal, localToInstant, toUsDate } from '../../vendor/time.ts';
import type { Form } from './form.ts';

/** A department's wall clock: `MM/DD/YYYY` and `HH:MM`. */
export interface WallTime {
  readonly date: string;
  readonly time: string;
}

const refused = (message: string) => validationFailed([{ path: ['start'], rule: 'time', message }]);

/**
 * An instant on a department's clock, as athenaNet takes it.
 * @throws GraphError VALIDATION for an instant that such a clock cannot tell: within a minute, or the second of two equal
 *   hours when summer time ends
 */
export const toWallTime = (instant: string, zone: string): WallTime => {
  const { date, time } = instantToLocal(instant, zone);
  if (Date.parse(instant) % 60_000 !== 0) throw refused('athenahealth’s appointments begin at whole minutes.');
  if (Date.parse(localToInstant(date, time, zone)) !== Date.parse(instant))
    throw refused('athenahealth keeps the department’s wall time, which is this time twice: the former one is meant.');
  return { date: toUsDate(date), time: time.slice(0, 5) };
};

/** For staff who book: the practice's limits on what patients may book by web do not hold, and nobody is asked to look. */
const BY_STAFF = { ignoreschedulablepermission: 'true', nopatientcase: 'true' } as const;

/** An empty slot (`POST /appointments/open`). */
export const openForm = (slot: {
  readonly department: string;
  readonly provider: string;
  readonly date: string;
  readonly time: string;
  readonly type: string;
}): Form => ({
  departmentid: slot.department,
  providerid: slot.provider,
  appointmentdate: slot.date,
  appointmenttime: slot.time,
  appointmenttypeid: slot.type,
});

/** What a booking says besides its time. `reasonId` and `type`: athenaNet takes one of them. */
export interface Visit {
  readonly patient: string;
  readonly department: string;
  readonly type: string;
  readonly reasonId?: string | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
}

/** A patient into an open slot (`PUT /appointments/{id}`); a reason that is none of the practice's stands as the note. */
export const bookForm = ({ patient, department, type, reasonId, reason, note = reason }: Visit): Form => ({
  patientid: patient,
  ...(reasonId === undefined ? { appointmenttypeid: type } : { reasonid: reasonId }),
  departmentid: department,
  ...(note === undefined ? {} : { bookingnote: note }),
  ...BY_STAFF,
  donotsendconfirmationemail: 'true',
});

export const rescheduleForm = (patient: string, slot: string): Form => ({
  patientid: patient,
  newappointmentid: slot,
  ...BY_STAFF,
});

/** `reasonId`: one of the practice's cancel reasons; by the right one athenaNet tells a no-show. */
export const cancelForm = (patient: string, reasonId: string | undefined, reason: string | undefined): Form => ({
  patientid: patient,
  ...(reasonId === undefined ? {} : { appointmentcancelreasonid: reasonId }),
  ...(reason === undefined ? {} : { cancellationreason: reason }),
  ...BY_STAFF,
});

/** Ids are numbers in the guide; what is no number, as in a plan, stays as it is. */
const number = (id: string): number | string => (/^\d{1,15}$/.test(id) ? Number(id) : id);

const WALL_DATE = /^(\d\d)\/(\d\d)\/(\d{4})$/;

/** The guide's Create Appointment: members in its order; `note` and `reason` as its mapping table names them. */
export const guideBooking = (
  { patient, department, type, reasonId, reason, note }: Visit,
  at: WallTime & { readonly provider: string; readonly minutes: number | string },
): Readonly<Record<string, string | number>> => {
  const [, month, day, year] = WALL_DATE.exec(at.date) ?? [];
  return {
    patientid: number(patient),
    providerid: number(at.provider),
    appointmenttypeid: number(type),
    departmentid: number(department),
    starttime: year === undefined ? at.date : `${year}-${month}-${day}T${at.time}:00`,
    duration: at.minutes,
    ...(reasonId === undefined ? {} : { reasonid: number(reasonId) }),
    ...(reason === undefined || reasonId !== undefined ? {} : { reason }),
    ...(note === undefined ? {} : { note }),
  };
};
