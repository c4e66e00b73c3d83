import { z } from 'zod';

/**
 * What athenaNet really sends (fact sheet, sections 2 and 3). The same field is a string in one call and a number in
 * the next, booleans come as `true` and `"true"`, and what is not known is absent, empty or null: that is levelled here,
 * once. Fields that nobody needs are not listed in the payloads and are dropped.
 */
const Scalar = z.union([z.string(), z.number(), z.null()]).optional();

const trimmed = (raw: string | number | null | undefined): string | undefined => {
  const text = raw === null || raw === undefined ? '' : String(raw).trim();
  return text === '' ? undefined : text;
};

export const Text = Scalar.transform(trimmed);

/** An id of a record: always given, always a number in athenaNet, as text here. */
export const Id = z
  .union([z.string(), z.number()])
  .transform((raw) => String(raw).trim())
  .pipe(z.string().regex(/^\d{1,18}$/));

/** A reference: `0` and `""` are how athenaNet writes that there is none. */
export const Reference = Text.transform((raw) => (raw === '0' ? undefined : raw)).pipe(
  z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
);

const FLAGS: Readonly<Record<string, boolean>> = { true: true, y: true, '1': true, false: false, n: false, '0': false };
export const Flag = z
  .union([z.boolean(), z.string(), z.number(), z.null()])
  .optional()
  .transform((raw) => FLAGS[String(raw).trim().toLowerCase()]);

export const Minutes = Text.pipe(
  z
    .string()
    .regex(/^\d{1,5}$/)
    .optional(),
).transform((raw) => (raw === undefined ? undefined : Number(raw)));

/** `["2106-3"]`, or the tab-joined text that the same field takes on input. */
export const Codes = z
  .union([z.array(z.union([z.string(), z.number()])), z.string(), z.null()])
  .optional()
  .transform((raw) =>
    (Array.isArray(raw) ? raw.map(String) : (raw ?? '').split('\t')).map((code) => code.trim()).filter(Boolean),
  );

export const rows = <T extends z.ZodType>(row: T) => z.array(row).nullish();

/** The one record of an answer, in an array of one or bare. */
export const single = <T extends z.ZodType>(row: T) => z.union([z.tuple([row]).transform(([one]) => one), row]);
