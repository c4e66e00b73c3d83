import type { ErrorCode } from '../../schema/enums.ts';
import { GraphError } from '../../schema/errors.ts';
import type { Answer } from '../../upstream/request.ts';
import { retryAfterSeconds, statusError } from '../../upstream/status.ts';
import { later, type Verdict, verdictByStatus } from '../../upstream/verdict.ts';
import { type OutcomeIssue, parseFhir, toIssues } from './document.ts';
import type { Profile } from './rules.ts';

/** Epic's error numbers (its public error registry) as far as they mean more than their HTTP status. */
const EPIC_CODES: Readonly<Record<string, ErrorCode>> = {
  '4102': 'NOT_FOUND',
  '4103': 'NOT_FOUND',
  '59144': 'NOT_FOUND',
  '4118': 'FORBIDDEN',
  '4130': 'FORBIDDEN',
  '4131': 'FORBIDDEN',
  '4134': 'FORBIDDEN',
  '4135': 'RATE_LIMITED',
  '4111': 'VENDOR_REJECTED',
  '4112': 'VENDOR_REJECTED',
  '4115': 'VENDOR_REJECTED',
  '4127': 'VENDOR_REJECTED',
  '59108': 'VENDOR_REJECTED',
};
/** Epic: nothing was found. */
export const NO_RESULTS = '4101';
/** Epic: the record was merged into another; the answer's Location names it. */
export const MERGED = '4107';
/** Epic: the search behind a `next` link has expired; it must be started again. */
export const SESSION_EXPIRED = '4113';
const WRONG_CATEGORY = '59111';

/** Epic: the category is none that this organisation uses. */
export class UnknownCategory extends GraphError {
  constructor(source: string, status: number) {
    super('VENDOR_REJECTED', { source, status, message: 'The vendor does not know this category.' });
  }
}

/** Codes of FHIR's issue-type that say more than the HTTP status. */
const ISSUE_TYPES: Readonly<Record<string, ErrorCode>> = {
  throttled: 'RATE_LIMITED',
  forbidden: 'FORBIDDEN',
  suppressed: 'FORBIDDEN',
  login: 'UNAUTHENTICATED_AT_VENDOR',
  'not-found': 'NOT_FOUND',
  deleted: 'NOT_FOUND',
  'not-supported': 'UNSUPPORTED_BY_VENDOR',
  'too-costly': 'VENDOR_REJECTED',
};
const CONFLICTS: ReadonlySet<number> = new Set([409, 412, 423]);

/** An answer, read once. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The document; `undefined` for what is not JSON. */
  readonly document: unknown;
  readonly empty: boolean;
  /** The answer is an OperationOutcome: its issues. */
  readonly issues: readonly OutcomeIssue[] | undefined;
}

export const toReply = (answer: Answer): Reply => {
  const document = parseFhir(answer.text);
  return {
    status: answer.status,
    headers: answer.headers,
    document,
    empty: answer.text.trim() === '',
    issues: toIssues(document),
  };
};

const isFailure = ({ severity }: OutcomeIssue): boolean => severity === 'fatal' || severity === 'error';

/** Does an issue carry this number of the vendor's? */
export const hasCode = (issues: readonly OutcomeIssue[] | undefined, code: string): boolean =>
  issues?.some((issue) => issue.details?.coding.some((coding) => coding.code === code) === true) === true;

/** Is one of the vendor's own numbers among the issues? A search answered 404 without one is of an unknown type. */
export const saysWhy = (issues: readonly OutcomeIssue[] | undefined): boolean =>
  issues?.some(({ details }) => details?.coding.some(({ code }) => EPIC_CODES[code ?? ''] !== undefined)) === true;

const codeOf = (issues: readonly OutcomeIssue[]): ErrorCode | undefined => {
  for (const issue of issues.filter(isFailure))
    for (const { code } of issue.details?.coding ?? []) {
      const known = EPIC_CODES[code ?? ''];
      if (known !== undefined) return known;
    }
  return issues
    .filter(isFailure)
    .map(({ code }) => ISSUE_TYPES[code ?? ''])
    .find((code) => code !== undefined);
};

/** Seconds until the vendor's clock begins a new minute. */
const restOfMinute = (reply: Reply, now: number): number => {
  const told = Date.parse(reply.headers.date ?? '');
  return 60 - (Math.floor((Number.isNaN(told) ? now : told) / 1000) % 60);
};

/** Oracle answers 500 with `fatal/required` when its own record lacks what the standard demands: asking again is idle. */
const isDataFault = (reply: Reply): boolean =>
  reply.status === 500 &&
  reply.issues?.some(({ severity, code }) => severity === 'fatal' && code === 'required') === true;

const secondsToWait = (reply: Reply, profile: Profile, now: number): number | undefined =>
  retryAfterSeconds(reply.headers['retry-after'], now) ??
  (profile.minuteWindow === true ? restOfMinute(reply, now) : undefined);

/** What an answer says of the server's health, where its issues say more than its status. */
export const verdictOf = (answer: Answer, profile: Profile, now: number): Verdict => {
  if (answer.status < 400) return { kind: 'answered' };
  const reply = toReply(answer);
  if (answer.status === 429 || (reply.issues !== undefined && codeOf(reply.issues) === 'RATE_LIMITED'))
    return later('throttled', secondsToWait(reply, profile, now));
  return isDataFault(reply) ? { kind: 'answered' } : verdictByStatus(answer, now);
};

/**
 * The failure that an answer stands for (README, errors), or `undefined` when it is none. Texts and diagnostics
 * of the answer are never passed on, since they can quote what was asked.
 */
export const failureOf = (reply: Reply, source: string, profile: Profile, now: number): GraphError | undefined => {
  const { status, issues } = reply;
  const fine = status >= 200 && status < 300;
  if (fine && issues === undefined) return undefined;
  const told = issues === undefined ? undefined : codeOf(issues);
  if (status === 429 || told === 'RATE_LIMITED') {
    const seconds = secondsToWait(reply, profile, now);
    return new GraphError('RATE_LIMITED', {
      source,
      status,
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    });
  }
  if (isDataFault(reply))
    return new GraphError('VENDOR_REJECTED', {
      source,
      status,
      message: 'The vendor’s own record is incomplete.',
    });
  if (hasCode(issues, WRONG_CATEGORY)) return new UnknownCategory(source, status);
  if (told !== undefined && status !== 401 && status < 500) return new GraphError(told, { source, status });
  if (CONFLICTS.has(status)) return new GraphError('VERSION_CONFLICT', { source, status });
  if (fine) return new GraphError('BAD_VENDOR_ANSWER', { source, status });
  const foreign = issues === undefined && !reply.empty;
  if (status === 404 && foreign) return new GraphError('BAD_VENDOR_ANSWER', { source, status });
  return statusError({ status, headers: reply.headers, text: '' }, source, now);
};
