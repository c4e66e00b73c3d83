import { GraphError } from '../../../schema/errors.ts';
import type { Origin } from '../../../upstream/cache/question.ts';
import type { Call } from '../../../upstream/call.ts';
import type { ClaimQuery, Found, Page, PatientList, Wanted } from '../../vendor/connector.ts';
import { firstOffered } from '../client.ts';
import { balanceOf, claimKey, type Encounter, parseClaimKey, toClaim, toEncounter } from '../mapping/claim.ts';
import { idCell, identifiedRows, type Row } from '../payload.ts';
import { byText, positionAfter, resumeAt } from './page.ts';
import { inParallel } from './parallel.ts';
import { aheadOf, origin, type Unity } from './unity.ts';
import { walk } from './walk.ts';

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

interface Encounters {
  readonly encounters: readonly Encounter[];
  readonly on?: Origin | undefined;
}

/** A patient's encounters, the newest first. */
const encountersOf = async (unity: Unity, patient: string, call: Call): Promise<Encounters> => {
  const { tables, on } = await unity.client.run('GetEncounterList', { patient }, call);
  const encounters = identifiedRows(tables, unity.source.id, 'ID').map((row) => {
    const encounter = toEncounter(row);
    if (encounter?.patient !== patient) throw notUnderstood(unity);
    return encounter;
  });
  return {
    encounters: [...encounters].sort(
      (one, other) => byText(other.date ?? '', one.date ?? '') || byText(one.id, other.id),
    ),
    on,
  };
};

const chargesOf = async (unity: Unity, encounter: string, call: Call): Promise<readonly Row[]> => {
  const { tables } = await unity.client.run('GetCharges', { encounter }, call);
  const rows = identifiedRows(tables, unity.source.id, 'ChargeID');
  if (rows.some((row) => (idCell(row, 'EncounterID') ?? encounter) !== encounter)) throw notUnderstood(unity);
  return rows;
};

interface Vouchers {
  readonly rows: readonly Row[];
  readonly on?: Origin | undefined;
}

/** A patient's vouchers; none where Practice Management is not licensed. */
const vouchersOf = (unity: Unity, patient: string, call: Call): Promise<Vouchers> =>
  firstOffered<Vouchers>([
    async () => {
      const { tables, on } = await unity.client.run('GetPatientAccountBalance', { patient }, call);
      return { rows: identifiedRows(tables, unity.source.id, 'Voucher_ID'), on };
    },
    async () => ({ rows: [] }),
  ]);

const wantsBalance = (fields: ReadonlySet<string> | undefined): boolean =>
  fields?.has('patientResponsibility') === true;

const claimFrom = (
  unity: Unity,
  encounter: Encounter,
  charges: readonly Row[],
  vouchers: Vouchers | undefined,
): FoundClaim | undefined => {
  const record = toClaim(encounter, charges, balanceOf(vouchers?.rows ?? [], encounter.id), unity.source.timeZone);
  const covers = vouchers === undefined ? WITHOUT_BALANCE : 'all';
  return record === undefined ? undefined : { record, covers, on: vouchers?.on };
};

const claimOf = async (
  unity: Unity,
  encounter: Encounter,
  withBalance: boolean,
  call: Call,
): Promise<FoundClaim | undefined> => {
  const [charges, vouchers] = await Promise.all([
    chargesOf(unity, encounter.id, call),
    withBalance ? vouchersOf(unity, encounter.patient, call) : undefined,
  ]);
  return claimFrom(unity, encounter, charges, vouchers);
};

/** Could this encounter's services be within these days? Only then is it worth a call. */
const inDays = ({ date }: Encounter, { from, to }: ClaimQuery): boolean =>
  date === undefined
    ? from === undefined && to === undefined
    : (from === undefined || date >= from) && (to === undefined || date <= to);

/** One page of a patient's claims; how many there are in all stays unknown. */
const claimsPage = async (
  unity: Unity,
  { patient, filter, window }: PatientList<ClaimQuery>,
  call: Call,
): Promise<Page<'Claim'>> => {
  if (window.fields !== undefined) aheadOf(unity, window.fields, call);
  const listed = await encountersOf(unity, patient, call);
  const encounters = listed.encounters.filter((encounter) => inDays(encounter, filter));
  const keys = encounters.map(({ id }) => claimKey(patient, id));
  const start = resumeAt(keys, window.after);
  const enough = window.first + 1;
  // each encounter costs a call and need not have a claim
  const found = await walk(encounters.slice(start), enough, unity.source.limits.concurrency, async (encounter) => {
    const claim = await claimOf(unity, encounter, wantsBalance(window.fields), call);
    return claim === undefined || filter.status?.includes(claim.record.status) === false ? undefined : claim;
  });
  const items = found.slice(0, window.first).map(({ value: claim, position }) => ({
    ...claim,
    on: origin(claim.on, listed.on),
    after: positionAfter(start + position, claim.record.key),
  }));
  return { items, hasNextPage: found.length > window.first, on: origin(listed.on, ...items.map(({ on }) => on)) };
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
  aheadOf(unity, fields, call);
  // charges are worth asking for while it is still open whether the encounter is this patient's
  const [{ encounters, on }, charges, vouchers] = await Promise.all([
    encountersOf(unity, parsed.patient, call),
    chargesOf(unity, parsed.encounter, call),
    wantsBalance(fields) ? vouchersOf(unity, parsed.patient, call) : undefined,
  ]);
  const encounter = encounters.find(({ id }) => id === parsed.encounter);
  const claim = encounter === undefined ? undefined : claimFrom(unity, encounter, charges, vouchers);
  return claim === undefined ? null : { ...claim, on: origin(claim.on, on) };
};

export const readClaims = (
  unity: Unity,
  wanted: readonly Wanted<'Claim'>[],
  call: Call,
): Promise<readonly (FoundClaim | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, (each) => readClaim(unity, each, call));
