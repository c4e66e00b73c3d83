import type { Patient, Practice, Practitioner } from '../practice.ts';
import { plusDays } from './calendar.ts';
import { KNOWN_PEOPLE } from './cast.ts';
import { FAMILIES, MEN, plainLetters, WOMEN } from './names.ts';
import { npi, PROFILES, type Profile, type Vendor } from './profiles.ts';
import { type Random, random } from './random.ts';

/** Ids of a copy are this much larger than those of the copy before: no list is as long. */
const STEP = 1_000_000;
/** Copies take turns with the practitioners of so many: a large practice has more patients for each of its people. */
const STAFFS = 5;
const NUMBERS_OF_A_STAFF = 1_000;
/** What a sandbox of this machine can hold. */
export const MOST_PEOPLE = 10_000;

interface Copy {
  readonly number: number;
  readonly staff: number;
  readonly profile: Profile;
  readonly chance: Random;
}

const idIn = ({ number }: Copy, id: number): number => id + number * STEP;
const staffId = ({ staff }: Copy, id: number): number => id + staff * STEP;

/** Everybody in a copy is somebody else; a person whom several practices know is so in every copy of them. */
const keyOf = (vendor: Vendor, id: number): string =>
  KNOWN_PEOPLE.find(({ ids }) => ids[vendor] === id)?.key ?? `${vendor}-${id}`;

const renamed = (patient: Patient, copy: Copy): Patient => {
  const chance = copy.chance.fork(`${keyOf(copy.profile.vendor, patient.id)} ${copy.number}`);
  const first = chance.pick<string>(patient.sex === 'M' ? MEN : WOMEN);
  const family = chance.pick<string>(FAMILIES);
  const last = chance.chance(0.3) ? `${family}-${chance.pick<string>(FAMILIES)}` : family;
  const old = `${patient.last}, ${patient.first}`;
  const email = `${plainLetters(first)}.${plainLetters(last)}${copy.number}@example.com`;
  const born = patient.birthDate?.length === 10 ? { birthDate: plusDays(patient.birthDate, -copy.number) } : {};
  const { preferred: _, ...rest } = patient;
  return {
    ...rest,
    first,
    last,
    ...born,
    ...(patient.email === undefined ? {} : { email }),
    coverages: patient.coverages.map((one) => ({
      ...one,
      ...(one.memberId === undefined ? {} : { memberId: `${one.memberId}${copy.number}` }),
      ...(one.subscriber === old ? { subscriber: `${last}, ${first}` } : {}),
    })),
  };
};

const patientIn = (patient: Patient, copy: Copy): Patient => {
  const id = idIn(copy, patient.id);
  return { ...renamed(patient, copy), id, mrn: copy.profile.mrn(id), ...attendedIn(patient, copy) };
};

/** A record's practitioner as this copy has that person. */
const attendedIn = ({ practitionerId }: { readonly practitionerId?: number }, copy: Copy) =>
  practitionerId === undefined ? {} : { practitionerId: staffId(copy, practitionerId) };

const practitionerIn = (one: Practitioner, copy: Copy): Practitioner => {
  const last = copy.chance.fork(`staff ${one.id} ${copy.staff}`).pick<string>(FAMILIES);
  return {
    ...one,
    id: staffId(copy, one.id),
    last,
    npi: npi(Number(one.npi.slice(5, 9)) + copy.staff * NUMBERS_OF_A_STAFF),
    username: `${plainLetters(one.first).slice(0, 1)}${plainLetters(last)}${copy.staff}${one.id}`,
  };
};

/** The records that belong to a patient, as the copy has them. */
const chartIn = (practice: Practice, copy: Copy): Pick<Practice, 'appointments' | 'observations' | 'claims'> => {
  const own = <T extends { readonly id: number; readonly patientId: number; readonly practitionerId?: number }>(
    one: T,
  ): T => ({ ...one, id: idIn(copy, one.id), patientId: idIn(copy, one.patientId), ...attendedIn(one, copy) });
  const visited = ({ appointmentId }: { readonly appointmentId?: number }) =>
    appointmentId === undefined ? {} : { appointmentId: idIn(copy, appointmentId) };
  return {
    appointments: practice.appointments.map(own),
    observations: practice.observations.map((one) => ({
      ...own(one),
      ...visited(one),
      reportId: idIn(copy, one.reportId),
    })),
    claims: practice.claims.map((one) => ({
      ...own(one),
      ...visited(one),
      lines: one.lines.map((line) => ({ ...line, id: idIn(copy, line.id) })),
      payments: one.payments.map((payment) => ({ ...payment, id: idIn(copy, payment.id) })),
    })),
  };
};

const copyOf = (practice: Practice, copy: Copy): Omit<Practice, 'name' | 'timeZone' | 'locations'> => {
  const ownStaff = copy.number < STAFFS;
  const slots = ownStaff ? practice.slots : [];
  return {
    patients: practice.patients.map((one) => patientIn(one, copy)),
    practitioners: ownStaff ? practice.practitioners.map((one) => practitionerIn(one, copy)) : [],
    slots: slots.map((one) => ({
      ...one,
      id: idIn(copy, one.id),
      practitionerId: staffId(copy, one.practitionerId),
    })),
    ...chartIn(practice, copy),
    documents: [],
  };
};

/**
 * The same practice with at least so many patients: everybody is there again under other ids and names, with a chart of
 * the same shape and, from the second copy on, with further practitioners. Refuses more than `MOST_PEOPLE`.
 */
export const enlarged = (practice: Practice, vendor: Vendor, people: number, seed: number): Practice => {
  if (!Number.isInteger(people) || people < 1 || people > MOST_PEOPLE)
    throw new RangeError(`The number of people must be from 1 to ${MOST_PEOPLE}.`);
  const profile = PROFILES.find((one) => one.vendor === vendor);
  if (profile === undefined) throw new RangeError('no such practice');
  const copies = Array.from({ length: Math.ceil(people / practice.patients.length) - 1 }, (_, i) =>
    copyOf(practice, { number: i + 1, staff: (i + 1) % STAFFS, profile, chance: random(seed).fork('copies') }),
  );
  if (copies.length === 0) return practice;
  const all = [practice, ...copies];
  return {
    ...practice,
    practitioners: all.flatMap((one) => one.practitioners),
    patients: all.flatMap((one) => one.patients),
    appointments: all
      .flatMap((one) => one.appointments)
      .toSorted((one, other) => Date.parse(one.start) - Date.parse(other.start)),
    slots: all.flatMap((one) => one.slots).toSorted((one, other) => Date.parse(one.start) - Date.parse(other.start)),
    observations: all.flatMap((one) => one.observations),
    claims: all.flatMap((one) => one.claims),
  };
};
