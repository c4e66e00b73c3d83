import { setTimeout as wait } from 'node:timers/promises';
import { newStore, type Place, type StoreName } from '../writes/stores.ts';
import type { Made } from './checker.ts';
import { Deployment, freePort } from './deployment.ts';
import type { Door } from './door.ts';
import { vendorOf } from './kinds.ts';
import { Practices } from './practices.ts';
import type { Sabotage } from './sabotage.ts';
import { Witness } from './witness.ts';

export interface SceneOptions {
  readonly store: StoreName;
  readonly everyMs: number;
  readonly people: number;
  readonly seed: number;
  readonly sabotage: Sabotage | undefined;
  /** How vendors tell of changes themselves, who are asked for none then; they are only asked when absent. */
  readonly webhooks?: Door | 'direct';
}

/** The simulators, the product over a store of its own, and one subscriber who follows everything. */
export interface Scene {
  readonly practices: Practices;
  readonly deployment: Deployment;
  readonly place: Place;
  readonly witness: Witness;
}

/** What is not told within this time of a busy machine is not told. */
const PATIENCE_MS = 120_000;
const WARM_AGAIN_MS = 1_000;

/** Changes what does not count until so much was heard, and then waits until nothing of it is on its way. */
export const warmed = async (
  { practices }: Pick<Scene, 'practices'>,
  everyMs: number,
  isHeard: () => boolean | Promise<boolean>,
) => {
  const until = Date.now() + PATIENCE_MS;
  while (!(await isHeard())) {
    if (Date.now() > until) throw new Error('Changes are not told.');
    practices.warm();
    await wait(WARM_AGAIN_MS);
  }
  await wait(2 * everyMs + WARM_AGAIN_MS);
};

/** Waits until a condition holds; false when it never did. */
export const until = async (holds: () => boolean | Promise<boolean>, patienceMs: number): Promise<boolean> => {
  const last = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > last) return false;
    await wait(100);
  }
  return true;
};

/** Sets everything up, until changes of every type at every vendor are told; takes it away in the end. */
export const onScene = async <T>(options: SceneOptions, play: (scene: Scene) => Promise<T>): Promise<T> => {
  const { everyMs, store, people, seed, sabotage, webhooks } = options;
  const port = await freePort();
  const door = webhooks === 'direct' ? undefined : webhooks;
  const publicUrl = webhooks === undefined ? {} : { publicUrl: door?.url ?? `http://127.0.0.1:${port}` };
  const practices = await Practices.start({ people, seed, ...publicUrl });
  const place = await newStore(store);
  let deployment: Deployment | undefined;
  let witness: Witness | undefined;
  try {
    const settings = { config: practices.ready.config, store: place, port, everyMs, sabotage };
    deployment = await Deployment.start(settings, webhooks === undefined ? 'all' : 'keeping');
    door?.leadTo(deployment.url);
    witness = new Witness(deployment.socketUrl);
    const { heard } = witness;
    const isTold = (record: string): boolean => webhooks === undefined || vendorOf(record) !== 'unity';
    const wanted = practices.ready.warmRecords.filter(isTold).map((record) => record.split('/').slice(0, 2).join('/'));
    await warmed({ practices }, everyMs, () => wanted.every((one) => heard.has(one)));
    return await play({ practices, deployment, place, witness });
  } finally {
    witness?.leave();
    await deployment?.remove();
    await practices.stop();
    await place.remove();
  }
};

/** Waits until every newest version was told, at most so long. */
export const allTold = ({ practices, witness }: Scene, patienceMs: number): Promise<boolean> =>
  until(() => {
    const newest = new Map<string, number>();
    for (const { record, version } of witness.told)
      newest.set(record, Math.max(version, newest.get(record) ?? Number.NEGATIVE_INFINITY));
    const behind = ({ record, version }: Made): boolean => (newest.get(record) ?? Number.NEGATIVE_INFINITY) < version;
    return !practices.made.some(behind);
  }, patienceMs);
