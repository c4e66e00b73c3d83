import { expect, it } from 'vitest';
import { verdictOf } from './refusal.ts';

const NOON = Date.parse('2026-11-18T12:00:00Z');
const HALF_A_DAY = 43_200;

it.each([
  ['a row', { status: 200 }, { kind: 'answered' }],
  [
    'what is left of the day',
    { status: 200, headers: { 'x-ratelimit-remaining': '17' } },
    { kind: 'answered', remaining: 17 },
  ],
  [
    'something else of that name',
    { status: 200, headers: { 'x-ratelimit-remaining': '17;w=1' } },
    { kind: 'answered' },
  ],
  [
    'an unknown record',
    { status: 404, text: '{"error":"This patient does not exist in this context."}' },
    { kind: 'answered' },
  ],
  ['a missing scope', { status: 403, text: '{"error":"Insufficient scope."}' }, { kind: 'answered' }],
  ['the old gateway’s throttle', { status: 403, text: '<h1>Developer Over Qps</h1>' }, { kind: 'throttled' }],
  [
    'the same by its header',
    { status: 403, headers: { 'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_RATE', 'retry-after': '9' } },
    { kind: 'throttled', retryAfterSeconds: 9 },
  ],
  ['too many calls', { status: 429 }, { kind: 'throttled' }],
  [
    'a spent day',
    { status: 429, headers: { 'x-ratelimit-remaining': '0' } },
    { kind: 'throttled', retryAfterSeconds: HALF_A_DAY, remaining: 0 },
  ],
  ['an outage', { status: 503, headers: { 'retry-after': '3' } }, { kind: 'failed', retryAfterSeconds: 3 }],
])('takes %s for what it says of athenaNet', (_what, answer, verdict) => {
  expect(verdictOf({ headers: {}, text: '', ...answer }, NOON)).toEqual(verdict);
});
