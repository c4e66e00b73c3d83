import type { ClaimStatus } from '../../schema/enums.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { ClaimQuery, Found, Page, PatientList, Wanted, Window } from '../vendor/connector.ts';
import { inParallel, settled } from '../vendor/parallel.ts';
import { addDays, instantToLocal } from '../vendor/time.ts';
import { searchPath } from './address.ts';
import type { Listing } from './client.ts';
import { type Explained, explanationsAlong, findExplanations } from './explanations.ts';
import { inGroups } from './ids.ts';
import { besideOf, type Fields, fieldsOf, includesFor, ownLinks, relatedOf, withRelated } from './links.ts';
import { billedPatient, servicePeriodOf, toClaim } from './mapping/claim.ts';
import { currentId, patientOf } from './merges.ts';
import { type Beside, isEmptyPage, type Order, pageOf } from './page.ts';
import type { Resource } from './payload.ts';
import { largestPage } from './profile.ts';
import { isId } from './reference.ts';
import { remember } from './remember.ts';
import type { Link, Param } from './rules.ts';
import type { Service } from './service.ts';
import { together } from './together.ts';

type Claim = Resource<'Claim'>;
type Asked = PatientList<ClaimQuery>;
type Answer = Found<'Claim'> | null | Error;

const REVINCLUDE: Param = ['_revinclude', 'ExplanationOfBenefit:claim'];
/** R4 has no search by date of service. A claim is filed within a year of it; an authorisation is asked for before. */
const FILING_DAYS = 366;

/** A claim as far as choosing needs it. */
interface Row extends Pick<Mapped<'Claim'>, 'key' | 'patientKey' | 'servicePeriod'> {
  readonly record: () => Mapped<'Claim'>;
}

const recordOf = ({ record }: Row): Mapped<'Claim'> => record();
const key = ({ servicePeriod }: Row): string | null | undefined => servicePeriod?.start;
const NEWEST_FIRST: Order<Row> = { key, newestFirst: true };
/** As the lists of several vendors are merged. */
const OLDEST_FIRST: Order<Row> = { key, newestFirst: false };

const NOTHING: Page<'Claim'> = { items: [], hasNextPage: false, totalCount: 0 };

/** `Claim.status` for each state that it decides; the others are `active` claims and what a payer said to them. */
const RECORD_STATUS: Readonly<Partial<Record<ClaimStatus, string | undefined>>> = {
  DRAFT: 'draft',
  CANCELLED: 'cancelled',
  UNMAPPED: undefined,
};

/** What comes along with claims: decisions and payers always, since they are the claim's own fields; links as selected. */
const alongParams = ({ profile }: Service, fields: Fields, links: readonly Link[]): readonly Param[] => [
  ...(profile.claims.outcome === 'revinclude' ? [REVINCLUDE] : []),
  ...profile.claims.include.map<Param>((value) => ['_include', value]),
  ...includesFor(profile, 'Claim', fields, links),
];

/**
 * Claims by id, each with what the payers decided: in the same call or, where the server cannot do that, by a call for
 * each beside it.
 */
export const readClaims = async (
  service: Service,
  wanted: readonly Wanted<'Claim'>[],
  call: Call,
): Promise<readonly Answer[]> => {
  const { outcome } = service.profile.claims;
  const keys = wanted.map(({ key: id }) => id);
  const [{ byId, included, ignored }, beside] = await Promise.all([
    service.ids.read('Claim', keys, call, {
      params: alongParams(service, fieldsOf(wanted), ['patient', 'practitioner']),
      always: outcome === 'revinclude',
    }),
    settled(async () => (outcome === 'search' ? findExplanations(service, keys.filter(isId), call) : undefined)),
  ]);
  const claims = [...byId.values()].flatMap((one) => (!(one instanceof Error) && 'found' in one ? one.found.id : []));
  const along = outcome === 'revinclude' && !ignored(REVINCLUDE[0]);
  const explained = await settled(async () => {
    if (along) return explanationsAlong(included, service);
    if (beside instanceof Error) throw beside;
    return beside ?? findExplanations(service, claims, call);
  });
  const answers = keys.map((id) =>
    settled(async (): Promise<Answer> => {
      const reading = byId.get(id);
      if (reading instanceof Error) return reading;
      if (reading === undefined || !('found' in reading)) return null;
      if (explained instanceof Error) return explained;
      return { record: mapClaim(service, reading.found, explained, included), covers: 'all' };
    }),
  );
  return withRelated(await Promise.all(answers), relatedOf(included, service));
};

const mapClaim = (
  service: Service,
  claim: Claim,
  explained: Explained,
  included: Listing<'Claim'>['included'],
): Mapped<'Claim'> =>
  toClaim(claim, explained(claim.id), {
    ...service.context(),
    organizations: (id) => included.get('Organization', id)?.name,
  });

interface ClaimList {
  readonly rows: readonly Row[];
  readonly beside: Beside;
}

/**
 * A whole list of claims with their outcomes: in the same call, or in one more where the server left them out. Only those
 * that are shown, or whose state must be known, are made into records.
 */
const listClaims = async (
  service: Service,
  params: readonly Param[],
  filter: ClaimQuery,
  along: readonly Param[],
  call: Call,
): Promise<ClaimList> => {
  const count = service.count(largestPage(service.profile, 'Claim'));
  const asked = [...params, ...statusParams(filter), ...along, ...count];
  const { matches, included, ignored } = await service.client.search('Claim', asked, call);
  const ids = matches.map(({ id }) => id);
  const explained = ignored(REVINCLUDE[0])
    ? await findExplanations(service, ids, call)
    : explanationsAlong(included, service);
  const context = service.context();
  const record = remember((claim: Claim) => mapClaim(service, claim, explained, included));
  const rows = matches
    .filter(({ status }) => status !== 'entered-in-error')
    .map(
      (claim): Row => ({
        key: claim.id,
        patientKey: billedPatient(claim, context) ?? null,
        servicePeriod: servicePeriodOf(claim, context) ?? null,
        record: () => record(claim),
      }),
    );
  return { rows, beside: besideOf(matches, [included], service) };
};

const statusParams = ({ status }: ClaimQuery): readonly Param[] => {
  const codes = status?.map((one) => (one in RECORD_STATUS ? RECORD_STATUS[one] : 'active'));
  return codes === undefined || codes.length === 0 || codes.includes(undefined)
    ? []
    : [['status', [...new Set(codes)].join(',')]];
};

/** Some service of it is on one of the days. A claim that tells no day of service is in no stretch of time. */
const isOfDays = ({ servicePeriod }: Row, { from, to }: ClaimQuery, zone: string): boolean => {
  if (from === undefined && to === undefined) return true;
  const first = servicePeriod?.start == null ? undefined : instantToLocal(servicePeriod.start, zone).date;
  const last = servicePeriod?.end == null ? first : instantToLocal(servicePeriod.end, zone).date;
  if (first === undefined || last === undefined) return false;
  return (from === undefined || last >= from) && (to === undefined || first <= to);
};

const fits = (row: Row, filter: ClaimQuery, zone: string): boolean =>
  isOfDays(row, filter, zone) && (filter.status === undefined || filter.status.includes(row.record().status));

/** Claims of patients, newest service first. */
export const patientClaims = async (
  service: Service,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Claim'> | Error)[]> => {
  if (!service.profile.claims.search) return asked.map(() => service.unsupported());
  return service.merges.answers(asked, patientOf, isEmptyPage, call, (some) => listsOf(service, some, call));
};

const listsOf = async (
  service: Service,
  asked: readonly Asked[],
  call: Call,
): Promise<readonly (Page<'Claim'> | Error)[]> => {
  const answers = new Map<Asked, Page<'Claim'> | Error>();
  const real = asked.filter(({ patient, filter }) => isId(patient) && filter.status?.length !== 0);
  // days are chosen here, so lists of other days are of the same answer
  const alike = Map.groupBy(real, ({ filter }) => JSON.stringify(statusParams(filter)));
  const groups = [...alike.values()].flatMap((lists) => {
    const byPatient = Map.groupBy(lists, ({ patient }) => currentId(service, patient));
    const length = service.urlLength(searchPath('Claim', ownAlong(service, lists))) + 100; // status and count
    return inGroups([...byPatient.keys()], length).map((ids) => ids.flatMap((id) => byPatient.get(id) ?? []));
  });
  await inParallel(groups, service.concurrency, async (group) => {
    const pages = await together(group, service.concurrency, (some) => pagesOf(service, some, call));
    for (const [i, one] of group.entries()) answers.set(one, pages[i] ?? NOTHING);
  });
  return asked.map((one) => answers.get(one) ?? NOTHING);
};

const ownAlong = (service: Service, lists: readonly Asked[]): readonly Param[] => {
  const fields = fieldsOf(lists.map(({ window }) => window));
  return alongParams(service, fields, ownLinks(fields, 'practitioner'));
};

const pagesOf = async (service: Service, lists: readonly Asked[], call: Call): Promise<readonly Page<'Claim'>[]> => {
  const ids = [...new Set(lists.map(({ patient }) => currentId(service, patient)))];
  const { rows, beside } = await listClaims(
    service,
    [['patient', ids.join(',')]],
    lists[0]?.filter ?? {},
    ownAlong(service, lists),
    call,
  );
  const { zone } = service.context();
  return lists.map(({ patient, filter, window }) => {
    const own = rows.filter((one) => one.patientKey === currentId(service, patient) && fits(one, filter, zone));
    return pageOf(own, recordOf, NEWEST_FIRST, window, true, beside);
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
  const along = alongParams(service, window.fields, ['patient', 'practitioner']);
  const { rows, beside } = await listClaims(service, params, search, along, call);
  const fitting = rows.filter((one) => fits(one, search, zone));
  return pageOf(fitting, recordOf, OLDEST_FIRST, window, true, beside);
};
