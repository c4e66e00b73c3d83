import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Random } from '../test/random.ts';
import { Clock, draftFor, folder, newSource } from '../test/store/databases.ts';
import { killed } from '../test/store/killing.ts';
import { DAY_MS, saved } from '../test/store/suite.ts';
import { openStore, type Store, StoreError, type StoreSettings } from './index.ts';

const places: Awaited<ReturnType<typeof folder>>[] = [];
const stores: Store[] = [];
const place = async () => {
  const made = await folder();
  places.push(made);
  return made;
};
const open = (settings: StoreSettings, clock = new Clock()): Store => {
  const store = openStore(settings, clock);
  stores.push(store);
  return store;
};
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await Promise.all(places.splice(0).map(({ remove }) => remove()));
});

it('has everything when it is opened again, and all claims of the former process at once', async () => {
  const { settings } = await place();
  const clock = new Clock();
  const source = newSource();
  const first = open(settings, clock);
  const { write: open1 } = await first.journal.submit(draftFor(source));
  const { write: sent } = await first.journal.submit(draftFor(source));
  await first.journal.claim({ worker: 'one', sources: [source], most: 10 });
  await first.journal.departs(sent.id, 'one', 'POST');
  await first.close();
  clock.pass(100);
  const second = open(settings, clock);
  const claimed = await second.journal.claim({ worker: 'two', sources: [source], most: 10 });
  expect(claimed.map(({ id, leftAt }) => ({ id, leftAt }))).toEqual([
    { id: open1.id, leftAt: undefined },
    { id: sent.id, leftAt: clock.now() },
  ]);
});

it('purges when it is opened', async () => {
  const { settings } = await place();
  const clock = new Clock();
  const source = newSource();
  const first = open(settings, clock);
  const { write } = await first.journal.submit(draftFor(source));
  await first.journal.claim({ worker: 'one', sources: [source], most: 1 });
  await first.journal.settle(write.id, 'one', saved());
  await first.close();
  clock.pass(7 * DAY_MS);
  expect(await open(settings, clock).journal.get(write.id)).toBeUndefined();
});

it('belongs to one store at a time', async () => {
  const { settings } = await place();
  const first = open(settings);
  await first.ready();
  const second = open(settings);
  const refused = await second.ready().catch((thrown: unknown) => thrown);
  expect(refused).toBeInstanceOf(StoreError);
  expect(refused).toMatchObject({ code: 'locked', message: 'The database folder is in use by another process.' });
  await first.close();
  await second.ready();
});

it('refuses a folder that holds something else, and one that is a file', async () => {
  const { path } = await place();
  await mkdir(join(path, 'database'));
  await writeFile(join(path, 'database', 'PG_VERSION'), 'none');
  await writeFile(join(path, 'file'), '');
  for (const wrong of [path, join(path, 'file')]) {
    const refused = await open({ kind: 'folder', path: wrong })
      .ready()
      .catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ name: 'StoreError', code: 'corrupt', message: 'The database cannot be opened.' });
  }
});

it('fails everything after it was closed, and whoever waits then', async () => {
  const { settings } = await place();
  const store = open(settings);
  const { write } = await store.journal.submit(draftFor(newSource()));
  const waiting = store.journal.settled(write.id, new AbortController().signal);
  const told = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await store.close();
  await told;
  await expect(store.journal.get(write.id)).rejects.toMatchObject({ code: 'unavailable' });
});

it('loses nothing that was acknowledged when its process is killed, and is free at once', async () => {
  const { path, settings } = await place();
  const seed = Number(process.env.SEED ?? 261_121);
  console.info(`seed ${seed}`);
  const acknowledged = await killed(['test/store/submitter.ts', path], 5, new Random(seed));
  const store = open(settings);
  const there = await Promise.all(acknowledged.map((id) => store.journal.get(id)));
  expect(there.filter((write) => write === undefined)).toEqual([]);
  expect(new Set(there.map((write) => write?.state))).toEqual(new Set(['QUEUED']));
});
