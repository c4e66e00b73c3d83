import { createUnionType, Directive, Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { Freshness } from './enums.ts';
import { DateTimeScalar, DecimalScalar, UriScalar } from './scalars.ts';

/** A value without identity: every subgraph may answer it, so it is `@shareable`. */
const Value = (description: string) => (target: Function) => {
  ObjectType({ description })(target);
  Directive('@shareable')(target);
};
const optional = { nullable: true } as const;

@InterfaceType({
  description: 'Anything with an id of its own.',
  autoRegisterImplementations: false,
  resolveType: (value: unknown) => (value as { __typename: string }).__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque; the same record always has the same id.' })
  id!: string;
}

@Value('When and how a record was read.')
export class RecordMeta {
  @Field(() => String, { ...optional, description: 'The vendor’s version of the record, where it has versions.' })
  versionId?: string | null;
  @Field(() => DateTimeScalar, optional)
  lastUpdated?: string | null;
  @Field(() => DateTimeScalar, { description: 'When the vendor gave this answer.' })
  fetchedAt!: string;
  @Field(() => Freshness)
  freshness!: Freshness;
  @Field(() => [String], { description: 'Fields of this type that this vendor never has: their absence says nothing.' })
  unsupportedFields!: readonly string[];
}

@Value('One code of a code system.')
export class Coding {
  @Field(() => UriScalar, optional)
  system?: string | null;
  @Field(() => String)
  code!: string;
  @Field(() => String, optional)
  display?: string | null;
}

@Value('A concept: its codes in any number of systems, and the words that were used.')
export class CodeableConcept {
  readonly __typename?: 'CodeableConcept';
  @Field(() => [Coding])
  codings!: readonly Coding[];
  @Field(() => String, optional)
  text?: string | null;
}

@Value('A business identifier, such as a medical record number.')
export class Identifier {
  @Field(() => UriScalar, optional)
  system?: string | null;
  @Field(() => String)
  value!: string;
  @Field(() => CodeableConcept, optional)
  type?: CodeableConcept | null;
}

@Value('A person’s name.')
export class HumanName {
  @Field(() => String, {
    ...optional,
    description: 'usual | official | temp | nickname | anonymous | old | maiden (FHIR)',
  })
  use?: string | null;
  @Field(() => String, optional)
  prefix?: string | null;
  @Field(() => [String])
  given!: readonly string[];
  @Field(() => String, optional)
  family?: string | null;
  @Field(() => String, optional)
  suffix?: string | null;
  @Field(() => String, { ...optional, description: 'The whole name as the vendor shows it.' })
  text?: string | null;
}

@Value(
  'A way to reach a person. `value` is as the vendor has it; telephone numbers in E.164 where they could be read as one.',
)
export class ContactPoint {
  @Field(() => String, { description: 'phone | fax | email | pager | url | sms | other (FHIR)' })
  system!: string;
  @Field(() => String)
  value!: string;
  @Field(() => String, { ...optional, description: 'home | work | temp | old | mobile (FHIR)' })
  use?: string | null;
  @Field(() => Int, { ...optional, description: '1 is preferred.' })
  rank?: number | null;
}

@Value('A postal address.')
export class Address {
  @Field(() => String, { ...optional, description: 'home | work | temp | old | billing (FHIR)' })
  use?: string | null;
  @Field(() => String, optional)
  line1?: string | null;
  @Field(() => String, { ...optional, description: 'All lines after the first, joined by ", ".' })
  line2?: string | null;
  @Field(() => String, optional)
  city?: string | null;
  @Field(() => String, optional)
  state?: string | null;
  @Field(() => String, optional)
  postalCode?: string | null;
  @Field(() => String, optional)
  country?: string | null;
}

@Value('A measured amount.')
export class Quantity {
  readonly __typename?: 'Quantity';
  @Field(() => DecimalScalar, optional)
  value?: string | null;
  @Field(() => String, { ...optional, description: '< | <= | >= | >: the true value is below or above `value`.' })
  comparator?: string | null;
  @Field(() => String, { ...optional, description: 'The unit as shown to people.' })
  unit?: string | null;
  @Field(() => UriScalar, optional)
  system?: string | null;
  @Field(() => String, { ...optional, description: 'The unit’s code in `system`, usually UCUM.' })
  code?: string | null;
}

@Value('From start to end. An open end is absent.')
export class Period {
  @Field(() => DateTimeScalar, optional)
  start?: string | null;
  @Field(() => DateTimeScalar, optional)
  end?: string | null;
}

@Value('An amount of money.')
export class Money {
  @Field(() => DecimalScalar)
  value!: string;
  @Field(() => String, { description: 'ISO 4217, for example USD.' })
  currency!: string;
}

@Value('Where a page ends.')
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;
  @Field(() => String, { ...optional, description: 'Give it as `after` to get the next page of the same search.' })
  endCursor?: string | null;
}

@Value('An observation’s value as words.')
export class TextValue {
  readonly __typename?: 'TextValue';
  @Field(() => String)
  text!: string;
}

@Value('An observation’s value: true or false.')
export class BooleanValue {
  readonly __typename?: 'BooleanValue';
  @Field(() => Boolean)
  boolean!: boolean;
}

@Value('An observation’s value: a whole number without a unit.')
export class IntegerValue {
  readonly __typename?: 'IntegerValue';
  @Field(() => Int)
  integer!: number;
}

@Value('An observation’s value between two amounts.')
export class RangeValue {
  readonly __typename?: 'RangeValue';
  @Field(() => Quantity, optional)
  low?: Quantity | null;
  @Field(() => Quantity, optional)
  high?: Quantity | null;
}

@Value('An observation’s value as a ratio, such as a titre.')
export class RatioValue {
  readonly __typename?: 'RatioValue';
  @Field(() => Quantity, optional)
  numerator?: Quantity | null;
  @Field(() => Quantity, optional)
  denominator?: Quantity | null;
}

@Value('An observation’s value: a stretch of time.')
export class PeriodValue {
  readonly __typename?: 'PeriodValue';
  @Field(() => Period)
  period!: Period;
}

@Value('An observation’s value: a date or time, as precise as the vendor has it.')
export class DateTimeValue {
  readonly __typename?: 'DateTimeValue';
  @Field(() => String)
  dateTime!: string;
}

@Value('An observation’s value: a series of samples, such as an ECG lead.')
export class SampledData {
  readonly __typename?: 'SampledData';
  @Field(() => Quantity)
  origin!: Quantity;
  @Field(() => DecimalScalar, { description: 'Milliseconds between samples.' })
  periodMs!: string;
  @Field(() => Int)
  dimensions!: number;
  @Field(() => String, optional)
  data?: string | null;
}

@Value('There is no value, and the vendor says why.')
export class AbsentValue {
  readonly __typename?: 'AbsentValue';
  @Field(() => CodeableConcept)
  reason!: CodeableConcept;
}

/** A member of the union as a mapping builds it: its fields, with its type's name. */
type Member<T extends { readonly __typename?: string }> = Omit<T, '__typename'> & {
  readonly __typename: NonNullable<T['__typename']>;
};
export type ObservationValue =
  | Member<Quantity>
  | Member<CodeableConcept>
  | Member<TextValue>
  | Member<BooleanValue>
  | Member<IntegerValue>
  | Member<RangeValue>
  | Member<RatioValue>
  | Member<PeriodValue>
  | Member<DateTimeValue>
  | Member<SampledData>
  | Member<AbsentValue>;

export const ObservationValueUnion = createUnionType({
  name: 'ObservationValue',
  description: 'What was observed. ABSENT values say why there is none; no value at all means that nothing was said.',
  types: () =>
    [
      Quantity,
      CodeableConcept,
      TextValue,
      BooleanValue,
      IntegerValue,
      RangeValue,
      RatioValue,
      PeriodValue,
      DateTimeValue,
      SampledData,
      AbsentValue,
    ] as const,
  resolveType: (value: object) => (value as ObservationValue).__typename,
});

@Value('One part of an observation, such as the systolic pressure.')
export class ObservationComponent {
  @Field(() => CodeableConcept)
  code!: CodeableConcept;
  @Field(() => ObservationValueUnion, optional)
  value?: ObservationValue | null;
}

@Value('A patient’s insurance.')
export class Coverage {
  @Field(() => String, optional)
  payer?: string | null;
  @Field(() => String, optional)
  memberId?: string | null;
  @Field(() => String, optional)
  groupNumber?: string | null;
  @Field(() => String, optional)
  subscriber?: string | null;
  @Field(() => String, { ...optional, description: 'The patient’s relationship to the subscriber.' })
  relationship?: string | null;
  @Field(() => Period, optional)
  period?: Period | null;
}
