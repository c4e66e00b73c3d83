import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeOf } from '../../test/store/changes.ts';
import { newSource } from '../../test/store/databases.ts';
import { UNKNOWN } from '../../test/store/suite.ts';
import { openStore, type Store } from '../index.ts';

let store: Store;
beforeEach(() => {
  store = openStore({ kind: 'memory' });
});
afterEach(() => store.close());

it('opens nothing in memory before the first change, event or lease, and answers all the same', async () => {
  const { changes } = store;
  const source = newSource();
  const before = process.memoryUsage().external;
  const start = await changes.end();
  expect(await changes.after(undefined, 9)).toEqual([]);
  expect(await changes.after(start, 9)).toEqual([]);
  await expect(changes.after('AbCdEfGhIjKl.0', 9)).rejects.toMatchObject({ name: 'CursorTooOld' });
  expect(await changes.append([])).toEqual([]);
  expect(await changes.appendRead([], await changes.mark())).toEqual({ rows: [], overtaken: [] });
  expect(await changes.receive([])).toEqual([]);
  expect(await changes.last(source, 'Patient', ['1'])).toEqual(new Map());
  expect(await changes.lastAt([source])).toEqual(new Map());
  expect(await changes.place(source, 'f')).toBeUndefined();
  expect(await changes.held(source, 'one', 9, 1_000)).toEqual([]);
  await changes.done([UNKNOWN]);
  await changes.release('poll', 'one');
  changes.onAppend(() => {})();
  expect(await store.purge()).toBe(0);
  expect(process.memoryUsage().external - before).toBeLessThan(10_000_000); // an open PGlite takes 250 MB
});

it('gives a cursor and a mark before it opens, from which everything is seen that comes later', async () => {
  const { changes } = store;
  const [start, mark] = [await changes.end(), await changes.mark()];
  const source = newSource();
  const heard = new Promise<void>((resolve) => changes.onAppend(resolve));
  const rows = await changes.append([changeOf(source, '1')]);
  await heard;
  expect(rows).toHaveLength(1);
  expect(await changes.after(start, 9)).toEqual(rows);
  expect(await changes.end()).toBe(rows[0]?.cursor);
  const late = changeOf(source, '1', { fingerprint: '0' });
  expect(await changes.appendRead([late], mark)).toEqual({ rows: [], overtaken: [late] });
});

it('fails everything after it was closed', async () => {
  await store.close();
  const closed = { name: 'StoreError', code: 'unavailable' };
  await expect(store.changes.end()).rejects.toMatchObject(closed);
  await expect(store.changes.append([changeOf(newSource(), '1')])).rejects.toMatchObject(closed);
});
