import type { ColumnType, Generated, Selectable } from 'kysely';
import type { SourceId } from '../../schema/ids.ts';
import type { ChangeCause, ChangedType, ChangeKind } from '../changes.ts';

/** One row for the whole stream: who changes it appends, one after the other. */
interface HeadTable {
  /** Names this database in cursors. */
  readonly epoch: ColumnType<string, never, never>;
  /** The number of the last change; numbers are without gaps, and committed in their order. */
  readonly seq: number;
  /** The number of the last change that was removed. */
  readonly gone: number;
}

/** What subscribers choose by, and what the last change had. */
interface LinkColumns {
  readonly patient: string | null;
  readonly practitioner: string | null;
  readonly codes: string | null;
  readonly former_patient: string | null;
  readonly former_practitioner: string | null;
  readonly former_codes: string | null;
}

/**
 * Moments are milliseconds since the epoch by the database's clock; JSON is text, which may hold what `jsonb` refuses.
 * Former links are absent where they are the same.
 */
interface ChangeTable extends LinkColumns {
  readonly seq: number;
  readonly at: number;
  readonly source: SourceId;
  readonly type: ChangedType;
  readonly key: string;
  readonly kind: ChangeKind;
  readonly cause: ChangeCause;
  readonly fingerprint: string;
}

/** What the last change of each record said, and the one before it. */
interface ChangedRecordTable extends LinkColumns {
  readonly source: SourceId;
  readonly type: ChangedType;
  readonly key: string;
  readonly fingerprint: string;
  readonly former: string | null;
  /** Whether the last batch had several changes of it: see `append`. */
  readonly several: boolean;
  /** Whether it told of nothing but the record's end. */
  readonly heir: Generated<boolean>;
  /** When it was, if it was the record's end. */
  readonly deleted_at: number | null;
  /** Taken from the sequence by each that appended it, or found it as it is. */
  readonly mark: Generated<number>;
}

/** Counts those who noted what a record says, at once and not when they commit. */
interface MarkSequence {
  readonly last_value: number;
  readonly is_called: boolean;
}

/** When the last change of each source was recorded: longer than the change itself is kept. */
interface ChangedSourceTable {
  readonly source: SourceId;
  readonly at: number;
}

interface FeedPlaceTable {
  readonly source: SourceId;
  readonly feed: string;
  readonly place: string;
}

interface LeaseTable {
  readonly name: string;
  readonly holder: string;
  readonly until: number;
}

interface InboxTable {
  readonly id: string;
  readonly source: SourceId;
  readonly event: string;
  /** Gone when the event is dealt with. */
  readonly content: string | null;
  readonly received_at: number;
  readonly worker: string | null;
  readonly held_until: number | null;
  readonly done_at: number | null;
}

export interface StreamTables {
  readonly change_head: HeadTable;
  readonly changes: ChangeTable;
  readonly changed_records: ChangedRecordTable;
  readonly changed_records_mark_seq: MarkSequence;
  readonly changed_sources: ChangedSourceTable;
  readonly feed_places: FeedPlaceTable;
  readonly leases: LeaseTable;
  readonly inbox: InboxTable;
}

export const STREAM_TABLES = [
  'change_head',
  'changes',
  'changed_records',
  'changed_sources',
  'feed_places',
  'leases',
  'inbox',
] as const satisfies readonly (keyof StreamTables)[];

export type ChangeColumns = Selectable<ChangeTable>;
