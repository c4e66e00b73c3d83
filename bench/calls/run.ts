import { performance } from 'node:perf_hooks';
import type { Logged } from '../../sandbox/calls.ts';
import { sequentialDepth } from './depth.ts';
import { type Data, type Question, type Row, SOURCES, type Subjects, VENDORS, type Vendor } from './row.ts';
import type { Fresh, World } from './world.ts';

/** One row, asked once. */
export interface Run {
  /** Names of the calls that the simulators counted. */
  readonly calls: Readonly<Record<Vendor, readonly string[]>>;
  readonly depth: number;
  /** Of the calls to one vendor alone. */
  readonly depths: Readonly<Record<Vendor, number>>;
  readonly ms: number;
  /** Of this process's processor time, all threads. */
  readonly cpuMs: number;
}

/** Signs in everywhere, and finds nobody. */
const SIGN_IN: Question = {
  query: `query($sources: [ID!]) {
  patients(search: { lastName: "Zzyzx" }, sources: $sources) { nodes { id } outcomes { ok } }
}`,
  variables: { sources: VENDORS.map((vendor) => SOURCES[vendor]) },
};

/** Brings every list of people, places, resources and appointment types that a source keeps. */
const directories = ({ bystander }: Subjects): Question => ({
  query: `query($from: DateTime!, $to: DateTime!, $ids: [ID!]!) {
  sources {
    practitioners { nodes { id name { text } } }
    locations { id name timeZone }
    slots(from: $from, to: $to) { id }
  }
  nodes(ids: $ids) {
    ... on Patient { appointments { nodes { type { text } practitioner { name { text } } location { name } } } }
  }
}`,
  variables: {
    from: '2026-12-20T05:00:00Z',
    to: '2026-12-21T05:00:00Z',
    ids: VENDORS.map((vendor) => bystander[vendor]),
  },
});

/** Until the gateway compiles an operation, and some more. */
const WARM_UP = 5;

const SIGN_INS = /token|GetUserAuthentication/i;

const prepare = async (row: Row, { subjects }: World, fresh: Fresh): Promise<readonly Data[]> => {
  await fresh.ask(SIGN_IN);
  if (row.kept === 'directories') await fresh.ask(directories(subjects));
  const answers: Data[] = [];
  for (const earlier of row.before ?? []) answers.push(await fresh.ask(earlier(subjects, answers)));
  return answers;
};

/** Asks a row's question with nothing cached but what belongs to the row, while every call takes `delayMs`. */
export const runRow = async (row: Row, world: World, fresh: Fresh, delayMs: number): Promise<Run> => {
  const { simulators, subjects } = world;
  await simulators.delay(0);
  fresh.forget();
  const question = row.question(subjects, await prepare(row, world, fresh));
  fresh.plan(question);
  await simulators.delay(delayMs);
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await fresh.ask(question);
  const [to, { user, system }] = [performance.now(), process.cpuUsage(cpu)];
  return { ms: to - from, cpuMs: (user + system) / 1_000, ...costOf(await simulators.logs()) };
};

/**
 * A row's runs by a fresh instance of the product. Its first ones are not timed: the code has not run before, and a
 * server that has been up for a while compiles what it is asked again and again.
 */
export const runsOf = async (row: Row, world: World, rounds: number, delayMs: number): Promise<readonly Run[]> => {
  const fresh = await world.begin();
  try {
    const first = await runRow(row, world, fresh, 0);
    for (let i = 1; i < WARM_UP; i++) await runRow(row, world, fresh, 0);
    const runs: Run[] = [];
    for (let i = 0; i < rounds; i++) runs.push(await runRow(row, world, fresh, delayMs));
    // what an instance remembers beside its cache must not make calls look fewer than they are for one that has just begun
    return runs.map((run) => ({ ...run, calls: first.calls }));
  } finally {
    await fresh.close();
  }
};

const costOf = (logs: Readonly<Record<Vendor, readonly Logged[]>>): Omit<Run, 'ms' | 'cpuMs'> => {
  const depth = (...vendors: readonly Vendor[]): number =>
    sequentialDepth(
      vendors.flatMap((one) => logs[one].map(({ from, to = Number.POSITIVE_INFINITY }) => ({ from, to }))),
    );
  const calls = (vendor: Vendor): readonly string[] => {
    const names = logs[vendor].map(({ name }) => name);
    if (names.some((name) => SIGN_INS.test(name))) throw new Error('A source signed in while its calls were counted.');
    return names;
  };
  return {
    calls: { unity: calls('unity'), athenanet: calls('athenanet'), fhir: calls('fhir') },
    depth: depth(...VENDORS),
    depths: { unity: depth('unity'), athenanet: depth('athenanet'), fhir: depth('fhir') },
  };
};
