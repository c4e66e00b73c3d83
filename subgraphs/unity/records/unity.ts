import type { SourceSettings } from '../../../upstream/source.ts';
import type { UnityClient } from '../client.ts';
import type { Directory } from './directory.ts';

/** What the record modules share: one source, its client, and its lists of people and places. */
export interface Unity {
  readonly source: SourceSettings;
  readonly client: UnityClient;
  readonly directory: Directory;
}

/** In the guide's dialect only what a schedule tells of providers and places is known of them. */
export const isGuide = (unity: Unity): boolean => unity.client.dialect === 'run-request';

/** Fields that any answer about a record tells, or that need none. */
const ALWAYS_TOLD: ReadonlySet<string> = new Set(['id', '__typename', 'source', 'meta', 'externalId']);

/** Does an answer that covers so much tell all of these fields? */
export const tells = (covers: 'all' | ReadonlySet<string>, fields: ReadonlySet<string>): boolean =>
  covers === 'all' || [...fields].every((field) => ALWAYS_TOLD.has(field) || covers.has(field));
