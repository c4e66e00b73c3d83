import { afterEach, describe, expect, it } from 'vitest';
import type { Vendor } from '../../schema/enums.ts';
import { bundle, closeAll, start } from './fixtures/server.ts';

afterEach(closeAll);

const SEARCH =
  '/Patient?_id=1&_count=1&_revinclude=Coverage:beneficiary&_include:iterate=Coverage:payor&_include:iterate=Coverage:subscriber';
const asked = (...fields: readonly string[]) => [{ key: '1', fields: new Set(fields) }];
const patient = { resource: { resourceType: 'Patient', id: '1', name: [{ given: ['Ana'], family: 'Cruz' }] } };
const coverage = {
  resource: {
    resourceType: 'Coverage',
    id: 'c',
    status: 'active',
    beneficiary: { reference: 'Patient/1' },
    subscriber: { reference: 'Patient/1' },
    payor: [{ reference: 'Organization/o' }],
  },
  mode: 'include',
};
const payer = { resource: { resourceType: 'Organization', id: 'o', name: 'Acme' }, mode: 'include' };
const cancelled = { resource: { ...coverage.resource, id: 'x', status: 'cancelled' }, mode: 'include' };

describe('coverages with their patient', () => {
  const along = async (entries: readonly { readonly resource: object }[], self?: string) => {
    const { connector, call } = await start('GENERIC_FHIR', (_asked, base) => ({
      body: bundle(entries, self === undefined ? {} : { self: `${base}${self}` }),
    }));
    const [found] = await connector.read.Patient(asked('lastName', 'coverages'), call);
    expect(found).toMatchObject({ record: { key: '1', lastName: 'Cruz' }, covers: 'all' });
    return (found as { coverages?: unknown }).coverages;
  };

  it('are there with the names of payer and subscriber, those in force', async () => {
    expect(await along([patient, coverage, cancelled, payer], SEARCH)).toMatchObject([
      { payer: 'Acme', subscriber: 'Ana Cruz' },
    ]);
    expect(await along([patient], SEARCH)).toEqual([]);
  });

  it.each([
    ['does not say what it searched by', [patient, coverage, payer], undefined],
    ['left them out by its own word', [patient], '/Patient?_id=1'],
    ['left a payer out', [patient, coverage], SEARCH],
    ['sent one that cannot be read', [patient, { resource: { ...coverage.resource, status: 7 } }], SEARCH],
  ])('are left to be asked for when the server %s', async (_what, entries, self) => {
    expect(await along(entries, self)).toBeUndefined();
  });

  it.each<[Vendor, readonly string[], string]>([
    ['GENERIC_FHIR', ['lastName', 'coverages'], SEARCH],
    ['GENERIC_FHIR', ['lastName'], '/Patient/1'],
    ['EPIC', ['lastName', 'coverages'], '/Patient/1'],
    ['CERNER', ['lastName', 'coverages'], '/Patient/1'],
  ])('are asked of %s for %j by %s', async (vendor, fields, expected) => {
    const { connector, call, urls } = await start(vendor);
    await connector.read.Patient(asked(...fields), call);
    expect(urls()[0]).toBe(expected);
  });

  it('come along with a search that selects them', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ url }, base) => ({
      body: bundle([patient, coverage, payer], { self: `${base}${url}` }),
    }));
    const search = (...fields: readonly string[]) =>
      connector.searchPatients({ lastName: 'Cruz' }, { first: 5, fields: new Set(fields) }, call);
    expect(await search('coverages')).toMatchObject({
      items: [{ record: { key: '1' }, coverages: [{ payer: 'Acme' }] }],
    });
    await search('lastName');
    expect(urls().map((url) => url.includes('_revinclude'))).toEqual([true, false]);
  });
});
