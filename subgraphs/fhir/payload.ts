import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import {
  Address,
  Coding,
  Concept,
  ContactPoint,
  contained,
  decimal,
  Extended,
  Extension,
  flag,
  HumanName,
  Identifier,
  integer,
  list,
  Money,
  Note,
  number,
  opt,
  Period,
  Quantity,
  Range,
  Reference,
  resource,
  text,
  texts,
} from './elements.ts';

const Link = z.object({ other: opt(Reference), type: text });
const Contact = z.object({
  relationship: list(Concept),
  name: opt(HumanName),
  telecom: list(ContactPoint),
  organization: opt(Reference),
});
const Patient = resource('Patient').extend({
  identifier: list(Identifier),
  active: flag,
  name: list(HumanName),
  telecom: list(ContactPoint),
  gender: text,
  birthDate: text,
  _birthDate: opt(Extended),
  deceasedBoolean: flag,
  deceasedDateTime: text,
  address: list(Address),
  maritalStatus: opt(Concept),
  multipleBirthBoolean: flag,
  multipleBirthInteger: integer,
  contact: list(Contact),
  communication: list(z.object({ language: opt(Concept), preferred: flag })),
  managingOrganization: opt(Reference),
  link: list(Link),
});

const Participant = z.object({ type: list(Concept), actor: opt(Reference), required: text, status: text });
const Appointment = resource('Appointment').extend({
  contained,
  identifier: list(Identifier),
  status: text,
  cancelationReason: opt(Concept),
  serviceType: list(Concept),
  appointmentType: opt(Concept),
  reasonCode: list(Concept),
  reasonReference: list(Reference),
  description: text,
  start: text,
  end: text,
  minutesDuration: integer,
  slot: list(Reference),
  created: text,
  comment: text,
  patientInstruction: text,
  participant: list(Participant),
  requestedPeriod: list(Period),
});

/** `value[x]` and why there is none: the same on an observation and on its components. */
const VALUE = {
  valueQuantity: opt(Quantity),
  valueCodeableConcept: opt(Concept.extend({ extension: list(Extension) })),
  valueString: text,
  valueBoolean: flag,
  valueInteger: decimal,
  valueRange: opt(Range),
  valueRatio: opt(z.object({ numerator: opt(Quantity), denominator: opt(Quantity) })),
  valueSampledData: opt(
    z.object({
      origin: opt(Quantity),
      period: decimal,
      factor: decimal,
      lowerLimit: decimal,
      upperLimit: decimal,
      dimensions: integer,
      data: text,
    }),
  ),
  valueTime: text,
  valueDateTime: text,
  valuePeriod: opt(Period),
  dataAbsentReason: opt(Concept),
};
const ObservedCode = Concept.extend({ coding: list(Coding.extend({ extension: list(Extension) })) });
const ReferenceRange = z.object({
  low: opt(Quantity),
  high: opt(Quantity),
  type: opt(Concept),
  appliesTo: list(Concept),
  age: opt(Range),
  text,
});
const Observation = resource('Observation').extend({
  ...VALUE,
  identifier: list(Identifier),
  status: text,
  category: list(Concept),
  code: opt(ObservedCode),
  subject: opt(Reference),
  encounter: opt(Reference),
  effectiveDateTime: text,
  effectivePeriod: opt(Period),
  effectiveInstant: text,
  effectiveTiming: opt(z.object({ event: texts })),
  issued: text,
  performer: list(Reference),
  interpretation: list(Concept),
  note: list(Note),
  bodySite: opt(Concept),
  method: opt(Concept),
  referenceRange: list(ReferenceRange),
  hasMember: list(Reference),
  component: list(z.object({ ...VALUE, code: opt(Concept) })),
});

const Adjudication = z.object({ category: opt(Concept), reason: opt(Concept), amount: opt(Money), value: decimal });
const Insurance = z.object({ focal: flag, coverage: opt(Reference) });
const CareTeam = z.object({ sequence: integer, provider: opt(Reference), responsible: flag });
const Item = z.object({
  sequence: integer,
  careTeamSequence: list(number.transform(Number)),
  diagnosisSequence: list(number.transform(Number)),
  productOrService: opt(Concept),
  modifier: list(Concept),
  servicedDate: text,
  servicedPeriod: opt(Period),
  quantity: opt(Quantity),
  net: opt(Money),
  adjudication: list(Adjudication),
});
const Claim = resource('Claim').extend({
  contained,
  identifier: list(Identifier),
  status: text,
  type: opt(Concept),
  use: text,
  patient: opt(Reference),
  billablePeriod: opt(Period),
  created: text,
  insurer: opt(Reference),
  provider: opt(Reference),
  careTeam: list(CareTeam),
  diagnosis: list(
    z.object({ sequence: integer, diagnosisCodeableConcept: opt(Concept), diagnosisReference: opt(Reference) }),
  ),
  insurance: list(Insurance),
  item: list(Item),
  total: opt(Money),
});
const ExplanationOfBenefit = resource('ExplanationOfBenefit').extend({
  contained,
  status: text,
  patient: opt(Reference),
  created: text,
  insurer: opt(Reference),
  claim: opt(Reference),
  outcome: text,
  disposition: text,
  careTeam: list(CareTeam),
  insurance: list(Insurance),
  item: list(Item),
  adjudication: list(Adjudication),
  total: list(z.object({ category: opt(Concept), amount: opt(Money) })),
  payment: opt(z.object({ amount: opt(Money), date: text })),
  processNote: list(Note),
});

const Attachment = z.object({ contentType: text, data: text, title: text, url: text });
const DocumentReference = resource('DocumentReference').extend({
  identifier: list(Identifier),
  status: text,
  type: opt(Concept),
  subject: opt(Reference),
  date: text,
  description: text,
  content: list(z.object({ attachment: opt(Attachment) })),
});

const Coverage = resource('Coverage').extend({
  contained,
  status: text,
  identifier: list(Identifier),
  subscriber: opt(Reference),
  subscriberId: text,
  beneficiary: opt(Reference),
  relationship: opt(Concept),
  period: opt(Period),
  payor: list(Reference),
  class: list(z.object({ type: opt(Concept), value: text, name: text })),
});
const Practitioner = resource('Practitioner').extend({
  identifier: list(Identifier),
  active: flag,
  name: list(HumanName),
  telecom: list(ContactPoint),
  qualification: list(z.object({ code: opt(Concept) })),
});
const Location = resource('Location').extend({
  status: text,
  name: text,
  telecom: list(ContactPoint),
  address: opt(Address),
  managingOrganization: opt(Reference),
});
const Slot = resource('Slot').extend({
  serviceType: list(Concept),
  appointmentType: opt(Concept),
  schedule: opt(Reference),
  status: text,
  start: text,
  end: text,
  overbooked: flag,
  comment: text,
});
const Schedule = resource('Schedule').extend({ serviceType: list(Concept), actor: list(Reference) });
const Organization = resource('Organization').extend({ name: text });
const RelatedPerson = resource('RelatedPerson').extend({ name: list(HumanName) });
const Condition = resource('Condition').extend({ code: opt(Concept) });

const SHAPES = {
  Patient,
  Appointment,
  Observation,
  Claim,
  ExplanationOfBenefit,
  DocumentReference,
  Coverage,
  Practitioner,
  Location,
  Slot,
  Schedule,
  Organization,
  RelatedPerson,
  Condition,
};
export type ResourceType = keyof typeof SHAPES;
export type Resource<T extends ResourceType> = z.output<(typeof SHAPES)[T]>;

export type FhirReferenceRange = z.output<typeof ReferenceRange>;
export type FhirAdjudication = z.output<typeof Adjudication>;
export type FhirParticipant = z.output<typeof Participant>;
/** The part of an observation or a component that holds its value. */
export type FhirValue = Pick<Resource<'Observation'>, keyof typeof VALUE>;

/** @throws GraphError BAD_VENDOR_ANSWER when it is not a resource of this type, or not one that can be read. */
export const toResource = <T extends ResourceType>(type: T, raw: unknown, source: string): Resource<T> => {
  const parsed = SHAPES[type].safeParse(raw);
  if (!parsed.success) throw new GraphError('BAD_VENDOR_ANSWER', { source });
  return parsed.data as Resource<T>;
};

/** Did the server leave something out of it (https://hl7.org/fhir/R4/search.html#summary)? Nothing here asks for that. */
export const isSubset = ({ meta }: Pick<Resource<ResourceType>, 'meta'>): boolean =>
  meta?.tag.some(({ code }) => code === 'SUBSETTED') === true;

/** The ids of those that are not whole. */
export const partialOf = (resources: readonly Resource<ResourceType>[]): ReadonlySet<string> =>
  new Set(resources.filter(isSubset).map(({ id }) => id));

/** The contained resource that `#id` points at, when it is of this type. */
export const findContained = <T extends ResourceType>(
  type: T,
  within: readonly Readonly<Record<string, unknown>>[],
  reference: string | undefined,
): Resource<T> | undefined => {
  if (reference === undefined || !reference.startsWith('#')) return undefined;
  const found = within.find((one) => one.id === reference.slice(1));
  return SHAPES[type].safeParse(found).data as Resource<T> | undefined;
};
