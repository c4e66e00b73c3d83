import type { Draft } from '../ledger.ts';
import type { Appointment } from '../practice.ts';
import type { VisitType } from './catalogue.ts';
import { type Spec, table } from './dataset.ts';
import { parseLocal, usDate } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { resourceId } from './staff.ts';
import { isBooked, meaningOf, statusCode } from './status-codes.ts';
import type { World } from './world.ts';
import { childFields, demand, type Fields, known, writing } from './writing.ts';

/** What a caller sends of a visit, whatever the dialect calls it. Undefined: not sent. */
export interface Sent {
  /** Empty or 0 for a new visit. */
  readonly id: string;
  readonly patient: string;
  readonly practitionerId: number | undefined;
  readonly locationId: number | undefined;
  readonly type: VisitType | undefined;
  /** `06/15/2025` */
  readonly date: string | undefined;
  /** `09:00` */
  readonly time: string | undefined;
  readonly minutes: number | undefined;
  readonly comment: string | undefined;
}

const MINUTES_A_DAY = 1_440;
const DATE = /^\d\d\/\d\d\/\d{4}$/;
const TIME = /^\d\d:\d\d$/;

/** What is empty counts as not sent. */
export const given = (fields: Fields, name: string): string | undefined => fields.text(name).trim() || undefined;

const toMinutes = (text: string): number => {
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  demand(minutes > 0 && minutes <= MINUTES_A_DAY, 'Duration is not valid.');
  return minutes;
};

/** The instant of a day and a time on the server's wall. */
const startOf = (world: World, date: string, time: string): string => {
  const day = DATE.test(date) ? parseLocal(date, world.local) : undefined;
  const local = TIME.test(time) ? parseLocal(`${date} ${time}`, world.local) : undefined;
  demand(day !== undefined, 'Appointment_Date is not valid.');
  demand(local !== undefined, 'Appointment_Time is not valid.');
  const start = world.instant(local);
  demand(start !== undefined, 'Appointment_Time does not exist on that day.');
  return start;
};

const needed = <T>(value: T | undefined, field: string): T => {
  demand(value !== undefined, `${field} is required.`);
  return value;
};

const MINUTE = 60_000;

/** What the resource's free time at that instant is for, or the practice's first kind of visit. */
const usualType = ({ practice, catalogue }: World, practitionerId: number, start: string): VisitType => {
  const at = Date.parse(start);
  const slot = practice.slots.find(
    (one) =>
      one.practitionerId === practitionerId &&
      Date.parse(one.start) <= at &&
      at < Date.parse(one.start) + one.minutes * MINUTE,
  );
  return needed(slot?.type ?? catalogue.types()[0], 'Appointment_Type_ID');
};

/** Where nothing is sent, place, kind and length are the usual ones (assumption). */
const draftOf = (world: World, sent: Sent): Draft['Appointment'] => {
  const patientId = known(world.patient(sent.patient), 'Patient_ID').id;
  const practitionerId = needed(sent.practitionerId, 'Resource_ID');
  const start = startOf(world, needed(sent.date, 'Appointment_Date'), needed(sent.time, 'Appointment_Time'));
  const type = sent.type ?? usualType(world, practitionerId, start);
  return {
    patientId,
    practitionerId,
    locationId: needed(sent.locationId ?? world.practitioner(practitionerId)?.locationId, 'Scheduling_Location_ID'),
    type,
    start,
    minutes: sent.minutes ?? world.catalogue.usualMinutes(type),
    status: 'booked',
    ...(sent.comment && { reason: sent.comment }),
  };
};

/** What is not sent stays as it was; the one comment stands in the place of both that the EHR has. */
const changeOf = (world: World, before: Appointment, sent: Sent): Partial<Draft['Appointment']> => {
  const local = world.local(before.start);
  const isTimed = sent.date !== undefined || sent.time !== undefined;
  return {
    ...(sent.practitionerId !== undefined && { practitionerId: sent.practitionerId }),
    ...(sent.locationId !== undefined && { locationId: sent.locationId }),
    ...(sent.type && { type: sent.type }),
    ...(isTimed && { start: startOf(world, sent.date ?? usDate(local), sent.time ?? local.slice(11, 16)) }),
    ...(sent.minutes !== undefined && { minutes: sent.minutes }),
    ...(sent.comment !== undefined && { reason: sent.comment || undefined, note: undefined }),
  };
};

/** The visit to change: only one that is still to come can be changed (assumption). */
const standing = (world: World, { id, patient }: Sent): Appointment => {
  const visit = world.appointment(id);
  demand(visit !== undefined && isBooked(visit), 'Appointment_ID is not valid.');
  demand(patient === '' || patient === String(visit.patientId), 'Patient_ID is not valid.');
  const code = known(statusCode(visit, world), 'Appointment_ID');
  demand(meaningOf(code) === meaningOf('S'), `Appointment with status ${code} cannot be changed.`);
  return visit;
};

const isMoved = (before: Appointment | undefined, after: Appointment): boolean =>
  before?.start !== after.start || before.minutes !== after.minutes || before.practitionerId !== after.practitionerId;

const isNew = ({ id }: Pick<Sent, 'id'>): boolean => id === '' || id === '0';

/** Books a visit, or changes the one whose id is sent; what was said of its old time does not go with it (assumption). */
export const save = ({ world, system, callName }: Work, sent: Sent, forced: boolean): Appointment => {
  const before = isNew(sent) ? undefined : standing(world, sent);
  const saved = before
    ? system.ledger.changeAppointment(callName, before.id, changeOf(world, before, sent), forced)
    : system.ledger.book(callName, draftOf(world, sent), forced);
  const kept = isMoved(before, saved) ? {} : world.marks.get(saved.id);
  world.marks.set(saved.id, { ...kept, ...(forced && { forced }) });
  return saved;
};

const ELEMENTS: ReadonlySet<string> = new Set([
  ...['Appointment_ID', 'Patient_ID', 'Resource_ID', 'Appointment_Date', 'Appointment_Time', 'Duration'],
  ...['Appointment_Type_ID', 'Scheduling_Location_ID', 'Comments'],
]);

/** The record of a list that has this id on the wire; undefined when none was sent. */
export const named = <T>(
  fields: Fields,
  name: string,
  list: readonly T[],
  idOf: (record: T) => string | number,
): T | undefined => {
  const wanted = given(fields, name);
  if (wanted === undefined) return undefined;
  return known(
    list.find((record) => String(idOf(record)) === wanted),
    name,
  );
};

export const minutesOf = (fields: Fields): number | undefined => {
  const text = given(fields, 'Duration');
  return text === undefined ? undefined : toMinutes(text);
};

/** P1 as in the sample: one XML whose element names are an assumption. PatientID may repeat the patient. */
const fromXml = ({ world, call, parameter }: Work): Sent => {
  const fields = childFields(parameter(1), 'appointment', ELEMENTS);
  const { practitioners, locations } = world.practice;
  const patient = fields.text('Patient_ID').trim() || call.patientId;
  demand(call.patientId === '' || call.patientId === patient, 'PatientID is not valid.');
  return {
    id: fields.text('Appointment_ID').trim(),
    patient,
    practitionerId: named(fields, 'Resource_ID', practitioners, ({ id }) => resourceId(id))?.id,
    locationId: named(fields, 'Scheduling_Location_ID', locations, ({ id }) => id)?.id,
    type: named(fields, 'Appointment_Type_ID', world.catalogue.types(), ({ id }) => id),
    date: given(fields, 'Appointment_Date'),
    time: given(fields, 'Appointment_Time'),
    minutes: minutesOf(fields),
    comment: fields.sent('Comments'),
  };
};

const SAVED: Spec<Appointment> = {
  Appointment_ID: ({ id }) => String(id),
  Status: (visit, world) => statusCode(visit, world),
};

/** `forced` books over other visits; that it is the same request otherwise is an assumption. */
const saving = (forced: boolean): Action['run'] =>
  writing((work) => [table(work.world, SAVED, [save(work, fromXml(work), forced)])]);

export const SAVE_APPOINTMENT_ACTIONS: readonly Action[] = [
  { name: 'SaveAppointment', run: saving(false) },
  { name: 'SaveForcedAppointment', run: saving(true) },
];
