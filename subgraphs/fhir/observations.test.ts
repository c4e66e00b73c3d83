import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, DAY, list, start, wanted } from './fixtures/server.ts';

afterEach(closeAll);

describe('observations', () => {
  const EPIC_CATEGORIES = [
    'laboratory',
    'vital-signs',
    'social-history',
    'core-characteristics',
    'LDA',
    'survey',
    'sdoh',
    'imaging',
    'obstetrics-gynecology',
  ];

  it('asks a generic server for many patients in one call', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    await connector.patientObservations([list('1', {}), list('2', {})], call);
    expect(urls()).toEqual(['/Observation?patient=1,2&_sort=-date&_count=1000']);
  });

  it('asks Epic for one patient at a time, once for each category', async () => {
    const { connector, call, server } = await start('EPIC');
    await connector.patientObservations([list('1', {}), list('2', {})], call);
    for (const patient of ['1', '2'])
      expect(
        server.requests
          .filter(({ query }) => query.get('patient') === patient)
          .map(({ query }) => query.get('category'))
          .sort(),
      ).toEqual([...EPIC_CATEGORIES].sort());
  });

  it.each([
    [{ category: 'laboratory' }, ['/Observation?patient=1&_count=999&category=laboratory']],
    [{ codes: ['718-7'] }, ['/Observation?patient=1&_count=999&code=718-7']],
  ])('asks Epic once by %j', async (filter, expected) => {
    const { connector, call, urls } = await start('EPIC');
    await connector.patientObservations([list('1', filter)], call);
    expect(urls()).toEqual(expected);
  });

  it('does without a category that an organisation does not use', async () => {
    const observation = { resourceType: 'Observation', id: 'o', status: 'final', subject: { reference: 'Patient/1' } };
    const issue = [{ severity: 'fatal', code: 'value', details: { coding: [{ code: '59111' }] } }];
    const { connector, call } = await start('EPIC', ({ query }) =>
      query.get('category') === 'survey'
        ? { status: 400, body: { resourceType: 'OperationOutcome', issue } }
        : { body: bundle([{ resource: observation }]) },
    );
    expect(await connector.patientObservations([list('1', {})], call)).toMatchObject([
      { items: [{ record: { key: 'o' } }], totalCount: 1 },
    ]);
    expect(await connector.patientObservations([list('1', { category: 'survey' })], call)).toMatchObject([
      { code: 'VENDOR_REJECTED' },
    ]);
  });

  it('fails whole when one of the categories fails for another reason', async () => {
    const { connector, call } = await start('EPIC', ({ query }) =>
      query.get('category') === 'survey' ? { status: 503 } : { body: bundle([]) },
    );
    expect(await connector.patientObservations([list('1', {})], call)).toMatchObject([{ code: 'SOURCE_UNAVAILABLE' }]);
  });

  it('asks for the panels of a component and for the practice’s own codes', async () => {
    const { connector, call, urls } = await start('CERNER');
    await connector.patientObservations([list('1', { codes: ['8480-6'] })], call);
    await connector.patientObservations([list('1', { codes: ['2345-7', 'a|b,c'] })], call);
    expect(urls()).toEqual([
      '/Observation?patient=1&_count=200&code=8480-6,85354-9,55284-4,35094-2',
      '/Observation?patient=1&_count=200&code=2345-7,a\\|b\\,c,GLU',
    ]);
  });

  it('asks with a day to spare, since a mere date is a day of the server’s zone', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    await connector.patientObservations([list('1', DAY)], call);
    expect(urls()[0]).toContain('date=ge2026-11-30T05:00:00Z&date=lt2026-12-03T05:00:00Z');
  });

  it('asks in several calls when there are many codes', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    const codes = Array.from({ length: 45 }, (_, i) => `${10_000 + i}-0`);
    await connector.patientObservations([list('1', { codes })], call);
    expect(urls()).toHaveLength(3);
  });
});

describe('a list of observations', () => {
  const observation = (id: string, more: object) => ({
    resource: { resourceType: 'Observation', id, status: 'final', subject: { reference: 'Patient/1' }, ...more },
  });
  const keysFor = async (
    filter: object,
    rows: readonly { readonly resource: object }[],
  ): Promise<readonly string[]> => {
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle(rows) }));
    const [page] = await connector.patientObservations([list('1', filter)], call);
    if (page === undefined || page instanceof Error) throw page ?? new Error('no page');
    return page.items.map(({ record }) => record.key);
  };
  const coded = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });

  it('is of this patient, newest first, without errors and without times last', async () => {
    const rows = [
      observation('old', { effectiveDateTime: '2026-11-01T10:00:00Z' }),
      observation('none', {}),
      observation('issued', { issued: '2026-11-02T10:00:00Z' }),
      observation('new', { effectiveDateTime: '2026-11-03T10:00:00Z' }),
      observation('error', { status: 'entered-in-error', effectiveDateTime: '2026-11-03T10:00:00Z' }),
      observation('other', { subject: { reference: 'Patient/2' }, effectiveDateTime: '2026-11-03T10:00:00Z' }),
      observation('nobody', { subject: { display: 'somebody' }, effectiveDateTime: '2026-11-03T10:00:00Z' }),
    ];
    expect(await keysFor({}, rows)).toEqual(['new', 'issued', 'old', 'none']);
  });

  it('is chosen by code, of a component and of the practice too', async () => {
    const rows = [
      observation('own', { code: coded('8480-6') }),
      observation('panel', { code: coded('85354-9'), component: [{ code: coded('8480-6') }] }),
      observation('empty', { code: coded('85354-9'), component: [{ code: coded('8462-4') }] }),
      observation('local', { code: { coding: [{ system: 'urn:lab', code: 'GLU' }] } }),
    ];
    expect(await keysFor({ codes: ['8480-6'] }, rows)).toEqual(['own', 'panel']);
    expect(await keysFor({ codes: ['85354-9'] }, rows)).toEqual(['empty', 'panel']);
    expect(await keysFor({ codes: ['2345-7'] }, rows)).toEqual(['local']);
    expect(await keysFor({ codes: ['GLU'] }, rows)).toEqual(['local']);
    expect(await keysFor({ codes: [] }, rows)).toEqual([]);
  });

  it('is chosen by category and by any part of its time', async () => {
    const rows = [
      observation('before', { effectiveDateTime: '2026-11-30T23:59:59-05:00' }),
      observation('day', { effectiveDateTime: '2026-12-01', category: [coded('laboratory')] }),
      observation('month', { effectiveDateTime: '2026-12' }),
      observation('open', { effectivePeriod: { start: '2026-11-01' } }),
      observation('after', { effectiveDateTime: '2026-12-02T00:00:00-05:00' }),
      observation('never', {}),
    ];
    expect([...(await keysFor(DAY, rows))].sort()).toEqual(['day', 'month', 'open']);
    expect(await keysFor({ category: 'laboratory' }, rows)).toEqual(['day']);
  });

  it('leaves errors readable', async () => {
    const error = observation('e', { status: 'entered-in-error' }).resource;
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: error }));
    expect(await connector.read.Observation(wanted('e'), call)).toMatchObject([
      { record: { status: 'ENTERED_IN_ERROR' } },
    ]);
  });
});
