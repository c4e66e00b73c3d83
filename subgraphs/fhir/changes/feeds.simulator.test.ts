import { afterEach, describe, expect, it } from 'vitest';
import { type Changes, changeRecord } from '../../../sandbox/change.ts';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../../sandbox/generate.ts';
import type { Happening } from '../../../sandbox/happenings.ts';
import { listen } from '../../../sandbox/server.ts';
import { ownCall } from '../../../upstream/call.ts';
import { Secret } from '../../../upstream/source.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import { fingerprintOf } from '../../vendor/changes/notice.ts';
import type { Found } from '../../vendor/connector.ts';
import { connectFhir } from '../connector.ts';
import { randomBy } from '../fixtures/random.ts';
import { closeAll, closeLater, NOW, settingsFor, wanted } from '../fixtures/server.ts';
import { carryOut, deskOf, PERSON } from '../fixtures/writing.ts';

afterEach(closeAll);

const PREFIX: Readonly<Partial<Record<Happening['type'], string>>> = {
  Patient: 'pat',
  Appointment: 'appt',
  Observation: 'obs',
  Claim: 'claim',
};
const CLAIM_STATES = ['submitted', 'paid', 'denied'] as const;

const opened = async (vendor: 'GENERIC_FHIR' | 'CERNER' | 'EPIC' = 'GENERIC_FHIR') => {
  const clock = { now: NOW };
  const now = () => clock.now;
  const practice = generatePractices({ seed: 7, now: new Date(NOW).toISOString() }).fhir;
  const behaviour = await fhirSimulator({ practice, now });
  const simulator = await listen(behaviour);
  const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
  const settings = settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, vendor, auth);
  const upstream = new Upstream({ ...settings, limits: { ...settings.limits, perSecond: 10_000 } }, Date.now);
  closeLater(upstream, simulator);
  const calls: string[] = [];
  const connector = connectFhir(settings, upstream, now);
  const call = ownCall(60_000, Date.now, (one) => calls.push(one.call));
  const change = <T extends keyof Changes>(type: T, id: number, set: Changes[T]): void => {
    const changed = changeRecord(practice, type, id, set, clock.now);
    behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed } as never);
  };
  const happened = () => behaviour.happenings?.all ?? [];
  return { clock, practice, connector, call, calls, change, happened, report: behaviour.report, simulator };
};
type Opened = Awaited<ReturnType<typeof opened>>;

const one = <T>(list: readonly T[], chance: () => number): T => list[Math.floor(chance() * list.length)] as T;

/** One thing that happens at the practice, or by a client; what the simulator refuses did not happen. */
const step = async (at: Opened, chance: () => number, number: number): Promise<void> => {
  const { practice, change, report, connector, call, calls } = at;
  const desk = deskOf({ connector, call, calls, close: async () => undefined });
  const steps: readonly (() => unknown)[] = [
    () => change('Patient', one(practice.patients, chance).id, { mobilePhone: `61755501${10 + (number % 80)}` }),
    () =>
      change('Appointment', one(practice.appointments, chance).id, {
        status: one(['noshow', 'cancelled', 'booked'], chance),
      }),
    () => change('Appointment', one(practice.appointments, chance).id, { note: `note ${number}` }),
    () => change('Observation', one(practice.observations, chance).id, { status: 'corrected' }),
    () => change('Claim', one(practice.claims, chance).id, { status: one(CLAIM_STATES, chance) }),
    () => {
      const { id: _, issued: __, history: ___, reportId: ____, ...draft } = one(practice.observations, chance);
      report?.(draft);
    },
    () => carryOut(desk, 'createPatient', PERSON),
    () =>
      carryOut(desk, 'bookAppointment', {
        patient: `pat-${one(practice.patients, chance).id}`,
        practitioner: `prac-${one(practice.practitioners, chance).id}`,
        start: new Date(NOW + 90 * 86_400_000 + number * 3_600_000).toISOString(),
        minutes: 10,
      }),
  ];
  await one(steps, chance)();
};

const SEED = Number(process.env.SEED ?? 261_121);

describe('changes at the FHIR simulator', () => {
  it.each([SEED, SEED + 1, SEED + 2])('are all noticed, and nothing else (seed %i)', async (seed) => {
    const chance = randomBy(seed);
    const at = await opened();
    const feeds = at.connector.feeds ?? [];
    const places = new Map<string, string>();
    for (const feed of feeds) places.set(feed.name, await feed.begin(at.call));
    /** How much had happened before each kept reading that noticed the record. */
    const noticed = new Map<string, number[]>();
    const read = async (share: number): Promise<void> => {
      for (const feed of feeds) {
        const before = at.happened().length;
        const page = await feed.read(places.get(feed.name) ?? '', at.call);
        if (chance() >= share) continue; // killed before anything was kept
        places.set(feed.name, page.place);
        for (const { key } of page.noticed) noticed.set(key, [...(noticed.get(key) ?? []), before]);
      }
    };
    for (let number = 0; number < 150; number++) {
      at.clock.now += one([0, 0, 1, 700, 5000, 70_000], chance);
      await step(at, chance, number);
      if (chance() < 0.3) await read(0.7);
    }
    await read(1);
    const happened = at.happened().filter(({ type }) => type in PREFIX);
    expect(happened.length).toBeGreaterThan(100);
    const changes = Map.groupBy(happened, ({ type, id }) => `${PREFIX[type]}-${id}`);
    const late = [...changes].filter(([key, all]) => (noticed.get(key)?.at(-1) ?? 0) < (all.at(-1)?.number ?? 0));
    expect(late.map(([key]) => key)).toEqual([]);
    const often = [...noticed].filter(([key, all]) => {
      const most = changes.get(key)?.length ?? 0;
      return all.length > (key.startsWith('claim') ? 2 * most : most); // a claim by itself and by its explanation
    });
    expect(often).toEqual([]);
    const once = [...noticed.values()].flat().length;
    await read(1);
    expect([...noticed.values()].flat().length).toBe(once);
  });

  it('tell a record as a reading of it does', async () => {
    const at = await opened();
    const [patient, visit] = [at.practice.patients[0], at.practice.appointments[0]];
    const feeds = at.connector.feeds ?? [];
    const places = await Promise.all(feeds.map((feed) => feed.begin(at.call)));
    at.clock.now += 1000;
    at.change('Patient', patient?.id ?? 0, { mobilePhone: '6175550177' });
    at.change('Appointment', visit?.id ?? 0, { status: 'noshow' });
    at.change('Observation', at.practice.observations[0]?.id ?? 0, { status: 'amended' });
    const pages = await Promise.all(feeds.map((feed, i) => feed.read(places[i] ?? '', at.call)));
    const noticed = pages.flatMap((page) => page.noticed);
    expect(noticed.map(({ type, kind }) => [type, kind])).toEqual([
      ['Patient', undefined],
      ['Appointment', undefined],
      ['Observation', undefined],
    ]);
    for (const { type, key, patient: whose, found } of noticed) {
      const [again] = (await at.connector.read[type](wanted(key) as never, at.call)) as readonly Found<typeof type>[];
      expect(found?.record).toEqual(again?.record);
      expect(whose).toBe(type === 'Patient' ? key : (again?.record as { patientKey?: string }).patientKey);
    }
  });

  it('tell a decision of a payer as a change of its claim, by which the record has another version', async () => {
    const at = await opened();
    const feeds = at.connector.feeds ?? [];
    const open = at.practice.claims.find(({ status }) => status === 'submitted');
    const key = `claim-${open?.id}`;
    const print = async () => {
      const [found] = await at.connector.read.Claim(wanted(key), at.call);
      return fingerprintOf('Claim', (found as Found<'Claim'>).record);
    };
    const before = await print();
    const places = await Promise.all(feeds.map((feed) => feed.begin(at.call)));
    at.clock.now += 1000;
    at.change('Claim', open?.id ?? 0, { status: 'denied' });
    const pages = await Promise.all(feeds.map((feed, i) => feed.read(places[i] ?? '', at.call)));
    const patient = `pat-${open?.patientId}`;
    const noticed = pages.flatMap((page) => page.noticed);
    expect(new Set(noticed.map((one) => `${one.type} ${one.key} ${one.patient}`))).toEqual(
      new Set([`Claim ${key} ${patient}`]),
    );
    expect(await print()).not.toBe(before);
  });

  it('cost one call for each type when nothing happened', async () => {
    const at = await opened();
    const feeds = at.connector.feeds ?? [];
    for (const feed of feeds) {
      const place = await feed.begin(at.call);
      const before = at.calls.length;
      expect(await feed.read(place, at.call)).toEqual({ noticed: [], place, more: false });
      expect(at.calls.length - before).toBe(feed.calls);
    }
    expect(feeds.map(({ name }) => name)).toEqual([
      'Patient',
      'Appointment',
      'Observation',
      'Claim',
      'ExplanationOfBenefit',
    ]);
  });

  it('are told again from the same place when an answer was lost', async () => {
    const at = await opened();
    const [feed] = at.connector.feeds ?? [];
    const place = (await feed?.begin(at.call)) ?? '';
    at.clock.now += 1000;
    at.change('Patient', at.practice.patients[0]?.id ?? 0, { mobilePhone: '6175550177' });
    at.simulator.fault({ kind: 'status', status: 500, match: 'GET', times: 10 });
    await expect(feed?.read(place, at.call)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    at.simulator.reset();
    expect((await feed?.read(place, at.call))?.noticed).toMatchObject([{ key: `pat-${at.practice.patients[0]?.id}` }]);
  });
});
