import type { Claim, Coded, Observation, Value } from '../practice.ts';

const LOINC = 'http://loinc.org';
const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm';
const CPT = 'http://www.ama-assn.org/go/cpt';
const loinc = (code: string, display: string): Coded => ({ system: LOINC, code, display });
const amount = (value: string, ucum: string, unit = ucum): Value => ({ kind: 'quantity', value, unit, ucum });

const observation = (
  id: number,
  patientId: number,
  category: Observation['category'],
  code: Coded,
  reportId: number,
  rest: Partial<Observation> = {},
): Observation => ({
  id,
  patientId,
  category,
  code,
  reportId,
  reportName: 'report',
  effective: '2025-10-14T13:20:00Z',
  issued: '2025-10-14T13:25:11Z',
  status: 'final',
  components: [],
  history: [],
  ...rest,
});

const claim = (id: number, patientId: number, status: Claim['status'], rest: Partial<Claim> = {}): Claim => ({
  id,
  patientId,
  practitionerId: 71,
  locationId: 1,
  status,
  serviceStart: '2025-10-14',
  serviceEnd: '2025-10-14',
  createdAt: '2025-10-14T16:00:00Z',
  diagnoses: [],
  lines: [],
  payments: [],
  ...rest,
});

/** Vital signs and laboratory results, one for each oddity. */
export const observations = (): Observation[] => [
  observation(1, 5001, 'vital-signs', loinc('85354-9', 'Blood pressure panel'), 700, {
    appointmentId: 103,
    practitionerId: 71,
    components: [
      { code: loinc('8480-6', 'Systolic blood pressure'), value: amount('102', 'mm[Hg]') },
      { code: loinc('8462-4', 'Diastolic blood pressure'), value: amount('64', 'mm[Hg]') },
    ],
  }),
  observation(2, 5001, 'vital-signs', loinc('29463-7', 'Body weight'), 700, { value: amount('72.55', 'kg') }),
  observation(3, 5001, 'vital-signs', loinc('8310-5', 'Body temperature'), 700, { value: amount('36.7', 'Cel') }),
  observation(4, 5001, 'vital-signs', loinc('8302-2', 'Body height'), 700, { value: amount('70', '[in_i]') }),
  observation(5, 5001, 'vital-signs', loinc('8867-4', 'Heart rate'), 701, {
    value: amount('61', '/min'),
    effective: '2025-11-01T12:00:00Z',
  }),
  observation(6, 5001, 'vital-signs', loinc('9843-4', 'Head circumference'), 702, { value: amount('55', 'cm') }),
  observation(7, 5001, 'vital-signs', loinc('8867-4', 'Heart rate'), 703, {
    value: amount('200', '/min'),
    status: 'entered-in-error',
  }),
  observation(20, 5001, 'laboratory', loinc('4548-4', 'Hemoglobin A1c'), 900, {
    reportName: 'hemoglobin A1c',
    appointmentId: 103,
    value: amount('7.4', '%'),
    interpretation: 'H',
    referenceLow: '4.0',
    referenceHigh: '5.6',
    effective: '2025-10-20T14:00:00Z',
    issued: '2025-10-20T18:59:00Z',
  }),
  observation(21, 5001, 'laboratory', loinc('2345-7', 'Glucose'), 901, {
    reportName: 'basic metabolic panel',
    value: amount('98', 'mg/dL'),
    status: 'corrected',
    effective: '2025-11-02T14:00:00Z',
    issued: '2025-11-04T14:00:00Z',
    history: [{ issued: '2025-11-03T14:00:00Z', status: 'final', value: amount('89', 'mg/dL') }],
  }),
  observation(22, 5001, 'laboratory', loinc('2951-2', 'Sodium'), 901, {
    reportName: 'basic metabolic panel',
    value: { kind: 'quantity', value: '2', unit: 'mmol/L', comparator: '<' },
    effective: '2025-11-02T14:00:00Z',
    issued: '2025-11-03T14:00:00Z',
  }),
  observation(23, 5001, 'laboratory', loinc('600-7', 'Culture'), 902, {
    value: { kind: 'text', text: 'no growth' },
    status: 'preliminary',
    effective: '2025-11-10T14:00:00Z',
    issued: '2025-11-11T14:00:00Z',
  }),
  observation(30, 5001, 'social-history', loinc('72166-2', 'Smoking status'), 950),
];

/** A claim of every status. */
export const claims = (): Claim[] => [
  claim(55, 5002, 'submitted', {
    payer: 'Sample Health PPO',
    appointmentId: 102,
    locationId: 2,
    diagnoses: [{ system: ICD10, code: 'J02.9', display: 'Acute pharyngitis, unspecified' }],
    lines: [
      {
        id: 1,
        procedure: { system: CPT, code: '99213', display: 'Office visit' },
        modifiers: ['25', 'GT'],
        diagnosisPointers: [1],
        units: '1',
        charge: '189.00',
        date: '2025-10-14',
      },
    ],
    totalCharge: '189.00',
  }),
  claim(56, 5001, 'partially-paid', {
    payer: 'Sample Health PPO',
    totalCharge: '200.50',
    patientResponsibility: '40',
    patientPaid: '14.85',
    payments: [
      { id: 1, from: 'insurance', amount: '120.00', date: '2025-11-03' },
      { id: 2, from: 'patient', amount: '14.85', date: '2025-11-05' },
      { id: 3, from: 'adjustment', amount: '40.5', date: '2025-11-03' },
    ],
  }),
  claim(57, 5003, 'queued', {
    serviceStart: '2025-11-01',
    serviceEnd: '2025-11-01',
    createdAt: '2025-11-02T03:00:00Z',
  }),
  claim(58, 5001, 'cancelled'),
  claim(59, 5001, 'denied', { payer: 'Nobody Known' }),
  claim(60, 5001, 'draft', { payer: 'Sample Health PPO' }),
  claim(61, 5001, 'accepted', { payer: 'Sample Health PPO' }),
  claim(62, 5001, 'rejected', { payer: 'Sample Health PPO' }),
  claim(63, 5001, 'paid', { payer: 'Sample Health PPO' }),
];
