import { type Expression, sql } from 'kysely';
import type { RecordId } from '../schema/ids.ts';
import type { Ground } from './ground.ts';
import type { WriteFilter, WriteRow } from './journal.ts';
import { attemptsOf, COLUMNS, toWrite } from './rows.ts';

export const get = async ({ db }: Ground, id: string): Promise<WriteRow | undefined> => {
  const row = await db
    .selectFrom('writes as w')
    .select(COLUMNS)
    .select(attemptsOf(db).as('attempts'))
    .where('w.id', '=', id)
    .executeTakeFirst();
  return row && toWrite(row);
};

export const list = async (
  { db }: Ground,
  { states, sources, patient, first, before }: WriteFilter,
): Promise<{ readonly writes: readonly WriteRow[]; readonly hasNextPage: boolean }> => {
  const rows = await db
    .selectFrom('writes as w')
    .select(COLUMNS)
    .select(attemptsOf(db).as('attempts'))
    .where('w.dry_run', '=', false)
    .$if(states !== undefined, (query) => query.where('w.state', 'in', oneOf(states)))
    .$if(sources !== undefined, (query) => query.where('w.source', 'in', oneOf(sources)))
    .$if(patient !== undefined, (query) =>
      query.where((eb) => eb.or([eb('w.patient', '=', patient ?? null), eb('w.target', '=', patient ?? null)])),
    )
    .$if(before !== undefined, (query) => query.where('w.id', '<', before ?? ''))
    .orderBy('w.id', 'desc')
    .limit(first + 1)
    .execute();
  return { writes: rows.slice(0, first).map(toWrite), hasNextPage: rows.length > first };
};

/** One of a list of any length, which may be empty. */
export const oneOf = <T extends string>(values: readonly T[] = []): Expression<T> =>
  sql<T>`(select unnest(${values}::text[]))`;

export const laneOf = async ({ db }: Ground, target: RecordId): Promise<string | undefined> => {
  const row = await db
    .selectFrom('writes as w')
    .select('w.lane')
    .where('w.target', '=', target)
    .orderBy('w.seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.lane;
};

export const madeByOthers = async (
  { db }: Ground,
  id: string,
  targets: readonly RecordId[],
): Promise<ReadonlySet<RecordId>> => {
  const rows = await db
    .selectFrom('writes as w')
    .select('w.target')
    .where('w.target', 'in', oneOf(targets))
    .where('w.makes', '=', true)
    .where('w.id', '!=', id)
    .execute();
  return new Set(rows.flatMap(({ target }) => target ?? []));
};

/** Of these writes, those that are settled. */
export const settledAmong = async ({ db }: Ground, ids: readonly string[]) =>
  db
    .selectFrom('writes as w')
    .select(['w.id', 'w.source'])
    .where('w.id', 'in', sql<string>`(select unnest(${ids}::uuid[]))`)
    .where('w.settled_at', 'is not', null)
    .execute();
