import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, SlotQuery, Wanted } from '../../vendor/connector.ts';
import { addDays } from '../../vendor/time.ts';
import { locationOf } from '../mapping/location.ts';
import { type Availability, freeRuns, isFree, parseSlotKey, toAvailability, toSlot } from '../mapping/slot.ts';
import type { Row } from '../payload.ts';
import { byInstant, byText } from './page.ts';
import { allInParallel, inParallel } from './parallel.ts';
import { type Days, daysOf } from './schedule.ts';
import type { Unity } from './unity.ts';

interface Day {
  readonly day: Availability;
  readonly row: Row;
}

/** One resource's days. @throws GraphError BAD_VENDOR_ANSWER when a row is another resource's or cannot be read. */
const availability = async (unity: Unity, resource: string, days: Days, call: Call): Promise<readonly Day[]> => {
  // the last day is not part of the answer
  const period = { start: days.start, end: addDays(days.end, 1) };
  const tables = await unity.client.run('GetAvailableSchedule', { resource, ...period }, call);
  return tables
    .flatMap((table) => table.rows)
    .map((row) => {
      const day = toAvailability(row);
      if (day?.resource.toLowerCase() !== resource.toLowerCase())
        throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });
      return { day, row };
    });
};

const NO_TYPES = 'Free time has no appointment types at this vendor: ask without `type`.';

const byStart = (one: Mapped<'Slot'>, other: Mapped<'Slot'>): number =>
  byInstant(one.start, other.start) || byText(one.key, other.key);

/** Free stretches of practitioners' days, one call for each practitioner. */
export const findSlots = async (unity: Unity, search: SlotQuery, call: Call): Promise<readonly Mapped<'Slot'>[]> => {
  const { from, to, practitioners, locations, type } = search;
  if (type !== undefined) throw new GraphError('UNSUPPORTED_BY_VENDOR', { source: unity.source.id, message: NO_TYPES });
  const resources = (await unity.directory.resources(call)).filter(
    ({ practitioner }) =>
      practitioner !== undefined && (practitioners === undefined || practitioners.includes(practitioner)),
  );
  const places = await unity.directory.locations(call);
  const days = daysOf(from, to, unity.source.timeZone);
  const zone = unity.source.timeZone;
  const found = await allInParallel(resources, unity.source.limits.concurrency, async (resource) =>
    (await availability(unity, resource.abbreviation, days, call)).flatMap(({ day, row }) =>
      freeRuns(day, zone, from, to).map((run) =>
        toSlot(day, run, zone, resource.practitioner, locationOf(row, places)),
      ),
    ),
  );
  return found
    .flat()
    .filter((slot) => locations === undefined || locations.includes(slot.locationKey ?? ''))
    .sort(byStart);
};

/** A slot by its key, as long as all of it is still free; `null` when it is not. */
const readSlot = async (unity: Unity, key: string, call: Call): Promise<Found<'Slot'> | null> => {
  const parsed = parseSlotKey(key);
  if (parsed === undefined) return null;
  const { resource, location, date, run } = parsed;
  const found = await availability(unity, resource, { start: date, end: date }, call);
  const same = found.find(({ day }) => day.date === date && day.location === location && day.resource === resource);
  if (same === undefined || !isFree(same.day, run)) return null;
  const [resources, places] = await Promise.all([unity.directory.resources(call), unity.directory.locations(call)]);
  const practitioner = resources.find(({ abbreviation }) => abbreviation === resource)?.practitioner;
  const slot = toSlot(same.day, run, unity.source.timeZone, practitioner, locationOf(same.row, places));
  return { record: slot, covers: 'all' };
};

export const readSlots = (
  unity: Unity,
  wanted: readonly Wanted<'Slot'>[],
  call: Call,
): Promise<readonly (Found<'Slot'> | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, ({ key }) => readSlot(unity, key, call));
