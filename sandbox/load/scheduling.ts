import type { z } from 'zod';
import type { Appointment, AppointmentStatus, Slot } from '../practice.ts';
import { type Context, given, look, type Row, targetOf, wordsOf } from './context.ts';
import type * as shapes from './shapes.ts';
import type { AppointmentShape, Concept, SlotShape } from './shapes.ts';
import { instant, isLater, minutesFrom, wholeMinute } from './time.ts';

const STATUSES: Readonly<Record<string, AppointmentStatus>> = {
  proposed: 'proposed',
  pending: 'pending',
  booked: 'booked',
  arrived: 'arrived',
  'checked-in': 'checked-in',
  fulfilled: 'fulfilled',
  cancelled: 'cancelled',
  noshow: 'noshow',
  waitlist: 'waitlist',
  'entered-in-error': 'entered-in-error',
};

/** http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason */
const CANCELLATIONS: Readonly<Record<string, string>> = {
  pat: 'Patient',
  'pat-cpp': 'Patient: Canceled via Patient Portal',
  prov: 'Provider',
  other: 'Other',
};

/** Visit types as they come up, numbered from 1. */
export const visitTypes = ({ tally }: Context) => {
  const numbers = new Map<string, number>();
  return (concepts: readonly (Concept | undefined)[], type: string): Slot['type'] => {
    const stated = concepts.map(wordsOf).find((words) => words !== undefined);
    if (stated === undefined) tally.note(`rows of ${type} have no type of visit: shown as "Unspecified"`);
    const name = stated ?? 'Unspecified';
    const id = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, id);
    return { id, name };
  };
};

type Types = ReturnType<typeof visitTypes>;

const lengthOf = (value: AppointmentShape, start: string): number | undefined => {
  const end = instant(value.end);
  if (end !== undefined) return minutesFrom(start, end);
  return value.minutesDuration === undefined ? undefined : Number(value.minutesDuration);
};

const actorsOf = (value: AppointmentShape, type: string, { ids }: Context): readonly number[] =>
  [...value.participant]
    .sort((one, other) => Number(one.required === 'optional') - Number(other.required === 'optional'))
    .flatMap(({ actor }) => ids.find(actor, type) ?? []);

const patientOf = (value: AppointmentShape, context: Context): number | string => {
  const patients = new Set(actorsOf(value, 'Patient', context));
  const [patient] = patients;
  if (patients.size > 1) return 'has more than one patient';
  if (patient !== undefined) return patient;
  const named = value.participant.some(({ actor }) => actor?.identifier !== undefined && actor.reference === undefined);
  return named ? 'names its patient by an identifier that no patient in the files has' : 'has no patient in the files';
};

const noteFitting = (
  value: AppointmentShape,
  { people, start, minutes }: { readonly people: readonly number[]; readonly start: string; readonly minutes: number },
  { tally }: Context,
): void => {
  if (value.minutesDuration !== undefined && Number(value.minutesDuration) !== minutes)
    tally.note('appointments last another time than minutesDuration says: start and end count');
  if (wholeMinute(start) !== start) tally.note('appointments start within a minute: the seconds stay in FHIR only');
  if (people.length > 1) tally.note('appointments have further practitioners: those stay in FHIR only');
  if (value.participant.some(({ actor }) => actor?.reference?.startsWith('#') === true))
    tally.note('appointments are in a room that has no record of its own: shown without a place');
};

/** An appointment, or why the systems cannot hold it. */
export const appointmentOf = (
  value: AppointmentShape,
  types: Types,
  context: Context,
): Omit<Appointment, 'id'> | string => {
  const start = instant(value.start);
  const status = look(STATUSES, value.status);
  const patientId = patientOf(value, context);
  if (start === undefined) return 'has no start';
  if (typeof patientId === 'string') return patientId;
  if (status === undefined) return 'has a status that FHIR R4 does not have';
  const minutes = lengthOf(value, start);
  if (minutes === undefined || !(minutes > 0)) return 'has no length';
  const people = actorsOf(value, 'Practitioner', context);
  noteFitting(value, { people, start, minutes }, context);
  const created = instant(value.created);
  if (created === undefined)
    context.tally.note('appointments do not say when they were made: taken as now, or as their start');
  const cancelled = value.cancelationReason?.coding[0]?.code;
  const scheduledAt = created ?? (isLater(start, context.now) ? context.now : wholeMinute(start));
  const [reason] = value.reasonCode;
  return {
    patientId,
    ...given('practitionerId', people[0]),
    ...given('locationId', actorsOf(value, 'Location', context)[0]),
    type: types([...value.serviceType, value.appointmentType], 'Appointment'),
    start: wholeMinute(start),
    minutes,
    status,
    ...given('reason', wordsOf(reason)),
    ...given('note', value.comment),
    ...given('cancellationReason', look(CANCELLATIONS, cancelled) ?? wordsOf(value.cancelationReason)),
    scheduledAt,
    changedAt: instant(value.meta?.lastUpdated) ?? scheduledAt,
  };
};

/** Whose time a schedule is, and where. */
export interface Owner {
  readonly practitionerId: number | undefined;
  readonly locationId: number | undefined;
}

export const ownersOf = (
  schedules: readonly Row<z.infer<typeof shapes.schedule>>[],
  { ids }: Context,
): ReadonlyMap<string, Owner> =>
  new Map(
    schedules.map(({ id, value }) => [
      `Schedule/${id}`,
      {
        practitionerId: value.actor.flatMap((actor) => ids.find(actor, 'Practitioner') ?? [])[0],
        locationId: value.actor.flatMap((actor) => ids.find(actor, 'Location') ?? [])[0],
      },
    ]),
  );

/** Free time that can be booked, or why it is none. */
export const slotOf = (
  value: SlotShape,
  owners: ReadonlyMap<string, Owner>,
  types: Types,
): Omit<Slot, 'id'> | string => {
  if (value.status !== 'free') return 'is not free: only free time can be offered';
  const start = instant(value.start);
  const end = instant(value.end);
  const { practitionerId, locationId } = owners.get(targetOf(value.schedule, 'Schedule') ?? '') ?? {};
  if (practitionerId === undefined || locationId === undefined) return 'belongs to no practitioner at a place';
  if (start === undefined || end === undefined || minutesFrom(start, end) <= 0) return 'has no start or no length';
  return {
    practitionerId,
    locationId,
    start: wholeMinute(start),
    minutes: minutesFrom(start, end),
    type: types([...value.serviceType, value.appointmentType], 'Slot'),
  };
};
