import { afterEach, describe, expect, it } from 'vitest';
import type { Vendor } from '../../schema/enums.ts';
import type { ObservationFilter } from '../vendor/connector.ts';
import { bundle, closeAll, DAY, list, start } from './fixtures/server.ts';

afterEach(closeAll);

const LABS = { category: 'laboratory' };
const VITALS = { category: 'vital-signs' };
const of = (patient: string, ...filters: readonly ObservationFilter[]) =>
  filters.map((filter) => list(patient, filter));

describe('several lists of observations', () => {
  it.each<[Vendor, readonly ReturnType<typeof list<ObservationFilter>>[], readonly string[]]>([
    ['GENERIC_FHIR', of('1', LABS, VITALS), ['patient=1&_sort=-date&_count=500&category=laboratory,vital-signs']],
    ['CERNER', of('1', LABS, VITALS), ['patient=1&_count=200&category=laboratory,vital-signs']],
    [
      'EPIC',
      of('1', LABS, VITALS),
      ['patient=1&_count=999&category=laboratory', 'patient=1&_count=999&category=vital-signs'],
    ],
    [
      'GENERIC_FHIR',
      [...of('1', LABS, VITALS), ...of('2', LABS, VITALS)],
      ['patient=1,2&_sort=-date&_count=1000&category=laboratory,vital-signs'],
    ],
    [
      'GENERIC_FHIR',
      [...of('1', LABS), ...of('2', VITALS)],
      ['patient=1&_sort=-date&_count=31&category=laboratory', 'patient=2&_sort=-date&_count=31&category=vital-signs'],
    ],
    ['CERNER', of('1', { codes: ['718-7'] }, { codes: ['4548-4'] }), ['patient=1&_count=200&code=718-7,4548-4']],
    ['EPIC', of('1', { codes: ['718-7'] }, { codes: ['4548-4'] }), ['patient=1&_count=999&code=718-7,4548-4']],
    [
      'CERNER',
      of('1', { codes: ['718-7'] }, { codes: ['718-7'], ...LABS }, LABS),
      [
        'patient=1&_count=200&category=laboratory',
        'patient=1&_count=200&category=laboratory&code=718-7',
        'patient=1&_count=200&code=718-7',
      ],
    ],
    [
      'CERNER',
      of('1', LABS, { ...VITALS, from: DAY.from }),
      [
        'patient=1&_count=200&category=laboratory',
        'patient=1&date=ge2026-11-30T05:00:00Z&_count=200&category=vital-signs',
      ],
    ],
  ])('asks %s for %j as few times as one search can tell them', async (vendor, lists, expected) => {
    const { connector, call, urls } = await start(vendor);
    await connector.patientObservations(lists, call);
    expect([...urls()].sort()).toEqual(expected.map((query) => `/Observation?${query}`).sort());
  });

  const observation = (id: string, category: string, day: number) => ({
    resource: {
      resourceType: 'Observation',
      id,
      status: 'final',
      subject: { reference: 'Patient/1' },
      category: [{ coding: [{ code: category }] }],
      effectiveDateTime: `2026-11-${day}T10:00:00Z`,
    },
  });

  it('gives each list its own', async () => {
    const rows = [
      observation('v', 'vital-signs', 12),
      observation('b', 'both', 11),
      observation('l', 'laboratory', 10),
    ];
    const { connector, call } = await start('GENERIC_FHIR', () => ({ body: bundle(rows) }));
    expect(await connector.patientObservations(of('1', LABS, VITALS), call)).toMatchObject([
      { items: [{ record: { key: 'l' } }], totalCount: 1 },
      { items: [{ record: { key: 'v' } }], totalCount: 1 },
    ]);
  });

  it('reads on while one of them is not full, and not longer', async () => {
    const pages = [
      [observation('v3', 'vital-signs', 29), observation('v2', 'vital-signs', 28), observation('l2', 'laboratory', 27)],
      [observation('v1', 'vital-signs', 26), observation('l1', 'laboratory', 25), observation('l0', 'laboratory', 24)],
      [observation('v0', 'vital-signs', 23)],
    ];
    const { connector, call, urls } = await start('GENERIC_FHIR', ({ query }, base) => {
      const page = Number(query.get('page') ?? 0);
      return { body: bundle(pages[page] ?? [], { next: `${base}/Observation?page=${page + 1}` }) };
    });
    const lists = [LABS, VITALS].map((filter) => ({ patient: '1', filter, window: { first: 1 } }));
    expect(await connector.patientObservations(lists, call)).toMatchObject([
      { items: [{ record: { key: 'l2' } }], hasNextPage: true },
      { items: [{ record: { key: 'v3' } }], hasNextPage: true },
    ]);
    expect(urls()).toHaveLength(2);
  });

  it('asks for each alone when the server refuses both together', async () => {
    const { connector, call, urls } = await start('CERNER', ({ query }) =>
      query.get('category')?.includes(',') ? { status: 400 } : { body: bundle([]) },
    );
    expect(await connector.patientObservations(of('1', LABS, VITALS), call)).toMatchObject([
      { items: [] },
      { items: [] },
    ]);
    expect(urls()).toHaveLength(3);
  });

  it('brings the patient along for whoever selects it', async () => {
    const { connector, call, urls } = await start('GENERIC_FHIR');
    const window = { first: 5, fields: new Set(['value', 'patient']) };
    await connector.patientObservations([{ patient: '1', filter: {}, window }], call);
    expect(urls()).toEqual(['/Observation?patient=1&_sort=-date&_count=16&_include=Observation:patient']);
  });
});
