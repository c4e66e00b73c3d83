import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, ObservationValue, Period } from '../../../schema/values.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import { toDecimal } from '../../vendor/decimal.ts';
import { codeTable } from '../../vendor/table.ts';
import { compareInstants } from '../../vendor/time.ts';
import type { FhirConcept } from '../elements.ts';
import type { FhirReferenceRange, Resource } from '../payload.ts';
import { toTarget } from '../reference.ts';
import type { MappingContext } from './context.ts';
import {
  absentReason,
  hasCoding,
  optionalConcept,
  toConcept,
  toConcepts,
  toIdentity,
  toMoment,
  toPeriod,
  toSpan,
  toWords,
} from './datatypes.ts';
import { absentFor, toValue } from './value.ts';

/** http://hl7.org/fhir/R4/valueset-observation-status.html */
export const OBSERVATION_STATUS = codeTable({
  registered: 'REGISTERED',
  preliminary: 'PRELIMINARY',
  final: 'FINAL',
  amended: 'AMENDED',
  corrected: 'CORRECTED',
  cancelled: 'CANCELLED',
  'entered-in-error': 'ENTERED_IN_ERROR',
  unknown: 'UNKNOWN',
});

const NORMAL: ReadonlySet<string> = new Set(['normal']);

export const toObservation = (
  observation: Resource<'Observation'>,
  context: MappingContext,
): Mapped<'Observation'> => ({
  ...toIdentity(observation),
  patientKey: subjectOf(observation, context) ?? null,
  supersedesKey: null, // a correction keeps its id (R4): there is no earlier record to name
  status: OBSERVATION_STATUS.to(observation.status) ?? 'UNMAPPED',
  vendorStatus: observation.status ?? null,
  categories: toConcepts(observation.category),
  code: observation.code === undefined ? { codings: [], text: null } : toCode(observation.code, context),
  effective: effectiveOf(observation, context) ?? null,
  issued: toMoment(observation.issued, context.zone) ?? null,
  value: observedValue(observation, context) ?? null,
  components: observation.component.map((part) => ({
    code: part.code === undefined ? { codings: [], text: null } : toCode(part.code, context),
    value: toValue(part, context) ?? null,
  })),
  interpretations: toConcepts(observation.interpretation),
  referenceRange: normalRange(observation) ?? null,
  own: {
    referenceRanges: observation.referenceRange.flatMap((range) => toRangeText(range, unitOf(observation), true) ?? []),
    method: optionalConcept(observation.method) ?? null,
    bodySite: optionalConcept(observation.bodySite) ?? null,
    notes: observation.note.flatMap(({ text }) => text ?? []),
    performers: observation.performer.flatMap(({ display }) => display ?? []),
    memberExternalIds: observation.hasMember.flatMap(({ reference }) => {
      const target = toTarget(reference, context.base);
      return target?.type === 'Observation' ? target.id : [];
    }),
    redacted: isRedacted(observation),
    sampling: samplingOf(observation),
  },
});

export const subjectOf = ({ subject }: Resource<'Observation'>, { base }: MappingContext): string | undefined => {
  const target = toTarget(subject?.reference, base);
  return target?.type === 'Patient' ? target.id : undefined;
};

/** All codings, LOINC first. The practice's own laboratory codes get the LOINC code that its configuration gives them. */
export const toCode = (raw: FhirConcept, { labCodes }: MappingContext): CodeableConcept => {
  const { codings, text } = toConcept(raw);
  const loinc = codings.filter(({ system }) => system === SYSTEM.loinc);
  const others = codings.filter(({ system }) => system !== SYSTEM.loinc);
  const local =
    loinc.length > 0 ? undefined : others.map(({ code }) => labCodes[code]).find((code) => code !== undefined);
  return {
    codings: [
      ...loinc,
      ...(local === undefined ? [] : [{ system: SYSTEM.loinc, code: local, display: null }]),
      ...others,
    ],
    text,
  };
};

/** When it was true of the patient, by whichever of the four forms. `issued` is not that. */
export const effectiveOf = (
  { effectiveDateTime, effectiveInstant, effectivePeriod, effectiveTiming }: Resource<'Observation'>,
  { zone }: MappingContext,
): Period | undefined => {
  const span = toSpan(effectiveDateTime ?? effectiveInstant, zone) ?? toPeriod(effectivePeriod, zone);
  if (span !== undefined) return span;
  const events = (effectiveTiming?.event ?? []).flatMap((event) => toSpan(event, zone) ?? []);
  const [first, last] = [
    events.map(({ start }) => start as string).sort(compareInstants)[0],
    events
      .map(({ end }) => end as string)
      .sort(compareInstants)
      .at(-1),
  ];
  return first === undefined || last === undefined ? undefined : { start: first, end: last };
};

/** Oracle marks a value that the reader may not see on the code, not on the value. */
const isMasked = ({ code, extension }: Resource<'Observation'>): boolean =>
  absentReason(extension) === 'masked' ||
  code?.coding.some((coding) => absentReason(coding.extension) === 'masked') === true;

/** Veradigm returns records that the reader may not see with a security label. */
const isRedacted = (observation: Resource<'Observation'>): boolean =>
  isMasked(observation) || observation.meta?.security.some(({ code }) => code === 'REDACTED') === true;

const observedValue = (observation: Resource<'Observation'>, context: MappingContext): ObservationValue | undefined =>
  toValue(observation, context) ?? (isMasked(observation) ? absentFor('masked') : undefined);

const unitOf = ({ valueQuantity }: Resource<'Observation'>): string | undefined =>
  valueQuantity?.unit ?? valueQuantity?.code;

/** `4.0-5.6`; with the unit where it is not the value's own. */
const bounds = (
  { low, high }: Pick<FhirReferenceRange, 'low' | 'high'>,
  unit: string | undefined,
): string | undefined => {
  const [from, to] = [toDecimal(low?.value), toDecimal(high?.value)];
  if (from === undefined && to === undefined) return undefined;
  const text = from === undefined ? `<=${to}` : to === undefined ? `>=${from}` : `${from}-${to}`;
  const own = low?.unit ?? high?.unit ?? low?.code ?? high?.code;
  return own === undefined || own === unit ? text : `${text} ${own}`;
};

const toRangeText = (range: FhirReferenceRange, unit: string | undefined, full: boolean): string | undefined => {
  const text = range.text ?? bounds(range, unit);
  if (text === undefined) return undefined;
  const meaning = full ? toWords(range.type) : undefined;
  const age = range.age === undefined ? undefined : bounds(range.age, undefined);
  const whom = [
    ...range.appliesTo.flatMap((group) => toWords(group) ?? []),
    ...(age === undefined ? [] : [`age ${age}`]),
  ];
  return [
    text,
    ...(meaning === undefined ? [] : [meaning]),
    ...(whom.length === 0 ? [] : [`(${whom.join(', ')})`]),
  ].join(' ');
};

/** The normal range, or the ranges whose meaning is not said. */
const normalRange = (observation: Resource<'Observation'>): string | undefined => {
  const normal = observation.referenceRange.filter(({ type }) => type === undefined || hasCoding(type, NORMAL));
  return normal.flatMap((range) => toRangeText(range, unitOf(observation), false) ?? []).join('; ') || undefined;
};

const samplingOf = ({ valueSampledData: data }: Resource<'Observation'>) =>
  data === undefined
    ? null
    : { factor: data.factor ?? null, lowerLimit: data.lowerLimit ?? null, upperLimit: data.upperLimit ?? null };
