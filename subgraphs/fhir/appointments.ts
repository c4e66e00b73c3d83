import type { AppointmentStatus } from '../../schema/enums.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { AppointmentFilter, AppointmentQuery, Page, PatientList, Window } from '../vendor/connector.ts';
import { inParallel } from '../vendor/parallel.ts';
import { compareInstants } from '../vendor/time.ts';
import { searchPath } from './address.ts';
import type { Listing } from './client.ts';
import { inGroups } from './ids.ts';
import { besideOf, fieldsOf, includesFor, ownLinks } from './links.ts';
import { APPOINTMENT_STATUS, actorsOf, patientsOf, toAppointment } from './mapping/appointment.ts';
import { currentId, patientOf } from './merges.ts';
import { isEmptyPage, isFull, type Order, readPosition, SLACK, toPage } from './page.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import { remember } from './remember.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';
import { together } from './together.ts';

type Appointment = Resource<'Appointment'>;
type Rules = NonNullable<Service['profile']['appointments']>;

/** Where a server insists on dates and the client gave none: before and after everything. */
const ALWAYS = ['1900-01-01T00:00:00Z', '2200-01-01T00:00:00Z'] as const;
/** More actors than this in one search are told apart here. */
const MOST_ACTORS = 50;

const ORDER: Order<Mapped<'Appointment'>> = { key: ({ start }) => start, newestFirst: false };

const NOBODY: Page<'Appointment'> = { items: [], hasNextPage: false, totalCount: 0 };

/** Is it one that the client wants to see? Errors are hidden unless they are asked for. */
export const fitsAppointment = ({ start, status }: Mapped<'Appointment'>, filter: AppointmentFilter): boolean => {
  const { from, to, status: states } = filter;
  if (states === undefined ? status === 'ENTERED_IN_ERROR' : !states.includes(status)) return false;
  if (from === undefined && to === undefined) return true;
  if (start == null) return false;
  return (
    (from === undefined || compareInstants(start, from) >= 0) && (to === undefined || compareInstants(start, to) < 0)
  );
};

/**
 * Appointments of patients, by start; those without one come last. Patients with the same filter share a call where the
 * server takes `patient=a,b`. A failed call fails only its own patients.
 */
export const patientAppointments = async (
  service: Service,
  asked: readonly PatientList<AppointmentFilter>[],
  call: Call,
): Promise<readonly (Page<'Appointment'> | Error)[]> => {
  const rules = service.profile.appointments;
  if (rules === undefined) return asked.map(() => service.unsupported());
  return service.merges.answers(asked, patientOf, isEmptyPage, call, (some) => listsOf(service, rules, some, call));
};

const listsOf = async (
  service: Service,
  rules: Rules,
  asked: readonly PatientList<AppointmentFilter>[],
  call: Call,
): Promise<readonly (Page<'Appointment'> | Error)[]> => {
  const answers = new Map<PatientList<AppointmentFilter>, Page<'Appointment'> | Error>();
  const groups = groupsOf(
    service,
    rules,
    asked.filter(({ patient, filter }) => isId(patient) && filter.status?.length !== 0),
  );
  await inParallel(groups, service.concurrency, async (group) => {
    const pages = await together(group, service.concurrency, (some) => listOf(service, rules, some, call));
    for (const [i, one] of group.entries()) answers.set(one, pages[i] ?? NOBODY);
  });
  return asked.map((one) => answers.get(one) ?? NOBODY);
};

/** Lists that one call can answer. */
const groupsOf = (
  service: Service,
  rules: Rules,
  asked: readonly PatientList<AppointmentFilter>[],
): readonly (readonly PatientList<AppointmentFilter>[])[] => {
  if (!rules.manyPatients) return asked.map((one) => [one]);
  const alike = Map.groupBy(asked, ({ filter, window }) => JSON.stringify([filter, window.after]));
  return [...alike.values()].flatMap((lists) => {
    const byPatient = Map.groupBy(lists, ({ patient }) => currentId(service, patient));
    const params = patientParams(service, rules, lists);
    const ids = inGroups([...byPatient.keys()], service.urlLength(searchPath('Appointment', params)));
    return ids.map((group) => group.flatMap((id) => byPatient.get(id) ?? []));
  });
};

const patientParams = (
  service: Service,
  rules: Rules,
  lists: readonly PatientList<AppointmentFilter>[],
): readonly Param[] => {
  const [first] = lists;
  const windows = lists.map(({ window }) => window);
  const fields = fieldsOf(windows);
  return [
    ['patient', ''],
    ...dateParams(rules, first?.filter ?? {}, first?.window),
    ...statusParams(rules, first?.filter.status),
    ...orderParams(rules),
    ...service.count(countFor(service, rules, windows)),
    ...includesFor(service.profile, 'Appointment', fields, ownLinks(fields, 'practitioner', 'location')),
  ];
};

const dateParams = (rules: Rules, { from, to }: AppointmentFilter, window: Window | undefined): readonly Param[] => {
  const bounded = from !== undefined || to !== undefined;
  const position = bounded ? readPosition(window?.after)?.key : undefined;
  const start = position ?? from;
  if (rules.dates === 'optional')
    return [
      ...(start === undefined ? [] : ([['date', `ge${start}`]] as const)),
      ...(to === undefined ? [] : ([['date', `lt${to}`]] as const)),
    ];
  const name = bounded ? 'date' : rules.dates.period;
  return [
    [name, `ge${start ?? ALWAYS[0]}`],
    [name, `lt${to ?? ALWAYS[1]}`],
  ];
};

const statusParams = (rules: Rules, states: readonly AppointmentStatus[] | undefined): readonly Param[] => {
  const codes = states?.map((state) => APPOINTMENT_STATUS.from(state === 'UNMAPPED' ? null : state));
  return !rules.status || codes === undefined || codes.length === 0 || codes.includes(undefined)
    ? []
    : [['status', codes.join(',')]];
};

const orderParams = ({ order }: Rules): readonly Param[] => (order?.sort === undefined ? [] : [['_sort', order.sort]]);

/** One list in order: the page and a little more. Else all that the server puts on a page. */
const countFor = (service: Service, { order }: Rules, windows: readonly Window[]): number => {
  const most = largestPage(service.profile, 'Appointment');
  const [window] = windows;
  return order === undefined || window === undefined || windows.length > 1 || window.after !== undefined
    ? most
    : Math.min(window.first + 1 + SLACK, most);
};

const listOf = async (
  service: Service,
  rules: Rules,
  lists: readonly PatientList<AppointmentFilter>[],
  call: Call,
): Promise<readonly Page<'Appointment'>[]> => {
  const patients = [...new Set(lists.map(({ patient }) => currentId(service, patient)))];
  const params = patientParams(service, rules, lists).map<Param>(([name, value]) =>
    name === 'patient' ? [name, patients.join(',')] : [name, value],
  );
  const context = service.context();
  const mapped = remember((one: Appointment) => ({
    record: toAppointment(one, context),
    of: patientsOf(one, context),
  }));
  const wantedOf = (rows: readonly Appointment[], { patient, filter }: PatientList<AppointmentFilter>) =>
    rows
      .map(mapped)
      .filter(({ record, of }) => of.includes(currentId(service, patient)) && fitsAppointment(record, filter))
      .map(({ record }) => record);
  const listing = await service.client.search('Appointment', params, call, (rows) => {
    const read = rows.map((row) => mapped(row).record);
    return rules.order !== undefined && lists.every((list) => isFull(read, wantedOf(rows, list), ORDER, list.window));
  });
  const beside = besideOf(listing.matches, [listing.included], service);
  return lists.map((list) =>
    toPage(wantedOf(listing.matches, list), ORDER, list.window, isWhole(listing, list.window), beside),
  );
};

const isWhole = ({ complete }: Listing<'Appointment'>, { after }: Window): boolean => complete && after === undefined;

/** The practice's appointments in a stretch of time. */
export const searchAppointments = async (
  service: Service,
  search: AppointmentQuery,
  window: Window,
  call: Call,
): Promise<Page<'Appointment'>> => {
  const rules = service.profile.appointments;
  if (rules === undefined || rules.search === 'none') throw service.unsupported();
  const nobody = [search.practitioners, search.locations].some((ids) => ids !== undefined && !ids.some(isId));
  if (search.status?.length === 0 || nobody) return NOBODY;
  const context = service.context();
  const mapped = remember((one: Appointment) => toAppointment(one, context));
  const fits = (row: Appointment): boolean =>
    fitsAppointment(mapped(row), search) &&
    isAmong(search.practitioners, actorsOf('Practitioner', row, context)) &&
    isAmong(search.locations, actorsOf('Location', row, context));
  const wanted = (rows: readonly Appointment[]): readonly Mapped<'Appointment'>[] => rows.filter(fits).map(mapped);
  const params: readonly Param[] = [
    ...actorParams(service, rules, search),
    ...dateParams(rules, search, window),
    ...statusParams(rules, search.status),
    ...orderParams(rules),
    ...service.count(
      rules.order === undefined
        ? largestPage(service.profile, 'Appointment')
        : countFor(service, rules, [{ first: window.first }]),
    ),
    ...includesFor(service.profile, 'Appointment', window.fields, ['patient', 'practitioner', 'location']),
  ];
  const listing = await service.client.search(
    'Appointment',
    params,
    call,
    (rows) => rules.order !== undefined && isFull(rows.map(mapped), wanted(rows), ORDER, window),
  );
  const beside = besideOf(listing.matches, [listing.included], service);
  return toPage(wanted(listing.matches), ORDER, window, isWhole(listing, window), beside);
};

/** One of several practitioners of a visit is enough. */
const isAmong = (wanted: readonly string[] | undefined, ids: readonly string[]): boolean =>
  wanted === undefined || ids.some((id) => wanted.includes(id));

/** People and places, as far as the server takes them; the others are told apart here. */
const actorParams = (
  service: Service,
  rules: Rules,
  { practitioners, locations }: AppointmentQuery,
): readonly Param[] => {
  const short = (ids: readonly string[] | undefined): readonly string[] | undefined =>
    ids !== undefined && ids.length <= MOST_ACTORS ? ids.filter(isId) : undefined;
  const who = short(practitioners);
  const where = short(locations);
  const params: readonly Param[] = [
    ...(who === undefined ? [] : ([['practitioner', who.join(',')]] as const)),
    ...(where === undefined ? [] : ([['location', where.join(',')]] as const)),
  ];
  if (rules.search === 'any') return params;
  const [one] = params;
  if (one === undefined)
    throw service.unsupported('This vendor lists appointments only by up to 50 practitioners or locations.');
  return [one];
};
