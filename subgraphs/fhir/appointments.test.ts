import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, DAY, FIRST, list, start, UNSUPPORTED, wanted } from './fixtures/server.ts';

afterEach(closeAll);

describe('appointments of patients', () => {
  it.each([
    [
      'GENERIC_FHIR',
      {},
      [
        '/Appointment?patient=1,2&_sort=date&_count=1000&_include=Appointment:practitioner&_include=Appointment:location',
      ],
    ],
    [
      'GENERIC_FHIR',
      { ...DAY, status: ['BOOKED', 'CHECKED_IN'] },
      [
        `/Appointment?patient=1,2&date=ge${DAY.from}&date=lt${DAY.to}&status=booked,checked-in&_sort=date&_count=1000&_include=Appointment:practitioner&_include=Appointment:location`,
      ],
    ],
    [
      'EPIC',
      DAY,
      ['1', '2'].map(
        (id) => `/Appointment?patient=${id}&date=ge${DAY.from}&date=lt${DAY.to}&_count=999&_include=Appointment:actor`,
      ),
    ],
    ['CERNER', DAY, [`/Appointment?patient=1,2&date=ge${DAY.from}&date=lt${DAY.to}&_count=200`]],
    [
      'CERNER',
      {},
      [
        '/Appointment?patient=1,2&-date-or-req-period=ge1900-01-01T00:00:00Z&-date-or-req-period=lt2200-01-01T00:00:00Z&_count=200',
      ],
    ],
    [
      'CERNER',
      { from: DAY.from },
      [`/Appointment?patient=1,2&date=ge${DAY.from}&date=lt2200-01-01T00:00:00Z&_count=200`],
    ],
    [
      'MEDITECH',
      {},
      ['1', '2'].map(
        (id) => `/Appointment?patient=${id}&_count=50&_include=Appointment:practitioner&_include=Appointment:location`,
      ),
    ],
  ] as const)('asks %s by %j as it wants to be asked', async (vendor, filter, expected) => {
    const { connector, call, urls } = await start(vendor);
    await connector.patientAppointments([list('1', filter), list('2', filter)], call);
    expect([...urls()].sort()).toEqual([...expected].sort());
  });

  it('asks for nothing that nobody selected', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    const window = { first: 5, fields: new Set(['start', 'location']) };
    await connector.patientAppointments([{ patient: '1', filter: {}, window }], call);
    expect(urls()).toEqual(['/Appointment?patient=1&_sort=date&_count=16&_include=Appointment:location']);
  });

  it('asks apart for other filters, and for no state at all not', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    await connector.patientAppointments([list('1', {}), list('2', DAY), list('3', { status: [] })], call);
    expect(urls()).toHaveLength(2);
  });

  it('leaves states out that the server has no word for', async () => {
    const { connector, call, server } = await start('GENERIC_FHIR');
    await connector.patientAppointments([list('1', { status: ['UNMAPPED', 'BOOKED'] })], call);
    expect(server.requests[0]?.query.has('status')).toBe(false);
  });

  it.each(['ECLINICALWORKS', 'NEXTGEN', 'PRACTICE_FUSION'] as const)(
    'refuses them at %s without a call',
    async (vendor) => {
      const { connector, call, urls } = await start(vendor);
      expect(await connector.patientAppointments([list('1', {})], call)).toMatchObject([UNSUPPORTED]);
      expect(await connector.read.Appointment(wanted('1'), call)).toMatchObject([UNSUPPORTED]);
      await expect(connector.searchAppointments(DAY, FIRST, call)).rejects.toMatchObject(UNSUPPORTED);
      expect(urls()).toEqual([]);
    },
  );
});

describe('appointments of the practice', () => {
  const who = { ...DAY, practitioners: ['p1', 'p2'], locations: ['l1'] };

  it.each([
    ['GENERIC_FHIR', who, 'practitioner=p1,p2&location=l1'],
    ['CERNER', who, 'practitioner=p1,p2'],
    ['CERNER', { ...DAY, locations: ['l1'] }, 'location=l1'],
  ] as const)('asks %s by %j', async (vendor, search, actors) => {
    const { connector, call, urls } = await start(vendor);
    await connector.searchAppointments(search, { first: 20, fields: new Set() }, call);
    expect(urls()[0]).toContain(`/Appointment?${actors}&date=ge${DAY.from}&date=lt${DAY.to}`);
  });

  it.each(['EPIC', 'CERNER'] as const)('refuses what %s cannot search for', async (vendor) => {
    const { connector, call, urls } = await start(vendor);
    await expect(connector.searchAppointments(DAY, FIRST, call)).rejects.toMatchObject(UNSUPPORTED);
    expect(urls()).toEqual([]);
  });
});

describe('a list of appointments', () => {
  const visit = (id: string, start: string | undefined, more: object = {}) => ({
    resource: {
      resourceType: 'Appointment',
      id,
      status: 'booked',
      ...(start === undefined ? {} : { start }),
      participant: [{ actor: { reference: 'Patient/1' } }],
      ...more,
    },
  });
  const at = (hour: number): string => `2026-12-01T${String(hour).padStart(2, '0')}:00:00Z`;
  const next = { link: [{ relation: 'next', url: '/r4/Appointment?more=1' }] };
  const window = { first: 2 };

  it.each([
    ['leaves a list in order as soon as the page and one more are there', [at(9), at(10), at(11)], 1, ['v0', 'v1']],
    ['reads on when the server did not keep the order', [at(10), at(9), at(11)], 2, ['w', 'v1']],
    ['reads on when the next record may have the same time', [at(9), at(10), at(10)], 2, ['w', 'v0']],
    ['reads on when the page is not full', [at(9), at(10)], 2, ['w', 'v0']],
  ] as const)('%s', async (_what, starts, calls, keys) => {
    const rows = starts.map((start, i) => visit(`v${i}`, start));
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ query }) => ({
      body: query.has('more') ? bundle([visit('w', at(8))]) : { ...bundle(rows), ...next },
    }));
    const [page] = await connector.patientAppointments([{ patient: '1', filter: {}, window }], call);
    expect(urls()).toHaveLength(calls);
    expect(page).toMatchObject({ items: keys.map((key) => ({ record: { key } })), hasNextPage: true });
  });

  it('goes on for as long as one of the patients’ pages is not full', async () => {
    const other = { participant: [{ actor: { reference: 'Patient/2' } }] };
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ query }) => ({
      body: query.has('more')
        ? bundle([visit('x', at(12), other)])
        : { ...bundle([visit('a', at(8)), visit('b', at(9)), visit('c', at(10))]), ...next },
    }));
    const lists = ['1', '2'].map((patient) => ({ patient, filter: {}, window }));
    expect(await connector.patientAppointments(lists, call)).toMatchObject([
      { items: [{ record: { key: 'a' } }, { record: { key: 'b' } }], hasNextPage: true },
      { items: [{ record: { key: 'x' } }], hasNextPage: false },
    ]);
    expect(urls()).toHaveLength(2);
  });

  it('puts requests without a start last, and into no stretch of time', async () => {
    const rows = [visit('wish', undefined, { requestedPeriod: [{ start: at(1), end: at(2) }] }), visit('a', at(9))];
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle(rows) }));
    const [all, day] = await connector.patientAppointments([list('1', {}), list('1', DAY)], call);
    expect(all).toMatchObject({ items: [{ record: { key: 'a' } }, { record: { key: 'wish', start: null } }] });
    expect(day).toMatchObject({ items: [{ record: { key: 'a' } }], totalCount: 1 });
  });

  it('hides errors, unless they are asked for, and leaves them readable', async () => {
    const error = visit('e', at(9), { status: 'entered-in-error' });
    const { connector, call } = await start('GENERIC_FHIR', ({ url }) => ({
      body: url === '/Appointment/e' ? error.resource : bundle([error]),
    }));
    expect(await connector.patientAppointments([list('1', {})], call)).toMatchObject([{ items: [], totalCount: 0 }]);
    expect(await connector.patientAppointments([list('1', { status: ['ENTERED_IN_ERROR'] })], call)).toMatchObject([
      { items: [{ record: { key: 'e' } }] },
    ]);
    expect(await connector.read.Appointment(wanted('e'), call)).toMatchObject([{ record: { key: 'e' } }]);
  });

  it('holds a group visit under each of its patients and under nobody else', async () => {
    const participant = ['1', '2'].map((id) => ({ actor: { reference: `Patient/${id}` } }));
    const { connector, call } = await start('GENERIC_FHIR', () => ({
      body: bundle([visit('g', at(9), { participant })]),
    }));
    const lists = ['1', '2', '3'].map((patient) => list(patient, {}));
    const group = { items: [{ record: { key: 'g', patientKey: null } }], totalCount: 1 };
    expect(await connector.patientAppointments(lists, call)).toMatchObject([group, group, { items: [] }]);
  });

  it('finds the second practitioner of a visit too', async () => {
    const participant = ['p1', 'p2'].map((id) => ({ actor: { reference: `Practitioner/${id}` } }));
    const { connector, call } = await start('GENERIC_FHIR', () => ({
      body: bundle([visit('a', at(9), { participant }), visit('b', at(9))]),
    }));
    const { items } = await connector.searchAppointments({ ...DAY, practitioners: ['p2'] }, FIRST, call);
    expect(items.map(({ record }) => record.key)).toEqual(['a']);
  });
});

describe('many patients in one call', () => {
  it.each(['Appointment', 'Observation', 'Claim', 'Coverage'] as const)(
    'asks for the %ss of each alone when the server refuses the list, and keeps a failure to itself',
    async (type) => {
      const { connector, call } = await start('GENERIC_FHIR', ({ query }) => {
        const patient = query.get('patient') ?? '';
        if (patient.includes(',')) return { status: 400 };
        return patient === '2' ? { status: 503 } : { body: bundle([]) };
      });
      const lists = [list('1', {}), list('2', {})];
      const ask = {
        Appointment: () => connector.patientAppointments(lists, call),
        Observation: () => connector.patientObservations(lists, call),
        Claim: () => connector.patientClaims(lists, call),
        Coverage: () => connector.coverages(['1', '2'], call),
      }[type];
      const [one, other] = await ask();
      expect(one).toMatchObject(type === 'Coverage' ? [] : { items: [] });
      expect(other).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    },
  );

  it('fails all of them together when the server is down', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({ status: 503 }));
    const down = { code: 'SOURCE_UNAVAILABLE' };
    expect(await connector.patientAppointments([list('1', {}), list('2', {})], call)).toMatchObject([down, down]);
    expect(new Set(urls().map((url) => url.split('&')[0]))).toEqual(new Set(['/Appointment?patient=1,2']));
  });
});
