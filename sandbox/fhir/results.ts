import type { CodeableConcept, Observation, Quantity } from '@medplum/fhirtypes';
import type * as Records from '../practice.ts';
import { coded, concept, decimal, ID, identifiersOf, optional, URI } from './names.ts';

export const DISPLAY: Readonly<Record<Records.Observation['category'], string>> = {
  'vital-signs': 'Vital Signs',
  laboratory: 'Laboratory',
  'social-history': 'Social History',
  survey: 'Survey',
  imaging: 'Imaging',
  exam: 'Exam',
  procedure: 'Procedure',
  therapy: 'Therapy',
  activity: 'Activity',
};

type QuantityValue = Extract<Records.Value, { kind: 'quantity' }>;

const unitOf = ({ unit, ucum }: Pick<QuantityValue, 'unit' | 'ucum'>) => ({
  ...(unit === '' ? {} : { unit }),
  ...(ucum === undefined ? {} : { system: URI.ucum, code: ucum }),
});

const quantity = (value: QuantityValue): Quantity => ({
  value: decimal(value.value),
  ...optional('comparator', value.comparator, (comparator) => comparator),
  ...unitOf(value),
});

const textElement = ({ text, as }: Extract<Records.Value, { kind: 'text' }>) => {
  switch (as) {
    case 'boolean':
      return { valueBoolean: text === 'true' };
    case 'integer':
      return { valueInteger: decimal(text) };
    case 'dateTime':
      return { valueDateTime: text };
    default:
      return { valueString: text };
  }
};

const valueElement = (
  value: Records.Value,
):
  | { readonly valueQuantity: Quantity }
  | { readonly valueString: string }
  | { readonly valueBoolean: boolean }
  | { readonly valueInteger: number }
  | { readonly valueDateTime: string }
  | { readonly valueCodeableConcept: CodeableConcept } => {
  switch (value.kind) {
    case 'quantity':
      return { valueQuantity: quantity(value) };
    case 'text':
      return textElement(value);
    case 'code':
      return { valueCodeableConcept: coded(value.code) };
  }
};

/** Why there is no value, as far as the status tells. */
const ABSENT: Readonly<Partial<Record<Records.ObservationStatus, string>>> = {
  registered: 'temp-unknown',
  preliminary: 'temp-unknown',
  cancelled: 'not-performed',
};
const absent = (reason: string) => ({ dataAbsentReason: concept(URI.absentReason, reason) });

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** Limits that are numbers carry the result's own unit; others are only told as text. */
const rangeOf = ({ referenceLow, referenceHigh, value }: Records.Observation) => {
  if (referenceLow === undefined && referenceHigh === undefined) return {};
  const unit = value?.kind === 'quantity' ? unitOf(value) : {};
  const limit = (text: string): Quantity => ({ value: decimal(text), ...unit });
  const numeric = [referenceLow, referenceHigh].every((text) => text === undefined || DECIMAL.test(text));
  const text =
    referenceLow === undefined
      ? `<= ${referenceHigh}`
      : referenceHigh === undefined
        ? `>= ${referenceLow}`
        : `${referenceLow} - ${referenceHigh}`;
  return {
    referenceRange: [
      {
        ...(numeric ? { ...optional('low', referenceLow, limit), ...optional('high', referenceHigh, limit) } : {}),
        text,
      },
    ],
  };
};

/** A result as it stood at one time: what a correction changes is given, the rest stays. */
const resultResource = (
  observation: Records.Observation,
  stand: Pick<Records.Observation, 'issued' | 'status'> & { readonly value?: Records.Value | undefined },
  interpretation: string | undefined,
): Observation => {
  const { components, practitionerId, appointmentId, localCode, code } = observation;
  const reason = observation.absentReason ?? ABSENT[stand.status] ?? 'unknown';
  return {
    resourceType: 'Observation',
    id: ID.observation(observation.id),
    ...identifiersOf([], observation),
    status: stand.status,
    ...(observation.uncategorized === true
      ? {}
      : { category: [concept(URI.category, observation.category, DISPLAY[observation.category])] }),
    code: {
      coding: [
        { system: code.system, code: code.code, ...(code.display === '' ? {} : { display: code.display }) },
        ...(localCode === undefined ? [] : [{ system: URI.laboratory, code: localCode }]),
      ],
      ...(code.display === '' ? {} : { text: code.display }),
    },
    subject: { reference: `Patient/${ID.patient(observation.patientId)}` },
    ...(appointmentId === undefined ? {} : { encounter: { reference: `Encounter/${ID.encounter(appointmentId)}` } }),
    effectiveDateTime: observation.effective,
    issued: stand.issued,
    ...(practitionerId === undefined
      ? {}
      : { performer: [{ reference: `Practitioner/${ID.practitioner(practitionerId)}` }] }),
    ...(stand.value === undefined ? (components.length === 0 ? absent(reason) : {}) : valueElement(stand.value)),
    ...(interpretation === undefined ? {} : { interpretation: [concept(URI.interpretation, interpretation)] }),
    ...rangeOf(observation),
    ...(components.length === 0
      ? {}
      : {
          component: components.map((component) => ({
            code: coded(component.code),
            ...(component.value === undefined ? absent(reason) : valueElement(component.value)),
          })),
        }),
  };
};

/** Every stand of a result, oldest first; the last is how it stands now. What an earlier one was judged is not known. */
export const observationVersions = (
  observation: Records.Observation,
): readonly { readonly resource: Observation; readonly at: string }[] => [
  ...observation.history.map((stand) => ({
    resource: resultResource(observation, stand, undefined),
    at: stand.issued,
  })),
  { resource: resultResource(observation, observation, observation.interpretation), at: observation.issued },
];
