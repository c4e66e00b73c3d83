import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { SourceId } from '../schema/ids.ts';
import type { Ground } from './ground.ts';
import { type ClaimedWrite, ClaimLost, type ClaimOptions, UNKNOWN_PATIENT } from './journal.ts';
import { oneOf } from './reading.ts';
import { attemptsOf, COLUMNS, toWrite } from './rows.ts';
import type { Tables } from './tables.ts';

const TRIES = 5; // each further one needs a person who retries, or a lane that changes, at this very moment

type Writes = ExpressionBuilder<Tables & { w: Tables['writes'] }, 'w'>;

/** Whether the open write `w` is at the head of its lane: nobody has another one there, and none came earlier. */
const isHead = (eb: Writes): Expression<SqlBool> =>
  eb.and([headOf(eb, eb.ref('w.lane'), eb('w.worker', 'is', null)), eb.or([eb('w.dry_run', '=', true), isPlaced(eb)])]);

/**
 * Whether every earlier write of the source is in its true lane: one that has an unknown patient holds up whatever comes
 * after it until it is taken up for the first time, which tells its patient.
 */
const isPlaced = (eb: Writes): Expression<SqlBool> =>
  eb(
    'w.seq',
    '<=',
    eb.fn.coalesce(
      eb
        .selectFrom('writes as u')
        .select((of) => of.fn.min('u.seq').as('first'))
        .whereRef('u.source', '=', 'w.source')
        .where('u.settled_at', 'is', null)
        .where('u.dry_run', '=', false)
        .where('u.lane', 'like', `${UNKNOWN_PATIENT}%`)
        .whereRef('u.due_at', '=', 'u.submitted_at'),
      eb.ref('w.seq'),
    ),
  );

/** The head of any lane; `inTurn`: whether earlier ones count. Dry runs stand in no lane. */
const headOf = (eb: Writes, lane: Expression<string>, inTurn: Expression<SqlBool>): Expression<SqlBool> =>
  eb.or([
    eb('w.dry_run', '=', true),
    eb.not(
      eb.exists(
        eb
          .selectFrom('writes as e')
          .select('e.id')
          .whereRef('e.source', '=', 'w.source')
          .where('e.lane', '=', lane)
          .where('e.settled_at', 'is', null)
          .where('e.dry_run', '=', false)
          .whereRef('e.id', '!=', 'w.id')
          .where((other) =>
            other.or([other('e.worker', 'is not', null), other.and([inTurn, other('e.seq', '<', other.ref('w.seq'))])]),
          ),
      ),
    ),
  ]);

const anyId = (ids: readonly string[]) => sql<string>`any(${ids}::uuid[])`;

export const claim = async (
  ground: Ground,
  leaseMs: number,
  options: ClaimOptions,
): Promise<readonly ClaimedWrite[]> => {
  for (let tries = 1; ; tries++)
    try {
      return await claimOnce(ground, leaseMs, options);
    } catch (thrown) {
      if (!isRace(thrown) || tries === TRIES) throw thrown;
    }
};

const claimOnce = async (
  { db, clock, now }: Ground,
  leaseMs: number,
  { worker, sources, most, holding = [] }: ClaimOptions,
): Promise<readonly ClaimedWrite[]> => {
  const rows = await db
    .with('due', (due) =>
      due
        .selectFrom('writes as w')
        .select('w.id')
        .where('w.settled_at', 'is', null)
        .where('w.source', 'in', oneOf(sources))
        .where('w.due_at', '<=', clock)
        .where((eb) => eb.or([eb('w.worker', 'is', null), eb('w.lease_until', '<=', clock)]))
        .where((eb) => eb.not(eb('w.id', '=', anyId(holding))))
        .where(isHead)
        .orderBy('w.seq')
        .limit(most)
        .forUpdate('w')
        .skipLocked(),
    )
    .updateTable('writes as w')
    .from('due')
    .set((eb) => ({
      worker,
      lease_until: sql<number>`${clock} + ${leaseMs}::bigint`,
      left_at: eb.case().when('w.sending', '=', true).then(eb.ref('w.lease_until')).else(eb.ref('w.left_at')).end(),
      sending: false,
    }))
    .whereRef('w.id', '=', 'due.id')
    .returning(COLUMNS)
    .returning(['w.seq', 'w.input', 'w.progress', 'w.left_at', clock.as('at'), attemptsOf(db).as('attempts')])
    .execute();
  return rows
    .toSorted((one, other) => one.seq - other.seq)
    .map((row) => ({
      ...toWrite(row),
      input: JSON.parse(row.input),
      worker,
      ...(row.left_at === null ? {} : { leftAt: row.left_at - row.at + now() }),
      progress: row.progress,
    }));
};

const RACES = new Set([
  '23505', // unique_violation: two of a lane; the one that was claimed first stays
  '40P01', // deadlock_detected
]);

/** Whether a statement failed only since another one did the like at the same moment. */
const isRace = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && RACES.has(String(thrown.code));

export const renew = async (
  { db, clock }: Ground,
  leaseMs: number,
  worker: string,
  ids: readonly string[],
): Promise<readonly string[]> => {
  const rows = await db
    .updateTable('writes as w')
    .set({ lease_until: sql<number>`${clock} + ${leaseMs}::bigint` })
    .where('w.id', '=', anyId(ids))
    .where('w.worker', '=', worker)
    .returning('w.id')
    .execute();
  return rows.map(({ id }) => id);
};

/** Moves a claimed write to the head of another lane, or lets go of it there. */
export const relane = async (ground: Ground, id: string, worker: string, lane: string): Promise<boolean> => {
  if (await moved(ground, id, worker, lane)) return true;
  const row = await ground.db
    .with('changed', (changed) =>
      changed
        .updateTable('writes as w')
        .set({ lane, worker: null, lease_until: null, sending: false, due_at: ground.clock })
        .where('w.id', '=', id)
        .where('w.worker', '=', worker)
        .returning(['w.id', 'w.source']),
    )
    .selectFrom('changed')
    .select(['changed.source', ground.tell.as('told')])
    .executeTakeFirst();
  if (row === undefined) throw new ClaimLost();
  ground.bell.ring(id, row.source);
  return false;
};

/** Others were waiting to know whose it is. */
const moved = async ({ db, tell, bell }: Ground, id: string, worker: string, lane: string): Promise<boolean> => {
  try {
    const row = await db
      .with('changed', (changed) =>
        changed
          .updateTable('writes as w')
          .set({ lane })
          .where('w.id', '=', id)
          .where('w.worker', '=', worker)
          .where((eb) => headOf(eb, sql`${lane}::text`, sql`true`))
          .returning(['w.id', 'w.source']),
      )
      .selectFrom('changed')
      .select(['changed.source', tell.as('told')])
      .executeTakeFirst();
    if (row === undefined) return false;
    bell.ring(id, row.source);
    return true;
  } catch (thrown) {
    if (isRace(thrown)) return false;
    throw thrown;
  }
};

export const nextDue = async (
  { db, clock, now }: Ground,
  sources: readonly SourceId[],
): Promise<number | undefined> => {
  const row = await db
    .selectFrom('writes as w')
    .select((eb) => [eb.fn.min(eb.fn.coalesce('w.lease_until', 'w.due_at')).as('due'), clock.as('at')])
    .where('w.settled_at', 'is', null)
    .where('w.source', 'in', oneOf(sources))
    .where(isHead)
    .executeTakeFirst();
  return row?.due == null ? undefined : row.due - row.at + now();
};
