import type { Call } from '../../../upstream/call.ts';
import type {
  AppointmentFilter,
  AppointmentQuery,
  Found,
  Page,
  PatientList,
  Related,
  Window,
} from '../../vendor/connector.ts';
import { patientOf } from '../mapping/appointment.ts';
import type { Row } from '../payload.ts';
import { daysOf } from './days.ts';
import { historyOf, sharedDays } from './history.ts';
import { byInstant, byText, pageOf, within } from './page.ts';
import { inParallel } from './parallel.ts';
import { ONLY_IN_SCHEDULE, readSchedule, type Schedule } from './schedule.ts';
import { aheadOf, isGuide, origin, type Unity } from './unity.ts';

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
  return { ...page, related: distinct(related), on: schedule.on };
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
  aheadOf(unity, window.fields, call);
  const [schedule] = await Promise.all([
    readSchedule(unity, daysOf(query.from, query.to, unity.source.timeZone), call, {
      location: locations !== undefined ? 'required' : wants(window.fields, 'location') ? 'optional' : 'none',
      ...(isGuide(unity) && provider !== undefined && more.length === 0 ? { provider } : {}),
    }),
    // without a list of places a filter by place cannot be answered
    locations !== undefined && !isGuide(unity) ? unity.directory.locations(call) : undefined,
  ]);
  const visits = schedule.visits.filter(
    (visit) =>
      holds(visit, query) &&
      (practitioners === undefined || practitioners.includes(visit.record.practitionerKey ?? '')) &&
      (locations === undefined || locations.includes(visit.record.locationKey ?? '')),
  );
  return pageOfSchedule(schedule, visits, window);
};

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
  const { visits, on } = await readSchedule(unity, days, call, { location, only });
  const byKey = new Map(visits.map((visit) => [visit.record.key, visit]));
  const items = page.items.map((item) => ({ ...item, ...byKey.get(item.record.key) }));
  return { ...page, items, on: origin(page.on, on) };
};

export const patientAppointments = (
  unity: Unity,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Appointment'> | Error)[]> =>
  inParallel(asked, unity.source.limits.concurrency, async (each) => {
    if (each.window.fields !== undefined) aheadOf(unity, each.window.fields, call);
    const schedule = await historyOf(unity, each.patient, each.filter, each.window.fields, call);
    const visits = schedule.visits.filter((visit) => holds(visit, each.filter));
    return withDetails(unity, pageOfSchedule(schedule, visits, each.window), each, call);
  });
