import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Auth, Secret } from '../../upstream/source.ts';
import {
  type Answered,
  type Asked,
  bundle,
  type Connected,
  connected,
  type Scripted,
  scripted,
  settingsFor,
  wanted,
} from './fixtures/server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

type Vendor = Parameters<typeof settingsFor>[1];
const start = async (
  answer: (asked: Asked, url: string) => Answered | undefined,
  vendor?: Vendor,
  auth?: Auth,
): Promise<Connected & { readonly server: Scripted }> => {
  const server = await scripted(answer);
  const source = connected(settingsFor(server.url, vendor, auth));
  open.push(source, server);
  return { ...source, server };
};

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });
const epicIssue = (number: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'fatal', code: 'processing', details: { coding: [{ code: number }] } }],
});

describe('reading', () => {
  it('sends the guide’s request: GET Patient/12345 with its Accept header and the token', async () => {
    const { connector, call, server, calls } = await start(
      ({ url }) => (url === '/Patient/12345' ? { body: patient('12345') } : undefined),
      undefined,
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
    const { connector, call } = await start(() => answer);
    const [found] = await connector.read.Patient(wanted('1'), call);
    expect(found).toMatchObject({ code: 'BAD_VENDOR_ANSWER', source: 'mercy' });
    expect(String((found as Error).message)).not.toContain('Jane');
  });

  it('answers null for what the server does not know, and does not ask for what it cannot have', async () => {
    const { connector, call, server } = await start(() => undefined);
    expect(await connector.read.Practitioner(wanted('9'), call)).toEqual([null]);
    expect(await connector.read.Patient(wanted('..', 'a/b', 'a,b'), call)).toEqual([null, null, null]);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps the failure of one record to itself', async () => {
    const { connector, call } = await start(
      ({ url }) => (url === '/Observation/1' ? { body: { resourceType: 'Observation', id: '1' } } : { status: 500 }),
      'CERNER',
    );
    expect(await connector.read.Observation(wanted('1', '2'), call)).toMatchObject([
      { record: { key: '1' } },
      { code: 'SOURCE_UNAVAILABLE' },
    ]);
  });
});

describe('merged patients', () => {
  it('follows Epic’s redirect once and says whose data it is', async () => {
    const { connector, call, server } = await start(
      ({ url }, base) =>
        url === '/Patient/old'
          ? { status: 301, headers: { location: `${base}/Patient/new` }, body: epicIssue('4107') }
          : { body: patient('new', { birthDate: '1974' }) },
      'EPIC',
    );
    const [found] = await connector.read.Patient(wanted('old'), call);
    expect(found).toMatchObject({
      record: { key: 'old', externalId: 'old', dateOfBirth: '1974', own: { replacedBy: 'new' } },
    });
    expect(server.requests.map(({ url }) => url)).toEqual(['/Patient/old', '/Patient/new']);
  });

  it.each([
    ['another server', 'https://elsewhere.example.org/r4/Patient/new'],
    ['another kind of record', '/r4/Practitioner/new'],
    ['itself', '/r4/Patient/old'],
    ['nowhere', ''],
  ])('does not follow a redirect to %s', async (_what, location) => {
    const { connector, call, server } = await start(
      () => ({ status: 301, ...(location === '' ? {} : { headers: { location } }) }),
      'EPIC',
    );
    expect(await connector.read.Patient(wanted('old'), call)).toMatchObject([{ code: 'BAD_VENDOR_ANSWER' }]);
    expect(server.requests).toHaveLength(1);
  });

  it('does not follow a second redirect', async () => {
    const { connector, call, server } = await start(
      ({ url }) => ({ status: 301, headers: { location: url === '/Patient/a' ? '/r4/Patient/b' : '/r4/Patient/c' } }),
      'EPIC',
    );
    await connector.read.Patient(wanted('a'), call);
    expect(server.requests.map(({ url }) => url)).toEqual(['/Patient/a', '/Patient/b']);
  });

  it('reads Oracle’s survivor of an inactive patient, and then asks for lists under its id', async () => {
    const link = [{ type: 'replaced-by', other: { reference: 'Patient/2' } }];
    const appointment = {
      resourceType: 'Appointment',
      id: 'a',
      status: 'booked',
      start: '2026-12-01T15:00:00Z',
      participant: [{ actor: { reference: 'Patient/2' } }],
    };
    const { connector, call, server } = await start(({ url }) => {
      if (url === '/Patient/1') return { body: patient('1', { active: false, link }) };
      if (url === '/Patient/2') return { body: patient('2', { gender: 'male' }) };
      return { body: bundle([{ resource: appointment }]) };
    }, 'CERNER');
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([
      { record: { key: '1', gender: 'MALE', own: { replacedBy: '2' } } },
    ]);
    const [page] = await connector.patientAppointments([{ patient: '1', filter: {}, window: { first: 5 } }], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'a', patientKey: '2' } }] });
    expect(server.requests.at(-1)?.query.get('patient')).toBe('2');
  });

  it('shows the merged record itself when the survivor is not there', async () => {
    const link = [{ type: 'replaced-by', other: { reference: 'Patient/2' } }];
    const { connector, call } = await start(({ url }) =>
      url === '/Patient/1' ? { body: patient('1', { active: false, link }) } : undefined,
    );
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([
      { record: { key: '1', own: { active: false, replacedBy: '2' } } },
    ]);
  });
});

describe('reading many', () => {
  it('asks for all in one call and puts each answer in its place', async () => {
    const { connector, call, server } = await start(() => ({
      body: bundle([
        { resource: patient('3') },
        { resource: patient('1') },
        { resource: patient('9') },
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
    const { connector, call, server } = await start(({ query }) => ({
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
    const { connector, call, server } = await start(({ query }) => {
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
    const { connector, call, server } = await start(({ url, query }, base) =>
      query.has('_id') || query.has('page')
        ? { body: bundle(everybody, { next: `${base}/Patient?page=2` }) }
        : { body: patient(url.slice('/Patient/'.length)) },
    );
    expect(await connector.read.Patient(wanted('p1', 'z1', 'z2'), call)).toMatchObject([
      { record: { key: 'p1' } },
      { record: { key: 'z1' } },
      { record: { key: 'z2' } },
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/Patient?_id=p1,z1,z2&_count=3', '/Patient/z1', '/Patient/z2']);
  });

  it('does not halve a list that failed for another reason', async () => {
    const { connector, call, server } = await start(() => ({ status: 503 }));
    expect(await connector.read.Patient(wanted('1', '2'), call)).toMatchObject([
      { code: 'SOURCE_UNAVAILABLE' },
      { code: 'SOURCE_UNAVAILABLE' },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['refuses', (): Answered => ({ status: 400 })],
    ['ignores', (): Answered => ({ body: bundle([{ resource: patient('1') }]) })],
  ])('finds out that a server %s lists, and remembers', async (_what, list) => {
    const { connector, call, server } = await start(
      ({ url, query }) => (query.has('_id') ? list() : { body: patient(url.slice('/Patient/'.length)) }),
      'MEDITECH',
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
    const { connector, call, server } = await start(
      ({ query }) =>
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
      'MEDITECH',
    );
    await connector.read.Patient(wanted('1', '2'), call);
    const before = server.requests.length;
    expect(await connector.read.Patient(wanted('3', '9'), call)).toMatchObject([{ record: { key: '3' } }, null]);
    expect(server.requests.length - before).toBe(1);
  });

  it('reads a patient that is missing from Oracle’s list once more, since merged ones show only then', async () => {
    const { connector, call, server } = await start(({ query, url }) => {
      if (query.has('_id')) return { body: bundle([{ resource: patient('1') }]) };
      const link = [{ type: 'replaced-by', other: { reference: 'Patient/1' } }];
      return url === '/Patient/2' ? { body: patient('2', { active: false, link }) } : { body: patient('1') };
    }, 'CERNER');
    expect(await connector.read.Patient(wanted('1', '2'), call)).toMatchObject([
      { record: { key: '1' } },
      { record: { key: '2', own: { replacedBy: '1' } } },
    ]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/Patient?_id=1,2&_count=2', '/Patient/2', '/Patient/1']);
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
    const { connector, call } = await start(({ query }, base) =>
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
    const { connector, call } = await start(({ query }, base) =>
      query.has('page')
        ? { body: bundle([{ resource: visit('b', '2026-12-02T15:00:00Z', '2026-11-18T10:00:00Z', 'arrived') }]) }
        : { body: bundle([{ resource: visit('b', '2026-12-02T15:00:00Z') }], { next: `${base}/Appointment?page=2` }) },
    );
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'b', status: 'BOOKED' } }] });
  });

  it('never takes the token to another server', async () => {
    const elsewhere = await scripted(() => ({ body: bundle([]) }));
    open.push(elsewhere);
    const { connector, call } = await start(
      () => ({
        body: bundle([{ resource: visit('a', '2026-12-01T15:00:00Z') }], {
          next: `${elsewhere.url}/Appointment?page=2`,
        }),
      }),
      undefined,
      { type: 'bearer', token: new Secret('t0ken') },
    );
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('starts again, once, when Epic has forgotten the search', async () => {
    let expired = 0;
    const { connector, call, server } = await start(({ query }, base) => {
      if (!query.has('session'))
        return {
          body: bundle([{ resource: visit('a', '2026-12-01T15:00:00Z') }], { next: `${base}/Appointment?session=1` }),
        };
      expired += 1;
      return expired === 1
        ? { status: 400, body: epicIssue('4113') }
        : { body: bundle([{ resource: visit('b', '2026-12-02T15:00:00Z') }]) };
    }, 'EPIC');
    const [page] = await connector.patientAppointments([ask], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'a' } }, { record: { key: 'b' } }] });
    expect(server.requests).toHaveLength(4);
  });

  it('gives up on a list without an end', async () => {
    let page = 0;
    const { connector, call, server } = await start((_asked, base) => {
      page += 1;
      return {
        body: bundle([{ resource: visit(`v${page}`, '2026-12-01T15:00:00Z') }], {
          next: `${base}/Appointment?page=${page}`,
        }),
      };
    }, 'EPIC');
    const [answer] = await connector.patientAppointments([ask], call);
    expect(answer).toMatchObject({ code: 'VALIDATION' });
    expect(server.requests).toHaveLength(25);
  });

  it('takes Epic’s word for an empty result', async () => {
    const { connector, call } = await start(
      () => ({ body: bundle([{ resource: epicIssue('4101'), mode: 'outcome' }]) }),
      'EPIC',
    );
    expect(await connector.patientAppointments([ask], call)).toMatchObject([
      { items: [], hasNextPage: false, totalCount: 0 },
    ]);
  });

  it('chooses again itself when the server says that it ignored a parameter', async () => {
    const { connector, call } = await start(
      () => ({
        body: bundle([
          { resource: visit('a', '2026-12-01T15:00:00Z') },
          { resource: visit('b', '2027-01-01T15:00:00Z') },
          { resource: { ...visit('x', '2026-12-01T15:00:00Z'), participant: [{ actor: { reference: 'Patient/2' } }] } },
          { resource: epicIssue('4122'), mode: 'outcome' },
        ]),
      }),
      'EPIC',
    );
    const filter = { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' };
    const [page] = await connector.patientAppointments([{ ...ask, filter }], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'a' } }], totalCount: 1 });
  });
});

describe('signing in', () => {
  const token = { access_token: 'fresh', token_type: 'bearer', expires_in: 300 };

  it('finds the token endpoint by SMART configuration and signs with the source’s key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fhir-key-'));
    const privateKeyFile = join(folder, 'key.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    writeFileSync(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { connector, call, server } = await start(
      ({ url }, base) => {
        if (url === '/.well-known/smart-configuration') return { body: { token_endpoint: `${base}/token` } };
        return url === '/token' ? { body: token } : { body: patient('1') };
      },
      'EPIC',
      { type: 'smart-backend', clientId: 'c', privateKeyFile, scope: 'system/Patient.read' },
    );
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([{ record: { key: '1' } }]);
    rmSync(folder, { recursive: true });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /.well-known/smart-configuration',
      'POST /token',
      'GET /Patient/1',
    ]);
    expect(server.requests[2]?.headers.authorization).toBe('Bearer fresh');
  });

  it('renews a refused token once, where it can be renewed', async () => {
    const server = await scripted(({ url, headers }) => {
      if (url === '/token') return { body: { ...token, access_token: `t${server.requests.length}` } };
      return headers.authorization === 'Bearer t1' ? { status: 401 } : { body: patient('1') };
    });
    const auth = {
      type: 'client-credentials',
      tokenUrl: `${server.url}/token`,
      clientId: 'c',
      clientSecret: new Secret('s'),
    } as const;
    const source = connected(settingsFor(server.url, undefined, auth));
    open.push(source, server);
    expect(await source.connector.read.Patient(wanted('1'), source.call)).toMatchObject([{ record: { key: '1' } }]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/token', '/Patient/1', '/token', '/Patient/1']);
  });

  it('reports a refused password', async () => {
    const auth = { type: 'basic', username: 'u', password: new Secret('p') } as const;
    const { connector, call, server } = await start(() => ({ status: 401 }), undefined, auth);
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([{ code: 'UNAUTHENTICATED_AT_VENDOR' }]);
    expect(server.requests[0]?.headers.authorization).toBe('Basic dTpw');
  });
});
