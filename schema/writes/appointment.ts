import { Field, ID, InputType, Int } from 'type-graphql';
import { Rule } from '../inputs.ts';
import { DateTimeScalar } from '../scalars.ts';
import { VERSION_DESCRIPTION, WriteInput } from './input.ts';
import { Line, Lines, Must } from './rules.ts';

const optional = { nullable: true } as const;
const MINUTES_A_DAY = 1_440;

const isGiven = (input: object, ...fields: readonly string[]): boolean =>
  fields.every((field) => (input as Readonly<Record<string, unknown>>)[field] != null);

const inDay = (minutes: number): boolean => minutes >= 1 && minutes <= MINUTES_A_DAY;
const Minutes = Must<number>('range', `Must be 1 to ${MINUTES_A_DAY} minutes.`, inDay);

@InputType({
  description:
    'A visit to book: in a `slot`, or with a `practitioner` at a `start`. What is given beside a slot must agree with it.',
})
export class BookAppointmentInput extends WriteInput {
  @Field(() => ID)
  patient!: string;
  @Field(() => ID, optional)
  slot?: string | null;
  @Field(() => ID, optional)
  @Rule(
    'when',
    'Is required unless `slot` is given.',
    (input) => isGiven(input, 'slot') || isGiven(input, 'practitioner'),
  )
  practitioner?: string | null;
  @Field(() => ID, optional)
  location?: string | null;
  @Field(() => String, { ...optional, description: 'The type of visit, by the vendor’s code or name.' })
  @Line(100)
  type?: string | null;
  @Field(() => DateTimeScalar, {
    ...optional,
    description: 'May be past: a visit without appointment is recorded late.',
  })
  @Rule('when', 'Is required unless `slot` is given.', (input) => isGiven(input, 'slot') || isGiven(input, 'start'))
  start?: string | null;
  @Field(() => Int, { ...optional, description: '1 to 1440; without it as long as the vendor has such visits last.' })
  @Minutes
  minutes?: number | null;
  @Field(() => String, optional)
  @Lines(500)
  reason?: string | null;
  @Field(() => String, optional)
  @Lines(2_000)
  note?: string | null;
}

@InputType({ description: 'Moves an appointment: the same appointment, at another time, never a second one.' })
export class RescheduleAppointmentInput extends WriteInput {
  @Field(() => ID)
  id!: string;
  @Field(() => ID, optional)
  slot?: string | null;
  @Field(() => DateTimeScalar, optional)
  @Rule('when', 'Is required unless `slot` is given.', (input) => isGiven(input, 'slot') || isGiven(input, 'start'))
  start?: string | null;
  @Field(() => Int, { ...optional, description: '1 to 1440; without it as long as before.' })
  @Minutes
  minutes?: number | null;
  @Field(() => ID, { ...optional, description: 'Without it the same practitioner as before, or the slot’s.' })
  practitioner?: string | null;
  @Field(() => ID, { ...optional, description: 'Without it the same place as before, or the slot’s.' })
  location?: string | null;
  @Field(() => String, { ...optional, description: VERSION_DESCRIPTION })
  @Line(200)
  ifVersion?: string | null;
}

@InputType({ description: 'A change of an appointment’s state.' })
export class ChangeAppointmentInput extends WriteInput {
  @Field(() => ID)
  id!: string;
  @Field(() => String, { ...optional, description: 'Why; kept where the vendor has a place for it.' })
  @Lines(500)
  reason?: string | null;
  @Field(() => String, { ...optional, description: VERSION_DESCRIPTION })
  @Line(200)
  ifVersion?: string | null;
}
