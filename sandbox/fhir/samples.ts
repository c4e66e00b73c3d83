import type { Appointment, Claim, DocumentReference, Observation, Patient } from '@medplum/fhirtypes';

/** Resources as a client sends them to the small practice; each test changes what it is about. */

export const KEYS = 'urn:example:keys';

export const newPatient = (more: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  identifier: [{ system: KEYS, value: 'p-1' }],
  name: [{ family: 'O’Brien & "Söhne" <x>', given: ['Ann\nMay', 'M'] }],
  gender: 'female',
  birthDate: '1990-01-02',
  telecom: [
    { system: 'phone', value: '+1 (617) 555-0111', use: 'mobile' },
    { system: 'email', value: 'Ann@example.com' },
  ],
  address: [{ line: ['1 Way', 'Apt 🐱'], city: 'Salem', state: 'MA', postalCode: '01970' }],
  ...more,
});

const accepted = (reference: string) => ({ actor: { reference }, status: 'accepted' as const });

/** A visit at a time, without a slot. */
export const newVisit = (more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  identifier: [{ system: KEYS, value: 'a-1' }],
  status: 'booked',
  start: '2026-12-07T10:00:00-05:00',
  end: '2026-12-07T10:30:00-05:00',
  reasonCode: [{ text: 'Sore throat' }],
  comment: 'Ring "twice" & wait',
  participant: [accepted('Patient/pat-1'), accepted('Practitioner/prac-7'), accepted('Location/loc-4')],
  ...more,
});

/** A visit in slot 80, which is free on 4 December at 15:00 UTC. */
export const slotVisit = (more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  status: 'booked',
  slot: [{ reference: 'Slot/slot-80' }],
  start: '2026-12-04T15:00:00Z',
  end: '2026-12-04T15:30:00Z',
  participant: [accepted('Patient/pat-1')],
  ...more,
});

/** The sample of the athenahealth guide, with another patient. */
export const newResult = (more: Partial<Observation> = {}): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  category: [
    {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/observation-category',
          code: 'vital-signs',
          display: 'Vital Signs',
        },
      ],
    },
  ],
  code: {
    coding: [{ system: 'http://loinc.org', code: '8480-6', display: 'Systolic blood pressure' }],
    text: 'Systolic blood pressure',
  },
  subject: { reference: 'Patient/pat-1' },
  effectiveDateTime: '2023-03-20T09:30:00Z',
  valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  ...more,
});

export const newDocument = (more: Partial<DocumentReference> = {}): DocumentReference => ({
  resourceType: 'DocumentReference',
  status: 'current',
  identifier: [{ system: KEYS, value: 'd-1' }],
  type: { coding: [{ system: 'http://loinc.org', code: '34133-9' }], text: 'Letter' },
  subject: { reference: 'Patient/pat-1' },
  content: [{ attachment: { contentType: 'text/plain', data: 'SGVsbG8=', title: 'Hello' } }],
  ...more,
});

export const newClaim = (more: Partial<Claim> = {}): Claim => ({
  resourceType: 'Claim',
  status: 'active',
  use: 'claim',
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/claim-type', code: 'professional' }] },
  patient: { reference: 'Patient/pat-1' },
  created: '2026-11-20',
  provider: { reference: 'Practitioner/prac-7' },
  priority: { coding: [{ code: 'normal' }] },
  insurance: [{ sequence: 1, focal: true, coverage: { reference: 'Coverage/cov-1-1' } }],
  diagnosis: [
    {
      sequence: 1,
      diagnosisCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' }] },
    },
  ],
  item: [
    {
      sequence: 1,
      diagnosisSequence: [1],
      productOrService: { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '99213' }] },
      modifier: [{ coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '25' }] }],
      servicedDate: '2026-11-19',
      quantity: { value: 2 },
      unitPrice: { value: 10.25, currency: 'USD' },
    },
  ],
  ...more,
});
