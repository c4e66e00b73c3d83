import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, FIRST, list, start, UNSUPPORTED, wanted } from './fixtures/server.ts';

afterEach(closeAll);

describe('claims', () => {
  const claim = {
    resourceType: 'Claim',
    id: 'c',
    status: 'active',
    patient: { reference: 'Patient/1' },
    billablePeriod: { start: '2026-03-01', end: '2026-03-01' },
  };
  const explanation = {
    resourceType: 'ExplanationOfBenefit',
    id: 'e',
    status: 'active',
    outcome: 'complete',
    claim: { reference: 'Claim/c' },
    payment: { amount: { value: 80, currency: 'USD' } },
  };

  it('brings what was decided about them in the same call', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({
      body: bundle([{ resource: claim }, { resource: explanation, mode: 'include' }]),
    }));
    const [answer] = await connector.patientClaims([list('1', {})], call);
    expect(answer).toMatchObject({
      items: [{ record: { key: 'c', status: 'PAID', totalPaid: { value: '80' } } }],
      totalCount: 1,
    });
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([
      { record: { status: 'PAID' }, covers: 'all' },
    ]);
    expect(urls()).toEqual([
      '/Claim?patient=1&_revinclude=ExplanationOfBenefit:claim&_include=Claim:insurer&_count=500',
      '/Claim?_id=c&_count=1&_revinclude=ExplanationOfBenefit:claim&_include=Claim:insurer',
    ]);
  });

  it('asks once more when the server says that it left the decisions out', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ url }) =>
      url.startsWith('/Claim')
        ? { body: bundle([{ resource: claim }], { self: 'https://fhir.example.org/Claim?patient=1' }) }
        : { body: bundle([{ resource: explanation }]) },
    );
    expect(await connector.patientClaims([list('1', {})], call)).toMatchObject([
      { items: [{ record: { status: 'PAID' } }] },
    ]);
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([{ record: { status: 'PAID' } }]);
    expect(urls().filter((url) => url.startsWith('/ExplanationOfBenefit'))).toEqual([
      '/ExplanationOfBenefit?claim=c&_count=1000',
      '/ExplanationOfBenefit?claim=c&_count=1000',
    ]);
  });

  it.each([
    [{ from: '2026-03-01', to: '2026-03-01' }, ['c']],
    [{ from: '2026-03-02' }, []],
    [{ to: '2026-02-28' }, []],
    [{ status: ['PAID' as const] }, []],
    [{ status: ['SUBMITTED' as const] }, ['c']],
  ])('chooses by day of service and state: %j', async (filter, keys) => {
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle([{ resource: claim }]) }));
    const [answer] = await connector.patientClaims([list('1', filter)], call);
    expect(answer).toMatchObject({ items: keys.map((key) => ({ record: { key } })), totalCount: keys.length });
  });

  it('asks for those of the practice by the year around their day of filing', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    await connector.searchClaims({ from: '2026-03-01', to: '2026-03-31', status: ['DRAFT', 'CANCELLED'] }, FIRST, call);
    expect(urls()[0]).toContain('/Claim?created=ge2025-02-28&created=le2027-04-01&status=draft,cancelled&');
  });

  it('hides errors from lists and leaves them readable', async () => {
    const error = { ...claim, status: 'entered-in-error' };
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle([{ resource: error }]) }));
    expect(await connector.patientClaims([list('1', {})], call)).toMatchObject([{ items: [] }]);
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([
      { record: { vendorStatus: 'entered-in-error' } },
    ]);
  });

  it('reads them one by one at Epic, with their explanations, and cannot list them', async () => {
    const { connector, call, urls } = await start('EPIC', ({ url }) => ({
      body: url.startsWith('/Claim') ? claim : bundle([{ resource: explanation }]),
    }));
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([{ record: { status: 'PAID' } }]);
    expect(urls()).toEqual(['/Claim/c', '/ExplanationOfBenefit?claim=c&_count=999']);
    expect(await connector.patientClaims([list('1', {})], call)).toMatchObject([UNSUPPORTED]);
    await expect(connector.searchClaims({}, FIRST, call)).rejects.toMatchObject(UNSUPPORTED);
  });

  it('leaves open at eClinicalWorks what became of them', async () => {
    const { connector, call } = await start('ECLINICALWORKS', () => ({ body: claim }));
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([
      { record: { status: 'UNMAPPED', vendorStatus: 'active' } },
    ]);
    expect(connector.unsupportedFields.Claim).toContain('totalPaid');
  });
});
