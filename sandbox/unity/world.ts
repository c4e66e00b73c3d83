import type { Appointment, Claim, Location, Patient, Practice, Practitioner } from '../practice.ts';
import { type Catalogue, openCatalogue } from './catalogue.ts';
import { type Local, localClock } from './local-time.ts';
import { wallClock } from './wall-clock.ts';

export type Product = 'touchworks' | 'professional';

/** The practice as the vendor's server sees it: its records by id, and its own wall clock. */
export interface World {
  readonly practice: Practice;
  readonly product: Product;
  now(): number;
  /** Every time of an answer is local to the server, whatever the zone of a location. */
  local(instant: string | number): Local;
  /** The instant that the server's wall clock showed so; undefined when it never did. */
  instant(local: Local): string | undefined;
  /** What visits may be of and why they were cancelled. */
  readonly catalogue: Catalogue;
  /** What Practice Management keeps of a visit beyond the practice's own record, by the visit's id. */
  readonly marks: Map<number, Mark>;
  /** When a charge was changed last, by the claim's id: an instant. */
  readonly chargeTimes: Map<number, string>;
  /** When the visit was to which a document belongs, by the document's id. */
  readonly documentDates: Map<number, Local>;
  /** By the id as it stands on the wire. */
  patient(id: string | number): Patient | undefined;
  appointment(id: string | number): Appointment | undefined;
  practitioner(id: number | undefined): Practitioner | undefined;
  location(id: number | undefined): Location | undefined;
  /** Short name of a provider, unique in the practice: `CLARKE`. */
  abbreviation(practitioner: Practitioner): string;
}

/** What a caller said of a visit that no other record holds. */
export interface Mark {
  /** The code that was set last, and when the caller says that it came to be so. */
  readonly code?: { readonly code: string; readonly at: Local };
  /** Booked over another visit by somebody who insisted. */
  readonly forced?: true;
}

/** Finds by id in a list that others may add to and replace in, without going through the list each time. */
const finder = <T extends { readonly id: number }>(list: readonly T[]): ((id: number) => T | undefined) => {
  const positions = new Map<number, number>();
  return (id) => {
    const known = list[positions.get(id) ?? -1];
    if (known?.id === id) return known;
    const position = list.findIndex((record) => record.id === id);
    if (position >= 0) positions.set(id, position);
    return list[position];
  };
};

const wireId = (id: string | number): number => (/^[1-9]\d{0,14}$/.test(String(id)) ? Number(id) : 0);

const letters = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z]/g, '')
    .slice(0, 10);

/** Puts a practice behind the look-ups that the actions share. */
export const openWorld = (practice: Practice, product: Product, now: () => number): World => {
  const patient = finder(practice.patients);
  const appointment = finder(practice.appointments);
  const practitioner = finder(practice.practitioners);
  const location = finder(practice.locations);
  return {
    practice,
    product,
    now,
    local: localClock(practice.timeZone),
    instant: wallClock(practice.timeZone),
    catalogue: openCatalogue(practice),
    marks: new Map(),
    chargeTimes: new Map(),
    documentDates: new Map(),
    patient: (id) => patient(wireId(id)),
    appointment: (id) => appointment(wireId(id)),
    practitioner: (id) => (id === undefined ? undefined : practitioner(id)),
    location: (id) => (id === undefined ? undefined : location(id)),
    abbreviation: (person) => {
      const short = letters(person.last);
      const shared = practice.practitioners.some((other) => other.id !== person.id && letters(other.last) === short);
      return shared ? `${short}${person.id}` : short;
    },
  };
};

/** `Clarke, Dana` */
export const lastFirst = (person: { readonly first: string; readonly last: string }): string =>
  `${person.last}, ${person.first}`;

/** `Clarke, Dana Q` */
export const fullName = (person: {
  readonly first: string;
  readonly middle?: string;
  readonly last: string;
}): string => (person.middle === undefined ? lastFirst(person) : `${lastFirst(person)} ${person.middle}`);

/** `(217) 555-0141`, the way the EHR writes it. */
export const ehrPhone = (digits: string | undefined): string | undefined =>
  digits?.replace(/^(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');

/** `(217)555-0141`, the way Practice Management writes it. */
export const pmPhone = (digits: string | undefined): string | undefined =>
  digits?.replace(/^(\d{3})(\d{3})(\d{4})$/, '($1)$2-$3');

/** A birth date only when it is known to the day: the vendor has no partial dates. */
export const birthDay = (patient: Patient): Local | undefined =>
  patient.birthDate?.length === 10 ? `${patient.birthDate}T00:00:00.000` : undefined;

/**
 * The encounter that a visit has, or that a claim without a visit was given. When a visit has several claims, the first
 * belongs to the visit's encounter and each other one to an encounter of its own.
 */
export const visitEncounterId = (appointment: { readonly id: number }): string => `7${appointment.id}`;

export const claimEncounterId = (claim: Claim, claimsOfPatient: readonly Claim[]): string => {
  const first = claimsOfPatient.find((other) => other.appointmentId === claim.appointmentId);
  return claim.appointmentId !== undefined && first?.id === claim.id
    ? visitEncounterId({ id: claim.appointmentId })
    : `8${claim.id}`;
};

/** Earlier visits first. */
export const byStart = (one: { readonly start: string }, other: { readonly start: string }): number =>
  Date.parse(one.start) - Date.parse(other.start);
