import type { ObservationStatus } from '../../../schema/enums.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, Coding, ObservationValue } from '../../../schema/values.ts';
import { CATEGORY, concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';
import { compareInstants } from '../../vendor/time.ts';
import { cell, idCell, type Row } from '../payload.ts';
import { lookUp } from './code.ts';
import { toEffective, toMoment, toText } from './format.ts';
import { joinKey } from './key.ts';
import { splitAmount, toQuantity } from './quantity.ts';

/** Words of results and orders. A result that was reviewed had been final. */
export const RESULT_STATUS = codeTable<ObservationStatus>({
  Ordered: 'REGISTERED',
  Pending: 'REGISTERED',
  Preliminary: 'PRELIMINARY',
  Final: 'FINAL',
  Reviewed: 'FINAL',
  Amended: 'AMENDED',
  Corrected: 'CORRECTED',
  Canceled: 'CANCELLED',
  Cancelled: 'CANCELLED',
  'Entered in Error': 'ENTERED_IN_ERROR',
  Undefined: 'UNKNOWN',
});

/** Flags of results as codes of v3-ObservationInterpretation, which took them over from HL7 v2. */
const FLAG: Readonly<Record<string, readonly [code: string, display: string]>> = {
  N: ['N', 'Normal'],
  NORMAL: ['N', 'Normal'],
  A: ['A', 'Abnormal'],
  ABNORMAL: ['A', 'Abnormal'],
  AA: ['AA', 'Critical abnormal'],
  H: ['H', 'High'],
  HIGH: ['H', 'High'],
  HH: ['HH', 'Critical high'],
  L: ['L', 'Low'],
  LOW: ['L', 'Low'],
  LL: ['LL', 'Critical low'],
};

export const toInterpretations = (raw: string | undefined): readonly CodeableConcept[] => {
  if (raw === undefined) return [];
  const [code, display] = lookUp(FLAG, raw.toUpperCase()) ?? [];
  return [code === undefined ? textConcept(raw) : concept(SYSTEM.interpretation, code, display, raw)];
};

/** What a laboratory result is mapped with. */
export interface ResultContext {
  readonly patient: string;
  readonly zone: string;
  /** The practice's own codes, each with its LOINC code. */
  readonly labCodes: Readonly<Record<string, string>>;
}

const LOINC = /^\d{1,7}-\d$/;

const vendorCode = (row: Row): string | undefined => cell(row, 'ResultCode', 'ItemCode', 'Code');
const resultName = (row: Row): string | undefined => cell(row, 'ResultName', 'Description');

/** LOINC from the row, else from the practice's list; the vendor's own code stands beside it without a system. */
const toCode = (row: Row, labCodes: ResultContext['labCodes']): CodeableConcept => {
  const stated = cell(row, 'LOINC', 'entrycode');
  const own = vendorCode(row);
  const name = resultName(row);
  const listed = [own, stated, name].map((code) => lookUp(labCodes, code));
  const loinc = [stated, ...listed].find((code) => code !== undefined && LOINC.test(code));
  const codings: readonly Coding[] = [
    ...(loinc === undefined ? [] : [{ system: SYSTEM.loinc, code: loinc }]),
    ...[...new Set([own, stated])]
      .filter((code) => code !== undefined && code !== loinc)
      .map((code) => ({ code: code ?? '' })),
  ];
  return { codings, text: name ?? null };
};

/** A number with its unit; otherwise the words, as they are. */
const toValue = (row: Row): ObservationValue | null => {
  const raw = toText(cell(row, 'Value', 'ResultValue'));
  if (raw === undefined) return null;
  return toQuantity(raw, cell(row, 'Units', 'Unit')) ?? { __typename: 'TextValue', text: raw };
};

/** One report's id can stand on several analytes, so the analyte is part of the key. */
const analyte = (row: Row): string => cell(row, 'LOINC', 'entrycode') ?? vendorCode(row) ?? resultName(row) ?? '';

export const resultKey = (row: Row, patient: string): string | undefined => {
  const id = idCell(row, 'ID', 'ResultID');
  return id === undefined ? undefined : joinKey('result', patient, id, analyte(row));
};

/** A row of GetResults. `undefined` when it has no id. */
export const toResult = (row: Row, context: ResultContext): Mapped<'Observation'> | undefined => {
  const key = resultKey(row, context.patient);
  if (key === undefined) return undefined;
  const modified = toMoment(cell(row, 'LastModified'), context.zone);
  return {
    key,
    externalId: idCell(row, 'ID', 'ResultID') ?? key,
    patientKey: context.patient,
    supersedesKey: null,
    status: toResultStatus(cell(row, 'Status')),
    vendorStatus: cell(row, 'Status') ?? null,
    categories: [CATEGORY.laboratory],
    code: toCode(row, context.labCodes),
    effective: toEffective(cell(row, 'ResultDate'), context.zone) ?? null,
    issued: modified ?? null,
    value: toValue(row),
    components: [],
    interpretations: toInterpretations(cell(row, 'AbnormalFlag')),
    referenceRange: cell(row, 'ReferenceRange') ?? null,
    version: { lastUpdated: modified ?? null },
    own: {
      orderName: cell(row, 'OrderName') ?? null,
      orderingProvider: cell(row, 'OrderingProvider') ?? null,
      qualifier: null,
    },
  };
};

/** No word at all is not the same as a word that we do not know. */
export const toResultStatus = (raw: string | undefined): ObservationStatus =>
  raw === undefined ? 'UNKNOWN' : (RESULT_STATUS.to(raw) ?? 'UNMAPPED');

/**
 * A correction comes as another row with the same id: of each result only the newest row stands. Rows that do not say
 * when they were modified are in the vendor's order, later ones newer.
 */
export const newestOnly = (results: readonly Mapped<'Observation'>[]): readonly Mapped<'Observation'>[] => {
  const newest = new Map<string, Mapped<'Observation'>>();
  for (const result of results) {
    const known = newest.get(result.key);
    const older = known?.issued != null && (result.issued == null || compareInstants(result.issued, known.issued) < 0);
    if (!older) newest.set(result.key, result);
  }
  return [...newest.values()];
};

const DETAIL = /^(?<name>.+), (?<value>[^,]+?)(?:\s+(?<flag>ABNORMAL|HIGH|LOW|NORMAL))?(?:\s+\((?<range>[^()]*)\))?$/;

/**
 * A `results` row of GetClinicalSummary in GetResults' columns, for a licence without GetResults. Everything is one
 * sentence there: `SODIUM SERUM, 148 mmol/L ABNORMAL (136-145)`. It is taken apart only around a number: words may hold
 * commas themselves, so any other sentence stays whole, as a text value.
 */
export const asResultRow = (row: Row): Row => {
  const detail = cell(row, 'detail');
  const sentence = DETAIL.exec(detail ?? '')?.groups;
  const amount = splitAmount(sentence?.value ?? '');
  const parts = amount === undefined ? undefined : sentence;
  const cells: Readonly<Record<string, string | undefined>> = {
    id: cell(row, 'transid'),
    resultdate: cell(row, 'displaydate'),
    ordername: cell(row, 'description'),
    resultname: parts?.name ?? cell(row, 'description'),
    value: amount?.number ?? detail,
    units: amount?.unit,
    referencerange: parts?.range,
    abnormalflag: parts?.flag,
    status: cell(row, 'status'),
    loinc: cell(row, 'entrycode'),
  };
  return new Map(Object.entries(cells).filter((entry): entry is [string, string] => entry[1] !== undefined));
};
