import { evalFhirPathTyped, parseFhirPath, toTypedValue } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';

/** Finds the values that a search parameter's expression points to. */
export type Reader = (resource: Resource) => readonly unknown[];

/**
 * `Observation.component.code`, and `Observation.subject.where(resolve() is Patient)`: these need no FHIRPath engine,
 * which takes ten times as long.
 */
const PLAIN = /^[A-Z][A-Za-z]+((?:\.[a-z][A-Za-z]*)+?)(?:\.where\(resolve\(\) is ([A-Z][A-Za-z]+)\))?$/;

/** Endings of elements that may have one of several types: `effective` is `effectiveDateTime`, `effectivePeriod`, ... */
const TYPES = ['DateTime', 'Period', 'Instant', 'Timing', 'Date', 'Reference', 'CodeableConcept', 'Boolean', 'String'];

const step = (value: unknown, name: string): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Readonly<Record<string, unknown>>;
  const found = members[name] ?? TYPES.map((type) => members[`${name}${type}`]).find((typed) => typed !== undefined);
  return found === undefined ? [] : Array.isArray(found) ? found : [found];
};

const pointsTo = (value: unknown, type: string): boolean =>
  step(value, 'reference').some((reference) => typeof reference === 'string' && reference.startsWith(`${type}/`));

const readerOf = (part: string): Reader => {
  const [, path, type] = PLAIN.exec(part) ?? [];
  if (path !== undefined) {
    const names = path.slice(1).split('.');
    const walk: Reader = (resource) =>
      names.reduce<readonly unknown[]>((values, name) => values.flatMap((value) => step(value, name)), [resource]);
    return type === undefined ? walk : (resource) => walk(resource).filter((value) => pointsTo(value, type));
  }
  const parsed = parseFhirPath(part);
  return (resource) => evalFhirPathTyped(parsed, [toTypedValue(resource)]).map((typed): unknown => typed.value);
};

/** A reader for the parts of a search parameter's expression, as the published definitions write them. */
export const reader = (parts: readonly string[]): Reader => {
  const readers = parts.map(readerOf);
  return (resource) => readers.flatMap((read) => read(resource));
};
