import { afterEach, expect, it } from 'vitest';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, athenanetSimulator } from '../../sandbox/athenanet/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import type { Practice } from '../../sandbox/practice.ts';
import { listen } from '../../sandbox/server.ts';
import type { AppointmentStatus } from '../../schema/enums.ts';
import { Random } from '../../test/random.ts';
import type { Page, Window } from '../vendor/connector.ts';
import { dayPeriod, instantToLocal, localToInstant } from '../vendor/time.ts';
import { all, type Bed, connect, fields, signedIn } from './testbed.ts';

/** Random questions about practices on days when clocks change, asked of athenaNet and of what is true there. */

const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };
const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
const STATUS: Readonly<Record<string, AppointmentStatus>> = {
  booked: 'BOOKED',
  pending: 'BOOKED',
  arrived: 'ARRIVED',
  'checked-in': 'CHECKED_IN',
  fulfilled: 'FULFILLED',
  cancelled: 'CANCELLED',
  noshow: 'NO_SHOW',
};
const DAY_MS = 86_400_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Place {
  readonly truth: Practice;
  readonly hidden: {
    readonly appointments: ReadonlySet<number>;
    readonly claims: ReadonlySet<number>;
    readonly observations: ReadonlySet<number>;
  };
  /** A connector that has asked nothing yet, or one that has asked a lot. */
  bed(cold: boolean): Bed;
}

const open = async (now: string, seed: number): Promise<Place> => {
  const { athenanet: truth } = generatePractices({ seed, now });
  const behaviour = athenanetSimulator({ practice: truth, now: () => Date.parse(now), limits: LIMITS });
  const hidden = behaviour.notRepresentable();
  const simulator = await listen(behaviour);
  closing.push(() => simulator.close());
  const fresh = (): Bed => {
    const made = connect(signedIn(simulator.url, SIGN_IN, truth.timeZone));
    closing.push(made.close);
    return made;
  };
  const warm = fresh();
  return {
    truth,
    hidden: {
      appointments: new Set(hidden.appointments),
      claims: new Set(hidden.claims),
      observations: new Set(hidden.observations),
    },
    bed: (cold) => (cold ? fresh() : warm),
  };
};

const through = async <T extends 'Appointment' | 'Claim'>(
  ask: (window: Window) => Promise<Page<T>>,
  first: number,
): Promise<Page<T>['items']> => {
  const items: Page<T>['items'][number][] = [];
  for (let window: Window = { first, fields: fields('start') }, more = true; more; ) {
    const page = await ask(window);
    expect(page.hasNextPage && page.items.length < first).toBe(false);
    items.push(...page.items);
    more = page.hasNextPage;
    window = { ...window, after: page.items.at(-1)?.after ?? '' };
  }
  return items;
};

/** From some time to some other, at full hours or at somebody's midnight. */
const spanOf = (random: Random, { truth }: Place, now: string): { from: string; to: string } => {
  const zone = random.pick([...truth.locations.map(({ timeZone }) => timeZone), 'Pacific/Honolulu', 'UTC']);
  const start = Date.parse(now) + (random.below(61) - 40) * DAY_MS;
  const length = random.chance(0.5) ? (1 + random.below(5)) * DAY_MS : (1 + random.below(40)) * 3_600_000;
  const exact = (at: number) =>
    random.chance(0.5)
      ? new Date(Math.floor(at / 3_600_000) * 3_600_000).toISOString()
      : localToInstant(instantToLocal(new Date(at).toISOString(), zone).date, '00:00:00', zone);
  const [from, to] = [exact(start), exact(start + length)];
  return Date.parse(from) <= Date.parse(to) ? { from, to } : { from: to, to: from };
};
const isIn = (at: string, { from, to }: { readonly from: string; readonly to: string }): boolean =>
  Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(to);
const some = <T>(random: Random, list: readonly T[]): readonly T[] => list.filter(() => random.chance(0.4));
const sorted = (list: readonly (string | number)[]): readonly string[] => list.map(String).sort();

type Ask = (place: Place, random: Random, now: string) => Promise<void>;

const searchAppointments: Ask = async (place, random, now) => {
  const { truth, hidden } = place;
  const span = spanOf(random, place, now);
  const [status, practitioners, locations] = [
    some(random, [...new Set(Object.values(STATUS))]),
    some(
      random,
      truth.practitioners.map(({ id }) => String(id)),
    ),
    some(
      random,
      truth.locations.map(({ id }) => String(id)),
    ),
  ];
  const search = {
    ...span,
    ...(status.length > 0 && random.chance(0.4) ? { status } : {}),
    ...(practitioners.length > 0 && random.chance(0.4) ? { practitioners } : {}),
    ...(locations.length > 0 && random.chance(0.4) ? { locations } : {}),
  };
  const bed = place.bed(random.chance(0.4));
  const found = await through<'Appointment'>(
    (window) => bed.connector.searchAppointments(search, window, bed.call),
    1 + random.below(40),
  );
  const expected = truth.appointments.filter(
    (one) =>
      !hidden.appointments.has(one.id) &&
      isIn(one.start, span) &&
      (search.status?.includes(STATUS[one.status] ?? 'UNMAPPED') ?? true) &&
      (search.practitioners?.includes(String(one.practitionerId)) ?? true) &&
      (search.locations?.includes(String(one.locationId)) ?? true),
  );
  const told = (one: readonly unknown[]) => one.map(String).join(' ');
  expect(
    sorted(
      found.map(({ record }) => told([record.key, Date.parse(record.start ?? ''), record.patientKey, record.status])),
    ),
  ).toEqual(sorted(expected.map((one) => told([one.id, Date.parse(one.start), one.patientId, STATUS[one.status]]))));
};

const patientAppointments: Ask = async (place, random, now) => {
  const { truth, hidden } = place;
  const span = random.chance(0.3) ? undefined : spanOf(random, place, now);
  const patients = Array.from({ length: 1 + random.below(6) }, () => random.pick(truth.patients).id);
  const bed = place.bed(random.chance(0.4));
  const window = { first: 100, fields: fields('start') };
  const lists = patients.map((patient) => ({ patient: String(patient), filter: span ?? {}, window }));
  const pages = all(await bed.connector.patientAppointments(lists, bed.call));
  for (const [i, page] of pages.entries())
    expect(sorted(page.items.map(({ record }) => `${record.key} ${Date.parse(record.start ?? '')}`))).toEqual(
      sorted(
        truth.appointments
          .filter(({ id, patientId, start }) => {
            return (
              !hidden.appointments.has(id) && patientId === patients[i] && (span === undefined || isIn(start, span))
            );
          })
          .map(({ id, start }) => `${id} ${Date.parse(start)}`),
      ),
    );
};

const searchClaims: Ask = async (place, random, now) => {
  const { truth, hidden } = place;
  const span = spanOf(random, place, now);
  const [from, to] = [span.from.slice(0, 10), span.to.slice(0, 10)];
  const bed = place.bed(random.chance(0.3));
  const ask = (window: Window) => bed.connector.searchClaims({ from, to }, window, bed.call);
  const found = await through<'Claim'>(ask, 1 + random.below(20));
  const expected = truth.claims.filter(
    ({ id, serviceStart }) => !hidden.claims.has(id) && serviceStart >= from && serviceStart <= to,
  );
  expect(sorted(found.map(({ record }) => `${record.key} ${record.patientKey}`))).toEqual(
    sorted(expected.map(({ id, patientId }) => `${id} ${patientId}`)),
  );
};

/** Vitals have a day for a time at athenaNet, that of the department; laboratory results a moment. */
const patientObservations: Ask = async (place, random, now) => {
  const { truth, hidden } = place;
  const patient = random.pick(truth.patients);
  const span = spanOf(random, place, now);
  const category = random.pick(['vital-signs', 'laboratory']);
  const zoneOf = (locationId: number | undefined) =>
    truth.locations.find(({ id }) => id === locationId)?.timeZone ?? truth.timeZone;
  const placeOf = (appointmentId: number | undefined) =>
    truth.appointments.find(({ id }) => id === appointmentId && !hidden.appointments.has(id))?.locationId ??
    patient.locationId;
  const expected = truth.observations.filter((one) => {
    if (one.patientId !== patient.id || one.category !== category || hidden.observations.has(one.id)) return false;
    if (category === 'laboratory') return isIn(one.effective, span);
    const day = dayPeriod(instantToLocal(one.effective, zoneOf(placeOf(one.appointmentId))).date, truth.timeZone);
    return Date.parse(day.end) >= Date.parse(span.from) && Date.parse(day.start) < Date.parse(span.to);
  });
  const bed = place.bed(random.chance(0.4));
  const window = { first: 100, fields: fields('code') };
  const lists = [{ patient: String(patient.id), filter: { category, ...span }, window }];
  const [page] = all(await bed.connector.patientObservations(lists, bed.call));
  const parts = (one: (typeof expected)[number]) =>
    category === 'laboratory' ? Math.max(1, one.components.length) : 1;
  expect(page?.items.length).toBe(expected.reduce((sum, one) => sum + parts(one), 0));
};

const ASKS = [searchAppointments, searchAppointments, patientAppointments, searchClaims, patientObservations];
const SEED = Number(process.env.SEED ?? 20_261_121);
const ROUNDS = Number(process.env.ROUNDS ?? 60);

it.each([
  { title: 'the spring change', now: '2026-03-09T15:00:00Z' },
  { title: 'the autumn change', now: '2026-11-02T15:00:00Z' },
  { title: 'a year’s end', now: '2027-01-02T15:00:00Z' },
])('is what the practice knows, around $title', { timeout: 60_000 }, async ({ now }) => {
  const place = await open(now, SEED);
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = new Random(SEED + round);
    const ask = random.pick(ASKS);
    try {
      await ask(place, random, now);
    } catch (thrown) {
      throw new Error(`${ask.name}, SEED=${SEED + round} ROUNDS=1`, { cause: thrown });
    }
  }
});
