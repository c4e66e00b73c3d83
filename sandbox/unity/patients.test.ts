import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, pick } from './caller.ts';
import { UNITY_SIGN_IN } from './simulator.ts';

let touchworks: Bench;
let professional: Bench;
beforeAll(async () => {
  touchworks = await openBench();
  professional = await openBench({ product: 'professional' });
});
afterAll(async () => {
  await touchworks.simulator.close();
  await professional.simulator.close();
});

describe('SearchPatients', () => {
  it.each([
    ["O'Fernsby, Wren", ['11']],
    ['fern, BAS', ['12', '13']],
    ['Fern', ['12', '13']],
    [', basilia', ['13']],
    ['Wren', []],
    ['M-0012', ['12']],
    ['M-001', []],
    ['07/09/1984', ['11']],
    ['7/9/1984', ['11']],
    ['1984-07-09', ['11']],
    ['09-Jul-1984', ['11']],
    ['05/01/1990', []],
    ['pear walk', ['11']],
    ['12207', ['11']],
    ['5185550111', []],
    ['(518) 555-0111', []],
    ['', []],
    [',', []],
  ])('finds for %j the patients %j', async (text, ids) => {
    expect(column(await touchworks.rows('SearchPatients', { Parameter1: text }), 'ID')).toEqual(ids);
  });

  it('tells the summary', async () => {
    expect(await touchworks.rows('SearchPatients', { Parameter1: "O'Fernsby" })).toEqual([
      {
        ID: '11',
        lastname: "O'Fernsby",
        firstname: 'Wren',
        middlename: 'Isolde',
        dateofbirth: '07/09/1984',
        gender: 'Female',
        mrn: 'M-0011',
        HomePhone: '(518) 555-0111',
        ssn: '',
      },
    ]);
  });

  it('answers a row that says so where Professional EHR finds nobody', async () => {
    const rows = await professional.rows('SearchPatients', { Parameter1: 'Zzyzx' });
    expect(rows.map((row) => pick(row, ['ID', 'lastname', 'mrn']))).toEqual([['0', 'No patients found', '']]);
  });
});

describe('GetPatient', () => {
  it('tells what the EHR holds, in the columns of Professional EHR', async () => {
    expect(await professional.rows('GetPatient', { PatientID: '11', Parameter1: 'N' })).toEqual([
      {
        ID: '11',
        Firstname: 'Wren',
        middlename: 'Isolde',
        LastName: "O'Fernsby",
        suffix: 'Jr',
        mrn: 'M-0011',
        ssn: 'No SSN',
        gender: 'Female',
        dateofbirth: '09-Jul-1984',
        age: '40y',
        AgeDec: '40.926',
        MaritalStatus: 'Widowed',
        Race: 'White|Asian',
        Ethnicity: 'Not Hispanic or Latino',
        Language: 'Spanish',
        Addressline1: '7 Quince & Pear Walk',
        AddressLine2: 'Unit <B>',
        City: 'Albany',
        State: 'NY',
        ZipCode: '12207',
        PhoneNumber: '(518) 555-0111',
        HomePhone: '(518) 555-0111',
        WorkPhone: '(518) 555-0113',
        cellphone: '(518) 555-0112',
        Email: 'wren@example.org',
        HomeEmail: '',
        Occupation: '',
        Employer: '',
        PatientLocation: 'Quince Street',
        PhysUserName: 'OMARCHBANKS',
        PhysFirstName: 'Odile',
        PhysLastName: 'Marchbanks',
        PhysPhone: '(518) 555-0100',
        PrimaryInsurance: 'Harbour Mutual',
        DEM_EXTERNALID: 'M-0011',
        base64image: '',
      },
    ]);
  });

  it('leaves empty what is not known, a birth date that is known to the month too', async () => {
    const [row] = await touchworks.rows('GetPatient', { PatientID: '12' });
    expect(Object.entries(row ?? {}).filter(([, text]) => text !== '')).toEqual([
      ['ID', '12'],
      ['FirstName', 'Basil'],
      ['LastName', 'Fernhill'],
      ['MRN', 'M-0012'],
      ['ssn', 'No SSN'],
      ['PrimaryInsurance', 'No primary insurance'],
      ['DEM_EXTERNALID', 'M-0012'],
    ]);
  });

  it('writes the birth date and the casing of TouchWorks', async () => {
    const [row] = await touchworks.rows('GetPatient', { PatientID: '11' });
    expect(pick(row, ['FirstName', 'DateOfBirth', 'CellPhone', 'cellphone'])).toEqual([
      'Wren',
      '7/9/1984 12:00:00 AM',
      '(518) 555-0112',
      undefined,
    ]);
  });

  it('sends a picture only when it is asked for', async () => {
    const picture = async (flag: string) =>
      (await touchworks.rows('GetPatient', { PatientID: '11', Parameter1: flag }))[0]?.base64image;
    expect(await picture('N')).toBe('');
    expect(await picture('Y')).toMatch(/^R0lGOD/);
  });

  it.each(['99', '', '0', '11 ', '+11', '1.1e1', 'M-0011'])(
    'answers a row of blanks for the id %j',
    async (PatientID) => {
      const rows = await touchworks.rows('GetPatient', { PatientID });
      expect(rows.map((row) => [...new Set(Object.values(row))])).toEqual([['']]);
    },
  );

  it.each([
    ['M-0013', '13'],
    ['M-9999', ''],
    ['', ''],
  ])('finds by the MRN %j', async (mrn, id) => {
    expect(column(await touchworks.rows('GetPatientByMRN', { Parameter1: mrn }), 'ID')).toEqual([id]);
  });
});

describe('GetPatientDemographics', () => {
  it('tells what Practice Management holds', async () => {
    const [row] = await touchworks.rows('GetPatientDemographics', { PatientID: '11' });
    expect(
      pick(row, [
        ...['Patient_ID', 'Patient_Med_Rec_No', 'Last_Name', 'First_Name', 'Middle_Initial', 'DOB', 'Sex'],
        ...['Marital_Status', 'Street1', 'Zip_Code', 'HomePhone', 'Usual_Provider_Abbr', 'PCP_Name'],
      ]),
    ).toEqual([
      ...['11', 'M-0011', "O'Fernsby", 'Wren', 'I', '07/09/1984', 'F'],
      ...['W', '7 Quince & Pear Walk', '12207', '(518)555-0111', 'MARCHBANKS3', 'Marchbanks, Odile'],
    ]);
    expect(row?.Patient_Number).not.toBe('11');
  });

  it('answers no row for a patient who is not there', async () => {
    expect(await touchworks.rows('GetPatientDemographics', { PatientID: '99' })).toEqual([]);
  });

  it('leaves NULL columns out of the XML', async () => {
    const { signIn, magic } = touchworks;
    const call = { Action: 'GetPatientDemographics', UserID: UNITY_SIGN_IN.ehrUser, Token: await signIn() };
    const text = await (await magic({ ...call, PatientID: '12' })).text();
    const row = text.slice(text.indexOf('<getpatientdemographicsinfo diffgr'));
    expect(row).toContain('<Work_Phone_Ext/>');
    expect(row).not.toContain('Street1');
  });
});

describe('GetChangedPatients', () => {
  it.each([
    ['2025-06-10T08:00:00', 'N', ['11', '12']],
    ['2025-06-10T08:00:00.001', 'N', ['11', '12']],
    ['06/01/2025', 'N', ['11', '12', '13']],
    ['2025-06-11', 'N', ['11']],
    ['2025-06-12', 'N', []],
    ['2025-06-01', 'Y', ['11', '12']],
    ['', 'N', ['11', '12', '13']],
  ])('since %j, clinical only %s: %j', async (since, clinical, ids) => {
    const rows = await touchworks.rows('GetChangedPatients', { Parameter1: since, Parameter2: clinical });
    expect(column(rows, 'patientid')).toEqual(ids);
  });
});
