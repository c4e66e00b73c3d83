import { expect, it } from 'vitest';
import { retryAfterSeconds, statusError } from './status.ts';
import { verdictByStatus } from './verdict.ts';

it.each([
  [200, undefined, 'answered'],
  [301, 'BAD_VENDOR_ANSWER', 'answered'],
  [400, 'VENDOR_REJECTED', 'answered'],
  [401, 'UNAUTHENTICATED_AT_VENDOR', 'answered'],
  [403, 'FORBIDDEN', 'answered'],
  [404, 'NOT_FOUND', 'answered'],
  [408, 'TIMEOUT', 'failed'],
  [410, 'NOT_FOUND', 'answered'],
  [429, 'RATE_LIMITED', 'throttled'],
  [500, 'SOURCE_UNAVAILABLE', 'failed'],
  [501, 'SOURCE_UNAVAILABLE', 'answered'],
  [502, 'SOURCE_UNAVAILABLE', 'failed'],
  [503, 'SOURCE_UNAVAILABLE', 'failed'],
  [504, 'TIMEOUT', 'failed'],
])('reads HTTP status %i as %s, from a source that has %s', (status, code, kind) => {
  const answer = { status, headers: {}, text: '' };
  expect(statusError(answer, 's', 0)?.code).toBe(code);
  expect(verdictByStatus(answer, 0)).toEqual({ kind });
});

it.each([
  [429, 'throttled'],
  [503, 'failed'],
])('takes from status %i the time that the source wants to be left alone', (status, kind) => {
  const answer = { status, headers: { 'retry-after': '7' }, text: '' };
  expect(verdictByStatus(answer, 0)).toEqual({ kind, retryAfterSeconds: 7 });
  expect(statusError(answer, 's', 0)?.retryAfterSeconds).toBe(7);
});

it.each([
  ['7', 7],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60],
  ['soon', undefined],
  ['', undefined],
])('reads Retry-After %s as %s seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, 0)).toBe(seconds);
});
