/**
 * What must outlive the process: the journal of writes and the stream of changes, on PostgreSQL, embedded (PGlite) in
 * memory or in a folder, or on a server. One SQL dialect, the same tables and statements everywhere; migrations run
 * before the first use.
 *
 * - `journal.ts` is the contract, `writes.ts` carries it out: `submission` (keys), `claims` (whose turn it is),
 *   `attempts` (what a worker notes), `decisions` (what a person does), `reading`, `waiting`.
 * - A write is durable when `submit` returns: in a folder it outlives the process, not a machine that loses its power
 *   (PGlite does not wait for the disk); on a server it outlives what that does.
 * - Exactly one worker has a write, and at most one write of a lane is had: a unique index says so, not this code. A
 *   claim that is not renewed within `leaseMs` is anybody's; in an embedded store a new process has all of them at once.
 * - Keys stand for `keepDays`; what was confirmed, refused or given up for so long is removed, what is open or in doubt
 *   never is.
 * - Who waits is woken in the process by `bell.ts`, across processes by LISTEN/NOTIFY (`listener.ts`); a notice holds
 *   the row's id and source, nothing else.
 * - `changes.ts` is the contract of the stream, `stream/` carries it out: one order for all processes, since whoever
 *   appends takes the next numbers from one row and holds it until they are committed; numbers are without gaps.
 * - A folder belongs to one process (`lock.ts`); a server's database may be shared with others: all is in one schema.
 * - Every failure is a StoreError with a code and a fixed sentence.
 */

export {
  type ChangeCause,
  type ChangeDraft,
  type ChangedType,
  type ChangeKind,
  type ChangeRow,
  type Changes,
  CursorTooOld,
  type FeedPlace,
  type HeldEvent,
  type InboxEvent,
} from './changes.ts';
export { StoreError, type StoreErrorCode } from './error.ts';
export {
  type AttemptRow,
  type ClaimedWrite,
  ClaimLost,
  type ClaimOptions,
  type Journal,
  type Settlement,
  type WriteDraft,
  type WriteFilter,
  type WriteRow,
} from './journal.ts';
export { openStore, type Store, type StoreSettings } from './store.ts';
