import Big from 'big.js';
import type { Claim, ClaimLine, Coded } from '../practice.ts';
import { type Context, codedOf, given, type Row, targetOf } from './context.ts';
import type { BenefitShape, ClaimShape, Reference } from './shapes.ts';
import { day, instantOrDayStart } from './time.ts';

/** What the links of a claim lead to. */
export interface Links {
  readonly conditionOf: (reference: Reference | undefined) => Coded | undefined;
  readonly payerOf: (coverage: Reference) => string | undefined;
  readonly appointmentOf: (encounter: Reference | undefined) => number | undefined;
}

/** Shares of the patient among the adjudications, by the end of their code (Blue Button, X12 names in HL7's list). */
const PATIENT_SHARES = ['line_coinsrnc_amt', 'line_bene_ptb_ddctbl_amt', 'deductible', 'copay', 'coinsurance'];

const isShare = (codes: readonly (string | undefined)[]): boolean =>
  codes.some((code) => PATIENT_SHARES.some((share) => code === share || code?.endsWith(`/${share}`) === true));

const decimal = (text: string | undefined): string | undefined =>
  text !== undefined && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? text : undefined;

const sum = (amounts: readonly string[]): string | undefined =>
  amounts.length === 0 ? undefined : amounts.reduce((total, amount) => total.plus(amount), new Big(0)).toFixed();

interface Share {
  readonly category: BenefitShape['total'][number]['category'];
  readonly amount?: { readonly value?: string | undefined } | undefined;
}

const sharesOf = (amounts: readonly Share[]): string | undefined =>
  sum(
    amounts
      .filter(({ category }) => isShare(category.coding.map(({ code }) => code)))
      .flatMap(({ amount }) => decimal(amount?.value) ?? []),
  );

/** The patient's shares of the lines, or where the lines name none those of the whole. */
const responsibility = ({ item, total }: BenefitShape): string | undefined =>
  sharesOf(item.flatMap(({ adjudication }) => adjudication)) ?? sharesOf(total);

/** FHIR says whether a claim stands; how far it has come only its explanation of benefit says. */
const statusOf = ({ status }: ClaimShape, benefit: BenefitShape | undefined): Claim['status'] | undefined => {
  if (status === 'draft' || status === 'cancelled') return status;
  if (status !== 'active') return undefined;
  if (benefit === undefined) return 'submitted';
  if (benefit.outcome === 'queued') return 'queued';
  if (benefit.outcome === 'error') return 'rejected';
  if (benefit.outcome === 'partial') return 'partially-paid';
  return new Big(decimal(benefit.payment?.amount?.value) ?? '0').gt(0) ? 'paid' : 'accepted';
};

interface Diagnoses {
  readonly list: readonly Coded[];
  /** Place in the list, from 1, by the number that the claim gives a diagnosis. */
  readonly places: ReadonlyMap<string, number>;
}

const diagnosesOf = ({ diagnosis }: ClaimShape, links: Links, { tally }: Context): Diagnoses => {
  const list: Coded[] = [];
  const places = new Map<string, number>();
  for (const { sequence, diagnosisCodeableConcept, diagnosisReference } of diagnosis) {
    const code = codedOf(diagnosisCodeableConcept) ?? links.conditionOf(diagnosisReference);
    if (code === undefined) tally.note('diagnoses of claims lead to no code in the files: left out');
    else places.set(sequence, list.push(code));
  }
  return { list, places };
};

type Line = Omit<ClaimLine, 'id'>;

const linesOf = ({ item }: ClaimShape, { places }: Diagnoses, first: string, { zone }: Context): Line[] =>
  item.flatMap((row): Line[] => {
    const procedure = codedOf(row.productOrService);
    if (procedure === undefined) return [];
    return [
      {
        procedure,
        modifiers: row.modifier.flatMap(({ coding }) => coding[0]?.code ?? []),
        diagnosisPointers: row.diagnosisSequence.flatMap((sequence) => places.get(sequence) ?? []),
        units: decimal(row.quantity?.value) ?? '1',
        ...given('charge', decimal(row.net?.value)),
        date: day(row.servicedDate ?? row.servicedPeriod?.start, zone) ?? first,
      },
    ];
  });

const currenciesOf = (claim: ClaimShape, benefit: BenefitShape | undefined): readonly string[] =>
  [
    claim.total,
    ...claim.item.map(({ net }) => net),
    benefit?.payment?.amount,
    ...(benefit?.total ?? []).map(({ amount }) => amount),
    ...(benefit?.item ?? []).flatMap(({ adjudication }) => adjudication.map(({ amount }) => amount)),
  ].flatMap((money) => money?.currency ?? []);

const providerOf = (value: ClaimShape, benefit: BenefitShape | undefined, { ids }: Context): number | undefined =>
  [value.provider, ...value.careTeam.map(({ provider }) => provider), benefit?.provider].flatMap(
    (reference) => ids.find(reference, 'Practitioner') ?? [],
  )[0];

type Draft = Omit<Claim, 'id' | 'lines' | 'payments'> & {
  readonly lines: readonly Line[];
  readonly payments: readonly Omit<Claim['payments'][number], 'id'>[];
};

const paidBy = (benefit: BenefitShape | undefined, createdAt: string, { zone }: Context): Draft['payments'] => {
  const amount = decimal(benefit?.payment?.amount?.value);
  const date = day(benefit?.payment?.date ?? benefit?.created ?? createdAt, zone);
  return amount === undefined || date === undefined || new Big(amount).eq(0)
    ? []
    : [{ from: 'insurance', amount, date }];
};

const draftOf = (
  value: ClaimShape,
  benefit: BenefitShape | undefined,
  links: Links,
  context: Context,
): Draft | string => {
  const patientId = context.ids.find(value.patient, 'Patient');
  const status = statusOf(value, benefit);
  const [line] = value.item;
  const served = value.billablePeriod?.start ?? line?.servicedDate ?? line?.servicedPeriod?.start;
  const first = day(served, context.zone);
  const createdAt = instantOrDayStart(value.created, context.zone);
  if (patientId === undefined) return 'is for nobody in the files';
  if (value.use !== undefined && value.use !== 'claim') return 'only asks beforehand and bills nothing';
  if (status === undefined) return 'was entered in error';
  if (first === undefined) return 'has no day of service';
  if (createdAt === undefined) return 'does not say when it was made';
  if (value.item.some((row) => codedOf(row.productOrService) === undefined)) return 'has a line without a code';
  if (currenciesOf(value, benefit).some((currency) => currency !== 'USD')) return 'is not in dollars';
  const diagnoses = diagnosesOf(value, links, context);
  const [insurance] = [...value.insurance].sort(
    (one, other) => Number(other.focal === true) - Number(one.focal === true),
  );
  const [visit] = value.item.flatMap(({ encounter }) => encounter.flatMap((one) => links.appointmentOf(one) ?? []));
  return {
    patientId,
    ...given('practitionerId', providerOf(value, benefit, context)),
    ...given('locationId', context.ids.find(value.facility, 'Location')),
    ...given('appointmentId', visit),
    status,
    ...given('payer', insurance && (links.payerOf(insurance.coverage) ?? insurance.coverage.display)),
    serviceStart: first,
    serviceEnd: day(value.billablePeriod?.end, context.zone) ?? first,
    createdAt,
    diagnoses: diagnoses.list,
    lines: linesOf(value, diagnoses, first, context),
    ...given('totalCharge', decimal(value.total?.value)),
    ...given('insurancePaid', decimal(benefit?.payment?.amount?.value)),
    ...given('patientResponsibility', benefit && responsibility(benefit)),
    payments: paidBy(benefit, createdAt, context),
  };
};

/** The newest explanation of benefit of each claim, by `Claim/id`; counts those that lead to no claim. */
const benefitsByClaim = (
  rows: readonly Row<BenefitShape>[],
  claims: ReadonlySet<string>,
  { tally }: Context,
): ReadonlyMap<string, BenefitShape> => {
  const newest = new Map<string, BenefitShape>();
  for (const { value } of rows) {
    const target = value.claim && targetOf(value.claim, 'Claim');
    const known = target === undefined ? undefined : newest.get(target);
    if ((value.status ?? 'active') !== 'active') tally.omitted('ExplanationOfBenefit', 'does not hold');
    else if (target === undefined || !claims.has(target))
      tally.omitted('ExplanationOfBenefit', 'explains no claim in the files');
    else if (known === undefined) newest.set(target, value);
    else {
      tally.omitted('ExplanationOfBenefit', 'was replaced by a newer one of the same claim');
      if ((value.created ?? '') > (known.created ?? '')) newest.set(target, value);
    }
  }
  return newest;
};

/** The claims that the systems can hold with what their explanations of benefit say, numbered from 1. */
export const claimsOf = (
  rows: readonly Row<ClaimShape>[],
  benefits: readonly Row<BenefitShape>[],
  links: Links,
  context: Context,
): Claim[] => {
  const explained = benefitsByClaim(benefits, new Set(rows.map(({ id }) => `Claim/${id}`)), context);
  const claims: Claim[] = [];
  let line = 0;
  let payment = 0;
  for (const { id, value } of rows) {
    const benefit = explained.get(`Claim/${id}`);
    const draft = draftOf(value, benefit, links, context);
    if (typeof draft === 'string') {
      context.tally.omitted('Claim', draft);
      if (benefit !== undefined) context.tally.omitted('ExplanationOfBenefit', 'explains a claim that was left out');
      continue;
    }
    const number = claims.length + 1;
    claims.push({
      ...draft,
      id: number,
      lines: draft.lines.map((row) => ({ id: ++line, ...row })),
      payments: draft.payments.map((row) => ({ id: ++payment, ...row })),
    });
    context.ids.add('Claim', id, number);
    context.tally.kept('Claim');
    if (benefit !== undefined) context.tally.kept('ExplanationOfBenefit');
  }
  return claims;
};
