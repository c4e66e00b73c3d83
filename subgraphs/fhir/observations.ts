import type { Mapped } from '../../schema/records.ts';
import type { CodeableConcept, Period } from '../../schema/values.ts';
import type { Call } from '../../upstream/call.ts';
import type { ObservationFilter, Page, PatientList } from '../vendor/connector.ts';
import { addMinutes, compareInstants } from '../vendor/time.ts';
import { literal, searchPath } from './client.ts';
import { inGroups } from './ids.ts';
import { toObservation } from './mapping/observation.ts';
import { UnknownCategory } from './outcome.ts';
import { isFull, type Order, readPosition, SLACK, toPage } from './page.ts';
import { inParallel, settled } from './parallel.ts';
import { currentId } from './patients.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { remember } from './remember.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';

type Observation = Resource<'Observation'>;
type Asked = PatientList<ObservationFilter>;

const ORDER: Order<'Observation'> = { key: ({ effective, issued }) => effective?.start ?? issued, newestFirst: true };
const NOTHING: Page<'Observation'> = { items: [], hasNextPage: false, totalCount: 0 };

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
/** A mere date is a day of the practice; a server reads it in its own zone. So it is asked for a day more on each side. */
const DAY_MINUTES = 24 * 60;

/** Lists of patients' observations, newest first. Errors are hidden. A failed call fails only its own patients. */
export const patientObservations = async (
  service: Service,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Observation'> | Error)[]> => {
  const answers = new Map<Asked, Page<'Observation'> | Error>();
  await inParallel(groupsOf(service, asked), service.concurrency, async (group) => {
    const pages = await settled(() => listOf(service, group, call));
    for (const [i, one] of group.entries())
      answers.set(one, pages instanceof Error ? pages : (pages[i] ?? service.bad()));
  });
  return asked.map((one) => answers.get(one) ?? service.bad());
};

const groupsOf = (service: Service, asked: readonly Asked[]): readonly (readonly Asked[])[] => {
  if (!service.profile.observations.manyPatients) return asked.map((one) => [one]);
  const alike = Map.groupBy(asked, ({ filter, window }) => JSON.stringify([filter, window.after]));
  return [...alike.values()].flatMap((lists) => {
    const byPatient = Map.groupBy(lists, ({ patient }) => currentId(service, patient));
    const longest = Math.max(
      ...searchesOf(service, lists).map((params) => service.urlLength(searchPath('Observation', params))),
    );
    return inGroups([...byPatient.keys()], longest).map((group) => group.flatMap((id) => byPatient.get(id) ?? []));
  });
};

/** The searches that together answer these lists: one, or one for each category where the server insists. */
const searchesOf = (service: Service, lists: readonly Asked[]): readonly (readonly Param[])[] => {
  const { observations } = service.profile;
  const [first] = lists;
  const { codes, category } = first?.filter ?? {};
  const common: readonly Param[] = [
    ['patient', [...new Set(lists.map(({ patient }) => currentId(service, patient)))].join(',')],
    ...dateParams(first),
    ...(observations.sort === undefined ? [] : ([['_sort', observations.sort]] as const)),
    ...service.count(countFor(service, lists)),
  ];
  const ofCategory: readonly Param[] = category === undefined ? [] : [['category', literal(category)]];
  if (codes !== undefined)
    return chunks(codes, MOST_CODES).map((some) => [
      ...common,
      ...ofCategory,
      ['code', allCodes(some, service).map(literal).join(',')],
    ]);
  if (category !== undefined || observations.categories === undefined) return [[...common, ...ofCategory]];
  return observations.categories.map((one) => [...common, ['category', one]]);
};

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

const countFor = (service: Service, lists: readonly Asked[]): number => {
  const most = largestPage(service.profile, 'Observation');
  const [first] = lists;
  return service.profile.observations.sort === undefined ||
    lists.length > 1 ||
    first === undefined ||
    first.window.after !== undefined
    ? most
    : Math.min(first.window.first + 1 + SLACK, most);
};

const listOf = async (
  service: Service,
  lists: readonly Asked[],
  call: Call,
): Promise<readonly Page<'Observation'>[]> => {
  if (lists.every(({ filter }) => filter.codes?.length === 0)) return lists.map(() => NOTHING);
  const context = service.context();
  const mapped = remember((one: Observation) => toObservation(one, context));
  const sorted = service.profile.observations.sort !== undefined;
  const wantedOf = (rows: readonly Observation[], { patient, filter }: Asked): readonly Mapped<'Observation'>[] =>
    rows.map(mapped).filter((one) => one.patientKey === currentId(service, patient) && fitsObservation(one, filter));
  const searches = searchesOf(service, lists);
  const listings = await inParallel(searches, service.concurrency, async (params) => {
    const listing = await settled(() =>
      service.client.search('Observation', params, call, (rows) => {
        const read = rows.map(mapped);
        return sorted && lists.every((list) => isFull(read, wantedOf(rows, list), ORDER, list.window));
      }),
    );
    if (!(listing instanceof Error)) return listing;
    // one of the categories that are asked for without being told: nothing is in it
    if (searches.length > 1 && listing instanceof UnknownCategory) return undefined;
    throw listing;
  });
  if (listings.every((listing) => listing === undefined)) throw service.bad();
  const rows = new Map(listings.flatMap((listing) => listing?.matches ?? []).map((one) => [one.id, one]));
  const whole = listings.every((listing) => listing === undefined || listing.complete);
  return lists.map((list) =>
    toPage(wantedOf([...rows.values()], list), ORDER, list.window, whole && list.window.after === undefined),
  );
};

/** Is it one that the client wants to see? */
export const fitsObservation = (one: Mapped<'Observation'>, filter: ObservationFilter): boolean => {
  const { codes, category, from, to } = filter;
  if (one.status === 'ENTERED_IN_ERROR') return false;
  if (codes !== undefined && ![one.code, ...one.components.map(({ code }) => code)].some((code) => hasAny(code, codes)))
    return false;
  if (category !== undefined && !one.categories.some((concept) => hasAny(concept, [category]))) return false;
  return (from === undefined && to === undefined) || overlaps(one, from, to);
};

const hasAny = ({ codings }: CodeableConcept, codes: readonly string[]): boolean =>
  codings.some(({ code }) => codes.includes(code));

/** Some part of it is in the stretch of time; what has no time of its own counts by when it was issued. */
const overlaps = (
  { effective, issued }: Mapped<'Observation'>,
  from: string | undefined,
  to: string | undefined,
): boolean => {
  const span: Period | undefined = effective ?? (issued == null ? undefined : { start: issued, end: issued });
  if (span === undefined) return false;
  const tooEarly = from !== undefined && span.end != null && compareInstants(span.end, from) < 0;
  const tooLate = to !== undefined && span.start != null && compareInstants(span.start, to) >= 0;
  return !tooEarly && !tooLate;
};
