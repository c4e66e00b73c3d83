import { ETHNICITY, LANGUAGE, RACE } from './codes.ts';
import type { CastMember } from './person.ts';
import { PROFILES, type Vendor } from './profiles.ts';
import { SHARED_CAST } from './shared.ts';

const hispanic = { race: [RACE.white], ethnicity: ETHNICITY.hispanic, language: LANGUAGE.spanish } as const;

/** Everything that a registration desk can leave empty. */
const NOTHING = {
  birthDate: null,
  maritalStatus: null,
  address: null,
  homePhone: null,
  mobilePhone: null,
  workPhone: null,
  email: null,
  language: null,
  race: [],
  ethnicity: null,
  coverages: [],
} as const;

/** People whom one practice knows and who are unusual in some way. */
const ODD_CAST: readonly CastMember[] = [
  {
    key: 'luis-rivera',
    person: { first: 'Luis', middle: 'Alberto', last: 'Rivera', sex: 'M', birthDate: '2012-04-02', ...hispanic },
    at: { unity: {} },
  },
  {
    key: 'ana-rivera',
    person: { first: 'Ana', last: 'Rivera-Soto', sex: 'F', birthDate: '2004-12-24', ...hispanic },
    at: { athenanet: {} },
  },
  {
    key: 'rosa-rivera',
    person: { first: 'Rosa', last: 'Rivera', sex: 'F', birthDate: '1937-02-06', ...hispanic },
    at: { fhir: {} },
    diedDaysAgo: 12,
  },
  {
    key: 'pat-nguyen',
    person: { first: 'Pat', last: 'Nguyen', sex: 'O', birthDate: '1994-09-15', language: LANGUAGE.vietnamese },
    at: { unity: {} },
  },
  { key: 'unknown-walkin', person: { first: 'Unknown', last: 'Walk-In', sex: 'U', ...NOTHING }, at: { unity: {} } },
  {
    key: 'edith-bloom',
    person: { first: 'Edith', last: 'Bloom', sex: 'F', birthDate: '1929-08-30' },
    at: { unity: {} },
    diedDaysAgo: 20,
  },
  {
    key: 'jordan-reyes',
    person: { first: 'Jordan', last: 'Reyes', sex: 'O', birthDate: '2000-05-05', race: [RACE.native, RACE.white] },
    at: { athenanet: {} },
  },
  {
    key: 'casey-unknown',
    person: { first: 'Casey', last: "D'Angelo", sex: 'U', birthDate: null, email: null, coverages: [] },
    at: { athenanet: {} },
  },
  {
    key: 'george-mcallister',
    person: { first: 'George', last: 'McAllister', suffix: 'III', sex: 'M', birthDate: '1933-11-11' },
    at: { athenanet: {} },
    diedDaysAgo: 9,
  },
  {
    key: 'ibrahim-diallo',
    person: {
      first: 'Ibrahim',
      last: 'Diallo',
      sex: 'M',
      birthDate: '1974',
      language: LANGUAGE.french,
      race: [RACE.black],
    },
    at: { fhir: {} },
  },
  {
    key: 'noor-haidari',
    person: { first: 'Noor', last: 'Haidari', sex: 'F', birthDate: '1986-01', homePhone: null, mobilePhone: null },
    at: { fhir: {} },
  },
  { key: 'baby-vance', person: { first: 'Baby', last: 'Vance', sex: 'U', ...NOTHING }, at: { fhir: {} } },
  {
    key: 'walter-zielinski',
    person: { first: 'Walter', last: 'Zieliński', sex: 'M', birthDate: '1931-03-03', deceased: true },
    at: { fhir: {} },
    diedDaysAgo: 15,
  },
];

/** The people who are the same whatever the seed is. */
export const CAST: readonly CastMember[] = [...SHARED_CAST, ...ODD_CAST];

/** One person with the patient ids at the practices that know this person. */
export interface KnownPerson {
  readonly key: string;
  readonly ids: { readonly [V in Vendor]?: number };
  readonly difference?: string;
}

const numbered = (vendor: Vendor, first: number): Map<string, number> => {
  const there = CAST.filter((member) => member.at[vendor] !== undefined);
  const counted = there.filter((member) => member.id === undefined);
  return new Map(there.map((member) => [member.key, member.id ?? first + counted.indexOf(member)]));
};

const NUMBERS = PROFILES.map(({ vendor, firstIds }) => [vendor, numbered(vendor, firstIds.patient)] as const);

/** The cast with patient ids, which do not depend on the seed. */
export const KNOWN_PEOPLE: readonly KnownPerson[] = CAST.map(({ key, difference }) => ({
  key,
  ids: Object.fromEntries(
    NUMBERS.flatMap(([vendor, ids]) => {
      const id = ids.get(key);
      return id === undefined ? [] : [[vendor, id]];
    }),
  ),
  ...(difference === undefined ? {} : { difference }),
}));

/** The people whom more than one practice knows. */
export const SHARED_PEOPLE: readonly KnownPerson[] = KNOWN_PEOPLE.filter(({ ids }) => Object.keys(ids).length > 1);
