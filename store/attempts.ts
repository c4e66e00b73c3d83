import { sql } from 'kysely';
import type { Ground } from './ground.ts';
import { ClaimLost, type Settlement } from './journal.ts';

/** What an attempt's outcome reads while nothing came back. */
const OPEN = 'open';

export const departs = async (
  { db, clock }: Ground,
  leaseMs: number,
  id: string,
  worker: string,
  vendorCall: string,
): Promise<number> => {
  const row = await db
    .with('leaving', (leaving) =>
      leaving
        .updateTable('writes')
        .set((eb) => ({
          state: 'IN_FLIGHT',
          sending: true,
          forced: false,
          departures: eb('departures', '+', 1),
          lease_until: sql<number>`${clock} + ${leaseMs}::bigint`,
        }))
        .where('id', '=', id)
        .where('worker', '=', worker)
        .returning(['id', 'departures']),
    )
    .insertInto('write_attempts')
    .columns(['write_id', 'number', 'started_at', 'vendor_call', 'outcome'])
    .expression((from) =>
      from
        .selectFrom('leaving')
        .select([
          'leaving.id',
          'leaving.departures',
          clock.as('started_at'),
          sql<string>`${vendorCall}::text`.as('vendor_call'),
          sql<string>`${OPEN}::text`.as('outcome'),
        ]),
    )
    .returning('number')
    .executeTakeFirst();
  if (row === undefined) throw new ClaimLost();
  return row.number;
};

export const returned = async (
  { db, clock }: Ground,
  id: string,
  attempt: number,
  came: { readonly durationMs: number; readonly outcome: string },
): Promise<void> => {
  await db
    .with('came', (back) =>
      back
        .updateTable('write_attempts')
        .set({ duration_ms: came.durationMs, outcome: came.outcome })
        .where('write_id', '=', id)
        .where('number', '=', attempt),
    )
    .updateTable('writes')
    .set({ sending: false, left_at: clock })
    .where('id', '=', id)
    .where('departures', '=', attempt)
    .where('state', '=', 'IN_FLIGHT')
    .execute();
};

export const keep = async (
  { db }: Ground,
  id: string,
  worker: string,
  progress: Readonly<Record<string, string>>,
): Promise<void> => {
  const { numUpdatedRows } = await db
    .updateTable('writes')
    .set({ progress: sql`progress || ${JSON.stringify(progress)}::jsonb` })
    .where('id', '=', id)
    .where('worker', '=', worker)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ClaimLost();
};

export const postpone = async (
  { db, clock, now, bell }: Ground,
  id: string,
  worker: string,
  until: number,
  mayHaveLeft: boolean,
): Promise<void> => {
  const wait = Math.max(0, Math.ceil(until - now()));
  const row = await db
    .updateTable('writes')
    .set((eb) => ({
      worker: null,
      lease_until: null,
      due_at: sql<number>`${clock} + ${wait}::bigint`,
      sending: false,
      ...(mayHaveLeft
        ? {
            state: 'IN_FLIGHT' as const,
            left_at: eb.case().when('sending', '=', true).then(clock).else(eb.ref('left_at')).end(),
          }
        : { state: 'QUEUED' as const, left_at: null }),
    }))
    .where('id', '=', id)
    .where('worker', '=', worker)
    .returning('source')
    .executeTakeFirst();
  if (row !== undefined && wait === 0) bell.ring(id, row.source);
};

export const settle = async (
  { db, clock, tell, bell }: Ground,
  id: string,
  worker: string,
  { state, outcome, target }: Settlement,
): Promise<boolean> => {
  const absent = state === 'REJECTED' && target === undefined;
  const row = await db
    .with('changed', (changed) =>
      changed
        .updateTable('writes as w')
        .set((eb) => ({
          state,
          outcome: JSON.stringify(outcome),
          target: target ?? null,
          settled_at: clock,
          worker: null,
          lease_until: null,
          sending: false,
          left_at: absent ? null : eb.case().when('w.sending', '=', true).then(clock).else(eb.ref('w.left_at')).end(),
        }))
        .where('w.id', '=', id)
        .where('w.worker', '=', worker)
        .returning(['w.id', 'w.source']),
    )
    .selectFrom('changed')
    .select(['changed.source', tell.as('told')])
    .executeTakeFirst();
  if (row !== undefined) bell.ring(id, row.source);
  return row !== undefined;
};
