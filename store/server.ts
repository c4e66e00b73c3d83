import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';
import type { Opening, Prepare } from './embedded.ts';
import { orStoreError } from './error.ts';
import type { Listener } from './listener.ts';
import type { Tables } from './tables.ts';

const CONNECTIONS = 10; // a server has about a hundred for all its clients
const CONNECT_MS = 5_000;
const STATEMENT_MS = 10_000; // each takes a few milliseconds: one this slow is held up
const BIGINT = 20; // https://www.postgresql.org/docs/current/catalog-pg-type.html: pg_type's oid of int8

/** How every connection to the server is made. Moments are `bigint`, and far below 2^53. */
export const connection = (url: string) =>
  ({
    connectionString: url,
    application_name: 'practicegraph',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT ? Number : types.getTypeParser(oid, format),
    },
  }) as const satisfies PoolConfig;

/** A PostgreSQL server; nothing is connected before its first use. */
export const server = (url: string, prepare: Prepare, listener: Listener): Opening => ({
  dialect: new PostgresDialect({
    pool: async () => {
      await prepared(url, prepare);
      await listener.open();
      return pooled(url, { max: CONNECTIONS, statement_timeout: STATEMENT_MS, query_timeout: 2 * STATEMENT_MS });
    },
  }),
  release: () => listener.close(),
});

/** A pool of its own, since waiting for another process that migrates may take longer than a statement may. */
const prepared = async (url: string, prepare: Prepare): Promise<void> => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pooled(url, { max: 2 }) }) });
  try {
    await orStoreError('unavailable', () => sql`select 1`.execute(db));
    await prepare(db);
  } finally {
    await db.destroy();
  }
};

const pooled = (url: string, more: PoolConfig): Pool => {
  const pool = new Pool({ ...connection(url), ...more });
  // a connection was cut: whoever uses it is told by its query, and the pool makes another one when it is needed
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
};
