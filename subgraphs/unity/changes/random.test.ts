import { afterEach, expect, it } from 'vitest';
import { type Changes, changeRecord } from '../../../sandbox/change.ts';
import type { Happening } from '../../../sandbox/happenings.ts';
import { random } from '../../../sandbox/population/random.ts';
import type { Practice } from '../../../sandbox/practice.ts';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { ChangedType } from '../../../store/changes.ts';
import { openStore } from '../../../store/index.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { changesOf, fingerprintOf } from '../../vendor/changes/notice.ts';
import { NOW, practice as smallPractice } from '../fixture/practice.ts';
import { operation, settings } from '../fixture/vendor.ts';
import { watching } from '../fixture/watching.ts';
import { connectWorld, MAGIC, recordOf } from '../fixture/world.ts';
import { carryOut } from '../fixture/writing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const SEED = Number(process.env.SEED ?? 261_121);
const KEPT = { ttlSeconds: { Patient: 600, Appointment: 600, Observation: 600, Claim: 600 }, staleSeconds: 0 };
const NAMES = ['visits', 'patients'] as const;
const ACTIONS = ['GetServerInfo', 'GetChanged', 'GetAppointmentsByChange', 'GetSchedule', 'GetResults', 'GetPatient'];
const STEPS = Number(process.env.STEPS ?? 150);
/** The overlap, and the second to which times are sent. */
const EXPLAINED_MS = { visits: 121_000, patients: 6_000 } as const;

const quantity = (text: string) => ({ value: { kind: 'quantity', value: text, unit: '/min' } }) as const;
const POTASSIUM = { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' };

/** Does a notice stand for what happened? Of vital signs and charges Unity says only whose they are. */
const isAbout = ({ type, key }: Pick<Noticed, 'type' | 'key'>, happening: Happening): boolean => {
  if (type !== happening.type) return false;
  if (happening.type === 'Claim') return key.startsWith(`${happening.record.patientId}|`);
  if (happening.type !== 'Observation') return key === String(happening.id);
  const { category, patientId } = happening.record;
  if (category === 'vital-signs') return key.startsWith(`vital|${patientId}|`);
  return key.startsWith(`result|${patientId}|${happening.id}|`);
};

const open = async () => {
  let now = NOW;
  const practice: Practice = smallPractice();
  const behaviour = unitySimulator({ now: () => now, practice });
  const simulator = await listen(behaviour);
  const { connector, upstream, close } = await connectWorld<Fault>(simulator, MAGIC, UNITY_SIGN_IN, {
    now: () => now,
    cache: KEPT,
  });
  const store = openStore({ kind: 'memory' });
  closing.push(close, () => store.close());
  const source = settings(`${simulator.url}/Unity/UnityService.svc`);
  return {
    connector,
    simulator,
    practice,
    happenings: () => behaviour.happenings?.all ?? [],
    report: behaviour.report,
    changes: store.changes,
    source: { id: source.id, settings: source, upstream, connector },
    now: () => now,
    pass: (ms: number): void => {
      now += ms;
    },
    change: <T extends keyof Changes>(type: T, id: number, set: Changes[T]): void => {
      const changed = changeRecord(practice, type, id, set, now);
      behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
    },
  };
};
type World = Awaited<ReturnType<typeof open>>;

/** One thing that happens at the practice, by its people or by a client. */
const happen = async (
  { practice, change, connector, report }: World,
  step: number,
  chance: ReturnType<typeof random>,
) => {
  const text = String(step);
  const deeds: readonly (() => unknown)[] = [
    () => change('Patient', chance.pick([10, 11, 12]), { email: `${text}@example.com` }),
    () => change('Appointment', chance.pick(practice.appointments).id, { note: text }),
    () =>
      change('Appointment', chance.pick(practice.appointments).id, {
        start: new Date(NOW + step * 3_600_000).toISOString(),
      }),
    () =>
      change('Appointment', chance.pick(practice.appointments).id, {
        status: chance.pick(['booked', 'cancelled', 'noshow', 'arrived']),
      }),
    () => change('Observation', chance.pick(practice.observations.filter(({ id }) => id !== 601)).id, quantity(text)),
    () =>
      change('Claim', chance.pick(practice.claims).id, { status: chance.pick(['draft', 'submitted', 'cancelled']) }),
    () =>
      report?.({
        ...{ patientId: chance.pick([10, 11, 12]), practitionerId: 68, category: 'laboratory', code: POTASSIUM },
        ...{ effective: '2025-06-12T15:00:00Z', reportName: 'Report', status: 'final', components: [] },
        ...quantity(text),
      }),
    () =>
      carryOut(connector, 'updatePatient', {
        key: '11',
        patient: { email: `${text}@example.org` },
        clear: [],
      }),
    () =>
      carryOut(connector, 'bookAppointment', {
        ...{ patient: '12', practitioner: '71', minutes: 20 },
        start: new Date(Date.parse('2025-09-01T15:00:00Z') + step * 3_600_000).toISOString(),
      }),
  ];
  await chance.pick(deeds)();
};

/** What a record said when so many things had happened: when it was changed is none of it. */
const contentAt = (all: readonly Happening[], { type, id }: Happening, number: number): string => {
  const own = all.filter((one) => one.type === type && one.id === id);
  const record = own.findLast((one) => one.number <= number)?.record ?? own[0]?.before;
  return JSON.stringify({ ...record, changedAt: undefined });
};

interface Told {
  readonly noticed: Noticed;
  /** How many things had happened when it was read. */
  readonly after: number;
  /** The earliest time of a change that explains it. */
  readonly since: number;
}

it('loses no change and invents none, over failures, kills and pauses', { timeout: 60_000 }, async () => {
  console.info(`seed ${SEED}`);
  const chance = random(SEED);
  const world = await open();
  const { changes, source, now, happenings } = world;
  const watches = await Promise.all(
    NAMES.map(async (name) => ({ name, readAt: now(), ...(await watching(world.connector, name, now)) })),
  );
  const told: Told[] = [];
  let lost = 0;
  /** As the watcher does: everything of a page is kept together, or nothing. */
  const look = async (watch: (typeof watches)[number], kill: boolean): Promise<boolean> => {
    const [after, at] = [happenings().length, now()];
    const page = await watch.page();
    const drafts = await changesOf(page.noticed, 'POLL', source, operation(now));
    if (kill) return false;
    await changes.append(drafts, { source: source.id, feed: watch.feed.name, place: page.place });
    watch.keep(page.place);
    told.push(...page.noticed.map((noticed) => ({ noticed, after, since: watch.readAt - EXPLAINED_MS[watch.name] })));
    if (!page.more) watch.readAt = at;
    return page.more;
  };
  for (let step = 1; step <= STEPS; step += 1) {
    world.pass(chance.chance(0.03) ? 600_000 : chance.int(0, 3_000));
    if (chance.chance(0.6)) await happen(world, step, chance);
    const watch = chance.pick(watches);
    const planted = chance.chance(0.1);
    if (planted) world.simulator.fault({ kind: 'body', body: '<html/>', match: chance.pick(ACTIONS), times: 1 });
    if (chance.chance(0.5))
      await look(watch, chance.chance(0.2)).catch(() => {
        lost += 1;
      });
    if (planted) world.simulator.reset();
  }
  for (const watch of watches) while (await look(watch, false));

  const all = happenings().filter(({ type }) => ['Patient', 'Appointment', 'Observation', 'Claim'].includes(type));
  expect(all.length).toBeGreaterThan(50);
  expect(lost).toBeGreaterThan(0);
  const missed = all.filter((one) => {
    const last = Math.max(0, ...told.filter(({ noticed }) => isAbout(noticed, one)).map(({ after }) => after));
    return last < one.number && contentAt(all, one, last) !== contentAt(all, one, happenings().length);
  });
  expect(missed).toEqual([]);
  const unexplained = told.filter(
    ({ noticed, since, after }) =>
      !all.some((one) => one.number <= after && Date.parse(one.at) >= since && isAbout(noticed, one)),
  );
  expect(unexplained).toEqual([]);
  const rows = await changes.after(undefined, 1_000);
  for (const [name, some] of Map.groupBy(rows, ({ type, key }) => `${type} ${key}`)) {
    const [{ type, key } = { type: 'Patient' as ChangedType, key: '' }] = some;
    const about = all.filter((one) => isAbout({ type, key }, one));
    expect([name, some.length]).toEqual([name, Math.min(some.length, about.length)]);
    expect([name, some.slice(1).filter(({ kind }) => kind === 'CREATED')]).toEqual([name, []]);
    const [found] = await world.connector.read[type]([{ key, fields: FIELDS }], operation(now));
    expect([name, some.at(-1)?.fingerprint]).toEqual([name, fingerprintOf(type, recordOf<ChangedType>(found))]);
  }
  const booked = all
    .filter(({ kind, type }) => kind === 'created' && type === 'Appointment')
    .map(({ id }) => String(id));
  const created = rows.filter(({ kind, type }) => kind === 'CREATED' && type === 'Appointment').map(({ key }) => key);
  expect(created.sort()).toEqual(booked.sort());
});

const FIELDS: ReadonlySet<string> = new Set([
  ...[
    'names',
    'dateOfBirth',
    'gender',
    'addresses',
    'telecoms',
    'preferredLanguage',
    'status',
    'lines',
    'code',
    'value',
  ],
  ...['patient', 'practitioner', 'location', 'start', 'minutes', 'type', 'reason', 'note', 'patientResponsibility'],
]);
