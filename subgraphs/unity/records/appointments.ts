import type { Call } from '../../../upstream/call.ts';
import type {
  AppointmentFilter,
  AppointmentQuery,
  Found,
  Page,
  PatientList,
  Related,
  Wanted,
  Window,
} from '../../vendor/connector.ts';
import { instantToLocal } from '../../vendor/time.ts';
import { appointmentKey, parseAppointmentKey, patientOf } from '../mapping/appointment.ts';
import type { Row } from '../payload.ts';
import { historyOf, sharedDays, visitById } from './history.ts';
import { byInstant, byText, pageOf, within } from './page.ts';
import { inParallel } from './parallel.ts';
import { daysOf, locationByName, readSchedule, type Schedule } from './schedule.ts';
import { isGuide, tells, type Unity } from './unity.ts';

type Visit = Found<'Appointment'>;

const byStart = (one: Visit, other: Visit): number =>
  byInstant(one.record.start, other.record.start) || byText(one.record.key, other.record.key);

const holds = ({ record }: Visit, filter: AppointmentFilter): boolean =>
  within(record.start, filter.from, filter.to) &&
  (filter.status === undefined || filter.status.includes(record.status));

const wants = (fields: ReadonlySet<string> | undefined, ...names: readonly string[]): boolean =>
  names.some((name) => fields?.has(name) === true);

const pageOfSchedule = (schedule: Schedule, visits: readonly Visit[], window: Window): Page<'Appointment'> => {
  const page = pageOf([...visits].sort(byStart), window);
  const shown = new Set(page.items.map(({ record }) => record.key));
  const related = visits.filter(({ record }) => shown.has(record.key)).flatMap(schedule.related);
  return { ...page, related: distinct(related) };
};

const distinct = (related: readonly Related[]): readonly Related[] => [
  ...new Map(related.map((each) => [`${each.type} ${each.record.key}`, each])).values(),
];

/** Everybody's visits of a period: one GetSchedule, whoever is asked for; providers and places are filtered here. */
export const searchAppointments = async (
  unity: Unity,
  query: AppointmentQuery,
  window: Window,
  call: Call,
): Promise<Page<'Appointment'>> => {
  const { practitioners, locations } = query;
  const [provider, ...more] = practitioners ?? [];
  // without a list of places a filter by place cannot be answered
  if (locations !== undefined && !isGuide(unity)) await unity.directory.locations(call);
  const schedule = await readSchedule(unity, daysOf(query.from, query.to, unity.source.timeZone), call, {
    location: locations !== undefined ? 'required' : wants(window.fields, 'location') ? 'optional' : 'none',
    ...(isGuide(unity) && provider !== undefined && more.length === 0 ? { provider } : {}),
  });
  const visits = schedule.visits.filter(
    (visit) =>
      holds(visit, query) &&
      (practitioners === undefined || practitioners.includes(visit.record.practitionerKey ?? '')) &&
      (locations === undefined || locations.includes(visit.record.locationKey ?? '')),
  );
  return pageOfSchedule(schedule, visits, window);
};

/** What only a schedule tells; a patient's history lacks it. */
const ONLY_IN_SCHEDULE = ['reason', 'note', 'locationName', 'organizationName', 'timeIn', 'timeOut'] as const;

type Asked = PatientList<AppointmentFilter>;

/**
 * Reasons and comments of a short period's visits, from one schedule for all patients that an operation asks for; what
 * is not in it is read visit by visit, if it is wanted.
 */
const withDetails = async (
  unity: Unity,
  page: Page<'Appointment'>,
  { patient, filter, window }: Asked,
  call: Call,
): Promise<Page<'Appointment'>> => {
  const days = sharedDays(filter, unity);
  const complete = page.items.every(({ covers }) => covers === 'all' || covers.has('reason'));
  if (days === undefined || complete || !wants(window.fields, ...ONLY_IN_SCHEDULE)) return page;
  const location = wants(window.fields, 'location') ? 'optional' : 'none';
  const only = (row: Row): boolean => patientOf(row) === patient;
  const { visits } = await readSchedule(unity, days, call, { location, only });
  const byKey = new Map(visits.map((visit) => [visit.record.key, visit]));
  return { ...page, items: page.items.map((item) => ({ ...item, ...byKey.get(item.record.key) })) };
};

export const patientAppointments = (
  unity: Unity,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Appointment'> | Error)[]> =>
  inParallel(asked, unity.source.limits.concurrency, async (each) => {
    const schedule = await historyOf(unity, each.patient, each.filter, each.window.fields, call);
    const visits = schedule.visits.filter((visit) => holds(visit, each.filter));
    return withDetails(unity, pageOfSchedule(schedule, visits, each.window), each, call);
  });

/** A visit by its key: in its day's schedule where the day is known, otherwise by Practice Management's id. */
const readAppointment = async (
  unity: Unity,
  { key, fields, known }: Wanted<'Appointment'>,
  call: Call,
): Promise<Visit | null> => {
  const parsed = parseAppointmentKey(key);
  if (parsed === undefined || (isGuide(unity) && parsed.date === undefined)) return null;
  const placed = await onlyPlace(unity, fields, known, call);
  if (placed !== undefined) return placed;
  const inDay = async (date: string): Promise<Visit | undefined> => {
    const days = { start: date, end: date };
    const schedule = await readSchedule(unity, days, call, {
      location: wants(fields, 'location') ? 'required' : 'none',
      only: (row) => appointmentKey(row, isGuide(unity)) === key,
    });
    const [visit] = schedule.visits;
    return visit === undefined ? undefined : { ...visit, related: schedule.related(visit) };
  };
  const date = parsed.date ?? dayOf(known?.record.start, unity);
  const scheduled = date === undefined ? undefined : await inDay(date);
  if (scheduled !== undefined || parsed.id === undefined) return scheduled ?? null;
  const visit = await visitById(unity, parsed.id, fields, call);
  if (visit === null || tells(visit.covers, fields)) return visit;
  const day = dayOf(visit.record.start, unity);
  const whole = day === undefined || day === date ? undefined : await inDay(day);
  return whole ?? { ...visit, covers: 'all' };
};

const dayOf = (start: string | null | undefined, unity: Unity): string | undefined =>
  start == null ? undefined : instantToLocal(start, unity.source.timeZone).date;

/** When a schedule has told all but the place, the list of places tells the rest. */
const onlyPlace = async (
  unity: Unity,
  fields: ReadonlySet<string>,
  known: Visit | undefined,
  call: Call,
): Promise<Visit | undefined> => {
  const told = known === undefined || known.covers === 'all' ? undefined : known.covers;
  if (known === undefined || told?.has('locationName') !== true || !wants(fields, 'location')) return undefined;
  if (!tells(new Set([...told, 'location']), fields)) return undefined;
  const locationKey = (await locationByName(unity, known.record, call)) ?? null;
  return { record: { ...known.record, locationKey }, covers: new Set([...told, 'location']) };
};

export const readAppointments = (
  unity: Unity,
  wanted: readonly Wanted<'Appointment'>[],
  call: Call,
): Promise<readonly (Visit | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, (each) => readAppointment(unity, each, call));
