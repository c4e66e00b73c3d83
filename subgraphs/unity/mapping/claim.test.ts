import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../vendor/concept.ts';
import { row } from '../fixture/vendor.ts';
import { balanceOf, CHARGE_STATUS, claimKey, type Encounter, parseClaimKey, toClaim, toEncounter } from './claim.ts';

const encounter: Encounter = {
  id: '70012',
  patient: '10001',
  date: '2025-03-10',
  practitioner: '68',
  type: 'Appointment',
};
const charge = {
  ChargeID: '66001',
  EncounterID: '70012',
  ChargeCode: '99213',
  ChargeDescription: 'Office visit, established',
  Units: '1',
  Modifier1: '25',
  DiagnosisCodes: 'E11.9|I10',
  Status: 'Unsubmitted',
};
const claim = (...charges: Record<string, string>[]) =>
  toClaim(
    encounter,
    charges.map((cells) => row({ ...charge, ...cells })),
    undefined,
    'America/Chicago',
  );

describe('an encounter', () => {
  const cells = {
    ID: '70012',
    patientid: '10001',
    DTTM: '3/10/2025 9:00:00 AM',
    VisitID: '41201',
    PerformingProviderID: '68',
    EncounterType: 'Appointment',
  };

  it('is read', () => {
    expect(toEncounter(row(cells))).toEqual(encounter);
  });

  it.each([
    { ID: '0', patientid: '0' },
    { ID: '', patientid: '1' },
  ])('is not made of %j', (none) => {
    expect(toEncounter(row({ ...cells, ...none }))).toBeUndefined();
  });
});

describe('a claim', () => {
  it('is an encounter’s charges', () => {
    expect(
      claim({}, { ChargeCode: 'J3420', ChargeDescription: '', Modifier1: '', DiagnosisCodes: 'I10|Z00.00' }),
    ).toEqual({
      key: '10001|70012',
      externalId: '70012',
      patientKey: '10001',
      practitionerKey: '68',
      appointmentKey: null,
      status: 'DRAFT',
      vendorStatus: 'Unsubmitted',
      payer: null,
      servicePeriod: { start: '2025-03-10T05:00:00Z', end: '2025-03-11T04:59:59.999Z' },
      diagnoses: ['E11.9', 'I10', 'Z00.00'].map((code) => ({
        codings: [{ system: SYSTEM.icd10cm, code }],
        text: null,
      })),
      lines: [
        {
          sequence: 1,
          procedure: { codings: [{ system: SYSTEM.cpt, code: '99213' }], text: 'Office visit, established' },
          modifiers: [{ code: '25' }],
          diagnosisPointers: [1, 2],
          units: '1',
          charge: null,
          serviceDate: '2025-03-10',
          adjudications: [],
        },
        {
          sequence: 2,
          procedure: { codings: [{ system: SYSTEM.hcpcs, code: 'J3420' }], text: null },
          modifiers: [],
          diagnosisPointers: [2, 3],
          units: '1',
          charge: null,
          serviceDate: '2025-03-10',
          adjudications: [],
        },
      ],
      totalCharge: null,
      totalPaid: null,
      patientResponsibility: null,
      adjudications: [],
      own: { encounterType: 'Appointment' },
    });
  });

  it('is none without charges', () => {
    expect(claim()).toBeUndefined();
  });

  it.each([
    [['Unsubmitted', 'Unsubmitted'], 'DRAFT', 'Unsubmitted'],
    [['Submitted'], 'SUBMITTED', 'Submitted'],
    [['Voided'], 'CANCELLED', 'Voided'],
    [['Unsubmitted', 'Submitted'], 'UNMAPPED', 'Unsubmitted, Submitted'],
    [['Held'], 'UNMAPPED', 'Held'],
    [[''], 'UNMAPPED', null],
  ])('with charges %j is %s', (words, status, vendorStatus) => {
    expect(claim(...words.map((Status) => ({ Status })))).toMatchObject({ status, vendorStatus });
  });

  it.each([
    ['DRAFT', 'Unsubmitted'],
    ['SUBMITTED', 'Submitted'],
    ['PAID', 'Paid'],
  ] as const)('of status %s goes back as %s', (unified, raw) => {
    expect(CHARGE_STATUS.from(unified)).toBe(raw);
  });

  it.each([
    ['2015-09-30', '250.00', SYSTEM.icd9cm],
    ['2015-09-30', 'V70.0', SYSTEM.icd9cm],
    ['2015-10-01', 'V70.0', SYSTEM.icd10cm],
    ['2015-09-30', 'E11.9', undefined],
    ['2015-10-01', '250.00', undefined],
    ['2025-01-01', 'ODD', undefined],
    [undefined, 'E11.9', undefined],
  ])('of %s takes diagnosis %s for %s', (date, code, system) => {
    const { date: _, ...rest } = encounter;
    const dated = { ...rest, ...(date === undefined ? {} : { date }) };
    const found = toClaim(dated, [row({ ...charge, DiagnosisCodes: code })], undefined, 'America/Chicago');
    expect(found?.diagnoses).toEqual([
      { codings: [{ code, ...(system === undefined ? {} : { system }) }], text: null },
    ]);
  });

  it.each([
    ['0001F', SYSTEM.cpt],
    ['G0439', SYSTEM.hcpcs],
    ['LOCAL', undefined],
  ])('takes charge code %s for %s', (code, system) => {
    expect(claim({ ChargeCode: code })?.lines[0]?.procedure?.codings[0]?.system).toBe(system);
  });
});

describe('what the patient owes', () => {
  const vouchers = [
    { Voucher_ID: '70012', patientbalance: '$40.00' },
    { Voucher_ID: '70012', patientbalance: '(5.50)' },
    { Voucher_ID: '5002', patientbalance: '15.50' },
  ].map(row);

  it('is taken from vouchers with the encounter’s id only', () => {
    expect(balanceOf(vouchers, '70012')).toEqual({ value: '34.50', currency: 'USD' });
    expect(balanceOf(vouchers, '70013')).toBeUndefined();
  });

  it('is not told when a part of it cannot be read', () => {
    expect(
      balanceOf([...vouchers, row({ Voucher_ID: '70012', patientbalance: 'see ledger' })], '70012'),
    ).toBeUndefined();
  });
});

it.each([
  ['10001|70012', { patient: '10001', encounter: '70012' }],
  ['10001', undefined],
  ['|70012', undefined],
  ['a|b|c', undefined],
  ['%|b', undefined],
])('reads the key %s', (key, expected) => {
  expect(parseClaimKey(key)).toEqual(expected);
  if (expected !== undefined) expect(claimKey(expected.patient, expected.encounter)).toBe(key);
});
