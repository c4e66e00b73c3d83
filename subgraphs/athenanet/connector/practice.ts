import { toGraphError } from '../../../schema/errors.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { AthenanetClient } from '../client.ts';
import type { Charts } from './charts.ts';
import type { Directory } from './directory.ts';
import type { KeptLists } from './kept.ts';
import type { Kinds } from './kinds.ts';
import type { PatientRows } from './patient-rows.ts';

/** One source as the parts of its connector share it. */
export interface Practice {
  readonly source: SourceSettings;
  readonly client: AthenanetClient;
  readonly cache: SourceCache;
  readonly directory: Directory;
  readonly charts: Charts;
  readonly rows: PatientRows;
  readonly kept: KeptLists;
  readonly kinds: Kinds;
}

const KEY = /^[1-9]\d{0,17}$/;

/** athenaNet's ids are numbers: anything else is nobody's, and must not become a part of a path (`/patients/search`). */
export const isKey = (key: string): boolean => KEY.test(key);

/** Each question answered by itself, all at once; a failure is the answer to its own question alone. */
export const each = <A, R>(
  asked: readonly A[],
  { source }: Pick<Practice, 'source'>,
  answer: (one: A) => Promise<R>,
): Promise<readonly (R | Error)[]> =>
  Promise.all(
    asked.map(async (one) => {
      try {
        return await answer(one);
      } catch (thrown) {
        return toGraphError(thrown, 'BAD_VENDOR_ANSWER', source.id);
      }
    }),
  );
