import { describe, expect, it } from 'vitest';
import { parseFhir } from '../document.ts';
import { context, fromWire } from '../fixtures/records.ts';
import { Included } from '../included.ts';
import { isInForce, toCoverage } from './coverage.ts';
import { toLocation, toPractitioner, toSlot } from './directory.ts';

const including = (...resources: readonly object[]): Included => {
  const included = new Included('test');
  for (const one of resources) included.add(parseFhir(JSON.stringify(one)) as never);
  return included;
};

describe('toPractitioner', () => {
  it.each([
    ['system', [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }], '1234567893'],
    ['type', [{ type: { coding: [{ code: 'NPI' }] }, value: '1234567893' }], '1234567893'],
    ['nothing', [{ system: 'urn:oid:1.2', value: '7' }], null],
  ])('finds the NPI by its %s', (_what, identifier, npi) => {
    expect(toPractitioner(fromWire('Practitioner', { identifier }), context).npi).toBe(npi);
  });
});

describe('toLocation', () => {
  it.each([
    [
      'the extension',
      [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'America/Denver' }],
      'America/Denver',
    ],
    [
      'the source, for a zone that nobody knows',
      [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'Mars/Olympus' }],
      'America/New_York',
    ],
    ['the source', [], 'America/New_York'],
  ])('takes the zone from %s', (_what, extension, timeZone) => {
    expect(toLocation(fromWire('Location', { extension }), context).timeZone).toBe(timeZone);
  });
});

describe('toSlot', () => {
  const schedule = fromWire('Schedule', {
    serviceType: [{ text: 'Check up' }],
    actor: [{ reference: 'Location/2' }, { reference: 'Practitioner/1' }],
  });
  const times = { start: '2026-03-06T09:00:00-05:00', end: '2026-03-06T09:30:00-05:00' };

  it('belongs to whom and where its schedule is of', () => {
    expect(toSlot(fromWire('Slot', { ...times, status: 'free' }), schedule, context)).toMatchObject({
      start: '2026-03-06T14:00:00Z',
      end: '2026-03-06T14:30:00Z',
      practitionerKey: '1',
      locationKey: '2',
      types: [{ text: 'Check up' }],
    });
  });

  it('belongs to nobody without a schedule', () => {
    expect(toSlot(fromWire('Slot', times), undefined, context)).toMatchObject({
      practitionerKey: null,
      locationKey: null,
      types: [],
    });
  });

  it('is none without a beginning or an end', () => {
    expect(toSlot(fromWire('Slot', { start: times.start }), schedule, context)).toBeUndefined();
  });
});

describe('toCoverage', () => {
  const map = (fields: object, included = including()) => toCoverage(fromWire('Coverage', fields), included, context);

  it.each([
    ['display', { payor: [{ reference: 'Organization/2', display: 'Acme' }] }, 'Acme'],
    ['included organization', { payor: [{ reference: 'Organization/2' }] }, 'Included Health'],
    [
      'contained organization',
      { contained: [{ resourceType: 'Organization', id: 'o', name: 'Inside' }], payor: [{ reference: '#o' }] },
      'Inside',
    ],
    ['nobody', { payor: [{ reference: 'Organization/3' }] }, null],
    [
      'no organization of another server',
      { payor: [{ reference: 'http://elsewhere.example.org/Organization/2' }] },
      null,
    ],
  ])('names the payer by the %s', (_what, fields, payer) => {
    const included = including({ resourceType: 'Organization', id: '2', name: 'Included Health' });
    expect(map(fields, included).payer).toBe(payer);
  });

  it('reads member, group, subscriber, relationship and period', () => {
    const coding = (code: string) => ({ coding: [{ code }] });
    const included = including({ resourceType: 'Patient', id: '5', name: [{ given: ['Ana'], family: 'Rivera' }] });
    const fields = {
      identifier: [{ type: coding('MB'), value: 'M1' }],
      subscriber: { reference: 'Patient/5' },
      relationship: coding('child'),
      period: { start: '2020-01-01' },
      class: [
        { type: coding('plan'), value: 'gold' },
        { type: coding('group'), value: 'xyz' },
      ],
    };
    expect(map(fields, included)).toEqual({
      payer: null,
      memberId: 'M1',
      groupNumber: 'xyz',
      subscriber: 'Ana Rivera',
      relationship: 'child',
      period: { start: '2020-01-01T05:00:00Z', end: null },
    });
    expect(map({ ...fields, subscriberId: 'S1' }).memberId).toBe('S1');
  });

  it.each([
    ['active', true],
    [undefined, true],
    ['cancelled', false],
    ['draft', false],
    ['entered-in-error', false],
  ])('counts a coverage that is %s: %s', (status, counts) => {
    expect(isInForce(fromWire('Coverage', { status }))).toBe(counts);
  });
});
