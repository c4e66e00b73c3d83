import type { ClaimStatus } from '../../../schema/enums.ts';
import type { ClaimLine, Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, Coding, Money } from '../../../schema/values.ts';
import { concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { sumMoney, toDecimal, toMoney } from '../../vendor/decimal.ts';
import { codeTable } from '../../vendor/table.ts';
import { dayPeriod } from '../../vendor/time.ts';
import { cell, idCell, type Row } from '../payload.ts';
import { toDay } from './format.ts';
import { joinKey, splitKey } from './key.ts';

/** `Unsubmitted` is as Unity was seen to send it; the others are the same word in both systems. */
export const CHARGE_STATUS = codeTable<ClaimStatus>({
  Unsubmitted: 'DRAFT',
  Submitted: 'SUBMITTED',
  Accepted: 'ACCEPTED',
  Rejected: 'REJECTED',
  Denied: 'DENIED',
  Paid: 'PAID',
  'Partially Paid': 'PARTIALLY_PAID',
  Cancelled: 'CANCELLED',
  Canceled: 'CANCELLED',
  Voided: 'CANCELLED',
});

/** A visit that charges may hang on. */
export interface Encounter {
  readonly id: string;
  readonly patient: string;
  /** `YYYY-MM-DD` */
  readonly date?: string;
  readonly practitioner?: string;
  readonly type?: string;
}

/** A row of GetEncounterList. `undefined` for the row that stands for "none". */
export const toEncounter = (row: Row): Encounter | undefined => {
  const id = idCell(row, 'ID');
  const patient = idCell(row, 'patientid');
  const date = toDay(cell(row, 'DTTM'));
  const practitioner = idCell(row, 'PerformingProviderID');
  const type = cell(row, 'EncounterType');
  return id === undefined || patient === undefined
    ? undefined
    : {
        id,
        patient,
        ...(date === undefined ? {} : { date }),
        ...(practitioner === undefined ? {} : { practitioner }),
        ...(type === undefined ? {} : { type }),
      };
};

export const claimKey = (patient: string, encounter: string): string => joinKey(patient, encounter);

export const parseClaimKey = (key: string): { readonly patient: string; readonly encounter: string } | undefined => {
  const [patient = '', encounter = ''] = splitKey(key, 2) ?? [];
  return patient === '' || encounter === '' ? undefined : { patient, encounter };
};

/**
 * One encounter's charges (rows of GetCharges) as a claim, since Unity has no claims. `undefined` without charges.
 * What the patient still owes is known only where a voucher has the encounter's id.
 */
export const toClaim = (
  encounter: Encounter,
  charges: readonly Row[],
  patientResponsibility: Money | undefined,
  zone: string,
): Mapped<'Claim'> | undefined => {
  if (charges.length === 0) return undefined;
  const words = [...new Set(charges.map((row) => cell(row, 'Status')))];
  const diagnoses = [...new Set(charges.flatMap(diagnosisCodes))];
  const key = claimKey(encounter.patient, encounter.id);
  return {
    key,
    externalId: encounter.id,
    patientKey: encounter.patient,
    practitionerKey: encounter.practitioner ?? null,
    appointmentKey: null,
    status: words.length === 1 ? (CHARGE_STATUS.to(words[0]) ?? 'UNMAPPED') : 'UNMAPPED',
    vendorStatus: words.filter((word) => word !== undefined).join(', ') || null,
    payer: null,
    servicePeriod: encounter.date === undefined ? null : dayPeriod(encounter.date, zone),
    diagnoses: diagnoses.map((code) => toDiagnosis(code, encounter.date)),
    lines: charges.map((row, i) => toLine(row, i + 1, diagnoses, encounter.date)),
    totalCharge: null,
    totalPaid: null,
    patientResponsibility: patientResponsibility ?? null,
    adjudications: [],
    own: { encounterType: encounter.type ?? null },
  };
};

const diagnosisCodes = (row: Row): readonly string[] =>
  (cell(row, 'DiagnosisCodes') ?? '')
    .split('|')
    .map((code) => code.trim())
    .filter((code) => code !== '');

/** The day from which US claims use ICD-10-CM (45 CFR 162.1002). */
const ICD10_SINCE = '2015-10-01';
const ICD10 = /^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$/;
const ICD9 = /^(\d{3}(\.\d{1,2})?|V\d{2}(\.\d{1,2})?|E\d{3}(\.\d)?)$/;

const toDiagnosis = (code: string, date: string | undefined): CodeableConcept => {
  if (date !== undefined && date >= ICD10_SINCE && ICD10.test(code)) return concept(SYSTEM.icd10cm, code);
  if (date !== undefined && date < ICD10_SINCE && ICD9.test(code)) return concept(SYSTEM.icd9cm, code);
  return concept(undefined, code);
};

/** Five digits, or four and a letter, are CPT; a letter and four digits are HCPCS Level II. */
const procedureSystem = (code: string): string | undefined =>
  /^\d{4}[\dFTUM]$/.test(code) ? SYSTEM.cpt : /^[A-V]\d{4}$/.test(code) ? SYSTEM.hcpcs : undefined;

const toProcedure = (row: Row): CodeableConcept | null => {
  const code = cell(row, 'ChargeCode');
  const words = cell(row, 'ChargeDescription');
  if (code === undefined) return words === undefined ? null : textConcept(words);
  return concept(procedureSystem(code), code, undefined, words);
};

const toModifiers = (row: Row): readonly Coding[] =>
  [1, 2, 3, 4].flatMap((position) => {
    const code = cell(row, `Modifier${position}`);
    return code === undefined ? [] : [{ code }];
  });

const toLine = (row: Row, sequence: number, diagnoses: readonly string[], date: string | undefined): ClaimLine => ({
  sequence,
  procedure: toProcedure(row),
  modifiers: toModifiers(row),
  diagnosisPointers: diagnosisCodes(row).map((code) => diagnoses.indexOf(code) + 1),
  units: toDecimal(cell(row, 'Units')) ?? null,
  charge: null,
  serviceDate: date ?? null,
  adjudications: [],
});

/** What the patient owes on the vouchers that have this encounter's id (rows of GetPatientAccountBalance). */
export const balanceOf = (vouchers: readonly Row[], encounter: string): Money | undefined => {
  const amounts = vouchers
    .filter((row) => idCell(row, 'Voucher_ID') === encounter)
    .map((row) => toMoney(cell(row, 'patientbalance')));
  return amounts.some((amount) => amount === undefined)
    ? undefined
    : sumMoney(amounts.filter((amount) => amount !== undefined));
};
