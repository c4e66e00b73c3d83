import type { ClaimStatus } from '../../schema/enums.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { ClaimQuery, Found, Page, PatientList, Wanted, Window } from '../vendor/connector.ts';
import { inParallel, settled } from '../vendor/parallel.ts';
import { addDays, instantToLocal } from '../vendor/time.ts';
import { type Listing, searchPath } from './client.ts';
import { inGroups } from './ids.ts';
import { explainedClaim, type Outcomes, toClaim } from './mapping/claim.ts';
import { type Order, toPage } from './page.ts';
import { currentId } from './patients.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import type { Param } from './rules.ts';
import type { Service } from './service.ts';
import { together } from './together.ts';

type Claim = Resource<'Claim'>;
type Eob = Resource<'ExplanationOfBenefit'>;
type Asked = PatientList<ClaimQuery>;
type Answer = Found<'Claim'> | null | Error;

const REVINCLUDE: Param = ['_revinclude', 'ExplanationOfBenefit:claim'];
/** R4 has no search by date of service. A claim is filed within a year of it; an authorisation is asked for before. */
const FILING_DAYS = 366;

const key = ({ servicePeriod }: Mapped<'Claim'>): string | null | undefined => servicePeriod?.start;
const NEWEST_FIRST: Order<'Claim'> = { key, newestFirst: true };
/** As the lists of several vendors are merged. */
const OLDEST_FIRST: Order<'Claim'> = { key, newestFirst: false };

const NOTHING: Page<'Claim'> = { items: [], hasNextPage: false, totalCount: 0 };

/** `Claim.status` for each state that it decides; the others are `active` claims and what a payer said to them. */
const RECORD_STATUS: Readonly<Partial<Record<ClaimStatus, string | undefined>>> = {
  DRAFT: 'draft',
  CANCELLED: 'cancelled',
  UNMAPPED: undefined,
};

const baseParams = (service: Service): readonly Param[] => [
  ...(service.profile.claims.outcome === 'revinclude' ? [REVINCLUDE] : []),
  ...service.profile.claims.include.map<Param>((value) => ['_include', value]),
];

/** Claims by id, each with what the payers decided. */
export const readClaims = async (
  service: Service,
  wanted: readonly Wanted<'Claim'>[],
  call: Call,
): Promise<readonly Answer[]> => {
  const { outcome } = service.profile.claims;
  const keys = wanted.map(({ key: id }) => id);
  const { byId, included, ignored } = await service.ids.read('Claim', keys, call, {
    params: baseParams(service),
    always: outcome === 'revinclude',
  });
  const claims = [...byId.values()].flatMap((one) => (!(one instanceof Error) && 'found' in one ? one.found : []));
  const along = outcome === 'revinclude' && !ignored(REVINCLUDE[0]);
  const eobs = await settled(async () =>
    along ? eobsByClaim(included.all('ExplanationOfBenefit'), service) : findOutcomes(service, claims, call),
  );
  return keys.map((id) => {
    const reading = byId.get(id);
    if (reading instanceof Error) return reading;
    if (reading === undefined || !('found' in reading)) return null;
    if (eobs instanceof Error) return eobs;
    return { record: mapClaim(service, reading.found, eobs, included), covers: 'all' };
  });
};

type ByClaim = ReadonlyMap<string, readonly Eob[]> | 'unknown';

const eobsByClaim = (eobs: readonly Eob[], service: Service): ReadonlyMap<string, readonly Eob[]> =>
  Map.groupBy(eobs, (eob) => explainedClaim(eob, service.context()) ?? '');

/** The explanations of benefit to claims, by a search of their own where they did not come along. */
const findOutcomes = async (service: Service, claims: readonly Claim[], call: Call): Promise<ByClaim> => {
  const { outcome } = service.profile.claims;
  if (outcome === 'none') return 'unknown';
  if (claims.length === 0) return new Map();
  const ids = claims.map(({ id }) => id);
  const groups =
    outcome === 'revinclude'
      ? inGroups(ids, service.urlLength('/ExplanationOfBenefit?claim=&_count=1000'))
      : ids.map((id) => [id]);
  const listings = await inParallel(groups, service.concurrency, (group) =>
    service.client.search(
      'ExplanationOfBenefit',
      [['claim', group.join(',')], ...service.count(largestPage(service.profile, 'ExplanationOfBenefit'))],
      call,
    ),
  );
  return eobsByClaim(
    listings.flatMap(({ matches }) => matches),
    service,
  );
};

const mapClaim = (
  service: Service,
  claim: Claim,
  eobs: ByClaim,
  included: Listing<'Claim'>['included'],
): Mapped<'Claim'> => {
  const outcomes: Outcomes = eobs === 'unknown' ? eobs : (eobs.get(claim.id) ?? []);
  return toClaim(claim, outcomes, {
    ...service.context(),
    organizations: (id) => included.get('Organization', id)?.name,
  });
};

/** A whole list of claims with their outcomes: in the same call, or in one more where the server left them out. */
const listClaims = async (
  service: Service,
  params: readonly Param[],
  filter: ClaimQuery,
  call: Call,
): Promise<readonly Mapped<'Claim'>[]> => {
  const listing = await service.client.search(
    'Claim',
    [
      ...params,
      ...statusParams(filter),
      ...baseParams(service),
      ...service.count(largestPage(service.profile, 'Claim')),
    ],
    call,
  );
  const eobs = listing.ignored(REVINCLUDE[0])
    ? await findOutcomes(service, listing.matches, call)
    : eobsByClaim(listing.included.all('ExplanationOfBenefit'), service);
  return listing.matches
    .filter(({ status }) => status !== 'entered-in-error')
    .map((claim) => mapClaim(service, claim, eobs, listing.included));
};

const statusParams = ({ status }: ClaimQuery): readonly Param[] => {
  const codes = status?.map((one) => (one in RECORD_STATUS ? RECORD_STATUS[one] : 'active'));
  return codes === undefined || codes.length === 0 || codes.includes(undefined)
    ? []
    : [['status', [...new Set(codes)].join(',')]];
};

/** Some service of it is on one of the days. A claim that tells no day of service is in no stretch of time. */
const fits = ({ status, servicePeriod }: Mapped<'Claim'>, filter: ClaimQuery, zone: string): boolean => {
  if (filter.status !== undefined && !filter.status.includes(status)) return false;
  const { from, to } = filter;
  if (from === undefined && to === undefined) return true;
  const first = servicePeriod?.start == null ? undefined : instantToLocal(servicePeriod.start, zone).date;
  const last = servicePeriod?.end == null ? first : instantToLocal(servicePeriod.end, zone).date;
  if (first === undefined || last === undefined) return false;
  return (from === undefined || last >= from) && (to === undefined || first <= to);
};

/** Claims of patients, newest service first. */
export const patientClaims = async (
  service: Service,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Claim'> | Error)[]> => {
  if (!service.profile.claims.search) return asked.map(() => service.unsupported());
  const answers = new Map<Asked, Page<'Claim'> | Error>();
  const real = asked.filter(({ patient, filter }) => isId(patient) && filter.status?.length !== 0);
  const alike = Map.groupBy(real, ({ filter }) => JSON.stringify(filter));
  const groups = [...alike.values()].flatMap((lists) => {
    const byPatient = Map.groupBy(lists, ({ patient }) => currentId(service, patient));
    const length = service.urlLength(searchPath('Claim', baseParams(service))) + 100; // status and count
    return inGroups([...byPatient.keys()], length).map((ids) => ids.flatMap((id) => byPatient.get(id) ?? []));
  });
  await inParallel(groups, service.concurrency, async (group) => {
    const pages = await together(group, service.concurrency, (some) => pagesOf(service, some, call));
    for (const [i, one] of group.entries()) answers.set(one, pages[i] ?? NOTHING);
  });
  return asked.map((one) => answers.get(one) ?? NOTHING);
};

const pagesOf = async (service: Service, lists: readonly Asked[], call: Call): Promise<readonly Page<'Claim'>[]> => {
  const ids = new Set(lists.map(({ patient }) => currentId(service, patient)));
  const claims = await listClaims(service, [['patient', [...ids].join(',')]], lists[0]?.filter ?? {}, call);
  const { zone } = service.context();
  return lists.map(({ patient, filter, window }) => {
    const own = claims.filter((one) => one.patientKey === currentId(service, patient) && fits(one, filter, zone));
    return toPage(own, NEWEST_FIRST, window, true);
  });
};

/**
 * The practice's claims, oldest service first. Days of service are told apart here: the server is asked for what was
 * filed from a year before to a year after them.
 */
export const searchClaims = async (
  service: Service,
  search: ClaimQuery,
  window: Window,
  call: Call,
): Promise<Page<'Claim'>> => {
  if (!service.profile.claims.search) throw service.unsupported();
  if (search.status?.length === 0) return NOTHING;
  const { from, to } = search;
  const params: readonly Param[] = [
    ...(from === undefined ? [] : ([['created', `ge${addDays(from, -FILING_DAYS)}`]] as const)),
    ...(to === undefined ? [] : ([['created', `le${addDays(to, FILING_DAYS)}`]] as const)),
  ];
  const { zone } = service.context();
  const claims = (await listClaims(service, params, search, call)).filter((one) => fits(one, search, zone));
  return toPage(claims, OLDEST_FIRST, window, true);
};
