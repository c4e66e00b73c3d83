import { describe, expect, it } from 'vitest';
import { parseFhir } from '../document.ts';
import { context, fromWire } from '../fixtures/records.ts';
import { toResource } from '../payload.ts';
import { fromPatient, GENDER, type PatientDetails, toPatient } from './patient.ts';

const map = (fields: object) => toPatient(fromWire('Patient', fields), context);
const MR = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] };
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';
const CDC = 'urn:oid:2.16.840.1.113883.6.238';

describe('toPatient', () => {
  it.each([
    [
      'an official before a usual name',
      [
        { use: 'usual', family: 'U' },
        { use: 'official', family: 'O' },
      ],
      'O',
    ],
    ['a usual name before one without a use', [{ family: 'N' }, { use: 'usual', family: 'U' }], 'U'],
    ['no old name', [{ use: 'old', family: 'X' }], null],
    ['no maiden name', [{ use: 'maiden', family: 'X' }], null],
    ['no name that has ended', [{ use: 'official', family: 'X', period: { end: '2020' } }], null],
    ['a name that ends later', [{ use: 'official', family: 'O', period: { end: '2030' } }], 'O'],
    ['nothing of a name that is only a text', [{ text: 'Ana María de la Cruz' }], null],
  ])('uses %s', (_what, name, lastName) => {
    expect(map({ name }).lastName).toBe(lastName);
  });

  it('keeps every name whole, the unused ones too', () => {
    const name = [
      {
        use: 'official',
        prefix: ['Dr.'],
        given: ['Peter', null, 'J.'],
        family: 'O’Brien-García',
        suffix: ['Jr.', 'MD'],
      },
      { use: 'maiden', family: 'Windsor' },
    ];
    expect(map({ name })).toMatchObject({
      firstName: 'Peter',
      names: [
        {
          use: 'official',
          prefix: 'Dr.',
          given: ['Peter', 'J.'],
          family: 'O’Brien-García',
          suffix: 'Jr. MD',
          text: null,
        },
        { use: 'maiden', given: [], family: 'Windsor' },
      ],
    });
  });

  it.each([
    ['1974', '1974'],
    ['1974-12', '1974-12'],
    ['1974-12-25', '1974-12-25'],
    ['25.12.1974', null],
    [undefined, null],
  ])('keeps a date of birth as precise as it is: %s', (birthDate, expected) => {
    expect(map({ birthDate }).dateOfBirth).toBe(expected);
  });

  it('tells why there is no date of birth', () => {
    const extension = [
      { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'asked-unknown' },
    ];
    expect(map({ _birthDate: { extension } }).own?.birthDateAbsentReason).toBe('asked-unknown');
  });

  it.each([
    ['male', 'MALE'],
    ['female', 'FEMALE'],
    ['other', 'OTHER'],
    ['unknown', 'UNKNOWN'],
    [undefined, null],
    ['W', null],
  ])('reads the gender %s as %s', (gender, expected) => {
    const patient = map({ gender });
    expect(patient.gender).toBe(expected);
    expect(patient.own?.vendorGender).toBe(gender ?? null);
  });

  it('turns every gender back into the code that it came from', () => {
    for (const code of ['male', 'female', 'other', 'unknown']) expect(GENDER.from(GENDER.to(code))).toBe(code);
  });

  it.each([
    [{}, null, null],
    [{ deceasedBoolean: false }, false, null],
    [{ deceasedBoolean: true }, true, null],
    [{ deceasedDateTime: '2015-02' }, true, '2015-02'],
  ])('tells death from silence: %j', (fields, deceased, deceasedAt) => {
    expect(map(fields)).toMatchObject({ deceased, own: { deceasedAt } });
  });

  it('finds the best telephone numbers, without old ones and extensions', () => {
    const telecom = [
      { system: 'phone', use: 'old', value: '617-555-0199' },
      { system: 'phone', use: 'home', rank: 2, value: '617-555-0101' },
      { system: 'phone', use: 'home', rank: 1, value: '(617) 555-0134 x22' },
      { system: 'phone', use: 'mobile', value: '555-0199' },
      { system: 'sms', use: 'mobile', value: '+1.617.555.0135' },
      { system: 'phone', use: 'home' },
      { system: 'email', value: 'P.Chalmers@Example.com' },
    ];
    const patient = map({ telecom });
    expect(patient).toMatchObject({
      phoneHome: '+16175550134',
      phoneMobile: '+16175550135',
      email: 'P.Chalmers@example.com',
    });
    expect(patient.telecoms.map(({ value }) => value)).toEqual([
      '+16175550199',
      '+16175550101',
      '(617) 555-0134 x22',
      '555-0199',
      '+16175550135',
      'P.Chalmers@Example.com',
    ]);
  });

  it('does not answer with an e-mail address that is none', () => {
    expect(map({ telecom: [{ system: 'email', value: 'declined' }] })).toMatchObject({
      email: null,
      telecoms: [{ system: 'email', value: 'declined' }],
    });
  });

  it('uses the home address that is a place, now', () => {
    const address = [
      { use: 'old', line: ['1 Old St'], city: 'X' },
      { use: 'home', type: 'postal', line: ['PO Box 1'], city: 'Salem' },
      { use: 'home', type: 'physical', line: ['534 Erewhon St', 'Apt 2', 'Rear'], city: 'P', postalCode: '01970' },
      { text: 'somewhere' },
    ];
    const patient = map({ address });
    expect(patient.address).toEqual({
      use: 'home',
      line1: '534 Erewhon St',
      line2: 'Apt 2, Rear',
      city: 'P',
      state: null,
      postalCode: '01970',
      country: null,
    });
    expect(patient.addresses.map(({ line1 }) => line1)).toEqual([
      '1 Old St',
      'PO Box 1',
      '534 Erewhon St',
      'somewhere',
    ]);
  });

  it('never passes on numbers that the state gave a person', () => {
    const type = (code: string) => ({ coding: [{ code }] });
    const identifier = [
      { type: MR, system: 'urn:oid:1.2.3', value: 'A1' },
      { type: type('SS'), value: '999-12-3456' },
      { system: 'http://hl7.org/fhir/sid/us-ssn', value: '999-12-3456' },
      { system: 'urn:oid:2.16.840.1.113883.4.1', value: '999-12-3456' },
      { type: { text: 'Social Security Number' }, value: '999-12-3456' },
      { type: type('DL'), value: 'S9996' },
      { type: type('PPN'), value: 'X7706' },
    ];
    const patient = map({ identifier });
    expect(patient.identifiers.map(({ value }) => value)).toEqual(['A1']);
    expect(JSON.stringify(patient)).not.toMatch(/999-12-3456|S9996|X7706/);
  });

  it('keeps record numbers of several hospitals, old ones apart', () => {
    const identifier = [
      { use: 'usual', type: MR, system: 'urn:oid:1.2.3.1', value: 'A1' },
      { use: 'old', type: MR, system: 'urn:oid:1.2.3.1', value: 'A0' },
      { type: { text: 'EPI' }, system: 'not a uri', value: 'E99' },
      { type: MR, system: 'urn:oid:1.2.3.2', value: 'B7', period: { end: '2019-01-01' } },
    ];
    const patient = map({ identifier });
    expect(patient.identifiers).toEqual([
      { system: 'urn:oid:1.2.3.1', value: 'A1', type: { codings: [{ ...MR.coding[0], display: null }], text: null } },
      { system: null, value: 'E99', type: { codings: [], text: 'EPI' } },
    ]);
    expect(patient.own?.oldIdentifiers).toMatchObject([{ value: 'A0' }, { value: 'B7' }]);
  });

  it('keeps several races apart, and unknown ones as what they are', () => {
    const extension = [
      {
        url: `${US_CORE}/us-core-race`,
        extension: [
          { url: 'ombCategory', valueCoding: { system: CDC, code: '2106-3', display: 'White' } },
          {
            url: 'ombCategory',
            valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'ASKU' },
          },
          { url: 'detailed', valueCoding: { system: CDC, code: '1586-7', display: 'Shoshone' } },
          { url: 'text', valueString: 'Mixed' },
        ],
      },
      {
        url: `${US_CORE}/us-core-ethnicity`,
        extension: [
          { url: 'ombCategory', valueCoding: { system: CDC, code: '2135-2' } },
          { url: 'text', valueString: 'Hispanic or Latino' },
        ],
      },
    ];
    expect(map({ extension })).toMatchObject({
      race: [{ text: 'White' }, { codings: [{ code: 'ASKU' }], text: null }, { text: 'Shoshone' }],
      ethnicity: { codings: [{ system: CDC, code: '2135-2' }], text: 'Hispanic or Latino' },
      own: { raceText: 'Mixed' },
    });
  });

  it('takes a race that is only a text as a text', () => {
    const extension = [{ url: `${US_CORE}/us-core-race`, extension: [{ url: 'text', valueString: 'Other' }] }];
    expect(map({ extension }).race).toEqual([{ codings: [], text: 'Other' }]);
  });

  it.each([
    ['the preferred language', [{ language: { text: 'es' } }, { language: { text: 'en' }, preferred: true }], 'en'],
    ['the only language', [{ language: { text: 'es' } }], 'es'],
    ['none of several', [{ language: { text: 'es' } }, { language: { text: 'en' } }], undefined],
  ])('answers %s', (_what, communication, text) => {
    expect(map({ communication }).preferredLanguage?.text).toBe(text);
  });

  it('names the survivor of a merge only when the record says that it was replaced', () => {
    const link = [{ type: 'replaced-by', other: { reference: 'Patient/2' } }];
    expect(map({ active: false, link }).own?.replacedBy).toBe('2');
    expect(map({ active: false }).own?.replacedBy).toBeNull();
    expect(map({ active: true, link }).own?.replacedBy).toBeNull();
    expect(
      map({ active: false, link: [{ type: 'seealso', other: { reference: 'Patient/2' } }] }).own?.replacedBy,
    ).toBeNull();
  });
});

describe('fromPatient', () => {
  it('gives back what toPatient read', () => {
    const details: PatientDetails = {
      firstName: 'María',
      lastName: 'de la Cruz',
      dateOfBirth: '1974-12',
      gender: 'OTHER',
      address: {
        use: 'home',
        line1: '1 Main St',
        line2: 'Apt 2',
        city: 'Boston',
        state: 'MA',
        postalCode: '02108',
        country: 'US',
      },
      phoneHome: '+16175550134',
      phoneMobile: '+16175550135',
      email: 'maria@example.com',
      preferredLanguage: { codings: [{ system: 'urn:ietf:bcp:47', code: 'es', display: 'Spanish' }], text: 'Spanish' },
      race: [
        { codings: [{ system: CDC, code: '2106-3', display: 'White' }], text: 'White' },
        { codings: [{ system: CDC, code: '1586-7', display: 'Shoshone' }], text: 'Shoshone' },
      ],
      ethnicity: { codings: [{ system: CDC, code: '2135-2', display: 'Hispanic' }], text: 'Hispanic' },
    };
    const sent = JSON.stringify({ ...fromPatient(details), id: '1' });
    expect(toPatient(toResource('Patient', parseFhir(sent), 'test'), context)).toMatchObject(details);
  });

  it('leaves out what is not given', () => {
    expect(fromPatient({ lastName: 'Rivera' })).toEqual({
      resourceType: 'Patient',
      name: [{ use: 'official', family: 'Rivera' }],
    });
  });
});
