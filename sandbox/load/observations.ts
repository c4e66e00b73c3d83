import type { Coded, Observation, ObservationStatus, Value } from '../practice.ts';
import { type Context, codedOf, given, look, type Row, wordsOf } from './context.ts';
import type { ObservationShape, Reference, Valued } from './shapes.ts';
import { instant } from './time.ts';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';

const STATUSES: Readonly<Record<string, ObservationStatus>> = {
  registered: 'registered',
  preliminary: 'preliminary',
  final: 'final',
  amended: 'amended',
  corrected: 'corrected',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
  unknown: 'unknown',
};

const CATEGORIES: Readonly<Record<string, Observation['category']>> = {
  'vital-signs': 'vital-signs',
  // Synthea's own spelling of a few rows.
  'vital-sign': 'vital-signs',
  laboratory: 'laboratory',
  'social-history': 'social-history',
  survey: 'survey',
  imaging: 'imaging',
  exam: 'exam',
  procedure: 'procedure',
  therapy: 'therapy',
  activity: 'activity',
};

/** A report that several results came in. */
export interface Report {
  readonly id: string;
  readonly name: string;
}

/** What the links of an observation lead to. */
export interface Links {
  readonly reportOf: (observationId: string) => Report | undefined;
  readonly appointmentOf: (encounter: Reference | undefined) => number | undefined;
}

const UNHOLDABLE = 'has a value that is neither a number, a text nor a code';

const quantity = ({
  value,
  unit,
  system,
  code,
  comparator,
}: NonNullable<Valued['valueQuantity']>): Value | undefined =>
  value === undefined
    ? undefined
    : {
        kind: 'quantity',
        value,
        unit: unit ?? code ?? '',
        ...given('ucum', system === UCUM ? code : undefined),
        ...given('comparator', comparator),
      };

/** The value as the Practice has it, undefined where there is none, or why it has no place. */
const heldValue = (of: Valued): Value | undefined | string => {
  if (of.valueQuantity !== undefined) return quantity(of.valueQuantity);
  if (of.valueCodeableConcept !== undefined) {
    const code: Coded | undefined = codedOf(of.valueCodeableConcept);
    const text = wordsOf(of.valueCodeableConcept);
    if (code !== undefined) return { kind: 'code', code };
    return text === undefined ? undefined : { kind: 'text', text };
  }
  const plain = of.valueString ?? of.valueInteger ?? of.valueDateTime ?? of.valueTime ?? of.valueBoolean;
  if (plain !== undefined) return { kind: 'text', text: String(plain) };
  return Object.keys(of).some((key) => /^value[A-Z]/.test(key)) ? UNHOLDABLE : undefined;
};

/** The first category that the systems know. */
const categoryOf = ({ category }: ObservationShape): string | undefined =>
  category
    .flatMap(({ coding }) => coding.flatMap(({ code }) => code ?? []))
    .find((code) => look(CATEGORIES, code) !== undefined);

type Draft = Omit<Observation, 'id' | 'reportId'> & {
  /** Equal for what came in one report, and for vital signs taken together. */
  readonly group: string;
};

const draftOf = ({ id, value }: Row<ObservationShape>, links: Links, context: Context): Draft | string => {
  const patientId = context.ids.find(value.subject, 'Patient');
  const status = look(STATUSES, value.status);
  const stated = categoryOf(value);
  const category = look(CATEGORIES, stated);
  const code = codedOf(value.code, LOINC);
  const effective = instant(value.effectiveDateTime ?? value.effectiveInstant ?? value.effectivePeriod?.start);
  if (patientId === undefined) return 'is about nobody in the files';
  if (status === undefined) return 'has a status that FHIR R4 does not have';
  if (category === undefined) return 'has no category that the systems know';
  if (code === undefined) return 'has no code';
  if (effective === undefined) return 'does not say exactly when it was taken';
  const own = heldValue(value);
  const parts = value.component.map((part) => ({ code: codedOf(part.code, LOINC), value: heldValue(part) }));
  if (typeof own === 'string' || parts.some((part) => typeof part.value === 'string')) return UNHOLDABLE;
  const components = parts.flatMap((part) =>
    part.code === undefined || typeof part.value === 'string'
      ? []
      : [{ code: part.code, ...given('value', part.value) }],
  );
  if (components.length < parts.length) return 'has a part without a code';
  if (stated === 'vital-sign')
    context.tally.note('observations are of the category "vital-sign": taken as vital-signs');
  const [performer] = value.performer.flatMap((one) => context.ids.find(one, 'Practitioner') ?? []);
  const report = links.reportOf(id);
  const vitals =
    category === 'vital-signs' ? `${patientId} ${value.encounter?.reference ?? ''} ${effective}` : undefined;
  const [range] = value.referenceRange;
  return {
    patientId,
    ...given('practitionerId', performer),
    ...given('appointmentId', links.appointmentOf(value.encounter)),
    category,
    code,
    ...given(
      'localCode',
      value.code.coding.find((other) => other.code !== undefined && other.system !== code.system)?.code,
    ),
    effective,
    group: report?.id ?? vitals ?? id,
    reportName: report?.name ?? (vitals === undefined ? code.display : 'Vital signs'),
    issued: instant(value.issued) ?? effective,
    status,
    ...given('value', own),
    components,
    ...given('interpretation', value.interpretation[0]?.coding[0]?.code),
    ...given('referenceLow', range?.low?.value),
    ...given('referenceHigh', range?.high?.value),
    history: [],
  };
};

/** The observations that the systems can hold, numbered from 1; counts the others with their reasons. */
export const observationsOf = (
  rows: readonly Row<ObservationShape>[],
  links: Links,
  context: Context,
): Observation[] => {
  const observations: Observation[] = [];
  const groups = new Map<string, number>();
  for (const row of rows) {
    const draft = draftOf(row, links, context);
    if (typeof draft === 'string') {
      context.tally.omitted('Observation', draft);
      continue;
    }
    const { group, ...rest } = draft;
    const reportId = groups.get(group) ?? groups.size + 1;
    groups.set(group, reportId);
    const number = observations.length + 1;
    observations.push({ id: number, ...rest, reportId });
    context.ids.add('Observation', row.id, number);
    context.tally.kept('Observation');
  }
  return observations;
};
