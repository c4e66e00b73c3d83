import { ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { ObservationStatus } from '../enums.ts';
import { given } from '../given.ts';
import { Rule } from '../inputs.ts';
import { DateTimeScalar, DecimalScalar } from '../scalars.ts';
import { WriteInput } from './input.ts';
import { Form, Line, Lines, Must } from './rules.ts';

const optional = { nullable: true } as const;

/** LOINC's form: digits, a hyphen and a check digit. */
const LOINC = /^(\d{1,7})-(\d)$/;

/** Is this no LOINC code, or one with the right check digit (mod 10, doubling every second digit from the right)? */
export const hasCheckDigit = (code: string): boolean => {
  const [, digits, check] = LOINC.exec(code) ?? [];
  if (digits === undefined) return true;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const times = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + (times > 9 ? times - 9 : times);
  }, 0);
  return (10 - (sum % 10)) % 10 === Number(check);
};

const PLAIN_DECIMAL = /^-?\d{1,15}(\.\d{1,15})?$/;

@InputType({ description: 'A measured amount.' })
export class QuantityInput {
  @Field(() => DecimalScalar)
  @Form('decimal', PLAIN_DECIMAL, 'Must have at most 15 digits before and after the point, and no exponent.')
  value!: string;
  @Field(() => String, { ...optional, description: 'As people write it, for example `mm[Hg]`.' })
  @Line(50)
  unit?: string | null;
  @Field(() => String, { ...optional, description: 'The unit’s UCUM code, for example `mm[Hg]`.' })
  @Form('ucum', /^[\x21-\x7e]{1,50}$/, 'Must be a UCUM code: 1 to 50 ASCII characters without blanks.')
  code?: string | null;
}

const isOne = (input: object): boolean =>
  Object.keys(given((input as { value: ObservationValueInput }).value)).length === 1;

// without @oneOf, which composition by Apollo's library refuses; the rule on `value` does as much
@InputType({ description: 'What was observed: exactly one of these.' })
export class ObservationValueInput {
  @Field(() => QuantityInput, optional)
  @ValidateNested()
  quantity?: QuantityInput | null;
  @Field(() => String, { ...optional, description: 'A coded answer.' })
  @Line(100)
  code?: string | null;
  @Field(() => String, optional)
  @Lines(4_000)
  text?: string | null;
  @Field(() => Boolean, optional)
  boolean?: boolean | null;
  @Field(() => Int, optional)
  integer?: number | null;
  @Field(() => DateTimeScalar, optional)
  dateTime?: string | null;
}

/** States in which an observation can be recorded; of these, the ones that only a correction has. */
const RECORDED: ReadonlySet<ObservationStatus> = new Set([
  'PRELIMINARY',
  'FINAL',
  'AMENDED',
  'CORRECTED',
  'ENTERED_IN_ERROR',
]);
const OF_CORRECTIONS: ReadonlySet<ObservationStatus> = new Set(['AMENDED', 'CORRECTED', 'ENTERED_IN_ERROR']);

@InputType({ description: 'An observation of a patient, or with `corrects` one that replaces another.' })
export class RecordObservationInput extends WriteInput {
  @Field(() => ID)
  patient!: string;
  @Field(() => String, { description: 'LOINC, for example `8480-6`, or the practice’s own code.' })
  @Line(100)
  @Must<string>('loinc', 'Looks like LOINC, but its check digit is wrong.', hasCheckDigit)
  code!: string;
  @Field(() => String, { ...optional, description: 'laboratory | vital-signs | ... (FHIR observation-category)' })
  @Form('code', /^[a-z][a-z-]{0,49}$/, 'Must be a code of FHIR’s observation-category, for example vital-signs.')
  category?: string | null;
  @Field(() => ObservationValueInput)
  @ValidateNested()
  @Rule('oneOf', 'Must have exactly one kind of value.', isOne)
  value!: ObservationValueInput;
  @Field(() => DateTimeScalar, { description: 'When it was true of the patient.' })
  effective!: string;
  @Field(() => ObservationStatus, {
    defaultValue: 'FINAL',
    description: 'PRELIMINARY or FINAL; with `corrects` also AMENDED, CORRECTED or ENTERED_IN_ERROR.',
  })
  @Must<ObservationStatus>('status', 'Must be a state in which an observation can be recorded.', (status) =>
    RECORDED.has(status),
  )
  @Must<ObservationStatus>(
    'correction',
    'Must be PRELIMINARY or FINAL unless `corrects` is given.',
    (status, input) => !OF_CORRECTIONS.has(status) || (input as RecordObservationInput).corrects != null,
  )
  status!: ObservationStatus;
  @Field(() => ID, { ...optional, description: 'The observation that this one replaces.' })
  corrects?: string | null;
}
