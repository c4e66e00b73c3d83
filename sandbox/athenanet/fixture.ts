import type { Appointment, Practice } from '../practice.ts';
import { claims, observations } from './fixture-results.ts';

/** Thursday, 13:00 in US/Eastern. */
export const NOW = Date.parse('2025-11-20T18:00:00Z');

const CDC = 'urn:oid:2.16.840.1.113883.6.238';
const VISIT = { id: 82, name: 'Office Visit 30' };
const NEW_PATIENT = { id: 8, name: 'New Patient 45' };

const appointment = (
  id: number,
  status: Appointment['status'],
  patientId: number,
  locationId: number | undefined,
  start: string,
  rest: Partial<Appointment> = {},
): Appointment => ({
  id,
  status,
  patientId,
  ...(locationId === undefined ? {} : { locationId }),
  practitionerId: 71,
  type: VISIT,
  start,
  minutes: 30,
  scheduledAt: '2025-10-01T15:00:00Z',
  changedAt: '2025-10-02T15:00:00Z',
  ...rest,
});

const appointments = (): Appointment[] => [
  appointment(101, 'booked', 5001, 1, '2025-12-01T14:30:00Z', { note: 'Bring films', reason: 'Knee' }),
  appointment(102, 'fulfilled', 5002, 2, '2025-10-14T14:15:00Z'),
  appointment(103, 'fulfilled', 5001, 1, '2025-10-14T13:15:00Z'),
  appointment(104, 'checked-in', 5003, 3, '2025-11-20T17:30:00Z', {
    practitionerId: 72,
    changedAt: '2025-11-20T17:25:00Z',
  }),
  appointment(105, 'arrived', 5001, 2, '2025-11-20T18:30:00Z', { changedAt: '2025-11-20T17:55:00Z' }),
  appointment(106, 'cancelled', 5001, 1, '2025-11-25T15:00:00Z', { cancellationReason: 'Going away' }),
  appointment(107, 'noshow', 5002, 1, '2025-11-10T15:00:00Z'),
  appointment(108, 'pending', 5002, 1, '2025-12-05T15:00:00Z', { type: NEW_PATIENT, minutes: 45 }),
  appointment(109, 'proposed', 5001, 1, '2025-12-01T16:00:00Z'),
  appointment(110, 'waitlist', 5001, 1, '2025-12-01T16:00:00Z'),
  appointment(111, 'entered-in-error', 5001, 1, '2025-12-01T16:00:00Z'),
  appointment(112, 'booked', 5001, undefined, '2025-12-01T16:00:00Z'),
  // 23:30 on the first in US/Eastern, the second in UTC.
  appointment(113, 'booked', 5003, 1, '2025-12-02T04:30:00Z'),
];

const coverage = { payer: 'Sample Health PPO', relationship: 'self' as const };
const address = { line1: '1 Sample Plaza', city: 'Exampleville', state: 'MA', postalCode: '00000', country: 'US' };

const patients = (): Practice['patients'] => [
  {
    id: 5001,
    mrn: 'M-5001',
    first: 'Avery',
    middle: 'Q',
    last: 'Larkspur',
    preferred: 'Ave',
    birthDate: '1984-04-17',
    sex: 'F',
    maritalStatus: 'M',
    address: { ...address, line2: 'Apt 4', postalCode: '00000-1234' },
    homePhone: '5555550101',
    mobilePhone: '5555550102',
    workPhone: '5555550103',
    email: 'avery.larkspur@example.com',
    language: { system: 'urn:ietf:bcp:47', code: 'en-US', display: 'English' },
    race: [
      { system: CDC, code: '2106-3', display: 'White' },
      { system: CDC, code: '2034-7', display: 'Chinese' },
    ],
    ethnicity: { system: CDC, code: '2186-5', display: 'Not Hispanic or Latino' },
    practitionerId: 71,
    locationId: 1,
    coverages: [
      {
        ...coverage,
        memberId: 'SAMPLE0001',
        groupNumber: 'GRP-1',
        subscriber: 'Larkspur, Avery',
        start: '2024-01-01',
        end: '2025-12-31',
      },
    ],
    changedAt: '2025-10-01T00:00:00Z',
  },
  {
    id: 5002,
    mrn: 'M-5002',
    first: 'Bram',
    last: 'Larkspur',
    birthDate: '2012-11-30',
    sex: 'M',
    homePhone: '5555550101',
    race: [],
    locationId: 1,
    coverages: [{ ...coverage, relationship: 'child', subscriber: 'Larkspur, Avery' }],
    changedAt: '2025-10-01T00:00:00Z',
  },
  {
    id: 5003,
    mrn: 'M-5003',
    first: 'Cleo',
    last: 'Marigold',
    birthDate: '1999-07',
    sex: 'O',
    deceased: '2025-11-19',
    race: [],
    locationId: 3,
    coverages: [],
    changedAt: '2025-10-01T00:00:00Z',
  },
  {
    id: 5004,
    mrn: 'M-5004',
    first: 'Dana',
    last: 'Nowhere',
    race: [],
    coverages: [],
    changedAt: '2025-10-01T00:00:00Z',
  },
];

/** A hand-written practice with three clocks; each record stands for an oddity. */
export const practiceOf = (): Practice => ({
  name: 'Sample Medical Group',
  timeZone: 'America/New_York',
  locations: [
    { id: 1, name: 'Main Street', timeZone: 'America/New_York', phone: '5555550201', address },
    { id: 2, name: 'Lakeside', timeZone: 'America/Chicago', phone: '5555550202', address },
    { id: 3, name: 'Desert', timeZone: 'America/Phoenix', phone: '5555550203', address },
  ],
  practitioners: [
    {
      id: 71,
      npi: '1000000001',
      first: 'Nora',
      last: 'Fielding',
      credentials: 'MD',
      specialty: 'Family Medicine',
      sex: 'F',
      username: 'nfielding',
      locationId: 1,
    },
    {
      id: 72,
      npi: '1000000002',
      first: 'Idris',
      last: 'Vale',
      credentials: 'NP',
      specialty: 'Family Medicine',
      sex: 'M',
      username: 'ivale',
      locationId: 2,
    },
  ],
  patients: patients(),
  appointments: appointments(),
  slots: [
    { id: 1, practitionerId: 71, locationId: 1, start: '2025-11-24T15:00:00Z', minutes: 30, type: VISIT },
    { id: 2, practitionerId: 71, locationId: 1, start: '2025-11-21T14:00:00Z', minutes: 30, type: VISIT },
    { id: 3, practitionerId: 72, locationId: 2, start: '2025-11-24T16:00:00Z', minutes: 45, type: NEW_PATIENT },
    { id: 4, practitionerId: 72, locationId: 2, start: '2026-03-30T16:00:00Z', minutes: 45, type: NEW_PATIENT },
  ],
  observations: observations(),
  claims: claims(),
  documents: [],
});
