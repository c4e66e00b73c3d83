import { expect } from 'vitest';
import type { SourceId } from '../../schema/ids.ts';
import type { ChangeRow, Changes } from '../../store/index.ts';
import type { Random } from '../random.ts';
import { all, changeOf } from './changes.ts';

/** Reads on from a cursor, in pages of any size, waiting to be woken when there is nothing, until `enough` rows came. */
export const follow = async (
  changes: Changes,
  from: string,
  enough: (rows: readonly ChangeRow[]) => boolean,
  random: Random,
): Promise<readonly ChangeRow[]> => {
  const rows: ChangeRow[] = [];
  let wake = (): void => {};
  const end = changes.onAppend(() => wake());
  while (!enough(rows)) {
    const { promise: woken, resolve } = Promise.withResolvers<void>();
    wake = resolve; // before reading: what happens meanwhile wakes too
    const page = await changes.after(rows.at(-1)?.cursor ?? from, 1 + random.below(40));
    rows.push(...page);
    if (page.length === 0 && !enough(rows)) await woken;
  }
  end();
  return rows;
};

/**
 * Many append at once, to records that they share, while followers read: nobody misses a row, sees one twice or in
 * another order, each batch stands together, and no change says what the one before it of its record said.
 */
export const appendAndFollow = async (logs: readonly Changes[], source: SourceId, random: Random): Promise<number> => {
  const [first] = logs;
  if (first === undefined) throw new Error('Nobody to append.');
  const start = await first.end();
  const appended: (readonly ChangeRow[])[] = [];
  let left = 12;
  const write = async (changes: Changes): Promise<void> => {
    for (let batch = 0; batch < 30; batch++) {
      const drafts = Array.from({ length: 1 + random.below(20) }, () =>
        changeOf(source, `${random.below(200)}`, { fingerprint: `${random.below(5)}` }),
      );
      appended.push(await changes.append(drafts));
    }
    left--;
  };
  const enough = (rows: readonly ChangeRow[]): boolean => left === 0 && rows.length >= appended.flat().length;
  const following = logs.flatMap((changes) => [1, 2].map(() => follow(changes, start, enough, random)));
  await Promise.all(Array.from({ length: left }, (_, n) => write(logs[n % logs.length] ?? first)));
  await first.append([changeOf(source, 'last', { fingerprint: 'one' })]).then((rows) => appended.push(rows)); // wakes who waits
  const rows = await all(first, start);
  for (const seen of await Promise.all(following)) expect(seen).toEqual(rows.slice(0, seen.length));
  expect(rows).toHaveLength(appended.flat().length);
  expect(new Set(rows.map(({ cursor }) => cursor)).size).toBe(rows.length);
  const places = new Map(rows.map(({ cursor }, n) => [cursor, n]));
  for (const batch of appended) {
    const from = places.get(batch[0]?.cursor ?? '') ?? 0;
    expect(batch).toEqual(rows.slice(from, from + batch.length));
  }
  const said = new Map<string, string>();
  for (const { key, fingerprint } of rows) {
    expect(fingerprint).not.toBe(said.get(key));
    said.set(key, fingerprint);
  }
  expect(await first.last(source, 'Patient', [...said.keys()])).toEqual(said);
  return rows.length;
};
