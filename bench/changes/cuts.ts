import { setTimeout as wait } from 'node:timers/promises';
import { checkTold, type Finding } from './checker.ts';
import type { CrowdOutcome } from './crowd.ts';
import { allTold, onScene, until } from './scene.ts';
import { caughtUp, followedFaults, followedLine, gathered, planOf, type SocketsOptions } from './sockets.ts';
import { expectedOf } from './stream.ts';

export interface Cuts {
  readonly crowd: CrowdOutcome;
  readonly findings: readonly Finding[];
  /** Codes with which subscriptions of the witness ended. */
  readonly refused: readonly string[];
  readonly events: number;
  readonly seconds: number;
  /** Milliseconds until the next process served, and until it told something new since then. */
  readonly restartMs: number;
  readonly newsMs: number;
}

const SHARE = 0.1;
const MINUTE = 60;
/** A process that died is found to be dead after a moment. */
const DEAD_MS = 300;
const PATIENCE_MS = 60_000;

/** Portals that lose their connection, and a product that is killed in the midst of it; what everybody has in the end. */
export const runCuts = (options: SocketsOptions): Promise<Cuts> =>
  onScene(options, async (scene) => {
    const { practices, deployment, witness, place } = scene;
    const { seconds, everyMs } = options;
    const crowd = await gathered(scene, options.sockets, options);
    const { portals, after } = crowd;
    try {
      const from = performance.now();
      const pauseMs = Math.min(MINUTE, seconds / 3) * 1_000;
      const over = new AbortController();
      const cutting = (async () => {
        for (;;) {
          await wait(pauseMs / 2, undefined, { signal: over.signal });
          portals.cut(SHARE, Math.round(pauseMs / 2));
          await wait(pauseMs / 2, undefined, { signal: over.signal });
        }
      })().catch(() => undefined);
      const making = practices.make(planOf(options, seconds));
      await wait((seconds * 1_000) / 2);
      await deployment.kill();
      await wait(DEAD_MS);
      const restartMs = await deployment.start();
      const served = Date.now();
      const news = until(() => (witness.told.at(-1)?.at ?? 0) > served, PATIENCE_MS).then(() => Date.now() - served);
      await making;
      const newsMs = await news;
      over.abort();
      await cutting;
      await allTold(scene, PATIENCE_MS);
      await caughtUp(scene, crowd);
      await wait(2 * everyMs); // for what is told twice
      const warm = new Set(practices.ready.warmRecords);
      const told = witness.told.filter(({ record }) => !warm.has(record));
      const { findings } = checkTold(practices.made, told, Number.POSITIVE_INFINITY);
      const took = (performance.now() - from) / 1_000;
      witness.leave();
      await deployment.stop();
      const outcome = await portals.outcome(await expectedOf(place, after));
      const { refused } = witness;
      return { crowd: outcome, findings, refused, events: told.length, seconds: took, restartMs, newsMs };
    } finally {
      await portals.stop();
    }
  });

export const cutsLines = ({ crowd, events, seconds, restartMs, newsMs }: Cuts): readonly string[] => [
  `  ${events} events in ${seconds.toFixed(0)} s, ${crowd.deliveries} deliveries; ${crowd.cuts} connections cut, restarted in ${Math.round(restartMs)} ms, the first news ${Math.round(newsMs)} ms later`,
  followedLine(crowd),
];

/** Why the part is red. */
export const cutsFaults = ({ crowd, findings, refused }: Cuts): readonly string[] => {
  const faults = followedFaults(crowd, findings);
  if (crowd.cuts === 0) faults.push('nothing was cut');
  if (refused.length > 0) faults.push(`subscriptions ended: ${refused.join(', ')}`);
  return faults;
};
