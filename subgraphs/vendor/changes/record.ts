import type { ErrorCode } from '../../../schema/enums.ts';
import { GraphError } from '../../../schema/errors.ts';
import type { ChangeCause, ChangeDraft, Changes } from '../../../store/changes.ts';
import type { Call } from '../../../upstream/call.ts';
import type { ConnectedSource } from '../sources.ts';
import type { Noticed } from './feed.ts';
import type { ChangeMeter } from './meter.ts';
import { changesOf, GONE, once } from './notice.ts';

/** Readings of one record. Each but the last was overtaken: so many changes within so short a time are no practice's. */
const MOST_READINGS = 5;
/** Records of one reading that cannot be read: with more, it is the source that does not show them. */
const MOST_UNREAD = 8;

/** Failures that say nothing of a record: what is handed in again later may well be told. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'RATE_LIMITED',
  'SOURCE_UNAVAILABLE',
  'TIMEOUT',
  'UNAUTHENTICATED_AT_VENDOR',
  'VERSION_CONFLICT',
]);

/** Whether a failure is a record's own, as one that may not be seen or whose answer makes no sense. */
const isOfARecord = (thrown: unknown): thrown is GraphError =>
  thrown instanceof GraphError && !PASSING.has(thrown.code);

export interface Recording {
  readonly source: ConnectedSource;
  readonly changes: Changes;
  readonly meter: ChangeMeter;
  readonly cause: ChangeCause;
  /**
   * The stream's mark from before the notices were asked for. Without it, a record that came with its notice is read all
   * the same: nobody knows what was told since.
   */
  readonly since?: string;
}

/** So that the record is read. */
const unread = ({ found: _found, ...noticed }: Noticed): Noticed => noticed as Noticed;

/**
 * The drafts as they fit what the stream told before: what it knows is not created again, and what it never heard of does
 * not end because somebody hinted at it. `noticed`: what they were noticed by, in the same order.
 */
export const fitting = async (
  drafts: readonly ChangeDraft[],
  noticed: readonly Noticed[],
  { source, changes, cause }: Recording,
): Promise<readonly ChangeDraft[]> => {
  const isHint = (draft: ChangeDraft, n: number): boolean =>
    cause === 'WEBHOOK' && draft.kind === 'DELETED' && noticed[n]?.kind !== 'DELETED';
  const doubtful = drafts.filter((draft, n) => draft.kind === 'CREATED' || isHint(draft, n));
  const known = new Map<string, string>();
  for (const [type, some] of Map.groupBy(doubtful, (draft) => draft.type)) {
    const last = await changes.last(
      source.id,
      type,
      some.map(({ key }) => key),
    );
    for (const [key, fingerprint] of last) known.set(`${type}/${key}`, fingerprint);
  }
  return drafts.flatMap((draft, n): readonly ChangeDraft[] => {
    const before = known.get(`${draft.type}/${draft.key}`);
    if (before === undefined) return isHint(draft, n) ? [] : [draft];
    return [draft.kind === 'CREATED' && before !== GONE ? { ...draft, kind: 'UPDATED' } : draft];
  });
};

/**
 * Appends what a vendor said to have changed, as it is now. A record that somebody else has told of while it was being read
 * is read again, and only that: what is older never comes after what is newer. Nothing of a reading is appended when one of
 * its records cannot be read.
 * @throws GraphError VERSION_CONFLICT when a record is overtaken again and again: to be handed in again later, as after
 *   every failure
 */
export const recordChanges = async (noticed: readonly Noticed[], recording: Recording, call: Call): Promise<void> => {
  const { source, changes, meter, cause, since } = recording;
  let open = once(since === undefined ? noticed.map(unread) : noticed);
  for (let reading = 1; open.length > 0; reading += 1) {
    if (reading > MOST_READINGS) throw new GraphError('VERSION_CONFLICT', { source: source.id });
    const mark = (reading === 1 ? since : undefined) ?? (await changes.mark());
    const drafts = await changesOf(open, cause, source, call);
    const { rows, overtaken } = await changes.appendRead(await fitting(drafts, open, recording), mark);
    for (const { type } of rows) meter.appended(source.id, type, cause);
    const again = new Set(overtaken.map(({ type, key }) => `${type}/${key}`));
    open = open.filter(({ type, key }) => again.has(`${type}/${key}`)).map(unread);
  }
};

/** A record that cannot be read, and why. */
export interface Unread {
  readonly noticed: Noticed;
  readonly failure: GraphError;
}

/**
 * The same where some records fail by themselves: all others are told. Gives those, found by halves.
 * @throws GraphError for every other failure, and when so many fail by themselves that it is no record's own
 */
export const recordOthers = async (
  noticed: readonly Noticed[],
  recording: Recording,
  call: Call,
  before: readonly Unread[] = [],
): Promise<readonly Unread[]> => {
  try {
    await recordChanges(noticed, recording, call);
    return before;
  } catch (thrown) {
    const [one, ...others] = noticed;
    if (!isOfARecord(thrown) || one === undefined || before.length >= MOST_UNREAD) throw thrown;
    if (others.length === 0) return [...before, { noticed: one, failure: thrown }];
    const half = Math.ceil(noticed.length / 2);
    const first = await recordOthers(noticed.slice(0, half), recording, call, before);
    return recordOthers(noticed.slice(half), recording, call, first);
  }
};
