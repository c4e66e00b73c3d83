import type { CommandKind } from '../../../schema/commands.ts';
import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { Writers } from './writer.ts';

/** What may be done to an appointment in each state, and the state in which it is then. */
type Moves = Readonly<Partial<Record<CommandKind, AppointmentStatus>>>;

const PLANNED: Moves = {
  rescheduleAppointment: 'BOOKED',
  cancelAppointment: 'CANCELLED',
  checkInAppointment: 'CHECKED_IN',
  markNoShow: 'NO_SHOW',
};

/**
 * The appointment's life: rescheduling keeps it alive at another time, cancelling ends it before the visit, a no-show is
 * a visit to which nobody came. What ended stays as it is: a wrong end is corrected at the vendor, by a person. A vendor
 * may allow less.
 */
const LIFE: Readonly<Record<AppointmentStatus, Moves>> = {
  PROPOSED: { rescheduleAppointment: 'BOOKED', cancelAppointment: 'CANCELLED' },
  PENDING: PLANNED,
  BOOKED: PLANNED,
  WAITLIST: { rescheduleAppointment: 'BOOKED', cancelAppointment: 'CANCELLED' },
  ARRIVED: { checkInAppointment: 'CHECKED_IN', cancelAppointment: 'CANCELLED' },
  CHECKED_IN: {},
  FULFILLED: {},
  CANCELLED: {},
  NO_SHOW: {},
  ENTERED_IN_ERROR: {},
  UNMAPPED: {},
};

const isChange = (kind: CommandKind): boolean => PLANNED[kind] !== undefined;

/**
 * The states into which an appointment in this one can still be brought at this source; `undefined` when the command is
 * allowed.
 */
export const refusedTransition = (
  kind: CommandKind,
  from: AppointmentStatus,
  writers: Writers,
): readonly AppointmentStatus[] | undefined => {
  const takes = (change: CommandKind): boolean => {
    const writer = writers[change];
    return writer !== undefined && writer.from?.includes(from) !== false;
  };
  if (!isChange(kind) || (LIFE[from][kind] !== undefined && takes(kind))) return undefined;
  const open = Object.entries(LIFE[from]).filter(([change]) => takes(change as CommandKind));
  return [...new Set(open.map(([, state]) => state))];
};
