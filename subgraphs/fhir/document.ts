import { LosslessNumber } from 'lossless-json';
import { z } from 'zod';
import { list, opt, text } from './elements.ts';

const Issue = z.object({
  severity: text,
  code: text,
  details: opt(z.object({ coding: list(z.object({ code: text })) })),
});
const Outcome = z.object({ resourceType: z.literal('OperationOutcome'), issue: list(Issue) });
export type OutcomeIssue = z.output<typeof Issue>;

/** The engine tells what stood there, which is a third faster than a parser in JavaScript. */
const asWritten = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? new LosslessNumber(context?.source ?? String(value)) : value;

/** A JSON document with its numbers as they were written; `undefined` when it is none (the parser quotes its input). */
export const parseFhir = (body: string): unknown => {
  try {
    return JSON.parse(body, asWritten);
  } catch {
    return undefined;
  }
};

/** The issues of an OperationOutcome; `undefined` for everything else. Its texts are left behind: they quote input. */
export const toIssues = (raw: unknown): readonly OutcomeIssue[] | undefined => Outcome.safeParse(raw).data?.issue;
