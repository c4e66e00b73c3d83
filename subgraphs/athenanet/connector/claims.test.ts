import { describe, expect, it } from 'vitest';
import type { Found, Page } from '../../vendor/connector.ts';
import { fields, practice } from '../testbed.ts';

const row = (claimid: number, more: object = {}) => ({
  claimid: String(claimid),
  patientid: 5001,
  billedproviderid: 71,
  appointmentid: 0,
  billedservicedate: '10/14/2025',
  chargeamount: '189',
  procedures: [{ procedurecode: '99213', chargeamount: '189' }],
  diagnoses: [],
  primaryinsurancepayer: { primarypatientinsuranceid: 8201, status: 'BILLED' },
  patientpayer: { status: 'HOLD' },
  ...more,
});
const list = (...claims: readonly object[]) => ({ totalcount: claims.length, claims });
const LEDGER = {
  totalcount: 2,
  transactions: [
    { type: 'CHARGE', amount: '189' },
    { type: 'PAYMENT', amount: '-120' },
  ],
};
const INSURANCES = {
  totalcount: 1,
  insurances: [{ insuranceid: '8201', insuranceplandisplayname: 'Sample Health PPO' }],
};
const ROUTES = {
  '/claims': () =>
    list(
      row(1),
      row(2, {
        billedservicedate: '11/02/2025',
        primaryinsurancepayer: { primarypatientinsuranceid: 8201, status: 'DROP' },
      }),
    ),
  '/claims/*': (_: URLSearchParams, path: string) => [row(Number(path.split('/').at(-1)))],
  '/claims/*/claimtransactions': () => LEDGER,
  '/patients/*': (query: URLSearchParams) => [
    { patientid: '5001', lastname: 'Larkspur', ...(query.has('showinsurance') ? INSURANCES : {}) },
  ],
};
const keys = (page: Page<'Claim'> | Error | undefined) => (page as Page<'Claim'>).items.map(({ record }) => record.key);

describe('a search of claims', () => {
  it('is by days of service', async () => {
    const bed = await practice(ROUTES);
    const page = await bed.connector.searchClaims({ from: '2025-10-01', to: '2025-11-30' }, { first: 20 }, bed.call);
    expect(keys(page)).toEqual(['1', '2']);
    expect(bed.lines()).toEqual(['/claims?servicestartdate=10/01/2025&serviceenddate=11/30/2025&limit=20']);
  });

  it.each([
    { search: { status: ['QUEUED' as const] }, left: ['2'] },
    { search: { from: '2025-10-15' }, left: ['2'] },
    { search: { to: '2025-10-14' }, left: ['1'] },
  ])('for $search shows $left only', async ({ search, left }) => {
    const bed = await practice(ROUTES);
    expect(keys(await bed.connector.searchClaims(search, { first: 20 }, bed.call))).toEqual(left);
  });

  it.each([
    { title: 'with an insurance', more: {}, untold: ['totalPaid', 'adjudications', 'payer'] },
    {
      title: 'without one',
      more: { primaryinsurancepayer: { primarypatientinsuranceid: 0 } },
      untold: ['totalPaid', 'adjudications'],
    },
  ])('tells of a claim $title everything but $untold', async ({ more, untold }) => {
    const bed = await practice({ '/claims': () => list(row(1, more)) });
    const page = await bed.connector.searchClaims({}, { first: 20 }, bed.call);
    const covers = page.items[0]?.covers as ReadonlySet<string>;
    const all = [
      'patient',
      'practitioner',
      'appointment',
      'status',
      'vendorStatus',
      'payer',
      'servicePeriod',
      'diagnoses',
      'lines',
      'totalCharge',
      'totalPaid',
      'patientResponsibility',
      'adjudications',
      'patientPayerStatus',
    ];
    expect(all.filter((field) => !covers.has(field)).sort()).toEqual([...untold].sort());
  });
});

describe('reading claims', () => {
  it.each([
    { asked: ['status'], paid: undefined, calls: ['GET /claims/{id}'] },
    { asked: ['totalPaid'], paid: '120', calls: ['GET /claims/{id}', 'GET /claims/{id}/claimtransactions'] },
    { asked: ['payer'], paid: undefined, calls: ['GET /claims/{id}', 'GET /patients/{id}'] },
    {
      asked: ['payer', 'adjudications'],
      paid: '120',
      calls: ['GET /claims/{id}', 'GET /claims/{id}/claimtransactions', 'GET /patients/{id}'],
    },
  ])('for $asked is $calls', async ({ asked, paid, calls }) => {
    const bed = await practice(ROUTES);
    const [found] = await bed.connector.read.Claim([{ key: '1', fields: fields(...asked) }], bed.call);
    const { record, covers } = found as Found<'Claim'>;
    expect(asked.every((field) => covers === 'all' || covers.has(field))).toBe(true);
    expect(record.payer).toBe(asked.includes('payer') ? 'Sample Health PPO' : null);
    expect(record.totalPaid?.value).toBe(paid);
    expect([...bed.calls()].sort()).toEqual(calls);
  });

  it('that a search told of needs only what is missing, and each patient’s insurances once', async () => {
    const bed = await practice(ROUTES);
    const { items } = await bed.connector.searchClaims({}, { first: 20 }, bed.call);
    const wanted = items.map((known) => ({ key: known.record.key, fields: fields('payer', 'totalPaid'), known }));
    const found = await bed.connector.read.Claim(wanted, bed.call);
    expect(found).toMatchObject([
      {
        record: { key: '1', status: 'SUBMITTED', payer: 'Sample Health PPO', totalPaid: { value: '120' } },
        covers: 'all',
      },
      { record: { key: '2', status: 'QUEUED' }, covers: 'all' },
    ]);
    expect([...bed.calls()].sort()).toEqual([
      'GET /claims',
      'GET /claims/{id}/claimtransactions',
      'GET /claims/{id}/claimtransactions',
      'GET /patients/{id}',
    ]);
  });

  it('answers each in its place', async () => {
    const bed = await practice({
      '/claims/1': () => row(1),
      '/claims/2': () => [row(3)],
      '/claims/3': () => ({ status: 404, body: { error: 'The claim does not exist.' } }),
      '/claims/4': () => [row(4)],
    });
    const wanted = ['1', '2', '3', 'changed'].map((key) => ({ key, fields: fields('status') }));
    expect(
      await bed.connector.read.Claim([...wanted, { key: '4', fields: fields('totalPaid') }], bed.call),
    ).toMatchObject([{ record: { key: '1' } }, { code: 'BAD_VENDOR_ANSWER' }, null, null, { code: 'NOT_FOUND' }]);
  });

  it('names no payer that is not among the patient’s insurances', async () => {
    const bed = await practice({ ...ROUTES, '/patients/*': () => [{ patientid: '5001', insurances: [] }] });
    const [found] = await bed.connector.read.Claim([{ key: '1', fields: fields('payer') }], bed.call);
    expect(found).toMatchObject({ record: { payer: null } });
  });
});

describe('claims of patients', () => {
  const asked = (patient: string, filter = {}) => ({ patient, filter, window: { first: 20 } });

  it('of one patient are one call, newest first', async () => {
    const bed = await practice(ROUTES);
    const [page] = await bed.connector.patientClaims([asked('5001')], bed.call);
    expect(keys(page)).toEqual(['2', '1']);
    expect(bed.lines()).toEqual(['/claims?patientid=5001&limit=5000']);
  });

  it('of many in one short span are one call for all', async () => {
    const bed = await practice({
      '/claims': () => list(row(1), row(2, { patientid: 5002 }), row(3, { patientid: 5009 })),
    });
    const span = { from: '2025-10-01', to: '2025-10-31' };
    const pages = await bed.connector.patientClaims([asked('5001', span), asked('5002', span)], bed.call);
    expect(pages.map(keys)).toEqual([['1'], ['2']]);
    expect(bed.lines()).toEqual(['/claims?servicestartdate=10/01/2025&serviceenddate=10/31/2025&limit=1000']);
  });

  it('that are another patient’s are nobody’s', async () => {
    const bed = await practice({ '/claims': () => list(row(1, { patientid: 5002 })) });
    expect(await bed.connector.patientClaims([asked('5001')], bed.call)).toMatchObject([{ code: 'BAD_VENDOR_ANSWER' }]);
  });
});
