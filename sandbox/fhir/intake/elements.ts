import type { CodeableConcept, Identifier, Reference } from '@medplum/fhirtypes';
import type * as Records from '../../practice.ts';
import { wrongAt } from '../faults.ts';
import { numberIn } from '../names.ts';

/** Kinds of records that a reference may lead to, and how their ids begin. */
const KINDS = {
  Patient: 'pat',
  Practitioner: 'prac',
  Location: 'loc',
  Slot: 'slot',
  Appointment: 'appt',
  Encounter: 'enc',
} as const;

export type Referenced = keyof typeof KINDS;

/** The type that a relative reference names. */
export const typeOf = (reference: Reference | undefined): string | undefined => reference?.reference?.split('/').at(0);

/** The number of the record that a reference names; `undefined` when it names another type. */
export const numberOf = (reference: Reference | undefined, type: Referenced): number | undefined => {
  const [named, id = ''] = reference?.reference?.split('/') ?? [];
  return named === type ? numberIn(id, KINDS[type]) : undefined;
};

/** The number of a record that has to be named. */
export const neededNumber = (reference: Reference | undefined, type: Referenced, expression: string): number => {
  const number = numberOf(reference, type);
  if (number === undefined) throw wrongAt('element-missing', expression);
  return number;
};

/** Identifiers that a client gave, without those that this server gives itself. */
export const identifiersFrom = (
  given: readonly Identifier[] | undefined,
  ...own: readonly string[]
): { readonly identifiers?: readonly Records.Identifier[] } => {
  const identifiers = (given ?? []).flatMap(({ system = '', value }) =>
    value === undefined || own.includes(system) ? [] : [{ system, value }],
  );
  return { identifiers: identifiers.length === 0 ? undefined : identifiers };
};

/** The words of a concept: what it says itself, else the name of its first code, else the code. */
export const wordsOf = (concept: CodeableConcept | undefined): string | undefined => {
  const [coding] = concept?.coding ?? [];
  return concept?.text ?? coding?.display ?? coding?.code;
};

/** A concept's code, of the preferred system where it has one; a concept of words only has none. */
export const codeFrom = (concept: CodeableConcept | undefined, preferred?: string): Records.Coded | undefined => {
  const codings = (concept?.coding ?? []).filter(({ code }) => code !== undefined);
  const coding = codings.find(({ system }) => system === preferred) ?? codings[0];
  if (coding?.code === undefined) return undefined;
  return { system: coding.system ?? '', code: coding.code, display: coding.display ?? '' };
};

/** The same, with the concept's own words for a code that has no name. */
export const namedCodeFrom = (concept: CodeableConcept | undefined, preferred?: string): Records.Coded | undefined => {
  const code = codeFrom(concept, preferred);
  return code === undefined ? undefined : { ...code, display: code.display || (concept?.text ?? '') };
};

/** The digits of a number that was read without losing any. */
export const digits = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

/** The record's fields that a draft says otherwise. */
export const differing = <T extends object>(draft: T, record: { readonly [K in keyof T]?: unknown }): Partial<T> =>
  Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(record[name as keyof T])),
  ) as Partial<T>;
