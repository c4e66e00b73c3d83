import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept } from '../../../schema/values.ts';
import { concept, textConcept } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';
import { cell, idCell, type Row } from '../payload.ts';
import { lookUp } from './code.ts';
import { endOf, toMinutes, toMoment, toText, toWallClock } from './format.ts';
import { joinKey, splitKey } from './key.ts';

/**
 * Practice Management's letters in the words that the EHR's schedule has for the same visit, so that a visit reads the
 * same whichever call told it. Letters that the EHR has no word for stay. `R` (rescheduled) is one client's alone, and
 * whether the old or the new visit has it is not known.
 */
const EHR_WORDS: Readonly<Record<string, string>> = {
  S: 'Pending',
  C: 'Pending',
  A: 'Pending',
  K: 'Arrived',
  O: 'Completed',
  X: 'Cancelled',
  N: 'No Show',
};

export const APPOINTMENT_STATUS = codeTable<AppointmentStatus>({
  Pending: 'BOOKED',
  Scheduled: 'BOOKED',
  Confirmed: 'BOOKED',
  Acknowledged: 'BOOKED',
  Arrived: 'ARRIVED',
  'Checked In': 'CHECKED_IN',
  'Checked Out': 'FULFILLED',
  Completed: 'FULFILLED',
  Cancelled: 'CANCELLED',
  Canceled: 'CANCELLED',
  Bumped: 'CANCELLED',
  'No Show': 'NO_SHOW',
  'No-Show': 'NO_SHOW',
  NoShow: 'NO_SHOW',
  W: 'WAITLIST',
  B: 'CANCELLED',
  'Wait List': 'WAITLIST',
  'Wait Listed': 'WAITLIST',
  'Wait-Listed': 'WAITLIST',
  Waitlisted: 'WAITLIST',
});

const toStatusWord = (raw: string | undefined): string | undefined => lookUp(EHR_WORDS, raw?.toUpperCase()) ?? raw;

export const toAppointmentStatus = (raw: string | undefined): AppointmentStatus =>
  APPOINTMENT_STATUS.to(toStatusWord(raw)) ?? 'UNMAPPED';

/** Practice Management's letter for a state: the first whose word stands for it. */
export const letterOf = (status: AppointmentStatus): string | undefined =>
  Object.entries(EHR_WORDS).find(([, word]) => APPOINTMENT_STATUS.to(word) === status)?.[0];

/** What a mapping must know beside the row. */
export interface AppointmentContext {
  readonly zone: string;
  /** Whether keys carry the day: the guide's dialect can find a visit only in its day's schedule. */
  readonly datedKeys: boolean;
  readonly practitionerKey?: string | undefined;
  readonly locationKey?: string | undefined;
  /** The name of the row's appointment type, where the row has only an id. */
  readonly typeName?: string | undefined;
}

const DATE_TIME = ['ApptTime2', 'Appointment_DateTime', 'AppointmentDate'] as const;
const PATIENT = ['patientID', 'Patient_ID'] as const;

export const patientOf = (row: Row): string | undefined => idCell(row, ...PATIENT);

const startOf = (row: Row, zone: string): string | undefined => {
  const raw = cell(row, ...DATE_TIME);
  return toMoment(raw, zone) ?? toMoment(raw, zone, cell(row, 'AppointmentTime', 'ApptTime'));
};

/**
 * By what a visit is found again: Practice Management's id; an id together with the day where only a day's schedule can
 * be asked for; or, since EHR rows may have no id at all, patient, provider and time.
 */
export const appointmentKey = (row: Row, datedKeys: boolean): string | undefined => {
  const raw = cell(row, ...DATE_TIME);
  const wall = toWallClock(raw);
  const id = idCell(row, 'AppointmentID', 'Appointment_ID');
  if (id !== undefined && !datedKeys) return joinKey(id);
  const scheduled = id ?? idCell(row, 'ScheduleId');
  if (scheduled !== undefined) return wall === undefined ? undefined : joinKey(scheduled, wall.date);
  const patient = patientOf(row);
  const time = wall?.time ?? cell(row, 'ApptTime');
  return patient === undefined || wall === undefined || time === undefined
    ? undefined
    : joinKey(patient, idCell(row, 'ProviderID', 'Practitioner_ID') ?? '', wall.date, time);
};

/** The id in a key that Practice Management's actions take, and the day in whose schedule the visit was. */
export const parseAppointmentKey = (key: string): { readonly id?: string; readonly date?: string } | undefined => {
  const [id] = splitKey(key, 1) ?? [];
  if (id !== undefined) return id === '' ? undefined : { id };
  const date = splitKey(key, 2)?.[1] ?? splitKey(key, 4)?.[2];
  return toWallClock(date)?.date === date && date !== undefined ? { date } : undefined;
};

/**
 * A visit from GetSchedule, GetScheduleByPatientID or GetAppointmentById. `undefined`: the row is not a visit, or
 * nothing tells which one (time that is blocked in a provider's day has no patient and no id).
 */
export const toAppointment = (row: Row, context: AppointmentContext): Mapped<'Appointment'> | undefined => {
  const key = appointmentKey(row, context.datedKeys);
  if (key === undefined) return undefined;
  const start = startOf(row, context.zone);
  const minutes = toMinutes(cell(row, 'Duration'));
  return {
    key,
    externalId: idCell(row, 'AppointmentID', 'Appointment_ID', 'ScheduleId') ?? key,
    patientKey: patientOf(row) ?? null,
    practitionerKey: context.practitionerKey ?? null,
    locationKey: context.locationKey ?? null,
    type: toType(row, context.typeName),
    start: start ?? null,
    end: endOf(start, minutes) ?? null,
    minutes: minutes ?? null,
    status: toAppointmentStatus(cell(row, 'Status')),
    vendorStatus: toStatusWord(cell(row, 'Status')) ?? null,
    reason: toReason(row),
    note: toNote(row),
    own: {
      locationName: cell(row, 'LocationName') ?? null,
      organizationName: cell(row, 'OrgName') ?? null,
      timeIn: cell(row, 'TimeIn') ?? null,
      timeOut: cell(row, 'TimeOut') ?? null,
    },
  };
};

const toReason = (row: Row): CodeableConcept | null => {
  const words = toText(cell(row, 'Reason', 'SchedComment'));
  return words === undefined ? null : textConcept(words);
};

/** The comments of a visit; products keep them in different columns, and some in several. */
const toNote = (row: Row): string | null => {
  const texts = ['Notes', 'Comment', 'Appt_Comments', 'SchedText'].map((column) => toText(cell(row, column)));
  return [...new Set(texts.filter((text) => text !== undefined))].join('\n') || null;
};

/** By its name, which is all that schedules tell, and by its id only while nothing names it. */
const toType = (row: Row, typeName: string | undefined): CodeableConcept | null => {
  const id = idCell(row, 'Appointment_Type_ID');
  const name = cell(row, 'type', 'Appt_Type_Desc') ?? typeName;
  if (name !== undefined) return textConcept(name);
  return id === undefined ? null : concept(undefined, id);
};
