import type { Coded, Patient } from '../practice.ts';
import { languageNames } from './languages.ts';
import { badFormat } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

/** CDC codes of the five federal categories and the rest. */
const RACES: readonly (readonly [code: string, name: string])[] = [
  ['1002-5', 'American Indian or Alaska Native'],
  ['2028-9', 'Asian'],
  ['2054-5', 'Black or African American'],
  ['2076-8', 'Native Hawaiian or Other Pacific Islander'],
  ['2106-3', 'White'],
  ['2131-1', 'Other Race'],
];

const ETHNICITIES: readonly (readonly [code: string, name: string])[] = [
  ['2186-5', 'Not Hispanic or Latino'],
  ['2135-2', 'Hispanic or Latino'],
];

const STATES = `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|\
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|\
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|\
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|\
OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|\
TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming`
  .split('|')
  .map((line) => [line.slice(0, 2), line.slice(3)] as const);

/** The fixed list, then what else this practice uses. */
const withOwn = (
  fixed: readonly (readonly [code: string, name: string])[],
  own: readonly Coded[],
): readonly (readonly [code: string, name: string])[] => [
  ...new Map([...own.map(({ code, display }) => [code, display] as const), ...fixed]),
];

const CDC = 'urn:oid:2.16.840.1.113883.6.238';

const codedIn = (
  fixed: readonly (readonly [code: string, name: string])[],
  own: (patient: Patient) => readonly Coded[],
): ((world: World, code: string) => Coded | undefined) => {
  const coded = fixed.map(([code, display]): Coded => ({ system: CDC, code, display }));
  return ({ practice }, code) => {
    const known = coded.find((one) => one.code === code);
    return known ?? practice.patients.flatMap(own).find((one) => one.system === CDC && one.code === code);
  };
};

/** A race or an ethnicity by its code, of the fixed lists or of those that this practice uses. */
export const raceOf = codedIn(RACES, ({ race }) => race);
export const ethnicityOf = codedIn(ETHNICITIES, ({ ethnicity }) => (ethnicity === undefined ? [] : [ethnicity]));

/** Bare arrays, whole in one answer. [public: dotnet, laravel; the columns of ethnicities: assumption] */
const DICTIONARIES: Readonly<Record<string, (world: World) => readonly unknown[]>> = {
  races: ({ practice }) =>
    withOwn(
      RACES,
      practice.patients.flatMap(({ race }) => race),
    ).map(([raceid, name]) => ({ raceid, name })),
  ethnicities: ({ practice }) =>
    withOwn(
      ETHNICITIES,
      practice.patients.flatMap(({ ethnicity }) => ethnicity ?? []),
    ).map(([ethnicitycode, name]) => ({ ethnicitycode, name })),
  languages: () => [
    ...languageNames().map(([iso6392code, name]) => ({ iso6392code, name })),
    { name: 'Patient Declined' },
  ],
  states: () => STATES.map(([state, name]) => ({ state, name: `${state}-${name}` })),
};

/** The guide's one door to all of them. [seed guide for the call; names and answer: assumption] */
const byName = ({ world, sent }: Call) => {
  sent.require('name');
  const name = sent.text('name')?.toLowerCase() ?? '';
  const dictionary = Object.hasOwn(DICTIONARIES, name) ? DICTIONARIES[name] : undefined;
  if (dictionary === undefined) throw badFormat('dictionary name', name);
  return dictionary(world);
};

export const dictionaryRoutes: readonly Route[] = [
  ...Object.entries(DICTIONARIES).map(
    ([name, list]): Route => ({ method: 'GET', path: `/${name}`, handle: ({ world }) => list(world) }),
  ),
  { method: 'GET', path: '/dictionaries', guideOnly: true, handle: byName },
];
