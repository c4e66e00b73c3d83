import { z } from 'zod';
import { GraphError, validationFailed } from '../../schema/errors.ts';
import type { Answer } from '../../upstream/request.ts';
import { retryAfterSeconds, statusError } from '../../upstream/status.ts';
import { later, type Verdict, verdictByStatus } from '../../upstream/verdict.ts';
import { Text } from './payload/scalars.ts';

/** The patient's chart is in another department's chart-sharing group: ask with another department. */
export class WrongDepartment extends GraphError {
  constructor(source: string) {
    super('VENDOR_REJECTED', { source, status: 400, message: 'The patient has no chart in the asked department.' });
  }
}

/** A list that cannot be had in a bounded number of calls, or that athenaNet itself refuses for its size. */
export const tooMany = (source: string): GraphError =>
  new GraphError('VALIDATION', {
    source,
    message: 'The search matches too many records at the vendor: narrow it.',
  });

const ErrorBody = z.object({ error: Text, detailedmessage: Text });

/** What an error says, in lower case: its JSON under whatever content type, or the gateway's plain text. */
const wordsOf = (text: string): { readonly fromApi: boolean; readonly words: string } => {
  try {
    const body = ErrorBody.safeParse(JSON.parse(text));
    if (body.success && body.data.error !== undefined)
      return { fromApi: true, words: `${body.data.error} ${body.data.detailedmessage ?? ''}`.toLowerCase() };
  } catch {
    // not JSON: the gateway speaking, or something in between
  }
  return { fromApi: false, words: text.slice(0, 500).toLowerCase() };
};

/** Is the API key not granted this practice? A new token would not change that (docs: checking API status). */
export const isPracticeRefused = (answer: Answer): boolean =>
  answer.status === 401 && /incorrect permissions|bad auth/.test(wordsOf(answer.text).words);

/**
 * The error that an answer of athenaNet stands for, `undefined` for 2xx (fact sheet, section 5). A 404 is NOT_FOUND only
 * when the API itself says so of a record: an unknown practice or path says nothing about anybody's record.
 */
export const refusal = (answer: Answer, source: string, now: number): GraphError | undefined => {
  const { status } = answer;
  if (status === 400) return badRequest(answer, source);
  if (isThrottled(answer)) return rateLimited(answer, source, now);
  if (status === 404) return unknown(answer, source);
  return statusError(answer, source, now);
};

const MissingFields = z.object({ missingfields: z.array(z.string().regex(/^\w{1,40}$/)).min(1) });

/** The fields that a 400 names as missing (dotnet: captured). */
const missingIn = ({ status, text }: Answer): readonly string[] => {
  if (status !== 400) return [];
  try {
    const body = MissingFields.safeParse(JSON.parse(text));
    return body.success ? body.data.missingfields : [];
  } catch {
    return [];
  }
};

/**
 * The error that the answer to a write stands for, `undefined` for 2xx: VALIDATION where athenaNet names fields that it
 * misses, told in the paths of the graph's input.
 */
export const writeRefusal = (
  answer: Answer,
  paths: Readonly<Record<string, readonly string[]>>,
  source: string,
  now: number,
): GraphError | undefined => {
  const missing = missingIn(answer);
  if (missing.length === 0) return refusal(answer, source, now);
  return validationFailed(
    missing.map((field) => ({
      path: paths[field.toLowerCase()] ?? [field.toLowerCase()],
      rule: 'required',
      message: 'athenahealth requires this here.',
    })),
  );
};

const badRequest = (answer: Answer, source: string): GraphError => {
  const { words } = wordsOf(answer.text);
  if (words.includes('does not exist in that department')) return new WrongDepartment(source);
  if (/larger than \d+ records/.test(words)) return tooMany(source);
  return new GraphError('VENDOR_REJECTED', { source, status: 400 });
};

/** The old gateway (Mashery) throttles with 403. */
const isOverRate = ({ headers, text }: Answer): boolean =>
  /over_(qps|rate)/i.test(headers['x-mashery-error-code'] ?? '') || /developer over (qps|rate)/i.test(text);

const unknown = (answer: Answer, source: string): GraphError => {
  const { fromApi, words } = wordsOf(answer.text);
  if (!fromApi)
    return new GraphError('SOURCE_UNAVAILABLE', {
      source,
      status: 404,
      message: 'The vendor’s gateway does not know the call: is baseUrl right?',
    });
  if (words.includes('invalid practice'))
    return new GraphError('SOURCE_UNAVAILABLE', {
      source,
      status: 404,
      message: 'The vendor does not know the configured practice.',
    });
  return new GraphError('NOT_FOUND', { source, status: 404 });
};

/** Too many calls: 429, and 403 by the old gateway. */
export const isThrottled = (answer: Answer): boolean =>
  answer.status === 429 || (answer.status === 403 && isOverRate(answer));

/** The same of a sign-in, whose limit is one a minute (docs: token endpoint) and says nothing about the day's calls. */
export const signInVerdictOf = (answer: Answer, now: number): Verdict =>
  isThrottled(answer)
    ? later('throttled', retryAfterSeconds(answer.headers['retry-after'], now))
    : verdictByStatus(answer, now);

/** A sign-in that came too often: until `Retry-After`, else until the minute ends. */
export const signInRefusal = ({ status, headers }: Answer, source: string, now: number): GraphError => {
  const untilNextMinute = 60 - (Math.floor(now / 1000) % 60);
  return new GraphError('RATE_LIMITED', {
    source,
    status,
    retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now) ?? untilNextMinute,
  });
};

/** What an answer says of athenaNet's health: how many of the day's calls are left where it tells, and throttling as 403. */
export const verdictOf = (answer: Answer, now: number): Verdict => {
  const left = answer.headers['x-ratelimit-remaining'];
  const verdict = isThrottled(answer) ? later('throttled', secondsToWait(answer, now)) : verdictByStatus(answer, now);
  return left === undefined || !/^\d+$/.test(left) ? verdict : { ...verdict, remaining: Number(left) };
};

/**
 * `Retry-After` is not documented and used when present; a day's spent quota lasts until midnight GMT (docs: best
 * practices), which the remaining-calls header tells where it is sent.
 */
const secondsToWait = ({ headers }: Answer, now: number): number | undefined => {
  const untilMidnight =
    headers['x-ratelimit-remaining'] === '0' ? 86_400 - (Math.floor(now / 1000) % 86_400) : undefined;
  return retryAfterSeconds(headers['retry-after'], now) ?? untilMidnight;
};

const rateLimited = (answer: Answer, source: string, now: number): GraphError => {
  const after = secondsToWait(answer, now);
  return new GraphError('RATE_LIMITED', {
    source,
    status: answer.status,
    ...(after === undefined ? {} : { retryAfterSeconds: after }),
  });
};
