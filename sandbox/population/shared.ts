import type { Coverage } from '../practice.ts';
import { ETHNICITY, LANGUAGE, RACE } from './codes.ts';
import type { CastMember } from './person.ts';

const address = (line1: string, city: string, state: string, postalCode: string, line2?: string) => ({
  line1,
  ...(line2 === undefined ? {} : { line2 }),
  city,
  state,
  postalCode,
  country: 'US',
});

const hispanic = { race: [RACE.white], ethnicity: ETHNICITY.hispanic, language: LANGUAGE.spanish } as const;
const own = (payer: string, memberId: string, groupNumber: string, subscriber: string): readonly Coverage[] => [
  { payer, memberId, groupNumber, subscriber, relationship: 'self', start: '2021-01-01' },
];
const BLUE = own('Blue Cross', 'BC987654321', 'GRP123456', 'Doe, John');
const AETNA = own('Aetna', 'AET123456789', 'GRP987654', 'Smith, Jane');
const HOME = address('123 Main St', 'Springfield', 'IL', '62701', 'Apt 4B');

/** People that two or three practices know, each with a small difference between the records. */
export const SHARED_CAST: readonly CastMember[] = [
  {
    key: 'maria-rivera',
    person: { first: 'Maria', middle: 'Elena', last: 'Rivera', sex: 'F', birthDate: '1968-03-14', ...hispanic },
    at: { unity: { middle: 'E' }, athenanet: { middle: null }, fhir: { first: 'María' } },
    difference: 'middle name, initial or none; an accent',
    conditions: ['diabetes', 'lipids'],
  },
  {
    key: 'robert-rivera',
    person: { first: 'Robert', middle: 'James', last: 'Rivera', sex: 'M', birthDate: '1955-11-02', ...hispanic },
    at: { unity: { first: 'Bob', middle: null }, fhir: { preferred: 'Bob' } },
    difference: 'Bob for Robert',
    conditions: ['hypertension'],
  },
  {
    key: 'carlos-rivera',
    person: { first: 'Carlos', last: 'Rivera', sex: 'M', birthDate: '1990-07-21', ...hispanic },
    at: {
      athenanet: { address: address('61 E Adams St', 'Phoenix', 'AZ', '85004') },
      fhir: { address: address('18 Madison Ave', 'Albany', 'NY', '12202-3301') },
    },
    difference: 'moved',
  },
  {
    key: 'john-doe',
    id: 12_345,
    person: {
      first: 'John',
      last: 'Doe',
      sex: 'M',
      birthDate: '1980-05-15',
      language: LANGUAGE.english,
      address: HOME,
      homePhone: '2175550112',
      coverages: BLUE,
    },
    at: { unity: {}, athenanet: { homePhone: null }, fhir: { middle: 'A' } },
    difference: 'a middle initial; no home phone',
  },
  {
    key: 'jane-smith',
    id: 54_321,
    person: {
      first: 'Jane',
      last: 'Smith',
      sex: 'F',
      birthDate: '1975-08-22',
      address: address('456 Oak Ave', 'Springfield', 'IL', '62702'),
      coverages: AETNA,
    },
    at: { unity: {}, athenanet: { email: 'jane@example.com' } },
    difference: 'another e-mail address',
  },
  {
    key: 'john-smith',
    person: { first: 'John', middle: 'Q', last: 'Smith', sex: 'M', birthDate: '1962-01-30' },
    at: { unity: {}, athenanet: { middle: null } },
    difference: 'a middle initial',
    conditions: ['hypertension', 'diabetes', 'lipids'],
  },
  {
    key: 'siobhan-oconnor',
    person: { first: 'Siobhan', last: "O'Connor", sex: 'F', birthDate: '1984-09-09', race: [RACE.white] },
    at: { unity: {}, fhir: { last: 'OConnor' } },
    difference: 'an apostrophe',
  },
  {
    key: 'jose-nunez',
    person: { first: 'José', last: 'Nuñez', sex: 'M', birthDate: '1971-12-05', ...hispanic },
    at: { athenanet: { first: 'Jose', last: 'Nunez' }, fhir: {} },
    difference: 'accents',
    conditions: ['kidney', 'hypertension'],
  },
  {
    key: 'anne-marie-dubois',
    person: {
      first: 'Anne-Marie',
      last: 'Dubois-Lefèvre',
      sex: 'F',
      birthDate: '1949-04-17',
      language: LANGUAGE.french,
    },
    at: { unity: { first: 'Anne Marie', last: 'Dubois Lefevre' }, fhir: {} },
    difference: 'hyphens and an accent',
  },
  {
    key: 'elizabeth-harper',
    person: { first: 'Elizabeth', last: 'Harper', sex: 'F', birthDate: '1993-02-28', maritalStatus: 'M' },
    at: { unity: {}, athenanet: { last: 'Novak', maritalStatus: 'S' } },
    difference: 'maiden name',
  },
  {
    key: 'william-tanaka',
    person: { first: 'William', last: 'Tanaka', sex: 'M', birthDate: '1958-06-11', race: [RACE.asian] },
    at: { athenanet: { first: 'Bill' }, fhir: {} },
    difference: 'Bill for William',
    conditions: ['lipids'],
  },
  {
    key: 'margaret-kowalski',
    person: { first: 'Margaret', last: 'Kowalski', sex: 'F', birthDate: '1941-10-23', language: LANGUAGE.polish },
    at: { unity: { homePhone: '7085550183' }, fhir: { preferred: 'Peggy' } },
    difference: 'another phone',
    conditions: ['thyroid', 'hypertension'],
  },
  {
    key: 'michael-thompson',
    person: { first: 'Michael', last: 'Thompson', suffix: 'Jr', sex: 'M', birthDate: '1987-05-03' },
    at: { unity: { suffix: null }, athenanet: {} },
    difference: 'a suffix',
  },
  {
    key: 'xiaoming-li',
    person: { first: 'Xiaoming', last: 'Li', sex: 'M', birthDate: '1979-08-08', language: LANGUAGE.chinese },
    at: { unity: { first: 'Xiao-Ming' }, fhir: { race: [RACE.asian] } },
    difference: 'a hyphen in the first name',
  },
  {
    key: 'priya-venkataraman',
    person: { first: 'Priya', last: 'Venkataraman', sex: 'F', birthDate: '1996-01-19', race: [RACE.asian] },
    at: {
      athenanet: { address: address('12 Limestone St', 'Springfield', 'OH', '45503') },
      fhir: { address: address('77 Congress St', 'Troy', 'NY', '12180') },
    },
    difference: 'moved',
  },
  {
    key: 'deshawn-washington',
    person: { first: 'DeShawn', last: 'Washington', sex: 'M', birthDate: '2001-03-27', race: [RACE.black] },
    at: { unity: {}, athenanet: { first: 'De Shawn', mobilePhone: '9375550196' } },
    difference: 'a space in the first name; another mobile phone',
  },
  {
    key: 'fatima-al-sayed',
    person: { first: 'Fatima', last: 'Al-Sayed', sex: 'F', birthDate: '1982-11-30', language: LANGUAGE.arabic },
    at: { athenanet: {}, fhir: { last: 'Alsayed' } },
    difference: 'a hyphen in the family name',
  },
  {
    key: 'thomas-muller',
    person: { first: 'Thomas', last: 'Müller', sex: 'M', birthDate: '1952-07-04', race: [RACE.white] },
    at: { unity: { last: 'Mueller' }, fhir: {} },
    difference: 'ue for ü',
    conditions: ['hypertension', 'diabetes'],
  },
  {
    key: 'katherine-schmidt',
    person: { first: 'Katherine', last: 'Schmidt', sex: 'F', birthDate: '1999-12-12' },
    at: { athenanet: { first: 'Kate', email: 'kate.schmidt@example.com' }, fhir: {} },
    difference: 'Kate for Katherine; another e-mail address',
    conditions: ['asthma'],
  },
  {
    key: 'hannah-goldberg',
    person: { first: 'Hannah', middle: 'Ruth', last: 'Goldberg', sex: 'F', birthDate: '1964-02-29' },
    at: { unity: { middle: 'R', homePhone: '8475550187' }, athenanet: {} },
    difference: 'a middle initial; another phone',
    conditions: ['anxiety'],
  },
  {
    key: 'samuel-begay',
    person: { first: 'Samuel', last: 'Begay', sex: 'M', birthDate: '1976-10-10', race: [RACE.native] },
    at: { athenanet: {}, fhir: { race: [] } },
    difference: 'race not recorded at one of them',
    conditions: ['diabetes'],
  },
  {
    key: 'grace-okafor',
    person: {
      first: 'Grace',
      last: 'Okafor',
      sex: 'F',
      birthDate: '1989-06-18',
      race: [RACE.black],
      maritalStatus: 'M',
    },
    at: { unity: { last: 'Adeyemi', maritalStatus: 'S' }, fhir: {} },
    difference: 'maiden name',
  },
  {
    key: 'daniel-kealoha',
    person: { first: 'Daniel', last: 'Kealoha', sex: 'M', birthDate: '1969-01-01', race: [RACE.pacific, RACE.white] },
    at: { unity: {}, fhir: { race: [RACE.pacific], first: 'Dan' } },
    difference: 'Dan for Daniel; one race instead of two',
    conditions: ['reflux'],
  },
  {
    key: 'olga-petrova',
    person: { first: 'Olga', last: 'Petrova', sex: 'F', birthDate: '1945-05-09', language: LANGUAGE.russian },
    at: { athenanet: { last: 'Petrov' }, unity: {} },
    difference: 'family name without its ending',
    conditions: ['thyroid', 'lipids'],
  },
];
