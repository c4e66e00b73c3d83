import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, pick } from './caller.ts';

let touchworks: Bench;
beforeAll(async () => {
  touchworks = await openBench();
});
afterAll(async () => {
  await touchworks.simulator.close();
});

describe('encounters and charges', () => {
  const NOTHING = [['0', '0']];
  const list = async (PatientID: string, fields: Readonly<Record<string, string>> = {}) =>
    (await touchworks.rows('GetEncounterList', { PatientID, ...fields })).map((row) => pick(row, ['ID', 'patientid']));

  it('are one per visit and one per claim without a visit to itself, the newest first', async () => {
    const rows = await touchworks.rows('GetEncounterList', { PatientID: '11', Parameter3: '30', Parameter4: 'Y' });
    expect(rows.map((row) => pick(row, ['ID', 'VisitID', 'DTTM', 'PerformingProviderID', 'EncounterType']))).toEqual([
      ['7106', '106', '6/14/2025 9:00:00 AM', '3', 'Appointment'],
      ['7103', '103', '6/13/2025 9:00:00 AM', '3', 'Appointment'],
      ['7105', '105', '6/12/2025 4:30:00 PM', '4', 'Appointment'],
      ['7101', '101', '6/12/2025 9:00:00 AM', '3', 'Appointment'],
      ['8302', '0', '3/2/2025 12:00:00 AM', '3', 'Non-Appointment'],
      ['8301', '104', '1/15/2025 9:00:00 AM', '3', 'Appointment'],
      ['7104', '104', '1/15/2025 9:00:00 AM', '3', 'Appointment'],
    ]);
  });

  it.each([
    [{}, ['7105', '7101']],
    [{ Parameter3: '1' }, ['7103', '7105', '7101']],
    [{ Parameter2: '06/13/2025' }, ['7103']],
    [{ Parameter4: 'Y', Parameter1: 'non-appointment' }, ['8302']],
    [{ Parameter4: 'Y', Parameter5: 'TMARCHBANKS' }, ['7105']],
  ])('are filtered by %j', async (fields, ids) => {
    expect((await list('11', fields)).map(([id]) => id)).toEqual(ids);
  });

  it('are a row of zeros when there is none', async () => {
    expect(await list('99')).toEqual(NOTHING);
    expect(await list('')).toEqual(NOTHING);
  });

  it.each([
    ['7104', ['300001', '300002'], 'Submitted'],
    ['8301', ['301001'], 'Unsubmitted'],
    ['8302', ['302001', '302002'], 'Voided'],
    ['7102', ['303001', '303002'], 'Pending'],
    ['7101', [], undefined],
    ['104', [], undefined],
    ['8300', [], undefined],
    ['9104', [], undefined],
  ])('carry charges: %s', async (encounter, ids, status) => {
    const rows = await touchworks.rows('GetCharges', { Parameter1: encounter });
    expect(column(rows, 'ChargeID')).toEqual(ids);
    expect(rows[0]?.Status).toBe(status);
  });

  it('tell a charge', async () => {
    expect((await touchworks.rows('GetCharges', { Parameter1: '7104' }))[0]).toEqual({
      ChargeID: '300001',
      EncounterID: '7104',
      ChargeCode: '99213',
      ChargeDescription: 'Procedure 99213',
      Units: '1',
      Modifier1: '25',
      Modifier2: 'GT',
      Modifier3: '',
      Modifier4: '',
      DiagnosisCodes: 'I10|E11.9',
      Status: 'Submitted',
    });
  });
});

describe('the account', () => {
  it('tells money by voucher, with sign, without and in parentheses', async () => {
    expect(await touchworks.rows('GetPatientAccountBalance', { PatientID: '11' })).toEqual([
      { Voucher_ID: '300', patientbalance: '$40.00' },
      { Voucher_ID: '301', patientbalance: '15.50' },
      { Voucher_ID: '302', patientbalance: '(5.50)' },
    ]);
  });

  it('tells the policies', async () => {
    expect((await touchworks.rows('GetPatientPolicy', { PatientID: '11' }))[1]).toEqual({
      Carrier_Name: 'Harbour Mutual',
      Certificate_No: 'HM-77',
      Group_No: 'G-5',
      Subscriber_Name: "O'Fernsby, Basil",
      Relationship: 'Spouse',
      Effective_Date: '01/01/2024',
      Termination_Date: '',
    });
    expect(await touchworks.rows('GetPatientPolicy', { PatientID: '99' })).toEqual([]);
  });
});
