import {
  ArrayMaxSize,
  IsIn,
  IsOptional,
  IsString,
  Length,
  registerDecorator,
  type ValidationArguments,
} from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { AppointmentStatus, ClaimStatus } from './enums.ts';
import { DateScalar, DateTimeScalar, EmailAddressScalar, PhoneNumberScalar } from './scalars.ts';

const optional = { nullable: true } as const;

/** A class-validator rule on the whole input, reported at one of its fields. */
export const Rule =
  (name: string, message: string, holds: (input: object) => boolean) => (target: object, property: string) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: property,
      options: { message },
      validator: {
        validate: (_value: unknown, args?: ValidationArguments) => args === undefined || holds(args.object),
      },
    });

/** Holds when both are absent or `from` is not after `to`; `strict`: and they are not the same moment. */
export const inOrder =
  (from: string, to: string, strict = false) =>
  (input: object): boolean => {
    const { [from]: first, [to]: last } = input as Record<string, string | null | undefined>;
    if (first === null || first === undefined || last === null || last === undefined) return true;
    const apart = Date.parse(last) - Date.parse(first);
    return strict ? apart > 0 : apart >= 0;
  };

/** At most this many ids or states in one filter: vendors take them in the URL. */
export const LONGEST_LIST = 100;

/** Holds when at least one criterion of a search is given. */
export const hasCriterion = (search: object | null | undefined): boolean =>
  Object.values(search ?? {}).some((value) => value !== null && value !== undefined && value !== '');

@InputType({ description: 'Whom to look for. At least one criterion; all of them must hold.' })
export class PatientSearch {
  @Field(() => String, { ...optional, description: '`Last, First`, or any part of the name.' })
  @IsOptional()
  @IsString()
  @Length(2, 100)
  name?: string | null;
  @Field(() => String, optional)
  @IsOptional()
  @IsString()
  @Length(1, 100)
  firstName?: string | null;
  @Field(() => String, optional)
  @IsOptional()
  @IsString()
  @Length(1, 100)
  lastName?: string | null;
  @Field(() => DateScalar, optional)
  dateOfBirth?: string | null;
  @Field(() => PhoneNumberScalar, optional)
  phone?: string | null;
  @Field(() => EmailAddressScalar, optional)
  email?: string | null;
  @Field(() => String, { ...optional, description: 'A medical record number or another identifier, exactly.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  identifier?: string | null;
}

@InputType({ description: 'Which appointments: those that start from `from` (included) to `to` (excluded).' })
export class AppointmentSearch {
  @Field(() => DateTimeScalar)
  from!: string;
  @Field(() => DateTimeScalar)
  @Rule('period', '`to` must be after `from`.', inOrder('from', 'to', true))
  to!: string;
  @Field(() => [ID], optional)
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  practitioners?: readonly string[] | null;
  @Field(() => [ID], optional)
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  locations?: readonly string[] | null;
  @Field(() => [AppointmentStatus], optional)
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  @IsIn(Object.values(AppointmentStatus), { each: true })
  status?: readonly AppointmentStatus[] | null;
}

@InputType({ description: 'Which claims: those with a service on or after `from` and on or before `to`.' })
export class ClaimSearch {
  @Field(() => DateScalar, optional)
  from?: string | null;
  @Field(() => DateScalar, optional)
  @Rule('period', '`to` must not be before `from`.', inOrder('from', 'to'))
  to?: string | null;
  @Field(() => [ClaimStatus], optional)
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  @IsIn(Object.values(ClaimStatus), { each: true })
  status?: readonly ClaimStatus[] | null;
}
