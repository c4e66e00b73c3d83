import type { ClaimStatus } from '../../../schema/enums.ts';
import type { ClaimLine, Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, Money, Period } from '../../../schema/values.ts';
import { sumMoney, toDecimal } from '../../vendor/decimal.ts';
import { calendarDate, compareInstants, instantToLocal } from '../../vendor/time.ts';
import { findContained, type Resource } from '../payload.ts';
import { toTarget } from '../reference.ts';
import { claimAdjudications, decided, inForce, lineAdjudications, patientShare, totalPaid } from './adjudication.ts';
import type { MappingContext } from './context.ts';
import {
  optionalConcept,
  toAmount,
  toCoding,
  toIdentifier,
  toIdentity,
  toInt,
  toMoment,
  toPeriod,
  toSpan,
} from './datatypes.ts';

type Eob = Resource<'ExplanationOfBenefit'>;

/** `unknown`: this server has no way to tell what the payer decided, so an active claim can be in any state. */
export type Outcomes = readonly Eob[] | 'unknown';

interface ClaimContext extends MappingContext {
  /** The names of organizations that came along, by id. */
  readonly organizations?: (id: string) => string | undefined;
}

export const toClaim = (claim: Resource<'Claim'>, outcomes: Outcomes, context: ClaimContext): Mapped<'Claim'> => {
  const eobs = outcomes === 'unknown' ? [] : inForce(outcomes);
  const total = toAmount(claim.total);
  return {
    ...toIdentity(claim),
    ...decidedVersion(claim, outcomes),
    patientKey: billedPatient(claim, context) ?? null,
    practitionerKey: practitionerOf(claim, eobs, context) ?? null,
    appointmentKey: null, // R4 claims name encounters, not appointments
    status: statusOf(claim, outcomes === 'unknown' ? 'unknown' : eobs),
    vendorStatus:
      [claim.status, ...eobs.slice(-1).map(({ outcome }) => outcome)].filter((word) => word !== undefined).join('/') ||
      null,
    payer: payerOf(claim, eobs, context) ?? null,
    servicePeriod: servicePeriodOf(claim, context) ?? null,
    diagnoses: claim.diagnosis.map((diagnosis) => diagnosisOf(diagnosis, claim)),
    lines: claim.item.map((item, i) => lineOf(item, i, claim, eobs, context)),
    totalCharge: total ?? computedTotal(claim) ?? null,
    totalPaid: totalPaid(eobs) ?? null,
    patientResponsibility: patientShare(eobs) ?? null,
    adjudications: claimAdjudications(eobs),
    own: {
      use: claim.use ?? null,
      type: optionalConcept(claim.type) ?? null,
      identifiers: claim.identifier.flatMap((identifier) => toIdentifier(identifier) ?? []),
      filedAt: toMoment(claim.created, context.zone) ?? null,
      filedOn: calendarDate(claim.created) ?? null,
      totalComputed: total === undefined && computedTotal(claim) !== undefined,
      outcome: eobs.at(-1)?.outcome ?? null,
      disposition: eobs.at(-1)?.disposition ?? null,
      processNotes: eobs.flatMap(({ processNote }) => processNote.flatMap(({ text }) => text ?? [])),
      paidOn: calendarDate(eobs.at(-1)?.payment?.date) ?? null,
      benefitExternalIds: eobs.map(({ id }) => id),
    },
  };
};

/** A claim shows what the payers decided, too: it changes whenever one of these resources does. */
const decidedVersion = (claim: Resource<'Claim'>, outcomes: Outcomes): Pick<Mapped<'Claim'>, 'version'> => {
  const { version } = toIdentity(claim);
  if (version?.versionId == null || outcomes === 'unknown' || outcomes.length === 0) return {};
  const parts = outcomes.map(({ id, meta }) => `${id}/${meta?.versionId ?? meta?.lastUpdated ?? ''}`).toSorted();
  const stamps = [version.lastUpdated, ...outcomes.map((one) => toIdentity(one).version?.lastUpdated)];
  const lastUpdated = stamps
    .flatMap((at) => at ?? [])
    .toSorted(compareInstants)
    .at(-1);
  return { version: { versionId: [version.versionId, ...parts].join(' '), lastUpdated: lastUpdated ?? null } };
};

export const billedPatient = (
  { patient }: Pick<Resource<'Claim'>, 'patient'>,
  { base }: MappingContext,
): string | undefined => {
  const target = toTarget(patient?.reference, base);
  return target?.type === 'Patient' ? target.id : undefined;
};

/** The claim that an explanation is about, on the same server. */
export const explainedClaim = ({ claim }: Eob, { base }: MappingContext): string | undefined => {
  const target = toTarget(claim?.reference, base);
  return target?.type === 'Claim' ? target.id : undefined;
};

/**
 * `Claim.status` is the state of the record only (fm-status). What became of an active one is in the explanations of
 * benefit: without any it is with the payer.
 */
const statusOf = ({ status }: Resource<'Claim'>, outcomes: Outcomes): ClaimStatus => {
  if (status === 'draft') return 'DRAFT';
  if (status === 'cancelled') return 'CANCELLED';
  if (status !== 'active' || outcomes === 'unknown') return 'UNMAPPED';
  return decided(outcomes) ?? 'SUBMITTED';
};

const practitionerOf = (
  claim: Resource<'Claim'>,
  eobs: readonly Eob[],
  { base }: MappingContext,
): string | undefined => {
  const teams = [...claim.careTeam, ...eobs.flatMap(({ careTeam }) => careTeam)];
  const candidates = [
    ...teams.filter(({ responsible }) => responsible === true),
    { provider: claim.provider },
    ...teams,
  ];
  return candidates
    .map(({ provider }) => toTarget(provider?.reference, base))
    .find((target) => target?.type === 'Practitioner')?.id;
};

/** The insurer by name; else what the insurance that counts (`focal`) is called. */
const payerOf = (claim: Resource<'Claim'>, eobs: readonly Eob[], context: ClaimContext): string | undefined => {
  const insurer = toTarget(claim.insurer?.reference, context.base);
  const named = claim.insurer?.display ?? (insurer === undefined ? undefined : context.organizations?.(insurer.id));
  return named ?? insuranceName(claim) ?? eobs.at(-1)?.insurer?.display ?? eobs.map(insuranceName).at(-1);
};

const insuranceName = ({
  insurance,
  contained,
}: Pick<Resource<'Claim'>, 'insurance' | 'contained'>): string | undefined => {
  const coverage = (insurance.find(({ focal }) => focal === true) ?? insurance[0])?.coverage;
  const payor = findContained('Coverage', contained, coverage?.reference)?.payor.find(
    ({ display }) => display !== undefined,
  );
  return payor?.display ?? coverage?.display;
};

/** Days are the source's: from the first instant of the first to the last of the last. */
export const servicePeriodOf = (claim: Resource<'Claim'>, { zone }: MappingContext): Period | undefined => {
  const billable = toPeriod(claim.billablePeriod, zone);
  if (billable !== undefined) return billable;
  const spans = claim.item.flatMap(
    (item) => toPeriod(item.servicedPeriod, zone) ?? toSpan(item.servicedDate, zone) ?? [],
  );
  const starts = spans.flatMap(({ start }) => start ?? []).sort(compareInstants);
  const ends = spans.flatMap(({ end }) => end ?? []).sort(compareInstants);
  return spans.length === 0 ? undefined : { start: starts[0] ?? null, end: ends.at(-1) ?? null };
};

/** One entry for each, also where it only points to a record that is not here, so that positions stay right. */
const diagnosisOf = (
  diagnosis: Resource<'Claim'>['diagnosis'][number],
  { contained }: Resource<'Claim'>,
): CodeableConcept =>
  optionalConcept(diagnosis.diagnosisCodeableConcept) ??
  optionalConcept(findContained('Condition', contained, diagnosis.diagnosisReference?.reference)?.code) ?? {
    codings: [],
    text: diagnosis.diagnosisReference?.display ?? null,
  };

const lineOf = (
  item: Resource<'Claim'>['item'][number],
  position: number,
  claim: Resource<'Claim'>,
  eobs: readonly Eob[],
  { zone }: MappingContext,
): ClaimLine => {
  const start = toMoment(item.servicedPeriod?.start, zone);
  return {
    sequence: toInt(item.sequence) ?? position + 1,
    procedure: optionalConcept(item.productOrService) ?? null,
    modifiers: item.modifier.flatMap(({ coding }) => coding.flatMap((one) => toCoding(one) ?? [])),
    diagnosisPointers: item.diagnosisSequence
      .map((sequence) => claim.diagnosis.findIndex((diagnosis) => diagnosis.sequence === sequence) + 1)
      .filter((place) => place > 0),
    units: toDecimal(item.quantity?.value) ?? null,
    charge: toAmount(item.net) ?? null,
    serviceDate:
      calendarDate(item.servicedDate) ??
      calendarDate(item.servicedPeriod?.start) ??
      (start === undefined ? null : instantToLocal(start, zone).date),
    adjudications: lineAdjudications(eobs, item.sequence),
  };
};

/** The sum of the lines, when every one of them says its amount. */
const computedTotal = ({ item }: Resource<'Claim'>): Money | undefined => {
  const amounts = item.flatMap(({ net }) => toAmount(net) ?? []);
  return amounts.length === item.length ? sumMoney(amounts) : undefined;
};
