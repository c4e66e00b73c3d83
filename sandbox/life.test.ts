import { afterEach, describe, expect, it } from 'vitest';
import type { Happening } from './happenings.ts';
import { type Sandbox, type SandboxOptions, startSandbox, type Vendor } from './index.ts';
import { type Deed, type Life, type LifeOptions, life } from './life.ts';
import { KNOWN_PEOPLE } from './population/cast.ts';
import { random } from './population/random.ts';

/** A Wednesday morning. */
const NOW = '2026-11-18T15:00:00Z';
const SATURDAY = '2026-11-21T15:00:00Z';
const VENDORS = ['unity', 'athenanet', 'fhir'] as const satisfies readonly Vendor[];
const KINDS = ['booking', 'move', 'cancellation', 'check-in', 'telephone', 'result', 'correction'] as const;
/** Enough for every kind at every vendor. */
const MANY = 150;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const living = async (
  options: LifeOptions = {},
  more: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; one: Life }> => {
  const { now = NOW } = more;
  const sandbox = await startSandbox({ now, ...more });
  closing.push(() => sandbox.close());
  const one = await life(sandbox, { now: () => Date.parse(now), ...options });
  closing.push(() => one.stop());
  return { sandbox, one };
};

const several = async (one: Life, count: number): Promise<readonly Deed[]> => {
  const deeds: Deed[] = [];
  for (let at = 0; at < count; at += 1) {
    const deed = await one.next();
    if (deed !== undefined) deeds.push(deed);
  }
  return deeds;
};

const patientOf = ({ type, record }: Happening): number | undefined => {
  if (type === 'Patient') return record.id;
  return 'patientId' in record ? record.patientId : undefined;
};

const wordsOf = ({ type, kind, cause }: Happening): string => `${type} ${cause ?? kind}`;

/** What each kind is at the vendors; athenaNet moves a visit by booking another one. */
const EXPECTED: Readonly<Record<Deed['kind'], readonly string[]>> = {
  booking: ['Appointment schedule'],
  move: ['Appointment reschedule'],
  cancellation: ['Appointment cancel'],
  'check-in': ['Appointment check-in'],
  telephone: ['Patient updated'],
  result: ['Observation created'],
  correction: ['Observation updated'],
};
const expectedOf = ({ vendor, kind }: Deed): readonly string[] =>
  vendor === 'athenanet' && kind === 'move' ? ['Appointment schedule', 'Appointment cancel'] : EXPECTED[kind];

describe('life', () => {
  it('does every kind of thing at every vendor, each a change of that patient and nothing else', async () => {
    const { sandbox, one } = await living();
    const seen = new Set<string>();
    for (let at = 0; at < MANY; at += 1) {
      const before = VENDORS.map((vendor) => sandbox.happenings(vendor).length);
      const deed = await one.next();
      const news = VENDORS.flatMap((vendor, index) => sandbox.happenings(vendor).slice(before[index]));
      if (deed === undefined) throw new Error('nothing was done');
      seen.add(`${deed.vendor} ${deed.kind}`);
      expect(news.map(wordsOf), JSON.stringify(deed)).toEqual(expectedOf(deed));
      expect(new Set(news.map(patientOf))).toEqual(new Set([deed.patient]));
      if (deed.record !== undefined) expect(news.map(({ id }) => id)).toContain(deed.record);
    }
    expect([...seen].sort()).toEqual(VENDORS.flatMap((vendor) => KINDS.map((kind) => `${vendor} ${kind}`)).sort());
  });

  it('leaves the people of documentation and tests as they are', async () => {
    const { sandbox, one } = await living();
    const about = (vendor: Vendor, id: number | undefined): string => {
      const { patients, appointments, observations } = sandbox.practices[vendor] ?? {};
      const isOf = ({ patientId }: { readonly patientId: number }): boolean => patientId === id;
      return JSON.stringify([
        patients?.find((patient) => patient.id === id),
        appointments?.filter(isOf),
        observations?.filter(isOf),
      ]);
    };
    const known = () => VENDORS.map((vendor) => KNOWN_PEOPLE.map(({ ids }) => about(vendor, ids[vendor])));
    const before = known();
    await several(one, MANY);
    expect(known()).toEqual(before);
  });

  it('corrects a result that it brought, under its id and soon', async () => {
    const { sandbox, one } = await living();
    const deeds = await several(one, 60);
    const corrections = deeds.filter(({ kind }) => kind === 'correction');
    expect(corrections.length).toBeGreaterThan(2);
    for (const { vendor, record } of corrections) {
      const [brought, corrected] = ['result', 'correction'].map((kind) =>
        deeds.findIndex((deed) => deed.kind === kind && deed.vendor === vendor && deed.record === record),
      );
      expect((corrected ?? 0) - (brought ?? 0)).toBeGreaterThan(0);
      expect((corrected ?? 0) - (brought ?? 0)).toBeLessThan(10);
      const now = sandbox.practices[vendor]?.observations.find(({ id }) => id === record);
      expect(now?.status).toBe('corrected');
      expect(now?.history.map(({ status }) => status)).toEqual(['final']);
      expect(now?.history[0]?.value).not.toEqual(now?.value);
    }
  });

  it('does the same for the same chance, people and time, and other things for another chance', async () => {
    const told = async (seed: number) => several((await living({ chance: random(seed) })).one, 25);
    const first = await told(5);
    expect(first).toHaveLength(25);
    expect(await told(5)).toEqual(first);
    expect(await told(6)).not.toEqual(first);
  });

  it('is counted nowhere and struck by nothing, and signs in again where it has to', async () => {
    const { sandbox, one } = await living();
    await several(one, 20);
    for (const vendor of VENDORS) {
      const simulator = sandbox.simulators[vendor];
      expect(simulator.traffic.total).toBe(0);
      simulator.fault({ kind: 'expire-token', times: 1 });
      await fetch(simulator.url);
      simulator.fault({ kind: 'hang' });
    }
    const after = await several(one, 60);
    const byDoor = after.filter(({ kind }) => kind === 'telephone' || kind === 'booking');
    expect(new Set(byDoor.map(({ vendor }) => vendor))).toEqual(new Set(VENDORS));
  });

  it('does something else where a system refuses', async () => {
    const none = { perSecond: 0, perDay: 0, tokenPerMinute: 0 };
    const { one } = await living({}, { athenanetLimits: none });
    const deeds = await several(one, 60);
    expect(deeds).toHaveLength(60);
    const there = deeds.filter(({ vendor }) => vendor === 'athenanet').map(({ kind }) => kind);
    expect(new Set(there)).toEqual(new Set(['result', 'correction']));
  });

  it('checks nobody in on a day without visits', async () => {
    const { one } = await living({}, { now: SATURDAY });
    const kinds = (await several(one, 60)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(KINDS.filter((kind) => kind !== 'check-in')));
  });

  it('leaves alone what has no people of its own', async () => {
    const { sandbox } = await living();
    const { unity, athenanet } = sandbox.practices;
    const one = await life({ ...sandbox, practices: { unity, athenanet } }, { now: () => Date.parse(NOW) });
    closing.push(() => one.stop());
    await several(one, 30);
    expect(sandbox.happenings('fhir')).toEqual([]);
    expect(sandbox.happenings('unity').length).toBeGreaterThan(0);
  });

  it('goes on by itself until it is stopped', async () => {
    const deeds: Deed[] = [];
    const five = Promise.withResolvers<void>();
    const told = (deed: Deed): void => {
      if (deeds.push(deed) === 5) five.resolve();
    };
    const { sandbox, one } = await living({ every: 1, told });
    await five.promise;
    await one.stop();
    const count = deeds.length;
    const happened = VENDORS.map((vendor) => sandbox.happenings(vendor).length);
    expect(await one.next()).toBeUndefined();
    expect([deeds.length, VENDORS.map((vendor) => sandbox.happenings(vendor).length)]).toEqual([count, happened]);
  });
});
