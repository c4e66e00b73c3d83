import type { ObservationStatus } from '../../../schema/enums.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, ObservationValue, Period } from '../../../schema/values.ts';
import { CATEGORY, concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { toDecimal } from '../../vendor/decimal.ts';
import { codeTable } from '../../vendor/table.ts';
import type { AnalytePayload, LabResultPayload } from '../payload/chart.ts';
import { labKey, moment, wholeDay } from './observation.ts';
import { fromStamp, isDayOnly } from './times.ts';

/** Final, Partial, Pending, Preliminary, Corrected, Cancelled are what results can be stored with (go SDK). */
export const RESULT_STATUS = codeTable({
  final: 'FINAL',
  corrected: 'CORRECTED',
  preliminary: 'PRELIMINARY',
  partial: 'PRELIMINARY',
  pending: 'REGISTERED',
  cancelled: 'CANCELLED',
  canceled: 'CANCELLED',
  amended: 'AMENDED',
  'entered-in-error': 'ENTERED_IN_ERROR',
});

/** athenaNet's words as HL7's interpretation codes. */
export const ABNORMAL_FLAG = codeTable({
  normal: 'N',
  high: 'H',
  low: 'L',
  abnormal: 'A',
  'critical high': 'HH',
  'critical low': 'LL',
  'critical abnormal': 'AA',
  'very abnormal': 'AA',
});
const INTERPRETATION: Readonly<Record<string, string>> = {
  N: 'Normal',
  H: 'High',
  L: 'Low',
  A: 'Abnormal',
  HH: 'Critical high',
  LL: 'Critical low',
  AA: 'Critical abnormal',
};

/** What of a source's configuration the mapping of results needs. */
export interface LabSettings {
  readonly timeZone: string;
  readonly labCodes: Readonly<Record<string, string>>;
}

/** Each analyte of each result, in the vendor's order; a result without analytes (a scanned report) as it is. */
export const toLabs = (
  results: readonly LabResultPayload[],
  patient: string,
  settings: LabSettings,
): Mapped<'Observation'>[] => results.flatMap((result) => toResult(result, patient, settings));

const toResult = (result: LabResultPayload, patient: string, settings: LabSettings): Mapped<'Observation'>[] => {
  const analytes = result.analytes ?? [];
  if (analytes.length === 0) return [toReport(result, patient, settings)];
  const seen = new Map<string, number>();
  return analytes.map((analyte) => {
    const occurrence = (seen.get(analyte.analyteid) ?? 0) + 1;
    seen.set(analyte.analyteid, occurrence);
    return toAnalyte(
      analyte,
      result,
      labKey(patient, result.labresultid, analyte.analyteid, occurrence),
      patient,
      settings,
    );
  });
};

const toAnalyte = (
  analyte: AnalytePayload,
  result: LabResultPayload,
  key: string,
  patient: string,
  settings: LabSettings,
): Mapped<'Observation'> => ({
  key,
  externalId: analyte.analyteid,
  patientKey: patient,
  supersedesKey: null,
  ...toStatus(analyte.resultstatus ?? result.resultstatus),
  categories: [CATEGORY.laboratory],
  code: toCode(analyte, result, settings.labCodes),
  effective: toEffective(analyte, result, settings.timeZone),
  issued: null,
  value: toLabValue(analyte.value, analyte.units) ?? null,
  components: [],
  interpretations: toInterpretations(analyte),
  referenceRange: analyte.referencerange ?? null,
  own: {
    labResultId: result.labresultid,
    labResultName: result.description,
    orderId: result.orderid,
    note: analyte.note,
  },
});

const toReport = (result: LabResultPayload, patient: string, settings: LabSettings): Mapped<'Observation'> => ({
  key: labKey(patient, result.labresultid),
  externalId: result.labresultid,
  patientKey: patient,
  supersedesKey: null,
  ...toStatus(result.resultstatus),
  categories: [CATEGORY.laboratory],
  code:
    result.labresultloinc === undefined
      ? textConcept(result.description ?? 'Laboratory result')
      : codeOf(result.labresultloinc, result.description, result.description),
  effective: toEffective({}, result, settings.timeZone),
  issued: null,
  value: null,
  components: [],
  interpretations: [],
  referenceRange: null,
  own: {
    labResultId: result.labresultid,
    labResultName: result.description,
    orderId: result.orderid,
    note: result.labresultnote,
  },
});

const toStatus = (raw: string | undefined): { status: ObservationStatus; vendorStatus: string | null } => ({
  status: raw === undefined ? 'UNKNOWN' : (RESULT_STATUS.to(raw) ?? 'UNMAPPED'),
  vendorStatus: raw ?? null,
});

const LOINC = /^\d{1,7}-\d$/;
const codeOf = (code: string, display: string | undefined, text: string | undefined): CodeableConcept =>
  concept(LOINC.test(code) ? SYSTEM.loinc : undefined, code, display, text);

/**
 * The analyte's LOINC; else the one that the practice configured for its name; else the whole result's, which is the
 * analyte's only where it is the only one (a panel's code is not that of its parts); else the name alone.
 */
const toCode = (
  { analytename, loinc, description }: AnalytePayload,
  { labresultloinc, analytes }: LabResultPayload,
  labCodes: LabSettings['labCodes'],
): CodeableConcept => {
  if (loinc !== undefined) return codeOf(loinc, description, analytename);
  const configured = analytename === undefined ? undefined : ownCode(analytename, labCodes);
  if (configured !== undefined) return codeOf(configured, undefined, analytename);
  if (labresultloinc !== undefined && analytes?.length === 1) return codeOf(labresultloinc, undefined, analytename);
  return textConcept(analytename ?? description ?? 'Laboratory result');
};

const ownCode = (name: string, labCodes: LabSettings['labCodes']): string | undefined => {
  const wanted = name.toLowerCase();
  return labCodes[name] ?? Object.entries(labCodes).find(([code]) => code.toLowerCase() === wanted)?.[1];
};

type Dated = Pick<Partial<AnalytePayload>, 'analytedate' | 'analytedatetime'>;

/** The analyte's own time, else its result's of the same day; midnight stands for a day without a time. */
const toEffective = (analyte: Dated, result: LabResultPayload, zone: string): Period | null => {
  const own = analyte.analytedatetime;
  if (own !== undefined && !isDayOnly(own)) return toMoment(own);
  const day = analyte.analytedate ?? own?.split(' ')[0];
  const whole = result.labresultdatetime;
  if (whole !== undefined && !isDayOnly(whole) && (day === undefined || whole.startsWith(day))) return toMoment(whole);
  return wholeDay(day ?? result.labresultdate ?? whole?.split(' ')[0], zone);
};

const toMoment = (raw: string): Period | null => {
  const instant = fromStamp(raw);
  return instant === undefined ? null : moment(instant);
};

const COMPARED = /^(<=|>=|≤|≥|<|>)?\s*([-+]?[\d.,]+)$/;
const COMPARATOR: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=' };
const THOUSANDS = /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/;

/** `5.4`, `<0.01`, `150,000` are quantities; everything else is words. */
export const toLabValue = (raw: string | undefined, units: string | undefined): ObservationValue | undefined => {
  if (raw === undefined) return undefined;
  const [, comparator, digits = ''] = COMPARED.exec(raw) ?? [];
  const value = toDecimal(THOUSANDS.test(digits) ? digits.replaceAll(',', '') : digits);
  if (value === undefined) return { __typename: 'TextValue', text: units === undefined ? raw : `${raw} ${units}` };
  return {
    __typename: 'Quantity',
    value,
    ...(comparator === undefined ? {} : { comparator: COMPARATOR[comparator] ?? comparator }),
    unit: units ?? null,
  };
};

const toInterpretations = ({ abnormalflag, abnormalhl7code }: AnalytePayload): CodeableConcept[] => {
  const raw = abnormalflag ?? abnormalhl7code;
  if (raw === undefined) return [];
  const letters = raw.toUpperCase();
  const code = ABNORMAL_FLAG.to(raw) ?? (INTERPRETATION[letters] === undefined ? undefined : letters);
  return [code === undefined ? textConcept(raw) : concept(SYSTEM.interpretation, code, INTERPRETATION[code], raw)];
};
