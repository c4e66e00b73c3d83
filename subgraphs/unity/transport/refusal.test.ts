import { describe, expect, it } from 'vitest';
import { row } from '../fixture/vendor.ts';
import type { Table } from '../payload.ts';
import { envelopeOf, faultRefusal, refusalOf, saidBy, tableRefusal, verdictOf } from './refusal.ts';

const answer = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  text,
});
const ENVELOPE = '<?xml version="1.0"?>\n<s:Envelope xmlns:s="urn:s"><s:Body/></s:Envelope>';
const HTML = '<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>';

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe('Unity’s sentences', () => {
  it.each([
    ['Magic Error - Action: X - As a Security precaution, you have been logged out due to inactivity.', 'session'],
    ['Magic Error - Action: X - User must be authenticated before calling this action.', 'session'],
    ['Magic Error - Action: X - Error: Action is not valid for this license.', 'licence'],
    ['error: Username and Password not valid for any licenses on this server', 'credentials'],
    ['wsse:FailedAuthentication', 'credentials'],
    ['a:InternalServiceFault', 'server'],
    ['The server was unable to process the request due to an internal error.', 'server'],
    ['Object reference not set to an instance of an object.', 'other'],
    ['', 'other'],
  ])('are told apart: %s', (text, kind) => {
    expect(refusalOf(text)).toBe(kind);
    expect(refusalOf(text.toUpperCase())).toBe(kind);
  });
});

describe('what a refusal to save says', () => {
  it.each([
    ['Critical: Resource is not available at the requested time.', { certain: true, about: 'time' }],
    ['Critical: Appointment with status O cannot be changed.', { certain: true, about: 'state' }],
    ['Critical: Status cannot be changed from X to X.', { certain: true, about: 'state' }],
    ['Critical: Patient_ID is not valid.', { certain: true, field: 'Patient_ID' }],
    ['CRITICAL: DOB is required', { certain: true, field: 'DOB' }],
    ['Magic Error - Action: SaveAppointment - Duration is not valid.', { certain: true, field: 'Duration' }],
    ['Critical: A sentence that nobody has seen.', { certain: true }],
    ['Magic Error - Action: SavePatient - Object reference not set to an instance of an object.', { certain: false }],
    ['Magic Error - Action: SavePatient - Timeout expired.', { certain: false }],
    ['Critical: Transaction was deadlocked and aborted.', { certain: false }],
    ['Something went wrong.', { certain: false }],
    ['', { certain: false }],
  ])('is told apart, and nothing else of it is kept: %s', (text, expected) => {
    expect(saidBy(text)).toEqual(expected);
  });
});

describe('an HTTP answer', () => {
  it.each([200, 400, 500])('with status %i is read when it holds an envelope, since faults come so', (status) => {
    expect(envelopeOf(answer(status, ENVELOPE), 's', 0)).toBe(ENVELOPE);
  });

  it.each([
    [401, HTML, 'UNAUTHENTICATED_AT_VENDOR'],
    [403, HTML, 'FORBIDDEN'],
    [404, HTML, 'SOURCE_UNAVAILABLE'],
    [429, ENVELOPE, 'RATE_LIMITED'],
    [500, HTML, 'SOURCE_UNAVAILABLE'],
    [502, HTML, 'SOURCE_UNAVAILABLE'],
    [503, HTML, 'SOURCE_UNAVAILABLE'],
    [503, ENVELOPE, 'SOURCE_UNAVAILABLE'],
    [504, HTML, 'TIMEOUT'],
    [302, '', 'BAD_VENDOR_ANSWER'],
    [200, HTML, 'BAD_VENDOR_ANSWER'],
    [200, '', 'BAD_VENDOR_ANSWER'],
    [200, '[{"getpatientinfo":[]}]', 'BAD_VENDOR_ANSWER'],
    [200, '<Other><Envelope/></Other>', 'BAD_VENDOR_ANSWER'],
    [200, 'error: Username and Password not valid for any licenses on this server', 'UNAUTHENTICATED_AT_VENDOR'],
    [200, 'error: something else', 'VENDOR_REJECTED'],
  ])('with status %i and %j is %s', (status, text, code) => {
    expect(thrownBy(() => envelopeOf(answer(status, text), 's', 0))).toMatchObject({ code, source: 's' });
  });

  it('keeps how long to wait', () => {
    expect(thrownBy(() => envelopeOf(answer(503, HTML, { 'retry-after': '7' }), 's', 0))).toMatchObject({
      retryAfterSeconds: 7,
    });
  });
});

describe('a fault', () => {
  it.each([
    [
      'UnityFault before the generic text',
      { faultcode: 's:Client', faultstring: 'x', detail: { UnityFault: { ErrorMessage: 'you have been logged out' } } },
      'UNAUTHENTICATED_AT_VENDOR',
      'session',
    ],
    [
      'a text with a language',
      { faultstring: { attributes: { lang: 'en' }, $value: 'is not valid for this license' } },
      'UNSUPPORTED_BY_VENDOR',
      'licence',
    ],
    [
      'a server exception',
      { faultcode: { $value: 'a:InternalServiceFault' }, faultstring: 'unable' },
      'SOURCE_UNAVAILABLE',
      'server',
    ],
    [
      'SOAP 1.2 credentials',
      { Code: { Value: 's:Sender', Subcode: { Value: 'wsse:FailedAuthentication' } } },
      'UNAUTHENTICATED_AT_VENDOR',
      'credentials',
    ],
    [
      'SOAP 1.2 detail',
      { Detail: { UnityFault: { ErrorMessage: 'is not valid for this license' } } },
      'UNSUPPORTED_BY_VENDOR',
      'licence',
    ],
    ['anything else', { faultcode: 's:Client', faultstring: 'Patient 10001 is locked' }, 'VENDOR_REJECTED', 'other'],
    ['an empty one', null, 'VENDOR_REJECTED', 'other'],
  ])('is understood: %s', (_, fault, code, refusal) => {
    const error = faultRefusal(fault, 's', 500);
    expect(error).toMatchObject({ code, refusal, source: 's', status: 500 });
    expect(error.message).not.toContain('10001');
  });
});

describe('a well-formed refusal', () => {
  const table = (...rows: readonly Record<string, string>[]): Table[] => [
    { name: 't', columns: new Set(), rows: rows.map(row) },
  ];

  it.each([
    [table({ STATUS: 'Critical: Resource is not available.' }), 'VENDOR_REJECTED'],
    [table({ Error: 'Magic Error - you have been logged out due to inactivity.' }), 'UNAUTHENTICATED_AT_VENDOR'],
    [table({ Error: 'Object reference not set to an instance of an object.' }), 'VENDOR_REJECTED'],
  ])('is found in %j', (tables, code) => {
    expect(tableRefusal(tables, 's')).toMatchObject({ code });
  });

  it.each([
    [table({ ID: '1', Status: 'Critical' })],
    [table({ STATUS: 'Success' })],
    [table({ STATUS: 'Critical' }, { STATUS: 'Critical' })],
    [table()],
  ])('is not seen in data: %j', (tables) => {
    expect(tableRefusal(tables, 's')).toBeUndefined();
  });
});

describe('what an answer says of Unity’s health', () => {
  const fault = (text: string): string => ENVELOPE.replace('<s:Body/>', `<s:Body><s:Fault>${text}</s:Fault></s:Body>`);
  it.each([
    ['an answer', answer(200, ENVELOPE), { kind: 'answered' }],
    ['a refusal as a fault', answer(500, fault('Action is not valid for this license.')), { kind: 'answered' }],
    ['a lost session', answer(500, fault('User has been logged out')), { kind: 'answered' }],
    ['a fault of the server itself', answer(500, fault('a:InternalServiceFault')), { kind: 'failed' }],
    ['a page of the gateway', answer(500, HTML), { kind: 'failed' }],
    ['an outage', answer(503, HTML, { 'retry-after': '3' }), { kind: 'failed', retryAfterSeconds: 3 }],
    ['too many calls', answer(429, '', { 'retry-after': '7' }), { kind: 'throttled', retryAfterSeconds: 7 }],
  ])('is told by %s', (_what, received, verdict) => {
    expect(verdictOf(received, 0)).toEqual(verdict);
  });
});
