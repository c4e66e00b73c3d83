import { Directive, Field, Int, ObjectType } from 'type-graphql';
import { Appointment, Claim, Location, Observation, Patient, Practitioner, Slot } from '../../schema/records.ts';
import { DateScalar, DateTimeScalar, DecimalScalar } from '../../schema/scalars.ts';
import { Source } from '../../schema/source.ts';
import { Address, CodeableConcept, ContactPoint, HumanName, Identifier, Period } from '../../schema/values.ts';

const optional = { nullable: true } as const;

@ObjectType({ description: 'Somebody to turn to about a patient.' })
export class FhirContact {
  @Field(() => [CodeableConcept], { description: 'By HL7 v2-0131: C is the emergency contact, N the next of kin.' })
  relationships!: readonly CodeableConcept[];
  @Field(() => HumanName, optional)
  name?: HumanName | null;
  @Field(() => String, optional)
  organization?: string | null;
  @Field(() => [ContactPoint])
  telecoms!: readonly ContactPoint[];
}

@ObjectType({ implements: Patient })
@Directive('@key(fields: "id")')
export class FhirPatient extends Patient {
  @Field(() => Boolean, { ...optional, description: 'Is the record in use?' })
  active?: boolean | null;
  @Field(() => String, { ...optional, description: 'The id under which the vendor goes on after a merge.' })
  replacedBy?: string | null;
  @Field(() => String, { ...optional, description: 'The gender in the vendor’s own word.' })
  vendorGender?: string | null;
  @Field(() => String, { ...optional, description: 'US Core: F | M | OTH | UNK | ASKU' })
  birthSex?: string | null;
  @Field(() => String, { ...optional, description: 'Why there is no date of birth (FHIR data-absent-reason).' })
  birthDateAbsentReason?: string | null;
  @Field(() => String, { ...optional, description: 'When the patient died, as precise as the vendor has it.' })
  deceasedAt?: string | null;
  @Field(() => Boolean, { ...optional, description: 'Born with a twin or more.' })
  multipleBirth?: boolean | null;
  @Field(() => Int, optional)
  multipleBirthOrder?: number | null;
  @Field(() => CodeableConcept, optional)
  maritalStatus?: CodeableConcept | null;
  @Field(() => [CodeableConcept], { description: 'All languages that the patient can be spoken to in.' })
  languages!: readonly CodeableConcept[];
  @Field(() => String, { ...optional, description: 'The races in the vendor’s own words.' })
  raceText?: string | null;
  @Field(() => [Identifier], { description: 'Identifiers that are no longer in force.' })
  oldIdentifiers!: readonly Identifier[];
  @Field(() => [FhirContact])
  contacts!: readonly FhirContact[];
  @Field(() => String, optional)
  managingOrganization?: string | null;
}

@ObjectType({ description: 'Who or what takes part in an appointment besides the patient.' })
export class FhirParticipant {
  @Field(() => String, { ...optional, description: 'Practitioner | PractitionerRole | Location | Device | ...' })
  referenceType?: string | null;
  @Field(() => String, { ...optional, description: 'The vendor’s id, when it is a record of the same server.' })
  externalId?: string | null;
  @Field(() => String, optional)
  display?: string | null;
  @Field(() => [CodeableConcept])
  types!: readonly CodeableConcept[];
  @Field(() => String, { ...optional, description: 'required | optional | information-only' })
  required?: string | null;
  @Field(() => String, { ...optional, description: 'accepted | declined | tentative | needs-action' })
  status?: string | null;
}

@ObjectType({ implements: Appointment })
@Directive('@key(fields: "id")')
export class FhirAppointment extends Appointment {
  @Field(() => Period, { ...optional, description: 'The first time that was asked for; not when it takes place.' })
  requestedPeriod?: Period | null;
  @Field(() => [Period])
  requestedPeriods!: readonly Period[];
  @Field(() => [CodeableConcept])
  serviceTypes!: readonly CodeableConcept[];
  @Field(() => [CodeableConcept])
  reasons!: readonly CodeableConcept[];
  @Field(() => String, optional)
  description?: string | null;
  @Field(() => CodeableConcept, optional)
  cancellationReason?: CodeableConcept | null;
  @Field(() => String, optional)
  patientInstruction?: string | null;
  @Field(() => DateTimeScalar, { ...optional, description: 'When it was asked for.' })
  bookedAt?: string | null;
  @Field(() => [String], {
    description: 'The vendor’s ids of its patients. A group visit has several and no `patient`.',
  })
  patientExternalIds!: readonly string[];
  @Field(() => [FhirParticipant])
  participants!: readonly FhirParticipant[];
}

@ObjectType({ description: 'How the samples of a series were taken.' })
export class FhirSampling {
  @Field(() => DecimalScalar, { ...optional, description: 'Already multiplied into the samples of `value`.' })
  factor?: string | null;
  @Field(() => DecimalScalar, { ...optional, description: 'What `L` in the samples is below.' })
  lowerLimit?: string | null;
  @Field(() => DecimalScalar, { ...optional, description: 'What `U` in the samples is above.' })
  upperLimit?: string | null;
}

@ObjectType({ implements: Observation })
@Directive('@key(fields: "id")')
export class FhirObservation extends Observation {
  @Field(() => [String], { description: 'All reference ranges with what they mean and whom they are for.' })
  referenceRanges!: readonly string[];
  @Field(() => CodeableConcept, optional)
  method?: CodeableConcept | null;
  @Field(() => CodeableConcept, optional)
  bodySite?: CodeableConcept | null;
  @Field(() => [String])
  notes!: readonly string[];
  @Field(() => [String], { description: 'Who is answerable, by name, where the vendor names them.' })
  performers!: readonly string[];
  @Field(() => [String], { description: 'The vendor’s ids of the observations that this one groups.' })
  memberExternalIds!: readonly string[];
  @Field(() => Boolean, { description: 'The vendor holds parts of it back from this connection.' })
  redacted!: boolean;
  @Field(() => FhirSampling, optional)
  sampling?: FhirSampling | null;
}

@ObjectType({ implements: Claim })
@Directive('@key(fields: "id")')
export class FhirClaim extends Claim {
  @Field(() => String, { ...optional, description: 'claim | preauthorization | predetermination' })
  use?: string | null;
  @Field(() => CodeableConcept, { ...optional, description: 'professional, institutional, pharmacy, oral or vision.' })
  type?: CodeableConcept | null;
  @Field(() => [Identifier])
  identifiers!: readonly Identifier[];
  @Field(() => DateTimeScalar, { ...optional, description: 'When it was made; absent when only the day is known.' })
  filedAt?: string | null;
  @Field(() => DateScalar, {
    ...optional,
    description: 'The day on which it was made, when that is all that is known.',
  })
  filedOn?: string | null;
  @Field(() => Boolean, { description: '`totalCharge` is the sum of the lines: the vendor gives no total.' })
  totalComputed!: boolean;
  @Field(() => String, {
    ...optional,
    description: 'queued | complete | error | partial: the newest explanation’s word.',
  })
  outcome?: string | null;
  @Field(() => String, optional)
  disposition?: string | null;
  @Field(() => [String])
  processNotes!: readonly string[];
  @Field(() => DateScalar, optional)
  paidOn?: string | null;
  @Field(() => [String], { description: 'The vendor’s ids of the explanations of benefit behind the decision.' })
  benefitExternalIds!: readonly string[];
}

@ObjectType({ implements: Practitioner })
@Directive('@key(fields: "id")')
export class FhirPractitioner extends Practitioner {
  @Field(() => Boolean, optional)
  active?: boolean | null;
  @Field(() => [Identifier])
  identifiers!: readonly Identifier[];
  @Field(() => [ContactPoint])
  telecoms!: readonly ContactPoint[];
  @Field(() => [CodeableConcept])
  qualifications!: readonly CodeableConcept[];
}

@ObjectType({ implements: Location })
@Directive('@key(fields: "id")')
export class FhirLocation extends Location {
  @Field(() => String, { ...optional, description: 'active | suspended | inactive' })
  status?: string | null;
  @Field(() => Address, optional)
  address?: Address | null;
  @Field(() => [ContactPoint])
  telecoms!: readonly ContactPoint[];
  @Field(() => String, optional)
  managingOrganization?: string | null;
}

@ObjectType({ implements: Slot })
@Directive('@key(fields: "id")')
export class FhirSlot extends Slot {
  @Field(() => String, {
    ...optional,
    description: 'free | busy | busy-unavailable | busy-tentative | entered-in-error',
  })
  status?: string | null;
  @Field(() => Boolean, optional)
  overbooked?: boolean | null;
  @Field(() => String, optional)
  comment?: string | null;
}

@ObjectType({ implements: Source })
@Directive('@key(fields: "id")')
export class FhirSource extends Source {}
