import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, FIRST, NOW, start, wanted } from './fixtures/server.ts';

afterEach(closeAll);

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });
const epicIssue = (number: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'fatal', code: 'processing', details: { coding: [{ code: number }] } }],
});

describe('merged patients', () => {
  it('follows Epic’s redirect once and says whose data it is', async () => {
    const { connector, call, server } = await start('EPIC', ({ url }, base) =>
      url === '/Patient/old'
        ? { status: 301, headers: { location: `${base}/Patient/new` }, body: epicIssue('4107') }
        : { body: patient('new', { birthDate: '1974' }) },
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
    const { connector, call, server } = await start('EPIC', () => ({
      status: 301,
      ...(location === '' ? {} : { headers: { location } }),
    }));
    expect(await connector.read.Patient(wanted('old'), call)).toMatchObject([{ code: 'BAD_VENDOR_ANSWER' }]);
    expect(server.requests).toHaveLength(1);
  });

  it('does not follow a second redirect', async () => {
    const { connector, call, server } = await start('EPIC', ({ url }) => ({
      status: 301,
      headers: { location: url === '/Patient/a' ? '/r4/Patient/b' : '/r4/Patient/c' },
    }));
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
    const { connector, call, server } = await start('CERNER', ({ url }) => {
      if (url === '/Patient/1') return { body: patient('1', { active: false, link }) };
      if (url === '/Patient/2') return { body: patient('2', { gender: 'male' }) };
      return { body: bundle([{ resource: appointment }]) };
    });
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([
      { record: { key: '1', gender: 'MALE', own: { replacedBy: '2' } } },
    ]);
    const [page] = await connector.patientAppointments([{ patient: '1', filter: {}, window: { first: 5 } }], call);
    expect(page).toMatchObject({ items: [{ record: { key: 'a', patientKey: '2' } }] });
    expect(server.requests.at(-1)?.query.get('patient')).toBe('2');
  });

  it('shows the merged record itself when the survivor is not there', async () => {
    const link = [{ type: 'replaced-by', other: { reference: 'Patient/2' } }];
    const { connector, call } = await start('GENERIC_FHIR', ({ url }) =>
      url === '/Patient/1' ? { body: patient('1', { active: false, link }) } : undefined,
    );
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([
      { record: { key: '1', own: { active: false, replacedBy: '2' } } },
    ]);
  });
});

describe('search for patients', () => {
  it.each([
    [
      'GENERIC_FHIR',
      { lastName: 'O’Brien', dateOfBirth: '1974-12-25' },
      'family=O’Brien&birthdate=1974-12-25&_sort=family,given,birthdate&_count=200',
    ],
    ['GENERIC_FHIR', { name: 'ana cruz' }, 'name=ana&name=cruz&_sort=family,given,birthdate&_count=200'],
    ['GENERIC_FHIR', { name: 'Cruz, Ana' }, 'given=Ana&family=Cruz&_sort=family,given,birthdate&_count=200'],
    [
      'GENERIC_FHIR',
      { phone: '+12175550141' },
      'phone=+12175550141,2175550141,217-555-0141,(217) 555-0141,217.555.0141&_sort=family,given,birthdate&_count=200',
    ],
    [
      'GENERIC_FHIR',
      { identifier: 'urn:oid:1.2|A,1' },
      'identifier=urn:oid:1.2|A\\,1&_sort=family,given,birthdate&_count=200',
    ],
    ['CERNER', { phone: '+12175550141' }, 'phone=2175550141&_count=200'],
    ['EPIC', { identifier: 'MRN|1', lastName: 'Rivera' }, 'identifier=MRN|1&_count=999'],
    [
      'EPIC',
      { firstName: 'Ana', lastName: 'Rivera', dateOfBirth: '1974-12-25', phone: '+12175550141' },
      'given=Ana&family=Rivera&birthdate=1974-12-25&_count=999',
    ],
    ['ECLINICALWORKS', { lastName: 'Rivera', email: 'a@example.com' }, 'family=Rivera'],
    ['NEXTGEN', { lastName: 'Rivera' }, 'family=Rivera&_maxresults=100'],
    ['PRACTICE_FUSION', { email: 'a@example.com' }, 'telecom=a@example.com'],
  ] as const)('asks %s by %j', async (vendor, search, query) => {
    const { connector, call, urls } = await start(vendor);
    await connector.searchPatients(search, { ...FIRST, fields: new Set(['lastName']) }, call);
    expect(urls()).toEqual([`/Patient?${query}`]);
  });

  it.each([
    ['EPIC', { lastName: 'Rivera' }],
    ['EPIC', { phone: '+12175550141' }],
    ['ECLINICALWORKS', { email: 'a@example.com' }],
    ['NEXTGEN', { phone: '+12175550141' }],
  ] as const)('does not ask %s by %j alone', async (vendor, search) => {
    const { connector, call, urls } = await start(vendor);
    await expect(connector.searchPatients(search, FIRST, call)).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: ['search'], rule: 'vendor' }],
    });
    expect(urls()).toEqual([]);
  });

  it('puts a result that fits into one answer in order itself, and leaves a longer one in the server’s', async () => {
    const person = (id: string, given: string) => ({
      resource: { resourceType: 'Patient', id, name: [{ given: [given], family: 'Rivera' }] },
    });
    const rows = [person('1', 'Robert'), person('2', 'Carlos'), person('3', 'María')];
    const walk = async (next: object): Promise<string> => {
      const { connector, call } = await start('GENERIC_FHIR', ({ query }) => ({
        body: query.has('more') ? bundle([person('4', 'Ana')]) : { ...bundle(rows), ...next },
      }));
      const keys: string[] = [];
      let after: string | undefined;
      for (let more = true; more; ) {
        const window = { first: 1, ...(after === undefined ? {} : { after }) };
        const found = await connector.searchPatients({ lastName: 'Rivera' }, window, call);
        keys.push(...found.items.map(({ record }) => record.key));
        after = found.items.at(-1)?.after;
        more = found.hasNextPage;
      }
      return keys.join('');
    };
    expect(await walk({})).toBe('231');
    expect(await walk({ link: [{ relation: 'next', url: '/r4/Patient?more=1' }] })).toBe('1234');
  });

  it('asks nobody for further pages of a result that came whole', async () => {
    const rows = ['Ana', 'Bea', 'Cleo'].map((given, i) => ({
      resource: { resourceType: 'Patient', id: String(i), name: [{ given: [given], family: 'Rivera' }] },
    }));
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({ body: bundle(rows) }));
    const walk = async (search: { readonly lastName: string }) => {
      const one = await connector.searchPatients(search, { first: 2 }, call);
      const two = await connector.searchPatients(search, { first: 2, after: one.items[1]?.after ?? '' }, call);
      return [one, two];
    };
    expect(await walk({ lastName: 'Rivera' })).toMatchObject([
      { items: [{ record: { key: '0' } }, { record: { key: '1' } }], hasNextPage: true, totalCount: 3 },
      { items: [{ record: { key: '2' }, on: { at: NOW } }], hasNextPage: false, totalCount: 3, on: { at: NOW } },
    ]);
    expect(urls()).toHaveLength(1);
    await walk({ lastName: 'River' });
    expect(urls()).toHaveLength(2);
  });

  it.each([
    [{ lastName: 'Rivera' }, undefined, false],
    [{ lastName: 'Rivera', dateOfBirth: '1990-07-21' }, undefined, true],
    [{ identifier: '1' }, undefined, true],
    [{ identifier: '1' }, ['lastName'], false],
    [{ lastName: 'Rivera' }, ['coverages'], true],
  ])('brings coverages along for %j with %j selected: %j', async (search, fields, along) => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    const window = { first: 2, ...(fields === undefined ? {} : { fields: new Set(fields) }) };
    await connector.searchPatients(search, window, call);
    expect(urls()[0]?.includes('_revinclude=Coverage:beneficiary')).toBe(along);
  });

  it('checks everybody again: more criteria find more people at Epic', async () => {
    const person = (id: string, family: string, birthDate: string) => ({
      resource: { resourceType: 'Patient', id, birthDate, name: [{ given: ['Zoë'], family }] },
    });
    const { connector, call } = await start('EPIC', () => ({
      body: bundle([
        person('1', 'García', '1974-12-25'),
        person('2', 'Gómez', '1974-12-25'),
        person('3', 'Garcia', '1974-12'),
        person('4', 'de Garcia', '1974-12-25'),
      ]),
    }));
    const found = await connector.searchPatients(
      { firstName: 'zoe', lastName: 'GARCIA', dateOfBirth: '1974-12-25' },
      FIRST,
      call,
    );
    expect(found.items.map(({ record }) => record.key).sort()).toEqual(['1', '4']);
    expect(found.totalCount).toBe(2);
  });
});
