import Big from 'big.js';
import type { ClaimStatus } from '../../../schema/enums.ts';
import type { ClaimAdjudication } from '../../../schema/records.ts';
import type { Money } from '../../../schema/values.ts';
import { sumMoney } from '../../vendor/decimal.ts';
import type { FhirConcept } from '../elements.ts';
import type { FhirAdjudication, Resource } from '../payload.ts';
import { toAmount, toCoding } from './datatypes.ts';

type Eob = Resource<'ExplanationOfBenefit'>;

/** What a category of an amount means for the claim's totals. */
type Meaning = 'eligible' | 'benefit' | 'copay' | 'deductible' | 'coinsurance' | 'liability';
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // http://terminology.hl7.org/CodeSystem/adjudication
  eligible: 'eligible',
  benefit: 'benefit',
  copay: 'copay',
  deductible: 'deductible',
  unallocdeduct: 'deductible',
  // CARIN Blue Button, C4BBAdjudication
  coinsurance: 'coinsurance',
  memberliability: 'liability',
  // CMS Blue Button: URLs of variables
  line_alowd_chrg_amt: 'eligible',
  line_prvdr_pmt_amt: 'benefit',
  line_coinsrnc_amt: 'coinsurance',
  line_bene_ptb_ddctbl_amt: 'deductible',
};
const PATIENT_SHARES: readonly Meaning[] = ['copay', 'deductible', 'coinsurance'];

const meaningOf = (category: FhirConcept | undefined): Meaning | undefined =>
  category?.coding
    .map(({ code }) => MEANINGS[code?.replace(/^.*\//, '') ?? ''])
    .find((meaning) => meaning !== undefined);

interface Sized {
  readonly category?: FhirConcept | undefined;
  readonly amount?: FhirAdjudication['amount'];
}

const sumOf = (rows: readonly Sized[], meaning: Meaning): Money | undefined =>
  sumMoney(
    rows.filter(({ category }) => meaningOf(category) === meaning).flatMap(({ amount }) => toAmount(amount) ?? []),
  );

/** The explanation's own total of this meaning; where it has none, the sum over its lines. */
const totalOf = ({ total, item }: Eob, meaning: Meaning): Money | undefined =>
  sumOf(total, meaning) ??
  sumOf(
    item.flatMap(({ adjudication }) => adjudication),
    meaning,
  );

/** What the payer paid: the payment, else the benefit that was granted. */
const paidBy = (eob: Eob): Money | undefined => toAmount(eob.payment?.amount) ?? totalOf(eob, 'benefit');

const isRetracted = ({ status }: Eob): boolean => status !== undefined && status !== 'active';
const createdAt = ({ created }: Eob): number => {
  const at = Date.parse(created ?? '');
  return Number.isNaN(at) ? 0 : at;
};

/** Newest last. Cancelled, draft and retracted explanations say nothing about the claim. */
export const inForce = (eobs: readonly Eob[]): readonly Eob[] =>
  eobs
    .filter((eob) => !isRetracted(eob))
    .sort((one, other) => createdAt(one) - createdAt(other) || one.id.localeCompare(other.id));

/** Over all payers. */
export const totalPaid = (eobs: readonly Eob[]): Money | undefined =>
  sumMoney(eobs.flatMap((eob) => paidBy(eob) ?? []));

const shareIn = (eob: Eob): Money | undefined =>
  totalOf(eob, 'liability') ??
  sumMoney(PATIENT_SHARES.map((meaning) => totalOf(eob, meaning)).filter((share) => share !== undefined));

/** What is left to the patient, by the newest explanation: an earlier payer's share goes on to the next payer. */
export const patientShare = (eobs: readonly Eob[]): Money | undefined => {
  const newest = eobs.at(-1);
  return newest === undefined ? undefined : shareIn(newest);
};

const saysWhyNot = ({ disposition, processNote, adjudication, item }: Eob): boolean =>
  disposition !== undefined ||
  processNote.length > 0 ||
  [...adjudication, ...item.flatMap((line) => line.adjudication)].some(({ reason }) => reason !== undefined);

const CENT = new Big('0.01'); // two amounts that were rounded apart can miss their sum by one

/** To the cent: servers add amounts up in binary floating point. Only comparisons are rounded, never what is shown. */
const cents = ({ value }: Money): Big => new Big(value).round(2);

/** A line that was charged, granted nothing and given a reason. */
const isRefused = ({ net, adjudication }: Eob['item'][number]): boolean => {
  const granted = sumOf(adjudication, 'benefit');
  const charged = toAmount(net);
  return (
    granted !== undefined &&
    cents(granted).lte(0) &&
    charged !== undefined &&
    cents(charged).gt(0) &&
    adjudication.some(({ reason }) => reason !== undefined)
  );
};

/** Has the payer paid less than it owes? Only what the explanation itself says counts. */
const fallsShort = (eob: Eob, paid: Money): boolean => {
  const granted = totalOf(eob, 'benefit');
  if (granted !== undefined && cents(paid).lt(cents(granted))) return true;
  const eligible = totalOf(eob, 'eligible');
  const share = shareIn(eob);
  const covered = share === undefined ? undefined : cents(paid).plus(cents(share));
  return (
    (covered !== undefined && eligible !== undefined && covered.plus(CENT).lt(cents(eligible))) ||
    eob.item.some(isRefused)
  );
};

/** What one payer has decided. */
const decision = (eob: Eob): ClaimStatus => {
  if (eob.outcome === 'queued') return 'ACCEPTED'; // R4: received by the payer, not begun
  if (eob.outcome === 'error') return 'REJECTED';
  const paid = paidBy(eob);
  const nothing = paid === undefined || cents(paid).lte(0);
  if (eob.outcome === 'partial') return nothing ? 'ACCEPTED' : 'PARTIALLY_PAID';
  if (eob.outcome !== 'complete') return 'UNMAPPED';
  if (paid === undefined) return 'ACCEPTED';
  if (!nothing) return fallsShort(eob, paid) ? 'PARTIALLY_PAID' : 'PAID';
  const share = shareIn(eob);
  const borneByPatient = share !== undefined && cents(share).gt(0);
  return saysWhyNot(eob) && !borneByPatient ? 'DENIED' : 'ACCEPTED';
};

/** With several payers, what has come furthest: a second payer's refusal does not undo the first one's payment. */
const FURTHEST: readonly ClaimStatus[] = ['PAID', 'PARTIALLY_PAID', 'ACCEPTED', 'DENIED', 'REJECTED'];

/** What the payers have decided; `undefined` when none has said anything. */
export const decided = (eobs: readonly Eob[]): ClaimStatus | undefined => {
  const decisions = new Set(eobs.map(decision));
  return FURTHEST.find((status) => decisions.has(status)) ?? [...decisions][0];
};

const toAdjudication = (
  category: FhirConcept | undefined,
  reason: FhirConcept | undefined,
  amount: Sized['amount'],
): ClaimAdjudication | undefined => {
  const name = category?.coding.find(({ code }) => code !== undefined)?.code ?? category?.text;
  const coding = reason?.coding[0];
  const why = coding === undefined ? undefined : toCoding(coding);
  return name === undefined ? undefined : { category: name, reason: why ?? null, amount: toAmount(amount) ?? null };
};

/** Decisions about the claim as a whole. */
export const claimAdjudications = (eobs: readonly Eob[]): readonly ClaimAdjudication[] =>
  eobs.flatMap(({ total, adjudication }) => [
    ...total.flatMap(({ category, amount }) => toAdjudication(category, undefined, amount) ?? []),
    ...adjudication.flatMap(({ category, reason, amount }) => toAdjudication(category, reason, amount) ?? []),
  ]);

/** Decisions about one line. */
export const lineAdjudications = (eobs: readonly Eob[], sequence: number | undefined): readonly ClaimAdjudication[] =>
  eobs
    .flatMap(({ item }) => item.filter((line) => line.sequence !== undefined && line.sequence === sequence))
    .flatMap(({ adjudication }) => adjudication)
    .flatMap(({ category, reason, amount }) => toAdjudication(category, reason, amount) ?? []);
