import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceId } from '../../schema/ids.ts';
import { all, changeOf } from '../../test/store/changes.ts';
import { newSource, schema, serverAnswers } from '../../test/store/databases.ts';
import { onEveryDatabase } from '../../test/store/suite.ts';
import { type Changes, openStore, type Store } from '../index.ts';

const ROUNDS = 30;

describe.runIf(await serverAnswers('what processes hear of each other’s changes'))('changes of other processes', () => {
  let place: Awaited<ReturnType<typeof schema>>;
  let source: SourceId;
  let stores: readonly Store[];
  beforeEach(async () => {
    place = await schema();
    source = newSource();
    stores = [0, 1, 2].map(() => openStore(place.settings));
    await Promise.all(stores.map((store) => store.ready()));
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await place.remove();
  });

  it('are each heard once and in order, before anybody reads them, whoever appends at the same moment', async () => {
    const [first] = (await stores[0]?.changes.append([changeOf(source, 'first')])) ?? [];
    const processes = stores.map(({ changes }, n) => {
      const heard: string[] = [];
      changes.onElsewhere(async ({ key, cursor }) => void heard.push(`${key} ${cursor}`));
      return { changes, own: 'abc'.charAt(n), heard };
    });
    // whoever was given something hears of all that follows
    for (const { changes } of processes) expect(await changes.after(undefined, 1)).toEqual([first]);
    const append = async (changes: Changes, own: string): Promise<void> => {
      for (let n = 0; n < ROUNDS; n++) await changes.append([changeOf(source, `${own}${n}`)]);
    };
    const follow = async ({ changes, own, heard }: (typeof processes)[number]): Promise<void> => {
      const ofOthers = (some: readonly string[]) => some.filter((one) => !one.startsWith(own));
      const read: string[] = [];
      for (let cursor = first?.cursor; read.length < 3 * ROUNDS; ) {
        const rows = await changes.after(cursor, 20);
        read.push(...rows.map((row) => `${row.key} ${row.cursor}`));
        expect(ofOthers(read).filter((one) => !heard.includes(one))).toEqual([]);
        cursor = rows.at(-1)?.cursor ?? cursor;
      }
      expect(ofOthers(heard)).toEqual(ofOthers(read));
    };
    await Promise.all(processes.flatMap((one) => [append(one.changes, one.own), follow(one)]));
  });
});

onEveryDatabase('a process', (desk) => {
  it('hears nothing of what it appends itself', async () => {
    const { changes } = desk.store;
    const heard: string[] = [];
    const end = changes.onElsewhere(async ({ source, key }) => {
      if (source === desk.source) heard.push(key);
    });
    const start = await changes.end();
    await changes.append(['1', '2'].map((key) => changeOf(desk.source, key)));
    expect(await all(changes, start)).toHaveLength(2);
    end();
    expect(heard).toEqual([]);
  });
});
