import type { AppointmentStatus, Location, Practitioner, Sex } from '../practice.ts';
import { type Place, plainLetters } from './names.ts';

export type Vendor = 'unity' | 'athenanet' | 'fhir';
export const VENDORS: readonly Vendor[] = ['unity', 'athenanet', 'fhir'];

export interface VisitType {
  readonly id: number;
  readonly name: string;
  readonly minutes: number;
  readonly kind: 'visit' | 'physical' | 'new';
}

/** The first number of each list; slots never share a number with appointments, since athenaNet counts them together. */
export interface FirstIds {
  readonly patient: number;
  readonly appointment: number;
  readonly slot: number;
  readonly observation: number;
  readonly report: number;
  readonly claim: number;
  readonly line: number;
  readonly payment: number;
}

/** What is fixed about one practice of the sandbox. */
export interface Profile {
  readonly vendor: Vendor;
  readonly name: string;
  readonly timeZone: string;
  /** Of land lines and of mobile phones. */
  readonly areaCodes: readonly [string, string];
  readonly places: readonly Place[];
  readonly firstIds: FirstIds;
  readonly mrn: (id: number) => string;
  readonly locations: readonly Location[];
  readonly practitioners: readonly Practitioner[];
  readonly types: readonly VisitType[];
  /** Outcomes that past and coming appointments take in turn: only such as the vendor's system can tell. */
  readonly past: readonly AppointmentStatus[];
  readonly coming: readonly AppointmentStatus[];
  /** What somebody who is in the house now has. */
  readonly present: readonly AppointmentStatus[];
}

const times = (status: AppointmentStatus, count: number): AppointmentStatus[] => Array(count).fill(status);

const location = (
  id: number,
  name: string,
  timeZone: string,
  phone: string,
  line1: string,
  place: Place,
): Location => ({ id, name, timeZone, phone, address: { line1, ...place, country: 'US' } });

/** National Provider Identifiers start with 1 or 2; these start with 9, so they belong to nobody, and pass the check digit. */
export const npi = (number: number): string => {
  const body = `99999${String(number).padStart(4, '0')}`;
  // The check digit is Luhn's over the body behind the prefix 80840, whose digits count 24.
  const sum = [...body]
    .map(Number)
    .map((digit, position) => (position % 2 === 0 ? digit * 2 - (digit > 4 ? 9 : 0) : digit))
    .reduce((total, digit) => total + digit, 24);
  return `${body}${(10 - (sum % 10)) % 10}`;
};

const practitioner = (
  id: number,
  [first, middle, last]: readonly [string, string | undefined, string],
  sex: Sex,
  [credentials, specialty]: readonly [string, string],
  locationId: number,
  number: number,
): Practitioner => ({
  id,
  npi: npi(number),
  first,
  ...(middle === undefined ? {} : { middle }),
  last,
  credentials,
  specialty,
  sex,
  username: `${plainLetters(first).slice(0, 1)}${plainLetters(last)}`,
  locationId,
});

const CHICAGO: Place = { city: 'Chicago', state: 'IL', postalCode: '60614' };
const EVANSTON: Place = { city: 'Evanston', state: 'IL', postalCode: '60201' };
const SPRINGFIELD_OH: Place = { city: 'Springfield', state: 'OH', postalCode: '45502' };
const SPRINGFIELD_IL: Place = { city: 'Springfield', state: 'IL', postalCode: '62701' };
const PHOENIX: Place = { city: 'Phoenix', state: 'AZ', postalCode: '85004' };
const ALBANY: Place = { city: 'Albany', state: 'NY', postalCode: '12203' };
const TROY: Place = { city: 'Troy', state: 'NY', postalCode: '12180' };

const lakeside: Profile = {
  vendor: 'unity',
  name: 'Lakeside Family Medicine',
  timeZone: 'America/Chicago',
  areaCodes: ['312', '773'],
  places: [CHICAGO, EVANSTON, { city: 'Oak Park', state: 'IL', postalCode: '60302' }],
  firstIds: {
    patient: 10_001,
    appointment: 300_001,
    slot: 500_001,
    observation: 700_001,
    report: 650_001,
    claim: 80_001,
    line: 840_001,
    payment: 880_001,
  },
  mrn: (id) => `LFM${String(id).padStart(6, '0')}`,
  locations: [
    location(10, 'Lakeside Main', 'America/Chicago', '3125550140', '2200 N Clark St', CHICAGO),
    location(11, 'Lakeside Evanston', 'America/Chicago', '3125550141', '1710 Orrington Ave', EVANSTON),
  ],
  practitioners: [
    practitioner(54_321, ['Jane', 'M', 'Johnson'], 'F', ['MD', 'Family Medicine'], 10, 101),
    practitioner(201, ['David', undefined, 'Clarke'], 'M', ['MD', 'Internal Medicine'], 10, 102),
    practitioner(202, ['Aisha', undefined, 'Rahman'], 'F', ['NP', 'Family Medicine'], 11, 103),
    practitioner(203, ['Peter', 'A', 'Lindgren'], 'M', ['DO', 'Family Medicine'], 11, 104),
  ],
  types: [
    { id: 1, name: 'Office Visit', minutes: 30, kind: 'visit' },
    { id: 2, name: 'Follow-Up', minutes: 15, kind: 'visit' },
    { id: 3, name: 'Physical', minutes: 60, kind: 'physical' },
    { id: 4, name: 'New Patient', minutes: 45, kind: 'new' },
  ],
  past: [...times('fulfilled', 15), ...times('noshow', 2), ...times('cancelled', 3)],
  coming: [...times('booked', 15), ...times('waitlist', 1), ...times('cancelled', 2)],
  present: ['checked-in'],
};

const springfield: Profile = {
  vendor: 'athenanet',
  name: 'Springfield Family Practice',
  timeZone: 'America/New_York',
  areaCodes: ['937', '326'],
  places: [SPRINGFIELD_OH, SPRINGFIELD_IL, PHOENIX],
  firstIds: {
    patient: 5_001,
    appointment: 1_200_001,
    slot: 1_300_001,
    observation: 410_001,
    report: 390_001,
    claim: 2_001,
    line: 61_001,
    payment: 71_001,
  },
  mrn: (id) => String(id),
  locations: [
    location(1, 'Springfield Main', 'America/New_York', '9375550150', '400 E High St', SPRINGFIELD_OH),
    location(21, 'Springfield Prairie', 'America/Chicago', '2175550151', '900 S 2nd St', SPRINGFIELD_IL),
    location(41, 'Springfield Desert', 'America/Phoenix', '6025550152', '50 W Adams St', PHOENIX),
  ],
  practitioners: [
    practitioner(54_321, ['Alan', undefined, 'Whitfield'], 'M', ['MD', 'Family Medicine'], 1, 201),
    practitioner(71, ['Carmen', 'L', 'Ortiz'], 'F', ['MD', 'Internal Medicine'], 1, 202),
    practitioner(72, ['Brian', undefined, "O'Malley"], 'M', ['PA', 'Family Medicine'], 21, 203),
    practitioner(73, ['Mei', undefined, 'Chen'], 'F', ['MD', 'Internal Medicine'], 21, 204),
    practitioner(74, ['Ruth', 'E', 'Tsosie'], 'F', ['NP', 'Family Medicine'], 41, 205),
  ],
  types: [
    { id: 82, name: 'Office Visit', minutes: 30, kind: 'visit' },
    { id: 62, name: 'Follow Up', minutes: 15, kind: 'visit' },
    { id: 8, name: 'Annual Physical', minutes: 45, kind: 'physical' },
    { id: 2, name: 'New Patient', minutes: 60, kind: 'new' },
  ],
  past: [...times('fulfilled', 15), ...times('noshow', 2), ...times('cancelled', 3)],
  coming: [...times('booked', 16), ...times('cancelled', 2)],
  present: ['checked-in'],
};

const mercy: Profile = {
  vendor: 'fhir',
  name: 'Mercy Primary Care',
  timeZone: 'America/New_York',
  areaCodes: ['518', '838'],
  places: [ALBANY, TROY, { city: 'Schenectady', state: 'NY', postalCode: '12305-1102' }],
  firstIds: { patient: 1, appointment: 1, slot: 5_001, observation: 1, report: 1, claim: 1, line: 1, payment: 1 },
  mrn: (id) => `M-${String(id).padStart(5, '0')}`,
  locations: [
    location(1, 'Mercy Albany', 'America/New_York', '5185550160', '315 S Manning Blvd', ALBANY),
    location(2, 'Mercy Troy', 'America/New_York', '5185550161', '2215 Burdett Ave', TROY),
  ],
  practitioners: [
    practitioner(1, ['Helen', undefined, 'Vandenberg'], 'F', ['MD', 'Family Medicine'], 1, 301),
    practitioner(2, ['Omar', undefined, 'Haddad'], 'M', ['MD', 'Internal Medicine'], 1, 302),
    practitioner(3, ['Laura', 'J', 'Pérez'], 'F', ['NP', 'Family Medicine'], 2, 303),
    practitioner(4, ['Simon', undefined, 'Baptiste'], 'M', ['DO', 'Family Medicine'], 2, 304),
  ],
  types: [
    { id: 1, name: 'Office visit', minutes: 30, kind: 'visit' },
    { id: 2, name: 'Follow-up visit', minutes: 20, kind: 'visit' },
    { id: 3, name: 'Annual physical', minutes: 60, kind: 'physical' },
    { id: 4, name: 'New patient visit', minutes: 45, kind: 'new' },
  ],
  past: [...times('fulfilled', 14), ...times('noshow', 2), ...times('cancelled', 3), ...times('entered-in-error', 1)],
  coming: [
    ...times('booked', 13),
    ...times('pending', 2),
    ...times('proposed', 1),
    ...times('waitlist', 1),
    ...times('cancelled', 2),
  ],
  present: ['checked-in', 'arrived'],
};

export const PROFILES: readonly Profile[] = [lakeside, springfield, mercy];
