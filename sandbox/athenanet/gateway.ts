import type { Reply } from '../server.ts';
import { type Count, type Limit, limited } from './limits.ts';
import { json, Refusal } from './reply.ts';

/** Calls that one client may make: of the API per second and per day, of the token endpoint per minute. */
export interface Limits {
  readonly perSecond: number;
  readonly perDay: number;
  readonly tokenPerMinute: number;
}

/** Those of production. [public: limits-note, fhir-note, docs-auth] */
export const PRODUCTION_LIMITS: Limits = { perSecond: 150, perDay: 500_000, tokenPerMinute: 50 };

export interface Throttle {
  /** Counts a call; gives the refusal when it is one too many, and the headers of its answer. */
  admit(): { readonly refusal?: Reply; readonly headers: Readonly<Record<string, string>> };
}

export interface ThrottleOptions {
  readonly limits: Limits;
  readonly now: () => number;
  readonly throttleWith: 429 | 403;
  readonly retryAfter: boolean;
}

/** The day's limit is the one that the headers tell. [public: docs-best; header names: assumption] */
const headersOf = (day: Count): Readonly<Record<string, string>> => ({
  'x-ratelimit-limit': String(day.limit),
  'x-ratelimit-remaining': String(day.remaining),
});

const legacyReply = (over: Count, word: 'Qps' | 'Rate'): Reply => ({
  status: 403,
  headers: {
    'content-type': 'text/xml',
    'x-mashery-error-code': `ERR_403_DEVELOPER_OVER_${word.toUpperCase()}`,
    'retry-after': String(over.seconds),
  },
  body: `<h1>Developer Over ${word}</h1>`,
});

/** Limits per second and per day; a call that is refused counts for neither. */
export const throttle = ({ limits, now, throttleWith, retryAfter }: ThrottleOptions): Throttle => {
  const second = limited(limits.perSecond, 1000, now);
  const day = limited(limits.perDay, 86_400_000, now);
  const refuse = (limit: Limit, word: 'Qps' | 'Rate') => {
    const over = limit.peek();
    const headers = headersOf(day.peek());
    if (throttleWith === 403) return { refusal: legacyReply(over, word), headers };
    const wait: Record<string, string> = retryAfter ? { 'retry-after': String(over.seconds) } : {};
    return { refusal: json(429, { error: 'Rate limit exceeded.' }, { ...headers, ...wait }), headers };
  };
  return {
    admit: () => {
      if (!day.peek().allowed) return refuse(day, 'Rate');
      if (!second.take().allowed) return refuse(second, 'Qps');
      return { headers: headersOf(day.take()) };
    },
  };
};

export const badToken = (): Reply =>
  json(401, { error: 'Invalid access token.', detailedmessage: 'The access token is expired or invalid.' });

export const noScope = (): Refusal =>
  new Refusal(
    json(403, { error: 'Insufficient scope.', detailedmessage: 'The access token does not allow this call.' }),
  );

export const notGranted = (): Refusal =>
  new Refusal(json(401, { detailedmessage: 'Bad auth.', error: 'Incorrect permissions.' }));

export const unknownPractice = (): Refusal =>
  new Refusal(json(404, { error: 'Invalid practice.', detailedmessage: 'The practice ID does not exist.' }));
