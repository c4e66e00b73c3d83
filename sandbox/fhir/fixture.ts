import type { Observation, Patient, Practice } from '../practice.ts';

const LOINC = 'http://loinc.org';
const CDC = 'urn:oid:2.16.840.1.113883.6.238';

const patient = (id: number, first: string, last: string, more: Partial<Patient> = {}): Patient => ({
  id,
  mrn: `M${id}`,
  first,
  last,
  birthDate: '1980-05-17',
  sex: 'F',
  race: [],
  coverages: [],
  changedAt: '2026-10-01T08:00:00Z',
  ...more,
});

const observation = (id: number, more: Partial<Observation> = {}): Observation => ({
  id,
  patientId: 1,
  category: 'laboratory',
  code: { system: LOINC, code: '718-7', display: 'Hemoglobin [Mass/volume] in Blood' },
  effective: '2026-11-02T15:00:00Z',
  reportId: id,
  reportName: 'CBC',
  issued: '2026-11-02T18:00:00Z',
  status: 'final',
  value: { kind: 'quantity', value: '13.40', unit: 'g/dL', ucum: 'g/dL' },
  components: [],
  history: [],
  ...more,
});

const PRESSURE = { system: LOINC, code: '85354-9', display: 'Blood pressure panel' };
const SYSTOLIC = { system: LOINC, code: '8480-6', display: 'Systolic blood pressure' };
const DIASTOLIC = { system: LOINC, code: '8462-4', display: 'Diastolic blood pressure' };

const patients = (): Patient[] => [
  patient(1, 'Zoë', 'García', {
    middle: 'Ana',
    suffix: 'Jr.',
    preferred: 'Zo',
    mobilePhone: '6175550134',
    homePhone: '6175550135',
    email: 'Zoe@Example.com',
    maritalStatus: 'U',
    address: { line1: '1 Main St', line2: 'Apt 2', city: 'Salem', state: 'MA', postalCode: '01970', country: 'US' },
    language: { system: 'urn:ietf:bcp:47', code: 'es', display: 'Spanish' },
    race: [
      { system: CDC, code: '2106-3', display: 'White' },
      { system: CDC, code: '1586-7', display: 'Shoshone' },
    ],
    ethnicity: { system: CDC, code: '2135-2', display: 'Hispanic or Latino' },
    practitionerId: 7,
    coverages: [
      {
        payer: 'Acme Health',
        memberId: 'A-1',
        groupNumber: 'G9',
        subscriber: 'García, Zoë',
        relationship: 'self',
        start: '2025-01-01',
      },
    ],
  }),
  patient(2, 'Bo', 'Garner', { birthDate: '1980', sex: 'M', deceased: '2026-01-02' }),
  patient(3, 'Cy', 'Doe', { birthDate: '1980-05', sex: 'U', deceased: true }),
];

const practitioners = (): Practice['practitioners'] => [
  {
    id: 7,
    npi: '1234567893',
    first: 'Dana',
    last: 'Clarke',
    credentials: 'MD',
    specialty: 'Family Medicine',
    sex: 'F',
    username: 'dclarke',
    locationId: 4,
  },
  {
    id: 8,
    npi: '1234567802',
    first: 'Eli',
    middle: 'F',
    last: 'Ng',
    credentials: 'NP',
    specialty: 'Pediatrics',
    sex: 'O',
    username: 'eng',
    locationId: 4,
  },
];

const TYPE = { id: 20, name: 'Follow-up' };
const appointments = (): Practice['appointments'] => {
  const shared = { locationId: 4, type: TYPE, minutes: 30, scheduledAt: '2026-10-01T08:00:00Z' };
  const at = (changedAt: string) => ({ ...shared, changedAt });
  return [
    {
      ...at('2026-11-10T10:00:00Z'),
      id: 30,
      patientId: 1,
      practitionerId: 7,
      start: '2026-12-02T15:00:00Z',
      status: 'booked',
      reason: 'Cough',
      note: 'Bring list',
    },
    {
      ...at('2026-11-03T10:00:00Z'),
      id: 31,
      patientId: 1,
      practitionerId: 8,
      start: '2026-11-02T15:00:00Z',
      status: 'fulfilled',
    },
    {
      ...at('2026-11-04T10:00:00Z'),
      id: 32,
      patientId: 2,
      practitionerId: 7,
      start: '2026-12-01T14:00:00Z',
      status: 'cancelled',
      cancellationReason: 'Moved away',
    },
    { ...at('2026-11-05T10:00:00Z'), id: 33, patientId: 3, start: '2026-12-03T14:00:00Z', status: 'proposed' },
  ];
};

const observations = (): Observation[] => [
  observation(40, {
    category: 'vital-signs',
    code: PRESSURE,
    value: undefined,
    appointmentId: 31,
    practitionerId: 8,
    components: [
      { code: SYSTOLIC, value: { kind: 'quantity', value: '120', unit: 'mmHg', ucum: 'mm[Hg]' } },
      { code: DIASTOLIC },
    ],
  }),
  observation(41, { localCode: 'HGB', referenceLow: '12.0', referenceHigh: '16.0', interpretation: 'N' }),
  observation(42, {
    status: 'corrected',
    issued: '2026-11-05T09:00:00Z',
    value: { kind: 'quantity', value: '7.10', unit: '%', ucum: '%', comparator: '<' },
    code: { system: LOINC, code: '4548-4', display: 'Hemoglobin A1c' },
    history: [
      { issued: '2026-11-03T09:00:00Z', status: 'preliminary' },
      {
        issued: '2026-11-04T09:00:00Z',
        status: 'final',
        value: { kind: 'quantity', value: '8', unit: '%', ucum: '%' },
      },
    ],
  }),
  observation(43, { patientId: 2, status: 'cancelled', value: undefined }),
  observation(44, {
    patientId: 2,
    category: 'social-history',
    code: { system: LOINC, code: '72166-2', display: 'Tobacco smoking status' },
    value: { kind: 'code', code: { system: 'http://snomed.info/sct', code: '266919005', display: 'Never smoked' } },
    effective: '2026-11-10T15:00:00Z',
  }),
  observation(45, {
    patientId: 2,
    value: { kind: 'text', text: 'See note' },
    referenceHigh: 'negative',
    effective: '2026-10-10T15:00:00Z',
  }),
];

const claims = (): Practice['claims'] => {
  const line = {
    id: 60,
    procedure: { system: 'http://www.ama-assn.org/go/cpt', code: '99213', display: 'Office visit' },
    modifiers: ['25'],
    diagnosisPointers: [1],
    units: '1',
    charge: '135.50',
    date: '2026-11-02',
  };
  const shared = {
    patientId: 1,
    serviceStart: '2026-11-02',
    serviceEnd: '2026-11-02',
    createdAt: '2026-11-03T08:00:00Z',
    diagnoses: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J06.9', display: 'Acute URI' }],
    lines: [line],
    totalCharge: '135.50',
    payments: [],
  };
  return [
    {
      ...shared,
      id: 50,
      practitionerId: 8,
      appointmentId: 31,
      locationId: 4,
      payer: 'Acme Health',
      status: 'paid',
      insurancePaid: '100.00',
      patientPaid: '20.00',
      patientResponsibility: '20.00',
      payments: [
        { id: 70, from: 'insurance', amount: '100.00', date: '2026-11-15' },
        { id: 71, from: 'patient', amount: '20.00', date: '2026-11-16' },
        { id: 72, from: 'adjustment', amount: '15.50', date: '2026-11-16' },
      ],
    },
    { ...shared, id: 51, patientId: 2, payer: 'Other Payer', status: 'denied' },
    { ...shared, id: 52, patientId: 3, status: 'draft', lines: [], diagnoses: [] },
  ];
};

/** A small practice in New York; everybody in it is made up. Each call gives a new one, which a test may change. */
export const smallPractice = (): Practice => ({
  name: 'Harbor Family Practice',
  timeZone: 'America/New_York',
  practitioners: practitioners(),
  locations: [
    {
      id: 4,
      name: 'Harbor Clinic',
      timeZone: 'America/New_York',
      phone: '6175550199',
      address: { line1: '9 Wharf Rd', city: 'Boston', state: 'MA', postalCode: '02110', country: 'US' },
    },
  ],
  patients: patients(),
  appointments: appointments(),
  slots: [
    { id: 80, practitionerId: 7, locationId: 4, start: '2026-12-04T15:00:00Z', minutes: 30, type: TYPE },
    { id: 81, practitionerId: 8, locationId: 4, start: '2026-12-05T15:00:00Z', minutes: 15, type: TYPE },
  ],
  observations: observations(),
  claims: claims(),
  documents: [],
});
