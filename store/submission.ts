import { sql } from 'kysely';
import { type Command, capabilityFor } from '../schema/commands.ts';
import { StoreError } from './error.ts';
import type { Ground } from './ground.ts';
import { hashOf } from './hash.ts';
import type { Journal, WriteDraft } from './journal.ts';
import { attemptsOf, COLUMNS, NAMES, toWrite } from './rows.ts';

const TRIES = 5; // each further one needs a key that ran out, or a row that was purged, at this very moment

type Submitted = Awaited<ReturnType<Journal['submit']>>;

/** Records a write, or finds the one that has its key: exactly one, however many submit it at the same moment. */
export const submit = async (ground: Ground, id: string, keepMs: number, draft: WriteDraft): Promise<Submitted> => {
  const hash = hashOf({ source: draft.source, kind: draft.kind, input: draft.input });
  for (let tries = 0; tries < TRIES; tries++) {
    const found = (await insert(ground, id, hash, draft)) ?? (await earlier(ground, keepMs, hash, draft));
    if (found !== undefined) return found;
  }
  throw new StoreError('unavailable');
};

const insert = async (
  { db, clock, tell, bell }: Ground,
  id: string,
  hash: string,
  draft: WriteDraft,
): Promise<Submitted | undefined> => {
  const row = await db
    .with('changed', (made) =>
      made
        .insertInto('writes')
        .values({
          id,
          caller: draft.caller,
          caller_patient: draft.callerPatient ?? null,
          kind: draft.kind,
          key: draft.idempotencyKey,
          keyed: !draft.dryRun,
          hash,
          source: draft.source,
          lane: draft.lane,
          patient: draft.patient ?? null,
          input: JSON.stringify(draft.input),
          dry_run: draft.dryRun,
          makes: capabilityFor({ kind: draft.kind, input: draft.input } as Command).capability === 'CREATE',
          submitted_at: clock,
          state: 'QUEUED',
          due_at: clock,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning(NAMES),
    )
    .selectFrom('changed')
    .selectAll()
    .select(tell.as('told'))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  bell.ring(id, draft.source);
  return { write: toWrite({ ...row, attempts: [] }), isNew: true, match: true };
};

/** The write that has the key; none when that is settled and its time is over, and then the key is free. */
const earlier = async (
  { db, clock }: Ground,
  keepMs: number,
  hash: string,
  { caller, kind, idempotencyKey }: WriteDraft,
): Promise<Submitted | undefined> => {
  const row = await db
    .selectFrom('writes as w')
    .select(COLUMNS)
    .select(['w.hash', attemptsOf(db).as('attempts')])
    // a write that is still open would be carried out beside the one that took its key
    .select(sql<boolean>`w.submitted_at <= ${clock} - ${keepMs}::bigint and w.settled_at is not null`.as('ran_out'))
    .where('w.caller', '=', caller)
    .where('w.kind', '=', kind)
    .where('w.key', '=', idempotencyKey)
    .where('w.keyed', '=', true)
    .executeTakeFirst();
  if (row?.ran_out !== true) return row && { write: toWrite(row), isNew: false, match: row.hash === hash };
  await db.updateTable('writes').set({ keyed: false }).where('id', '=', row.id).execute();
  return undefined;
};
