import { ValidateNested } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { Gender } from '../enums.ts';
import type { FieldIssueDetail } from '../errors.ts';
import { given } from '../given.ts';
import { Rule } from '../inputs.ts';
import { DateScalar, EmailAddressScalar, PhoneNumberScalar } from '../scalars.ts';
import { VERSION_DESCRIPTION, WriteInput } from './input.ts';
import { Form, Items, Line, Must } from './rules.ts';

const optional = { nullable: true } as const;

export const OnDuplicate = {
  FAIL: 'FAIL',
  RETURN_EXISTING: 'RETURN_EXISTING',
  CREATE_ANYWAY: 'CREATE_ANYWAY',
} as const;
export type OnDuplicate = keyof typeof OnDuplicate;
registerEnumType(OnDuplicate, {
  name: 'OnDuplicate',
  description:
    'When somebody with the same name and birth date is there already. FAIL: PossibleDuplicate. RETURN_EXISTING: that patient, when there is just one. CREATE_ANYWAY: a second patient.',
});

@InputType({ description: 'A postal address, as a whole: what is not given is empty afterwards.' })
export class AddressInput {
  @Field(() => String, optional)
  @Line(100)
  line1?: string | null;
  @Field(() => String, optional)
  @Line(100)
  line2?: string | null;
  @Field(() => String, optional)
  @Line(100)
  city?: string | null;
  @Field(() => String, { ...optional, description: 'As the country abbreviates it, for example `IL`.' })
  @Line(50)
  state?: string | null;
  @Field(() => String, optional)
  @Line(20)
  postalCode?: string | null;
  @Field(() => String, { ...optional, description: 'ISO 3166, for example `US`.' })
  @Line(50)
  country?: string | null;
}

@InputType({ description: 'What is to be known of a patient. What is absent or null is left as it is.' })
export class PatientInput {
  @Field(() => String, optional)
  @Line(100)
  firstName?: string | null;
  @Field(() => String, optional)
  @Line(100)
  lastName?: string | null;
  @Field(() => DateScalar, { ...optional, description: 'Not in the future, and not before 1850.' })
  dateOfBirth?: string | null;
  @Field(() => Gender, optional)
  gender?: Gender | null;
  @Field(() => AddressInput, optional)
  @ValidateNested()
  @Must(
    'address',
    'Must have at least one line of the address.',
    (address: object) => Object.keys(given(address)).length > 0,
  )
  address?: AddressInput | null;
  @Field(() => PhoneNumberScalar, optional)
  phoneHome?: string | null;
  @Field(() => PhoneNumberScalar, optional)
  phoneMobile?: string | null;
  @Field(() => EmailAddressScalar, optional)
  email?: string | null;
  @Field(() => String, { ...optional, description: 'A language tag (BCP 47), for example `es`.' })
  @Form('language', /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'Must be a language tag, for example es or en-US.')
  preferredLanguage?: string | null;
  @Field(() => [String], { ...optional, description: 'CDC race codes, for example `2106-3`.' })
  @Items(1, 10)
  @Form('code', /^\d{4}-\d$/, 'Must be codes of the CDC race and ethnicity code set.')
  race?: readonly string[] | null;
  @Field(() => String, { ...optional, description: 'A CDC ethnicity code, for example `2186-5`.' })
  @Form('code', /^\d{4}-\d$/, 'Must be a code of the CDC race and ethnicity code set.')
  ethnicity?: string | null;
}

/** Everything that a patient's input can tell, by name. */
const FIELDS = [
  'firstName',
  'lastName',
  'dateOfBirth',
  'gender',
  'address',
  'phoneHome',
  'phoneMobile',
  'email',
  'preferredLanguage',
  'race',
  'ethnicity',
] as const satisfies readonly (keyof PatientInput)[];

/** By these people are told apart and found again: they can be corrected, but a patient is never without. */
const IDENTITY: ReadonlySet<string> = new Set(['lastName', 'dateOfBirth']);

const patientOf = (input: object): Readonly<Partial<Record<string, unknown>>> =>
  given((input as { patient: PatientInput }).patient);

@InputType({ description: 'A new patient at one source.' })
export class CreatePatientInput extends WriteInput {
  @Field(() => ID)
  source!: string;
  @Field(() => PatientInput)
  @ValidateNested()
  @Rule('identity', 'Must have a last name and a date of birth.', (input) =>
    [...IDENTITY].every((field) => field in patientOf(input)),
  )
  patient!: PatientInput;
  @Field(() => ID, { ...optional, description: 'Where the patient is registered; some vendors need it.' })
  location?: string | null;
  @Field(() => OnDuplicate, { defaultValue: 'FAIL' })
  onDuplicate!: OnDuplicate;
}

@InputType({ description: 'A change of what is known of a patient.' })
export class UpdatePatientInput extends WriteInput {
  @Field(() => ID)
  id!: string;
  @Field(() => PatientInput, { description: 'What is given replaces what the vendor has; all else stays.' })
  @ValidateNested()
  @Rule('change', 'Must change something, or `clear` must.', (input) => {
    const { clear } = input as UpdatePatientInput;
    return Object.keys(patientOf(input)).length > 0 || (clear ?? []).length > 0;
  })
  patient!: PatientInput;
  @Field(() => [String], {
    ...optional,
    description:
      'Fields that shall be empty afterwards, by their names in PatientInput; never lastName or dateOfBirth.',
  })
  @Items(0, FIELDS.length)
  @Must<string>(
    'field',
    'Must be names of fields of PatientInput, other than lastName and dateOfBirth.',
    (field) => (FIELDS as readonly string[]).includes(field) && !IDENTITY.has(field),
  )
  @Must<string>(
    'contradiction',
    'Must not name fields that `patient` gives.',
    (field, input) => !(field in patientOf(input)),
  )
  clear?: readonly string[] | null;
  @Field(() => String, { ...optional, description: VERSION_DESCRIPTION })
  @Line(200)
  ifVersion?: string | null;
}

const FIRST_DAY = '1850-01-01';
/** The day begins that many milliseconds earlier in the easternmost zone than in UTC. */
const EASTERNMOST = 14 * 3_600_000;

/** Faults of a patient's birth date at this moment (milliseconds since the epoch). */
export const birthFaults = (
  { dateOfBirth }: Pick<PatientInput, 'dateOfBirth'>,
  now: number,
): readonly FieldIssueDetail[] => {
  if (dateOfBirth === null || dateOfBirth === undefined) return [];
  const today = new Date(now + EASTERNMOST).toISOString().slice(0, 10);
  if (dateOfBirth >= FIRST_DAY && dateOfBirth <= today) return [];
  return [{ path: ['patient', 'dateOfBirth'], rule: 'range', message: 'Must not be in the future or before 1850.' }];
};
