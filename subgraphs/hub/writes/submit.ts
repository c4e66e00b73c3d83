import { mayWrite } from '../../../schema/access.ts';
import { type Command, type CommandKind, capabilityFor } from '../../../schema/commands.ts';
import { ERRORS } from '../../../schema/errors.ts';
import type { RecordId, SourceId } from '../../../schema/ids.ts';
import { faultsIn } from '../../../schema/validate.ts';
import { DEFAULT_WAIT_MS } from '../../../schema/writes/input.ts';
import type { Journal, WriteDraft, WriteRow } from '../../../store/journal.ts';
import type { HubContext, HubSource } from '../context.ts';
import { DRAFTS, type Draft, type Inputs } from './drafts.ts';
import { journalOf, recorded } from './journal.ts';
import { type Presented, presentResult, refusal, validationFailed } from './present.ts';

/** Milliseconds that are left of an operation when it stops waiting: to read what was written, and to answer. */
const TO_ANSWER_MS = 2_000;

/**
 * Checks an input, records the write and waits for it. What is wrong with the input, or not allowed, is an answer and
 * no error; nothing is recorded then.
 * @throws GraphError when there is no journal, or it cannot be reached: the same mutation may be sent again
 */
export const mutate = async <K extends CommandKind>(
  kind: K,
  input: Inputs[K],
  context: HubContext,
): Promise<Presented> => {
  const journal = journalOf(context);
  const draft = DRAFTS[kind](input, context) as Draft;
  const issues = [...(await faultsIn(input)), ...draft.issues];
  if (issues.length > 0 || draft.source === undefined) return validationFailed(issues);
  const refused = refusedFor(kind, input, { ...draft, source: draft.source }, context);
  if (refused !== undefined) return refused;
  const submission = await recorded(submit(journal, kind, input, { ...draft, source: draft.source }, context));
  if (!submission.match) return mismatch();
  const row = await settled(journal, submission.write, input.waitMs ?? DEFAULT_WAIT_MS, context);
  return presentResult(row, context, !submission.isNew);
};

type Placed = Draft & { readonly source: SourceId };

/** Why this caller cannot write this at this source, if so. */
const refusedFor = (
  kind: CommandKind,
  { dryRun }: Inputs[CommandKind],
  draft: Placed,
  { operation, sources }: HubContext,
): Presented | undefined => {
  const { source: id, patient } = draft;
  if (!mayWrite(operation.caller, { source: id, ...(patient === undefined ? {} : { patient }) }))
    return refusal('NotAllowed', 'FORBIDDEN');
  const source = sources.find((one) => one.id === id);
  if (source === undefined) return refusal('NotAllowed', 'FORBIDDEN');
  return unsupported({ kind, input: draft.input } as Command, source) ?? switchedOff(source, dryRun === true);
};

const unsupported = (command: Command, { capabilities, vendor }: HubSource): Presented | undefined => {
  const { type, capability } = capabilityFor(command);
  const row = capabilities.find((one) => one.type === type && one.capability === capability);
  if (row !== undefined && row.level !== 'UNSUPPORTED') return undefined;
  const message = row?.note ?? ERRORS.UNSUPPORTED_BY_VENDOR.message;
  return refusal('UnsupportedByVendor', 'UNSUPPORTED_BY_VENDOR', { vendor, message });
};

const switchedOff = ({ writes }: HubSource, dryRun: boolean): Presented | undefined =>
  writes === 'off' && !dryRun
    ? refusal('NotAllowed', 'FORBIDDEN', { message: 'Writes are switched off at this source.' })
    : undefined;

const mismatch = (): Presented => {
  const { message } = ERRORS.IDEMPOTENCY_MISMATCH;
  const path = ['idempotencyKey'];
  return refusal('ValidationFailed', 'IDEMPOTENCY_MISMATCH', { path, issues: [{ path, rule: 'sameInput', message }] });
};

const submit = async (
  journal: Journal,
  kind: CommandKind,
  { idempotencyKey, dryRun }: Inputs[CommandKind],
  draft: Placed,
  { operation: { caller } }: HubContext,
) => {
  const { appointment, patient } = draft;
  const write: WriteDraft = {
    caller: caller.subject,
    ...(caller.patient === undefined ? {} : { callerPatient: caller.patient as RecordId }),
    kind,
    idempotencyKey,
    source: draft.source,
    // an appointment that this product booked goes in the lane of its patient
    lane: (appointment === undefined ? undefined : await journal.laneOf(appointment)) ?? draft.lane,
    ...(patient === undefined || patient === null ? {} : { patient }),
    input: draft.input,
    dryRun: dryRun === true,
  };
  return journal.submit(write);
};

const isSettled = ({ outcome }: WriteRow): boolean => outcome !== undefined;

/**
 * The write when it is settled, or as it stands when the client stops waiting, leaves, its operation is nearly over, or
 * the process is about to stop.
 */
const settled = async (
  journal: Journal,
  write: WriteRow,
  waitMs: number,
  { operation: { deadline, now, signal }, stopping }: Pick<HubContext, 'operation' | 'stopping'>,
): Promise<WriteRow> => {
  const ms = Math.min(waitMs, deadline - now() - TO_ANSWER_MS);
  if (isSettled(write) || ms <= 0 || signal.aborted || stopping?.aborted === true) return write;
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = setTimeout(stop, ms);
  const ends = [signal, ...(stopping === undefined ? [] : [stopping])];
  for (const end of ends) end.addEventListener('abort', stop);
  try {
    return (await journal.settled(write.id, over.signal)) ?? write;
  } catch {
    // it is recorded: that nobody can see how it goes on is no reason to call it failed
    return write;
  } finally {
    clearTimeout(timer);
    for (const end of ends) end.removeEventListener('abort', stop);
  }
};
