import type { ChangeCause, Changes } from '../../../store/changes.ts';
import type { Call } from '../../../upstream/call.ts';
import type { ConnectedSource } from '../sources.ts';
import type { Noticed } from './feed.ts';
import type { ChangeMeter } from './meter.ts';
import { changesOf } from './notice.ts';

export interface Recording {
  readonly source: ConnectedSource;
  readonly changes: Changes;
  readonly meter: ChangeMeter;
  readonly cause: ChangeCause;
}

/** Appends what a vendor said to have changed, as it is now. Nothing of it is appended when a record cannot be read. */
export const recordChanges = async (
  noticed: readonly Noticed[],
  { source, changes, meter, cause }: Recording,
  call: Call,
): Promise<void> => {
  const rows = await changes.append(await changesOf(noticed, cause, source, call));
  for (const { type } of rows) meter.appended(source.id, type, cause);
};
