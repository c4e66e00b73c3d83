import { sql } from 'kysely';
import type { SourceId } from '../../schema/ids.ts';
import { type ChangedType, type ChangeRow, CursorTooOld } from '../changes.ts';
import type { Ground } from '../ground.ts';
import { oneOf } from '../reading.ts';
import { toInstant } from '../rows.ts';
import { type Position, toCursor } from './cursor.ts';
import { CHANGE_COLUMNS } from './drafts.ts';
import { toLinks } from './links.ts';
import type { ChangeColumns } from './tables.ts';

export const LARGEST_PAGE = 1_000; // a row is less than a kilobyte

/**
 * A page of what follows a cursor, read together with how far the stream goes: numbers are without gaps, so what
 * follows was removed when, and only when, a higher number than the cursor's was.
 */
export const after = async (
  { db }: Ground,
  from: Position | undefined,
  most: number,
): Promise<readonly ChangeRow[]> => {
  const [head, ...others] = await db
    .selectFrom('change_head as h')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('changes')
          .select(CHANGE_COLUMNS)
          .where('changes.seq', '>', from?.seq ?? 0)
          .orderBy('changes.seq')
          .limit(Math.min(most, LARGEST_PAGE))
          .as('c'),
      (join) => join.onTrue(),
    )
    .select(['h.epoch', 'h.seq as head', 'h.gone'])
    .selectAll('c')
    .orderBy('c.seq')
    .execute();
  if (head === undefined) return [];
  if (from !== undefined && (from.epoch !== head.epoch || from.seq > head.head || from.seq < head.gone))
    throw new CursorTooOld();
  return [head, ...others].flatMap((row) => (isChange(row) ? toChange(row, head.epoch) : []));
};

const isChange = (row: { readonly [name in keyof ChangeColumns]: ChangeColumns[name] | null }): row is ChangeColumns =>
  row.seq !== null;

const toChange = (row: ChangeColumns, epoch: string): ChangeRow => ({
  cursor: toCursor({ epoch, seq: row.seq }),
  at: toInstant(row.at),
  source: row.source,
  type: row.type,
  key: row.key,
  kind: row.kind,
  cause: row.cause,
  ...toLinks(row),
  fingerprint: row.fingerprint,
});

export const end = async ({ db }: Ground): Promise<string> =>
  toCursor(await db.selectFrom('change_head').select(['epoch', 'seq']).executeTakeFirstOrThrow());

/** The number of the last change. */
export const reached = async ({ db }: Ground): Promise<number> =>
  (await db.selectFrom('change_head').select('seq').executeTakeFirstOrThrow()).seq;

/** The mark that was last taken. It says so of those, too, who took one and have not committed yet. */
export const mark = async ({ db }: Ground): Promise<string> => {
  const { value } = await db
    .selectFrom('changed_records_mark_seq')
    .select(sql<string>`case when is_called then last_value else 0 end::text`.as('value'))
    .executeTakeFirstOrThrow();
  return value;
};

export const last = async (
  { db }: Ground,
  source: SourceId,
  type: ChangedType,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await db
    .selectFrom('changed_records')
    .select(['key', 'fingerprint'])
    .where('source', '=', source)
    .where('type', '=', type)
    .where('key', 'in', oneOf(keys))
    .execute();
  return new Map(rows.map(({ key, fingerprint }) => [key, fingerprint]));
};

export const lastAt = async ({ db }: Ground, sources: readonly SourceId[]): Promise<ReadonlyMap<SourceId, string>> => {
  const rows = await db.selectFrom('changed_sources').selectAll().where('source', 'in', oneOf(sources)).execute();
  return new Map(rows.map(({ source, at }) => [source, toInstant(at)]));
};

export const placeOf = async ({ db }: Ground, source: SourceId, feed: string): Promise<string | undefined> => {
  const row = await db
    .selectFrom('feed_places')
    .select('place')
    .where('source', '=', source)
    .where('feed', '=', feed)
    .executeTakeFirst();
  return row?.place;
};
