import { capabilityFor } from '../../../schema/commands.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { ChangedType } from '../../../store/changes.ts';
import { draftOf } from '../changes/notice.ts';
import type { Work } from './work.ts';

/**
 * Tells the stream of changes what this write made of its record. A record that got another key is gone under its old one.
 * What cannot be told now is told by the source's own feeds.
 */
export const tell = async (work: Work, type: ChangedType, record: Mapped<ChangedType>): Promise<void> => {
  const { changes, source } = work.options;
  const { subject, patient } = work;
  const { capability } = capabilityFor(work.command);
  const isMoved = subject !== undefined && subject !== record.key;
  const kind = capability === 'CREATE' || isMoved ? 'CREATED' : 'UPDATED';
  const whose = patient === undefined ? {} : { patient };
  const drafts = [
    ...(isMoved ? [draftOf({ type, key: subject, ...whose }, null, 'WRITE', source.id)] : []),
    draftOf({ type, key: record.key, kind }, record, 'WRITE', source.id),
  ];
  await changes?.append(drafts).catch(() => undefined);
};
