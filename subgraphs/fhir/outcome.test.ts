import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NOW } from './fixtures/server.ts';
import { failureOf, toReply, verdictOf } from './outcome.ts';
import { PROFILES } from './profile.ts';

interface Shape {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

const failure = ({ status, headers = {}, body = '' }: Shape, profile = PROFILES.GENERIC_FHIR) =>
  failureOf(
    toReply({ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) }),
    'mercy',
    profile,
    NOW,
  );
const outcome = (code: string, number?: string, severity = 'error') => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity,
      code,
      details: {
        coding: number === undefined ? [] : [{ system: 'urn:oid:1.2.840.114350', code: number }],
        text: 'about Jane Doe',
      },
      diagnostics: 'Jane Doe, born 1974-12-25',
    },
  ],
});

describe('failureOf', () => {
  it.each([
    ['an answer', { status: 200, body: { resourceType: 'Patient', id: '1' } }, undefined],
    ['a created record without a body', { status: 201 }, undefined],
    ['a refused token', { status: 401, body: outcome('login') }, 'UNAUTHENTICATED_AT_VENDOR'],
    ['a refused tenant in plain text', { status: 403, body: 'Tenant not valid' }, 'FORBIDDEN'],
    ['break the glass', { status: 403, body: outcome('suppressed', '4131', 'fatal') }, 'FORBIDDEN'],
    ['Epic’s policy with another status', { status: 400, body: outcome('processing', '4134', 'fatal') }, 'FORBIDDEN'],
    ['nothing there', { status: 404, body: outcome('not-found') }, 'NOT_FOUND'],
    ['nothing there, without a word', { status: 404 }, 'NOT_FOUND'],
    ['something gone', { status: 410 }, 'NOT_FOUND'],
    ['Epic’s unknown record', { status: 400, body: outcome('not-found', '4102', 'fatal') }, 'NOT_FOUND'],
    ['a gateway’s 404', { status: 404, body: { message: 'no Route matched', request_id: 'abc' } }, 'BAD_VENDOR_ANSWER'],
    ['a web page’s 404', { status: 404, body: '<html></html>' }, 'BAD_VENDOR_ANSWER'],
    ['a bad search', { status: 400, body: outcome('required', '59108', 'fatal') }, 'VENDOR_REJECTED'],
    ['two patients', { status: 400, body: outcome('business-rule', '4112', 'fatal') }, 'VENDOR_REJECTED'],
    ['a category that is none', { status: 400, body: outcome('value', '59111', 'fatal') }, 'VENDOR_REJECTED'],
    ['an unknown kind of record', { status: 404, body: outcome('not-supported') }, 'UNSUPPORTED_BY_VENDOR'],
    ['an answer in another format', { status: 406 }, 'VENDOR_REJECTED'],
    ['a stale version', { status: 409, body: outcome('conflict') }, 'VERSION_CONFLICT'],
    ['a missing version', { status: 412, body: outcome('business-rule') }, 'VERSION_CONFLICT'],
    ['a record being edited', { status: 423, body: outcome('lock-error') }, 'VERSION_CONFLICT'],
    ['a broken rule', { status: 422, body: outcome('business-rule') }, 'VENDOR_REJECTED'],
    ['too many patients', { status: 422, body: outcome('too-costly') }, 'VENDOR_REJECTED'],
    ['a throttle with another status', { status: 400, body: outcome('throttled') }, 'RATE_LIMITED'],
    ['a daily quota', { status: 403, body: outcome('throttled', '4135') }, 'RATE_LIMITED'],
    ['Oracle’s broken record', { status: 500, body: outcome('required', undefined, 'fatal') }, 'VENDOR_REJECTED'],
    ['a broken server', { status: 500, body: outcome('exception', undefined, 'fatal') }, 'SOURCE_UNAVAILABLE'],
    ['a broken gateway', { status: 502, body: '<html></html>' }, 'SOURCE_UNAVAILABLE'],
    ['a slow gateway', { status: 504 }, 'TIMEOUT'],
    [
      'an outcome instead of an answer',
      { status: 200, body: outcome('informational', undefined, 'information') },
      'BAD_VENDOR_ANSWER',
    ],
    ['a failure with 200', { status: 200, body: outcome('forbidden') }, 'FORBIDDEN'],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example.org' } }, 'BAD_VENDOR_ANSWER'],
  ])('classifies %s', (_what, shape, code) => {
    expect(failure(shape)?.code).toBe(code);
  });

  it('passes on nothing that the vendor wrote', () => {
    const error = failure({ status: 400, body: outcome('processing', '4112') });
    expect(JSON.stringify([error, error?.message, error?.extensions])).not.toMatch(/Jane|1974/);
  });

  it('does not let data faults be asked for again', () => {
    expect(failure({ status: 500, body: outcome('required', undefined, 'fatal') })?.retryable).toBe(false);
  });

  it.each([
    ['seconds', { status: 429, headers: { 'retry-after': '7' } }, 7],
    ['a date', { status: 429, headers: { 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' } }, 60],
    ['nothing', { status: 429 }, undefined],
  ])('waits as long as the vendor says, in %s', (_what, shape, seconds) => {
    expect(failure(shape)?.retryAfterSeconds).toBe(seconds);
  });

  it('waits for the next minute of eClinicalWorks’ clock', () => {
    const shape = { status: 429, headers: { date: 'Fri, 20 Nov 2026 12:00:41 GMT' } };
    expect(failure(shape, PROFILES.ECLINICALWORKS)?.retryAfterSeconds).toBe(19);
    expect(failure({ status: 429 }, PROFILES.ECLINICALWORKS)?.retryAfterSeconds).toBe(60);
  });
});

const SHAPES = fileURLToPath(new URL('../../../shared/data/fhir/vendor-shapes', import.meta.url));
const present = existsSync(SHAPES);
if (!present) process.stdout.write('fhir errors over shared vendor shapes: skipped, no ../shared here\n');

describe.skipIf(!present)('failureOf over the shared vendor shapes', () => {
  const shapes = present
    ? readdirSync(SHAPES).flatMap((vendor) =>
        readdirSync(join(SHAPES, vendor)).map((name) => ({
          name: `${vendor}/${name}`,
          shape: JSON.parse(readFileSync(join(SHAPES, vendor, name), 'utf8')) as Shape,
        })),
      )
    : [];

  it.each(shapes.filter(({ shape }) => shape.status >= 400))('says that $name failed', ({ shape }) => {
    const error = failure(shape);
    expect(error?.source).toBe('mercy');
    expect(error?.code).not.toBe('NOT_FOUND');
  });

  it.each(shapes.filter(({ name, shape }) => shape.status === 200 && !name.endsWith('writeback-error.json')))(
    'takes $name for an answer',
    ({ shape }) => {
      expect(failure(shape)).toBeUndefined();
    },
  );
});

it.each<readonly [string, Shape, object]>([
  ['an answer', { status: 200, body: { resourceType: 'Bundle' } }, { kind: 'answered' }],
  ['an unknown record', { status: 404, body: outcome('not-found') }, { kind: 'answered' }],
  ['Oracle’s broken record', { status: 500, body: outcome('required', undefined, 'fatal') }, { kind: 'answered' }],
  ['a broken server', { status: 500, body: outcome('exception', undefined, 'fatal') }, { kind: 'failed' }],
  ['an outage', { status: 503, headers: { 'retry-after': '3' } }, { kind: 'failed', retryAfterSeconds: 3 }],
  ['too many calls', { status: 429 }, { kind: 'throttled' }],
  ['Epic’s number for that', { status: 400, body: outcome('throttled', '4135') }, { kind: 'throttled' }],
])('takes %s for what it says of the server’s health', (_what, { status, headers = {}, body = '' }, verdict) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  expect(verdictOf({ status, headers, text }, PROFILES.GENERIC_FHIR, NOW)).toEqual(verdict);
});

it('leaves a server that counts by the minute alone until the next one', () => {
  const headers = { date: 'Fri, 20 Nov 2026 12:00:41 GMT' };
  expect(verdictOf({ status: 429, headers, text: '' }, PROFILES.ECLINICALWORKS, NOW)).toEqual({
    kind: 'throttled',
    retryAfterSeconds: 19,
  });
});
