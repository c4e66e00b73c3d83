import type { Call } from '../../../upstream/call.ts';
import type { Found, Wanted } from '../../vendor/connector.ts';
import { instantToLocal } from '../../vendor/time.ts';
import { appointmentKey, parseAppointmentKey } from '../mapping/appointment.ts';
import type { Row } from '../payload.ts';
import { type Days, stretches } from './days.ts';
import { visitById } from './history.ts';
import { inParallel } from './parallel.ts';
import { locationByName, ONLY_IN_SCHEDULE, readSchedule } from './schedule.ts';
import { aheadOf, isGuide, tells, type Unity } from './unity.ts';

type Visit = Found<'Appointment'>;

const wantsDetails = (fields: ReadonlySet<string>): boolean => ONLY_IN_SCHEDULE.some((field) => fields.has(field));

const dayOf = (start: string | null | undefined, unity: Unity): string | undefined =>
  start == null ? undefined : instantToLocal(start, unity.source.timeZone).date;

/** The day in whose schedule a visit is, if that can be said before anything is asked. */
const knownDay = ({ key, known }: Wanted<'Appointment'>, unity: Unity): string | undefined =>
  parseAppointmentKey(key)?.date ?? dayOf(known?.record.start, unity);

/** The wanted visits that a stretch of days holds, by key. */
type Lookup = (days: Days, fields: ReadonlySet<string>) => Promise<ReadonlyMap<string, Visit>>;

/** Each stretch is read and mapped once for all that is wanted of it. */
const lookupOf = (unity: Unity, wanted: readonly Wanted<'Appointment'>[], call: Call): Lookup => {
  const keys = new Set(wanted.map(({ key }) => key));
  const read = async (days: Days, location: 'required' | 'none'): Promise<ReadonlyMap<string, Visit>> => {
    const isWanted = (row: Row): boolean => keys.has(appointmentKey(row, isGuide(unity)) ?? '');
    const schedule = await readSchedule(unity, days, call, { location, only: isWanted });
    return new Map(
      schedule.visits.map((visit) => {
        const found = { ...visit, related: schedule.related(visit), on: schedule.on };
        return [visit.record.key, found] as const;
      }),
    );
  };
  const asked = new Map<string, Promise<ReadonlyMap<string, Visit>>>();
  return (days, fields) => {
    const location = fields.has('location') ? 'required' : 'none';
    const name = `${days.start} ${location}`;
    const found = asked.get(name) ?? read(days, location);
    asked.set(name, found);
    return found;
  };
};

/** When a schedule has told all but the place, the list of places tells the rest. */
const onlyPlace = async (
  unity: Unity,
  { fields, known }: Wanted<'Appointment'>,
  call: Call,
): Promise<Visit | undefined> => {
  const told = known === undefined || known.covers === 'all' ? undefined : known.covers;
  if (known === undefined || told?.has('locationName') !== true || !fields.has('location')) return undefined;
  if (!tells(new Set([...told, 'location']), fields)) return undefined;
  const locationKey = (await locationByName(unity, known.record, call)) ?? null;
  return { record: { ...known.record, locationKey }, covers: new Set([...told, 'location']) };
};

const only = (fields: ReadonlySet<string>, field: string): ReadonlySet<string> =>
  new Set([...fields].filter((each) => each === field));

/** A visit that no schedule has: what was asked for and is not in it, nobody can tell. */
const withNothingMore = (visit: Visit, fields: ReadonlySet<string>): Visit => ({
  ...visit,
  covers:
    visit.covers === 'all'
      ? 'all'
      : new Set([...visit.covers, ...[...fields].filter((field) => !field.includes('.')), ...ONLY_IN_SCHEDULE]),
});

/** What a first look gave. With `day` the rest stands in that day's schedule, if anywhere. */
interface Look {
  readonly visit: Visit | null;
  readonly day?: string | undefined;
}

/** In its day's schedule where the day is known, otherwise by Practice Management's id. */
const firstLook = async (
  unity: Unity,
  wanted: Wanted<'Appointment'>,
  lookup: Lookup,
  days: Days | undefined,
  call: Call,
): Promise<Look> => {
  const { key, fields } = wanted;
  const parsed = parseAppointmentKey(key);
  if (parsed === undefined || (isGuide(unity) && parsed.date === undefined)) return { visit: null };
  const placed = await onlyPlace(unity, wanted, call);
  if (placed !== undefined) return { visit: placed };
  const scheduled = days === undefined ? undefined : (await lookup(days, fields)).get(key);
  if (scheduled !== undefined || parsed.id === undefined) return { visit: scheduled ?? null };
  // what the schedule will tell anyway is not worth lists of its own
  const now = days === undefined && wantsDetails(fields) ? only(fields, 'location') : fields;
  const visit = await visitById(unity, parsed.id, now, call);
  if (visit === null || tells(visit.covers, fields)) return { visit };
  const day = dayOf(visit.record.start, unity);
  const looked = day === undefined || (days !== undefined && days.start <= day && day <= days.end);
  return looked ? { visit: withNothingMore(visit, fields) } : { visit, day };
};

const secondLook = async (
  unity: Unity,
  { key, fields }: Wanted<'Appointment'>,
  lookup: Lookup,
  days: Days,
  call: Call,
): Promise<Visit | null> => {
  const scheduled = (await lookup(days, fields)).get(key);
  if (scheduled !== undefined) return scheduled;
  const visit = await visitById(unity, parseAppointmentKey(key)?.id ?? '', fields, call);
  return visit === null ? null : withNothingMore(visit, fields);
};

/** Visits by their keys. Days that lie close together are read in one schedule. */
export const readAppointments = async (
  unity: Unity,
  wanted: readonly Wanted<'Appointment'>[],
  call: Call,
): Promise<readonly (Visit | null | Error)[]> => {
  const most = unity.source.limits.concurrency;
  const lookup = lookupOf(unity, wanted, call);
  aheadOf(unity, new Set(wanted.flatMap(({ fields }) => [...fields])), call);
  const asked = wanted.map((each) => ({ each, day: knownDay(each, unity) }));
  const known = stretches(asked.flatMap(({ day }) => day ?? []));
  const looks = await inParallel(asked, most, async ({ each, day }) => {
    const look = await firstLook(unity, each, lookup, day === undefined ? undefined : known.get(day), call);
    return { each, ...look };
  });
  const found = stretches(looks.flatMap((look) => (look instanceof Error ? [] : (look.day ?? []))));
  return inParallel(looks, most, async (look) => {
    if (look instanceof Error) throw look;
    const days = found.get(look.day ?? '');
    return days === undefined ? look.visit : secondLook(unity, look.each, lookup, days, call);
  });
};
