import { afterEach, describe, expect, it } from 'vitest';
import { type Answered, bundle, closeAll, start, wanted } from './fixtures/server.ts';

afterEach(closeAll);

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });

describe('reading many', () => {
  it('asks for all in one call and puts each answer in its place', async () => {
    const { connector, call, server } = await start('GENERIC_FHIR', () => ({
      body: bundle([
        { resource: patient('3') },
        { resource: patient('1') },
        { resource: { resourceType: 'Practitioner', id: '2' }, mode: 'include' },
        { resource: { resourceType: 'OperationOutcome', issue: [] }, mode: 'outcome' },
      ]),
    }));
    const found = await connector.read.Patient(wanted('1', '2', '3', '1'), call);
    expect(found.map((one) => (one === null ? null : (one as { record: { key: string } }).record.key))).toEqual([
      '1',
      null,
      '3',
      '1',
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/Patient?_id=1,2,3&_count=3']);
  });

  it('puts at most 50 ids and 2,000 characters into a call', async () => {
    const { connector, call, server } = await start('GENERIC_FHIR', ({ query }) => ({
      body: bundle((query.get('_id') ?? '').split(',').map((id) => ({ resource: patient(id) }))),
    }));
    const ids = Array.from({ length: 120 }, (_, i) => `${'x'.repeat(60)}${i}`);
    const found = await connector.read.Patient(wanted(...ids), call);
    expect(found.every((one, i) => (one as { record: { key: string } }).record.key === ids[i])).toBe(true);
    for (const { url, query } of server.requests) {
      expect(server.url.length + url.length).toBeLessThanOrEqual(2000);
      expect((query.get('_id') ?? '').split(',').length).toBeLessThanOrEqual(50);
    }
    const short = Array.from({ length: 51 }, (_, i) => String(i));
    const before = server.requests.length;
    await connector.read.Patient(wanted(...short), call);
    expect(server.requests.length - before).toBe(2);
  });

  it.each([400, 413, 414])('halves a list that is refused with %i, once', async (status) => {
    const { connector, call, server } = await start('GENERIC_FHIR', ({ query }) => {
      const ids = (query.get('_id') ?? '').split(',');
      return ids.length > 2 || ids.includes('bad')
        ? { status }
        : { body: bundle(ids.map((id) => ({ resource: patient(id) }))) };
    });
    const found = await connector.read.Patient(wanted('1', '2', '3', 'bad'), call);
    expect(found).toMatchObject([{ record: { key: '1' } }, { record: { key: '2' } }, { status }, { status }]);
    expect(server.requests).toHaveLength(3);
  });

  it('reads one by one at a server that answers with everybody', async () => {
    const everybody = Array.from({ length: 100 }, (_, i) => ({ resource: patient(`p${i}`) }));
    const { connector, call, server } = await start('GENERIC_FHIR', ({ url, query }, base) =>
      query.has('_id') || query.has('page')
        ? { body: bundle(everybody, { next: `${base}/Patient?page=2` }) }
        : { body: patient(url.slice('/Patient/'.length)) },
    );
    expect(await connector.read.Patient(wanted('p1', 'z1', 'z2'), call)).toMatchObject([
      { record: { key: 'p1' } },
      { record: { key: 'z1' } },
      { record: { key: 'z2' } },
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/Patient?_id=p1,z1,z2&_count=3',
      '/Patient/z1',
      '/Patient/z2',
    ]);
  });

  it('does not halve a list that failed for another reason', async () => {
    const { connector, call, server } = await start('GENERIC_FHIR', () => ({ status: 403 }));
    expect(await connector.read.Patient(wanted('1', '2'), call)).toMatchObject([
      { code: 'FORBIDDEN' },
      { code: 'FORBIDDEN' },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['refuses', (): Answered => ({ status: 400 })],
    ['ignores', (): Answered => ({ body: bundle([{ resource: patient('1') }]) })],
  ])('finds out that a server %s lists, and remembers', async (_what, list) => {
    const { connector, call, server } = await start('MEDITECH', ({ url, query }) =>
      query.has('_id') ? list() : { body: patient(url.slice('/Patient/'.length)) },
    );
    expect(await connector.read.Patient(wanted('1', '2'), call)).toMatchObject([
      { record: { key: '1' } },
      { record: { key: '2' } },
    ]);
    const before = server.requests.length;
    await connector.read.Patient(wanted('3', '4'), call);
    expect(server.requests.slice(before).map(({ url }) => url)).toEqual(['/Patient/3', '/Patient/4']);
  });

  it('finds out that a server takes lists, and remembers', async () => {
    const { connector, call, server } = await start('MEDITECH', ({ query }) =>
      query.has('_id')
        ? {
            body: bundle(
              (query.get('_id') ?? '')
                .split(',')
                .filter((id) => id !== '9')
                .map((id) => ({ resource: patient(id) })),
            ),
          }
        : undefined,
    );
    await connector.read.Patient(wanted('1', '2'), call);
    const before = server.requests.length;
    expect(await connector.read.Patient(wanted('3', '9'), call)).toMatchObject([{ record: { key: '3' } }, null]);
    expect(server.requests.length - before).toBe(1);
  });

  it('reads a patient that is missing from Oracle’s list once more, since merged ones show only then', async () => {
    const { connector, call, server } = await start('CERNER', ({ query, url }) => {
      if (query.has('_id')) return { body: bundle([{ resource: patient('1') }]) };
      const link = [{ type: 'replaced-by', other: { reference: 'Patient/1' } }];
      return url === '/Patient/2' ? { body: patient('2', { active: false, link }) } : { body: patient('1') };
    });
    expect(await connector.read.Patient(wanted('1', '2'), call)).toMatchObject([
      { record: { key: '1' } },
      { record: { key: '2', own: { replacedBy: '1' } } },
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/Patient?_id=1,2&_count=2', '/Patient/2', '/Patient/1']);
  });

  it('reads again what a search tells only in part, and searches for that type no more', async () => {
    const tag = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }];
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ url, query }) =>
      query.has('_id')
        ? { body: bundle([{ resource: patient('1', { meta: { tag } }) }, { resource: patient('2') }]) }
        : { body: patient(url.slice('/Patient/'.length), { gender: 'female' }) },
    );
    expect(await connector.read.Patient(wanted('1', '2'), call)).toMatchObject([
      { record: { key: '1', gender: 'FEMALE' }, covers: 'all' },
      { record: { key: '2', gender: null } },
    ]);
    await connector.read.Patient(wanted('1', '2'), call);
    expect([...urls()].sort()).toEqual(['/Patient/1', '/Patient/1', '/Patient/2', '/Patient?_id=1,2&_count=2']);
  });
});
