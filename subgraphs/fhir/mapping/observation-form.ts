import type { CodeableConcept, Observation } from '@medplum/fhirtypes';
import type { Commands } from '../../../schema/commands.ts';
import { CATEGORY, SYSTEM } from '../../vendor/concept.ts';
import type { Resource } from '../payload.ts';
import type { Element } from '../writes/wire.ts';
import { fromConcept, hasCoding } from './datatypes.ts';
import { OBSERVATION_STATUS } from './observation.ts';
import { fromValue } from './value.ts';
import { fromCode } from './word.ts';

type Input = Commands['recordObservation'];

/** http://hl7.org/fhir/R4/observation-vitalsigns.html: these codes are vital signs. With the names of the standard. */
const VITAL_SIGNS: Readonly<Record<string, string>> = {
  '85354-9': 'Blood pressure panel with all children optional',
  '8480-6': 'Systolic blood pressure',
  '8462-4': 'Diastolic blood pressure',
  '8867-4': 'Heart rate',
  '9279-1': 'Respiratory rate',
  '8310-5': 'Body temperature',
  '8302-2': 'Body height',
  '29463-7': 'Body weight',
  '39156-5': 'Body mass index (BMI) [Ratio]',
  '9843-4': 'Head Occipital-frontal circumference',
  '2708-6': 'Oxygen saturation in Arterial blood',
  '59408-5': 'Oxygen saturation in Arterial blood by Pulse oximetry',
};

const codeOf = (word: string): CodeableConcept => {
  const display = Object.hasOwn(VITAL_SIGNS, word) ? VITAL_SIGNS[word] : undefined;
  return display === undefined
    ? fromCode(word)
    : { coding: [{ system: SYSTEM.loinc, code: word, display }], text: display };
};

const DISPLAYED = new Map(
  Object.values(CATEGORY).flatMap((category) => category.codings.map(({ code }) => [code, category] as const)),
);

const categoryOf = ({ category, code }: Input): string | undefined =>
  category ?? (Object.hasOwn(VITAL_SIGNS, code) ? 'vital-signs' : undefined);

const categoriesOf = (input: Input): readonly CodeableConcept[] => {
  const code = categoryOf(input);
  if (code === undefined) return [];
  const known = DISPLAYED.get(code);
  return known === undefined
    ? [{ coding: [{ system: SYSTEM.observationCategory, code }] }]
    : [{ coding: fromConcept(known).coding ?? [] }];
};

const statusOf = (status: Input['status']): Observation['status'] =>
  (OBSERVATION_STATUS.from(status === 'UNMAPPED' ? undefined : status) ?? 'final') as Observation['status'];

/** A result as a client gives it: the inverse of `toObservation`. */
export const fromObservation = (input: Input): Observation => {
  const category = categoriesOf(input);
  return {
    resourceType: 'Observation',
    status: statusOf(input.status),
    ...(category.length === 0 ? {} : { category: [...category] }),
    code: codeOf(input.code),
    subject: { reference: `Patient/${input.patient}` },
    effectiveDateTime: input.effective,
    ...fromValue(input.value),
  };
};

const EARLY: ReadonlySet<string> = new Set(['registered', 'preliminary']);
const EFFECTIVE = ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod', 'effectiveTiming'] as const;

/** What a final result that is put right becomes, when the client does not say: corrected. */
const correctedStatus = (wanted: Input['status'], before: string | undefined): Observation['status'] =>
  wanted === 'FINAL' && !EARLY.has(before ?? '') ? 'corrected' : statusOf(wanted);

const without = (document: Element, leftOut: (name: string) => boolean): Element =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !leftOut(name)));

const isValue = (name: string): boolean => /^_?value[A-Z]/.test(name) || name === 'dataAbsentReason';

/**
 * A result put right: R4 keeps its id. Status, value and time are the new ones; what judged the old value is left out,
 * everything else stays. A withdrawn result says what it said.
 */
export const correctedObservation = (
  document: Element,
  before: Resource<'Observation'>,
  input: Input,
  now: string,
): Element => {
  const status = correctedStatus(input.status, before.status);
  if (status === 'entered-in-error') return { ...document, status };
  const known = before.code !== undefined && hasCoding(before.code, new Set([input.code.split('|').at(-1) ?? '']));
  const category = before.category.length === 0 || input.category !== undefined ? categoriesOf(input) : [];
  const kept = without(
    document,
    (name) => isValue(name) || name === 'interpretation' || EFFECTIVE.some((one) => name === one || name === `_${one}`),
  );
  return {
    ...kept,
    status,
    ...(known ? {} : { code: codeOf(input.code) }),
    ...(category.length === 0 || hasEach(before, category) ? {} : { category }),
    effectiveDateTime: input.effective,
    ...(document.issued === undefined ? {} : { issued: now }),
    ...fromValue(input.value),
  };
};

const hasEach = ({ category }: Resource<'Observation'>, wanted: readonly CodeableConcept[]): boolean =>
  wanted.every(({ coding = [] }) =>
    coding.every(({ code = '' }) => category.some((one) => hasCoding(one, new Set([code])))),
  );
