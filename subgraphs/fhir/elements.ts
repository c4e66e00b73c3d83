import { isLosslessNumber, type LosslessNumber } from 'lossless-json';
import { z } from 'zod';

/**
 * What FHIR R4 servers send (https://hl7.org/fhir/R4), as far as the graph reads it. Every element may be missing, also
 * those that the standard requires; `null` counts as missing, since it stands in for primitives that have only an
 * extension. An element of another type than the standard's makes the resource a BAD_VENDOR_ANSWER.
 */
export const opt = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

export const list = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema.nullish())
    .nullish()
    .transform((items) => (items ?? []).filter((item): item is NonNullable<typeof item> => item != null));

export const text = opt(z.string());
export const texts = list(z.string());
export const flag = opt(z.boolean());
/** As `parseFhir` gives them: JavaScript's own where that is as it was written. */
export const number = z.custom<LosslessNumber | number>(
  (value) => typeof value === 'number' || isLosslessNumber(value),
);
/** The number exactly as it was written: `1.00`, `1E-245`. */
export const decimal = opt(number.transform(String));
export const integer = opt(number.transform(Number).refine(Number.isSafeInteger));

export const Coding = z.object({
  system: text,
  code: text,
  display: text,
  userSelected: flag,
  extension: list(z.unknown()),
});
export const Concept = z.object({ coding: list(Coding), text, extension: list(z.unknown()) });
/** Extensions are nested once: us-core-race holds its parts like that. */
export const Part = z.object({ url: text, valueString: text, valueCode: text, valueCoding: opt(Coding) });
export const Extension = Part.extend({ extension: list(Part) });
export const Extended = z.object({ extension: list(Extension) });
export const Period = z.object({ start: text, end: text });
export const Identifier = z.object({ use: text, type: opt(Concept), system: text, value: text, period: opt(Period) });
export const Reference = z.object({ reference: text, type: text, identifier: opt(Identifier), display: text });
export const HumanName = z.object({
  use: text,
  text,
  family: text,
  given: texts,
  prefix: texts,
  suffix: texts,
  period: opt(Period),
});
export const ContactPoint = z.object({ system: text, value: text, use: text, rank: integer, period: opt(Period) });
export const Address = z.object({
  use: text,
  type: text,
  text,
  line: texts,
  city: text,
  state: text,
  postalCode: text,
  country: text,
  period: opt(Period),
});
export const Quantity = z.object({
  value: decimal,
  comparator: text,
  unit: text,
  system: text,
  code: text,
  extension: list(Extension),
});
export const Range = z.object({ low: opt(Quantity), high: opt(Quantity) });
export const Money = z.object({ value: decimal, currency: text });
export const Note = z.object({ text });

export const Meta = z.object({ versionId: text, lastUpdated: text, security: list(Coding), tag: list(Coding) });
export const resource = <const T extends string>(type: T) =>
  z.object({ resourceType: z.literal(type), id: z.string().min(1), meta: opt(Meta), extension: list(Extension) });
/** Resources that travel inside another; read by `contained()` when somebody points at them. */
export const contained = list(z.record(z.string(), z.unknown()));

export type FhirCoding = z.output<typeof Coding>;
export type FhirConcept = z.output<typeof Concept>;
export type FhirExtension = z.output<typeof Extension>;
export type FhirIdentifier = z.output<typeof Identifier>;
export type FhirName = z.output<typeof HumanName>;
export type FhirContactPoint = z.output<typeof ContactPoint>;
export type FhirAddress = z.output<typeof Address>;
export type FhirPeriod = z.output<typeof Period>;
export type FhirQuantity = z.output<typeof Quantity>;
export type FhirMoney = z.output<typeof Money>;
export type FhirReference = z.output<typeof Reference>;
