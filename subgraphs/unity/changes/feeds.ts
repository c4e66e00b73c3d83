import type { SourceCache } from '../../../upstream/cache.ts';
import type { Feed } from '../../vendor/changes/feed.ts';
import { isGuide, type Unity } from '../records/unity.ts';
import { patientsFeed } from './patients.ts';
import { visitsFeed } from './visits.ts';

/** How a source lets itself be asked what changed; the guide names no action for it. */
export const unityFeeds = (unity: Unity, cache: SourceCache): readonly Feed[] =>
  isGuide(unity) ? [] : [visitsFeed(unity, cache), patientsFeed(unity, cache)];
