import { type Kysely, type RawBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { AttemptRow, WriteRow } from './journal.ts';
import type { AttemptColumns, Tables, WriteColumns } from './tables.ts';

/** What a WriteRow is made of, besides its attempts. */
export const NAMES = [
  'id',
  'caller',
  'caller_patient',
  'kind',
  'key',
  'source',
  'lane',
  'patient',
  'dry_run',
  'state',
  'submitted_at',
  'settled_at',
  'outcome',
  'target',
  'forced',
] as const;

/** The same, of `writes as w`. */
export const COLUMNS = NAMES.map((name) => `w.${name}` as const);

export type Row = Pick<WriteColumns, (typeof NAMES)[number]> & { readonly attempts: readonly Attempt[] };
type Attempt = Omit<AttemptColumns, 'write_id'>;

/** The attempts of the row `w`, as one column. */
export const attemptsOf = (db: Kysely<Tables>): RawBuilder<Attempt[]> =>
  jsonArrayFrom(
    db
      .selectFrom('write_attempts as a')
      .select(['a.number', 'a.started_at', 'a.duration_ms', 'a.vendor_call', 'a.outcome'])
      .where('a.write_id', '=', sql.ref<string>('w.id'))
      .orderBy('a.number'),
  );

export const toWrite = (row: Row): WriteRow => ({
  id: row.id,
  caller: row.caller,
  ...(row.caller_patient === null ? {} : { callerPatient: row.caller_patient }),
  kind: row.kind,
  idempotencyKey: row.key,
  source: row.source,
  lane: row.lane,
  ...(row.patient === null ? {} : { patient: row.patient }),
  dryRun: row.dry_run,
  state: row.state,
  attempts: row.attempts.map(toAttempt),
  submittedAt: toInstant(row.submitted_at),
  ...(row.settled_at === null ? {} : { settledAt: toInstant(row.settled_at) }),
  ...(row.outcome === null ? {} : { outcome: JSON.parse(row.outcome) }),
  ...(row.target === null ? {} : { target: row.target }),
  forced: row.forced,
});

const toAttempt = (row: Attempt): AttemptRow => ({
  number: row.number,
  startedAt: toInstant(row.started_at),
  ...(row.duration_ms === null ? {} : { durationMs: row.duration_ms }),
  vendorCall: row.vendor_call,
  outcome: row.outcome,
});

export const toInstant = (ms: number): string => new Date(ms).toISOString();
