import { describe, expect, it } from 'vitest';
import type { PatientFields } from '../../../schema/commands.ts';
import { row } from '../fixture/vendor.ts';
import { ETHNICITIES, LANGUAGES, RACES } from './code.ts';
import { toPatient } from './patient.ts';
import { PATIENT_COLUMNS, patientChangeForm, patientForm } from './patient-form.ts';

const FULL: PatientFields = {
  firstName: 'Avery',
  lastName: 'Sampleton',
  dateOfBirth: '1979-02-14',
  gender: 'FEMALE',
  address: { line1: '12 Test Lane', line2: 'Apt 3', city: 'Springfield', state: 'IL', postalCode: '62701' },
  phoneHome: '+12175550141',
  phoneMobile: '+12175550199',
  email: 'avery@example.com',
  preferredLanguage: 'en-US',
  race: ['2106-3', '2028-9'],
  ethnicity: '2186-5',
};

describe('a patient to be saved', () => {
  it('has the columns of Practice Management', () => {
    expect(patientForm(FULL)).toEqual({
      Last_Name: 'Sampleton',
      First_Name: 'Avery',
      DOB: '02/14/1979',
      Sex: 'F',
      Street1: '12 Test Lane',
      Street2: 'Apt 3',
      City: 'Springfield',
      State: 'IL',
      Zip_Code: '62701',
      HomePhone: '2175550141',
      Cell_Phone: '2175550199',
      Email_Address: 'avery@example.com',
      Language: 'English',
      Race: 'White|Asian',
      Ethnicity: 'Not Hispanic or Latino',
    });
  });

  it('comes back the same in those columns', () => {
    const { race = [], ethnicity, preferredLanguage: _, ...same } = FULL;
    const read = toPatient(row(patientForm(FULL)), '1');
    expect(read).toMatchObject(same);
    expect(read.race.map(({ codings }) => codings[0]?.code)).toEqual(race);
    expect(read.ethnicity?.codings[0]?.code).toBe(ethnicity);
    expect(read.preferredLanguage?.codings[0]?.code).toBe('en');
  });

  it.each(Object.entries(PATIENT_COLUMNS))('fills %s from one place of the input alone', (column, [field, part]) => {
    const whole = FULL[field];
    const value = part === undefined ? whole : { [part]: (whole as Record<string, unknown>)[part] };
    expect(Object.keys(patientForm({ [field]: value }))).toEqual([column]);
  });

  it.each(['MALE', 'FEMALE', 'OTHER', 'UNKNOWN'] as const)('of gender %s comes back so', (gender) => {
    expect(toPatient(row(patientForm({ gender })), '1').gender).toBe(gender);
  });

  it('has a new address as a whole, and no word of what was not given', () => {
    expect(patientChangeForm({ address: { line1: '1 New Street' } }, [])).toEqual({
      Street1: '1 New Street',
      Street2: '',
      City: '',
      State: '',
      Zip_Code: '',
    });
    expect(patientChangeForm({ email: 'a@example.org' }, ['phoneHome'])).toEqual({
      Email_Address: 'a@example.org',
      HomePhone: '',
    });
  });
});

describe('codes to be saved', () => {
  it.each([
    ['race', RACES, '2054-5', 'Black or African American'],
    ['ethnicity', ETHNICITIES, '2135-2', 'Hispanic or Latino'],
    ['language', LANGUAGES, 'ht', 'Haitian Creole'],
    ['a refusal to say', RACES, 'ASKU', 'Declined'],
  ])('of %s have the vendor’s word', (_, list, code, word) => {
    const concept = list.ofCode(code);
    expect(concept === undefined ? undefined : list.from(concept)).toBe(word);
    expect(list.ofCode('9999-9')).toBeUndefined();
  });
});
