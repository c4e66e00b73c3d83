import { type Kysely, type RawBuilder, sql } from 'kysely';
import { STREAM_TABLES } from './stream/index.ts';
import type { Tables } from './tables.ts';

const AT_A_TIME = 1_000; // so that no statement holds others up for long

/** Removes what was settled for good so long ago, with its input and attempts. Gives how many. */
export const purge = async (db: Kysely<Tables>, clock: RawBuilder<number>, keepMs: number): Promise<number> => {
  for (let removed = 0; ; ) {
    const { numDeletedRows } = await db
      .deleteFrom('writes as w')
      .where((eb) =>
        eb(
          'w.id',
          'in',
          eb
            .selectFrom('writes as old')
            .select('old.id')
            .where('old.settled_at', '<=', sql<number>`${clock} - ${keepMs}::bigint`)
            .where('old.state', 'in', ['CONFIRMED', 'DISCARDED', 'REJECTED', 'DEAD'])
            .limit(AT_A_TIME)
            .forUpdate()
            .skipLocked(),
        ),
      )
      .executeTakeFirst();
    removed += Number(numDeletedRows);
    if (numDeletedRows < AT_A_TIME) return removed;
  }
};

/** Voids all claims: those of a former process, when no other one can have any. */
export const voidClaims = async (db: Kysely<Tables>, clock: RawBuilder<number>): Promise<void> => {
  await db
    .updateTable('writes')
    .set((eb) => ({
      worker: null,
      lease_until: null,
      left_at: eb.case().when('sending', '=', true).then(clock).else(eb.ref('left_at')).end(),
      sending: false,
    }))
    .where('worker', 'is not', null)
    .execute();
};

/** Does what a server does by itself in the background: reclaims the room of old versions of rows, and counts rows. */
export const tidy = async (db: Kysely<Tables>, schema: string): Promise<void> => {
  for (const table of ['writes', 'write_attempts', ...STREAM_TABLES] as const)
    await sql`vacuum (analyze) ${sql.table(`${schema}.${table}`)}`.execute(db);
};
