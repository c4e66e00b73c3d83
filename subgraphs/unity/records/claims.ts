import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { ClaimQuery, Found, Page, PatientList, Wanted } from '../../vendor/connector.ts';
import { firstOffered } from '../client.ts';
import { balanceOf, claimKey, type Encounter, parseClaimKey, toClaim, toEncounter } from '../mapping/claim.ts';
import { idCell, identifiedRows, type Row } from '../payload.ts';
import { byText, positionAfter, resumeAt } from './page.ts';
import { allInParallel, inParallel } from './parallel.ts';
import type { Unity } from './unity.ts';

type FoundClaim = Found<'Claim'>;

const TOLD = [
  'patient',
  'practitioner',
  'appointment',
  'status',
  'vendorStatus',
  'payer',
  'servicePeriod',
  'diagnoses',
  'lines',
  'totalCharge',
  'totalPaid',
  'adjudications',
  'encounterType',
] as const;
const WITHOUT_BALANCE: ReadonlySet<string> = new Set(TOLD);

const notUnderstood = (unity: Unity): GraphError => new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });

/** A patient's encounters, the newest first. */
const encountersOf = async (unity: Unity, patient: string, call: Call): Promise<readonly Encounter[]> => {
  const tables = await unity.client.run('GetEncounterList', { patient }, call);
  const encounters = identifiedRows(tables, unity.source.id, 'ID').map((row) => {
    const encounter = toEncounter(row);
    if (encounter?.patient !== patient) throw notUnderstood(unity);
    return encounter;
  });
  return [...encounters].sort((one, other) => byText(other.date ?? '', one.date ?? '') || byText(one.id, other.id));
};

const chargesOf = async (unity: Unity, encounter: string, call: Call): Promise<readonly Row[]> => {
  const tables = await unity.client.run('GetCharges', { encounter }, call);
  const rows = identifiedRows(tables, unity.source.id, 'ChargeID');
  if (rows.some((row) => (idCell(row, 'EncounterID') ?? encounter) !== encounter)) throw notUnderstood(unity);
  return rows;
};

/** A patient's vouchers; none where Practice Management is not licensed. */
const vouchersOf = (unity: Unity, patient: string, call: Call): Promise<readonly Row[]> =>
  firstOffered<readonly Row[]>([
    async () =>
      identifiedRows(
        await unity.client.run('GetPatientAccountBalance', { patient }, call),
        unity.source.id,
        'Voucher_ID',
      ),
    async () => [],
  ]);

const wantsBalance = (fields: ReadonlySet<string> | undefined): boolean =>
  fields?.has('patientResponsibility') === true;

const claimOf = async (
  unity: Unity,
  encounter: Encounter,
  withBalance: boolean,
  call: Call,
): Promise<FoundClaim | undefined> => {
  const charges = await chargesOf(unity, encounter.id, call);
  if (charges.length === 0) return undefined;
  const vouchers = withBalance ? await vouchersOf(unity, encounter.patient, call) : [];
  const record = toClaim(encounter, charges, balanceOf(vouchers, encounter.id), unity.source.timeZone);
  return record === undefined ? undefined : { record, covers: withBalance ? 'all' : WITHOUT_BALANCE };
};

/** Could this encounter's services be within these days? Only then is it worth a call. */
const inDays = ({ date }: Encounter, { from, to }: ClaimQuery): boolean =>
  date === undefined
    ? from === undefined && to === undefined
    : (from === undefined || date >= from) && (to === undefined || date <= to);

/**
 * One page of a patient's claims. Each encounter costs a call, so they are walked from the page's beginning until one
 * claim more than the page holds is found; how many there are in all stays unknown.
 */
const claimsPage = async (
  unity: Unity,
  { patient, filter, window }: PatientList<ClaimQuery>,
  call: Call,
): Promise<Page<'Claim'>> => {
  const encounters = (await encountersOf(unity, patient, call)).filter((encounter) => inDays(encounter, filter));
  const keys = encounters.map(({ id }) => claimKey(patient, id));
  let next = resumeAt(keys, window.after);
  const found: { readonly claim: FoundClaim; readonly position: number }[] = [];
  while (next < encounters.length && found.length <= window.first) {
    const most = Math.min(unity.source.limits.concurrency, window.first + 1 - found.length);
    const batch = encounters.slice(next, next + most);
    const claims = await allInParallel(batch, most, (encounter) =>
      claimOf(unity, encounter, wantsBalance(window.fields), call),
    );
    claims.forEach((claim, i) => {
      if (claim === undefined || filter.status?.includes(claim.record.status) === false) return;
      found.push({ claim, position: next + i + 1 });
    });
    next += batch.length;
  }
  const items = found
    .slice(0, window.first)
    .map(({ claim, position }) => ({ ...claim, after: positionAfter(position, claim.record.key) }));
  return { items, hasNextPage: found.length > window.first };
};

export const patientClaims = (
  unity: Unity,
  asked: readonly PatientList<ClaimQuery>[],
  call: Call,
): Promise<readonly (Page<'Claim'> | Error)[]> =>
  inParallel(asked, unity.source.limits.concurrency, (each) => claimsPage(unity, each, call));

const CLAIMS_OF_ALL = 'This vendor lists charges by encounter, and encounters by patient: ask for a patient’s claims.';

/** Refused: it would take every patient's encounters. */
export const searchClaims = (unity: Unity): Promise<Page<'Claim'>> =>
  Promise.reject(new GraphError('UNSUPPORTED_BY_VENDOR', { source: unity.source.id, message: CLAIMS_OF_ALL }));

const readClaim = async (unity: Unity, { key, fields }: Wanted<'Claim'>, call: Call): Promise<FoundClaim | null> => {
  const parsed = parseClaimKey(key);
  if (parsed === undefined) return null;
  const encounter = (await encountersOf(unity, parsed.patient, call)).find(({ id }) => id === parsed.encounter);
  if (encounter === undefined) return null;
  return (await claimOf(unity, encounter, wantsBalance(fields), call)) ?? null;
};

export const readClaims = (
  unity: Unity,
  wanted: readonly Wanted<'Claim'>[],
  call: Call,
): Promise<readonly (FoundClaim | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, (each) => readClaim(unity, each, call));
