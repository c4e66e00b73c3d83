import {
  COMMANDS,
  type CommandKind,
  type PlannedCall,
  type Refusal,
  type WrittenType,
} from '../../../schema/commands.ts';
import type { ErrorCode, WriteState } from '../../../schema/enums.ts';
import { ERRORS, type FieldIssueDetail, GraphError } from '../../../schema/errors.ts';
import { isRecordType } from '../../../schema/ids.ts';
import type { WriteRow } from '../../../store/journal.ts';
import { type HubContext, type HubSource, recordStub, type Stub, sourceStub, stubOf } from '../context.ts';
import { documentId, writeId } from './ids.ts';
import { RESULTS } from './results.ts';

/** A member of a union or an implementation of an interface. */
export interface Presented {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

/** A write as the graph shows it. */
export interface WriteView extends Presented {
  readonly id: string;
  readonly kind: CommandKind;
  readonly source: Stub;
  readonly state: WriteState;
  readonly idempotencyKey: string;
  readonly replayed: boolean;
  readonly attempts: readonly object[];
  readonly submittedAt: string;
  readonly settledAt: string | null;
  readonly target: Stub | null;
  readonly error: Presented | null;
  readonly reason: string | null;
  readonly warnings: readonly FieldIssueDetail[];
  readonly candidates: readonly Stub[];
  readonly wouldSend: readonly PlannedCall[];
}

/** Why an accepted write has no result yet. Fixed sentences. */
const REASONS = {
  open: 'The write is recorded and goes on; it was not settled within the time to wait.',
  rehearsed: 'This was a rehearsal: nothing was sent to the vendor.',
  shadow: 'The source only rehearses its writes: nothing was sent to the vendor.',
} as const;
const DISCARDED = 'The write was given up by a person.';

export const refusal = (__typename: string, code: ErrorCode, more: object = {}): Presented => ({
  __typename,
  code,
  message: ERRORS[code].message,
  path: null,
  ...more,
});

/** Every fault of an input. */
export const validationFailed = (issues: readonly FieldIssueDetail[]): Presented =>
  refusal('ValidationFailed', 'VALIDATION', { issues });

const stubs = (source: HubSource, type: WrittenType | 'Slot', keys: readonly string[] | undefined): readonly Stub[] =>
  isRecordType(type) ? (keys ?? []).map((key) => recordStub(source, type, key)) : [];

type Show = (refused: Refusal, source: HubSource) => Presented | undefined;

const invalid: Show = ({ code, message, path, issues }) =>
  refusal('ValidationFailed', code, {
    message,
    issues: issues ?? [{ path: path ?? [], rule: code === 'NOT_FOUND' ? 'exists' : 'vendor', message }],
  });

/** The refusals that clients can do something about, by code; all others are VendorRejected. */
const SHOWN: Readonly<Partial<Record<ErrorCode, Show>>> = {
  VALIDATION: invalid,
  NOT_FOUND: invalid,
  FORBIDDEN: () => refusal('NotAllowed', 'FORBIDDEN'),
  SLOT_TAKEN: ({ alternatives }, source) =>
    refusal('SlotTaken', 'SLOT_TAKEN', { alternatives: stubs(source, 'Slot', alternatives) }),
  ILLEGAL_TRANSITION: ({ from, allowed = [] }) =>
    from === undefined ? undefined : refusal('IllegalTransition', 'ILLEGAL_TRANSITION', { from, allowed }),
  VERSION_CONFLICT: ({ currentVersion = null }) => refusal('VersionConflict', 'VERSION_CONFLICT', { currentVersion }),
  POSSIBLE_DUPLICATE: ({ candidates }, source) =>
    refusal('PossibleDuplicate', 'POSSIBLE_DUPLICATE', { candidates: stubs(source, 'Patient', candidates) }),
  UNSUPPORTED_BY_VENDOR: ({ message }, source) =>
    refusal('UnsupportedByVendor', 'UNSUPPORTED_BY_VENDOR', { message, vendor: source.vendor }),
};

const ANYWHERE: ReadonlySet<string> = new Set(['ValidationFailed', 'NotAllowed', 'UnsupportedByVendor']);

/** A settled write's error, in a form that the result of its kind can have. */
const errorOf = ({ kind, state, outcome }: WriteRow, source: HubSource, write: object): Presented | null => {
  if (outcome?.kind === 'discarded')
    return refusal('VendorRejected', 'VENDOR_REJECTED', { message: DISCARDED, retryable: false, write });
  if (outcome?.kind !== 'refused') return null;
  const dead = state === 'DEAD';
  const shown = dead ? undefined : SHOWN[outcome.code]?.(outcome, source);
  const path = outcome.path ?? null;
  if (shown !== undefined && (ANYWHERE.has(shown.__typename) || RESULTS[kind].refusals.has(shown.__typename)))
    return { ...shown, path };
  return refusal('VendorRejected', outcome.code, {
    message: outcome.message,
    path,
    vendorCode: outcome.vendorCode ?? null,
    retryable: dead || ERRORS[outcome.code].retryable,
    write,
  });
};

const reasonOf = ({ outcome, dryRun }: WriteRow): string | null => {
  switch (outcome?.kind) {
    case 'doubt':
    case 'discarded':
      return outcome.reason;
    case 'planned':
      return dryRun ? REASONS.rehearsed : REASONS.shadow;
    default:
      return null;
  }
};

/** Of a record that the vendor has: what it says otherwise than was meant, whether that is a flaw or a refusal. */
const keptOtherwise = (outcome: WriteRow['outcome']): readonly FieldIssueDetail[] => {
  if (outcome?.kind === 'saved') return outcome.warnings ?? [];
  return (outcome?.kind === 'refused' && outcome.target !== undefined ? outcome.issues : undefined) ?? [];
};

const attemptsOf = (row: WriteRow, now: number): readonly object[] =>
  row.attempts.map(({ startedAt, durationMs, vendorCall, outcome }) => ({
    startedAt,
    durationMs: durationMs ?? Math.max(0, now - Date.parse(startedAt)),
    vendorCall,
    outcome,
  }));

const sourceOf = ({ source: id }: WriteRow, { sources }: HubContext): HubSource => {
  const source = sources.find((one) => one.id === id);
  if (source === undefined) throw new GraphError('NOT_FOUND');
  return source;
};

/** @throws GraphError NOT_FOUND for a write at a source that the caller does not see, or that exists no more. */
export const presentWrite = (row: WriteRow, context: HubContext, replayed = false): WriteView => {
  const source = sourceOf(row, context);
  const { outcome } = row;
  const view = {
    __typename: 'Write',
    id: writeId(row.id),
    kind: row.kind,
    source: sourceStub(source),
    state: row.state,
    idempotencyKey: row.idempotencyKey,
    replayed,
    attempts: attemptsOf(row, context.operation.now()),
    submittedAt: row.submittedAt,
    settledAt: row.settledAt ?? null,
    target: row.target === undefined ? null : stubOf(row.target, context),
    reason: reasonOf(row),
    warnings: keptOtherwise(outcome),
    candidates: outcome?.kind === 'doubt' ? stubs(source, COMMANDS[row.kind].type, outcome.candidates) : [],
    wouldSend: outcome?.kind === 'planned' ? outcome.calls : [],
  };
  // an error may name the write that it is the error of
  return Object.assign(view, { error: errorOf(row, source, view) });
};

/** What a mutation answers, with the write as it stands. */
export const presentResult = (row: WriteRow, context: HubContext, replayed: boolean): Presented => {
  const write = presentWrite(row, context, replayed);
  const { outcome } = row;
  if (outcome?.kind === 'saved') {
    const { type, key } = outcome;
    const saved = isRecordType(type)
      ? { [type.toLowerCase()]: recordStub(sourceOf(row, context), type, key) }
      : { documentId: documentId(row.source, key) };
    return { __typename: `${type}Saved`, ...saved, write };
  }
  if (write.error !== null) return write.error;
  return { __typename: 'WritePending', write, reason: write.reason ?? REASONS.open };
};
