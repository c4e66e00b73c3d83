import Big from 'big.js';
import type { Claim, ClaimLine } from '../practice.ts';
import { wireDay } from './clock.ts';
import { chargeId, diagnosisId, insuranceId, paymentId } from './identity.ts';
import { type World, wireStampDay } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

/** athenaNet writes `189` and `-25.15`. [public: go, dotnet] */
export const wireMoney = (amount: string | undefined): string | undefined =>
  amount === undefined ? undefined : new Big(amount).toFixed();

interface Words {
  readonly primary: string;
  readonly patient: string;
}

/**
 * One word per payer. HOLD, DROP and CLOSED are public; BILLED, PENDPAY, MGRHOLD and FOLLOWUP and what each stands for
 * are [assumption].
 */
const INSURED: Readonly<Record<Exclude<Claim['status'], 'cancelled'>, Words>> = {
  draft: { primary: 'HOLD', patient: 'HOLD' },
  queued: { primary: 'DROP', patient: 'HOLD' },
  submitted: { primary: 'BILLED', patient: 'HOLD' },
  accepted: { primary: 'PENDPAY', patient: 'HOLD' },
  rejected: { primary: 'MGRHOLD', patient: 'HOLD' },
  denied: { primary: 'FOLLOWUP', patient: 'HOLD' },
  'partially-paid': { primary: 'CLOSED', patient: 'BILLED' },
  paid: { primary: 'CLOSED', patient: 'CLOSED' },
};

const NO_PAYER = { id: 0, status: 'CLOSED' } as const;

/** Without an insurer the patient is the payer and takes the word. */
const wordsOf = ({ status, payer }: Claim): Words => {
  if (status === 'cancelled') throw new Error('a cancelled claim has no words');
  const words = INSURED[status];
  if (payer !== undefined) return words;
  return { primary: NO_PAYER.status, patient: status === 'partially-paid' ? words.patient : words.primary };
};

/** A claim names its insurer by the patient's insurance; absent when the patient has none of that name (any more). */
const primaryId = (world: World, { patientId, payer }: Claim): number | undefined => {
  if (payer === undefined) return NO_PAYER.id;
  const index = world.patient(patientId)?.coverages.findIndex((coverage) => coverage.payer === payer) ?? -1;
  return index < 0 ? undefined : insuranceId(patientId, index + 1);
};

/** Modifiers follow the code after commas. [public: go, docs-claim] */
const procedureCode = ({ procedure, modifiers }: ClaimLine): string => [procedure.code, ...modifiers].join(',');

const charges = ({ id, lines }: Claim) =>
  lines.map((line, index) => ({
    transactionid: String(chargeId(id, index + 1)),
    procedurecode: procedureCode(line),
    proceduredescription: line.procedure.display || undefined,
    chargeamount: wireMoney(line.charge),
  }));

const CODE_SETS: readonly (readonly [part: string, name: string])[] = [
  ['icd-10', 'ICD10'],
  ['icd-9', 'ICD9'],
  ['snomed', 'SNOMED'],
];

/** athenaNet's name of a code system by its URI; another system has none. */
export const codeSet = (system: string): string | undefined =>
  CODE_SETS.find(([part]) => system.toLowerCase().includes(part))?.[1];

const diagnoses = (claim: Claim) =>
  claim.diagnoses.map(({ system, code, display }, index) => ({
    diagnosisid: String(diagnosisId(claim.id, index + 1)),
    diagnosiscodeset: codeSet(system),
    diagnosisrawcode: code,
    diagnosisdescription: display || undefined,
    deleteddiagnosis: 'false',
  }));

/** A claim: its own id is text, the others numbers, money text. [public: go, dotnet] */
export const claimRow = (world: World, claim: Claim, showCustomFields: boolean): Row => {
  const words = wordsOf(claim);
  const procedures = charges(claim);
  return {
    claimid: String(claim.id),
    claimcreateddate: wireStampDay(world, claim.createdAt),
    billedservicedate: wireDay(claim.serviceStart),
    billedproviderid: claim.practitionerId,
    departmentid: claim.locationId,
    patientid: claim.patientId,
    appointmentid: claim.appointmentId,
    chargeamount: wireMoney(claim.totalCharge),
    procedures,
    transactiondetails: Object.fromEntries(procedures.map((row) => [row.transactionid, row.chargeamount])),
    diagnoses: diagnoses(claim),
    primaryinsurancepayer: { primarypatientinsuranceid: primaryId(world, claim), status: words.primary },
    secondaryinsurancepayer: { secondarypatientinsuranceid: NO_PAYER.id, status: NO_PAYER.status },
    patientpayer: { status: words.patient },
    customfields: showCustomFields ? [] : undefined,
  };
};

/** Charges, then payments and adjustments as negative amounts. The whole body is [assumption], after the sample. */
export const transactionRows = (world: World, claim: Claim): readonly Row[] => [
  ...charges(claim).map(({ transactionid, procedurecode, chargeamount }) => ({
    transactionid,
    type: 'CHARGE',
    amount: chargeamount,
    procedurecode,
    postdate: wireStampDay(world, claim.createdAt),
  })),
  ...claim.payments.map(({ from, amount, date }, index) => ({
    transactionid: String(paymentId(claim.id, index + 1)),
    type: from === 'adjustment' ? 'ADJUSTMENT' : 'PAYMENT',
    amount: new Big(0).minus(amount).toFixed(),
    postdate: wireDay(date),
  })),
];
