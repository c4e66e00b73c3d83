import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceId } from '../schema/ids.ts';
import { openStore, type Store } from '../store/index.ts';
import { Consumer } from '../subgraphs/vendor/changes/consumer.ts';
import { delivery, PushingVendor, type Said } from '../subgraphs/vendor/changes/fixture/pushing.ts';
import { hookOf } from '../subgraphs/vendor/changes/hook.ts';
import { SILENT } from '../subgraphs/vendor/changes/meter.ts';
import { Random } from './random.ts';
import { all } from './store/changes.ts';
import { folder, newSource, type Place, schema, serverAnswers } from './store/databases.ts';

const SEED = 1;
const CLIENTS = 8;
/** For which a process that was killed may still hold what it was dealing with. */
const HELD_MS = 20_000;

/** Each about a visit of its own: what is told of it is told by this event. */
const EVENTS: readonly Said[] = Array.from({ length: 400 }, (_, n) => ({ event: `event ${n}`, visit: `visit ${n}` }));
const VISITS = EVENTS.map(({ visit }) => visit);

const receiver = async ({ settings }: Place, source: SourceId): Promise<readonly [ChildProcess, string]> => {
  const where =
    settings.kind === 'folder'
      ? ['folder', settings.path, '']
      : settings.kind === 'postgres'
        ? ['postgres', settings.url.reveal(), settings.schema ?? '']
        : [];
  const child = spawn(process.execPath, ['test/webhooks/receiver.ts', ...where, source, ...VISITS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return [child, line.toString().trim()];
};

/** Delivers one event after the other, and kills whoever takes them in when so many were acknowledged. */
const killed = async (place: Place, source: SourceId, open: Said[], most: number): Promise<readonly Said[]> => {
  const [child, url] = await receiver(place, source);
  const closed = once(child, 'close');
  const acknowledged: Said[] = [];
  const client = async (): Promise<void> => {
    for (let said = open.shift(); said !== undefined; said = open.shift()) {
      const { headers, body } = delivery(said);
      const answer = await fetch(url, { method: 'POST', headers: headers as Record<string, string>, body }).catch(
        () => undefined,
      );
      if (answer === undefined) return; // nobody is there any more
      if (answer.status === 204) acknowledged.push(said);
      else open.push(said);
      if (acknowledged.length === most) child.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  child.kill('SIGKILL');
  await closed;
  return acknowledged;
};

const there = await serverAnswers('being killed over a server');

describe.each([
  { name: 'a folder', make: folder, runs: true, kills: 1 },
  { name: 'a server', make: schema, runs: there, kills: 3 },
])(`a receiver over $name that is killed when it has answered (seed ${SEED})`, ({ make, runs, kills }) => {
  let place: Place;
  let store: Store;
  beforeAll(async () => {
    place = await make();
  });
  afterAll(async () => {
    await store?.close();
    await place?.remove();
  });

  it.runIf(runs)('loses nothing of what it acknowledged, and tells nothing twice', async () => {
    const random = new Random(SEED);
    const source = newSource();
    const open = [...EVENTS];
    const acknowledged: Said[] = [];
    for (let kill = 0; kill < kills; kill++)
      acknowledged.push(...(await killed(place, source, open, 5 + random.below(60))));
    expect(acknowledged.length).toBeGreaterThanOrEqual(5 * kills);
    expect(open.length).toBeGreaterThan(0); // it was killed in the midst

    const now = () => Date.now() + HELD_MS;
    store = openStore(place.settings, { now });
    const { changes } = store;
    const vendor = new PushingVendor(source);
    for (const visit of VISITS) vendor.versions.set(visit, 1);
    const told = async (): Promise<readonly string[]> => (await all(changes, undefined)).map(({ key }) => key);
    const shared = { push: vendor.push, changes, meter: SILENT };
    const consumer = new Consumer({ source: vendor.source(), ...shared, worker: 'the next', now });
    // the vendor does not know of all answers, and sends those events again
    const again = acknowledged.filter(() => random.below(2) === 0);
    expect(await hookOf({ source, ...shared })(delivery(...again))).toBe(204);
    const missing = async (): Promise<readonly Said[]> => {
      const keys = new Set(await told());
      return acknowledged.filter(({ visit }) => !keys.has(visit));
    };
    while ((await missing()).length > 0) await sleep(20);
    await consumer.close();
    expect(await changes.held(source, 'nobody', 1_000, 1)).toEqual([]);
    const keys = await told();
    expect(new Set(keys).size).toBe(keys.length);
  });
});
