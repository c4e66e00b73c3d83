import { afterEach, expect, it } from 'vitest';
import { Random } from '../../test/random.ts';
import { changeOf } from '../../test/store/changes.ts';
import { Clock, folder, newSource } from '../../test/store/databases.ts';
import { expectNothingLost, killAppenders } from '../../test/store/killing.ts';
import { openStore, type Store } from '../index.ts';

const stores: Store[] = [];
const places: Awaited<ReturnType<typeof folder>>[] = [];
const place = async () => {
  const made = await folder();
  places.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await Promise.all(places.splice(0).map(({ remove }) => remove()));
});

it('goes on where it was when it is opened again, and has all leases and events of the former process at once', async () => {
  const { settings } = await place();
  const clock = new Clock();
  const source = newSource();
  const first = openStore(settings, clock);
  const start = await first.changes.end();
  const rows = await first.changes.append([changeOf(source, '1')], { source, feed: 'f', place: '7' });
  await first.changes.lease('poll', 'one', 60_000);
  await first.changes.receive([{ source, event: 'a', content: {} }]);
  await first.changes.held(source, 'one', 1, 60_000);
  await first.close();
  const second = openStore(settings, clock);
  stores.push(second);
  expect(await second.changes.after(start, 9)).toEqual(rows);
  expect(await second.changes.place(source, 'f')).toBe('7');
  expect(await second.changes.append([changeOf(source, '1')])).toEqual([]);
  expect(await second.changes.lease('poll', 'two', 60_000)).toBe(true);
  expect(await second.changes.held(source, 'two', 1, 60_000)).toHaveLength(1);
});

it('loses nothing that was acknowledged when its process is killed, and never has a place ahead of it', async () => {
  const { path, settings } = await place();
  const seed = Number(process.env.SEED ?? 261_121);
  console.info(`seed ${seed}`);
  const source = newSource();
  const acknowledged = await killAppenders(['folder', path, '', source], new Random(seed));
  const store = openStore(settings);
  stores.push(store);
  await expectNothingLost(store.changes, source, acknowledged);
});
