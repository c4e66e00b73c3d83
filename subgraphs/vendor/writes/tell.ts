import { capabilityFor } from '../../../schema/commands.ts';
import type { ChangedType } from '../../../store/changes.ts';
import type { Noticed } from '../changes/feed.ts';
import { SILENT } from '../changes/meter.ts';
import { draftOf } from '../changes/notice.ts';
import { fitting, recordChanges } from '../changes/record.ts';
import type { Shown } from './read-back.ts';
import type { Work } from './work.ts';

/**
 * Tells the stream of changes what this write made of its record. A record that got another key is gone under its old one.
 * What somebody else has told of since the record was read back is read again. What cannot be told now is told by the
 * source's own feeds.
 */
export const tell = async (work: Work, type: ChangedType, { record, since }: Shown): Promise<void> => {
  const { changes, source, meter = SILENT } = work.options;
  if (changes === undefined || since === undefined) return;
  const { subject, patient } = work;
  const { capability } = capabilityFor(work.command);
  const isMoved = subject !== undefined && subject !== record.key;
  const kind = capability === 'CREATE' || isMoved ? 'CREATED' : 'UPDATED';
  const whose = patient === undefined ? {} : { patient };
  const made: Noticed = { type, key: record.key, kind, ...whose };
  const noticed: readonly Noticed[] = isMoved ? [{ type, key: subject, ...whose }, made] : [made];
  const drafts = noticed.map((one) => draftOf(one, one === made ? record : null, 'WRITE', source.id));
  const recording = { source, changes, meter, cause: 'WRITE' } as const;
  try {
    const { rows, overtaken } = await changes.appendRead(await fitting(drafts, noticed, recording), since);
    for (const row of rows) meter.appended(source.id, row.type, 'WRITE');
    const again = noticed.filter(({ key }) => overtaken.some((draft) => draft.key === key));
    await recordChanges(again, recording, work.call());
  } catch {
    // as said above
  }
};
