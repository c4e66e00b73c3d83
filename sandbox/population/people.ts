import type { Patient, Practitioner } from '../practice.ts';
import { dateIn, plusDays, plusMinutes } from './calendar.ts';
import { CAST, KNOWN_PEOPLE } from './cast.ts';
import { filled, traitsOf } from './details.ts';
import { FAMILIES, MEN, plainLetters, WOMEN } from './names.ts';
import type { CastMember, Details, Given, Resident, Traits } from './person.ts';
import { PROFILES, type Profile, VENDORS, type Vendor } from './profiles.ts';
import type { Random } from './random.ts';

const PATIENTS_PER_PRACTICE = 29;

/** Somebody with the practices that know this person, the one nearest home first. */
interface Member extends CastMember {
  readonly ids: { readonly [V in Vendor]?: number };
  readonly home: Profile;
  readonly practices: readonly Profile[];
}

const placed = (member: CastMember, ids: Member['ids']): Member[] => {
  const practices = PROFILES.filter(({ vendor }) => member.at[vendor] !== undefined);
  return practices.slice(0, 1).map((home) => ({ ...member, ids, home, practices }));
};

/** Somebody who is not in the cast: known to one practice, different with every seed. */
const extra = (vendor: Vendor, id: number, last: string, random: Random): Member[] => {
  const sex = random.pick(['F', 'M'] as const);
  const first = random.pick<string>(sex === 'F' ? WOMEN : MEN);
  const middle = random.chance(0.4) ? { middle: random.pick(['A', 'B', 'D', 'J', 'L', 'M', 'R']) } : {};
  const person = { first, ...middle, last, sex };
  return placed({ key: `${vendor}-${plainLetters(last)}`, person, at: { [vendor]: {} } }, { [vendor]: id });
};

const everybody = (random: Random): Member[] => {
  const families: string[] = random.shuffled(FAMILIES);
  const known = new Map(KNOWN_PEOPLE.map(({ key, ids }) => [key, ids]));
  const cast = CAST.flatMap((member) => placed(member, known.get(member.key) ?? {}));
  const extras = PROFILES.flatMap(({ vendor, firstIds }) => {
    const there = CAST.filter(({ at }) => at[vendor] !== undefined);
    const firstFree = firstIds.patient + there.filter(({ id }) => id === undefined).length;
    return families
      .splice(0, PATIENTS_PER_PRACTICE - there.length)
      .flatMap((last, index) => extra(vendor, firstFree + index, last, random.fork(last)));
  });
  return [...cast, ...extras];
};

const withoutNulls = (given: Given): Details =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined)) as Details;

/** Somebody goes to a practitioner in the own state where there is one. */
const practitionerFor = (profile: Profile, details: Details, random: Random): Practitioner => {
  const near = profile.practitioners.filter(({ locationId }) =>
    profile.locations.some(({ id, address }) => id === locationId && address.state === details.address?.state),
  );
  return random.pick(near.length > 0 ? near : profile.practitioners);
};

const registered = (
  member: Member,
  { person, traits }: { readonly person: Given; readonly traits: Traits },
  profile: Profile,
  now: string,
  random: Random,
): Resident => {
  const id = member.ids[profile.vendor] ?? profile.firstIds.patient;
  const lastDay =
    member.diedDaysAgo === undefined ? undefined : plusDays(dateIn(now, profile.timeZone), -member.diedDaysAgo);
  const deceased = lastDay === undefined ? {} : { deceased: lastDay };
  const details = withoutNulls({ ...deceased, ...person, ...member.at[profile.vendor] });
  const practitioner = practitionerFor(profile, details, random);
  const patient: Patient = {
    ...details,
    id,
    mrn: profile.mrn(id),
    practitionerId: practitioner.id,
    locationId: practitioner.locationId,
    changedAt: plusMinutes(now, -(random.chance(0.1) ? random.int(30, 1_400) : random.int(2_000, 500_000))),
  };
  return { key: member.key, patient, traits, ...(lastDay === undefined ? {} : { lastDay }) };
};

/** The patients of every practice, in the order of their ids. */
export const populate = (random: Random, now: string): ReadonlyMap<Vendor, readonly Resident[]> => {
  const taken = new Map<Profile, number>();
  const people = everybody(random).flatMap((member) => {
    const chance = random.fork(member.key);
    const number = taken.get(member.home) ?? 0;
    taken.set(member.home, number + 1);
    const person = filled(member.person, member.home, number, chance);
    const known = { person, traits: traitsOf(person, member.conditions, chance) };
    return member.practices.map((profile) => ({
      vendor: profile.vendor,
      resident: registered(member, known, profile, now, chance),
    }));
  });
  return new Map(
    VENDORS.map((vendor) => [
      vendor,
      people
        .filter((row) => row.vendor === vendor)
        .map(({ resident }) => resident)
        .sort((one, other) => one.patient.id - other.patient.id),
    ]),
  );
};
