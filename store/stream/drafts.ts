import { type RawBuilder, sql } from 'kysely';
import type { ChangeDraft } from '../changes.ts';
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
  'fingerprint',
] as const satisfies readonly (keyof ChangeColumns)[];

/** A draft of a batch, as a row. */
interface Draft extends Omit<ChangeColumns, 'seq' | 'at'> {
  /** Whether it is the first one, or the last one, of its record in this batch. */
  readonly is_first: boolean;
  readonly is_last: boolean;
  /** From 1, in the given order. */
  readonly position: number;
}

const recordOf = ({ source, type, key }: ChangeDraft): string => JSON.stringify([source, type, key]);

/** Leaves out what says the same as the draft before it of the same record. */
export const withoutRepeats = (drafts: readonly ChangeDraft[]): readonly ChangeDraft[] => {
  const said = new Map<string, string>();
  return drafts.filter((draft) => {
    const record = recordOf(draft);
    const isNew = said.get(record) !== draft.fingerprint;
    said.set(record, draft.fingerprint);
    return isNew;
  });
};

/** A batch as rows that a statement reads. */
export const asRows = (drafts: readonly ChangeDraft[]): RawBuilder<Draft> => {
  const records = drafts.map(recordOf);
  const firsts = new Map(records.map((record, position) => [record, position] as const).reverse());
  const lasts = new Map(records.map((record, position) => [record, position]));
  const texts = (of: (draft: ChangeDraft) => string | undefined) =>
    sql`${drafts.map((draft) => of(draft) ?? null)}::text[]`;
  const flags = (of: ReadonlyMap<string, number>) =>
    sql`${records.map((record, n) => of.get(record) === n)}::boolean[]`;
  return sql`(select * from unnest(
    ${texts(({ source }) => source)}, ${texts(({ type }) => type)}, ${texts(({ key }) => key)},
    ${texts(({ kind }) => kind)}, ${texts(({ cause }) => cause)},
    ${texts(({ patient }) => patient)}, ${texts(({ practitioner }) => practitioner)},
    ${texts(({ codes }) => codes && JSON.stringify(codes))}, ${texts(({ fingerprint }) => fingerprint)},
    ${flags(firsts)}, ${flags(lasts)}
  ) with ordinality as drafts (
    source, type, key, kind, cause, patient, practitioner, codes, fingerprint, is_first, is_last, position
  ))`;
};
