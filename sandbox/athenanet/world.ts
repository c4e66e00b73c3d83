import type { Appointment, Claim, Location, Observation, Patient, Practice, Practitioner } from '../practice.ts';
import { type Clock, type Local, wireDay, wireStamp } from './clock.ts';

/** How this practice is set up at athenaNet, beyond what a Practice says. */
export interface Setting {
  readonly practiceId: string;
  /** Locations that the patient portal does not show: `GET /departments` leaves them out unless asked for all. */
  readonly hiddenDepartments: ReadonlySet<number>;
  readonly chartSharingGroup: (locationId: number) => string;
  /** Zone of the times that carry a date and no department, such as `lastmodified`. */
  readonly stampZone: string;
}

/** The practice as it is during one request, with its look-ups. */
export interface World {
  readonly practice: Practice;
  readonly setting: Setting;
  readonly clock: Clock;
  readonly now: number;
  patient(id: number): Patient | undefined;
  practitioner(id: number | undefined): Practitioner | undefined;
  location(id: number | undefined): Location | undefined;
  appointment(id: number): Appointment | undefined;
  /** Appointments that athenaNet can hold. */
  readonly appointments: readonly Appointment[];
  appointmentsOf(patientId: number): readonly Appointment[];
  observationsOf(patientId: number): readonly Observation[];
  /** Claims that athenaNet can hold. */
  readonly claims: readonly Claim[];
  claimsOf(patientId: number): readonly Claim[];
  claimsFor(appointmentId: number): readonly Claim[];
  /** Payers in the order of their first use. */
  readonly payers: readonly string[];
  /** Wall clock of a department. */
  localAt(instant: string | number, locationId: number | undefined): Local;
  /** `MM/DD/YYYY HH:MM:SS` and `YYYY-MM-DD` in the zone of the stamps. */
  stamp(instant: string): string;
  stampDay(instant: string): string;
  /** Departments that a patient is registered in: the own one first, then those of the appointments. */
  departmentsOf(patient: Patient): readonly number[];
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

const index = <T extends { readonly id: number }>(list: readonly T[]) =>
  once(() => new Map(list.map((item) => [item.id, item])));

/** Looks a practice over for one request; nothing is kept beyond it, so changes show at once. */
export const worldOf = (practice: Practice, setting: Setting, clock: Clock, now: number): World => {
  const patients = index(practice.patients);
  const practitioners = index(practice.practitioners);
  const locations = index(practice.locations);
  const appointments = once(() => practice.appointments.filter((item) => holdsAppointment(practice, item)));
  const appointmentById = once(() => new Map(appointments().map((item) => [item.id, item])));
  const appointmentsByPatient = once(() => Map.groupBy(appointments(), ({ patientId }) => patientId));
  const observationsByPatient = once(() => Map.groupBy(practice.observations, ({ patientId }) => patientId));
  const claims = once(() => practice.claims.filter(holdsClaim));
  const claimsByPatient = once(() => Map.groupBy(claims(), ({ patientId }) => patientId));
  const claimsByAppointment = once(() => Map.groupBy(claims(), ({ appointmentId }) => appointmentId));
  const payers = once(() => [
    ...new Set(practice.patients.flatMap(({ coverages }) => coverages.map((one) => one.payer))),
  ]);
  const location = (id: number | undefined) => (id === undefined ? undefined : locations().get(id));
  const appointmentsOf = (patientId: number) => appointmentsByPatient().get(patientId) ?? [];
  return {
    practice,
    setting,
    clock,
    now,
    patient: (id) => patients().get(id),
    practitioner: (id) => (id === undefined ? undefined : practitioners().get(id)),
    location,
    appointment: (id) => appointmentById().get(id),
    get appointments() {
      return appointments();
    },
    appointmentsOf,
    observationsOf: (patientId) => observationsByPatient().get(patientId) ?? [],
    get claims() {
      return claims();
    },
    claimsOf: (patientId) => claimsByPatient().get(patientId) ?? [],
    claimsFor: (appointmentId) => claimsByAppointment().get(appointmentId) ?? [],
    get payers() {
      return payers();
    },
    localAt: (instant, id) => clock.local(instant, location(id)?.timeZone ?? practice.timeZone),
    stamp: (instant) => wireStamp(clock.local(instant, setting.stampZone)),
    stampDay: (instant) => clock.local(instant, setting.stampZone).date,
    departmentsOf: ({ id, locationId }) => [
      ...new Set([
        ...[location(locationId)?.id, ...appointmentsOf(id).map((item) => item.locationId)].flatMap((one) => one ?? []),
      ]),
    ],
  };
};

/** The day of an instant in the zone of the stamps as it goes over the wire. */
export const wireStampDay = (world: World, instant: string): string | undefined => wireDay(world.stampDay(instant));

/** Ids go out as text in most places. */
export const textId = (id: number | undefined): string | undefined => (id === undefined ? undefined : String(id));
