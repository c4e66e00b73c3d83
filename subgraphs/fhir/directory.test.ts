import { afterEach, describe, expect, it } from 'vitest';
import { bundle, closeAll, DAY, FIRST, start, UNSUPPORTED } from './fixtures/server.ts';

afterEach(closeAll);

describe('slots', () => {
  const slot = (id: string, start: string, more: object = {}) => ({
    resource: {
      resourceType: 'Slot',
      id,
      status: 'free',
      start,
      end: '2026-12-01T16:00:00Z',
      schedule: { reference: `Schedule/s-${id}` },
      ...more,
    },
  });
  const schedule = (id: string, ...actors: readonly string[]) => ({
    resource: { resourceType: 'Schedule', id: `s-${id}`, actor: actors.map((reference) => ({ reference })) },
    mode: 'include',
  });

  it('chooses by person, place, kind and state from what a generic server has', async () => {
    const type = { serviceType: [{ coding: [{ system: 'urn:x', code: '185349003' }], text: 'Check up' }] };
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({
      body: bundle([
        slot('b', '2026-12-01T15:30:00Z', type),
        slot('a', '2026-12-01T15:00:00Z', type),
        slot('busy', '2026-12-01T15:00:00Z', { ...type, status: 'busy' }),
        slot('late', '2026-12-03T15:00:00Z', type),
        slot('other', '2026-12-01T15:00:00Z', type),
        slot('kind', '2026-12-01T15:00:00Z'),
        ...['a', 'b', 'busy', 'late', 'kind'].map((id) => schedule(id, 'Practitioner/p1', 'Location/l1')),
        schedule('other', 'Practitioner/p2', 'Location/l1'),
      ]),
    }));
    const found = await connector.slots({ ...DAY, practitioners: ['p1'], locations: ['l1'], type: 'check UP' }, call);
    expect(found.map(({ record: { key } }) => key)).toEqual(['a', 'b']);
    const coded = await connector.slots({ ...DAY, practitioners: ['p1'], type: 'urn:x|185349003' }, call);
    expect(coded.map(({ record: { key } }) => key)).toEqual(['a', 'b']);
    expect(urls().slice(0, 1)).toEqual([
      `/Slot?status=free&start=ge${DAY.from}&start=lt${DAY.to}&_include=Slot:schedule&_include:iterate=Schedule:actor&_count=1000`,
    ]);
  });

  it('asks Oracle by type, person and place', async () => {
    const { connector, call, urls } = await start('CERNER');
    await connector.slots({ ...DAY, practitioners: ['p1', 'p2'], locations: ['l1'], type: 'urn:x|1' }, call);
    expect(urls()).toEqual([
      `/Slot?service-type=urn:x|1&start=ge${DAY.from}&start=lt${DAY.to}&schedule.actor=Practitioner/p1,Practitioner/p2&-location=l1&_include=Slot:schedule&_count=200`,
    ]);
    await expect(connector.slots(DAY, call)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('reads their schedules in one more call when these did not come along', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ url }) =>
      url.startsWith('/Slot')
        ? { body: bundle([slot('a', '2026-12-01T15:00:00Z'), slot('b', '2026-12-01T15:30:00Z')]) }
        : {
            body: bundle([
              { ...schedule('a', 'Practitioner/p1'), mode: 'match' },
              { ...schedule('b', 'Location/l1'), mode: 'match' },
            ]),
          },
    );
    expect((await connector.slots(DAY, call)).map(({ record }) => record)).toMatchObject([
      { practitionerKey: 'p1' },
      { locationKey: 'l1' },
    ]);
    expect(urls()[1]).toBe('/Schedule?_id=s-a,s-b&_count=2');
  });

  it('refuses them where there are none', async () => {
    const { connector, call } = await start('EPIC');
    await expect(connector.slots(DAY, call)).rejects.toMatchObject(UNSUPPORTED);
  });
});

describe('directories and coverages', () => {
  it.each([
    ['GENERIC_FHIR', '/Practitioner?_count=1000', '/Location?_count=1000'],
    ['CERNER', '/Practitioner?active=true&_count=200', undefined],
    ['EPIC', undefined, undefined],
    ['PRACTICE_FUSION', '/Practitioner?active=true', '/Location?status=active'],
  ] as const)('lists those of %s where it can', async (vendor, practitioners, locations) => {
    const { connector, call, urls } = await start(vendor);
    if (practitioners === undefined)
      await expect(connector.practitioners(FIRST, call)).rejects.toMatchObject(UNSUPPORTED);
    else await connector.practitioners(FIRST, call);
    if (locations === undefined) await expect(connector.locations(call)).rejects.toMatchObject(UNSUPPORTED);
    else await connector.locations(call);
    expect(urls()).toEqual([practitioners, locations].filter((url) => url !== undefined));
  });

  it('reads the list of practitioners once for all its pages', async () => {
    const rows = ['Adams', 'Baker', 'Clark'].map((family, i) => ({
      resource: { resourceType: 'Practitioner', id: `p${i}`, name: [{ family }] },
    }));
    const { connector, call, urls } = await start('GENERIC_FHIR', () => ({ body: bundle(rows) }));
    const one = await connector.practitioners({ first: 2 }, call);
    const two = await connector.practitioners({ first: 2, after: one.items[1]?.after ?? '' }, call);
    expect([one, two].flatMap(({ items }) => items.map(({ record }) => record.key))).toEqual(['p0', 'p1', 'p2']);
    expect(urls()).toEqual(['/Practitioner?_count=1000']);
  });

  it.each([
    ['GENERIC_FHIR', ['/Coverage?patient=1,2&_include=Coverage:payor&_include=Coverage:subscriber&_count=1000']],
    ['CERNER', ['/Coverage?patient=1', '/Coverage?patient=2']],
  ] as const)('asks %s for the coverages of many patients', async (vendor, expected) => {
    const coverage = (id: string, patient: string) => ({
      resource: {
        resourceType: 'Coverage',
        id,
        status: 'active',
        subscriberId: id,
        beneficiary: { reference: `Patient/${patient}` },
      },
    });
    const { connector, call, urls } = await start(vendor, () => ({
      body: bundle([coverage('a', '1'), coverage('b', '2'), coverage('x', '3')]),
    }));
    expect(await connector.coverages(['1', '2', '1'], call)).toMatchObject([
      [{ memberId: 'a' }],
      [{ memberId: 'b' }],
      [{ memberId: 'a' }],
    ]);
    expect([...urls()].sort()).toEqual(expected);
  });
});
