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

/**
 * A number that JavaScript's own would write otherwise than it stands: minus zero, more than 15 digits, a final zero, an
 * exponent or a value that gets one. In a text that looks like one it does no harm.
 */
const INEXACT = /[:[,]\s*(?:-0(?![.\d])|-?(?:[\d.]{16,}|\d+\.\d*0(?!\d)|0\.0{6}|\d[\d.]*[eE]))/;

/** The engine tells what stood there, which is a third faster than a parser in JavaScript. */
const asWritten = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? new LosslessNumber(context?.source ?? String(value)) : value;

/** A JSON document with its numbers as they were written; `undefined` when it is none (the parser quotes its input). */
export const parseFhir = (body: string): unknown => {
  try {
    return INEXACT.test(body) ? JSON.parse(body, asWritten) : JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** The issues of an OperationOutcome; `undefined` for everything else. Its texts are left behind: they quote input. */
export const toIssues = (raw: unknown): readonly OutcomeIssue[] | undefined => Outcome.safeParse(raw).data?.issue;
