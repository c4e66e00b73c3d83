import { z } from 'zod';

/** Those parts of FHIR R4 resources that a Practice is made from. Numbers have become text before this is applied. */
const text = z.string();
/** A list; FHIR writes null for an entry that has only extensions. */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item.nullable())
    .default([])
    .transform((entries) => entries.filter((entry) => entry !== null));

const coding = z.object({ system: text.optional(), code: text.optional(), display: text.optional() });
export const concept = z.object({ coding: list(coding), text: text.optional() });
const identifier = z.object({ system: text.optional(), value: text.optional(), type: concept.optional() });
const reference = z.object({
  reference: text.optional(),
  identifier: identifier.optional(),
  display: text.optional(),
});
const period = z.object({ start: text.optional(), end: text.optional() });
const money = z.object({ value: text.optional(), currency: text.optional() });
const quantity = z.object({
  value: text.optional(),
  unit: text.optional(),
  system: text.optional(),
  code: text.optional(),
  comparator: z.enum(['<', '<=', '>=', '>']).optional(),
});
const meta = z.object({ lastUpdated: text.optional() }).optional();
const telecom = list(z.object({ system: text.optional(), value: text.optional(), use: text.optional() }));
const address = z.object({
  line: list(text),
  city: text.optional(),
  state: text.optional(),
  postalCode: text.optional(),
  country: text.optional(),
  use: text.optional(),
});
const name = z.object({
  use: text.optional(),
  text: text.optional(),
  family: text.optional(),
  given: list(text),
  prefix: list(text),
  suffix: list(text),
});
const gender = z.enum(['male', 'female', 'other', 'unknown']).optional();
const extension = z.object({
  url: text,
  extension: list(z.object({ url: text, valueCoding: coding.optional() })),
});

export const patient = z.object({
  meta,
  extension: list(extension),
  identifier: list(identifier),
  name: list(name),
  telecom,
  gender,
  birthDate: text.optional(),
  deceasedBoolean: z.boolean().optional(),
  deceasedDateTime: text.optional(),
  address: list(address),
  maritalStatus: concept.optional(),
  communication: list(z.object({ language: concept, preferred: z.boolean().optional() })),
  generalPractitioner: list(reference),
});

export const practitioner = z.object({
  identifier: list(identifier),
  name: list(name),
  gender,
  address: list(address),
  qualification: list(z.object({ code: concept })),
});

export const practitionerRole = z.object({
  practitioner: reference.optional(),
  location: list(reference),
  specialty: list(concept),
});

export const location = z.object({
  identifier: list(identifier),
  name: text.optional(),
  telecom,
  address: address.optional(),
});

export const schedule = z.object({ actor: list(reference) });

export const slot = z.object({
  schedule: reference,
  status: text,
  start: text,
  end: text,
  serviceType: list(concept),
  appointmentType: concept.optional(),
});

export const appointment = z.object({
  meta,
  status: text,
  start: text.optional(),
  end: text.optional(),
  minutesDuration: text.optional(),
  created: text.optional(),
  comment: text.optional(),
  serviceType: list(concept),
  appointmentType: concept.optional(),
  reasonCode: list(concept),
  cancelationReason: concept.optional(),
  participant: list(z.object({ actor: reference.optional(), required: text.optional() })),
});

/** A value of a kind that a Practice can hold stands under one of these names; every other `value[x]` is left as it is. */
const valued = z.looseObject({
  valueQuantity: quantity.optional(),
  valueString: text.optional(),
  valueCodeableConcept: concept.optional(),
  valueBoolean: z.boolean().optional(),
  valueInteger: text.optional(),
  valueDateTime: text.optional(),
  valueTime: text.optional(),
});

export const observation = valued.extend({
  status: text,
  category: list(concept),
  code: concept,
  subject: reference.optional(),
  encounter: reference.optional(),
  performer: list(reference),
  effectiveDateTime: text.optional(),
  effectiveInstant: text.optional(),
  effectivePeriod: period.optional(),
  issued: text.optional(),
  interpretation: list(concept),
  referenceRange: list(z.object({ low: quantity.optional(), high: quantity.optional() })),
  component: list(valued.extend({ code: concept })),
});

export const report = z.object({ code: concept, result: list(reference) });

export const condition = z.object({ code: concept.optional() });

export const encounter = z.object({ appointment: list(reference) });

export const coverage = z.object({
  status: text.optional(),
  type: concept.optional(),
  subscriberId: text.optional(),
  subscriber: reference.optional(),
  beneficiary: reference,
  relationship: concept.optional(),
  payor: list(reference),
  period: period.optional(),
  class: list(z.object({ type: concept, value: text })),
});

const item = z.object({
  sequence: text.optional(),
  diagnosisSequence: list(text),
  productOrService: concept,
  modifier: list(concept),
  servicedDate: text.optional(),
  servicedPeriod: period.optional(),
  quantity: quantity.optional(),
  net: money.optional(),
  encounter: list(reference),
});

export const claim = z.object({
  status: text,
  use: text.optional(),
  patient: reference,
  billablePeriod: period.optional(),
  created: text.optional(),
  provider: reference.optional(),
  facility: reference.optional(),
  careTeam: list(z.object({ provider: reference })),
  insurance: list(z.object({ focal: z.boolean().optional(), coverage: reference })),
  diagnosis: list(
    z.object({
      sequence: text,
      diagnosisCodeableConcept: concept.optional(),
      diagnosisReference: reference.optional(),
    }),
  ),
  item: list(item),
  total: money.optional(),
});

const amounts = list(z.object({ category: concept, amount: money.optional() }));

export const benefit = z.object({
  status: text.optional(),
  created: text.optional(),
  outcome: text.optional(),
  claim: reference.optional(),
  provider: reference.optional(),
  item: list(z.object({ adjudication: amounts })),
  total: amounts,
  payment: z.object({ amount: money.optional(), date: text.optional() }).optional(),
});

export type Concept = z.infer<typeof concept>;
export type Reference = z.infer<typeof reference>;
export type Name = z.infer<typeof name>;
export type Valued = z.infer<typeof valued>;
export type PatientShape = z.infer<typeof patient>;
export type AppointmentShape = z.infer<typeof appointment>;
export type SlotShape = z.infer<typeof slot>;
export type ObservationShape = z.infer<typeof observation>;
export type ClaimShape = z.infer<typeof claim>;
export type BenefitShape = z.infer<typeof benefit>;
export type CoverageShape = z.infer<typeof coverage>;
