import { type RawBuilder, sql } from 'kysely';
import type { ChangeDraft } from '../changes.ts';
import { linksOf } from './links.ts';
import type { ChangeColumns } from './tables.ts';

/** What a change consists of. */
export const CHANGE_COLUMNS = [
  'seq',
  'at',
  'source',
  'type',
  'key',
  'kind',
  'cause',
  'patient',
  'practitioner',
  'codes',
  'former_patient',
  'former_practitioner',
  'former_codes',
  'fingerprint',
] as const satisfies readonly (keyof ChangeColumns)[];

/** A draft of a batch, as a row. */
interface Draft extends Omit<ChangeColumns, 'seq' | 'at' | `former_${string}`> {
  /** Whether it is the first one, or the last one, of its record in this batch. */
  readonly is_first: boolean;
  readonly is_last: boolean;
  /** Whether the batch tells up to here of nothing but the record's end: links that it lacks are those of the last change. */
  readonly is_heir: boolean;
  /** From 1, in the given order. */
  readonly position: number;
}

const recordOf = ({ source, type, key }: ChangeDraft): string => JSON.stringify([source, type, key]);

/**
 * Leaves out what says the same as the draft before it of the same record; a deletion takes from that the links that it
 * lacks.
 */
export const withoutRepeats = (drafts: readonly ChangeDraft[]): readonly ChangeDraft[] => {
  const said = new Map<string, ChangeDraft>();
  return drafts.flatMap((given) => {
    const record = recordOf(given);
    const before = said.get(record);
    if (before?.fingerprint === given.fingerprint) return [];
    const draft = before !== undefined && given.kind === 'DELETED' ? { ...linksOf(before), ...given } : given;
    said.set(record, draft);
    return [draft];
  });
};

/** A batch as rows that a statement reads. */
export const asRows = (drafts: readonly ChangeDraft[]): RawBuilder<Draft> => {
  const records = drafts.map(recordOf);
  const firsts = new Map(records.map((record, position) => [record, position] as const).reverse());
  const lasts = new Map(records.map((record, position) => [record, position]));
  const alive = new Set<string>();
  const heirs = drafts.map(({ kind }, n) => {
    const record = records[n] ?? '';
    if (kind !== 'DELETED') alive.add(record);
    return !alive.has(record);
  });
  const texts = (of: (draft: ChangeDraft) => string | undefined) =>
    sql`${drafts.map((draft) => of(draft) ?? null)}::text[]`;
  const flags = (of: ReadonlyMap<string, number>) =>
    sql`${records.map((record, n) => of.get(record) === n)}::boolean[]`;
  return sql`(select * from unnest(
    ${texts(({ source }) => source)}, ${texts(({ type }) => type)}, ${texts(({ key }) => key)},
    ${texts(({ kind }) => kind)}, ${texts(({ cause }) => cause)},
    ${texts(({ patient }) => patient)}, ${texts(({ practitioner }) => practitioner)},
    ${texts(({ codes }) => codes && JSON.stringify(codes))}, ${texts(({ fingerprint }) => fingerprint)},
    ${flags(firsts)}, ${flags(lasts)}, ${heirs}::boolean[]
  ) with ordinality as drafts (
    source, type, key, kind, cause, patient, practitioner, codes, fingerprint, is_first, is_last, is_heir, position
  ))`;
};
