import type { ClaimStatus } from '../../../schema/enums.ts';
import type { ClaimAdjudication, ClaimLine, Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, Coding, Money } from '../../../schema/values.ts';
import { concept, SYSTEM } from '../../vendor/concept.ts';
import { sumMoney, toDecimal, toMoney } from '../../vendor/decimal.ts';
import { codeTable } from '../../vendor/table.ts';
import { dayPeriod, fromUsDate } from '../../vendor/time.ts';
import type { ClaimPayload, ClaimTransactionPayload } from '../payload/claim.ts';

/**
 * athenaNet has no status of a claim but one per payer. These are the words for the payer whose turn it is. CLOSED is not
 * among them, since a payer that is closed has had its turn; nor are MGRHOLD, CBOHOLD and FOLLOWUP, of which nothing says
 * whether the claim was never sent, was rejected or was denied: they stay UNMAPPED.
 */
export const PAYER_STATUS = codeTable({
  HOLD: 'DRAFT',
  ATHENAHOLD: 'DRAFT',
  DROP: 'QUEUED',
  BILLED: 'SUBMITTED',
  PENDPAY: 'ACCEPTED',
  APPEALED: 'DENIED',
  OVERPAID: 'PAID',
});
const CLOSED = 'CLOSED';

/** A row of `GET /claims`; what only its transactions tell is added by `withTransactions`. */
export const toClaim = (row: ClaimPayload, zone: string): Mapped<'Claim'> => {
  const day = fromUsDate(row.billedservicedate);
  const diagnoses = (row.diagnoses ?? []).filter(
    ({ diagnosisrawcode, deleteddiagnosis }) => diagnosisrawcode !== undefined && deleteddiagnosis !== true,
  );
  const codes = diagnoses.map(({ diagnosisrawcode }) => diagnosisrawcode);
  return {
    key: row.claimid,
    externalId: row.claimid,
    patientKey: row.patientid ?? null,
    practitionerKey: row.billedproviderid ?? null,
    appointmentKey: row.appointmentid ?? null,
    status: toStatus(row),
    vendorStatus: toVendorStatus(row) ?? null,
    payer: null,
    servicePeriod: day === undefined ? null : dayPeriod(day, zone),
    diagnoses: diagnoses.map(toDiagnosis),
    lines: (row.procedures ?? []).map((procedure, i) => toLine(procedure, i + 1, codes, day)),
    totalCharge: toMoney(row.chargeamount) ?? null,
    totalPaid: null,
    patientResponsibility: null,
    adjudications: [],
    own: {
      departmentId: row.departmentid,
      createdOn: fromUsDate(row.claimcreateddate),
      primaryPayerStatus: row.primaryinsurancepayer?.status,
      secondaryPayerStatus: row.secondaryinsurancepayer?.status,
      patientPayerStatus: row.patientpayer?.status,
      primaryInsuranceId: row.primaryinsurancepayer?.primarypatientinsuranceid,
      secondaryInsuranceId: row.secondaryinsurancepayer?.secondarypatientinsuranceid,
    },
  };
};

/** Payers in the order of their turn. An insurance with the id 0 does not exist; it appears as CLOSED. */
const payersOf = (row: ClaimPayload): readonly { readonly payer: string; readonly status: string | undefined }[] => [
  ...(row.primaryinsurancepayer?.primarypatientinsuranceid === undefined
    ? []
    : [{ payer: 'primary', status: row.primaryinsurancepayer.status }]),
  ...(row.secondaryinsurancepayer?.secondarypatientinsuranceid === undefined
    ? []
    : [{ payer: 'secondary', status: row.secondaryinsurancepayer.status }]),
  ...(row.patientpayer?.status === undefined ? [] : [{ payer: 'patient', status: row.patientpayer.status }]),
];

/**
 * The status at the first payer that is not closed. When an earlier payer is closed, the claim is settled in part;
 * when all are, it is settled (by payment or write-off: only the transactions tell which).
 */
const toStatus = (row: ClaimPayload): ClaimStatus => {
  const payers = payersOf(row);
  const turn = payers.findIndex(({ status }) => status?.toUpperCase() !== CLOSED);
  if (turn === -1) return payers.length === 0 ? 'UNMAPPED' : 'PAID';
  const status = PAYER_STATUS.to(payers[turn]?.status);
  if (status === undefined) return 'UNMAPPED';
  return turn === 0 ? status : 'PARTIALLY_PAID';
};

const toVendorStatus = (row: ClaimPayload): string | undefined => {
  const words = payersOf(row).map(({ payer, status }) => `${payer} ${status ?? ''}`.trim());
  return words.length === 0 ? undefined : words.join(', ');
};

const DIAGNOSIS_SYSTEM: Readonly<Record<string, string>> = { ICD10: SYSTEM.icd10cm, ICD9: SYSTEM.icd9cm };

const toDiagnosis = (row: NonNullable<ClaimPayload['diagnoses']>[number]): CodeableConcept =>
  concept(
    DIAGNOSIS_SYSTEM[(row.diagnosiscodeset ?? '').toUpperCase().replace('-', '')],
    row.diagnosisrawcode ?? '',
    row.diagnosisdescription,
  );

type Procedure = NonNullable<ClaimPayload['procedures']>[number];

/** `99213,25,59`: the procedure, then its modifiers. A claim has one day of service, which is each line's. */
const toLine = (
  row: Procedure,
  sequence: number,
  diagnoses: readonly (string | undefined)[],
  day: string | undefined,
): ClaimLine => {
  const [code = '', ...modifiers] = (row.procedurecode ?? '').split(',').map((part) => part.trim());
  return {
    sequence,
    procedure: code === '' ? null : concept(procedureSystem(code), code, row.proceduredescription),
    modifiers: modifiers
      .filter(Boolean)
      .map((modifier): Coding => ({ system: modifierSystem(modifier), code: modifier })),
    diagnosisPointers: [row.icd10code1, row.icd10code2, row.icd10code3, row.icd10code4]
      .map((icd) => (icd === undefined ? 0 : diagnoses.indexOf(icd) + 1))
      .filter((pointer) => pointer > 0),
    units: toDecimal(row.units) ?? null,
    charge: toMoney(row.chargeamount) ?? null,
    serviceDate: day ?? null,
    adjudications: [],
  };
};

/** CPT codes begin with four digits, HCPCS level II codes with a letter; a practice's own code has no system. */
const procedureSystem = (code: string): string | undefined =>
  /^\d{4}[0-9A-Z]$/i.test(code) ? SYSTEM.cpt : /^[A-V]\d{4}$/i.test(code) ? SYSTEM.hcpcs : undefined;

const modifierSystem = (code: string): string | null =>
  /^\d{2}$/.test(code) ? SYSTEM.cpt : /^[A-Z][A-Z0-9]$/i.test(code) ? SYSTEM.hcpcs : null;

/** athenaNet's words for ledger rows as the graph's categories; others stay as they are. */
const CATEGORY = codeTable({ CHARGE: 'submitted', PAYMENT: 'paid', ADJUSTMENT: 'adjustment' });

/** A claim's ledger: charges are positive on the wire, payments and adjustments negative; here each is positive. */
export const withTransactions = (
  claim: Mapped<'Claim'>,
  transactions: readonly ClaimTransactionPayload[],
): Mapped<'Claim'> => {
  const adjudications = transactions.map(toAdjudication);
  const paid = adjudications.filter(({ category }) => category === 'paid');
  const amounts = paid.flatMap(({ amount }) => amount ?? []);
  const known = transactions.length > 0 && amounts.length === paid.length;
  const totalPaid = amounts.length === 0 ? { value: '0', currency: 'USD' } : sumMoney(amounts);
  return { ...claim, adjudications, totalPaid: known ? (totalPaid ?? null) : null };
};

const toAdjudication = ({ type, amount }: ClaimTransactionPayload): ClaimAdjudication => {
  const category = CATEGORY.to(type);
  const money = toMoney(amount) ?? null;
  return {
    category: category ?? type?.toLowerCase() ?? 'unknown',
    reason: null,
    amount: money !== null && (category === 'paid' || category === 'adjustment') ? negated(money) : money,
  };
};

const negated = ({ value, currency }: Money): Money => ({
  value: value.startsWith('-') ? value.slice(1) : /[1-9]/.test(value) ? `-${value}` : value,
  currency,
});
