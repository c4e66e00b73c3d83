import { setTimeout as wait } from 'node:timers/promises';
import { checkTold, type Finding } from './checker.ts';
import type { CrowdOutcome } from './crowd.ts';
import { faultsOf, ms } from './figures.ts';
import { FOLLOWED } from './followed.ts';
import { TELLING, VENDORS } from './kinds.ts';
import type { Plan } from './maker.ts';
import { Portals } from './portals.ts';
import { allTold, onScene, type Scene, type SceneOptions, until, warmed } from './scene.ts';
import { expectedOf } from './stream.ts';

export interface SocketsOptions extends SceneOptions {
  readonly sockets: number;
  readonly seconds: number;
  /** Changes of the records that everybody follows. */
  readonly perSecond: number;
}

/** What the product did for one crowd. */
export interface Cost {
  readonly events: number;
  readonly seconds: number;
  /** Calls to vendors a second, those of asking what changed among them. */
  readonly calls: number;
  /** Calls to vendors for what an event shows, for each event. */
  readonly asked: number;
  /** Records that were asked for, for each event. */
  readonly fetches: number;
  /** The share of one processor. */
  readonly cpu: number;
}

export interface Sockets {
  readonly crowd: CrowdOutcome;
  readonly alone: Cost;
  readonly all: Cost;
  /** What the one subscriber who follows everything found. */
  readonly findings: readonly Finding[];
  readonly sockets: number;
  readonly bytes: number;
}

const PATIENCE_MS = 60_000;
/** The share of the time in which there is one subscriber. */
const ALONE = 0.2;
const SHORTEST_S = 5;

export const planOf = ({ seed, perSecond, webhooks }: SocketsOptions, seconds: number): Plan => ({
  vendors: webhooks === undefined ? VENDORS : TELLING,
  ...{ changes: Math.round(perSecond * seconds), perSecond, hot: 0, seed },
  deeds: FOLLOWED,
});

const heardOf = ({ witness }: Scene): readonly number[] => FOLLOWED.map((type) => witness.cursors[type].length);

/** Opens a crowd behind the last event, and waits until everybody in it has heard one. */
export const gathered = async (scene: Scene, sockets: number, { everyMs, seed }: SceneOptions) => {
  const after = scene.witness.told.at(-1)?.cursor ?? '';
  const before = heardOf(scene);
  const portals = new Portals(scene.deployment.socketUrl, sockets, after, seed);
  await warmed(scene, everyMs, async () => (await portals.least()).every((count) => count > 0));
  return { portals, after, before };
};

/** Waits until a crowd has got whatever the witness has. */
export const caughtUp = (scene: Scene, { portals, before }: Awaited<ReturnType<typeof gathered>>): Promise<boolean> =>
  until(async () => {
    const least = await portals.least();
    return heardOf(scene).every((count, i) => (least[i] ?? 0) >= count - (before[i] ?? 0));
  }, PATIENCE_MS);

const costOf = async (scene: Scene, work: () => Promise<void>): Promise<Cost> => {
  const { deployment, witness } = scene;
  const [before, told, from] = [await deployment.counts(), witness.told.length, performance.now()];
  await work();
  const [after, seconds] = [await deployment.counts(), (performance.now() - from) / 1_000];
  const events = witness.told.length - told;
  return {
    ...{ events, seconds, calls: (after.calls - before.calls) / seconds },
    asked: (after.asked - before.asked) / events,
    fetches: (after.fetches - before.fetches) / events,
    cpu: (after.cpuMs - before.cpuMs) / seconds / 1_000,
  };
};

/** One subscriber, and then many with two subscriptions each, while records change at a steady pace. */
export const runSockets = (options: SocketsOptions): Promise<Sockets> =>
  onScene(options, async (scene) => {
    const { practices, deployment, witness, place } = scene;
    const { sockets, seconds } = options;
    const live = (time: number) => async (): Promise<void> => {
      await practices.make(planOf(options, time));
      await allTold(scene, PATIENCE_MS);
    };
    const one = await gathered(scene, 1, options);
    const alone = await costOf(scene, live(Math.max(SHORTEST_S, seconds * ALONE)));
    await one.portals.stop();
    const many = await gathered(scene, sockets, options);
    try {
      many.portals.measure();
      const all = await costOf(scene, live(seconds));
      await caughtUp(scene, many);
      await wait(2 * options.everyMs); // for what is told twice
      const { rss: bytes } = await deployment.counts();
      const warm = new Set(practices.ready.warmRecords);
      const told = witness.told.filter(({ record }) => !warm.has(record));
      const { findings } = checkTold(practices.made, told, Number.POSITIVE_INFINITY);
      witness.leave();
      await deployment.stop();
      const crowd = await many.portals.outcome(await expectedOf(place, many.after));
      return { crowd, alone, all, findings, sockets, bytes };
    } finally {
      await many.portals.stop();
    }
  });

const costLine = (name: string, { events, seconds, calls, asked, fetches, cpu }: Cost): string =>
  `  ${name.padEnd(14)} ${String(events).padStart(6)} events in ${seconds.toFixed(0)} s: ${calls.toFixed(1)} vendor calls a second, ${asked.toFixed(2)} of them and ${fetches.toFixed(2)} records for each event, ${(cpu * 100).toFixed(0)} % of a processor`;

export const followedLine = ({ right, missing, doubled, disordered, strange, refused }: CrowdOutcome): string =>
  `  right ${right}, missing ${missing}, doubled ${doubled}, out of order ${disordered}, none of the stream ${strange}; refused ${JSON.stringify(refused)}`;

export const socketsLines = ({ crowd, alone, all, sockets, bytes }: Sockets): readonly string[] => [
  costLine('1 socket', alone),
  costLine(`${sockets} sockets`, all),
  `  ${crowd.deliveries} deliveries, from append to socket p50 ${ms(crowd.p50)}, p99 ${ms(crowd.p99)}, max ${ms(crowd.max)}; ${(bytes / 2 ** 20).toFixed(0)} MB`,
  followedLine(crowd),
];

/** From append to socket. */
const SLOWEST_MS = 250;
/** What two runs of the same may differ by; whatever grew with hundreds of subscribers would be far above it. */
const GROWTH = 1.5;
const NOTHING = 0.05;

export const followedFaults = (crowd: CrowdOutcome, findings: readonly Finding[]): string[] => {
  const faults = faultsOf(findings);
  const { missing, doubled, disordered, strange, refused, right } = crowd;
  if (right === 0) faults.push('nothing was told');
  for (const [name, count] of Object.entries({ missing, doubled, disordered, strange, ...refused }))
    if (count > 0) faults.push(`${count} deliveries ${name}`);
  return faults;
};

/** Why the part is red. */
export const socketsFaults = ({ crowd, alone, all, findings }: Sockets): readonly string[] => {
  const faults = followedFaults(crowd, findings);
  if (!((crowd.p99 ?? Number.NaN) < SLOWEST_MS)) faults.push(`p99 ${ms(crowd.p99)}`);
  if (all.asked > alone.asked * GROWTH + NOTHING) faults.push('vendor calls grow with subscribers');
  if (all.fetches > alone.fetches * GROWTH + NOTHING) faults.push('records asked for grow with subscribers');
  return faults;
};
