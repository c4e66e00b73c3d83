import type { Coverage } from '../practice.ts';
import { type Diagnosis, ETHNICITY, LANGUAGE, RACE } from './codes.ts';
import { PAYERS, plainLetters, streetAddress, WOMEN } from './names.ts';
import type { CastMember, Details, Given, Traits } from './person.ts';
import type { Profile } from './profiles.ts';
import type { Random } from './random.ts';

const CHRONIC: readonly Diagnosis[] = ['hypertension', 'diabetes', 'lipids', 'thyroid', 'asthma', 'anxiety', 'reflux'];
const UNKNOWN_BIRTH_YEAR = 1980;

const birthYear = (birthDate: string | null | undefined): number =>
  birthDate === undefined || birthDate === null ? UNKNOWN_BIRTH_YEAR : Number(birthDate.slice(0, 4));

const coverages = (person: Pick<Details, 'first' | 'last'>, born: number, random: Random): Coverage[] => {
  const member = (prefix: string): string => `${prefix}${random.int(100_000_000, 999_999_999)}`;
  const name = `${person.last}, ${person.first}`;
  const payer = random.pick(PAYERS);
  const group = `GRP${random.int(100_000, 999_999)}`;
  const start = `${random.int(2016, 2021)}-01-01`;
  const commercial = {
    payer,
    memberId: member(plainLetters(payer).slice(0, 3).toUpperCase()),
    groupNumber: group,
    start,
  };
  if (born >= 2006)
    return [{ ...commercial, subscriber: `${person.last}, ${random.pick(WOMEN)}`, relationship: 'child' }];
  const own: Coverage = { ...commercial, subscriber: name, relationship: 'self' };
  if (born > 1960)
    return random.chance(0.1) ? [{ ...own, relationship: 'spouse', subscriber: `${person.last}, Alex` }] : [own];
  const medicare: Coverage = {
    payer: 'Medicare',
    memberId: member('1EG'),
    subscriber: name,
    relationship: 'self',
    start,
  };
  return born <= 1954 || random.chance(0.4) ? [medicare, own] : [medicare];
};

/** A whole person: what the cast says, and chance for what it leaves open. The number keeps phone numbers apart. */
export const filled = (given: CastMember['person'], home: Profile, number: number, random: Random): Given => {
  const born = given.birthDate === undefined ? random.int(1938, 2016) : birthYear(given.birthDate);
  const digits = String(number).padStart(2, '0');
  const [landline, mobile] = home.areaCodes;
  const apartment = random.chance(0.3) ? random.int(1, 40) : undefined;
  return {
    birthDate: `${born}-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`,
    maritalStatus: born > 2000 ? 'S' : random.pick(['M', 'M', 'S', 'D', 'W', 'U'] as const),
    address: streetAddress(random.pick(home.places), random.int(100, 4_900), apartment),
    homePhone: random.chance(0.75) ? `${landline}55501${digits}` : null,
    mobilePhone: `${mobile}55501${digits}`,
    workPhone: born < 2000 && random.chance(0.3) ? `${mobile}5550${150 + number}` : null,
    email: random.chance(0.8) ? `${plainLetters(given.first)}.${plainLetters(given.last)}@example.com` : null,
    language: LANGUAGE.english,
    race: [random.pick([RACE.white, RACE.white, RACE.black, RACE.asian, RACE.other])],
    ethnicity: ETHNICITY.notHispanic,
    coverages: coverages(given, born, random),
    ...given,
  };
};

/** What measurements of a person come from. */
export const traitsOf = (
  { birthDate, sex }: Given,
  conditions: readonly Diagnosis[] | undefined,
  random: Random,
): Traits => {
  const born = birthYear(birthDate);
  const chosen = random.shuffled(CHRONIC).slice(0, random.int(0, 2));
  const own = conditions ?? (born < 1995 ? chosen : []);
  const [mean, spread] = sex === 'M' ? [177, 8] : sex === 'F' ? [164, 7] : [170, 8];
  return {
    birthYear: born,
    sex: sex ?? undefined,
    conditions: own,
    height: random.int(mean - spread, mean + spread),
    bodyMass: random.int(19, own.includes('diabetes') ? 36 : 31),
    systolic: random.int(108, 128) + (own.includes('hypertension') ? 22 : 0),
    smoking: born > 2005 ? 'never' : random.pick(['never', 'never', 'former', 'current'] as const),
  };
};
