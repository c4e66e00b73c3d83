import type { Appointment, Claim, Coded, Observation, Patient, Practice } from '../practice.ts';

const loinc = (code: string, display: string): Coded => ({ system: 'http://loinc.org', code, display });

const quantity = (value: string, unit: string) => ({ kind: 'quantity', value, unit }) as const;

const patients = (): Patient[] => [
  {
    id: 11,
    mrn: 'M-0011',
    first: 'Wren',
    middle: 'Isolde',
    last: "O'Fernsby",
    suffix: 'Jr',
    birthDate: '1984-07-09',
    sex: 'F',
    maritalStatus: 'W',
    address: { line1: '7 Quince & Pear Walk', line2: 'Unit <B>', city: 'Albany', state: 'NY', postalCode: '12207' },
    homePhone: '5185550111',
    mobilePhone: '5185550112',
    workPhone: '5185550113',
    email: 'wren@example.org',
    language: { system: 'urn:ietf:bcp:47', code: 'es', display: 'Spanish' },
    race: [
      { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' },
      { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2028-9', display: 'Asian' },
    ],
    ethnicity: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2186-5', display: 'Not Hispanic or Latino' },
    practitionerId: 3,
    locationId: 1,
    coverages: [
      { payer: 'Old Harbour Health', relationship: 'self', start: '2020-01-01', end: '2023-12-31' },
      {
        payer: 'Harbour Mutual',
        memberId: 'HM-77',
        groupNumber: 'G-5',
        subscriber: "O'Fernsby, Basil",
        relationship: 'spouse',
        start: '2024-01-01',
      },
    ],
    changedAt: '2025-06-10T12:00:00Z',
  },
  {
    id: 12,
    mrn: 'M-0012',
    first: 'Basil',
    last: 'Fernhill',
    birthDate: '1990-05',
    race: [],
    coverages: [],
    changedAt: '2025-06-01T12:00:00Z',
  },
  {
    id: 13,
    mrn: 'M-0013',
    first: 'Basilia',
    last: 'Fernwood',
    birthDate: '2001-12-31',
    sex: 'U',
    race: [],
    coverages: [],
    changedAt: '2025-06-02T12:00:00Z',
  },
];

const visit = (id: number, values: Partial<Appointment>): Appointment => ({
  id,
  patientId: 11,
  practitionerId: 3,
  locationId: 1,
  type: { id: 2, name: 'Office Visit' },
  start: '2025-06-12T13:00:00Z',
  minutes: 20,
  status: 'booked',
  scheduledAt: '2025-06-01T14:02:11Z',
  changedAt: '2025-06-01T14:02:11Z',
  ...values,
});

/** 09:00 in New York is 13:00 UTC in June and 14:00 UTC in January. */
const appointments = (): Appointment[] => [
  visit(101, { reason: 'Knee pain', note: 'Brings a walker' }),
  visit(102, { patientId: 12, start: '2025-06-12T14:10:00Z', status: 'arrived', changedAt: '2025-06-12T13:58:00Z' }),
  visit(103, {
    start: '2025-06-13T13:00:00Z',
    status: 'cancelled',
    cancellationReason: 'Weather',
    changedAt: '2025-06-11T20:11:40Z',
  }),
  visit(104, { start: '2025-01-15T14:00:00Z', status: 'fulfilled' }),
  visit(105, { practitionerId: 4, locationId: 2, start: '2025-06-12T20:30:00Z', type: { id: 5, name: 'New Patient' } }),
  visit(106, { start: '2025-06-14T13:00:00Z', status: 'noshow', changedAt: '2025-06-14T15:00:00Z' }),
  visit(107, { start: '2025-06-16T13:00:00Z', status: 'waitlist' }),
  visit(108, { start: '2025-06-16T13:00:00Z', status: 'entered-in-error' }),
  {
    id: 109,
    patientId: 13,
    type: { id: 2, name: 'Office Visit' },
    start: '2025-06-12T03:30:00Z',
    minutes: 15,
    status: 'checked-in',
    scheduledAt: '2025-06-01T14:02:11Z',
    changedAt: '2025-06-01T14:02:11Z',
  },
];

const observation = (id: number, values: Partial<Observation>): Observation => ({
  id,
  patientId: 11,
  practitionerId: 3,
  category: 'laboratory',
  code: loinc('2951-2', 'Sodium serum'),
  effective: '2025-06-10T13:02:00Z',
  reportId: 900,
  reportName: 'Basic metabolic panel (80048)',
  issued: '2025-06-10T17:25:41.120Z',
  status: 'final',
  components: [],
  history: [],
  ...values,
});

const vital = (id: number, code: Coded, value: string, unit: string): Observation =>
  observation(id, {
    category: 'vital-signs',
    code,
    reportId: 800,
    reportName: 'Vitals',
    appointmentId: 104,
    value: quantity(value, unit),
  });

const observations = (): Observation[] => [
  observation(501, {
    category: 'vital-signs',
    code: loinc('85354-9', 'Blood pressure panel'),
    reportId: 800,
    reportName: 'Vitals',
    appointmentId: 104,
    components: [
      { code: loinc('8480-6', 'Systolic blood pressure'), value: quantity('146', 'mm[Hg]') },
      { code: loinc('8462-4', 'Diastolic blood pressure'), value: quantity('92', 'mm[Hg]') },
    ],
  }),
  vital(502, loinc('8310-5', 'Body temperature'), '98.60', 'F'),
  vital(503, loinc('8867-4', 'Heart rate'), '72', '/min'),
  vital(504, loinc('9843-4', 'Head circumference'), '55', 'cm'),
  observation(510, {
    localCode: '80048',
    value: quantity('148', 'mmol/L'),
    interpretation: 'H',
    referenceLow: '136',
    referenceHigh: '145',
  }),
  observation(511, {
    code: loinc('4548-4', 'Hemoglobin A1c'),
    reportId: 901,
    reportName: 'Hemoglobin A1c (83036)',
    value: quantity('7.3', '%'),
    status: 'corrected',
    issued: '2025-06-11T12:10:02Z',
    interpretation: 'H',
    history: [{ issued: '2025-06-10T17:25:41.120Z', status: 'final', value: quantity('7.4', '%') }],
  }),
  observation(512, { code: { system: 'urn:local', code: 'X1', display: 'Stool culture' }, status: 'registered' }),
  observation(513, {
    code: loinc('24323-8', 'Lipid panel'),
    reportId: 902,
    reportName: 'Lipids',
    referenceHigh: '5',
    components: [{ code: loinc('2093-3', 'Cholesterol'), value: { ...quantity('5.0', 'mmol/L'), comparator: '<' } }],
  }),
  observation(514, {
    category: 'social-history',
    code: loinc('72166-2', 'Tobacco smoking status'),
    reportId: 903,
    reportName: 'Social history',
    value: { kind: 'code', code: { system: 'http://snomed.info/sct', code: '266919005', display: 'Never smoker' } },
  }),
  observation(515, { category: 'vital-signs', status: 'entered-in-error', value: quantity('1', 'kg') }),
  observation(520, { patientId: 12, value: quantity('139', 'mmol/L'), referenceLow: '136' }),
];

const line = (id: number, code: string, pointers: readonly number[], modifiers: readonly string[] = []) => ({
  id,
  procedure: { system: 'http://www.ama-assn.org/go/cpt', code, display: `Procedure ${code}` },
  modifiers,
  diagnosisPointers: pointers,
  units: '1',
  charge: '120.00',
  date: '2025-01-15',
});

const claim = (id: number, values: Partial<Claim>): Claim => ({
  id,
  patientId: 11,
  practitionerId: 3,
  locationId: 1,
  appointmentId: 104,
  status: 'paid',
  serviceStart: '2025-01-15',
  serviceEnd: '2025-01-15',
  createdAt: '2025-01-16T12:00:00Z',
  diagnoses: ['E11.9', 'I10'].map((code) => ({ system: 'http://hl7.org/fhir/sid/icd-10-cm', code, display: code })),
  lines: [line(1, '99213', [2, 1], ['25', 'GT']), line(2, '83036', [1])],
  payments: [],
  ...values,
});

const claims = (): Claim[] => [
  claim(300, { patientResponsibility: '60.25', patientPaid: '20.25' }),
  claim(301, { status: 'draft', patientResponsibility: '15.50', lines: [line(3, '36415', [1])] }),
  claim(302, {
    appointmentId: undefined,
    status: 'cancelled',
    serviceStart: '2025-03-02',
    patientResponsibility: '0',
    patientPaid: '5.5',
  }),
  claim(303, { patientId: 12, appointmentId: 102, status: 'queued' }),
];

/** A small practice with one record for each oddity. Noon on 12 June 2025 is its present. */
export const smallPractice = (): Practice => ({
  name: 'Quince Street Practice',
  timeZone: 'America/New_York',
  practitioners: [
    {
      id: 3,
      npi: '1000000012',
      first: 'Odile',
      middle: 'Rae',
      last: 'Marchbanks',
      credentials: 'MD',
      specialty: 'Family Medicine',
      sex: 'F',
      username: 'omarchbanks',
      locationId: 1,
    },
    {
      id: 4,
      npi: '1000000020',
      first: 'Tam',
      last: 'Marchbanks',
      credentials: 'NP',
      specialty: 'Pediatrics',
      sex: 'M',
      username: 'tmarchbanks',
      locationId: 2,
    },
  ],
  locations: [
    {
      id: 1,
      name: 'Quince Street',
      timeZone: 'America/New_York',
      phone: '5185550100',
      address: { line1: '1 Quince Street', city: 'Albany', state: 'NY', postalCode: '12207' },
    },
    { id: 2, name: 'Lakeview', timeZone: 'America/Chicago', phone: '3125550100', address: {} },
  ],
  patients: patients(),
  appointments: appointments(),
  slots: [
    {
      id: 1,
      practitionerId: 3,
      locationId: 1,
      start: '2025-06-12T13:20:00Z',
      minutes: 40,
      type: { id: 9, name: 'Flu Shot' },
    },
    {
      id: 2,
      practitionerId: 3,
      locationId: 2,
      start: '2025-06-13T03:50:00Z',
      minutes: 20,
      type: { id: 9, name: 'Flu Shot' },
    },
  ],
  observations: observations(),
  claims: claims(),
  documents: [],
});

export const NOON = Date.parse('2025-06-12T16:00:00Z');
