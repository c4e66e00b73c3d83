import { describe, expect, it } from 'vitest';
import { baseOf, isId, toTarget, withinBase } from './reference.ts';

const base = baseOf('https://fhir.example.org/r4/tenant-1/');

describe('withinBase', () => {
  it.each([
    ['https://fhir.example.org/r4/tenant-1/Patient?page=2', '/Patient?page=2'],
    ['https://fhir.example.org/r4/tenant-1?_getpages=1', '?_getpages=1'],
    ['/r4/tenant-1/Patient?page=2', '/Patient?page=2'],
    ['Patient?page=2', '/Patient?page=2'],
    ['https://fhir.example.org/r4/tenant-12/Patient', undefined],
    ['https://fhir.example.org/r4/tenant-1/../tenant-2/Patient', undefined],
    ['https://fhir.example.org/r4/tenant-1/%2e%2e/tenant-2/Patient', undefined],
    ['https://fhir.example.org:8443/r4/tenant-1/Patient', undefined],
    ['http://fhir.example.org/r4/tenant-1/Patient', undefined],
    ['https://user:secret@fhir.example.org/r4/tenant-1/Patient', undefined],
    ['//elsewhere.example.org/r4/tenant-1/Patient', undefined],
    ['https://elsewhere.example.org/r4/tenant-1/Patient', undefined],
    ['https://', undefined],
  ])('takes %s as %s', (link, path) => {
    expect(withinBase(link, base)).toBe(path);
  });
});

describe('toTarget', () => {
  it.each([
    ['Patient/1', { type: 'Patient', id: '1' }],
    ['Patient/1/_history/3', { type: 'Patient', id: '1' }],
    ['https://fhir.example.org/r4/tenant-1/Patient/e.1', { type: 'Patient', id: 'e.1' }],
    ['https://fhir.example.org/r4/tenant-2/Patient/1', undefined],
    ['urn:uuid:00000000-0011-0000-0000-000000000001', undefined],
    ['#loc', undefined],
    ['Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1', undefined],
    ['Patient/1/extra', undefined],
    ['Patient/', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %s', (reference, target) => {
    expect(toTarget(reference, base)).toEqual(target);
  });
});

describe('isId', () => {
  it.each([
    ['0af711aa-5601-49cd-987e-162e8dac3525', true],
    ['1986119705-4048128-15648907-60', true],
    ['e.V_1', true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['', false],
    ['..', false],
    ['1/2', false],
    ['1?x', false],
    ['1,2', false],
    ['é', false],
  ])('says of %s: %s', (id, expected) => {
    expect(isId(id)).toBe(expected);
  });
});
