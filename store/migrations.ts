import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { StoreError } from './error.ts';
import { streamMigration } from './stream/index.ts';
import type { Tables } from './tables.ts';

/** In the order of their names. One that was published is never changed: another one follows it. */
const migrations = (schema: string, epoch: string): Readonly<Record<string, Migration>> => {
  const writes = sql.table(`${schema}.writes`);
  const attempts = sql.table(`${schema}.write_attempts`);
  return {
    '0001-writes': {
      up: async (db) => {
        for (const statement of [
          sql`create table ${writes} (
            id uuid primary key,
            seq bigint generated always as identity,
            caller text not null,
            caller_patient text,
            kind text not null,
            key text not null,
            keyed boolean not null,
            hash text not null,
            source text not null,
            lane text not null,
            patient text,
            input text not null,
            dry_run boolean not null,
            makes boolean not null,
            submitted_at bigint not null,
            state text not null,
            settled_at bigint,
            outcome text,
            target text,
            forced boolean not null default false,
            progress jsonb not null default '{}',
            due_at bigint not null,
            worker text,
            lease_until bigint,
            departures integer not null default 0,
            sending boolean not null default false,
            left_at bigint,
            check ((settled_at is null) = (state in ('QUEUED', 'IN_FLIGHT'))),
            check ((worker is null) = (lease_until is null)),
            check (worker is null or settled_at is null)
          )`,
          sql`create unique index writes_key on ${writes} (caller, kind, key) where keyed`,
          sql`create unique index writes_under_way on ${writes} (source, lane) where worker is not null and not dry_run`,
          sql`create index writes_open on ${writes} (source, lane, seq) where settled_at is null`,
          sql`create index writes_settled on ${writes} (settled_at) where settled_at is not null`,
          sql`create index writes_target on ${writes} (target) where target is not null`,
          sql`create index writes_patient on ${writes} (patient) where patient is not null`,
          sql`create table ${attempts} (
            write_id uuid not null references ${writes} on delete cascade,
            number integer not null,
            started_at bigint not null,
            duration_ms double precision,
            vendor_call text not null,
            outcome text not null,
            primary key (write_id, number)
          )`,
        ])
          await statement.execute(db);
      },
    },
    '0002-changes': streamMigration(schema, epoch),
  };
};

/**
 * Brings the tables up to date; safe when several processes do it at once. `epoch`: what a database that is new to
 * cursors is called in them.
 * @throws StoreError `unfit`, and nothing is changed then
 */
export const migrate = async (db: Kysely<Tables>, schema: string, epoch: string): Promise<void> => {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => migrations(schema, epoch) },
    migrationTableSchema: schema,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  }).migrateToLatest();
  if (error !== undefined) throw new StoreError('unfit', error);
};
