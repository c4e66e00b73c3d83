import type { Coding as FhirCodingOut, CodeableConcept as FhirConceptOut } from '@medplum/fhirtypes';
import type {
  CodeableConcept,
  Coding,
  Identifier,
  Money,
  Period,
  Quantity,
  RecordMeta,
} from '../../../schema/values.ts';
import { toDecimal, toMoney } from '../../vendor/decimal.ts';
import { compareInstants, dayPeriod, localToInstant, toInstant } from '../../vendor/time.ts';
import type {
  FhirCoding,
  FhirConcept,
  FhirExtension,
  FhirIdentifier,
  FhirMoney,
  FhirPeriod,
  FhirQuantity,
} from '../elements.ts';
import type { Resource, ResourceType } from '../payload.ts';

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition';
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;
const PARTIAL = /^\d{4}(-\d{2}(-\d{2})?)?$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/;

/** A system that is a URI; servers also send names of systems. */
const toSystem = (raw: string | undefined): string | undefined => (URI.test(raw ?? '') ? raw : undefined);

export const toCoding = ({ system, code, display }: FhirCoding): Coding | undefined =>
  code === undefined ? undefined : { system: toSystem(system) ?? null, code, display: display ?? null };

/** All codings that have a code, and the words: those of a coding without a code when there are no others. */
export const toConcept = ({ coding, text }: FhirConcept): CodeableConcept => ({
  codings: coding.map(toCoding).filter((one) => one !== undefined),
  text: text ?? coding.find(({ display }) => display !== undefined)?.display ?? null,
});

/** The inverse of `toCoding`. */
export const fromCoding = ({ system, code, display }: Coding): FhirCodingOut => ({
  ...(system == null ? {} : { system }),
  code,
  ...(display == null ? {} : { display }),
});

/** The inverse of `toConcept`. */
export const fromConcept = ({ codings, text }: CodeableConcept): FhirConceptOut => ({
  ...(codings.length === 0 ? {} : { coding: codings.map(fromCoding) }),
  ...(text == null ? {} : { text }),
});

/** A concept, unless nothing at all is in it. */
export const optionalConcept = (raw: FhirConcept | undefined): CodeableConcept | undefined => {
  const concept = raw === undefined ? undefined : toConcept(raw);
  return concept === undefined || (concept.codings.length === 0 && concept.text === null) ? undefined : concept;
};

export const toConcepts = (raw: readonly FhirConcept[]): readonly CodeableConcept[] =>
  raw.map(optionalConcept).filter((one) => one !== undefined);

/** The words for a concept: its text, else what its codes display. */
export const toWords = (raw: FhirConcept | undefined): string | undefined =>
  raw?.text ?? raw?.coding.find(({ display }) => display !== undefined)?.display ?? raw?.coding[0]?.code;

export const hasCoding = (raw: FhirConcept | undefined, codes: ReadonlySet<string>): boolean =>
  raw?.coding.some(({ code }) => code !== undefined && codes.has(code)) === true;

export const toIdentifier = ({ system, value, type }: FhirIdentifier): Identifier | undefined =>
  value === undefined ? undefined : { system: toSystem(system) ?? null, value, type: optionalConcept(type) ?? null };

export const toQuantity = ({ value, comparator, unit, system, code }: FhirQuantity): Quantity => ({
  value: toDecimal(value) ?? null,
  comparator: comparator ?? null,
  unit: unit ?? code ?? null,
  system: toSystem(system) ?? null,
  code: code ?? null,
});

/** R4 allows an amount without a currency; the vendors served here are all in the United States. */
export const toAmount = (raw: FhirMoney | undefined): Money | undefined => toMoney(raw?.value, raw?.currency ?? 'USD');

/** A moment has equal ends; a day, month or year lasts from its first to its last instant in the zone. */
export const toSpan = (raw: string | undefined, zone: string): Required<Period> | undefined => {
  if (raw === undefined) return undefined;
  try {
    if (PARTIAL.test(raw)) return dayPeriod(raw, zone);
    const [, date, time] = LOCAL.exec(raw) ?? [];
    const instant = date === undefined || time === undefined ? toInstant(raw) : localToInstant(date, time, zone);
    return instant === undefined ? undefined : { start: instant, end: instant };
  } catch {
    return undefined; // not a day of the calendar
  }
};

/** An instant; one without an offset is read in the source's zone. A mere day is none. */
export const toMoment = (raw: string | undefined, zone: string): string | undefined =>
  raw === undefined || PARTIAL.test(raw) ? undefined : (toSpan(raw, zone)?.start ?? undefined);

/** A stretch of time, whose ends may be open. */
export const toPeriod = (raw: FhirPeriod | undefined, zone: string): Period | undefined => {
  const start = toSpan(raw?.start, zone)?.start;
  const end = toSpan(raw?.end, zone)?.end;
  return start === undefined && end === undefined ? undefined : { start: start ?? null, end: end ?? null };
};

/** Is it over, at this instant? */
export const hasEnded = (period: FhirPeriod | undefined, asOf: string, zone: string): boolean => {
  const end = toSpan(period?.end, zone)?.end;
  return end != null && compareInstants(end, asOf) < 0;
};

export const toVersion = (
  resource: Resource<ResourceType>,
): Pick<RecordMeta, 'versionId' | 'lastUpdated'> | undefined => {
  const lastUpdated = toInstant(resource.meta?.lastUpdated);
  const versionId = resource.meta?.versionId;
  return lastUpdated === undefined && versionId === undefined
    ? undefined
    : { versionId: versionId ?? null, lastUpdated: lastUpdated ?? null };
};

/** Identity and version of a mapped record. */
export const toIdentity = (
  resource: Resource<ResourceType>,
): {
  readonly key: string;
  readonly externalId: string;
  readonly version?: Pick<RecordMeta, 'versionId' | 'lastUpdated'>;
} => {
  const version = toVersion(resource);
  return { key: resource.id, externalId: resource.id, ...(version === undefined ? {} : { version }) };
};

/** Why a value is missing, where an extension says so: `unknown`, `masked`, ... */
export const absentReason = (extensions: readonly FhirExtension[] | undefined): string | undefined =>
  extensions?.find(({ url }) => url === `${EXTENSION}/data-absent-reason`)?.valueCode;

export const findExtension = (extensions: readonly FhirExtension[], url: string): FhirExtension | undefined =>
  extensions.find((extension) => extension.url === url);

/** Whole numbers that GraphQL's Int can hold. */
export const toInt = (raw: number | undefined): number | undefined =>
  raw !== undefined && Number.isInteger(raw) && Math.abs(raw) < 2 ** 31 ? raw : undefined;
