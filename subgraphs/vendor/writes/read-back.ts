import { GraphError, toGraphError } from '../../../schema/errors.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { ChangedType } from '../../../store/changes.ts';
import { sleep } from '../../../upstream/sleep.ts';
import { changeFields } from '../changes/notice.ts';
import { versionFields } from '../version.ts';
import { type Differences, differences } from './expected.ts';
import type { Work } from './work.ts';

/** How often a record is read that does not say yet what the vendor took: some show it a moment later. */
const READ_BACKS = 3;

/** The record as the vendor shows it after the write, or why it does not. It is in the cache for whoever asks next. */
const shown = async (work: Work, type: ChangedType, key: string): Promise<Mapped<RecordType> | GraphError> => {
  const { subject } = work;
  const patient = type === 'Patient' ? key : work.patient;
  await work.changed(type, key, patient);
  if (subject !== undefined && subject !== key) await work.changed(type, subject, patient);
  const fields = new Set([...work.expected.map(({ field }) => field), ...versionFields(type), ...changeFields(type)]);
  try {
    return (await work.session().record(type, key, fields)) as unknown as Mapped<RecordType>;
  } catch (thrown) {
    return toGraphError(thrown, 'BAD_VENDOR_ANSWER');
  }
};

export interface Shown extends Differences {
  readonly record: Mapped<ChangedType>;
  /** The mark of the stream of changes, where there is one, from before it was read. */
  readonly since: string | undefined;
}

/** What the record says otherwise than was meant, as soon as it is nothing essential; nothing when it cannot be read. */
export const readBack = async (work: Work, type: ChangedType, key: string): Promise<Shown | undefined> => {
  const { options, expected, skipped } = work;
  for (let reads = 1; ; reads++) {
    const since = await options.changes?.mark();
    const record = await shown(work, type, key);
    const failed = record instanceof GraphError;
    if (failed && record.code !== 'NOT_FOUND') return undefined;
    const found = failed
      ? undefined
      : { record: record as Mapped<ChangedType>, since, ...differences(expected, record, skipped) };
    if (found?.essential.length === 0 || reads === READ_BACKS) return found;
    await sleep(options.times.settleMs / (READ_BACKS - 1), options.signal);
  }
};
