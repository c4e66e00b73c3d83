import type { ObservationFilter, PatientList } from '../vendor/connector.ts';
import { addMinutes } from '../vendor/time.ts';
import { literal, searchPath } from './address.ts';
import { inGroups } from './ids.ts';
import { fieldsOf, includesFor, ownLinks } from './links.ts';
import { currentId } from './merges.ts';
import { readPosition, SLACK } from './page.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';

type Asked = PatientList<ObservationFilter>;

/**
 * Panels by the codes of their components. Servers find an observation by its own code only (Oracle says so), so a
 * search for a component must name the panel too. LOINC; US Core's vital signs.
 */
const PANELS: Readonly<Record<string, readonly string[]>> = {
  '8480-6': ['85354-9', '55284-4', '35094-2'], // systolic
  '8462-4': ['85354-9', '55284-4', '35094-2'], // diastolic
  '3151-8': ['59408-5', '2708-6'], // inhaled oxygen flow rate
  '3150-6': ['59408-5', '2708-6'], // inhaled oxygen concentration
};
/** Codes in one search: with panels and local codes they stay within the length of a URL. */
const MOST_CODES = 20;
/** Rows for several lists of one patient: what is measured at every visit stands between the results looked for. */
const ROWS_OF_ONE = 500;
/** A mere date is a day of the practice; a server reads it in its own zone. So it is asked for a day more on each side. */
const DAY_MINUTES = 24 * 60;

/**
 * Lists that the same searches answer. What cannot be a patient's id, or asks for no code at all, needs none. Lists of the
 * same patients and days share a call also where they are of different codes or categories.
 */
export const groupsOf = (service: Service, all: readonly Asked[]): readonly (readonly Asked[])[] => {
  const asked = all.filter(({ patient, filter }) => isId(patient) && filter.codes?.length !== 0);
  const { manyPatients } = service.profile.observations;
  const alike = Map.groupBy(asked, ({ patient, filter, window }) =>
    JSON.stringify([manyPatients ? null : currentId(service, patient), filter, window.after]),
  );
  const shared = Map.groupBy(alike.values(), (lists) => sharedKey(service, lists));
  return [...shared.values()].map((some) => some.flat()).flatMap((lists) => divided(service, lists));
};

/** Equal for lists that one search can ask for. */
const sharedKey = (service: Service, lists: readonly Asked[]): string => {
  const { filter: { codes, category, ...days } = {}, window } = lists[0] ?? {};
  const patients = [...new Set(lists.map(({ patient }) => currentId(service, patient)))].sort();
  const byCode = codes !== undefined && category === undefined;
  const byCategory = codes === undefined && category !== undefined && service.profile.observations.manyCategories;
  return JSON.stringify([patients, days, window?.after, byCode, byCategory, byCode || byCategory || [codes, category]]);
};

/** As many patients in a call as its URL has room for. */
const divided = (service: Service, lists: readonly Asked[]): readonly (readonly Asked[])[] => {
  const byPatient = Map.groupBy(lists, ({ patient }) => currentId(service, patient));
  if (byPatient.size < 2) return [lists];
  const searches = searchesOf(service, lists).map((params) => params.map(withoutPatients));
  const longest = Math.max(...searches.map((params) => service.urlLength(searchPath('Observation', params))));
  return inGroups([...byPatient.keys()], longest).map((group) => group.flatMap((id) => byPatient.get(id) ?? []));
};

const withoutPatients = ([name, value]: Param): Param => [name, name === 'patient' ? '' : value];

/** The searches that together answer these lists: one, or one for each category where the server insists. */
export const searchesOf = (service: Service, lists: readonly Asked[]): readonly (readonly Param[])[] => {
  const { observations } = service.profile;
  const [first] = lists;
  const codes = unique(lists.flatMap(({ filter }) => filter.codes ?? []));
  const categories = unique(lists.flatMap(({ filter }) => filter.category ?? []));
  const common: readonly Param[] = [
    ['patient', unique(lists.map(({ patient }) => currentId(service, patient))).join(',')],
    ...dateParams(first),
    ...(observations.sort === undefined ? [] : ([['_sort', observations.sort]] as const)),
    ...service.count(countFor(service, lists)),
    ...linkParams(service, lists),
  ];
  const ofCategories: readonly Param[] =
    categories.length === 0 ? [] : [['category', categories.map(literal).join(',')]];
  if (codes.length > 0)
    return chunks(codes, MOST_CODES).map((some) => [
      ...common,
      ...ofCategories,
      ['code', allCodes(some, service).map(literal).join(',')],
    ]);
  if (categories.length > 0 || observations.categories === undefined) return [[...common, ...ofCategories]];
  return observations.categories.map((one) => [...common, ['category', one]]);
};

const linkParams = ({ profile }: Service, lists: readonly Asked[]): readonly Param[] => {
  const fields = fieldsOf(lists.map(({ window }) => window));
  return includesFor(profile, 'Observation', fields, ownLinks(fields));
};

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

/** The codes, the panels that they are components of, and the practice's own codes for the same. */
const allCodes = (codes: readonly string[], service: Service): readonly string[] => {
  const wanted = [...codes, ...codes.flatMap((code) => PANELS[code] ?? [])];
  const local = Object.entries(service.context().labCodes).filter(([, loinc]) => wanted.includes(loinc));
  return [...new Set([...wanted, ...local.map(([code]) => code)])];
};

const dateParams = (asked: Asked | undefined): readonly Param[] => {
  const { from, to } = asked?.filter ?? {};
  const bounded = from !== undefined || to !== undefined;
  const position = bounded ? readPosition(asked?.window.after)?.key : undefined;
  return [
    ...(from === undefined ? [] : ([['date', `ge${addMinutes(from, -DAY_MINUTES)}`]] as const)),
    ...(position !== undefined
      ? ([['date', `le${addMinutes(position, DAY_MINUTES)}`]] as const)
      : to === undefined
        ? []
        : ([['date', `lt${addMinutes(to, DAY_MINUTES)}`]] as const)),
  ];
};

/** One list in order: the page and a little more. Else as many as one call may bring, since a second would cost more. */
const countFor = (service: Service, lists: readonly Asked[]): number => {
  const most = largestPage(service.profile, 'Observation');
  const [first, another] = lists;
  if (service.profile.observations.sort === undefined || first === undefined || first.window.after !== undefined)
    return most;
  if (another === undefined) return Math.min(first.window.first + 1 + SLACK, most);
  return lists.every(({ patient }) => patient === first.patient) ? Math.min(ROWS_OF_ONE, most) : most;
};
