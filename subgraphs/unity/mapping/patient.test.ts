import { describe, expect, it } from 'vitest';
import { row } from '../fixture/vendor.ts';
import { toCoverage, toNamedCoverage } from './coverage.ts';
import { fromPatient, patientCovers, toPatient } from './patient.ts';

/** As the EHR answers GetPatient, odd casing included. */
const ehr = {
  ID: '10001',
  Firstname: 'Avery',
  middlename: 'Q',
  LastName: 'Sampleton',
  suffix: 'Jr',
  mrn: '900101',
  ssn: '999-99-9999',
  gender: 'Female',
  dateofbirth: '14-Feb-1979',
  MaritalStatus: 'Married',
  Race: 'White',
  Ethnicity: 'Not Hispanic or Latino',
  Language: 'English',
  Addressline1: '12 Test Lane',
  AddressLine2: 'Apt 3',
  City: 'Springfield',
  State: 'IL',
  ZipCode: '62701',
  PhoneNumber: '(217) 555-0141',
  HomePhone: '(217) 555-0141',
  WorkPhone: '(217) 555-0149 x12',
  cellphone: '(217) 555-0142',
  Email: 'avery@example.com',
  HomeEmail: '',
  PhysFirstName: 'Dana',
  PhysLastName: 'Clarke',
  PrimaryInsurance: 'Demo Mutual PPO',
  DEM_EXTERNALID: 'X-1',
};

/** The same person as Practice Management answers GetPatientDemographics. */
const pm = {
  Patient_ID: '10001',
  Patient_Number: '5001',
  Patient_Med_Rec_No: '900101',
  Last_Name: 'Sampleton',
  First_Name: 'Avery',
  Middle_Initial: 'Q',
  Suffix: 'Jr',
  DOB: '02/14/1979',
  Sex: 'F',
  Race: 'White',
  Ethnicity: 'Not Hispanic or Latino',
  Language: 'English',
  SSN: '999-99-9999',
  Street1: '12 Test Lane',
  Street2: 'Apt 3',
  City: 'Springfield',
  State: 'IL',
  Zip_Code: '62701',
  HomePhone: '(217)555-0141',
  Work_Phone: '(217)555-0149',
  Work_Phone_Ext: '12',
  Cell_Phone: '(217)555-0142',
  Email_Address: 'avery@example.com',
  PCP_Name: 'Clarke, Dana',
};

/** By the names of the guide's field mapping. */
const guide = {
  PatientID: '10001',
  FirstName: 'Avery',
  LastName: 'Sampleton',
  DOB: '1979-02-14',
  Sex: 'F',
  Address1: '12 Test Lane',
  Address2: 'Apt 3',
  City: 'Springfield',
  State: 'IL',
  Zip: '62701',
  HomePhone: '(217) 555-0141',
  MobilePhone: '2175550142',
  Email: 'avery@example.com',
  Language: 'English',
  Race: 'White',
  Ethnicity: 'Not Hispanic or Latino',
};

const address = {
  line1: '12 Test Lane',
  line2: 'Apt 3',
  city: 'Springfield',
  state: 'IL',
  postalCode: '62701',
};

describe('a patient', () => {
  it.each([
    ['the EHR', ehr],
    ['Practice Management', pm],
    ['the guide’s names', guide],
  ])('is the same person from %s', (_, cells) => {
    expect(toPatient(row(cells), '10001')).toMatchObject({
      key: '10001',
      externalId: '10001',
      firstName: 'Avery',
      lastName: 'Sampleton',
      dateOfBirth: '1979-02-14',
      gender: 'FEMALE',
      address,
      addresses: [address],
      phoneHome: '+12175550141',
      phoneMobile: '+12175550142',
      email: 'avery@example.com',
      preferredLanguage: { codings: [{ code: 'en' }], text: 'English' },
      race: [{ codings: [{ code: '2106-3' }] }],
      ethnicity: { codings: [{ code: '2186-5' }] },
    });
  });

  it.each([
    ['the EHR', ehr],
    ['Practice Management', pm],
  ])('of %s keeps what only a full record has', (_, cells) => {
    const patient = toPatient(row(cells), '10001');
    expect(patient.names).toEqual([{ given: ['Avery', 'Q'], family: 'Sampleton', suffix: 'Jr' }]);
    expect(patient.identifiers[0]).toMatchObject({ value: '900101', type: { codings: [{ code: 'MR' }] } });
    expect(patient.telecoms.map(({ value, use }) => [value, use])).toEqual([
      ['+12175550141', 'home'],
      ['+12175550142', 'mobile'],
      [expect.stringMatching(/555-0149 x12$/), 'work'],
      ['avery@example.com', undefined],
    ]);
  });

  it('keeps the EHR’s own fields', () => {
    expect(toPatient(row(ehr), '10001').own).toEqual({
      sex: 'Female',
      maritalStatus: 'Married',
      primaryPhysician: 'Dana Clarke',
      externalDemographicId: 'X-1',
    });
    expect(toPatient(row(pm), '10001').own).toMatchObject({ sex: 'F', primaryPhysician: 'Clarke, Dana' });
  });

  it('never tells a social security number', () => {
    for (const cells of [ehr, pm]) expect(JSON.stringify(toPatient(row(cells), '10001'))).not.toContain('999-99');
  });

  it('has nothing where nothing is said', () => {
    expect(toPatient(row({ ID: '1' }), '1')).toMatchObject({
      identifiers: [],
      names: [],
      firstName: null,
      lastName: null,
      dateOfBirth: null,
      gender: null,
      addresses: [],
      address: null,
      telecoms: [],
      phoneHome: null,
      email: null,
      preferredLanguage: null,
      race: [],
      ethnicity: null,
    });
  });

  it.each([
    [
      'a phone that is no number',
      { HomePhone: 'ask daughter' },
      { phoneHome: null, telecoms: [{ value: 'ask daughter' }] },
    ],
    ['an e-mail that is none', { Email: 'none@' }, { email: null, telecoms: [{ value: 'none@' }] }],
    ['a second e-mail', { Email: 'n/a', HomeEmail: 'b@example.org' }, { email: 'b@example.org' }],
    [
      'a main phone of its own',
      { PhoneNumber: '2175550100' },
      { phoneHome: null, telecoms: [{ value: '+12175550100' }] },
    ],
    ['a sex without a mapping', { gender: 'Intersex' }, { gender: null, own: { sex: 'Intersex' } }],
    ['a birth that is partly known', { dateofbirth: '1950' }, { dateOfBirth: '1950' }],
    ['a birth that cannot be', { dateofbirth: '02/30/1950' }, { dateOfBirth: null }],
    ['one name only', { LastName: 'Cher' }, { names: [{ given: [], family: 'Cher' }] }],
  ])('with %s loses nothing and guesses nothing', (_, cells, expected) => {
    expect(toPatient(row({ ID: '1', ...cells }), '1')).toMatchObject(expected);
  });

  it('goes out in Practice Management’s columns and comes back the same', () => {
    const patient = toPatient(row(pm), '10001');
    const columns = fromPatient(patient);
    expect(columns).toEqual({
      Last_Name: 'Sampleton',
      First_Name: 'Avery',
      Middle_Initial: 'Q',
      Suffix: 'Jr',
      DOB: '02/14/1979',
      Sex: 'F',
      Street1: '12 Test Lane',
      Street2: 'Apt 3',
      City: 'Springfield',
      State: 'IL',
      Zip_Code: '62701',
      HomePhone: '2175550141',
      Cell_Phone: '2175550142',
      Email_Address: 'avery@example.com',
      Language: 'English',
      Race: 'White',
      Ethnicity: 'Not Hispanic or Latino',
    });
    const { identifiers: _1, telecoms: _2, own: _3, ...again } = toPatient(row(columns), '10001');
    const { identifiers: _4, telecoms: _5, own: _6, ...before } = patient;
    expect(again).toEqual(before);
  });

  it('goes out without what is not given', () => {
    expect(fromPatient({ lastName: 'A', firstName: null, gender: 'UNKNOWN' })).toEqual({ Last_Name: 'A', Sex: 'U' });
  });
});

describe('a summary', () => {
  const covers = (...columns: string[]) => [...patientCovers(new Set(columns))].sort();

  it.each([
    [
      ['id', 'lastname', 'firstname', 'dateofbirth', 'gender'],
      ['dateOfBirth', 'deceased', 'firstName', 'gender', 'lastName', 'sex'],
    ],
    [
      ['id', 'mrn', 'homephone'],
      ['deceased', 'identifiers', 'phoneHome'],
    ],
    [
      ['patientid', 'patientfirstname', 'patientlastname', 'patientdob'],
      ['dateOfBirth', 'deceased', 'firstName', 'lastName'],
    ],
  ])('tells what its columns %j can tell', (columns, fields) => {
    expect(covers(...columns)).toEqual(fields);
  });
});

describe('a coverage', () => {
  it('is a name in the EHR', () => {
    expect(toNamedCoverage(row(ehr))).toEqual([{ payer: 'Demo Mutual PPO' }]);
    expect(toNamedCoverage(row({ PrimaryInsurance: 'No primary insurance' }))).toEqual([]);
  });

  it('is a policy in Practice Management, from its first to its last day', () => {
    const policy = {
      Carrier_Name: 'Demo Mutual',
      Policy_Number: 'HM-77',
      Group_Number: 'G-5',
      Subscriber_Name: 'Sampleton, Avery',
      Relationship: 'Self',
      Effective_Date: '01/01/2024',
      Expiration_Date: '',
    };
    expect(toCoverage(row(policy), 'America/Chicago')).toEqual({
      payer: 'Demo Mutual',
      memberId: 'HM-77',
      groupNumber: 'G-5',
      subscriber: 'Sampleton, Avery',
      relationship: 'Self',
      period: { start: '2024-01-01T06:00:00Z', end: null },
    });
    expect(toCoverage(row({ Odd_Column: 'x' }), 'America/Chicago')).toBeUndefined();
  });
});
