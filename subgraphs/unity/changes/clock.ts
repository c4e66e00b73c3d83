import { Temporal } from 'temporal-polyfill';
import { GraphError } from '../../../schema/errors.ts';
import { writeUtc } from '../../../schema/instant.ts';
import type { Call } from '../../../upstream/call.ts';
import { instantToLocal } from '../../vendor/time.ts';
import { toMoment } from '../mapping/format.ts';
import { cell, mergedRow } from '../payload.ts';
import type { Unity } from '../records/unity.ts';

/**
 * The instant that Unity's server has now. `ServerDateTimeOffset` alone tells its offset [public source: A].
 * @throws GraphError BAD_VENDOR_ANSWER when the server tells no time.
 */
export const serverNow = async (unity: Unity, call: Call): Promise<string> => {
  const { id, timeZone } = unity.source;
  const { tables } = await unity.client.run('GetServerInfo', {}, call);
  const row = mergedRow(tables);
  const now = toMoment(cell(row, 'ServerDateTimeOffset'), timeZone) ?? toMoment(cell(row, 'ServerTime'), timeZone);
  if (now === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: id });
  return now;
};

/** A wall-clock time, to the second. */
export interface Wall {
  readonly date: string;
  readonly time: string;
}

/**
 * The earliest time that a zone's wall clock shows at or after an instant. Unity compares wall clocks: what happens in
 * the second run of an hour that comes twice looks older than what happened in the first.
 */
export const earliestWall = (from: string, zone: string): Wall => {
  const begins = Temporal.Instant.from(from).toZonedDateTimeISO(zone);
  const next = begins.getTimeZoneTransition('next');
  const isSetBack =
    next !== null && Temporal.PlainDateTime.compare(next.toPlainDateTime(), begins.toPlainDateTime()) < 0;
  return instantToLocal((isSetBack ? next : begins).toInstant().toString(), zone);
};

/**
 * From when to ask, after everything was told that had happened by `now`: a little earlier, since what a server stamps
 * may be seen only later, but not earlier than before. A server whose clock was set back is asked from there again.
 */
export const moved = (from: string, now: string, overlapMs: number): string => {
  const [began, reached] = [Date.parse(from), Date.parse(now)];
  const overlapped = reached - overlapMs;
  return writeUtc(reached < began ? overlapped : Math.max(began, overlapped));
};
