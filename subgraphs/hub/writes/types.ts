import { Field, ID, Int, ObjectType } from 'type-graphql';
import { WriteState } from '../../../schema/enums.ts';
import { DateTimeScalar } from '../../../schema/scalars.ts';
import { Node, PageInfo } from '../../../schema/values.ts';
import { FAMILY } from '../types.ts';
import { FieldIssue, UserError } from './errors.ts';

const optional = { nullable: true } as const;

@ObjectType({
  description: 'One time that something of a write was sent, or that the vendor was asked whether it has it.',
})
export class WriteAttempt {
  @Field(() => DateTimeScalar)
  startedAt!: string;
  @Field(() => Int, { description: 'Until now, while nothing came back.' })
  durationMs!: number;
  @Field(() => String, { description: 'The vendor’s name of the call.' })
  vendorCall!: string;
  @Field(() => String, { description: '`open` while nothing came back.' })
  outcome!: string;
}

@ObjectType({ description: 'One field of a call, in the vendor’s names.' })
export class PlannedField {
  @Field(() => String)
  name!: string;
  @Field(() => String, { description: '`***` where it would be of a person.' })
  value!: string;
}

@ObjectType({ description: 'A call to the vendor that would be made.' })
export class PlannedCall {
  @Field(() => String, { description: 'The vendor’s name of the call.' })
  vendorCall!: string;
  @Field(() => [PlannedField], { description: 'What would be sent, in the vendor’s order.' })
  fields!: readonly PlannedField[];
}

@ObjectType({
  implements: Node,
  description:
    'A write: a durable record from before anything of it was sent, until and after the vendor has it exactly once, or a person has to look.',
})
export class Write extends Node {
  @Field(() => String, { description: 'The mutation that it came by.' })
  kind!: string;
  @Field(() => FAMILY.Source as never)
  source!: object;
  @Field(() => WriteState)
  state!: WriteState;
  @Field(() => String)
  idempotencyKey!: string;
  @Field(() => Boolean, {
    description: 'Is this the answer to a repeated mutation, whose first one was recorded before?',
  })
  replayed!: boolean;
  @Field(() => [WriteAttempt], { description: 'In the order in which they were made.' })
  attempts!: readonly WriteAttempt[];
  @Field(() => DateTimeScalar)
  submittedAt!: string;
  @Field(() => DateTimeScalar, optional)
  settledAt?: string | null;
  @Field(() => Node, { ...optional, description: 'The record that was written, or that stands at the vendor.' })
  target?: object | null;
  @Field(() => UserError, { ...optional, description: 'Why the vendor does not have it.' })
  error?: object | null;
  @Field(() => String, { ...optional, description: 'Why it is in doubt, was given up or was only rehearsed.' })
  reason?: string | null;
  @Field(() => [FieldIssue], { description: 'What the vendor keeps otherwise than it was meant.' })
  warnings!: readonly FieldIssue[];
  @Field(() => [Node], { description: 'While it is in doubt: records at the vendor that may be it.' })
  candidates!: readonly object[];
  @Field(() => [PlannedCall], { description: 'Of a rehearsal: the calls that would be made.' })
  wouldSend!: readonly PlannedCall[];
}

@ObjectType({ description: 'A list of writes, the newest first.' })
export class WriteConnection {
  @Field(() => [Write])
  nodes!: readonly Write[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

/** What a mutation gives when the vendor has the record. */
const saved = (name: string, description: string, field: string, type: () => unknown) => {
  @ObjectType(name, { description })
  class Saved {
    @Field(() => Write)
    write!: Write;
  }
  Field(type as never)(Saved.prototype, field);
  return Saved;
};

export const PatientSaved = saved('PatientSaved', 'The vendor has the patient so.', 'patient', () => FAMILY.Patient);
export const AppointmentSaved = saved(
  'AppointmentSaved',
  'The vendor has the appointment so.',
  'appointment',
  () => FAMILY.Appointment,
);
export const ObservationSaved = saved(
  'ObservationSaved',
  'The vendor has the observation.',
  'observation',
  () => FAMILY.Observation,
);
export const ClaimSaved = saved('ClaimSaved', 'The vendor has the claim.', 'claim', () => FAMILY.Claim);
export const DocumentSaved = saved('DocumentSaved', 'The vendor has the document.', 'documentId', () => ID);

@ObjectType({
  description:
    'Recorded, durable and on its way, but not settled within `waitMs`; or in doubt, or only rehearsed: `reason` says which. Ask for `write` later.',
})
export class WritePending {
  @Field(() => Write)
  write!: Write;
  @Field(() => String)
  reason!: string;
}
