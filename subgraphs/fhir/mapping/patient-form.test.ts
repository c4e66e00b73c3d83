import { describe, expect, it } from 'vitest';
import type { PatientFields } from '../../../schema/commands.ts';
import { parseFhir, printFhir } from '../document.ts';
import { context } from '../fixtures/records.ts';
import { toResource } from '../payload.ts';
import type { Element } from '../writes/wire.ts';
import { toPatient } from './patient.ts';
import { editedPatient, newPatient } from './patient-form.ts';

const read = (document: unknown) =>
  toPatient(toResource('Patient', parseFhir(printFhir({ id: '1', ...(document as object) })), 'test'), context);

/** What a client gave, of what a record says. */
const fieldsOf = (document: unknown): PatientFields => {
  const record = read(document);
  const { use: _use, ...address } = record.address ?? {};
  const given = {
    firstName: record.firstName,
    lastName: record.lastName,
    dateOfBirth: record.dateOfBirth,
    gender: record.gender,
    address: Object.fromEntries(Object.entries(address).filter(([, value]) => value !== null)),
    phoneHome: record.phoneHome,
    phoneMobile: record.phoneMobile,
    email: record.email,
    preferredLanguage: record.preferredLanguage?.codings[0]?.code,
    race: record.race.map(({ codings }) => codings[0]?.code),
    ethnicity: record.ethnicity?.codings[0]?.code,
  };
  return given as PatientFields;
};

const WHOLE: PatientFields = {
  firstName: 'Zoë',
  lastName: 'O’Hara "Z" <x> & Söhne',
  dateOfBirth: '1984-02-29',
  gender: 'OTHER',
  address: { line1: '1 Main St', line2: 'Apt 2', city: 'Boston', state: 'MA', postalCode: '02108', country: 'US' },
  phoneHome: '+16175550134',
  phoneMobile: '+16175550135',
  email: 'zoe@example.com',
  preferredLanguage: 'es-US',
  race: ['2106-3', '1586-7'],
  ethnicity: '2186-5',
};

/** Written by hand, with what nobody here knows: numbers that no float holds, extensions, members beside primitives. */
const RICH = `{"resourceType":"Patient","id":"1","meta":{"versionId":"3"},
"extension":[{"url":"http://example.org/risk","valueDecimal":1.00},
 {"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[{"url":"text","valueString":"Other"}]},
 {"url":"http://example.org/big","valueDecimal":1E-245}],
"identifier":[{"system":"urn:oid:1.2","value":"0042","extension":[{"url":"http://example.org/check","valueInteger":12345678901234567890}]}],
"name":[{"use":"old","family":"Before"},{"use":"official","text":"Dr Ann Marie Lee","prefix":["Dr"],"given":["Ann","Marie"],"_given":[null,{"id":"g2"}],"family":"Lee","_family":{"extension":[{"url":"http://example.org/own","valueString":"Lee"}]}}],
"telecom":[null,{"system":"fax","value":"617 555 0100"},{"system":"phone","use":"home","value":"(617) 555-0111","rank":2},{"system":"phone","use":"home","value":"(617) 555-0122","rank":1,"extension":[{"url":"http://example.org/sms","valueBoolean":false}]},{"system":"email","value":"ann@example.com"}],
"birthDate":"1970-01-02","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1970-01-02T03:04:05Z"},{"url":"http://example.org/proof","valueCode":"x"}]},
"address":[{"use":"work","city":"Lynn"},{"use":"home","type":"physical","line":["1 Elm St","Flat 9"],"district":"Essex","city":"Salem","state":"MA","postalCode":"01970","extension":[{"url":"http://example.org/lived","valueDecimal":0.50}]}],
"communication":[{"language":{"coding":[{"code":"en"}]},"preferred":true},{"language":{"coding":[{"code":"es"}]}}],
"photo":[{"size":9007199254740993}]}`;
const rich = (): Element => parseFhir(RICH) as Element;
const edited = (patient: PatientFields, clear: readonly (keyof PatientFields)[] = []) =>
  editedPatient(rich(), { patient, clear }, context);
/** The document without the members that an edit may touch, as text. */
const rest = (document: Element, ...names: readonly string[]): string =>
  printFhir(Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name))));

describe('newPatient', () => {
  it('reads back as it was given', () => {
    expect(fieldsOf(newPatient(WHOLE))).toEqual(WHOLE);
  });

  it.each(Object.entries(WHOLE))('reads back %s alone', (field, value) => {
    expect(fieldsOf(newPatient({ [field]: value }))).toMatchObject({ [field]: value });
  });

  it('gives categories of race the names of the standard, which US Core demands as a text', () => {
    expect(newPatient({ race: ['2106-3', '1586-7'] }).extension?.[0]?.extension).toEqual([
      {
        url: 'ombCategory',
        valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' },
      },
      { url: 'detailed', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '1586-7' } },
      { url: 'text', valueString: 'White, 1586-7' },
    ]);
  });
});

describe('editedPatient', () => {
  it('leaves a document as it is written when nothing is given', () => {
    expect(printFhir(edited({}))).toBe(printFhir(rich()));
    expect(printFhir(edited({}))).toMatch(
      /"valueDecimal":1\.00\b.*1E-245.*12345678901234567890.*0\.50.*9007199254740993/s,
    );
  });

  it.each([
    ['firstName', 'Eve', ['name']],
    ['lastName', 'Brown', ['name']],
    ['dateOfBirth', '1971-02-03', ['birthDate', '_birthDate']],
    ['gender', 'FEMALE', ['gender']],
    ['address', { line1: '9 New St', city: 'Lowell' }, ['address']],
    ['phoneHome', '+16175550199', ['telecom']],
    ['phoneMobile', '+16175550198', ['telecom']],
    ['email', 'eve@example.com', ['telecom']],
    ['preferredLanguage', 'es', ['communication']],
    ['race', ['2028-9'], ['extension']],
    ['ethnicity', '2135-2', ['extension']],
  ] as const)('changes %s, and nothing beside it', (field, value, touched) => {
    const after = edited({ [field]: value });
    expect(fieldsOf(after)).toEqual({ ...fieldsOf(rich()), [field]: value });
    expect(rest(after, ...touched)).toBe(rest(rich(), ...touched));
  });

  it.each([
    ['firstName', null],
    ['lastName', null],
    ['dateOfBirth', null],
    ['gender', null],
    ['address', null],
    ['phoneHome', null],
    ['email', null],
    ['preferredLanguage', null],
    ['race', []],
    ['ethnicity', null],
  ] as const)('empties %s', (field, empty) => {
    expect(read(rich())[field]).toBeDefined();
    expect(read(edited({}, [field]))[field]).toEqual(empty);
  });

  it('keeps further given names, prefixes and extensions of the name, and writes its text anew', () => {
    expect((edited({ firstName: 'Eve' }).name as readonly unknown[])[1]).toEqual({
      use: 'official',
      text: 'Dr Eve Marie Lee',
      prefix: ['Dr'],
      given: ['Eve', 'Marie'],
      _given: [null, { id: 'g2' }],
      family: 'Lee',
      _family: { extension: [{ url: 'http://example.org/own', valueString: 'Lee' }] },
    });
  });

  it('changes the number in use and no other, where it stands', () => {
    const before = rich().telecom as readonly Element[];
    expect(edited({ phoneHome: '+16175550199' }).telecom).toEqual(
      before.map((one, i) => (i === 3 ? { ...one, value: '+16175550199' } : one)),
    );
  });

  it('takes the place from an address, and leaves its use and extensions', () => {
    const [, home] = edited({ address: { line1: '9 New St' } }).address as readonly Element[];
    expect(printFhir(home)).toBe(
      '{"use":"home","type":"physical","extension":[{"url":"http://example.org/lived","valueDecimal":0.50}],"line":["9 New St"]}',
    );
  });

  it('forgets the hour of another day of birth, and keeps what else is said of it', () => {
    expect(edited({ dateOfBirth: '1971-02-03' })._birthDate).toEqual({
      extension: [{ url: 'http://example.org/proof', valueCode: 'x' }],
    });
  });

  it('knows a language that is preferred no longer as one that is spoken', () => {
    expect(edited({ preferredLanguage: 'es' }).communication).toEqual([
      { language: { coding: [{ code: 'es' }] }, preferred: true },
      { language: { coding: [{ code: 'en' }] } },
    ]);
  });
});
