import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, FIRST, list, start, UNSUPPORTED, wanted } from './fixtures/server.ts';

afterEach(closeAll);

const PRACTITIONERS =
  '_include=Claim:care-team&_include=Claim:provider&_include:iterate=ExplanationOfBenefit:care-team';

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
      `/Claim?patient=1&_revinclude=ExplanationOfBenefit:claim&_include=Claim:insurer&${PRACTITIONERS}&_count=500`,
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

  it('brings the patients of what the practice billed along, as far as they are on the page', async () => {
    const person = (id: string) => ({ resource: { resourceType: 'Patient', id }, mode: 'include' });
    const other = { ...claim, id: 'd', patient: { reference: 'Patient/2' }, billablePeriod: { start: '2026-03-02' } };
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({
      body: bundle([{ resource: claim }, { resource: other }, person('1'), person('2')]),
    }));
    const { items, related = [] } = await connector.searchClaims({}, { first: 1 }, call);
    expect(items.map(({ record }) => record.patientKey)).toEqual(['1']);
    expect(related.map(({ type, record, covers }) => [type, record.key, covers])).toEqual([['Patient', '1', 'all']]);
    expect(urls()[0]).toContain(`&_include=Claim:patient&${PRACTITIONERS}&`);
  });

  it('reads lists of other days in one call, and nobody along whom nobody selected', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({ body: bundle([{ resource: claim }]) }));
    const window = { first: 5, fields: new Set(['status', 'patient', 'patient.id']) };
    const lists = [{ from: '2026-03-02' }, { to: '2026-03-01' }].map((filter) => ({ patient: '1', filter, window }));
    expect(await connector.patientClaims(lists, call)).toMatchObject([
      { items: [] },
      { items: [{ record: { key: 'c' } }] },
    ]);
    expect(urls()).toEqual([
      '/Claim?patient=1&_revinclude=ExplanationOfBenefit:claim&_include=Claim:insurer&_count=500',
    ]);
  });

  it('hides errors from lists and leaves them readable', async () => {
    const error = { ...claim, status: 'entered-in-error' };
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle([{ resource: error }]) }));
    expect(await connector.patientClaims([list('1', {})], call)).toMatchObject([{ items: [] }]);
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([
      { record: { vendorStatus: 'entered-in-error' } },
    ]);
  });

  it('reads them one by one at Epic, their explanations beside them, and cannot list them', async () => {
    const { connector, call, urls } = await start('EPIC', ({ url }) => ({
      body: url.startsWith('/Claim') ? claim : bundle([{ resource: explanation }]),
    }));
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([{ record: { status: 'PAID' } }]);
    expect([...urls()].sort()).toEqual(['/Claim/c', '/ExplanationOfBenefit?claim=c&_count=999']);
    expect(await connector.patientClaims([list('1', {})], call)).toMatchObject([UNSUPPORTED]);
    await expect(connector.searchClaims({}, FIRST, call)).rejects.toMatchObject(UNSUPPORTED);
  });

  it('asks Epic for explanations without waiting for the claim', async () => {
    const { connector, call, urls } = await start('EPIC', ({ url }) =>
      url.startsWith('/Claim') ? { status: 404 } : { body: bundle([]) },
    );
    expect(await connector.read.Claim(wanted('c'), call)).toEqual([null]);
    expect([...urls()].sort()).toEqual(['/Claim/c', '/ExplanationOfBenefit?claim=c&_count=999']);
  });

  it('leaves open at eClinicalWorks what became of them', async () => {
    const { connector, call } = await start('ECLINICALWORKS', () => ({ body: claim }));
    expect(await connector.read.Claim(wanted('c'), call)).toMatchObject([
      { record: { status: 'UNMAPPED', vendorStatus: 'active' } },
    ]);
    expect(connector.unsupportedFields.Claim).toContain('totalPaid');
  });
});
