import { describe, expect, it } from 'vitest';
import { context, fromWire } from '../fixtures/records.ts';
import { toClaim } from './claim.ts';

const usd = (value: number) => ({ value, currency: 'USD' });
const total = (code: string, value: number) => ({ category: { coding: [{ code }] }, amount: usd(value) });
const eob = (fields: object) =>
  fromWire('ExplanationOfBenefit', { status: 'active', outcome: 'complete', created: '2026-03-20', ...fields });
const map = (fields: object, ...explanations: readonly object[]) =>
  toClaim(fromWire('Claim', { status: 'active', ...fields }), explanations.map(eob), context);
const refused = { category: { coding: [{ code: 'benefit' }] }, reason: { coding: [{ code: '96' }] }, amount: usd(0) };

describe('toClaim', () => {
  it.each([
    ['draft', [], 'DRAFT'],
    ['cancelled', [{ payment: { amount: usd(80) } }], 'CANCELLED'],
    ['entered-in-error', [], 'UNMAPPED'],
    ['held', [], 'UNMAPPED'],
    ['active', [], 'SUBMITTED'],
    ['active', [{ outcome: 'queued' }], 'ACCEPTED'],
    ['active', [{ outcome: 'error' }], 'REJECTED'],
    ['active', [{ outcome: 'partial' }], 'ACCEPTED'],
    ['active', [{ outcome: 'partial', payment: { amount: usd(10) } }], 'PARTIALLY_PAID'],
    ['active', [{ outcome: 'pondered' }], 'UNMAPPED'],
    ['active', [{}], 'ACCEPTED'],
    ['active', [{ payment: { amount: usd(80) } }], 'PAID'],
    ['active', [{ total: [total('eligible', 100), total('copay', 20), total('benefit', 80)] }], 'PAID'],
    ['active', [{ total: [total('eligible', 100), total('copay', 10), total('benefit', 80)] }], 'PARTIALLY_PAID'],
    ['active', [{ total: [total('benefit', 80)], payment: { amount: usd(50) } }], 'PARTIALLY_PAID'],
    [
      'active',
      [{ total: [total('benefit', 80)], item: [{ sequence: 1, net: usd(10), adjudication: [refused] }] }],
      'PARTIALLY_PAID',
    ],
    ['active', [{ total: [total('benefit', 0)], disposition: 'Not covered' }], 'DENIED'],
    ['active', [{ total: [total('benefit', 0)], processNote: [{ text: 'CO-96' }] }], 'DENIED'],
    ['active', [{ payment: { amount: usd(0) }, item: [{ sequence: 1, adjudication: [refused] }] }], 'DENIED'],
    ['active', [{ total: [total('benefit', 0), total('deductible', 100)], disposition: 'Deductible' }], 'ACCEPTED'],
    ['active', [{ payment: { amount: usd(0) } }], 'ACCEPTED'],
    ['active', [{ status: 'cancelled', payment: { amount: usd(80) } }], 'SUBMITTED'],
    [
      'active',
      [{ total: [total('benefit', 0)], disposition: 'Not covered' }, { payment: { amount: usd(80) } }],
      'PAID',
    ],
  ])('reads the record state %s with %j as %s', (status, explanations, expected) => {
    expect(map({ status }, ...explanations).status).toBe(expected);
  });

  it('does not take the noise of binary fractions for a shortfall', () => {
    const explanation = {
      total: [total('eligible', 1129.4), total('coinsurance', 225.88)],
      payment: { amount: usd(903.5200000000001) },
    };
    expect(map({}, explanation)).toMatchObject({ status: 'PAID', totalPaid: { value: '903.5200000000001' } });
    expect(map({}, { ...explanation, payment: { amount: usd(903.5) } }).status).toBe('PARTIALLY_PAID');
  });

  it('does not guess what became of a claim where the server cannot tell', () => {
    const claim = toClaim(fromWire('Claim', { status: 'active' }), 'unknown', context);
    expect(claim).toMatchObject({ status: 'UNMAPPED', vendorStatus: 'active' });
  });

  it('shows the vendor’s words for the state', () => {
    expect(map({}, { outcome: 'complete' }).vendorStatus).toBe('active/complete');
    expect(map({ status: 'draft' }).vendorStatus).toBe('draft');
  });

  it('adds up the lines only when every one of them has an amount, and says so', () => {
    const lines = [{ net: usd(10.1) }, { net: usd(20.2) }];
    expect(map({ item: lines })).toMatchObject({
      totalCharge: { value: '30.3', currency: 'USD' },
      own: { totalComputed: true },
    });
    expect(map({ item: [...lines, {}] })).toMatchObject({ totalCharge: null, own: { totalComputed: false } });
    expect(map({ item: lines, total: usd(99) })).toMatchObject({
      totalCharge: { value: '99' },
      own: { totalComputed: false },
    });
    expect(map({}).totalCharge).toBeNull();
  });

  it('adds what several payers paid and takes the patient’s share from the newest', () => {
    const first = { id: 'a', created: '2026-03-20', payment: { amount: usd(80) }, total: [total('copay', 20)] };
    const second = { id: 'b', created: '2026-04-20', payment: { amount: usd(15) }, total: [total('copay', 5)] };
    expect(map({}, second, first)).toMatchObject({
      totalPaid: { value: '95', currency: 'USD' },
      patientResponsibility: { value: '5', currency: 'USD' },
    });
  });

  it('adds copay, deductible and coinsurance of the lines where there are no totals', () => {
    const line = (code: string, value: number) => ({ category: { coding: [{ code }] }, amount: usd(value) });
    const explanation = {
      item: [
        { sequence: 1, adjudication: [line('copay', 20), line('deductible', 5.5)] },
        { sequence: 2, adjudication: [line('https://bluebutton.cms.gov/resources/variables/line_coinsrnc_amt', 1.25)] },
      ],
    };
    expect(map({}, explanation).patientResponsibility).toEqual({ value: '26.75', currency: 'USD' });
  });

  it('maps a line with its modifiers, pointers and decisions', () => {
    const fields = {
      diagnosis: [
        {
          sequence: 10,
          diagnosisCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J06.9' }] },
        },
        { sequence: 20, diagnosisReference: { reference: 'Condition/1', display: 'Asthma' } },
        { sequence: 30, diagnosisReference: { reference: 'Condition/2' } },
      ],
      item: [
        {
          sequence: 4,
          diagnosisSequence: [20, 10, 99],
          productOrService: { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '99213' }] },
          modifier: [{ coding: [{ code: '25' }] }],
          servicedDate: '2026-03-01',
          quantity: { value: 1.5 },
          net: { value: 135.57 },
        },
      ],
    };
    const claim = map(fields, {
      item: [
        { sequence: 4, adjudication: [refused] },
        { sequence: 5, adjudication: [refused] },
      ],
    });
    expect(claim.diagnoses).toMatchObject([
      { codings: [{ code: 'J06.9' }] },
      { text: 'Asthma' },
      { codings: [], text: null },
    ]);
    expect(claim.lines).toEqual([
      {
        sequence: 4,
        procedure: {
          codings: [{ system: 'http://www.ama-assn.org/go/cpt', code: '99213', display: null }],
          text: null,
        },
        modifiers: [{ system: null, code: '25', display: null }],
        diagnosisPointers: [2, 1],
        units: '1.5',
        charge: { value: '135.57', currency: 'USD' },
        serviceDate: '2026-03-01',
        adjudications: [
          {
            category: 'benefit',
            reason: { system: null, code: '96', display: null },
            amount: { value: '0', currency: 'USD' },
          },
        ],
      },
    ]);
  });

  it.each([
    [
      'the billable days',
      { billablePeriod: { start: '2026-03-01', end: '2026-03-02' } },
      '2026-03-01T05:00:00Z',
      '2026-03-03T04:59:59.999Z',
    ],
    ['an open period', { billablePeriod: { start: '2026-03-01' } }, '2026-03-01T05:00:00Z', null],
    [
      'the lines',
      {
        item: [
          { servicedDate: '2026-03-04' },
          { servicedPeriod: { start: '2026-03-01T15:00:00Z', end: '2026-03-02T15:00:00Z' } },
        ],
      },
      '2026-03-01T15:00:00Z',
      '2026-03-05T04:59:59.999Z',
    ],
  ])('takes the days of service from %s', (_what, fields, start, end) => {
    expect(map(fields).servicePeriod).toEqual({ start, end });
  });

  it.each([
    [
      'insurer',
      { insurer: { display: 'Acme' }, insurance: [{ focal: true, coverage: { display: 'Medicare' } }] },
      'Acme',
    ],
    [
      'insurance that counts',
      { insurance: [{ coverage: { display: 'Other' } }, { focal: true, coverage: { display: 'Medicare' } }] },
      'Medicare',
    ],
    [
      'contained coverage',
      {
        contained: [{ resourceType: 'Coverage', id: 'c', payor: [{ display: 'Aetna' }] }],
        insurance: [{ focal: true, coverage: { reference: '#c' } }],
      },
      'Aetna',
    ],
    ['included organization', { insurer: { reference: 'Organization/7' } }, 'Included'],
    ['nobody', { insurance: [{ focal: true, coverage: { reference: 'Coverage/1' } }] }, null],
  ])('names the payer by the %s', (_what, fields, payer) => {
    const organizations = (id: string) => (id === '7' ? 'Included' : undefined);
    expect(toClaim(fromWire('Claim', fields), [], { ...context, organizations }).payer).toBe(payer);
  });

  it('links the answerable practitioner', () => {
    const careTeam = [
      { provider: { reference: 'Practitioner/1' } },
      { provider: { reference: 'Practitioner/2' }, responsible: true },
    ];
    expect(map({ careTeam, provider: { reference: 'Organization/9' } }).practitionerKey).toBe('2');
    expect(map({ provider: { reference: 'Practitioner/3' } }).practitionerKey).toBe('3');
    expect(map({ provider: { reference: 'Organization/9' } }).practitionerKey).toBeNull();
  });
});
