import { Directive, Field, ObjectType } from 'type-graphql';
import { Appointment, Claim, Location, Observation, Patient, Practitioner, Slot } from '../../schema/records.ts';
import { DateScalar, DateTimeScalar, PhoneNumberScalar } from '../../schema/scalars.ts';
import { Source } from '../../schema/source.ts';
import { Address, CodeableConcept } from '../../schema/values.ts';
import type { VendorTypes } from '../vendor/definition.ts';

const optional = { nullable: true } as const;

@ObjectType({ implements: Patient, description: 'A patient of an athenahealth practice.' })
@Directive('@key(fields: "id")')
export class AthenaPatient extends Patient {
  @Field(() => String, { ...optional, description: 'The department of registration, whose chart is shown.' })
  departmentId?: string | null;
  @Field(() => String, { ...optional, description: 'The patient’s current department, where the practice keeps one.' })
  primaryDepartmentId?: string | null;
  @Field(() => String, optional)
  primaryProviderId?: string | null;
  @Field(() => String, { ...optional, description: 'active | inactive | prospective | deleted' })
  status?: string | null;
  @Field(() => String, { ...optional, description: 'athenaNet’s own word for the sex.' })
  sex?: string | null;
  @Field(() => CodeableConcept, optional)
  maritalStatus?: CodeableConcept | null;
  @Field(() => DateScalar, optional)
  deceasedDate?: string | null;
  @Field(() => DateScalar, optional)
  registrationDate?: string | null;
  @Field(() => String, optional)
  contactPreference?: string | null;
  @Field(() => Boolean, optional)
  consentToCall?: boolean | null;
  @Field(() => Boolean, optional)
  consentToText?: boolean | null;
  @Field(() => Boolean, optional)
  portalAccessGiven?: boolean | null;
  @Field(() => [String], {
    ...optional,
    description: 'Fields that the patient was asked for and declined to tell, by their names here.',
  })
  declined?: readonly string[] | null;
}

@ObjectType({ implements: Appointment, description: 'A booked, past or cancelled appointment in athenaNet.' })
@Directive('@key(fields: "id")')
export class AthenaAppointment extends Appointment {
  @Field(() => String, { ...optional, description: 'The type’s name as patients see it.' })
  patientTypeName?: string | null;
  @Field(() => String, optional)
  supervisingProviderId?: string | null;
  @Field(() => String, optional)
  encounterId?: string | null;
  @Field(() => String, { ...optional, description: 'Where the patient is in the visit, such as READYFORPROVIDER.' })
  encounterStatus?: string | null;
  @Field(() => String, { ...optional, description: 'OPEN | CLOSED | DELETED | PEND: the state of the visit’s chart.' })
  encounterState?: string | null;
  @Field(() => String, optional)
  confirmationStatus?: string | null;
  @Field(() => DateTimeScalar, optional)
  scheduledAt?: string | null;
  @Field(() => DateTimeScalar, optional)
  checkInStartedAt?: string | null;
  @Field(() => DateTimeScalar, optional)
  checkedInAt?: string | null;
  @Field(() => DateTimeScalar, optional)
  checkedOutAt?: string | null;
  @Field(() => DateTimeScalar, optional)
  cancelledAt?: string | null;
  @Field(() => String, optional)
  cancelReason?: string | null;
  @Field(() => String, { ...optional, description: 'The appointment that replaces this one, by athenaNet’s id.' })
  rescheduledAppointmentId?: string | null;
  @Field(() => Boolean, optional)
  urgent?: boolean | null;
}

@ObjectType({ implements: Observation, description: 'A vital or an analyte of a laboratory result in athenaNet.' })
@Directive('@key(fields: "id")')
export class AthenaObservation extends Observation {
  @Field(() => String, {
    ...optional,
    description: 'Where a vital was recorded: ENCOUNTER, FLOWSHEET, DEVICEGENERATED.',
  })
  recordedIn?: string | null;
  @Field(() => String, optional)
  encounterId?: string | null;
  @Field(() => String, { ...optional, description: 'The laboratory result that the analyte is a part of.' })
  labResultId?: string | null;
  @Field(() => String, optional)
  labResultName?: string | null;
  @Field(() => String, optional)
  orderId?: string | null;
  @Field(() => String, optional)
  note?: string | null;
}

@ObjectType({
  implements: Claim,
  description: 'A claim in athenaNet. It has one status per payer, in the order of their turn.',
})
@Directive('@key(fields: "id")')
export class AthenaClaim extends Claim {
  @Field(() => String, optional)
  departmentId?: string | null;
  @Field(() => DateScalar, optional)
  createdOn?: string | null;
  @Field(() => String, { ...optional, description: 'HOLD | DROP | BILLED | CLOSED | ...' })
  primaryPayerStatus?: string | null;
  @Field(() => String, optional)
  secondaryPayerStatus?: string | null;
  @Field(() => String, optional)
  patientPayerStatus?: string | null;
  @Field(() => String, optional)
  primaryInsuranceId?: string | null;
  @Field(() => String, optional)
  secondaryInsuranceId?: string | null;
}

@ObjectType({ implements: Practitioner, description: 'A provider of an athenahealth practice.' })
@Directive('@key(fields: "id")')
export class AthenaPractitioner extends Practitioner {
  @Field(() => String, optional)
  specialty?: string | null;
  @Field(() => String, optional)
  providerType?: string | null;
  @Field(() => Boolean, optional)
  acceptingNewPatients?: boolean | null;
  @Field(() => Boolean, optional)
  billable?: boolean | null;
}

@ObjectType({ implements: Location, description: 'A department of an athenahealth practice.' })
@Directive('@key(fields: "id")')
export class AthenaLocation extends Location {
  @Field(() => String, { ...optional, description: 'The practice’s own name of the department.' })
  internalName?: string | null;
  @Field(() => Address, optional)
  address?: Address | null;
  @Field(() => PhoneNumberScalar, optional)
  phone?: string | null;
  @Field(() => PhoneNumberScalar, optional)
  fax?: string | null;
  @Field(() => String, optional)
  providerGroup?: string | null;
  @Field(() => String, { ...optional, description: 'Departments of one group share their patients’ charts.' })
  chartSharingGroupId?: string | null;
}

@ObjectType({ implements: Slot, description: 'An open slot in athenaNet’s schedule.' })
@Directive('@key(fields: "id")')
export class AthenaSlot extends Slot {
  @Field(() => String, { ...optional, description: 'The type’s name as patients see it.' })
  patientTypeName?: string | null;
}

@ObjectType({ implements: Source, description: 'A practice’s connection to athenahealth.' })
@Directive('@key(fields: "id")')
export class AthenaSource extends Source {}

export const ATHENA_TYPES: VendorTypes = {
  Patient: AthenaPatient,
  Appointment: AthenaAppointment,
  Observation: AthenaObservation,
  Claim: AthenaClaim,
  Practitioner: AthenaPractitioner,
  Location: AthenaLocation,
  Slot: AthenaSlot,
  Source: AthenaSource,
};
