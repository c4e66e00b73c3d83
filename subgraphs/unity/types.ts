import { Directive, Field, ObjectType } from 'type-graphql';
import { Appointment, Claim, Location, Observation, Patient, Practitioner, Slot } from '../../schema/records.ts';
import { Source } from '../../schema/source.ts';

const optional = { nullable: true } as const;

@ObjectType({ implements: Patient })
@Directive('@key(fields: "id")')
export class UnityPatient extends Patient {
  @Field(() => String, { ...optional, description: 'The vendor’s own word for the administrative sex.' })
  sex?: string | null;
  @Field(() => String, optional)
  maritalStatus?: string | null;
  @Field(() => String, { ...optional, description: 'The physician who mainly cares for the patient, by name.' })
  primaryPhysician?: string | null;
  @Field(() => String, { ...optional, description: 'The patient’s id in the registration system.' })
  externalDemographicId?: string | null;
}

@ObjectType({ implements: Appointment })
@Directive('@key(fields: "id")')
export class UnityAppointment extends Appointment {
  @Field(() => String, { ...optional, description: 'The place as the schedule writes it.' })
  locationName?: string | null;
  @Field(() => String, optional)
  organizationName?: string | null;
  @Field(() => String, { ...optional, description: 'When the patient came in, as the schedule writes it.' })
  timeIn?: string | null;
  @Field(() => String, { ...optional, description: 'When the patient left, as the schedule writes it.' })
  timeOut?: string | null;
}

@ObjectType({ implements: Observation })
@Directive('@key(fields: "id")')
export class UnityObservation extends Observation {
  @Field(() => String, { ...optional, description: 'The order that the result belongs to.' })
  orderName?: string | null;
  @Field(() => String, optional)
  orderingProvider?: string | null;
  @Field(() => String, {
    ...optional,
    description: 'What was noted beside a vital sign: a regular pulse, for example.',
  })
  qualifier?: string | null;
}

@ObjectType({ implements: Claim })
@Directive('@key(fields: "id")')
export class UnityClaim extends Claim {
  @Field(() => String, optional)
  encounterType?: string | null;
}

@ObjectType({ implements: Practitioner })
@Directive('@key(fields: "id")')
export class UnityPractitioner extends Practitioner {
  @Field(() => String, optional)
  username?: string | null;
  @Field(() => String, { ...optional, description: 'The code that schedules and documents name the provider by.' })
  code?: string | null;
  @Field(() => String, optional)
  profession?: string | null;
  @Field(() => String, optional)
  specialty?: string | null;
  @Field(() => Boolean, optional)
  inactive?: boolean | null;
}

@ObjectType({ implements: Location })
@Directive('@key(fields: "id")')
export class UnityLocation extends Location {
  @Field(() => String, optional)
  code?: string | null;
}

@ObjectType({ implements: Slot })
@Directive('@key(fields: "id")')
export class UnitySlot extends Slot {
  @Field(() => String, { ...optional, description: 'The resource that the time belongs to, by its abbreviation.' })
  resource?: string | null;
}

@ObjectType({ implements: Source })
@Directive('@key(fields: "id")')
export class UnitySource extends Source {}
