import { Directive, Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import { AppointmentStatus, ClaimStatus, Gender, ObservationStatus } from './enums.ts';
import type { RecordId, RecordType, SourceId } from './ids.ts';
import {
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  EmailAddressScalar,
  PartialDateScalar,
  PhoneNumberScalar,
  TimeZoneScalar,
} from './scalars.ts';
import {
  Address,
  CodeableConcept,
  Coding,
  ContactPoint,
  HumanName,
  Identifier,
  Money,
  Node,
  ObservationComponent,
  type ObservationValue,
  ObservationValueUnion,
  Period,
  RecordMeta,
} from './values.ts';

/**
 * The records that vendors own, as interfaces: each vendor's subgraph implements them with entities of its own
 * (`AthenaPatient`, ...). Plain properties below are answered from the record; links to other records (a property that
 * ends in `Key`) and lists are answered by `subgraphs/vendor`, which turns a key into the record it stands for.
 */
const optional = { nullable: true } as const;

const Family = (description: string) => (target: Function) => {
  InterfaceType({
    description,
    implements: Node,
    autoRegisterImplementations: false,
    resolveType: (value: unknown) => (value as { __typename: string }).__typename,
  })(target as never);
};

/** Not a type of the graph: type-graphql takes over the fields of a superclass only when that is decorated. */
const Inherited = InterfaceType({ autoRegisterImplementations: false });

/** What every record carries besides its fields. Set by `subgraphs/vendor`, never by a mapping. */
@Inherited
export abstract class VendorRecord extends Node {
  __typename!: string;
  declare id: RecordId;
  sourceId!: SourceId;
}

@Inherited
abstract class ClinicalRecord extends VendorRecord {
  @Field(() => String, { description: 'The vendor’s own id of the record.' })
  externalId!: string;
  @Field(() => RecordMeta)
  meta!: RecordMeta;
}

@Family('A person in care at one source.')
export abstract class Patient extends ClinicalRecord {
  @Field(() => [Identifier])
  identifiers!: readonly Identifier[];
  @Field(() => [HumanName])
  names!: readonly HumanName[];
  @Field(() => String, { ...optional, description: 'The first given name of the name to use.' })
  firstName?: string | null;
  @Field(() => String, { ...optional, description: 'The family name of the name to use.' })
  lastName?: string | null;
  @Field(() => PartialDateScalar, optional)
  dateOfBirth?: string | null;
  @Field(() => Gender, optional)
  gender?: Gender | null;
  @Field(() => Boolean, optional)
  deceased?: boolean | null;
  @Field(() => [Address])
  addresses!: readonly Address[];
  @Field(() => Address, { ...optional, description: 'The address to use now.' })
  address?: Address | null;
  @Field(() => [ContactPoint])
  telecoms!: readonly ContactPoint[];
  @Field(() => PhoneNumberScalar, optional)
  phoneHome?: string | null;
  @Field(() => PhoneNumberScalar, optional)
  phoneMobile?: string | null;
  @Field(() => EmailAddressScalar, optional)
  email?: string | null;
  @Field(() => CodeableConcept, optional)
  preferredLanguage?: CodeableConcept | null;
  @Field(() => [CodeableConcept])
  race!: readonly CodeableConcept[];
  @Field(() => CodeableConcept, optional)
  ethnicity?: CodeableConcept | null;
}

@Family('A visit that is planned, under way or past.')
export abstract class Appointment extends ClinicalRecord {
  patientKey?: string | null;
  practitionerKey?: string | null;
  locationKey?: string | null;
  @Field(() => CodeableConcept, optional)
  type?: CodeableConcept | null;
  @Field(() => DateTimeScalar, optional)
  start?: string | null;
  @Field(() => DateTimeScalar, optional)
  end?: string | null;
  @Field(() => Int, optional)
  minutes?: number | null;
  @Field(() => AppointmentStatus)
  status!: AppointmentStatus;
  @Field(() => String, { ...optional, description: 'The vendor’s own word for the status.' })
  vendorStatus?: string | null;
  @Field(() => CodeableConcept, optional)
  reason?: CodeableConcept | null;
  @Field(() => String, optional)
  note?: string | null;
}

@Family('A measurement, a laboratory result or another observation of a patient.')
export abstract class Observation extends ClinicalRecord {
  patientKey?: string | null;
  supersedesKey?: string | null;
  @Field(() => ObservationStatus)
  status!: ObservationStatus;
  @Field(() => String, { ...optional, description: 'The vendor’s own word for the status.' })
  vendorStatus?: string | null;
  @Field(() => [CodeableConcept])
  categories!: readonly CodeableConcept[];
  @Field(() => CodeableConcept)
  code!: CodeableConcept;
  @Field(() => Period, {
    ...optional,
    description:
      'When it was true of the patient. A moment has equal start and end; a day lasts from its first to its last instant in the source’s zone.',
  })
  effective?: Period | null;
  @Field(() => DateTimeScalar, optional)
  issued?: string | null;
  @Field(() => ObservationValueUnion, optional)
  value?: ObservationValue | null;
  @Field(() => [ObservationComponent])
  components!: readonly ObservationComponent[];
  @Field(() => [CodeableConcept])
  interpretations!: readonly CodeableConcept[];
  @Field(() => String, { ...optional, description: 'The normal range as text, for example `4.0-5.6`.' })
  referenceRange?: string | null;
}

@ObjectType({ description: 'How one part of a charge was decided.' })
@Directive('@shareable')
export class ClaimAdjudication {
  @Field(() => String, {
    description: 'submitted | eligible | copay | deductible | benefit | paid | ... as the vendor names it.',
  })
  category!: string;
  @Field(() => Coding, optional)
  reason?: Coding | null;
  @Field(() => Money, optional)
  amount?: Money | null;
}

@ObjectType({ description: 'One charged service.' })
@Directive('@shareable')
export class ClaimLine {
  @Field(() => Int)
  sequence!: number;
  @Field(() => CodeableConcept, optional)
  procedure?: CodeableConcept | null;
  @Field(() => [Coding])
  modifiers!: readonly Coding[];
  @Field(() => [Int], { description: 'Positions in `diagnoses`, from 1.' })
  diagnosisPointers!: readonly number[];
  @Field(() => DecimalScalar, optional)
  units?: string | null;
  @Field(() => Money, optional)
  charge?: Money | null;
  @Field(() => DateScalar, optional)
  serviceDate?: string | null;
  @Field(() => [ClaimAdjudication])
  adjudications!: readonly ClaimAdjudication[];
}

@Family('What was billed for a patient, and what became of it.')
export abstract class Claim extends ClinicalRecord {
  patientKey?: string | null;
  practitionerKey?: string | null;
  appointmentKey?: string | null;
  @Field(() => ClaimStatus)
  status!: ClaimStatus;
  @Field(() => String, { ...optional, description: 'The vendor’s own word for the status.' })
  vendorStatus?: string | null;
  @Field(() => String, optional)
  payer?: string | null;
  @Field(() => Period, optional)
  servicePeriod?: Period | null;
  @Field(() => [CodeableConcept])
  diagnoses!: readonly CodeableConcept[];
  @Field(() => [ClaimLine])
  lines!: readonly ClaimLine[];
  @Field(() => Money, optional)
  totalCharge?: Money | null;
  @Field(() => Money, optional)
  totalPaid?: Money | null;
  @Field(() => Money, optional)
  patientResponsibility?: Money | null;
  @Field(() => [ClaimAdjudication])
  adjudications!: readonly ClaimAdjudication[];
}

@Family('A person who gives care.')
export abstract class Practitioner extends VendorRecord {
  @Field(() => String)
  externalId!: string;
  @Field(() => String, { ...optional, description: 'National Provider Identifier.' })
  npi?: string | null;
  @Field(() => HumanName, optional)
  name?: HumanName | null;
}

@Family('A place where care is given.')
export abstract class Location extends VendorRecord {
  @Field(() => String)
  externalId!: string;
  @Field(() => String, optional)
  name?: string | null;
  @Field(() => TimeZoneScalar)
  timeZone!: string;
}

@Family('A stretch of time that can be booked.')
export abstract class Slot extends VendorRecord {
  practitionerKey?: string | null;
  locationKey?: string | null;
  @Field(() => DateTimeScalar)
  start!: string;
  @Field(() => DateTimeScalar)
  end!: string;
  @Field(() => [CodeableConcept])
  types!: readonly CodeableConcept[];
}

/** The record of each type. */
export interface Records {
  readonly Patient: Patient;
  readonly Appointment: Appointment;
  readonly Observation: Observation;
  readonly Claim: Claim;
  readonly Practitioner: Practitioner;
  readonly Location: Location;
  readonly Slot: Slot;
}

/**
 * A record as a vendor's mapping makes it: the unified fields, and `key`, by which the vendor finds the record again
 * (the last part of its id). Identity and freshness are added by `subgraphs/vendor`.
 */
export type Mapped<T extends RecordType> = Readonly<
  Omit<Records[T], 'id' | 'sourceId' | 'meta' | '__typename' | 'externalId'> & {
    key: string;
    externalId: string;
    version?: Pick<RecordMeta, 'versionId' | 'lastUpdated'>;
    /** Fields that only this vendor's type has, by their GraphQL names. */
    own?: Readonly<Record<string, unknown>>;
  }
>;
