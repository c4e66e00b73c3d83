import { setTimeout as wait } from 'node:timers/promises';
import { random } from '../../sandbox/population/random.ts';
import { Graph } from '../writes/graph.ts';
import { checkReads, checkTold, type Finding } from './checker.ts';
import { faultsOf, foundLine, listed, sumOf, type Times, timesBy, timesLines } from './figures.ts';
import { VENDORS } from './kinds.ts';
import { EVERYTHING } from './maker.ts';
import { Readers } from './readers.ts';
import { allTold, onScene, type SceneOptions } from './scene.ts';

export interface FreshOptions extends SceneOptions {
  readonly changes: number;
  readonly perSecond: number;
  readonly readers: number;
  readonly readsPerSecond: number;
}

export interface Fresh {
  readonly changes: number;
  readonly events: number;
  readonly collapsed: number;
  readonly ahead: number;
  readonly others: Readonly<Record<string, number>>;
  readonly spoilt: number;
  readonly refused: readonly string[];
  /** Milliseconds from the change at the vendor to the subscriber, by vendor and cause. */
  readonly arrivals: Readonly<Record<string, Times>>;
  readonly queries: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  /** Records that queries showed; of those, later than the grace after an event of theirs. */
  readonly reads: number;
  readonly readsAfter: number;
  /** Older than an event, within the grace. */
  readonly early: number;
  readonly findings: readonly Finding[];
  readonly seconds: number;
  readonly withinMs: number;
}

/** After a poll interval. */
const MORE_MS = 1_000;
/** How long after its event a record may still be shown as it was. */
const GRACE_MS = 1_000;
const HOT = 0.15;
const PATIENCE_MS = 30_000;

/** Changes at all vendors while queries ask for the same records: what is told, how soon, and what is shown after it. */
export const runFresh = (options: FreshOptions): Promise<Fresh> =>
  onScene(options, async (scene) => {
    const { practices, deployment, witness } = scene;
    const { changes, perSecond, seed, everyMs, readers, readsPerSecond } = options;
    const warm = new Set(practices.ready.warmRecords);
    const graph = new Graph(() => deployment.url, readers);
    const reading = new Readers(graph, witness, {
      readers,
      perSecond: readsPerSecond,
      chance: random(seed).fork('readers'),
      passOver: warm,
    });
    const from = performance.now();
    await practices.make({ vendors: VENDORS, changes, perSecond, hot: HOT, seed, deeds: EVERYTHING });
    await allTold(scene, PATIENCE_MS);
    await wait(everyMs + 2 * GRACE_MS); // for what is told twice, and for what is shown after the last event
    await reading.stop();
    await graph.close();
    const seconds = (performance.now() - from) / 1_000;
    const withinMs = everyMs + MORE_MS;
    const { made } = practices;
    const told = witness.told.filter(({ record }) => !warm.has(record));
    const telling = checkTold(made, told, withinMs);
    const shown = checkReads(made, told, reading.reads, GRACE_MS);
    return {
      changes: made.length,
      events: told.length,
      ...{ collapsed: telling.collapsed, ahead: telling.ahead, others: telling.others },
      ...{ spoilt: witness.spoilt, refused: witness.refused },
      arrivals: timesBy(telling.arrivals),
      ...{ queries: reading.asked, failed: reading.failed },
      ...{ reads: reading.reads.length, readsAfter: shown.after, early: shown.early },
      findings: [...telling.findings, ...shown.findings],
      ...{ seconds, withinMs },
    };
  });

export const freshLines = (fresh: Fresh): readonly string[] => [
  `  ${fresh.changes} changes in ${fresh.seconds.toFixed(0)} s, ${fresh.events} events; collapsed ${fresh.collapsed}, shown ahead ${fresh.ahead}`,
  `  events of records that nobody changed: ${listed(fresh.others)}`,
  ...timesLines(fresh.arrivals),
  `  queries: ${listed(fresh.queries)}; failed: ${listed(fresh.failed)}`,
  `  records shown: ${fresh.reads}, later than ${GRACE_MS} ms after an event of theirs ${fresh.readsAfter}; old within that time ${fresh.early}`,
  foundLine(fresh.findings),
];

const MOST_FAILED = 0.001;

/** Why the part is red. */
export const freshFaults = (fresh: Fresh): readonly string[] => {
  const faults = faultsOf(fresh.findings);
  const asked = sumOf(fresh.queries);
  const failed = sumOf(fresh.failed);
  if (fresh.events === 0 || fresh.readsAfter === 0) faults.push('nothing was told, or nothing was read after it');
  if (fresh.spoilt > 0) faults.push(`${fresh.spoilt} events without their record`);
  if (fresh.refused.length > 0) faults.push(`subscriptions ended: ${fresh.refused.join(', ')}`);
  if (failed > asked * MOST_FAILED) faults.push(`${failed} of ${asked} queries failed`);
  return faults;
};
