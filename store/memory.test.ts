import { expect, it } from 'vitest';
import { draftFor, newSource } from '../test/store/databases.ts';
import { UNKNOWN } from '../test/store/suite.ts';
import { openStore } from './index.ts';

it('opens nothing in memory before the first write, and answers all the same', async () => {
  const { journal, ready, purge, close } = openStore({ kind: 'memory' });
  const sources = [newSource()];
  await ready();
  const before = process.memoryUsage().external;
  expect(await journal.claim({ worker: 'one', sources, most: 1 })).toEqual([]);
  expect(await journal.nextDue(sources)).toBeUndefined();
  expect(await journal.renew('one', [UNKNOWN])).toEqual([]);
  expect(await journal.get(UNKNOWN)).toBeUndefined();
  expect(await journal.list({ first: 1 })).toEqual({ writes: [], hasNextPage: false });
  expect(await journal.settled(UNKNOWN, new AbortController().signal)).toBeUndefined();
  expect(await purge()).toBe(0);
  expect(process.memoryUsage().external - before).toBeLessThan(10_000_000); // an open PGlite takes 250 MB
  await close();
});

it('has a journal as any other when it was opened beforehand', async () => {
  const { journal, warm, close } = openStore({ kind: 'memory' });
  await warm();
  const { write } = await journal.submit(draftFor(newSource()));
  expect(await journal.get(write.id)).toEqual(write);
  await close();
});

it('may be closed while it opens', async () => {
  const { journal, warm, close } = openStore({ kind: 'memory' });
  const warming = warm().catch((thrown: unknown) => thrown);
  await close();
  await warming;
  await expect(journal.submit(draftFor(newSource()))).rejects.toMatchObject({ code: 'unavailable' });
});
