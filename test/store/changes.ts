import type { SourceId } from '../../schema/ids.ts';
import type { ChangeDraft, ChangeRow, Changes } from '../../store/index.ts';

/** A change of a patient, but for what is given. */
export const changeOf = (source: SourceId, key: string, given: Partial<ChangeDraft> = {}): ChangeDraft => ({
  source,
  type: 'Patient',
  key,
  kind: 'UPDATED',
  cause: 'POLL',
  fingerprint: '1',
  ...given,
});

/** What they are about: `key fingerprint`. */
export const told = (rows: readonly ChangeDraft[]): string[] => rows.map((row) => `${row.key} ${row.fingerprint}`);

/** Everything after a cursor. */
export const all = async (changes: Changes, from: string | undefined): Promise<readonly ChangeRow[]> => {
  const rows: ChangeRow[] = [];
  for (let cursor = from; ; cursor = rows.at(-1)?.cursor) {
    const page = await changes.after(cursor, 1_000);
    if (page.length === 0) return rows;
    rows.push(...page);
  }
};
