import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../tables.ts';

const AT_A_TIME = 1_000; // so that no statement holds others up for long

/** Removes a few of what is old; gives how many. */
type Step = (db: Kysely<Tables>, before: RawBuilder<number>) => Promise<bigint>;

/** The oldest changes, up to the first one that is kept; readers see at once that they are gone. */
const oldChanges: Step = async (db, before) => {
  const row = await db
    .with('first', (first) => first.selectFrom('changes').select(['seq', 'at']).orderBy('seq').limit(AT_A_TIME))
    .with('removed', (removed) =>
      removed
        .deleteFrom('changes')
        .where('seq', 'in', (eb) =>
          eb
            .selectFrom('first')
            .select('first.seq')
            .where(sql<boolean>`first.seq < all (select young.seq from first as young where young.at > ${before})`),
        )
        .returning('seq'),
    )
    .with('noted', (noted) =>
      noted
        .updateTable('change_head')
        .set({ gone: sql<number>`greatest(gone, (select max(seq) from removed))` })
        .where((eb) => eb.exists(eb.selectFrom('removed').select('removed.seq'))),
    )
    .selectFrom('removed')
    .select((eb) => eb.fn.countAll<number>().as('many'))
    .executeTakeFirstOrThrow();
  return BigInt(row.many);
};

/** What the last changes of records said that are no more. */
const oldRecords: Step = async (db, before) => {
  const { numDeletedRows } = await db
    .deleteFrom('changed_records')
    .where((eb) =>
      eb(
        eb.refTuple('source', 'type', 'key'),
        'in',
        eb
          .selectFrom('changed_records as old')
          .select(['old.source', 'old.type', 'old.key'])
          .where('old.deleted_at', '<=', before)
          .limit(AT_A_TIME)
          .forUpdate()
          .skipLocked()
          .$asTuple('source', 'type', 'key'),
      ),
    )
    .executeTakeFirst();
  return numDeletedRows;
};

/** Events that were dealt with; what nobody dealt with stays. */
const oldEvents: Step = async (db, before) => {
  const { numDeletedRows } = await db
    .deleteFrom('inbox')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('inbox as old')
        .select('old.id')
        .where('old.done_at', '<=', before)
        .limit(AT_A_TIME)
        .forUpdate()
        .skipLocked(),
    )
    .executeTakeFirst();
  return numDeletedRows;
};

/** Removes of the stream and of the inbox what is older than it is kept. Gives how many rows. */
export const purgeStream = async (db: Kysely<Tables>, clock: RawBuilder<number>, keepMs: number): Promise<number> => {
  const before = sql<number>`${clock} - ${keepMs}::bigint`;
  let removed = 0n;
  for (const step of [oldChanges, oldRecords, oldEvents])
    for (let few = BigInt(AT_A_TIME); few >= AT_A_TIME; removed += few) few = await step(db, before);
  return Number(removed);
};

/** Voids all leases and holds: those of a former process, when no other one can have any. */
export const voidHolds = async (db: Kysely<Tables>): Promise<void> => {
  await db.deleteFrom('leases').execute();
  await db.updateTable('inbox').set({ worker: null, held_until: null }).where('worker', 'is not', null).execute();
};
