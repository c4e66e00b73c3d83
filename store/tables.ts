import type { ColumnType, Generated, Selectable } from 'kysely';
import type { CommandKind } from '../schema/commands.ts';
import type { WriteState } from '../schema/enums.ts';
import type { RecordId, SourceId } from '../schema/ids.ts';
import type { StreamTables } from './stream/index.ts';

/** Set when the row is made, never changed. */
type Fixed<T> = ColumnType<T, T, never>;

/** Moments are milliseconds since the epoch by the database's clock; JSON is text, which may hold what `jsonb` refuses. */
interface WriteTable {
  readonly id: Fixed<string>;
  /** The order of submission, whatever the clocks of the processes say. */
  readonly seq: ColumnType<number, never, never>;
  readonly caller: Fixed<string>;
  readonly caller_patient: Fixed<RecordId | null>;
  readonly kind: Fixed<CommandKind>;
  readonly key: Fixed<string>;
  /** Whether the key still stands for this write: dry runs have none, and it runs out. */
  readonly keyed: boolean;
  readonly hash: Fixed<string>;
  readonly source: Fixed<SourceId>;
  readonly lane: string;
  readonly patient: Fixed<RecordId | null>;
  readonly input: Fixed<string>;
  readonly dry_run: Fixed<boolean>;
  /** Whether it makes a record, and does not change one. */
  readonly makes: Fixed<boolean>;
  readonly submitted_at: Fixed<number>;
  readonly state: WriteState;
  readonly settled_at: number | null;
  readonly outcome: string | null;
  readonly target: RecordId | null;
  readonly forced: Generated<boolean>;
  readonly progress: Generated<Readonly<Record<string, string>>>;
  readonly due_at: number;
  /** Who has it, and until when, if not renewed. */
  readonly worker: string | null;
  readonly lease_until: number | null;
  /** How many requests departed, and whether the last one may be under way; when one last was. */
  readonly departures: Generated<number>;
  readonly sending: Generated<boolean>;
  readonly left_at: number | null;
}

interface AttemptTable {
  readonly write_id: string;
  readonly number: number;
  readonly started_at: number;
  readonly duration_ms: number | null;
  readonly vendor_call: string;
  readonly outcome: string;
}

export interface Tables extends StreamTables {
  readonly writes: WriteTable;
  readonly write_attempts: AttemptTable;
}

export type WriteColumns = Selectable<WriteTable>;
export type AttemptColumns = Selectable<AttemptTable>;
