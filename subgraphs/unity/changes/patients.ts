import { z } from 'zod';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Feed, FeedPage, Noticed } from '../../vendor/changes/feed.ts';
import { localToInstant } from '../../vendor/time.ts';
import { PATIENT_ID } from '../mapping/patient.ts';
import { cell, idCell, identifiedRows, type Row } from '../payload.ts';
import { allInParallel } from '../records/parallel.ts';
import type { Unity } from '../records/unity.ts';
import { type Area, noticedOf } from './chart.ts';
import { earliestWall, moved, serverNow } from './clock.ts';
import { readPlace } from './place.ts';
import { look } from './window.ts';

/** How late a change may come to be seen behind its own time [assumption]; each patient of it is read anew. */
const OVERLAP_MS = 5_000;
const EVERY_MS = 5_000;
/** Patients whose charts one reading reads, within its time. */
const MOST = 20;

const AREA = ['demographics', 'results', 'vitals', 'charges'] as const satisfies readonly Area[];

/**
 * From when to ask, whether something was told of late, and who is still to be looked at: patients whom Unity named for
 * something since an instant, with what.
 */
const Place = z.object({
  from: z.string(),
  busy: z.boolean(),
  since: z.string(),
  open: z.array(z.tuple([z.string(), z.array(z.enum(AREA))])),
});
type Place = z.infer<typeof Place>;

/** What no record of the graph is made of. */
const ELSEWHERE: ReadonlySet<string> = new Set(['history', 'physicalexam', 'documents']);

/**
 * The areas of a row. That they are words with `|` between them is an assumption: one that is not known, or none at all,
 * may be anything.
 */
const areasOf = (row: Row): Area[] => {
  const words = (cell(row, 'changedareas') ?? '').split('|').map((word) => word.trim().toLowerCase());
  const isKnown = (word: string): boolean => ELSEWHERE.has(word) || AREA.some((area) => area === word);
  return words.every(isKnown) ? AREA.filter((area) => words.includes(area)) : [...AREA];
};

const changedSince = (unity: Unity, from: string) => {
  const { date, time } = earliestWall(from, unity.source.timeZone);
  return async (call: Call): Promise<readonly Row[]> => {
    const { tables } = await unity.client.run('GetChangedPatients', { since: `${date}T${time}` }, call);
    return identifiedRows(tables, unity.source.id, ...PATIENT_ID);
  };
};

/** What there is to look at: what is left of the last answer, else a new one. */
const asked = async (unity: Unity, place: Place, call: Call): Promise<Place> => {
  if (place.open.length > 0) return place;
  const { timeZone } = unity.source;
  const { rows, now } = await look(unity, place.busy, changedSince(unity, place.from), call);
  const began = earliestWall(place.from, timeZone);
  return {
    from: now === undefined ? place.from : moved(place.from, now, OVERLAP_MS),
    busy: rows.length > 0,
    since: localToInstant(began.date, began.time, timeZone),
    open: rows.map((row) => [idCell(row, ...PATIENT_ID) ?? '', areasOf(row)]),
  };
};

const readPatients = async (unity: Unity, cache: SourceCache, text: string, call: Call): Promise<FeedPage> => {
  const place = await asked(unity, readPlace(Place, text), call);
  const own = { ...call };
  const noticed: readonly (readonly Noticed[])[] = await allInParallel(
    place.open.slice(0, MOST),
    unity.source.limits.concurrency,
    ([patient, areas]) => noticedOf({ unity, cache, patient, since: place.since, call: own }, areas),
  );
  const next: Place = { ...place, open: place.open.slice(MOST) };
  return { noticed: noticed.flat(), place: JSON.stringify(next), more: next.open.length > 0 };
};

/** Patients of whom Unity says that something changed, and what of their charts it may be. */
export const patientsFeed = (unity: Unity, cache: SourceCache): Feed => ({
  name: 'patients',
  everyMs: EVERY_MS,
  calls: 1,
  begin: async (call) => {
    const from = await serverNow(unity, { ...call });
    const place: Place = { from, busy: false, since: from, open: [] };
    return JSON.stringify(place);
  },
  read: (place, call) => readPatients(unity, cache, place, call),
});
