import { validationFailed } from '../../schema/errors.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { Found, SlotQuery, Wanted } from '../vendor/connector.ts';
import { compareInstants } from '../vendor/time.ts';
import { literal } from './address.ts';
import type { Included } from './included.ts';
import { type Fields, fieldsOf, includesFor, relatedOf, withRelated } from './links.ts';
import { scheduleOf, toSlot } from './mapping/directory.ts';
import { linksOf } from './page.ts';
import { partialOf, type Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import type { Param, SlotRules } from './rules.ts';
import type { Service } from './service.ts';

type Slot = Resource<'Slot'>;
/** A search, and what is selected of each slot where that is known. */
export type SlotSearch = SlotQuery & { readonly fields?: ReadonlySet<string> };

/** More people or places than this are told apart here. */
const MOST_ACTORS = 50;
const SCHEDULE: Param = ['_include', 'Slot:schedule'];

/** Schedules always, since a slot names nobody itself; who and where they are of as selected. */
const alongParams = ({ profile }: Service, fields: Fields): readonly Param[] => [
  SCHEDULE,
  ...includesFor(profile, 'Slot', fields, ['practitioner', 'location']),
];

/** Free slots by start. People and places are their schedules', which come along or are read in one more call. */
export const listSlots = async (
  service: Service,
  search: SlotSearch,
  call: Call,
): Promise<readonly Found<'Slot'>[]> => {
  const rules = service.profile.slots;
  if (rules === undefined) throw service.unsupported();
  const { from, to, practitioners, locations, type, fields } = search;
  if (rules.needsType && type === undefined)
    throw validationFailed([
      { path: ['type'], rule: 'vendor', message: 'This vendor lists free slots only of a given type.' },
    ]);
  if ([practitioners, locations].some((ids) => ids !== undefined && !ids.some(isId))) return [];
  const params = [
    ...searchParams(rules, search),
    ...alongParams(service, fields),
    ...service.count(largestPage(service.profile, 'Slot')),
  ];
  const { matches, included } = await service.client.search('Slot', params, call);
  const free = matches.filter(({ status }) => status === 'free');
  const slots = (await withSchedules(service, free, included, call))
    .filter((slot) => compareInstants(slot.start, from) >= 0 && compareInstants(slot.start, to) < 0)
    .filter((slot) => isAmong(practitioners, slot.practitionerKey) && isAmong(locations, slot.locationKey))
    .filter((slot) => rules.needsType || type === undefined || isOfType(slot, type))
    .sort((one, other) => compareInstants(one.start, other.start) || (one.key < other.key ? -1 : 1));
  const partial = partialOf(matches);
  const found = slots.map((record): Found<'Slot'> => ({ record, covers: partial.has(record.key) ? new Set() : 'all' }));
  const linked = new Set(slots.flatMap((slot) => linksOf(slot)));
  return withRelated(
    found,
    relatedOf(included, service, (name) => linked.has(name)),
  );
};

const searchParams = (rules: SlotRules, { from, to, practitioners, locations, type }: SlotSearch): readonly Param[] => {
  const param = (name: string | undefined, ids: readonly string[] | undefined, prefix = ''): readonly Param[] => {
    if (name === undefined || ids === undefined || ids.length > MOST_ACTORS) return [];
    const values = ids.filter(isId).map((id) => `${prefix}${id}`);
    return [[name, values.join(',')]];
  };
  return [
    ...(rules.needsType ? ([['service-type', serviceType(type ?? '')]] as const) : ([['status', 'free']] as const)),
    ['start', `ge${from}`],
    ['start', `lt${to}`],
    ...param(rules.practitioner, practitioners, 'Practitioner/'),
    ...param(rules.location, locations),
  ];
};

const isAmong = (ids: readonly string[] | undefined, id: string | null | undefined): boolean =>
  ids === undefined || (id != null && ids.includes(id));

const serviceType = (type: string): string => type.split('|').map(literal).join('|');

export const isOfType = ({ types }: Mapped<'Slot'>, wanted: string): boolean => {
  const words = wanted.toLowerCase();
  return types.some(
    ({ text, codings }) =>
      text?.toLowerCase() === words ||
      codings.some(({ system, code, display }) =>
        [code, display, `${system}|${code}`].some((word) => word?.toLowerCase() === words),
      ),
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
  const params = alongParams(service, fieldsOf(wanted));
  const { byId, included } = await service.ids.read('Slot', keys, call, { params, always: true });
  const slots = [...byId.values()].flatMap((one) => (!(one instanceof Error) && 'found' in one ? one.found : []));
  const mapped = new Map((await withSchedules(service, slots, included, call)).map((slot) => [slot.key, slot]));
  const answers = keys.map((key): Found<'Slot'> | null | Error => {
    const reading = byId.get(key);
    if (reading instanceof Error) return reading;
    const record = mapped.get(key);
    return record === undefined ? null : { record, covers: 'all' };
  });
  return withRelated(answers, relatedOf(included, service));
};
