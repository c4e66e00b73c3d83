import { Temporal } from 'temporal-polyfill';
import { claims } from './population/claims.ts';
import { enlarged } from './population/enlarged.ts';
import { populate } from './population/people.ts';
import { PROFILES, type Vendor } from './population/profiles.ts';
import { type Random, random } from './population/random.ts';
import { observations } from './population/results.ts';
import { schedule } from './population/visits.ts';
import type { Practice } from './practice.ts';

export { type KnownPerson, SHARED_PEOPLE } from './population/cast.ts';

export interface GenerateOptions {
  readonly seed: number;
  /** The instant around which the schedules lie; whatever has a time of recording was recorded by then. */
  readonly now: string;
  /** At least so many patients in each practice; some thirty when absent. */
  readonly people?: number | undefined;
}

const practiceOf = (vendor: Vendor, residents: ReturnType<typeof populate>, now: string, chance: Random): Practice => {
  const [profile] = PROFILES.filter((candidate) => candidate.vendor === vendor);
  if (profile === undefined) throw new RangeError('no such practice');
  const here = residents.get(vendor) ?? [];
  const { appointments, slots } = schedule(profile, here, now, chance.fork('schedule'));
  const results = observations(profile, here, appointments, now, chance.fork('results'));
  // Copies, since the simulators write into what they get.
  return structuredClone({
    name: profile.name,
    timeZone: profile.timeZone,
    practitioners: [...profile.practitioners],
    locations: [...profile.locations],
    patients: here.map(({ patient }) => patient),
    appointments,
    slots,
    observations: results,
    claims: claims(profile, here, appointments, results, now, chance.fork('claims')),
    documents: [],
  });
};

/** Three practices with people, schedules, results and claims that hang together; the same for the same seed and now. */
export const generatePractices = ({
  seed,
  now,
  people,
}: GenerateOptions): { readonly unity: Practice; readonly athenanet: Practice; readonly fhir: Practice } => {
  const minute = Temporal.Instant.from(now).round({ smallestUnit: 'minute', roundingMode: 'floor' }).toString();
  const chance = random(seed);
  const residents = populate(chance.fork('people'), minute);
  const practice = (vendor: Vendor): Practice => {
    const small = practiceOf(vendor, residents, minute, chance.fork(vendor));
    return people === undefined ? small : enlarged(small, vendor, people, seed);
  };
  return { unity: practice('unity'), athenanet: practice('athenanet'), fhir: practice('fhir') };
};
