import { LosslessNumber, stringify } from 'lossless-json';
import { z } from 'zod';
import { isExact } from '../vendor/json.ts';
import { list, opt, text, texts } from './elements.ts';

const Issue = z.object({
  severity: text,
  code: text,
  details: opt(z.object({ coding: list(z.object({ code: text })) })),
  expression: texts,
});
const Outcome = z.object({ resourceType: z.literal('OperationOutcome'), issue: list(Issue) });
export type OutcomeIssue = z.output<typeof Issue>;

/** The engine tells what stood there, which is a third faster than a parser in JavaScript. */
const asWritten = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? new LosslessNumber(context?.source ?? String(value)) : value;

/** A JSON document with its numbers as they were written; `undefined` when it is none (the parser quotes its input). */
export const parseFhir = (body: string): unknown => {
  try {
    return isExact(body) ? JSON.parse(body) : JSON.parse(body, asWritten);
  } catch {
    return undefined;
  }
};

/** The text of a document from `parseFhir`, or of one made here: every number stands in it as it was written. */
export const printFhir = (document: unknown): string => stringify(document) ?? '';

/** The issues of an OperationOutcome; `undefined` for everything else. Its texts are left behind: they quote input. */
export const toIssues = (raw: unknown): readonly OutcomeIssue[] | undefined => Outcome.safeParse(raw).data?.issue;
