import { validationFailed } from '../../schema/errors.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Coverage } from '../../schema/values.ts';
import type { Call } from '../../upstream/call.ts';
import type { Found, Page, SlotQuery, Wanted, Window } from '../vendor/connector.ts';
import { inParallel } from '../vendor/parallel.ts';
import { compareInstants } from '../vendor/time.ts';
import { literal, searchPath } from './client.ts';
import { inGroups } from './ids.ts';
import { Included } from './included.ts';
import { beneficiaryOf, isInForce, toCoverage } from './mapping/coverage.ts';
import { scheduleOf, toLocation, toPractitioner, toSlot } from './mapping/directory.ts';
import { toRows } from './page.ts';
import { currentId } from './patients.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';
import { together } from './together.ts';

type Slot = Resource<'Slot'>;

const SCHEDULE: Param = ['_include', 'Slot:schedule'];
/** More people or places than this are told apart here. */
const MOST_ACTORS = 50;

/** Everybody who gives care, by name. */
export const listPractitioners = async (
  service: Service,
  window: Window,
  call: Call,
): Promise<Page<'Practitioner'>> => {
  const { practitioners } = service.profile;
  if (practitioners === undefined) throw service.unsupported('This vendor lists practitioners only by name or number.');
  const params = [...practitioners, ...service.count(largestPage(service.profile, 'Practitioner'))];
  const { matches } = await service.client.search('Practitioner', params, call);
  const context = service.context();
  const sorted = matches.map((one) => toPractitioner(one, context)).sort(byName);
  return toRows(sorted, window, true);
};

const byName = (one: Mapped<'Practitioner'>, other: Mapped<'Practitioner'>): number => {
  const [a, b] = [one, other].map(({ name, key }) =>
    [name?.family ?? '\uffff', name?.given[0] ?? '', key].join('\0').toLowerCase(),
  );
  return (a ?? '') < (b ?? '') ? -1 : 1;
};

export const listLocations = async (service: Service, call: Call): Promise<readonly Mapped<'Location'>[]> => {
  const { locations } = service.profile;
  if (locations === undefined) throw service.unsupported('This vendor lists locations only by name or kind.');
  const params = [...locations, ...service.count(largestPage(service.profile, 'Location'))];
  const { matches } = await service.client.search('Location', params, call);
  const context = service.context();
  return matches.map((one) => toLocation(one, context));
};

/** Free slots by start. People and places are their schedules', which come along or are read in one more call. */
export const listSlots = async (
  service: Service,
  search: SlotQuery,
  call: Call,
): Promise<readonly Mapped<'Slot'>[]> => {
  const rules = service.profile.slots;
  if (rules === undefined) throw service.unsupported();
  const { from, to, practitioners, locations, type } = search;
  if (rules.needsType && type === undefined)
    throw validationFailed([
      { path: ['type'], rule: 'vendor', message: 'This vendor lists free slots only of a given type.' },
    ]);
  if ([practitioners, locations].some((ids) => ids !== undefined && !ids.some(isId))) return [];
  const param = (name: string | undefined, ids: readonly string[] | undefined, prefix = ''): readonly Param[] =>
    name === undefined || ids === undefined || ids.length > MOST_ACTORS
      ? []
      : [
          [
            name,
            ids
              .filter(isId)
              .map((id) => `${prefix}${id}`)
              .join(','),
          ],
        ];
  const { matches, included } = await service.client.search(
    'Slot',
    [
      ...(rules.needsType ? ([['service-type', serviceType(type ?? '')]] as const) : ([['status', 'free']] as const)),
      ['start', `ge${from}`],
      ['start', `lt${to}`],
      ...param(rules.practitioner, practitioners, 'Practitioner/'),
      ...param(rules.location, locations),
      SCHEDULE,
      ...service.count(largestPage(service.profile, 'Slot')),
    ],
    call,
  );
  const free = matches.filter(({ status }) => status === 'free');
  const slots = await withSchedules(service, free, included, call);
  const among = (ids: readonly string[] | undefined, id: string | null | undefined): boolean =>
    ids === undefined || (id != null && ids.includes(id));
  return slots
    .filter((slot) => compareInstants(slot.start, from) >= 0 && compareInstants(slot.start, to) < 0)
    .filter(
      ({ practitionerKey, locationKey }) => among(practitioners, practitionerKey) && among(locations, locationKey),
    )
    .filter((slot) => rules.needsType || type === undefined || isOfType(slot, type))
    .sort((one, other) => compareInstants(one.start, other.start) || (one.key < other.key ? -1 : 1));
};

const serviceType = (type: string): string => type.split('|').map(literal).join('|');

const isOfType = ({ types }: Mapped<'Slot'>, wanted: string): boolean => {
  const words = wanted.toLowerCase();
  return types.some(
    ({ text, codings }) =>
      text?.toLowerCase() === words ||
      codings.some(({ code, display }) => code.toLowerCase() === words || display?.toLowerCase() === words),
  );
};

const withSchedules = async (
  service: Service,
  slots: readonly Slot[],
  included: Included,
  call: Call,
): Promise<readonly Mapped<'Slot'>[]> => {
  const context = service.context();
  const schedules = new Map(included.all('Schedule').map((schedule) => [schedule.id, schedule]));
  const missing = slots.flatMap((slot) => scheduleOf(slot, context) ?? []).filter((id) => !schedules.has(id));
  if (missing.length > 0) {
    const { byId } = await service.ids.read('Schedule', missing, call);
    for (const [id, reading] of byId) {
      if (reading instanceof Error) throw reading;
      if ('found' in reading) schedules.set(id, reading.found);
    }
  }
  return slots.flatMap((slot) => toSlot(slot, schedules.get(scheduleOf(slot, context) ?? ''), context) ?? []);
};

/** Slots by id, booked ones too. */
export const readSlots = async (
  service: Service,
  wanted: readonly Wanted<'Slot'>[],
  call: Call,
): Promise<readonly (Found<'Slot'> | null | Error)[]> => {
  const keys = wanted.map(({ key }) => key);
  const { byId, included } = await service.ids.read('Slot', keys, call, { params: [SCHEDULE], always: true });
  const slots = [...byId.values()].flatMap((one) => (!(one instanceof Error) && 'found' in one ? one.found : []));
  const mapped = new Map((await withSchedules(service, slots, included, call)).map((slot) => [slot.key, slot]));
  return keys.map((key) => {
    const reading = byId.get(key);
    if (reading instanceof Error) return reading;
    const record = mapped.get(key);
    return record === undefined ? null : { record, covers: 'all' };
  });
};

/** Coverages in force, by patient. A patient without any and one that the vendor does not know look alike: empty. */
export const listCoverages = async (
  service: Service,
  patients: readonly string[],
  call: Call,
): Promise<readonly (readonly Coverage[] | null | Error)[]> => {
  const { manyPatients, include } = service.profile.coverages;
  const ids = [...new Set(patients.filter(isId).map((patient) => currentId(service, patient)))];
  const more: readonly Param[] = [
    ...include.map<Param>((value) => ['_include', value]),
    ...(manyPatients ? service.count(largestPage(service.profile, 'Coverage')) : []),
  ];
  const groups = manyPatients
    ? inGroups(ids, service.urlLength(searchPath('Coverage', [['patient', ''], ...more])))
    : ids.map((id) => [id]);
  const found = new Map<string, readonly Resource<'Coverage'>[] | Error>();
  const included = new Included(service.source);
  const context = service.context();
  await inParallel(groups, service.concurrency, async (group) => {
    const lists = await together(group, service.concurrency, async (some) => {
      const listing = await service.client.search('Coverage', [['patient', some.join(',')], ...more], call);
      included.merge(listing.included);
      return some.map((id) => listing.matches.filter((one) => beneficiaryOf(one, context) === id));
    });
    for (const [i, id] of group.entries()) found.set(id, lists[i] ?? []);
  });
  return patients.map((patient) => {
    if (!isId(patient)) return null;
    const coverages = found.get(currentId(service, patient)) ?? [];
    return coverages instanceof Error
      ? coverages
      : coverages.filter(isInForce).map((one) => toCoverage(one, included, context));
  });
};
