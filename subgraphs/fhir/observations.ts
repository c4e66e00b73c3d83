import type { Mapped } from '../../schema/records.ts';
import type { CodeableConcept, Period } from '../../schema/values.ts';
import type { Call } from '../../upstream/call.ts';
import type { ObservationFilter, Page, PatientList } from '../vendor/connector.ts';
import { inParallel, settled } from '../vendor/parallel.ts';
import { compareInstants } from '../vendor/time.ts';
import type { Listing } from './client.ts';
import { besideOf } from './links.ts';
import { toObservation } from './mapping/observation.ts';
import { currentId, patientOf } from './merges.ts';
import { groupsOf, searchesOf } from './observation-searches.ts';
import { UnknownCategory } from './outcome.ts';
import { isEmptyPage, isFull, type Order, toPage } from './page.ts';
import type { Resource } from './payload.ts';
import { remember } from './remember.ts';
import type { Service } from './service.ts';
import { mayDivide } from './together.ts';

type Observation = Resource<'Observation'>;
type Asked = PatientList<ObservationFilter>;

const ORDER: Order<Mapped<'Observation'>> = {
  key: ({ effective, issued }) => effective?.start ?? issued,
  newestFirst: true,
};
const NOTHING: Page<'Observation'> = { items: [], hasNextPage: false, totalCount: 0 };

/** Lists of patients' observations, newest first. Errors are hidden. A failed call fails only its own patients. */
export const patientObservations = async (
  service: Service,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Observation'> | Error)[]> =>
  service.merges.answers(asked, patientOf, isEmptyPage, call, (some) => listsOf(service, some, call));

const listsOf = async (
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
    const alone = pages instanceof Error && lists.length > 1 && mayDivide(pages);
    const each = alone ? await inParallel(lists, service.concurrency, (one) => listsOf(service, [one], call)) : [];
    for (const [i, one] of lists.entries()) {
      const shared = pages instanceof Error ? pages : pages[i];
      answers.set(one, (alone ? each[i]?.[0] : shared) ?? NOTHING);
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
  const beside = besideOf(
    rows,
    read.map(({ included }) => included),
    service,
  );
  return lists.map((list) =>
    toPage(wantedOf(service, rows, list, mapped), ORDER, list.window, whole && list.window.after === undefined, beside),
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
