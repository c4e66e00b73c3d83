import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, ObservationComponent, ObservationValue } from '../../../schema/values.ts';
import { CATEGORY, concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { toDecimal } from '../../vendor/decimal.ts';
import type { VitalPayload, VitalReadingPayload } from '../payload/chart.ts';
import { vitalKey, wholeDay } from './observation.ts';
import { fromStamp } from './times.ts';

interface Element {
  readonly loinc: string;
  readonly display: string;
  readonly unit: string;
  readonly ucum: string;
}

const VITAL = (loinc: string, display: string, unit: string, ucum: string): Element => ({ loinc, display, unit, ucum });

/** The elements that every practice has, in the units they have on the wire: weight in grams, height in centimetres. */
export const ELEMENTS: Readonly<Record<string, Element>> = {
  'VITALS.BLOODPRESSURE.SYSTOLIC': VITAL('8480-6', 'Systolic blood pressure', 'mmHg', 'mm[Hg]'),
  'VITALS.BLOODPRESSURE.DIASTOLIC': VITAL('8462-4', 'Diastolic blood pressure', 'mmHg', 'mm[Hg]'),
  'VITALS.HEARTRATE': VITAL('8867-4', 'Heart rate', '/min', '/min'),
  'VITALS.TEMPERATURE': VITAL('8310-5', 'Body temperature', 'degF', '[degF]'),
  'VITALS.RESPIRATIONRATE': VITAL('9279-1', 'Respiratory rate', '/min', '/min'),
  'VITALS.WEIGHT': VITAL('29463-7', 'Body weight', 'g', 'g'),
  'VITALS.HEIGHT': VITAL('8302-2', 'Body height', 'cm', 'cm'),
  'VITALS.BMI': VITAL('39156-5', 'Body mass index', 'kg/m2', 'kg/m2'),
};

const SYSTOLIC = 'VITALS.BLOODPRESSURE.SYSTOLIC';
const PRESSURES: readonly string[] = [SYSTOLIC, 'VITALS.BLOODPRESSURE.DIASTOLIC'];
export const PANEL_CODE = '85354-9';
const PANEL = concept(SYSTEM.loinc, PANEL_CODE, 'Blood pressure panel with all children optional', 'Blood pressure');

/** LOINC codes that can only be vitals here, so that a search for them need not read laboratory results. */
export const VITAL_CODES: ReadonlySet<string> = new Set([
  PANEL_CODE,
  ...Object.values(ELEMENTS).map(({ loinc }) => loinc),
]);

/**
 * A patient's vitals. What was read together is one observation: both pressures are a panel, and what says how
 * something was measured (position, site) is a component of it. A reading that belongs to nothing stands alone, one pressure too.
 */
export const toVitals = (vitals: readonly VitalPayload[], patient: string, zone: string): Mapped<'Observation'>[] =>
  vitals.flatMap(({ key, readings }) => (readings ?? []).flatMap((group) => toGroup(key, group, patient, zone)));

const toGroup = (
  key: string,
  group: readonly VitalReadingPayload[],
  patient: string,
  zone: string,
): Mapped<'Observation'>[] => {
  const [alone, ...others] = group;
  if (alone !== undefined && others.length === 0) return [toReading(alone, patient, zone)];
  const pressures = group.filter(({ clinicalelementid }) => PRESSURES.includes(clinicalelementid));
  const systolic = pressures.find(({ clinicalelementid }) => clinicalelementid === SYSTOLIC) ?? pressures[0];
  if (systolic !== undefined) {
    const ordered = [...pressures, ...group.filter((reading) => !pressures.includes(reading))].sort(systolicFirst);
    return [{ ...toReading(systolic, patient, zone), code: PANEL, value: null, components: ordered.map(toComponent) }];
  }
  const main = group.find(({ clinicalelementid }) => clinicalelementid === `VITALS.${key}`);
  if (main === undefined) return group.map((reading) => toReading(reading, patient, zone));
  const components = group.filter((reading) => reading !== main).map(toComponent);
  return [{ ...toReading(main, patient, zone), components }];
};

const systolicFirst = (one: VitalReadingPayload, other: VitalReadingPayload): number =>
  Number(other.clinicalelementid === SYSTOLIC) - Number(one.clinicalelementid === SYSTOLIC);

/** athenaNet keeps no status of a vital: what is in the chart is final. */
const toReading = (reading: VitalReadingPayload, patient: string, zone: string): Mapped<'Observation'> => ({
  key: vitalKey(patient, reading.vitalid),
  externalId: reading.vitalid,
  patientKey: patient,
  supersedesKey: null,
  status: 'FINAL',
  vendorStatus: null,
  categories: [CATEGORY.vitalSigns],
  code: toCode(reading),
  effective: wholeDay(reading.readingtaken, zone),
  issued: fromStamp(reading.createddate) ?? null,
  value: toValue(reading) ?? null,
  components: [],
  interpretations: [],
  referenceRange: null,
  own: {
    recordedIn: reading.source,
    encounterId: reading.source === 'ENCOUNTER' ? reading.sourceid : undefined,
  },
});

const toComponent = (reading: VitalReadingPayload): ObservationComponent => ({
  code: toCode(reading),
  value: toValue(reading) ?? null,
});

const toCode = ({ code, codeset, codedescription, clinicalelementid }: VitalReadingPayload): CodeableConcept => {
  const known = ELEMENTS[clinicalelementid];
  const display = codedescription ?? known?.display;
  if (code !== undefined)
    return concept((codeset ?? 'LOINC').toUpperCase() === 'LOINC' ? SYSTEM.loinc : undefined, code, display);
  return known === undefined ? textConcept(clinicalelementid) : concept(SYSTEM.loinc, known.loinc, display);
};

const toValue = ({ clinicalelementid, value, unit }: VitalReadingPayload): ObservationValue | undefined => {
  if (value === undefined) return undefined;
  const number = toDecimal(value);
  if (number === undefined) return { __typename: 'TextValue', text: value };
  const known = ELEMENTS[clinicalelementid];
  if (known !== undefined && (unit === undefined || unit === known.unit))
    return { __typename: 'Quantity', value: number, unit: known.unit, system: SYSTEM.ucum, code: known.ucum };
  return { __typename: 'Quantity', value: number, unit: unit ?? null };
};
