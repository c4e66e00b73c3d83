import type { z } from 'zod';
import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import type { WriteCall } from '../../vendor/writes/writer.ts';
import type { Read } from '../wire.ts';
import type { Waiting } from './place.ts';

/** One of athenaNet's lists of what changed, `GET /<list>/changed`. Its rows are the records as they are now. */
export interface Told<S extends z.ZodType> {
  /** In the path, and the member of the answer that holds the rows. */
  readonly list: 'appointments' | 'patients' | 'labresults' | 'claims';
  readonly row: S;
  readonly query?: Read['query'];
  readonly everyMs: number;
  /** The record that a row is about; `patient` is absent for open slots alone. */
  waiting(row: z.output<S>): Waiting;
  /** When the vendor says that the record changed, as an instant; absent where rows have no such stamp. */
  changedAt?(row: z.output<S>): string | undefined;
  noticed(rows: readonly z.output<S>[], call: Call): Promise<readonly Noticed[]>;
  /** What became of a record that waited and of which nothing is told any more, and of what may have gone with it. */
  missing(waiting: Waiting & { readonly patient: string }, call: Call): Promise<readonly Noticed[]>;
}

/** The call of what is asked of the vendor alone, as a write's are, and is written down nowhere. */
export const pastKept = (call: Call): WriteCall => ({
  ...call,
  departures: { departs: async () => undefined, returned: () => undefined },
});
