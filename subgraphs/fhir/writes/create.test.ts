import { afterEach, describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import type { Vendor } from '../../../schema/enums.ts';
import { BOOKING, created, outcome, PERSON, serve } from '../fixtures/answering.ts';
import { SAMPLE } from '../fixtures/records.ts';
import { type Answered, type Asked, bundle, closeAll, start } from '../fixtures/server.ts';
import { carryOut, deskOf, sendingOf, writerOf } from '../fixtures/writing.ts';

afterEach(closeAll);

describe('a new record', () => {
  it('is sent with the write’s identifier, and on condition that there is none with it', async () => {
    const { desk, writes } = await serve('GENERIC_FHIR', () => created('Patient'));
    const sending = sendingOf(desk, { id: 'w-1' });
    expect(await writerOf(desk, 'createPatient').send(PERSON, sending)).toEqual({ key: 'n1' });
    const [{ method, url, headers, body } = {} as Asked] = writes();
    expect([method, url]).toEqual(['POST', '/Patient']);
    expect(headers).toMatchObject({
      'content-type': 'application/fhir+json; charset=utf-8',
      'if-none-exist': 'identifier=urn%3Apracticegraph%3Awrite%7Cw-1',
      prefer: 'return=minimal',
    });
    expect(JSON.parse(body)).toEqual({
      resourceType: 'Patient',
      name: [{ use: 'official', given: ['Ann'], family: 'Lee' }],
      identifier: [{ use: 'secondary', system: 'urn:practicegraph:write', value: 'w-1' }],
    });
    expect(desk.departed).toEqual(['POST Patient']);
  });

  it.each<[vendor: Vendor, identified: object]>([
    ['CERNER', {}],
    ['GENERIC_FHIR', { identifier: [{ use: 'secondary', system: 'urn:practicegraph:write', value: 'w-1' }] }],
  ])('of a blood pressure is the guide’s sample on the wire at %s', async (vendor, identified) => {
    const { desk, writes } = await serve(vendor, () => created('Observation'));
    const input: Commands['recordObservation'] = {
      patient: '12345',
      code: '8480-6',
      value: { quantity: { value: '120', unit: 'mmHg', code: 'mm[Hg]' } },
      effective: '2023-03-20T09:30:00Z',
      status: 'FINAL',
    };
    await writerOf(desk, 'recordObservation').send(input, sendingOf(desk, { id: 'w-1' }));
    const [{ method, url, body } = {} as Asked] = writes();
    expect([method, url, body]).toEqual(['POST', '/Observation', JSON.stringify({ ...SAMPLE, ...identified })]);
  });

  it.each([
    ['EPIC', true],
    ['CERNER', false],
  ] as const)('is sent to %s without a condition', async (vendor, hasIdentifier) => {
    const { desk, writes } = await serve(vendor, () => created('Patient'));
    await carryOut(desk, 'createPatient', PERSON);
    const [{ headers, body } = {} as Asked] = writes();
    expect(headers).not.toHaveProperty('if-none-exist');
    expect('identifier' in JSON.parse(body)).toBe(hasIdentifier);
  });

  it.each<[what: string, answer: Answered, key: string]>([
    ['Location with a version', created('Appointment'), 'n1'],
    ['Location without a version', { status: 201, headers: { location: 'Appointment/n2' } }, 'n2'],
    ['the resource that came back', { status: 201, body: { resourceType: 'Appointment', id: 'n3' } }, 'n3'],
    ['the resource that was there before', { status: 200, body: { resourceType: 'Appointment', id: 'n4' } }, 'n4'],
  ])('has the key by %s', async (_what, answer, key) => {
    const { desk } = await serve('GENERIC_FHIR', () => answer);
    expect(await carryOut(desk, 'bookAppointment', BOOKING)).toBe(key);
  });

  it('has the key by its identifier when the server tells none', async () => {
    const source = await start('GENERIC_FHIR', ({ method, query }) => {
      if (method !== 'GET') return { status: 201 };
      const [system, value] = (query.get('identifier') ?? '').split('|');
      return { body: bundle([{ resource: { resourceType: 'Patient', id: 'n9', identifier: [{ system, value }] } }]) };
    });
    expect(await carryOut(deskOf(source), 'createPatient', PERSON)).toBe('n9');
  });

  it.each<[what: string, answer: Answered | undefined, code: string]>([
    [
      'a page of a gateway',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'BAD_VENDOR_ANSWER',
    ],
    ['nothing that names it', { status: 201 }, 'BAD_VENDOR_ANSWER'],
    ['a redirect', { status: 302, headers: { location: '/login' } }, 'BAD_VENDOR_ANSWER'],
    ['a failure', { status: 500, body: outcome('exception') }, 'SOURCE_UNAVAILABLE'],
    [
      'its record is incomplete',
      { status: 500, body: outcome('required', { severity: 'fatal' }) },
      'SOURCE_UNAVAILABLE',
    ],
    ['a gateway’s failure', { status: 502 }, 'SOURCE_UNAVAILABLE'],
    ['a gateway’s time-out', { status: 504 }, 'TIMEOUT'],
    ['several records of the write', { status: 412, body: outcome('multiple-matches') }, 'BAD_VENDOR_ANSWER'],
  ])('is in doubt when the answer is %s', async (_what, answer, code) => {
    const { desk } = await serve('GENERIC_FHIR', () => answer);
    await expect(carryOut(desk, 'createPatient', PERSON)).rejects.toMatchObject({ code });
  });
});

describe('a look by the identifier', () => {
  const own = (id: string) => ({ id, identifier: [{ system: 'urn:practicegraph:write', value: 'w-1' }] });
  const other = { id: 's', identifier: [{ system: 'urn:practicegraph:write', value: 'w-2' }] };
  it.each<[what: string, found: readonly object[], self: string, seen: object]>([
    ['one', [own('n1')], 'identifier=x', { kind: 'found', key: 'n1' }],
    ['none', [], 'identifier=x', { kind: 'absent' }],
    ['two', [own('n1'), own('n2')], 'identifier=x', { kind: 'unclear' }],
    ['somebody else', [other], 'identifier=x', { kind: 'unclear' }],
    ['somebody else beside it', [other, own('n1')], 'identifier=x', { kind: 'found', key: 'n1' }],
    ['none, by a search without it', [], '_count=20', { kind: 'unclear' }],
  ])('that shows %s tells so', async (_what, found, self, seen) => {
    const source = await start('GENERIC_FHIR', (_asked, base) => {
      const entries = found.map((one) => ({ resource: { resourceType: 'Claim', ...one } }));
      return { body: bundle(entries, { self: `${base}/Claim?${self}`, next: `${base}/Claim?page=2` }) };
    });
    const desk = deskOf(source);
    const input: Commands['submitClaim'] = { patient: 'p1', practitioner: 'd1', diagnoses: [], lines: [] };
    expect(await writerOf(desk, 'submitClaim').find?.(input, sendingOf(desk, { id: 'w-1' }))).toMatchObject(seen);
    expect(source.urls()).toEqual(['/Claim?identifier=urn:practicegraph:write|w-1']);
  });
});

describe('a refusal', () => {
  it.each<[status: number, body: object | string, failure: object]>([
    [
      422,
      outcome('value', { expression: ['Patient.name[0].family'] }),
      { code: 'VALIDATION', issues: [{ path: ['patient', 'lastName'], rule: 'value' }] },
    ],
    [
      400,
      outcome('invalid', { expression: ['Patient.birthDate'] }),
      { code: 'VALIDATION', issues: [{ path: ['patient', 'dateOfBirth'] }] },
    ],
    [422, outcome('business-rule'), { code: 'VENDOR_REJECTED', vendorCode: 'business-rule', issues: undefined }],
    [422, outcome('not-found'), { code: 'VENDOR_REJECTED', vendorCode: 'not-found' }],
    [422, outcome('Ann Lee'), { code: 'VENDOR_REJECTED', vendorCode: undefined }],
    [
      400,
      outcome('invalid', { details: { coding: [{ code: '59187' }] } }),
      { code: 'VENDOR_REJECTED', vendorCode: '59187' },
    ],
    [422, outcome('value', { expression: ['Patient.photo'] }), { code: 'VENDOR_REJECTED', vendorCode: 'value' }],
    [409, outcome('duplicate'), { code: 'VENDOR_REJECTED', vendorCode: 'duplicate' }],
    [403, outcome('forbidden'), { code: 'FORBIDDEN' }],
    [401, '', { code: 'UNAUTHENTICATED_AT_VENDOR' }],
    [405, '', { code: 'UNSUPPORTED_BY_VENDOR' }],
    [429, outcome('throttled'), { code: 'RATE_LIMITED' }],
  ])('of %i is told in the graph’s words, and nothing of the vendor’s text', async (status, body, failure) => {
    const { desk } = await serve('GENERIC_FHIR', () => ({ status, body }));
    const thrown = await carryOut(desk, 'createPatient', PERSON).catch((one: unknown) => one);
    expect(thrown).toMatchObject(failure);
    expect(JSON.stringify(thrown)).not.toContain('Lee');
  });

  it.each<[vendor: Vendor, status: number, code: string]>([
    ['GENERIC_FHIR', 409, 'SLOT_TAKEN'],
    ['GENERIC_FHIR', 422, 'VENDOR_REJECTED'],
  ])('of a time at %s with %i is %s', async (vendor, status, code) => {
    const { desk } = await serve(vendor, () => ({ status, body: outcome('conflict') }));
    await expect(carryOut(desk, 'bookAppointment', BOOKING)).rejects.toMatchObject({ code });
  });

  it('of a slot that is not free is SLOT_TAKEN, whatever the server says', async () => {
    const { desk } = await serve('GENERIC_FHIR', () => ({ status: 422, body: outcome('business-rule') }));
    await expect(carryOut(desk, 'bookAppointment', { ...BOOKING, slot: 'busy' })).rejects.toMatchObject({
      code: 'SLOT_TAKEN',
    });
  });
});
