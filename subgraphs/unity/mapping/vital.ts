import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, ObservationComponent, ObservationValue } from '../../../schema/values.ts';
import { CATEGORY, concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { cell, idCell, type Row } from '../payload.ts';
import { lookUp } from './code.ts';
import { toEffective, toText, toWallClock } from './format.ts';
import { joinKey } from './key.ts';
import { splitAmount, toQuantity } from './quantity.ts';

interface Vital {
  readonly loinc: string;
  readonly display: string;
  /** In which it is measured. Where there is one only, Unity sends the number alone. */
  readonly units: readonly [string, ...string[]];
  /** Its number on the vitals form, as a summary's `code` shows it; without one it cannot be saved. */
  readonly field?: string;
}

const SYSTOLIC: Vital = { loinc: '8480-6', display: 'Systolic blood pressure', units: ['mmHg'], field: '2' };
const DIASTOLIC: Vital = { loinc: '8462-4', display: 'Diastolic blood pressure', units: ['mmHg'], field: '3' };
const PULSE: Vital = { loinc: '8867-4', display: 'Heart rate', units: ['/min'], field: '6' };
const BREATHS: Vital = { loinc: '9279-1', display: 'Respiratory rate', units: ['/min'], field: '7' };
const OXYGEN: Vital = {
  loinc: '59408-5',
  display: 'Oxygen saturation in Arterial blood by Pulse oximetry',
  units: ['%'],
  field: '9',
};
const TEMPERATURE: Vital = { loinc: '8310-5', display: 'Body temperature', units: ['F', 'C'], field: '1' };
const WEIGHT: Vital = { loinc: '29463-7', display: 'Body weight', units: ['lb', 'kg'], field: '4' };
const HEIGHT: Vital = { loinc: '8302-2', display: 'Body height', units: ['in', 'cm'], field: '5' };
const BMI: Vital = { loinc: '39156-5', display: 'Body mass index (BMI) [Ratio]', units: ['kg/m2'], field: '8' };

/** Names of vitals, with LOINC codes of FHIR's vital signs. `systolic`, `diastolic` and `pulse` are as Unity was seen to send them. */
const VITALS: Readonly<Record<string, Vital>> = {
  systolic: SYSTOLIC,
  diastolic: DIASTOLIC,
  pulse: PULSE,
  'heart rate': PULSE,
  respiration: BREATHS,
  respirations: BREATHS,
  'respiratory rate': BREATHS,
  temperature: TEMPERATURE,
  'body temperature': TEMPERATURE,
  weight: WEIGHT,
  'body weight': WEIGHT,
  height: HEIGHT,
  'body height': HEIGHT,
  bmi: BMI,
  'body mass index': BMI,
  'o2 saturation': OXYGEN,
  'oxygen saturation': OXYGEN,
  spo2: OXYGEN,
  'pulse ox': OXYGEN,
  'head circumference': { loinc: '9843-4', display: 'Head Occipital-frontal circumference', units: ['in', 'cm'] },
};
const PANEL = { loinc: '85354-9', display: 'Blood pressure panel with all children optional' };

/** LOINC codes that vitals can have: whoever asks for other codes alone need not read vitals. */
export const VITAL_CODES: ReadonlySet<string> = new Set([
  PANEL.loinc,
  ...Object.values(VITALS).map(({ loinc }) => loinc),
]);

/** What can be saved of a kind of vital sign, by its LOINC code. */
export const vitalForm = (loinc: string): { readonly field: string; readonly units: readonly string[] } | undefined => {
  const vital = Object.values(VITALS).find((one) => one.loinc === loinc);
  return vital?.field === undefined ? undefined : { field: vital.field, units: vital.units };
};

export interface VitalContext {
  readonly patient: string;
  readonly zone: string;
}

/** The unit of a number that comes alone, where it can be no other. */
const soleUnit = ({ units: [unit, ...more] }: Vital): string | undefined => (more.length === 0 ? unit : undefined);

const vitalOf = (row: Row): Vital | undefined => lookUp(VITALS, cell(row, 'description')?.toLowerCase());

const toCode = (row: Row): CodeableConcept => {
  const vital = vitalOf(row);
  const name = cell(row, 'description');
  if (vital !== undefined) return concept(SYSTEM.loinc, vital.loinc, vital.display, name);
  const code = cell(row, 'code');
  return code === undefined ? textConcept(name ?? '') : concept(undefined, code, undefined, name);
};

/** `98.6 F` brings its unit; `138` has the one that its kind of measurement always has, if any. */
const toValue = (row: Row): ObservationValue | null => {
  const detail = toText(cell(row, 'detail'));
  if (detail === undefined) return null;
  const amount = splitAmount(detail);
  const vital = vitalOf(row);
  const unit = amount?.unit ?? (vital && soleUnit(vital));
  const quantity = amount === undefined ? undefined : toQuantity(amount.number, unit);
  return quantity ?? { __typename: 'TextValue', text: detail };
};

const observation = (
  row: Row,
  context: VitalContext,
  key: string,
  said: Pick<Mapped<'Observation'>, 'code' | 'value' | 'components'> & { readonly qualifier: string | null },
): Mapped<'Observation'> => ({
  key,
  externalId: idCell(row, 'transid') ?? key,
  patientKey: context.patient,
  supersedesKey: null,
  // what stands in the chart's vitals has been taken; the status column says other things, such as a regular pulse
  status: 'FINAL',
  vendorStatus: null,
  categories: [CATEGORY.vitalSigns],
  code: said.code,
  effective: toEffective(cell(row, 'displaydate'), context.zone) ?? null,
  issued: null,
  value: said.value ?? null,
  components: said.components,
  interpretations: [],
  referenceRange: null,
  own: { orderName: null, orderingProvider: null, qualifier: said.qualifier },
});

const component = (row: Row): ObservationComponent => ({ code: toCode(row), value: toValue(row) });

/** When a set was taken, as text that sorts. */
const takenAt = (row: Row | undefined): string => {
  const wall = row === undefined ? undefined : toWallClock(cell(row, 'displaydate'));
  return `${wall?.date ?? ''}T${wall?.time ?? ''}`;
};

const setId = (row: Row): string => idCell(row, 'transid') ?? `@${takenAt(row)}`;

/** Vitals that were taken together share `transid`; a second set under one id has another time. Oldest first. */
const sets = (rows: readonly Row[]): readonly (readonly Row[])[] => {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify([setId(row), cell(row, 'displaydate')]);
    const set = found.get(name);
    if (set === undefined) found.set(name, [row]);
    else set.push(row);
  }
  return [...found.values()].sort(([one], [other]) => (takenAt(one) < takenAt(other) ? -1 : 1));
};

const isOf = (vital: Vital) => (row: Row) => vitalOf(row) === vital;

const pressure = (systolic: Row, diastolic: Row, context: VitalContext, key: string): Mapped<'Observation'> =>
  observation(systolic, context, key, {
    code: concept(SYSTEM.loinc, PANEL.loinc, PANEL.display),
    value: null,
    components: [component(systolic), component(diastolic)],
    qualifier: cell(systolic, 'status') ?? null,
  });

const single = (row: Row, context: VitalContext, key: string): Mapped<'Observation'> =>
  observation(row, context, key, {
    code: toCode(row),
    value: toValue(row),
    components: [],
    qualifier: cell(row, 'status') ?? null,
  });

const nameOf = (row: Row): string => vitalOf(row)?.loinc ?? cell(row, 'code', 'description') ?? '';

/** The `vitals` rows of a clinical summary. One systolic and one diastolic value of a set make one blood pressure. */
export const toVitals = (rows: readonly Row[], context: VitalContext): readonly Mapped<'Observation'>[] => {
  const used = new Map<string, number>();
  const keyOf = (row: Row, code: string): string => {
    const key = joinKey('vital', context.patient, setId(row), code);
    const before = used.get(key) ?? 0;
    used.set(key, before + 1);
    return before === 0 ? key : joinKey('vital', context.patient, setId(row), `${code}#${before}`);
  };
  return sets(rows).flatMap((set) => {
    const [systolic, ...moreSystolic] = set.filter(isOf(SYSTOLIC));
    const [diastolic, ...moreDiastolic] = set.filter(isOf(DIASTOLIC));
    const alone = (row: Row): Mapped<'Observation'> => single(row, context, keyOf(row, nameOf(row)));
    if (systolic === undefined || diastolic === undefined || moreSystolic.length + moreDiastolic.length > 0)
      return set.map(alone);
    const others = set.filter((row) => row !== systolic && row !== diastolic);
    return [pressure(systolic, diastolic, context, keyOf(systolic, PANEL.loinc)), ...others.map(alone)];
  });
};
