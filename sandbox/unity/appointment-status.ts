import type { Appointment } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import type { Local } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { isBooked, isStatusCode, meaningOf, type StatusCode, statusCode } from './status-codes.ts';
import type { World } from './world.ts';
import { demand, known, writing } from './writing.ts';

const EXPECTED: readonly StatusCode[] = ['S', 'C', 'A', 'W', 'B', 'X', 'N', 'K', 'R'];

/** From which code which others may be set (assumption): a visit that is over stays so, one that was called off can be scheduled again. */
const NEXT: Readonly<Record<StatusCode, readonly StatusCode[]>> = {
  S: EXPECTED,
  C: EXPECTED,
  A: EXPECTED,
  W: ['S', 'X'],
  B: ['S'],
  X: ['S'],
  R: ['S'],
  N: ['S'],
  K: ['S', 'O'],
  O: [],
};

/** Confirmation results by number (assumption). */
const CONFIRMATIONS = ['Confirmed', 'Left message', 'No answer'];

const byNumber = (list: readonly string[], number: string, field: string): string =>
  known(/^\d{1,6}$/.test(number) ? list[Number(number) - 1] : undefined, field);

const DAY = /^(?<month>\d\d)(?<day>\d\d)$/;
const TIME = /^(?<hour>\d\d)(?<minute>\d\d)$/;

/**
 * When the status came to be so: P3 the day, `0311` (of this year) or any date; P4 the time, `1248`. What is not sent is
 * the present's (assumption).
 */
const since = ({ world, time, parameter }: Work): Local => {
  const now = world.local(world.now());
  const { month, day } = DAY.exec(parameter(3))?.groups ?? {};
  const date = month === undefined ? parameter(3) : `${now.slice(0, 4)}-${month}-${day}`;
  const { hour, minute } = TIME.exec(parameter(4))?.groups ?? {};
  demand(parameter(4) === '' || hour !== undefined, 'Time is not valid.');
  const clock = hour === undefined ? now.slice(11, 19) : `${hour}:${minute}`;
  return known(time(`${(time(date) ?? now).slice(0, 10)} ${clock}`), 'Date');
};

const SAVED: Spec<string> = { Status: (text) => text };

const found = ({ world, call, parameter }: Work): Appointment => {
  const visit = world.appointment(parameter(1));
  demand(visit !== undefined && isBooked(visit), 'Appointment_ID is not valid.');
  demand(call.patientId === '' || call.patientId === String(visit.patientId), 'PatientID is not valid.');
  return visit;
};

const reasonOf = ({ world, parameter }: Work, code: StatusCode): string | undefined => {
  if (parameter(5) !== '') {
    demand(code === 'C', 'Confirmation reason is only for a confirmation.');
    byNumber(CONFIRMATIONS, parameter(5), 'Confirmation reason');
  }
  if (parameter(6) === '') return undefined;
  demand(meaningOf(code) === 'cancelled', 'Cancellation reason is only for a cancellation.');
  return byNumber(world.catalogue.cancellationReasons(), parameter(6), 'Cancellation reason');
};

/**
 * P1 appointment, P2 code, P3 date, P4 time, P5 confirmation reason, P6 cancellation reason; each but the first two may
 * be empty (assumption). Scheduling again what was called off takes the time again, and may find it taken.
 */
const setStatus = (work: Work): readonly Table[] => {
  const { world, system, callName, parameter } = work;
  const visit = found(work);
  const code = parameter(2).toUpperCase();
  demand(isStatusCode(code), 'Status is not valid.');
  const before = known(statusCode(visit, world), 'Appointment_ID');
  demand(NEXT[before].includes(code) && code !== before, `Status cannot be changed from ${before} to ${code}.`);
  const cancellationReason = reasonOf(work, code);
  const at = since(work);
  system.ledger.changeAppointment(callName, visit.id, { status: meaningOf(code), cancellationReason });
  world.marks.set(visit.id, { ...world.marks.get(visit.id), code: { code, at } });
  return [table(world, SAVED, ['Success'])];
};

interface Numbered {
  readonly id: number;
  readonly text: string;
}

const numbered = (texts: readonly string[]): readonly Numbered[] =>
  texts.map((text, index) => ({ id: index + 1, text }));

/** The columns of both lists are assumptions in the style of Practice Management. */
const CANCELLATION: Spec<Numbered> = {
  Cancellation_Reason_ID: ({ id }) => String(id),
  Abbreviation: ({ text }) => text.slice(0, 8).toUpperCase(),
  Description: ({ text }) => text,
};
const CONFIRMATION: Spec<Numbered> = {
  Confirmation_Result_ID: ({ id }) => String(id),
  Abbreviation: ({ text }) => text.slice(0, 8).toUpperCase(),
  Description: ({ text }) => text,
};

const reasons = (world: World): readonly Numbered[] => numbered(world.catalogue.cancellationReasons());

export const STATUS_ACTIONS: readonly Action[] = [
  { name: 'SetAppointmentStatus', run: writing(setStatus) },
  { name: 'GetAppointmentCancellationReasons', run: ({ world }) => [table(world, CANCELLATION, reasons(world))] },
  {
    name: 'GetAppointmentConfirmationResults',
    run: ({ world }) => [table(world, CONFIRMATION, numbered(CONFIRMATIONS))],
  },
];
