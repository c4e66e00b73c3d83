import { ArrayMaxSize, IsInt, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';
import { AppointmentStatus, ClaimStatus } from './enums.ts';
import { AppointmentSearch, ClaimSearch, hasCriterion, inOrder, LONGEST_LIST, PatientSearch, Rule } from './inputs.ts';
import { DateScalar, DateTimeScalar } from './scalars.ts';

const optional = { nullable: true } as const;

/** The most records on one page. */
export const LARGEST_PAGE = 100;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  first?: number | null;
  @Field(() => String, { ...optional, description: 'The cursor after which to go on.' })
  @IsOptional()
  @IsString()
  after?: string | null;
}

@ArgsType()
export class PractitionersArgs {
  @Field(() => Int, { nullable: true, defaultValue: 50 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  first?: number | null;
  @Field(() => String, optional)
  @IsOptional()
  @IsString()
  after?: string | null;
}

@ArgsType()
export class PatientsArgs extends PageArgs {
  @Field(() => PatientSearch)
  @ValidateNested()
  @Rule('criterion', 'Give at least one thing to search by.', (args) => hasCriterion((args as PatientsArgs).search))
  search!: PatientSearch;
}

@ArgsType()
export class AppointmentsArgs extends PageArgs {
  @Field(() => AppointmentSearch)
  @ValidateNested()
  search!: AppointmentSearch;
}

@ArgsType()
export class ClaimsArgs extends PageArgs {
  @Field(() => ClaimSearch)
  @ValidateNested()
  search!: ClaimSearch;
}

@ArgsType()
export class PatientAppointmentsArgs extends PageArgs {
  @Field(() => DateTimeScalar, optional)
  from?: string | null;
  @Field(() => DateTimeScalar, optional)
  @Rule('period', '`to` must not be before `from`.', inOrder('from', 'to'))
  to?: string | null;
  @Field(() => [AppointmentStatus], optional)
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  status?: readonly AppointmentStatus[] | null;
}

@ArgsType()
export class PatientObservationsArgs extends PageArgs {
  @Field(() => [String], { ...optional, description: 'LOINC codes, or the practice’s own; any of them.' })
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  @Length(1, 100, { each: true })
  codes?: readonly string[] | null;
  @Field(() => String, { ...optional, description: 'laboratory | vital-signs | ... (FHIR observation-category)' })
  @IsOptional()
  @Length(1, 100)
  category?: string | null;
  @Field(() => DateTimeScalar, optional)
  from?: string | null;
  @Field(() => DateTimeScalar, optional)
  @Rule('period', '`to` must not be before `from`.', inOrder('from', 'to'))
  to?: string | null;
}

@ArgsType()
export class PatientClaimsArgs extends PageArgs {
  @Field(() => [ClaimStatus], optional)
  @IsOptional()
  @ArrayMaxSize(LONGEST_LIST)
  status?: readonly ClaimStatus[] | null;
  @Field(() => DateScalar, optional)
  from?: string | null;
  @Field(() => DateScalar, optional)
  @Rule('period', '`to` must not be before `from`.', inOrder('from', 'to'))
  to?: string | null;
}

@ArgsType()
export class SlotsArgs {
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
  @Field(() => String, optional)
  @IsOptional()
  @Length(1, 100)
  type?: string | null;
}
