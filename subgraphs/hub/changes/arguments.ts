import { ArrayMaxSize, IsOptional, Length } from 'class-validator';
import { ArgsType, Field, ID } from 'type-graphql';
import { LONGEST_LIST } from '../../../schema/inputs.ts';
import type { ChangedType } from '../../../store/changes.ts';

/** Cursors are far shorter; this only stops nonsense before it is looked at. */
const LONGEST_CURSOR = 500;

const optional = { nullable: true } as const;

const Ids =
  (description: string): PropertyDecorator =>
  (target, property) => {
    Field(() => [ID], { ...optional, description })(target, property);
    IsOptional()(target, property as string);
    ArrayMaxSize(LONGEST_LIST)(target, property as string);
  };

/** Which changes are told: those that every given list names. */
@ArgsType()
export class ChangedArgs {
  @Ids('Only these sources; all when absent.')
  sources?: readonly string[] | null;
  @Ids('Only what belongs to these patients, or has just left them; to any when absent.')
  patients?: readonly string[] | null;
  @Field(() => String, {
    ...optional,
    description:
      'The last cursor that was seen: what happened since comes first, without a gap or a repeat. An error with code RESYNC says that it is too old.',
  })
  @IsOptional()
  @Length(1, LONGEST_CURSOR)
  after?: string | null;
}

@ArgsType()
export class AppointmentChangedArgs extends ChangedArgs {
  @Ids('Only appointments with these practitioners, or that have just left them; with any when absent.')
  practitioners?: readonly string[] | null;
}

@ArgsType()
export class ObservationChangedArgs extends ChangedArgs {
  @Field(() => [String], {
    ...optional,
    description: 'Only observations with one of these codes: LOINC, or the practice’s own; any when absent.',
  })
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  @Length(1, 100, { each: true })
  codes?: readonly string[] | null;
}

@ArgsType()
export class SettledArgs {
  @Field(() => [ID], { description: 'Writes, at most 100.' })
  @ArrayMaxSize(LONGEST_LIST)
  ids!: readonly string[];
}

/** The arguments of each type's subscription. */
export const CHANGED_ARGS: Readonly<Record<ChangedType, new () => ChangedArgs>> = {
  Patient: ChangedArgs,
  Appointment: AppointmentChangedArgs,
  Observation: ObservationChangedArgs,
  Claim: ChangedArgs,
};

/** All that any of them can hold. */
export type AnyChangedArgs = AppointmentChangedArgs & ObservationChangedArgs;
