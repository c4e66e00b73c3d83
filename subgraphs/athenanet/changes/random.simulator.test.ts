import { expect, it } from 'vitest';
import { NOW } from '../../../sandbox/athenanet/fixture.ts';
import { generatePractices } from '../../../sandbox/generate.ts';
import type { Happening } from '../../../sandbox/happenings.ts';
import type { Appointment } from '../../../sandbox/practice.ts';
import type { ChangeDraft } from '../../../store/changes.ts';
import { type Watch, watch } from '../../../test/athenanet/watch.ts';
import { Random } from '../../../test/random.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { changesOf } from '../../vendor/changes/notice.ts';

/** Random changes of a practice, between readings of which some fail: after the last, nothing that differs is unknown. */

const FEEDS = ['appointments', 'patients', 'labresults', 'claims'] as const;
const STEPS = 250;
const OPEN: ReadonlySet<string> = new Set(['booked', 'arrived', 'checked-in']);
const NEXT = {
  booked: ['arrived', 'cancelled', 'noshow', 'checked-in'],
  arrived: ['checked-in', 'cancelled'],
  'checked-in': ['fulfilled'],
} as const;

const phone = (chance: Random): string => `555555${String(1000 + chance.below(9000))}`;

const open = ({ practice }: Watch): readonly Appointment[] =>
  practice.appointments.filter(({ status, locationId }) => OPEN.has(status) && locationId !== undefined);

type Deed = (one: Watch, chance: Random) => unknown;

const DEEDS: readonly Deed[] = [
  (one, chance) => one.change('Patient', chance.pick(one.practice.patients).id, { homePhone: phone(chance) }),
  // the same as it was: a row, and nothing different
  (one, chance) => one.change('Patient', chance.pick(one.practice.patients).id, {}),
  (one, chance) => {
    if (open(one).length === 0) return; // all have come to their end
    const { id, status } = chance.pick(open(one));
    one.change('Appointment', id, { status: chance.pick(NEXT[status as keyof typeof NEXT]) });
  },
  (one, chance) => {
    if (open(one).length === 0) return;
    const { id, start } = chance.pick(open(one));
    one.change('Appointment', id, { start: new Date(Date.parse(start) + 900_000).toISOString() });
  },
  (one, chance) => {
    const { id } = chance.pick(one.practice.claims.filter(({ status }) => status !== 'cancelled'));
    one.change('Claim', id, { status: chance.pick(['submitted', 'accepted', 'denied', 'paid'] as const) });
  },
  (one, chance) => {
    const labs = one.practice.observations.filter(
      ({ category, status, value }) =>
        category === 'laboratory' && status !== 'entered-in-error' && value?.kind === 'quantity',
    );
    one.change('Observation', chance.pick(labs).id, {
      value: { kind: 'quantity', value: String(1 + chance.below(500)), unit: 'mg/dL' },
    });
  },
  (one, chance) => {
    one.one.behaviour.report?.({
      patientId: chance.pick(one.practice.patients).id,
      category: 'laboratory',
      code: { system: 'http://loinc.org', code: '2345-7', display: 'Glucose' },
      effective: new Date(one.now()).toISOString(),
      reportName: 'Glucose',
      status: 'final',
      value: { kind: 'quantity', value: String(1 + chance.below(500)), unit: 'mg/dL' },
      components: [],
    });
  },
  (one, chance) =>
    one.client('PUT', `/patients/${chance.pick(one.practice.patients).id}`, { mobilephone: phone(chance) }),
  (one, chance) => {
    const { id, patientId } = chance.pick(open(one));
    return one.client('PUT', `/appointments/${id}/cancel`, { patientid: String(patientId) });
  },
  (one, chance) => one.client('POST', `/appointments/${chance.pick(open(one)).id}/startcheckin`),
  async (one, chance) => {
    const { id, patientId, locationId } = chance.pick(open(one));
    const answer = await one.client('GET', '/appointments/open', {
      departmentid: String(locationId),
      reasonid: '-1',
      startdate: '11/20/2025',
      enddate: '12/20/2025',
      ignoreschedulablepermission: 'true',
    });
    const { appointments } = JSON.parse(answer.text) as {
      readonly appointments: readonly { readonly appointmentid: string }[];
    };
    const slot = appointments[0]?.appointmentid;
    if (slot === undefined) return;
    await one.client('PUT', `/appointments/${id}/reschedule`, {
      patientid: String(patientId),
      newappointmentid: slot,
      ignoreschedulablepermission: 'true',
    });
  },
];

const PAUSES = [0, 0, 300, 1000, 60_000, 3_600_000] as const;

const reading = async (one: Watch, chance: Random): Promise<void> => {
  const name = chance.pick(FEEDS);
  const lost = chance.chance(0.2);
  if (lost) one.one.simulator.fault({ kind: 'lose', match: `GET /${name}/changed`, times: chance.pick([1, 50]) });
  // a failed reading is one whose page is thrown away, as it is for whoever watches
  await one.read(name, chance.chance(0.25) ? 'thrown away' : 'kept').catch((thrown: unknown) => {
    if (!lost) throw thrown;
  });
  one.one.simulator.reset();
};

/** What the graph shows of a changed record now: by the vendor's own lists, asked by someone who knows nothing. */
const truthOf = async (one: Watch, changed: readonly Happening[]): Promise<readonly ChangeDraft[]> => {
  const noticed: Noticed[] = [];
  const source = one.source();
  const reports = new Set<number>();
  const patients = new Set<number>();
  for (const { type, id, record } of changed) {
    if (type === 'Patient' || type === 'Appointment' || type === 'Claim') noticed.push({ type, key: String(id) });
    if (type !== 'Observation') continue;
    const { reportId, patientId } = record as Extract<Happening, { readonly type: 'Observation' }>['record'];
    reports.add(reportId);
    patients.add(patientId);
  }
  for (const patient of patients) {
    const asked = [{ patient: String(patient), filter: { category: 'laboratory' }, window: { first: 5000 } }];
    const [page] = await source.connector.patientObservations(asked, one.call());
    if (page === undefined || page instanceof Error) throw page;
    for (const { record } of page.items)
      if (reports.has(Number(record.own?.labResultId))) noticed.push({ type: 'Observation', key: record.key });
  }
  return changesOf(noticed, 'POLL', source, one.call());
};

const SEED = Number(process.env.SEED ?? 261_121);

it.each([SEED, SEED + 1])(
  'misses nothing and invents nothing (seed %i)',
  async (seed) => {
    const chance = new Random(seed);
    const { athenanet: practice } = generatePractices({ seed, now: new Date(NOW).toISOString() });
    const one = await watch(practice, { skewMs: chance.pick([-600_000, 0, 600_000]) });
    for (const name of FEEDS) await one.read(name);
    for (let step = 0; step < STEPS; step += 1) {
      await chance.pick(DEEDS)(one, chance);
      one.pass(chance.pick(PAUSES));
      if (chance.chance(0.4)) await reading(one, chance);
    }
    for (const name of FEEDS) await one.drain(name);
    const changed = one.one.behaviour.happenings?.all ?? [];
    const truth = await truthOf(one, changed);
    const last = new Map(one.stream.map((draft) => [`${draft.type} ${draft.key}`, draft.fingerprint]));
    for (const { type, key, fingerprint } of truth)
      expect([seed, type, key, last.get(`${type} ${key}`)]).toEqual([seed, type, key, fingerprint]);
    const known = new Set(truth.map(({ type, key }) => `${type} ${key}`));
    const named = one.noticed.map(({ type, key }) => `${type} ${key}`);
    expect([seed, named.filter((name) => !known.has(name))]).toEqual([seed, []]);
    // what is noticed and no change is at most what a window shows again
    expect(truth.length).toBeGreaterThan(STEPS / 4);
    for (const name of FEEDS) expect([seed, (await one.read(name)).page?.noticed]).toEqual([seed, []]);
  },
  60_000,
);
