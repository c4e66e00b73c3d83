import { type RawBuilder, sql } from 'kysely';
import type { AppendedReading, ChangeDraft, FeedPlace } from '../changes.ts';
import type { Ground } from '../ground.ts';
import { toInstant } from '../rows.ts';
import { toCursor } from './cursor.ts';
import { asRows, CHANGE_COLUMNS, withoutRepeats } from './drafts.ts';
import { LINK_COLUMNS, LINKS, type Link, toLinks } from './links.ts';

interface Options {
  /** Committed together with it. */
  readonly place?: FeedPlace;
  /** The mark after which the drafts were read; whatever is given is appended when it is absent. */
  readonly since?: string;
}

interface Appended extends AppendedReading {
  /** The number of the last one. */
  readonly seq: number;
}

/**
 * Appends a batch by one statement, so that the stream is never held up by a round trip. It first notes what the records
 * say now: who does so at the same moment waits there, and in one order for all, so that no two wait for each other.
 * What was new of it then takes its numbers from the head, which is held until all is committed: nobody sees a number
 * before he sees those below it.
 */
export const append = async (ground: Ground, given: readonly ChangeDraft[], options: Options): Promise<Appended> => {
  const drafts = withoutRepeats(given);
  const found = await statement(ground, drafts, options).execute();
  const rows = found.flatMap(({ epoch, seq, at, position, ...links }) => {
    const draft = drafts[position - 1];
    if (draft === undefined || epoch === null || seq === null || at === null) return [];
    return [{ ...draft, ...toLinks(links), cursor: toCursor({ epoch, seq }), at: toInstant(at) }];
  });
  const overtaken = found.flatMap(({ seq, position }) => (seq === null ? (drafts[position - 1] ?? []) : []));
  return { rows, overtaken, seq: found.findLast(({ seq }) => seq !== null)?.seq ?? 0 };
};

/**
 * Notes what the records say now: `noted` has those of which something is new, and what they said before. Of records that
 * were read, it has those as well that say the same, and all get a new mark: whoever has read something else meanwhile may
 * have read what was before. A mark is taken after the reading that it stands for, so that a reading that begins when it
 * was taken is the newer one.
 */
const noted = ({ db, clock }: Ground, drafts: readonly ChangeDraft[], since: string | undefined) =>
  db
    .with('drafts', () => asRows(drafts))
    .with('noted', (note) =>
      note
        .insertInto('changed_records')
        .columns(['source', 'type', 'key', 'fingerprint', ...LINKS, 'several', 'heir', 'deleted_at'])
        .expression((from) =>
          from
            .selectFrom('drafts as d')
            .select(['d.source', 'd.type', 'd.key', 'd.fingerprint', 'd.patient', 'd.practitioner', 'd.codes'])
            .select((eb) => [
              eb.not(eb.ref('d.is_first')).as('several'),
              eb.ref('d.is_heir').as('heir'),
              eb.case().when('d.kind', '=', 'DELETED').then(clock).end().as('deleted_at'),
            ])
            .where('d.is_last', '=', true)
            .orderBy(sql`d.source, d.type, d.key`),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['source', 'type', 'key'])
            .doUpdateSet((eb) => ({
              fingerprint: eb.ref('excluded.fingerprint'),
              former: eb.ref('changed_records.fingerprint'),
              patient: kept('patient'),
              practitioner: kept('practitioner'),
              codes: kept('codes'),
              former_patient: eb.ref('changed_records.patient'),
              former_practitioner: eb.ref('changed_records.practitioner'),
              former_codes: eb.ref('changed_records.codes'),
              several: eb.ref('excluded.several'),
              deleted_at: eb.ref('excluded.deleted_at'),
              mark: sql<number>`default`,
            }))
            .where((eb) => {
              const isNew = eb.or([
                eb('changed_records.fingerprint', '!=', eb.ref('excluded.fingerprint')),
                eb.ref('excluded.several'),
              ]);
              return since === undefined
                ? isNew
                : eb.or([eb('changed_records.mark', '<=', sql<number>`${since}::bigint`), eb.not(isNew)]);
            }),
        )
        .returning(['source', 'type', 'key', 'former', 'former_patient', 'former_practitioner', 'former_codes']),
    );

/** What is kept of a link: that of the last change that is told, and what a deletion lacks as it was before. */
const kept = (link: Link): RawBuilder<string | null> =>
  sql.raw(`case
    when excluded.fingerprint = changed_records.fingerprint and not excluded.several then changed_records.${link}
    when excluded.heir then coalesce(excluded.${link}, changed_records.${link})
    else excluded.${link} end`);

/** Gives numbers to what is new: the first draft of a record when the record said something else, and all that follow. */
const numbered = (ground: Ground, drafts: readonly ChangeDraft[], since: string | undefined) =>
  noted(ground, drafts, since)
    .with('fresh', (fresh) =>
      fresh
        .selectFrom('drafts as d')
        .innerJoin('noted as n', (join) =>
          join.onRef('n.source', '=', 'd.source').onRef('n.type', '=', 'd.type').onRef('n.key', '=', 'd.key'),
        )
        .select(['d.position', 'd.source', 'd.type', 'd.key', 'd.kind', 'd.cause', 'd.fingerprint'])
        .select(LINKS.map((link) => inherited(link).as(link)))
        .select(['n.former_patient', 'n.former_practitioner', 'n.former_codes'])
        .select(sql<number>`row_number() over (order by d.position)`.as('nth'))
        .where((eb) =>
          eb.or([eb('d.is_first', '=', false), eb('n.former', 'is distinct from', eb.ref('d.fingerprint'))]),
        ),
    )
    .with('head', (head) =>
      head
        .updateTable('change_head')
        .set({ seq: sql<number>`seq + (select count(*) from fresh)` })
        .where((eb) => eb.exists(eb.selectFrom('fresh').select('fresh.nth')))
        .returning(['epoch', 'seq']),
    )
    .with('numbered', (rows) =>
      rows
        .selectFrom('fresh as f')
        .innerJoin('head as h', (join) => join.onTrue())
        .select(['f.position', 'f.source', 'f.type', 'f.key', 'f.kind', 'f.cause', 'f.fingerprint', ...LINKS])
        .select(LINKS.map((link) => former(link).as(`former_${link}`)))
        .select(['h.epoch', sql<number>`h.seq - count(*) over () + f.nth`.as('seq'), ground.clock.as('at')]),
    );

/** A link of a draft, or what it was where a deletion lacks it. */
const inherited = (link: Link): RawBuilder<string | null> =>
  sql.raw(`case when d.is_heir then coalesce(d.${link}, n.former_${link}) else d.${link} end`);

/** What the change before had of a link, if that is something else. */
const former = (link: Link): RawBuilder<string | null> =>
  sql.raw(
    `nullif(lag(f.${link}, 1, f.former_${link}) over (partition by f.source, f.type, f.key order by f.position), f.${link})`,
  );

const statement = (ground: Ground, drafts: readonly ChangeDraft[], { place, since }: Options) =>
  numbered(ground, drafts, since)
    .with('stored', (stored) =>
      stored
        .insertInto('changes')
        .columns(CHANGE_COLUMNS)
        .expression((from) => from.selectFrom('numbered').select(CHANGE_COLUMNS)),
    )
    .with('dated', (dated) =>
      dated
        .insertInto('changed_sources')
        .columns(['source', 'at'])
        .expression((from) => from.selectFrom('numbered').select(['source', 'at']).distinct().orderBy('source'))
        .onConflict((conflict) => conflict.column('source').doUpdateSet((eb) => ({ at: eb.ref('excluded.at') }))),
    )
    .with('placed', (placed) =>
      placed
        .insertInto('feed_places')
        .columns(['source', 'feed', 'place'])
        .expression(placeAsRow(place))
        .onConflict((conflict) =>
          conflict
            .columns(['source', 'feed'])
            .doUpdateSet((eb) => ({ place: eb.ref('excluded.place') }))
            .where((eb) => eb('feed_places.place', '!=', eb.ref('excluded.place'))),
        ),
    )
    .with('changed', (changed) =>
      changed.selectFrom('head').select([sql<string>`'changes'`.as('id'), sql<string>`head.seq::text`.as('source')]),
    )
    .selectFrom('drafts as d')
    .leftJoin('numbered as n', 'n.position', 'd.position')
    .where((eb) => eb.or([eb('n.seq', 'is not', null), isOvertaken(since)]))
    .select(['n.epoch', 'n.seq', 'n.at', 'd.position'])
    .select(LINK_COLUMNS.map((column) => `n.${column}` as const))
    .select((eb) => eb.selectFrom('changed').select(ground.tell.as('told')).as('told'))
    .orderBy('n.seq')
    .orderBy('d.position');

/** Whether a draft's record was left out. */
const isOvertaken = (since: string | undefined): RawBuilder<boolean> =>
  since === undefined ? sql`false` : sql`(d.source, d.type, d.key) not in (select source, type, key from noted)`;

/** The place as a row; none when it is absent. */
const placeAsRow = ({ source, feed, place }: Partial<FeedPlace> = {}): RawBuilder<unknown> =>
  sql`select given.* from (values (${source ?? null}::text, ${feed ?? null}::text, ${place ?? null}::text))
    as given (source, feed, place) where given.place is not null`;
