import type { Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';
import type { Draft } from '../../ledger.ts';
import type * as Records from '../../practice.ts';
import { Refused, wrongAt } from '../faults.ts';
import { URI } from '../names.ts';
import { DISPLAY } from '../results.ts';
import { digits, identifiersFrom, namedCodeFrom, neededNumber, numberOf } from './elements.ts';

const isCategory = (code: string): code is Records.Observation['category'] => Object.hasOwn(DISPLAY, code);

const quantityFrom = ({ value, unit, code, system, comparator }: Quantity, expression: string): Records.Value => {
  const text = digits(value);
  if (text === undefined) throw wrongAt('element-missing', `${expression}.value`);
  const ucum = system === URI.ucum ? code : undefined;
  return {
    kind: 'quantity',
    value: text,
    unit: unit ?? (ucum === undefined ? (code ?? '') : ''),
    ...(ucum === undefined ? {} : { ucum }),
    ...(comparator === undefined ? {} : { comparator: comparator as '<' | '<=' | '>=' | '>' }),
  };
};

type Valued = Observation | ObservationComponent;

const valueFrom = (from: Valued, expression: string): Records.Value | undefined => {
  const { valueQuantity, valueString, valueCodeableConcept, valueBoolean, valueInteger, valueDateTime } = from;
  if (valueQuantity !== undefined) return quantityFrom(valueQuantity, `${expression}.valueQuantity`);
  if (valueString !== undefined) return { kind: 'text', text: valueString };
  if (valueBoolean !== undefined) return { kind: 'text', text: String(valueBoolean), as: 'boolean' };
  if (valueInteger !== undefined) return { kind: 'text', text: String(valueInteger), as: 'integer' };
  if (valueDateTime !== undefined) return { kind: 'text', text: valueDateTime, as: 'dateTime' };
  if (valueCodeableConcept !== undefined) {
    const text = valueCodeableConcept.text ?? '';
    return { kind: 'code', code: namedCodeFrom(valueCodeableConcept) ?? { system: '', code: '', display: text } };
  }
  const other = Object.keys(from).find((name) => /^value[A-Z]/.test(name));
  if (other !== undefined) throw wrongAt('element-unsupported', `${expression}.${other}`);
  return undefined;
};

const componentsFrom = ({ component = [] }: Observation): Records.Observation['components'] =>
  component.map((one, at) => {
    const expression = `Observation.component[${at}]`;
    const code = namedCodeFrom(one.code, URI.loinc);
    if (code === undefined) throw wrongAt('element-missing', `${expression}.code.coding`);
    const value = valueFrom(one, expression);
    return value === undefined ? { code } : { code, value };
  });

const categoryFrom = ({ category = [] }: Observation): Pick<Records.Observation, 'category' | 'uncategorized'> => {
  const codes = category.flatMap(({ coding = [] }) => coding.map(({ code = '' }) => code));
  if (codes.length === 0) return { category: 'exam', uncategorized: true };
  const known = codes.find(isCategory);
  if (known === undefined) throw wrongAt('code-unknown', 'Observation.category');
  return { category: known, uncategorized: undefined };
};

const effectiveFrom = ({ effectiveDateTime, effectiveInstant, ...rest }: Observation): string => {
  const told = effectiveDateTime ?? effectiveInstant;
  if (told !== undefined) return told;
  const other = 'effectivePeriod' in rest || 'effectiveTiming' in rest;
  throw wrongAt(other ? 'element-unsupported' : 'element-missing', 'Observation.effective');
};

/** Before a result is final it is on its way; afterwards only a change of it is. */
const checkStatus = (status: Records.ObservationStatus, record: Records.Observation): void => {
  const early = status === 'registered' || status === 'preliminary';
  const wasEarly = record.status === 'registered' || record.status === 'preliminary';
  const over = record.status === 'entered-in-error' && status !== 'entered-in-error';
  if (over || (early && !wasEarly)) throw wrongAt('status-move', 'Observation.status');
};

const checkSame = (draft: Draft['Observation'], record: Records.Observation): void => {
  if (draft.patientId !== record.patientId) throw wrongAt('immutable', 'Observation.subject');
  if (draft.code.code !== record.code.code) throw wrongAt('immutable', 'Observation.code');
};

/** A result of which there may be nothing yet, or no longer. */
const MAY_BE_EMPTY: ReadonlySet<Records.ObservationStatus> = new Set([
  'registered',
  'preliminary',
  'cancelled',
  'entered-in-error',
]);

const absentFrom = (
  { dataAbsentReason, status }: Observation,
  value: Records.Value | undefined,
  components: number,
) => {
  const code = namedCodeFrom(dataAbsentReason)?.code;
  if (value === undefined && code === undefined && components === 0 && !MAY_BE_EMPTY.has(status))
    throw wrongAt('element-missing', 'Observation.value');
  return value === undefined ? code : undefined;
};

/**
 * A result in the practice's words, for a new one or for the correction of `record`, which keeps patient and code
 * (assumption). Of several categories and performers the first that is known is kept; notes, methods, devices and
 * links to other results are dropped. `issued` is the server's to say. A value or the reason why there is none has to
 * be there, and so has the time, as the profiles of US Core demand.
 */
export const observationFrom = (observation: Observation, record?: Records.Observation): Draft['Observation'] => {
  const code = namedCodeFrom(observation.code, URI.loinc);
  if (code === undefined) throw wrongAt('element-missing', 'Observation.code.coding');
  const value = valueFrom(observation, 'Observation');
  const components = componentsFrom(observation);
  const [range] = observation.referenceRange ?? [];
  const local = observation.code.coding?.find(({ system }) => system === URI.laboratory)?.code;
  const draft: Draft['Observation'] = {
    ...identifiersFrom(observation.identifier),
    patientId: neededNumber(observation.subject, 'Patient', 'Observation.subject'),
    practitionerId: observation.performer
      ?.map((reference) => numberOf(reference, 'Practitioner'))
      .find((id) => id !== undefined),
    appointmentId: numberOf(observation.encounter, 'Encounter'),
    ...categoryFrom(observation),
    code,
    localCode: local === code.code ? undefined : local,
    effective: effectiveFrom(observation),
    reportName: record?.reportName ?? code.display,
    status: observation.status,
    value,
    absentReason: absentFrom(observation, value, components.length),
    components,
    interpretation: namedCodeFrom(observation.interpretation?.[0])?.code,
    referenceLow: digits(range?.low?.value) ?? (record === undefined ? undefined : record.referenceLow),
    referenceHigh: digits(range?.high?.value) ?? (record === undefined ? undefined : record.referenceHigh),
  };
  if (record !== undefined) {
    checkSame(draft, record);
    checkStatus(draft.status, record);
  }
  return draft;
};

/** @throws Refused when the same patient has a result of this code, time and value */
export const refuseDuplicate = ({ observations }: Records.Practice, draft: Draft['Observation']): void => {
  const same = observations.some(
    (one) =>
      one.patientId === draft.patientId &&
      one.code.code === draft.code.code &&
      Date.parse(one.effective) === Date.parse(draft.effective) &&
      JSON.stringify(one.value) === JSON.stringify(draft.value),
  );
  if (same) throw new Refused('duplicate');
};
