import { ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { FieldIssueDetail } from '../errors.ts';
import { DateScalar, DecimalScalar } from '../scalars.ts';
import { WriteInput } from './input.ts';
import { Form, Items, Line, Must } from './rules.ts';

const optional = { nullable: true } as const;

/** A plain decimal: `1`, `0.5`. */
const PLAIN = /^\d{1,9}(\.\d{1,4})?$/;
const MONEY = /^\d{1,9}(\.\d{1,2})?$/;

@InputType({ description: 'One charged service.' })
export class ClaimLineInput {
  @Field(() => String, { description: 'CPT or HCPCS, for example `99213` or `G0439`.' })
  @Form('procedure', /^(\d{4}[\dA-Z]|[A-Z]\d{4})$/, 'Must be a CPT or HCPCS code.')
  procedure!: string;
  @Field(() => [String], { ...optional, description: 'At most 4, two characters each, for example `25`.' })
  @Items(0, 4)
  @Form('modifier', /^[\dA-Z]{2}$/, 'Must be modifiers of two characters.')
  modifiers?: readonly string[] | null;
  @Field(() => [Int], { description: '1 to 4 positions in `diagnoses`, from 1, the most important first.' })
  @Items(1, 4)
  diagnosisPointers!: readonly number[];
  @Field(() => DecimalScalar)
  @Must<string>(
    'units',
    'Must be more than 0, with at most 4 decimals.',
    (units) => PLAIN.test(units) && Number(units) > 0,
  )
  units!: string;
  @Field(() => DecimalScalar, { description: 'For the line as a whole, in the practice’s currency.' })
  @Form('money', MONEY, 'Must be 0 or more, with at most 2 decimals.')
  charge!: string;
  @Field(() => DateScalar)
  serviceDate!: string;
}

@InputType({ description: 'A claim for services to a patient.' })
export class SubmitClaimInput extends WriteInput {
  @Field(() => ID)
  patient!: string;
  @Field(() => ID)
  practitioner!: string;
  @Field(() => ID, { ...optional, description: 'The visit that is billed; some vendors need it.' })
  appointment?: string | null;
  @Field(() => [String], {
    description: '1 to 12 codes of ICD-10-CM, the main one first, for example `I10` or `E11.9`.',
  })
  @Items(1, 12)
  @Form('icd10', /^[A-Z]\d[\dA-Z](\.?[\dA-Z]{1,4})?$/, 'Must be codes of ICD-10-CM.')
  diagnoses!: readonly string[];
  @Field(() => [ClaimLineInput], { description: '1 to 50.' })
  @Items(1, 50)
  @ValidateNested({ each: true })
  lines!: readonly ClaimLineInput[];
  @Field(() => String, {
    ...optional,
    description: 'Who pays, by the vendor’s code or name; without it the patient’s first coverage.',
  })
  @Line(100)
  payer?: string | null;
}

/** Faults of the lines' pointers: every one must be a position in the diagnoses, and none stands twice. */
export const pointerFaults = ({
  diagnoses,
  lines,
}: Pick<SubmitClaimInput, 'diagnoses' | 'lines'>): readonly FieldIssueDetail[] =>
  lines.flatMap(({ diagnosisPointers: pointers }, i) =>
    new Set(pointers).size === pointers.length && pointers.every((one) => one >= 1 && one <= diagnoses.length)
      ? []
      : [
          {
            path: ['lines', String(i), 'diagnosisPointers'],
            rule: 'pointer',
            message: 'Must be positions in `diagnoses`, from 1, each once.',
          },
        ],
  );
