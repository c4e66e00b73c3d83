import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../upstream/source.ts';
import { bundle, closeAll, closeLater, scripted, start, wanted } from './fixtures/server.ts';

afterEach(closeAll);

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });
const epicIssue = (number: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'fatal', code: 'processing', details: { coding: [{ code: number }] } }],
});

describe('reading', () => {
  it('sends the guide’s request: GET Patient/12345 with its Accept header and the token', async () => {
    const { connector, call, server, calls } = await start(
      'GENERIC_FHIR',
      ({ url }) => (url === '/Patient/12345' ? { body: patient('12345') } : undefined),
      { type: 'bearer', token: new Secret('t0ken') },
    );
    const [found] = await connector.read.Patient(wanted('12345'), call);
    expect(found).toMatchObject({ record: { key: '12345' }, covers: 'all' });
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/Patient/12345',
        headers: { accept: 'application/fhir+json', authorization: 'Bearer t0ken' },
      },
    ]);
    expect(calls).toEqual(['GET Patient/{id}']);
  });

  it.each([
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }],
    ['half a document', { body: '{"resourceType":"Patient","id":"1","name":[{"fam' }],
    ['another kind of record', { body: { resourceType: 'Practitioner', id: '1' } }],
    ['another record', { body: patient('2') }],
    ['a record without an id', { body: { resourceType: 'Patient' } }],
    ['an element of another type', { body: patient('1', { name: 'Jane Doe' }) }],
    ['one key twice', { body: '{"resourceType":"Patient","id":"1","id":"2"}' }],
    ['nothing', { body: '' }],
  ])('refuses %s', async (_what, answer) => {
    const { connector, call } = await start('GENERIC_FHIR', () => answer);
    const [found] = await connector.read.Patient(wanted('1'), call);
    expect(found).toMatchObject({ code: 'BAD_VENDOR_ANSWER', source: 'mercy' });
    expect(String((found as Error).message)).not.toContain('Jane');
  });

  it('answers null for what the server does not know, and does not ask for what it cannot have', async () => {
    const { connector, call, server } = await start('GENERIC_FHIR', () => undefined);
    expect(await connector.read.Practitioner(wanted('9'), call)).toEqual([null]);
    expect(await connector.read.Patient(wanted('..', 'a/b', 'a,b'), call)).toEqual([null, null, null]);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps the failure of one record to itself', async () => {
    const { connector, call } = await start('CERNER', ({ url }) =>
      url === '/Observation/1' ? { body: { resourceType: 'Observation', id: '1' } } : { status: 500 },
    );
    expect(await connector.read.Observation(wanted('1', '2'), call)).toMatchObject([
      { record: { key: '1' } },
      { code: 'SOURCE_UNAVAILABLE' },
    ]);
  });
});

describe('paging', () => {
  const visit = (id: string, start: string, version = '2026-11-19T10:00:00Z', status = 'booked') => ({
    resourceType: 'Appointment',
    id,
    meta: { lastUpdated: version },
    status,
    start,
    participant: [{ actor: { reference: 'Patient/1' } }],
  });
  const ask = { patient: '1', filter: {}, window: { first: 5 } };

  it('follows links of the same server and keeps each record once, the newest of it', async () => {
    const { connector, call } = await start('GENERIC_FHIR', ({ query }, base) =>
      query.has('page')
        ? {
            body: bundle([
              { resource: visit('b', '2026-12-02T15:00:00Z', '2026-11-19T11:00:00Z', 'arrived') },
              { resource: visit('c', '2026-12-03T15:00:00Z') },
            ]),
          }
        : {
            body: bundle(
              [{ resource: visit('a', '2026-12-01T15:00:00Z') }, { resource: visit('b', '2026-12-02T15:00:00Z') }],
              { next: `${base}/Appointment?page=2` },
            ),
          },
    );
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({
      items: [{ record: { key: 'a' } }, { record: { key: 'b', status: 'ARRIVED' } }, { record: { key: 'c' } }],
      hasNextPage: false,
      totalCount: 3,
    });
  });

  it('keeps the newer record when the later page repeats an older one', async () => {
    const { connector, call } = await start('GENERIC_FHIR', ({ query }, base) =>
      query.has('page')
        ? { body: bundle([{ resource: visit('b', '2026-12-02T15:00:00Z', '2026-11-18T10:00:00Z', 'arrived') }]) }
        : { body: bundle([{ resource: visit('b', '2026-12-02T15:00:00Z') }], { next: `${base}/Appointment?page=2` }) },
    );
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'b', status: 'BOOKED' } }] });
  });

  it('never takes the token to another server', async () => {
    const elsewhere = await scripted(() => ({ body: bundle([]) }));
    closeLater(elsewhere);
    const { connector, call } = await start(
      'GENERIC_FHIR',
      () => ({
        body: bundle([{ resource: visit('a', '2026-12-01T15:00:00Z') }], {
          next: `${elsewhere.url}/Appointment?page=2`,
        }),
      }),
      { type: 'bearer', token: new Secret('t0ken') },
    );
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('starts again, once, when Epic has forgotten the search', async () => {
    let expired = 0;
    const { connector, call, server } = await start('EPIC', ({ query }, base) => {
      if (!query.has('session'))
        return {
          body: bundle([{ resource: visit('a', '2026-12-01T15:00:00Z') }], { next: `${base}/Appointment?session=1` }),
        };
      expired += 1;
      return expired === 1
        ? { status: 400, body: epicIssue('4113') }
        : { body: bundle([{ resource: visit('b', '2026-12-02T15:00:00Z') }]) };
    });
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'a' } }, { record: { key: 'b' } }] });
    expect(server.requests).toHaveLength(4);
  });

  it('gives up on a list without an end', async () => {
    let page = 0;
    const { connector, call, server } = await start('EPIC', (_asked, base) => {
      page += 1;
      return {
        body: bundle([{ resource: visit(`v${page}`, '2026-12-01T15:00:00Z') }], {
          next: `${base}/Appointment?page=${page}`,
        }),
      };
    });
    const [answer] = await connector.patientAppointments([ask], call);
    expect(answer).toMatchObject({ code: 'VALIDATION' });
    expect(server.requests).toHaveLength(25);
  });

  it('takes Epic’s word for an empty result', async () => {
    const { connector, call } = await start('EPIC', () => ({
      body: bundle([{ resource: epicIssue('4101'), mode: 'outcome' }]),
    }));
    expect(await connector.patientAppointments([ask], call)).toMatchObject([
      { items: [], hasNextPage: false, totalCount: 0 },
    ]);
  });

  it('chooses again itself when the server says that it ignored a parameter', async () => {
    const { connector, call } = await start('EPIC', () => ({
      body: bundle([
        { resource: visit('a', '2026-12-01T15:00:00Z') },
        { resource: visit('b', '2027-01-01T15:00:00Z') },
        { resource: { ...visit('x', '2026-12-01T15:00:00Z'), participant: [{ actor: { reference: 'Patient/2' } }] } },
        { resource: epicIssue('4122'), mode: 'outcome' },
      ]),
    }));
    const filter = { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' };
    const [page] = await connector.patientAppointments([{ ...ask, filter }], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'a' } }], totalCount: 1 });
  });
});
