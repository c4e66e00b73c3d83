import { sql } from 'kysely';
import type { WriteOutcome } from '../schema/commands.ts';
import type { WriteState } from '../schema/enums.ts';
import type { Ground } from './ground.ts';

/** What a machine has ended without success: here a person decides. */
const FOR_PEOPLE = ['REJECTED', 'IN_DOUBT', 'DEAD'] as const satisfies readonly WriteState[];

/** Whether it was in a state in which this may be done; it is done then. */
export const retry = async ({ db, clock, tell, bell }: Ground, id: string): Promise<boolean> => {
  const row = await db
    .with('changed', (changed) =>
      changed
        .updateTable('writes as w')
        .set({
          state: 'QUEUED',
          due_at: clock,
          settled_at: null,
          outcome: null,
          target: null,
          forced: sql<boolean>`w.state = 'IN_DOUBT'`,
        })
        .where('w.id', '=', id)
        .where('w.state', 'in', FOR_PEOPLE)
        .where('w.dry_run', '=', false)
        .returning(['w.id', 'w.source']),
    )
    .selectFrom('changed')
    .select(['changed.source', tell.as('told')])
    .executeTakeFirst();
  if (row !== undefined) bell.ring(id, row.source);
  return row !== undefined;
};

export const discard = async ({ db, clock, tell, bell }: Ground, id: string, reason: string): Promise<boolean> => {
  const outcome: WriteOutcome = { kind: 'discarded', reason };
  const row = await db
    .with('changed', (changed) =>
      changed
        .updateTable('writes as w')
        .set({
          state: 'DISCARDED',
          outcome: JSON.stringify(outcome),
          settled_at: clock,
          worker: null,
          lease_until: null,
        })
        .where('w.id', '=', id)
        .where('w.dry_run', '=', false)
        .where((eb) =>
          eb.or([
            eb('w.state', 'in', FOR_PEOPLE),
            eb.and([
              eb('w.state', '=', 'QUEUED'),
              eb.or([eb('w.worker', 'is', null), eb('w.lease_until', '<=', clock)]),
            ]),
          ]),
        )
        .returning(['w.id', 'w.source']),
    )
    .selectFrom('changed')
    .select(['changed.source', tell.as('told')])
    .executeTakeFirst();
  if (row !== undefined) bell.ring(id, row.source);
  return row !== undefined;
};
