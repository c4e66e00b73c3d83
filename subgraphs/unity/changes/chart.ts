import type { ChangedType } from '../../../schema/changes.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import type { Found, Page, Window } from '../../vendor/connector.ts';
import { compareInstants } from '../../vendor/time.ts';
import { newestOnly } from '../mapping/result.ts';
import { patientClaims } from '../records/claims.ts';
import { patientObservations, resultVersions } from '../records/observations.ts';
import type { Unity } from '../records/unity.ts';

/** What of a patient may have changed. */
export type Area = 'demographics' | 'results' | 'vitals' | 'charges';

/** A patient of whom something changed at or after an instant. */
export interface Looked {
  readonly unity: Unity;
  readonly cache: SourceCache;
  readonly patient: string;
  readonly since: string;
  readonly call: Call;
}

const PAGE = 100;

const everyPage = async <T extends ChangedType>(
  page: (window: Window) => Promise<Page<T> | Error | undefined>,
  fields: readonly string[],
): Promise<readonly Found<T>[]> => {
  const found: Found<T>[] = [];
  for (let after: string | undefined; ; ) {
    const answer = await page({ first: PAGE, fields: new Set(fields), ...(after === undefined ? {} : { after }) });
    if (answer === undefined || answer instanceof Error) throw answer;
    found.push(...answer.items);
    after = answer.items.at(-1)?.after;
    if (!answer.hasNextPage || after === undefined) return found;
  }
};

/** A correction is a further row with the same id [assumption], so what has one row was not there before. */
const isFirst = ({ status, key }: Mapped<'Observation'>, versions: readonly Mapped<'Observation'>[]): boolean =>
  status !== 'CORRECTED' && status !== 'AMENDED' && versions.filter((one) => one.key === key).length === 1;

/** Results say when they were changed. Those of a licence that has only summaries do not, and are told all. */
const results = async ({ unity, patient, since, call }: Looked): Promise<readonly Noticed[]> => {
  const versions = await resultVersions(unity, patient, call);
  return newestOnly(versions)
    .filter(({ issued }) => issued == null || compareInstants(issued, since) >= 0)
    .map((record) => ({
      type: 'Observation',
      key: record.key,
      patient,
      ...(record.issued != null && isFirst(record, versions) ? { kind: 'CREATED' as const } : {}),
      found: { record, covers: 'all' },
    }));
};

/** Vital signs say only when they were taken: which of them changed, the stream finds out. */
const vitals = async ({ unity, patient, call }: Looked): Promise<readonly Noticed[]> => {
  const filter = { category: 'vital-signs' };
  const found = await everyPage(
    async (window) => (await patientObservations(unity, [{ patient, filter, window }], call))[0],
    [],
  );
  return found.map((one) => ({ type: 'Observation', key: one.record.key, patient, found: one }));
};

/** Charges say nothing of when they were changed: all of the patient's are read. */
const claims = async ({ unity, patient, call }: Looked): Promise<readonly Noticed[]> => {
  const found = await everyPage(
    async (window) => (await patientClaims(unity, [{ patient, filter: {}, window }], call))[0],
    ['patientResponsibility'],
  );
  return found.map((one) => ({ type: 'Claim', key: one.record.key, patient, found: one }));
};

const AREAS: Readonly<
  Record<Area, { readonly type: ChangedType; readonly read: (looked: Looked) => Promise<readonly Noticed[]> }>
> = {
  demographics: { type: 'Patient', read: async ({ patient }) => [{ type: 'Patient', key: patient }] },
  results: { type: 'Observation', read: results },
  vitals: { type: 'Observation', read: vitals },
  charges: { type: 'Claim', read: claims },
};

/** What is told of a patient, read past all that was kept of these areas. Whatever cannot be read fails the whole. */
export const noticedOf = async (looked: Looked, areas: readonly Area[]): Promise<readonly Noticed[]> => {
  const { cache, patient } = looked;
  // which records changed is not known yet: it is the patient's lists that must not answer
  for (const type of new Set(areas.map((area) => AREAS[area].type)))
    await cache.changed({ type, key: patient, patient });
  const told = await Promise.all(areas.map((area) => AREAS[area].read(looked)));
  return told.flat();
};
