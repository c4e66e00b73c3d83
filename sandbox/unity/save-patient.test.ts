import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, type Row } from './caller.ts';
import { escapeXml } from './xml.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.simulator.close());

type Fields = Readonly<Record<string, string>>;

const xml = (fields: Fields): string =>
  `<patient>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('')}</patient>`;

const save = async (fields: Fields, more: Fields = {}): Promise<Row | undefined> =>
  (await bench.rows('SavePatient', { Parameter2: xml(fields), ...more }))[0];
const demographics = async (id: string): Promise<Row | undefined> =>
  (await bench.rows('GetPatientDemographics', { PatientID: id }))[0];

const NEWCOMER: Fields = {
  Last_Name: 'Ashgrove-Müller',
  First_Name: 'Zoë',
  DOB: '02/14/1979',
  Sex: 'F',
};
const WHOLE: Fields = {
  ...NEWCOMER,
  Middle_Initial: 'Q',
  Suffix: 'III',
  Marital_Status: 'M',
  Race: 'White|Asian',
  Ethnicity: 'Not Hispanic or Latino',
  Language: 'Spanish',
  Street1: '12 "Test" & <Lane>',
  Street2: 'Apt 4',
  City: 'Springfield',
  State: 'IL',
  Zip_Code: '62701-1234',
  HomePhone: '(217)555-0199',
  Work_Phone: '(217)555-0198',
  Cell_Phone: '(217)555-0197',
  Email_Address: 'zoe@example.org',
  Usual_Provider_Abbr: 'MARCHBANKS3',
};

describe('SavePatient', () => {
  it('makes a patient whom every read shows as sent', async () => {
    expect(await save(WHOLE)).toEqual({ Patient_ID: '14', Status: 'Success' });
    expect(await demographics('14')).toMatchObject({ Patient_ID: '14', Patient_Med_Rec_No: '100014', ...WHOLE });
    const [chart] = await bench.rows('GetPatient', { PatientID: '14' });
    expect(chart).toMatchObject({
      ID: '14',
      FirstName: 'Zoë',
      MiddleName: 'Q',
      LastName: 'Ashgrove-Müller',
      gender: 'Female',
      DateOfBirth: '2/14/1979 12:00:00 AM',
      AddressLine1: '12 "Test" & <Lane>',
      CellPhone: '(217) 555-0197',
      Language: 'Spanish',
    });
    expect(column(await bench.rows('SearchPatients', { Parameter1: 'Ashgrove-Müller, Zoë' }), 'ID')).toEqual(['14']);
    const changed = await bench.rows('GetChangedPatients', { Parameter1: '2025-06-12T12:00:00' });
    expect(column(changed, 'patientid')).toEqual(['14']);
    expect(bench.simulator.commits).toMatchObject([
      { call: 'Magic SavePatient', kind: 'created', type: 'Patient', id: 14, record: { birthDate: '1979-02-14' } },
    ]);
  });

  it('takes the XML where the EHR has it too', async () => {
    const more = { Parameter1: xml(NEWCOMER), Parameter2: '', PatientID: '0' };
    expect(await save({}, more)).toEqual({ Patient_ID: '14', Status: 'Success' });
  });

  it('makes somebody who is there already once more', async () => {
    await save(NEWCOMER);
    expect(await save(NEWCOMER)).toEqual({ Patient_ID: '15', Status: 'Success' });
  });

  it.each(['White|Asian', 'Asian; White', 'asian'])('takes the races %j', async (Race) => {
    await save({ ...NEWCOMER, Race });
    const races = (await demographics('14'))?.Race?.split('|').sort();
    expect(races).toEqual(Race === 'asian' ? ['Asian'] : ['Asian', 'White']);
  });

  it('invents nothing for what was not sent', async () => {
    await save(NEWCOMER);
    const row = await demographics('14');
    for (const name of Object.keys(WHOLE)) expect([name, row?.[name]]).toEqual([name, NEWCOMER[name] ?? '']);
  });

  it('changes what was sent, empties what is empty and leaves the rest', async () => {
    const before = await demographics('11');
    expect(await save({ City: 'Troy', Street2: '', Cell_Phone: '518.555.0177' }, { PatientID: '11' })).toEqual({
      Patient_ID: '11',
      Status: 'Success',
    });
    expect(await demographics('11')).toEqual({ ...before, City: 'Troy', Street2: '', Cell_Phone: '(518)555-0177' });
    await save({ Race: '', Language: '', Suffix: '' }, { PatientID: '11' });
    expect(await demographics('11')).toMatchObject({ Race: '', Language: '', Suffix: '', City: 'Troy' });
    const changed = await bench.rows('GetChangedPatients', { Parameter1: '2025-06-12T12:00:00' });
    expect(column(changed, 'patientid')).toEqual(['11']);
  });

  it('keeps a middle name whose initial is sent', async () => {
    await save({ Middle_Initial: 'I' }, { PatientID: '11' });
    expect(await bench.rows('GetPatient', { PatientID: '11' })).toMatchObject([{ MiddleName: 'Isolde' }]);
    await save({ Middle_Initial: 'Q' }, { PatientID: '11' });
    expect(await bench.rows('GetPatient', { PatientID: '11' })).toMatchObject([{ MiddleName: 'Q' }]);
  });

  it('has committed when its answer is lost', async () => {
    bench.simulator.fault({ kind: 'lose', match: 'Magic SavePatient', times: 1 });
    await expect(save(NEWCOMER)).rejects.toThrow();
    expect(await demographics('14')).toMatchObject({ First_Name: 'Zoë' });
    expect(bench.simulator.commits).toHaveLength(1);
  });

  it.each<[string, Fields, Fields, string]>([
    ['a new patient without last name', { ...NEWCOMER, Last_Name: ' ' }, {}, 'Last_Name is required.'],
    ['a new patient without birth date', { ...NEWCOMER, DOB: '' }, {}, 'DOB is required.'],
    ['to take the first name away', { First_Name: '' }, { PatientID: '11' }, 'First_Name is required.'],
    ['a patient who is not there', { City: 'Troy' }, { PatientID: '99' }, 'PatientID is not valid.'],
    ['a date of another form', { ...NEWCOMER, DOB: '1979-02-14' }, {}, 'DOB is not valid.'],
    ['a date that is none', { ...NEWCOMER, DOB: '02/30/1979' }, {}, 'DOB is not valid.'],
    ['a birth to come', { ...NEWCOMER, DOB: '06/13/2025' }, {}, 'DOB is not valid.'],
    ['a sex in words', { ...NEWCOMER, Sex: 'Female' }, {}, 'Sex is not valid.'],
    ['a whole middle name', { ...NEWCOMER, Middle_Initial: 'Quinn' }, {}, 'Middle_Initial is not valid.'],
    ['a state in words', { ...NEWCOMER, State: 'Illinois' }, {}, 'State is not valid.'],
    ['a short postal code', { ...NEWCOMER, Zip_Code: '6270' }, {}, 'Zip_Code is not valid.'],
    ['a short number', { ...NEWCOMER, HomePhone: '555-0199' }, {}, 'HomePhone is not valid.'],
    ['an address that is none', { ...NEWCOMER, Email_Address: 'zoe' }, {}, 'Email_Address is not valid.'],
    ['a race that nobody knows', { ...NEWCOMER, Race: 'White|Martian' }, {}, 'Race is not valid.'],
    [
      'a provider who is not there',
      { ...NEWCOMER, Usual_Provider_Abbr: 'NOBODY' },
      {},
      'Usual_Provider_Abbr is not valid.',
    ],
    ['an element of its own', { ...NEWCOMER, Shoe_Size: '42' }, {}, 'Shoe_Size is not recognized.'],
    ['the XML twice', NEWCOMER, { Parameter1: xml(NEWCOMER) }, 'XML is not valid.'],
    ['another root', {}, { Parameter2: '<person/>' }, 'XML is not valid.'],
    ['elements in elements', {}, { Parameter2: '<patient><Last_Name><b/></Last_Name></patient>' }, 'XML is not valid.'],
  ])('refuses %s', async (_case, fields, more, text) => {
    expect(await save(fields, more)).toEqual({ STATUS: `Critical: ${text}` });
    expect(bench.simulator.commits).toEqual([]);
  });
});
