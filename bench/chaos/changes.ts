import type { Changes, Sandbox, Vendor } from '../../sandbox/index.ts';
import type { Chance } from './operations.ts';

/** One practice at one vendor, and the name of its source. */
export interface Place {
  readonly source: string;
  readonly vendor: Vendor;
  readonly sandbox: Sandbox;
}

/** Which of the lists at the root a change may show in. */
type Lists = 'search' | 'day' | 'claims';

export interface Changed {
  /** The patient's id in the graph. */
  readonly patient: string;
  readonly lists?: Lists;
}

/** So many patients of each place have all the changes. */
export const CHANGING = 2;
const MINUTE = 60_000;

export const patientId = ({ source, vendor }: Place, id: number): string =>
  `${source}/Patient/${vendor === 'fhir' ? 'pat-' : ''}${id}`;

export const practiceOf = ({ sandbox, vendor }: Place) => {
  const practice = sandbox.practices[vendor];
  if (practice === undefined) throw new Error('There are no people to change.');
  return practice;
};

/** Those whose records change: somebody whom all vendors know under one number first, then those with most to read. */
export const changingPatients = (place: Place): readonly number[] => {
  const { patients, claims, observations } = practiceOf(place);
  const weight = (id: number): number =>
    (id === 12_345 ? 1_000 : 0) +
    claims.filter(({ patientId: of }) => of === id).length +
    Math.min(20, observations.filter(({ patientId: of }) => of === id).length);
  return patients
    .map(({ id }) => id)
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, CHANGING);
};

const pick = <T>(list: readonly T[], chance: Chance): T | undefined => list[Math.floor(chance() * list.length)];

const digits = (chance: Chance): string => `217555${String(Math.floor(chance() * 10_000)).padStart(4, '0')}`;

const personal = (chance: Chance, turn: number): Changes['Patient'] => {
  const kinds: readonly Changes['Patient'][] = [
    { homePhone: digits(chance) },
    { mobilePhone: digits(chance) },
    { email: `person${turn}@example.com` },
    { first: pick(['Robin', 'Robyn', 'Rowan'], chance) ?? 'Robin' },
    { address: { line1: `${turn} Mill Rd`, city: 'Springfield', state: 'IL', postalCode: '62701', country: 'US' } },
  ];
  return pick(kinds, chance) ?? {};
};

const visit = (start: string, chance: Chance, turn: number): Changes['Appointment'] => {
  const moved = new Date(Date.parse(start) + (chance() < 0.5 ? 30 : -30) * MINUTE).toISOString();
  const kinds: readonly Changes['Appointment'][] = [
    { start: moved },
    { note: `Note ${turn}` },
    { status: chance() < 0.5 ? 'cancelled' : 'booked' },
    { minutes: [15, 20, 30, 45][turn % 4] ?? 15 },
  ];
  return pick(kinds, chance) ?? {};
};

/** What may be changed of one patient; undefined when there is none. */
type Way = (place: Place, id: number, chance: Chance, turn: number) => Lists | 'none' | undefined;

const own = <T extends { readonly patientId: number }>(list: readonly T[], id: number): readonly T[] =>
  list.filter(({ patientId }) => patientId === id);

const changeVisit: Way = (place, id, chance, turn) => {
  const coming = own(practiceOf(place).appointments, id).filter(
    ({ status }) => status === 'booked' || status === 'cancelled',
  );
  const appointment = pick(coming, chance);
  if (appointment === undefined) return undefined;
  place.sandbox.change(place.vendor, 'Appointment', appointment.id, visit(appointment.start, chance, turn));
  return 'day';
};

const correctResult: Way = (place, id, chance, turn) => {
  const results = own(practiceOf(place).observations, id).filter(
    ({ category, value, components }) =>
      category === 'laboratory' && components.length === 0 && value?.kind === 'quantity',
  );
  const result = pick(results, chance);
  if (result?.value?.kind !== 'quantity') return undefined;
  const value = { ...result.value, value: `${turn % 300}.${turn % 10}` };
  place.sandbox.change(place.vendor, 'Observation', result.id, { value });
  return 'none';
};

const changeClaim: Way = (place, id, chance) => {
  const claim = pick(own(practiceOf(place).claims, id), chance);
  const status = pick(['submitted', 'denied', 'paid'] as const, chance);
  if (claim === undefined || status === undefined) return undefined;
  place.sandbox.change(place.vendor, 'Claim', claim.id, { status });
  return 'claims';
};

const changePerson: Way = (place, id, chance, turn) => {
  place.sandbox.change(place.vendor, 'Patient', id, personal(chance, turn));
  return 'search';
};

/** The shares of the ways, one after the other. */
const WAYS: readonly (readonly [below: number, way: Way])[] = [
  [0.3, changeVisit],
  [0.5, correctResult],
  [0.6, changeClaim],
  [1, changePerson],
];

/** Changes one record of a patient: a contact, an appointment that is still to come, a laboratory result or a claim. */
export const changeSomething = (place: Place, id: number, chance: Chance, turn: number): Changed => {
  const drawn = chance();
  const way = WAYS.find(([below]) => drawn < below)?.[1] ?? changePerson;
  const lists = way(place, id, chance, turn) ?? changePerson(place, id, chance, turn);
  const patient = patientId(place, id);
  return lists === undefined || lists === 'none' ? { patient } : { patient, lists };
};
