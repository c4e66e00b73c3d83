import type { Commit } from '../ledger.ts';
import type { Appointment, Claim, Location, Observation, Patient, Practice, Practitioner } from '../practice.ts';
import { type Clock, type Local, wireDay, wireStamp } from './clock.ts';
import type { Extras } from './extras.ts';
import { type CancelReason, cancelReasonsOf, type Kind, kindsOf } from './kinds-in-use.ts';
import { Lookup } from './lookup.ts';

/** How this practice is set up at athenaNet, beyond what a Practice says. */
export interface Setting {
  readonly practiceId: string;
  /** Locations that the patient portal does not show: `GET /departments` leaves them out unless asked for all. */
  readonly hiddenDepartments: ReadonlySet<number>;
  readonly chartSharingGroup: (locationId: number) => string;
  /** Columns of a patient without which there is no check-in. */
  readonly checkInRequired: ReadonlySet<string>;
  /** Zone of the times that carry a date and no department, such as `lastmodified`. */
  readonly stampZone: string;
}

/** The practice with its look-ups. */
export interface World {
  readonly practice: Practice;
  readonly setting: Setting;
  readonly clock: Clock;
  readonly extras: Extras;
  readonly now: number;
  patient(id: number): Patient | undefined;
  practitioner(id: number | undefined): Practitioner | undefined;
  location(id: number | undefined): Location | undefined;
  appointment(id: number): Appointment | undefined;
  /** Appointments that athenaNet can hold. */
  readonly appointments: readonly Appointment[];
  appointmentsOf(patientId: number): readonly Appointment[];
  observation(id: number): Observation | undefined;
  observationsOf(patientId: number): readonly Observation[];
  claim(id: number): Claim | undefined;
  /** Claims that athenaNet can hold. */
  readonly claims: readonly Claim[];
  claimsOf(patientId: number): readonly Claim[];
  claimsFor(appointmentId: number): readonly Claim[];
  /** Payers in the order of their first use. */
  readonly payers: readonly string[];
  /** Kinds of appointments, and reasons to cancel one. */
  readonly kinds: readonly Kind[];
  readonly cancelReasons: readonly CancelReason[];
  /** Wall clock of a department. */
  localAt(instant: string | number, locationId: number | undefined): Local;
  /** The other way round; undefined for a time that the department's clock leaves out. */
  instantOf(local: Local, locationId: number | undefined): string | undefined;
  /** `MM/DD/YYYY HH:MM:SS` and `YYYY-MM-DD` in the zone of the stamps. */
  stamp(instant: string): string;
  stampDay(instant: string): string;
  /** Departments that a patient is registered in: the own one first, then those of the appointments. */
  departmentsOf(patient: Patient): readonly number[];
  /** Takes a commit into the look-ups. */
  note(commit: Pick<Commit, 'type' | 'record'>): void;
}

const UNKNOWN_STATUSES: ReadonlySet<Appointment['status']> = new Set(['proposed', 'waitlist', 'entered-in-error']);

/** Whether athenaNet has a place for an appointment: it is one, and it is in a department. */
export const holdsAppointment = (practice: Practice, { status, locationId }: Appointment): boolean =>
  !UNKNOWN_STATUSES.has(status) && practice.locations.some(({ id }) => id === locationId);

/** Whether athenaNet has a place for a claim: there is no word for a cancelled one. [assumption] */
export const holdsClaim = ({ status }: Claim): boolean => status !== 'cancelled';

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** The lists of a practice by their ids. */
const lookupsOf = (practice: Practice) => ({
  Patient: new Lookup<Patient>(() => practice.patients),
  Appointment: new Lookup<Appointment>(
    () => practice.appointments,
    (item) => holdsAppointment(practice, item),
  ),
  Observation: new Lookup<Observation>(() => practice.observations),
  Claim: new Lookup<Claim>(() => practice.claims, holdsClaim),
});

type Lookups = ReturnType<typeof lookupsOf>;

/** What a commit changed, in the list that it belongs to; slots and documents are read as they stand. */
const noteIn =
  (lookups: Lookups): World['note'] =>
  ({ type, record }) => {
    if (type !== 'Slot' && type !== 'Document') (lookups[type] as Lookup<typeof record>).put(record);
  };

export interface Looking {
  readonly practice: Practice;
  readonly setting: Setting;
  readonly clock: Clock;
  readonly extras: Extras;
  readonly now: () => number;
}

/** Looks a practice over: lists are made at the first question, and stay right if every commit is noted. */
export const worldOf = ({ practice, setting, clock, extras, now }: Looking): World => {
  const lookups = lookupsOf(practice);
  const practitioners = new Lookup<Practitioner>(() => practice.practitioners);
  const locations = new Lookup<Location>(() => practice.locations);
  const appointmentsOf = lookups.Appointment.by(({ patientId }) => patientId);
  const payers = once(() => [
    ...new Set(practice.patients.flatMap(({ coverages }) => coverages.map((one) => one.payer))),
  ]);
  const kinds = once(() => kindsOf(practice, extras));
  const reasons = once(() => cancelReasonsOf(practice, extras));
  const location = (id: number | undefined) => (id === undefined ? undefined : locations.one(id));
  return {
    practice,
    setting,
    clock,
    extras,
    get now() {
      return now();
    },
    patient: (id) => lookups.Patient.one(id),
    practitioner: (id) => (id === undefined ? undefined : practitioners.one(id)),
    location,
    appointment: (id) => lookups.Appointment.one(id),
    get appointments() {
      return lookups.Appointment.all;
    },
    appointmentsOf,
    observation: (id) => lookups.Observation.one(id),
    observationsOf: lookups.Observation.by(({ patientId }) => patientId),
    claim: (id) => lookups.Claim.one(id),
    get claims() {
      return lookups.Claim.all;
    },
    claimsOf: lookups.Claim.by(({ patientId }) => patientId),
    claimsFor: lookups.Claim.by(({ appointmentId }) => appointmentId),
    get payers() {
      return payers();
    },
    get kinds() {
      return kinds();
    },
    get cancelReasons() {
      return reasons();
    },
    localAt: (instant, id) => clock.local(instant, location(id)?.timeZone ?? practice.timeZone),
    instantOf: (local, id) => clock.instant(local, location(id)?.timeZone ?? practice.timeZone),
    stamp: (instant) => wireStamp(clock.local(instant, setting.stampZone)),
    stampDay: (instant) => clock.local(instant, setting.stampZone).date,
    departmentsOf: ({ id, locationId }) => [
      ...new Set([
        ...[location(locationId)?.id, ...appointmentsOf(id).map((item) => item.locationId)].flatMap((one) => one ?? []),
      ]),
    ],
    note: noteIn(lookups),
  };
};

/** The day of an instant in the zone of the stamps as it goes over the wire. */
export const wireStampDay = (world: World, instant: string): string | undefined => wireDay(world.stampDay(instant));

/** Ids go out as text in most places. */
export const textId = (id: number | undefined): string | undefined => (id === undefined ? undefined : String(id));
