import { type RawBuilder, sql } from 'kysely';
import type { SourceId } from '../../schema/ids.ts';
import type { HeldEvent, InboxEvent } from '../changes.ts';
import type { Ground } from '../ground.ts';
import { toInstant } from '../rows.ts';
import { LARGEST_PAGE } from './reading.ts';

interface Given extends InboxEvent {
  readonly id: string;
}

interface Row extends Omit<Given, 'content'> {
  readonly content: string;
}

const asRows = (events: readonly Given[]): RawBuilder<Row> => {
  const texts = (of: (event: Given) => string) => sql`${events.map(of)}::text[]`;
  return sql`(select * from unnest(
    ${texts(({ id }) => id)}, ${texts(({ source }) => source)}, ${texts(({ event }) => event)},
    ${texts(({ content }) => JSON.stringify(content) ?? 'null')}
  ) as given (id, source, event, content))`;
};

/**
 * Takes in what is not there yet. The rows are made in the order of their ids at the vendor, so that no two that take
 * in the same events wait for each other; their own ids keep the given order.
 */
export const receive = async (
  { db, clock, tell }: Ground,
  newId: () => string,
  events: readonly InboxEvent[],
): Promise<readonly boolean[]> => {
  const made = events.map((event) => ({ ...event, id: newId() }));
  const rows = await db
    .with('given', () => asRows(made))
    .with('taken', (taken) =>
      taken
        .insertInto('inbox')
        .columns(['id', 'source', 'event', 'content', 'received_at'])
        .expression((from) =>
          from
            .selectFrom('given')
            .select([sql<string>`id::uuid`.as('id'), 'source', 'event', 'content', clock.as('received_at')])
            .orderBy(sql`given.source, given.event, given.id`),
        )
        .onConflict((conflict) => conflict.columns(['source', 'event']).doNothing())
        .returning(['id', 'source']),
    )
    .with('changed', (changed) =>
      changed
        .selectFrom('taken')
        .select([sql<string>`'inbox'`.as('id'), 'taken.source'])
        .distinct(),
    )
    .with('told', (told) => told.selectFrom('changed').select(['changed.source', tell.as('told')]))
    .selectFrom('taken as t')
    .leftJoin('told', 'told.source', 't.source')
    .select(['t.id', 'told.told'])
    .execute();
  const taken = new Set(rows.map(({ id }) => id));
  return made.map(({ id }) => taken.has(id));
};

/** Whether nobody has dealt with an event, and nobody holds it. */
const isFree = (clock: RawBuilder<number>) =>
  sql<boolean>`done_at is null and (held_until is null or held_until <= ${clock})`;

/** Holds the oldest ones that nobody holds; what others are about to hold is passed by. */
export const held = async (
  { db, clock }: Ground,
  source: SourceId,
  worker: string,
  most: number,
  ms: number,
): Promise<readonly HeldEvent[]> => {
  const rows = await db
    .with('due', (due) =>
      due
        .selectFrom('inbox as i')
        .select('i.id')
        .where('i.source', '=', source)
        .where(isFree(clock))
        .orderBy('i.received_at')
        .orderBy('i.id')
        .limit(Math.min(most, LARGEST_PAGE))
        .forUpdate('i')
        .skipLocked(),
    )
    .updateTable('inbox as i')
    .from('due')
    .set({ worker, held_until: sql<number>`${clock} + ${Math.ceil(ms)}::bigint` })
    .whereRef('i.id', '=', 'due.id')
    .returning(['i.id', 'i.source', 'i.event', 'i.content', 'i.received_at'])
    .execute();
  return rows
    .toSorted((one, other) => one.received_at - other.received_at || (one.id < other.id ? -1 : 1))
    .map(({ id, source, event, content, received_at }) => ({
      id,
      source,
      event,
      content: content === null ? undefined : JSON.parse(content),
      receivedAt: toInstant(received_at),
    }));
};

/** Marks them as dealt with; what they were about is of no use any more. */
export const done = async ({ db, clock }: Ground, ids: readonly string[]): Promise<void> => {
  await db
    .updateTable('inbox')
    .set({ done_at: clock, content: null, worker: null, held_until: null })
    .where('id', 'in', sql<string>`(select unnest(${ids}::uuid[]))`)
    .where('done_at', 'is', null)
    .execute();
};

/** The sources of which there are events that nobody holds. */
export const dueSources = async ({ db, clock }: Ground): Promise<readonly SourceId[]> => {
  const rows = await db.selectFrom('inbox').select('source').distinct().where(isFree(clock)).execute();
  return rows.map(({ source }) => source);
};
