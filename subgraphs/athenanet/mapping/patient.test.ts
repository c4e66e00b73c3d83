import { describe, expect, it } from 'vitest';
import { GraphError } from '../../../schema/errors.ts';
import { PatientPayload } from '../payload/patient.ts';
import { fromLanguage, toLanguage } from './language.ts';
import { toPatient } from './patient.ts';
import { fromPatient } from './patient-form.ts';

/** Everything that a row can have, in the mixed types in which it comes. */
const FULL = {
  patientid: 5001,
  firstname: 'Avery',
  middlename: 'Q',
  lastname: 'Larkspur',
  suffix: 'III',
  preferredname: 'Ave',
  dob: '04/17/1984',
  sex: 'F',
  status: 'active',
  address1: '12 Sample Orchard Ln',
  address2: 'Apt 4',
  city: 'EXAMPLEVILLE',
  state: 'MA',
  zip: '00000',
  countrycode: 'USA',
  countrycode3166: 'US',
  homephone: '5555550101',
  mobilephone: '5555550102',
  workphone: '5555550103',
  email: 'avery.larkspur@example.com',
  language6392code: 'eng',
  race: ['2106-3'],
  racename: 'White',
  ethnicitycode: '2186-5',
  maritalstatus: 'M',
  maritalstatusname: 'MARRIED',
  contactpreference: 'MOBILEPHONE',
  consenttocall: 'true',
  consenttotext: false,
  portalaccessgiven: true,
  registrationdate: '02/03/2024',
  departmentid: 1,
  primarydepartmentid: '2',
  primaryproviderid: '71',
};

const mapped = (row: Readonly<Record<string, unknown>>) =>
  toPatient(PatientPayload.parse({ patientid: '5001', ...row }), '999901');

describe('a patient', () => {
  it('has every field of the guide’s table', () => {
    expect(mapped(FULL)).toMatchObject({
      key: '5001',
      externalId: '5001',
      identifiers: [{ system: 'urn:athenahealth:athenanet:patient:999901', value: '5001' }],
      names: [
        { use: 'official', given: ['Avery', 'Q'], family: 'Larkspur', suffix: 'III' },
        { use: 'nickname', given: ['Ave'], family: 'Larkspur' },
      ],
      firstName: 'Avery',
      lastName: 'Larkspur',
      dateOfBirth: '1984-04-17',
      gender: 'FEMALE',
      deceased: null,
      address: {
        line1: '12 Sample Orchard Ln',
        line2: 'Apt 4',
        city: 'EXAMPLEVILLE',
        state: 'MA',
        postalCode: '00000',
        country: 'US',
      },
      telecoms: [
        { system: 'phone', value: '+15555550101', use: 'home' },
        { system: 'phone', value: '+15555550102', use: 'mobile', rank: 1 },
        { system: 'phone', value: '+15555550103', use: 'work' },
        { system: 'email', value: 'avery.larkspur@example.com' },
      ],
      phoneHome: '+15555550101',
      phoneMobile: '+15555550102',
      email: 'avery.larkspur@example.com',
      preferredLanguage: {
        codings: [
          { system: 'urn:ietf:bcp:47', code: 'en', display: 'English' },
          { system: 'urn:iso:std:iso:639:-2', code: 'eng', display: 'English' },
        ],
      },
      race: [{ codings: [{ system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' }] }],
      ethnicity: { codings: [{ code: '2186-5', display: 'Not Hispanic or Latino' }] },
      own: {
        departmentId: '1',
        primaryDepartmentId: '2',
        primaryProviderId: '71',
        status: 'active',
        sex: 'F',
        maritalStatus: { codings: [{ code: 'M' }], text: 'MARRIED' },
        registrationDate: '2024-02-03',
        contactPreference: 'MOBILEPHONE',
        consentToCall: true,
        consentToText: false,
        portalAccessGiven: true,
        declined: [],
      },
    });
  });

  it('has nothing that its row has not', () => {
    expect(mapped({})).toMatchObject({
      names: [],
      firstName: null,
      dateOfBirth: null,
      gender: null,
      deceased: null,
      addresses: [],
      address: null,
      telecoms: [],
      phoneHome: null,
      email: null,
      preferredLanguage: null,
      race: [],
      ethnicity: null,
      own: { sex: undefined, maritalStatus: undefined, consentToCall: undefined },
    });
  });

  it.each([
    { sex: 'M', gender: 'MALE' },
    { sex: 'f', gender: 'FEMALE' },
    { sex: 'O', gender: 'OTHER' },
    { sex: 'U', gender: 'UNKNOWN' },
    { sex: 'N', gender: 'UNKNOWN' },
    { sex: 'X', gender: null },
    { sex: '', gender: null },
  ])('of the sex "$sex" is $gender, with the vendor’s own word kept', ({ sex, gender }) => {
    expect(mapped({ sex })).toMatchObject({ gender, own: { sex: sex === '' ? undefined : sex } });
  });

  it.each([
    { dob: '4/7/1984', born: '1984-04-07' },
    { dob: '02/29/2024', born: '2024-02-29' },
    { dob: '02/30/2024', born: null },
    { dob: '1984-04-17', born: null },
    { dob: null, born: null },
  ])('born "$dob" is $born', ({ dob, born }) => {
    expect(mapped({ dob }).dateOfBirth).toBe(born);
  });

  it.each([
    { raw: '5555550101', e164: '+15555550101', value: '+15555550101' },
    { raw: '(555) 555-0101', e164: '+15555550101', value: '+15555550101' },
    { raw: '555-0101', e164: null, value: '555-0101' },
  ])('with the telephone "$raw" has $e164 and keeps $value', ({ raw, e164, value }) => {
    const { phoneHome, telecoms } = mapped({ homephone: raw });
    expect({ phoneHome, value: telecoms[0]?.value }).toEqual({ phoneHome: e164, value });
  });

  it('keeps an e-mail address that is none out of `email` and in the telecoms', () => {
    expect(mapped({ email: 'ask at desk' })).toMatchObject({
      email: null,
      telecoms: [{ system: 'email', value: 'ask at desk' }],
    });
  });

  it.each([
    { row: { email: 'declined' }, field: 'email', check: { email: null, telecoms: [] } },
    { row: { mobilephone: 'declined' }, field: 'phoneMobile', check: { phoneMobile: null, telecoms: [] } },
    {
      row: { language6392code: 'declined' },
      field: 'preferredLanguage',
      check: { preferredLanguage: { codings: [{ code: 'ASKU' }], text: 'declined' } },
    },
    {
      row: { race: ['declined'] },
      field: 'race',
      check: { race: [{ codings: [{ code: 'ASKU' }], text: 'declined' }] },
    },
    {
      row: { ethnicitycode: 'declined' },
      field: 'ethnicity',
      check: { ethnicity: { codings: [{ code: 'ASKU' }], text: 'declined' } },
    },
  ])('who declined to tell $field says so', ({ row, field, check }) => {
    expect(mapped(row)).toMatchObject({ ...check, own: { declined: [field] } });
  });

  it('who died is deceased', () => {
    expect(mapped({ deceaseddate: '11/02/2025' })).toMatchObject({
      deceased: true,
      own: { deceasedDate: '2025-11-02' },
    });
  });

  it.each([
    { raw: '2106-3\t2054-5', codes: ['2106-3', '2054-5'] },
    { raw: ['2028-9', '1002-5'], codes: ['2028-9', '1002-5'] },
    { raw: ['R5'], codes: ['R5'] },
    { raw: null, codes: [] },
  ])('of the race $raw has $codes', ({ raw, codes }) => {
    expect(mapped({ race: raw }).race.map(({ codings }) => codings[0]?.code)).toEqual(codes);
  });

  it('gives a race code that is not the CDC’s no code system', () => {
    expect(mapped({ race: ['R5'] }).race[0]?.codings[0]?.system).toBeUndefined();
  });

  it.each([
    { raw: 'X', code: 'L' },
    { raw: 'P', code: 'T' },
    { raw: 'U', code: 'UNK' },
    { raw: 'Q', code: 'Q' },
  ])('of the marital status $raw has $code', ({ raw, code }) => {
    expect(mapped({ maritalstatus: raw }).own?.maritalStatus).toMatchObject({ codings: [{ code }] });
  });
});

describe('languages', () => {
  it.each([
    { raw: 'spa', tags: ['es', 'spa'], text: 'Spanish' },
    { raw: 'zho', tags: ['zh', 'zho'], text: 'Chinese' },
    { raw: 'ase', tags: ['ase'], text: null },
  ])('$raw is $text', ({ raw, tags, text }) => {
    const language = toLanguage(raw);
    expect({ tags: language?.codings.map(({ code }) => code), text: language?.text }).toEqual({ tags, text });
  });

  it.each([
    { code: 'es', raw: 'spa' },
    { code: 'es-MX', raw: 'spa' },
    { code: 'eng', raw: 'eng' },
    { code: 'tlh', raw: undefined },
  ])('$code is sent as $raw', ({ code, raw }) => {
    expect(fromLanguage({ codings: [{ system: 'urn:ietf:bcp:47', code }] })).toBe(raw);
  });
});

describe('a patient’s form', () => {
  it.each(['platform', 'guide'])('says what the row said (%s)', (dialect) => {
    expect(fromPatient(mapped(FULL), dialect)).toEqual({
      firstname: 'Avery',
      middlename: 'Q',
      lastname: 'Larkspur',
      suffix: 'III',
      preferredname: 'Ave',
      dob: '04/17/1984',
      sex: 'F',
      address1: '12 Sample Orchard Ln',
      address2: 'Apt 4',
      city: 'EXAMPLEVILLE',
      state: 'MA',
      zip: '00000',
      countrycode3166: 'US',
      homephone: '5555550101',
      mobilephone: '5555550102',
      email: 'avery.larkspur@example.com',
      language6392code: 'eng',
      race: '2106-3',
      ethnicitycode: '2186-5',
      maritalstatus: 'M',
    });
  });

  it('read back is the patient that it was made of', () => {
    const { workphone: _, ...row } = FULL;
    const { key, externalId, identifiers, own, telecoms, ...patient } = mapped(row);
    const again = mapped(fromPatient(mapped(row), 'platform'));
    expect(again).toMatchObject({ ...patient, telecoms: telecoms.map(({ rank: _rank, ...one }) => one) });
  });

  it('joins several races by tabs and keeps what was declined', () => {
    const row = { race: ['2106-3', '2054-5'], email: 'declined', mobilephone: 'declined', ethnicitycode: 'declined' };
    expect(fromPatient(mapped(row), 'platform')).toEqual({
      race: '2106-3\t2054-5',
      email: 'declined',
      mobilephone: 'declined',
      ethnicitycode: 'declined',
    });
  });

  it.each([
    { dialect: 'guide', gender: 'OTHER', form: { sex: 'O' } },
    { dialect: 'platform', gender: 'UNKNOWN', form: { sex: 'U' } },
    { dialect: 'platform', gender: 'MALE', form: { sex: 'M' } },
  ] as const)('of $gender is $form for the $dialect', ({ dialect, gender, form }) => {
    expect(fromPatient({ gender }, dialect)).toEqual(form);
  });

  it.each([
    { title: 'a first name of 20', patient: { firstName: 'a'.repeat(20) }, ok: true },
    { title: 'a first name of 21', patient: { firstName: 'a'.repeat(21) }, ok: false },
    { title: 'a last name of 30', patient: { lastName: 'a'.repeat(30) }, ok: true },
    { title: 'a last name of 31', patient: { lastName: 'a'.repeat(31) }, ok: false },
    { title: 'a partial birth date', patient: { dateOfBirth: '1984-04' }, ok: false },
    { title: 'a foreign telephone', patient: { phoneHome: '+442071234567' }, ok: false },
    { title: 'a gender that the platform has not', patient: { gender: 'OTHER' as const }, ok: false },
    { title: 'a country by name', patient: { address: { country: 'USA' } }, ok: false },
    { title: 'a US telephone', patient: { phoneHome: '+12175550141' }, ok: true },
  ])('with $title is accepted: $ok', ({ patient, ok }) => {
    const made = () => fromPatient(patient, 'platform');
    if (ok) expect(made).not.toThrow();
    else expect(made).toThrow(GraphError);
  });
});
