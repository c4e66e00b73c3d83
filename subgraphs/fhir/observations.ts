import type { Mapped } from '../../schema/records.ts';
import type { CodeableConcept, Period } from '../../schema/values.ts';
import type { Call } from '../../upstream/call.ts';
import type { ObservationFilter, Page, PatientList } from '../vendor/connector.ts';
import { inParallel, settled } from '../vendor/parallel.ts';
import { addMinutes, compareInstants } from '../vendor/time.ts';
import { type Listing, literal, searchPath } from './client.ts';
import { inGroups } from './ids.ts';
import { toObservation } from './mapping/observation.ts';
import { UnknownCategory } from './outcome.ts';
import { isFull, type Order, readPosition, SLACK, toPage } from './page.ts';
import { currentId } from './patients.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import { remember } from './remember.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';
import { mayDivide } from './together.ts';

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
  const context = service.context();
  const mapped = remember((one: Observation) => toObservation(one, context));
  const groups = groupsOf(service, asked).map((lists) => ({ lists, searches: searchesOf(service, lists) }));
  const jobs = groups.flatMap(({ lists, searches }) => searches.map((params) => ({ lists, params })));
  const listings = await inParallel(jobs, service.concurrency, ({ lists, params }) =>
    settled(() => service.client.search('Observation', params, call, mayStop(service, lists, mapped))),
  );
  let next = 0;
  for (const { lists, searches } of groups) {
    const own = listings.slice(next, next + searches.length);
    next += searches.length;
    const pages = await settled(async () => pagesOf(service, lists, own, mapped));
    const divided = pages instanceof Error && lists.length > 1 && mayDivide(pages);
    const each = divided
      ? await inParallel(lists, service.concurrency, (one) => patientObservations(service, [one], call))
      : [];
    for (const [i, one] of lists.entries()) {
      const shared = pages instanceof Error ? pages : pages[i];
      answers.set(one, (divided ? each[i]?.[0] : shared) ?? NOTHING);
    }
  }
  return asked.map((one) => answers.get(one) ?? NOTHING);
};

type Mapping = (one: Observation) => Mapped<'Observation'>;

const wantedOf = (
  service: Service,
  rows: readonly Observation[],
  { patient, filter }: Asked,
  mapped: Mapping,
): readonly Mapped<'Observation'>[] =>
  rows.map(mapped).filter((one) => one.patientKey === currentId(service, patient) && fitsObservation(one, filter));

/** A sorted list may be left when every patient's page is full. */
const mayStop =
  (service: Service, lists: readonly Asked[], mapped: Mapping) =>
  (rows: readonly Observation[]): boolean => {
    if (service.profile.observations.sort === undefined) return false;
    const read = rows.map(mapped);
    return lists.every((list) => isFull(read, wantedOf(service, rows, list, mapped), ORDER, list.window));
  };

/**
 * Puts the answers of one group's searches together.
 * @throws the failure of any of them, except that a category which nobody was asked for by name may be unknown.
 */
const pagesOf = (
  service: Service,
  lists: readonly Asked[],
  listings: readonly (Listing<'Observation'> | Error)[],
  mapped: Mapping,
): readonly Page<'Observation'>[] => {
  const failures = listings.filter((one) => one instanceof Error);
  const [failure] = failures.filter((one) => !(one instanceof UnknownCategory) || listings.length === 1);
  if (failure !== undefined) throw failure;
  if (failures.length > 0 && failures.length === listings.length) throw service.bad();
  const read = listings.filter((one): one is Listing<'Observation'> => !(one instanceof Error));
  const rows = [...new Map(read.flatMap(({ matches }) => matches).map((one) => [one.id, one])).values()];
  const whole = read.every(({ complete }) => complete);
  return lists.map((list) =>
    toPage(wantedOf(service, rows, list, mapped), ORDER, list.window, whole && list.window.after === undefined),
  );
};

/** Lists that the same searches answer. What cannot be a patient's id, or asks for no code at all, needs none. */
const groupsOf = (service: Service, all: readonly Asked[]): readonly (readonly Asked[])[] => {
  const asked = all.filter(({ patient, filter }) => isId(patient) && filter.codes?.length !== 0);
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
