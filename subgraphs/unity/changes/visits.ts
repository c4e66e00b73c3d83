import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Feed, FeedPage, Noticed } from '../../vendor/changes/feed.ts';
import type { Wanted } from '../../vendor/connector.ts';
import { compareInstants, localToInstant, toUsDate } from '../../vendor/time.ts';
import { patientOf, toAppointment } from '../mapping/appointment.ts';
import { toMoment } from '../mapping/format.ts';
import { cell, identifiedRows, type Row } from '../payload.ts';
import type { Unity } from '../records/unity.ts';
import { readAppointments } from '../records/visits.ts';
import { earliestWall, moved, serverNow } from './clock.ts';
import { readPlace } from './place.ts';
import { look } from './window.ts';

/** How late a change may come to be seen behind its own time [assumption]. What was told of it is remembered as long. */
const OVERLAP_MS = 120_000;
const EVERY_MS = 5_000;
/** Visits that one reading tells: their days' schedules are read within its time. */
const MOST = 50;

/** From when to ask, and what was told of the visits since then: a digest of each one's row, by its key. */
const Place = z.object({ from: z.string(), told: z.record(z.string(), z.string()) });
type Place = z.infer<typeof Place>;

interface Visit {
  readonly key: string;
  readonly patient: string | undefined;
  readonly digest: string;
  readonly known: NonNullable<Wanted<'Appointment'>['known']>;
  /** Instant at which it was booked. */
  readonly booked: string | undefined;
}

/** What tells a change of a visit, by the names that `read` takes. */
const FIELDS: ReadonlySet<string> = new Set([
  ...['patient', 'practitioner', 'location', 'type', 'start', 'minutes', 'status', 'reason', 'note'],
]);

const digestOf = (row: Row): string =>
  createHash('sha256')
    .update(JSON.stringify([...row].sort()))
    .digest('base64url')
    .slice(0, 16);

const toVisit = (row: Row, { source }: Unity): Visit => {
  const record = toAppointment(row, { zone: source.timeZone, datedKeys: false });
  if (record === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
  return {
    key: record.key,
    patient: patientOf(row),
    digest: digestOf(row),
    known: { record, covers: new Set(['start', 'patient']) },
    booked: toMoment(cell(row, 'DateTime_Scheduled'), source.timeZone),
  };
};

/** Practice Management's days are in US order [public source: E]. */
const changedSince = (unity: Unity, from: string) => {
  const { date, time } = earliestWall(from, unity.source.timeZone);
  return async (call: Call): Promise<readonly Row[]> => {
    const since = `${toUsDate(date)} ${time}`;
    const { tables } = await unity.client.run('GetAppointmentsByChangeDTTM', { since }, call);
    return identifiedRows(tables, unity.source.id, 'Appointment_ID');
  };
};

const toldOf = (visits: readonly Visit[]): Place['told'] =>
  Object.fromEntries(visits.map(({ key, digest }) => [key, digest]));

/**
 * The visits as their days' schedules have them now, which tell what Practice Management's row mixes up. What was kept of
 * them is void before.
 */
const noticed = async (
  unity: Unity,
  cache: SourceCache,
  visits: readonly Visit[],
  isNew: (visit: Visit) => boolean,
  call: Call,
): Promise<readonly Noticed[]> => {
  for (const { key, patient } of visits)
    await cache.changed({ type: 'Appointment', key, ...(patient === undefined ? {} : { patient }) });
  const wanted = visits.map(({ key, known }) => ({ key, known, fields: FIELDS }));
  const records = await readAppointments(unity, wanted, { ...call });
  return visits.map((visit, i) => {
    const found = records[i];
    if (found instanceof Error) throw found;
    return {
      type: 'Appointment',
      key: visit.key,
      ...(visit.patient === undefined ? {} : { patient: visit.patient }),
      ...(isNew(visit) ? { kind: 'CREATED' as const } : {}),
      ...(found == null ? {} : { found }),
    };
  });
};

const readVisits = async (unity: Unity, cache: SourceCache, text: string, call: Call): Promise<FeedPage> => {
  const place = readPlace(Place, text);
  const { source } = unity;
  const isTold = (key: string): boolean => Object.hasOwn(place.told, key);
  const busy = Object.keys(place.told).length > 0;
  const { rows, now } = await look(unity, busy, changedSince(unity, place.from), call);
  const visits = rows.map((row) => toVisit(row, unity));
  const others = visits.filter(({ key, digest }) => !isTold(key) || place.told[key] !== digest);
  const fresh = others.slice(0, MOST);
  const more = others.length > MOST;
  const began = earliestWall(place.from, source.timeZone);
  const since = localToInstant(began.date, began.time, source.timeZone);
  // a visit that was booked since then and told is among the told ones for as long
  const isNew = ({ key, booked }: Visit): boolean =>
    !isTold(key) && booked !== undefined && compareInstants(booked, since) >= 0;
  const next: Place = {
    from: more || now === undefined ? place.from : moved(place.from, now, OVERLAP_MS),
    told: more ? { ...place.told, ...toldOf(fresh) } : toldOf(visits),
  };
  return { noticed: await noticed(unity, cache, fresh, isNew, call), place: JSON.stringify(next), more };
};

/** Practice Management's visits by when they were changed. It keeps whole seconds of that [assumption]. */
export const visitsFeed = (unity: Unity, cache: SourceCache): Feed => ({
  name: 'visits',
  everyMs: EVERY_MS,
  calls: 1,
  begin: async (call) => {
    const from = await serverNow(unity, { ...call });
    const rows = await changedSince(unity, from)({ ...call });
    const place: Place = { from, told: toldOf(rows.map((row) => toVisit(row, unity))) };
    return JSON.stringify(place);
  },
  read: (place, call) => readVisits(unity, cache, place, call),
});
