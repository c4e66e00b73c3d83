import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { CommandKind } from '../../../schema/commands.ts';
import { GraphError } from '../../../schema/errors.ts';
import {
  BookAppointmentInput,
  ChangeAppointmentInput,
  RescheduleAppointmentInput,
} from '../../../schema/writes/appointment.ts';
import { SubmitClaimInput } from '../../../schema/writes/claim.ts';
import { SaveDocumentInput } from '../../../schema/writes/document.ts';
import { RecordObservationInput } from '../../../schema/writes/observation.ts';
import { CreatePatientInput, UpdatePatientInput } from '../../../schema/writes/patient.ts';
import { DiscardArgs, WritesArgs } from '../arguments.ts';
import type { HubContext } from '../context.ts';
import type { Inputs } from './drafts.ts';
import { findRow, findWrite, listWrites } from './find.ts';
import { journalOf, recorded } from './journal.ts';
import { presentWrite, type WriteView } from './present.ts';
import { RESULTS } from './results.ts';
import { mutate } from './submit.ts';
import { Write, WriteConnection } from './types.ts';

/** Every mutation that writes at a vendor: what it takes, and what it does. */
const MUTATIONS: {
  readonly [K in CommandKind]: { readonly input: new () => Inputs[K]; readonly description: string };
} = {
  createPatient: {
    input: CreatePatientInput,
    description: 'Registers a patient at one source, after a look whether a likely same person is there.',
  },
  updatePatient: { input: UpdatePatientInput, description: 'Changes what is known of a patient.' },
  bookAppointment: {
    input: BookAppointmentInput,
    description: 'Books a visit, in a slot or with a practitioner at a time.',
  },
  rescheduleAppointment: {
    input: RescheduleAppointmentInput,
    description: 'Moves an appointment. It stays the same appointment: a second one is never made.',
  },
  cancelAppointment: { input: ChangeAppointmentInput, description: 'Cancels an appointment.' },
  checkInAppointment: { input: ChangeAppointmentInput, description: 'Notes that the patient is there.' },
  markNoShow: { input: ChangeAppointmentInput, description: 'Notes that the patient did not come.' },
  recordObservation: {
    input: RecordObservationInput,
    description: 'Records an observation, or with `corrects` a correction of one.',
  },
  submitClaim: { input: SubmitClaimInput, description: 'Submits a claim for services.' },
  saveDocument: { input: SaveDocumentInput, description: 'Puts a document into a patient’s chart.' },
};

/** Inputs are checked by `mutate`, whose answer tells the faults as data. */
const UNCHECKED = { validateFn: () => undefined } as const;

const mutationOf = <K extends CommandKind>(kind: K) => {
  const { input: Input, description } = MUTATIONS[kind];
  @Resolver()
  class MutationResolver {
    @Mutation(() => RESULTS[kind].union, { name: kind, description })
    run(@Arg('input', () => Input, UNCHECKED) input: Inputs[K], @Ctx() context: HubContext) {
      return mutate(kind, input, context);
    }
  }
  return MutationResolver;
};

/** Writes in doubt are decided by those who run the practice's systems. */
const mayDecide = ({ operation: { caller } }: HubContext): void => {
  if (caller.patient !== undefined) throw new GraphError('FORBIDDEN');
};

@Resolver()
class WriteResolver {
  @Query(() => Write, { nullable: true, description: 'A write by its id.' })
  write(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<WriteView> {
    return findWrite(id, context);
  }

  @Query(() => WriteConnection, {
    description:
      'Writes, the newest first, rehearsals left out. What a person has to look at: `states: [REJECTED, IN_DOUBT, DEAD]`.',
  })
  writes(@Args(() => WritesArgs) args: WritesArgs, @Ctx() context: HubContext) {
    return listWrites(args, context);
  }

  @Mutation(() => Write, {
    description:
      'Sends a REJECTED, IN_DOUBT or DEAD write on its way again. Of one in doubt: whoever asks has made sure that the vendor does not have it.',
  })
  async retryWrite(@Arg('id', () => ID) id: string, @Ctx() context: HubContext): Promise<WriteView> {
    mayDecide(context);
    const { id: key } = await findRow(id, context);
    const row = await recorded(journalOf(context).retry(key));
    if (row === undefined) throw new GraphError('ILLEGAL_TRANSITION', { message: NOT_TO_RETRY });
    return presentWrite(row, context);
  }

  @Mutation(() => Write, { description: 'Gives up a write that is neither confirmed nor being sent.' })
  async discardWrite(
    @Args(() => DiscardArgs) { id, reason }: DiscardArgs,
    @Ctx() context: HubContext,
  ): Promise<WriteView> {
    mayDecide(context);
    const { id: key } = await findRow(id, context);
    const row = await recorded(journalOf(context).discard(key, reason.trim()));
    if (row === undefined) throw new GraphError('ILLEGAL_TRANSITION', { message: NOT_TO_DISCARD });
    return presentWrite(row, context);
  }
}

const NOT_TO_RETRY = 'Only a write that is REJECTED, IN_DOUBT or DEAD can be sent again.';
const NOT_TO_DISCARD = 'A write that is CONFIRMED, DISCARDED or being sent cannot be given up.';

/** Everything about writes at the roots of the graph. */
export const WRITE_RESOLVERS: readonly (new () => object)[] = [
  ...(Object.keys(MUTATIONS) as CommandKind[]).map((kind) => mutationOf(kind)),
  WriteResolver,
];
