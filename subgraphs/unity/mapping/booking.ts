import type { Commands } from '../../../schema/commands.ts';
import { minutesBetween, toUsDate } from '../../vendor/time.ts';
import { type Form, formOf, toClock } from './form.ts';
import { parseSlotKey, slotTimes } from './slot.ts';

/** A visit as Practice Management books it, its lists' ids found. */
export interface Booking {
  /** Of a visit that is there already. */
  readonly id?: string | undefined;
  readonly patient: string;
  readonly resource?: string | undefined;
  /** Instant. */
  readonly start: string;
  readonly minutes?: number | undefined;
  readonly type?: string | undefined;
  readonly location?: string | undefined;
  readonly comments?: string | undefined;
}

/** The elements of SaveAppointment's XML, in their order. What is not in it stays as it is, or as the practice has it. */
export const bookingForm = (booking: Booking, zone: string): Form => {
  const clock = toClock(booking.start, zone);
  return formOf({
    Appointment_ID: booking.id,
    Patient_ID: booking.patient,
    Resource_ID: booking.resource,
    Appointment_Date: clock && toUsDate(clock.date),
    Appointment_Time: clock?.time,
    Duration: booking.minutes?.toString(),
    Appointment_Type_ID: booking.type,
    Scheduling_Location_ID: booking.location,
    Comments: booking.comments,
  });
};

/** A visit in the values of the guide's SaveAppointment; without a value where there is none. */
export const guideBooking = (
  visit: Pick<Commands['bookAppointment'], 'patient' | 'practitioner' | 'start' | 'minutes' | 'reason'>,
  zone: string,
): Readonly<Record<'patient' | 'provider' | 'date' | 'time' | 'minutes' | 'reason', string>> => {
  const { date = '', time = '' } = (visit.start === undefined ? undefined : toClock(visit.start, zone)) ?? {};
  return {
    patient: visit.patient,
    provider: visit.practitioner ?? '',
    date,
    time,
    minutes: visit.minutes?.toString() ?? '',
    reason: visit.reason ?? '',
  };
};

/** Where in the graph's input an element, or a parameter of the guide, comes from. */
export const BOOKING_PATHS: Readonly<Record<string, string>> = {
  Appointment_ID: 'key',
  Patient_ID: 'patient',
  PatientID: 'patient',
  Resource_ID: 'practitioner',
  ProviderID: 'practitioner',
  Appointment_Date: 'start',
  AppointmentDate: 'start',
  Appointment_Time: 'start',
  AppointmentTime: 'start',
  Duration: 'minutes',
  Appointment_Type_ID: 'type',
  Scheduling_Location_ID: 'location',
  Comments: 'reason',
  ReasonCode: 'reason',
};

/** Practice Management keeps one comment for a visit; the simple case, a reason alone, is it. */
export const commentsOf = ({
  reason,
  note,
}: {
  readonly reason?: string;
  readonly note?: string;
}): string | undefined => [reason, note].filter((text) => text !== undefined).join('; ') || undefined;

/** When and where, as far as the slot tells what the input does not. */
export interface Place {
  readonly start?: string | undefined;
  readonly minutes?: number | undefined;
  readonly location?: string | undefined;
  /** The resource whose time the slot is, by its abbreviation. */
  readonly resource?: string | undefined;
}

type Wanted = Pick<Commands['rescheduleAppointment'], 'slot' | 'start' | 'minutes' | 'location'>;

/** A slot alone stands for all of it; with a start, for the time that is asked for. `undefined` for a key of no slot. */
export const placeOf = ({ slot, start, minutes, location }: Wanted, zone: string): Place | undefined => {
  if (slot === undefined) return { start, minutes, location };
  const parsed = parseSlotKey(slot);
  if (parsed === undefined) return undefined;
  const free = slotTimes(parsed, zone);
  return {
    start: start ?? free.start,
    minutes: minutes ?? (start === undefined ? minutesBetween(free.start, free.end) : undefined),
    location: location ?? (parsed.location || undefined),
    resource: parsed.resource,
  };
};

/** Is the time within the slot that was named? */
export const fitsSlot = (wanted: Wanted, zone: string): boolean => {
  const place = placeOf(wanted, zone);
  const parsed = parseSlotKey(wanted.slot ?? '');
  if (place?.start === undefined || parsed === undefined) return wanted.slot === undefined;
  const free = slotTimes(parsed, zone);
  const from = Date.parse(place.start);
  return from >= Date.parse(free.start) && from + (place.minutes ?? 1) * 60_000 <= Date.parse(free.end);
};
