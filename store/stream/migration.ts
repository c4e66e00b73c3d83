import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { StreamTables } from './tables.ts';

/** Makes the tables of the stream. `epoch`: how cursors name this database from now on. */
export const streamMigration = (schema: string, epoch: string): Migration => {
  const table = (name: keyof StreamTables) => sql.table(`${schema}.${name}`);
  return {
    up: async (db) => {
      for (const statement of [
        sql`create table ${table('change_head')} (
          one boolean primary key default true check (one),
          epoch text not null,
          seq bigint not null default 0,
          gone bigint not null default 0,
          check (gone <= seq)
        )`,
        sql`insert into ${table('change_head')} (epoch) values (${sql.lit(epoch)})`,
        sql`create table ${table('changes')} (
          seq bigint primary key,
          at bigint not null,
          source text not null,
          type text not null,
          key text not null,
          kind text not null,
          cause text not null,
          patient text,
          practitioner text,
          codes text,
          former_patient text,
          former_practitioner text,
          former_codes text,
          fingerprint text not null
        )`,
        sql`create table ${table('changed_records')} (
          source text not null,
          type text not null,
          key text not null,
          fingerprint text not null,
          former text,
          patient text,
          practitioner text,
          codes text,
          former_patient text,
          former_practitioner text,
          former_codes text,
          several boolean not null,
          heir boolean not null default false,
          deleted_at bigint,
          mark bigserial,
          primary key (source, type, key)
        )`,
        sql`create index changed_records_deleted on ${table('changed_records')} (deleted_at) where deleted_at is not null`,
        sql`create table ${table('changed_sources')} (source text primary key, at bigint not null)`,
        sql`create table ${table('feed_places')} (
          source text not null,
          feed text not null,
          place text not null,
          primary key (source, feed)
        )`,
        sql`create table ${table('leases')} (name text primary key, holder text not null, until bigint not null)`,
        sql`create table ${table('inbox')} (
          id uuid primary key,
          source text not null,
          event text not null,
          content text,
          received_at bigint not null,
          worker text,
          held_until bigint,
          done_at bigint,
          unique (source, event),
          check ((content is null) = (done_at is not null)),
          check ((worker is null) = (held_until is null))
        )`,
        sql`create index inbox_open on ${table('inbox')} (source, received_at, id) where done_at is null`,
        sql`create index inbox_done on ${table('inbox')} (done_at) where done_at is not null`,
      ])
        await statement.execute(db);
    },
  };
};
