import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, SlotQuery, Wanted } from '../../vendor/connector.ts';
import { addDays } from '../../vendor/time.ts';
import { locationOf } from '../mapping/location.ts';
import { type Availability, freeRuns, isFree, parseSlotKey, toAvailability, toSlot } from '../mapping/slot.ts';
import type { Row } from '../payload.ts';
import { type Days, daysOf, stretches } from './days.ts';
import { byInstant, byText } from './page.ts';
import { allInParallel, inParallel } from './parallel.ts';
import type { Unity } from './unity.ts';

interface Day {
  readonly day: Availability;
  readonly row: Row;
}

/** One resource's days. @throws GraphError BAD_VENDOR_ANSWER when a row is another resource's or cannot be read. */
const availability = async (unity: Unity, resource: string, days: Days, call: Call): Promise<readonly Day[]> => {
  // the last day is not part of the answer
  const period = { start: days.start, end: addDays(days.end, 1) };
  const { tables } = await unity.client.run('GetAvailableSchedule', { resource, ...period }, call);
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

const WITHOUT_PLACE: ReadonlySet<string> = new Set(['practitioner', 'start', 'end', 'types', 'resource']);

/** Free stretches of practitioners' days, one call for each practitioner. */
export const findSlots = async (unity: Unity, search: SlotQuery, call: Call): Promise<readonly Found<'Slot'>[]> => {
  const { from, to, practitioners, locations, type, fields } = search;
  if (type !== undefined) throw new GraphError('UNSUPPORTED_BY_VENDOR', { source: unity.source.id, message: NO_TYPES });
  const placed = fields === undefined || fields.has('location') || locations !== undefined;
  const [bookable, places] = await Promise.all([
    unity.directory.resources(call),
    placed ? unity.directory.locations(call) : [],
  ]);
  const resources = bookable.filter(
    ({ practitioner }) =>
      practitioner !== undefined && (practitioners === undefined || practitioners.includes(practitioner)),
  );
  const zone = unity.source.timeZone;
  const days = daysOf(from, to, zone);
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
    .sort(byStart)
    .map((record) => ({ record, covers: placed ? 'all' : WITHOUT_PLACE }));
};

/** A slot by its key, as long as all of it is still free; `null` when it is not. */
const readSlot = async (
  unity: Unity,
  key: string,
  together: ReadonlyMap<string, Days>,
  call: Call,
): Promise<Found<'Slot'> | null> => {
  const parsed = parseSlotKey(key);
  if (parsed === undefined) return null;
  const { resource, location, date, run } = parsed;
  const [found, resources, places] = await Promise.all([
    availability(unity, resource, together.get(date) ?? { start: date, end: date }, call),
    unity.directory.resources(call),
    unity.directory.locations(call),
  ]);
  const same = found.find(({ day }) => day.date === date && day.location === location && day.resource === resource);
  if (same === undefined || !isFree(same.day, run)) return null;
  const practitioner = resources.find(({ abbreviation }) => abbreviation === resource)?.practitioner;
  const slot = toSlot(same.day, run, unity.source.timeZone, practitioner, locationOf(same.row, places));
  return { record: slot, covers: 'all' };
};

/** Slots by their keys; a resource's days that lie close together are asked for at once. */
export const readSlots = (
  unity: Unity,
  wanted: readonly Wanted<'Slot'>[],
  call: Call,
): Promise<readonly (Found<'Slot'> | null | Error)[]> => {
  const parsed = wanted.flatMap(({ key }) => parseSlotKey(key) ?? []);
  const daysBy = new Map(
    [...Map.groupBy(parsed, ({ resource }) => resource)].map(([resource, slots]) => [
      resource,
      stretches(slots.map(({ date }) => date)),
    ]),
  );
  return inParallel(wanted, unity.source.limits.concurrency, ({ key }) => {
    const together = daysBy.get(parseSlotKey(key)?.resource ?? '') ?? new Map();
    return readSlot(unity, key, together, call);
  });
};
