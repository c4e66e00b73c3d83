import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { AppointmentStatus, ErrorCode, Vendor } from '../../../schema/enums.ts';
import { FAMILY } from '../types.ts';

/** Why a mutation wrote nothing, as data: whoever asked can do something about it. */
const optional = { nullable: true } as const;

@InterfaceType({
  description: 'Why something was not written. `message` is a fixed sentence: nothing of a person is in it.',
  autoRegisterImplementations: false,
  resolveType: (value: unknown) => (value as { __typename: string }).__typename,
})
export abstract class UserError {
  @Field(() => ErrorCode)
  code!: ErrorCode;
  @Field(() => String)
  message!: string;
  @Field(() => [String], { ...optional, description: 'The part of the input that it is about.' })
  path?: readonly string[] | null;
}

@ObjectType({ description: 'One fault, at one place of the input.' })
export class FieldIssue {
  @Field(() => [String])
  path!: readonly string[];
  @Field(() => String)
  rule!: string;
  @Field(() => String)
  message!: string;
}

@ObjectType({
  implements: UserError,
  description:
    'The input cannot be written as it is. IDEMPOTENCY_MISMATCH: the key was used with other input. NOT_FOUND: the vendor does not know a record that it names.',
})
export class ValidationFailed extends UserError {
  @Field(() => [FieldIssue], { description: 'Every fault at once.' })
  issues!: readonly FieldIssue[];
}

@ObjectType({ implements: UserError, description: 'The time is not free any more.' })
export class SlotTaken extends UserError {
  @Field(() => [FAMILY.Slot as never], { description: 'Up to five that are free, the nearest first.' })
  alternatives!: readonly object[];
}

@ObjectType({ implements: UserError, description: 'From where the appointment stands, this change is not possible.' })
export class IllegalTransition extends UserError {
  @Field(() => AppointmentStatus, { description: 'Where it stands.' })
  from!: AppointmentStatus;
  @Field(() => [AppointmentStatus], { description: 'Where it can go from there.' })
  allowed!: readonly AppointmentStatus[];
}

@ObjectType({ implements: UserError, description: 'The record is not in the version that the change was meant for.' })
export class VersionConflict extends UserError {
  @Field(() => String, optional)
  currentVersion?: string | null;
}

@ObjectType({ implements: UserError, description: 'Somebody with the same name and birth date is there already.' })
export class PossibleDuplicate extends UserError {
  @Field(() => [FAMILY.Patient as never])
  candidates!: readonly object[];
}

@ObjectType({ implements: UserError, description: 'The source cannot do this; see its `capabilities`.' })
export class UnsupportedByVendor extends UserError {
  @Field(() => Vendor)
  vendor!: Vendor;
}

@ObjectType({ implements: UserError, description: 'Whoever asks may not write this, or nobody may at this source.' })
export class NotAllowed extends UserError {}
