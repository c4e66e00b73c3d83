import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { ChangeRow, Changes } from '../../../store/changes.ts';
import { openStore, type Store, StoreError } from '../../../store/index.ts';
import { all } from '../../../test/store/changes.ts';
import type { Feed, FeedPage } from './feed.ts';
import { noticed, Visits } from './fixture/visits.ts';
import { type ChangeMeter, SILENT } from './meter.ts';
import { intervalOf, Watcher } from './watcher.ts';

const FEED = { name: 'visits', everyMs: 5, calls: 1 };

let store: Store;
let mercy: Visits;
let watchers: Watcher[];

beforeAll(() => {
  store = openStore({ kind: 'memory' });
});
beforeEach(() => {
  mercy = new Visits();
  mercy.visits.set('7', { status: 'BOOKED' });
  watchers = [];
});
afterEach(() => Promise.all(watchers.map((watcher) => watcher.close())));
afterAll(() => store.close());

/** Tells its pages one by one, and nothing more; each place is the number of pages that were told. */
const feedOf = (pages: readonly (FeedPage['noticed'] | Error)[], begun: { place: string } = { place: '0' }): Feed => {
  let asked = 0;
  return {
    ...FEED,
    begin: async () => begun.place,
    read: async (place) => {
      const page = pages[asked];
      asked += 1;
      if (page instanceof Error) throw page;
      return {
        noticed: page ?? [],
        place: page === undefined ? place : String(Number(place) + 1),
        more: page !== undefined,
      };
    },
  };
};

const watch = (
  feed: Feed,
  more: { worker?: string; meter?: ChangeMeter; changes?: Changes; now?: () => number } = {},
): void => {
  const { source } = mercy;
  const shared = { changes: store.changes, meter: SILENT, worker: 'one', now: Date.now };
  const { everyMs, calls } = feed;
  watchers.push(new Watcher({ source, feed, everyMs, calls, ...shared, ...more }));
};

/** The source's changes, as soon as there are so many. */
const told = async (count: number): Promise<readonly ChangeRow[]> => {
  for (;;) {
    const rows = (await all(store.changes, undefined)).filter(({ source }) => source === mercy.id);
    if (rows.length >= count) return rows;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
/** Until the feed was read to this place. */
const placed = async (place: string): Promise<void> => {
  while ((await store.changes.place(mercy.id, FEED.name)) !== place)
    await new Promise((resolve) => setTimeout(resolve, 5));
};
/** Until it is true. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a watched feed', () => {
  it('is told with what subscribers choose by', async () => {
    watch(feedOf([[noticed('7', { kind: 'CREATED' })]]));
    expect(await told(1)).toMatchObject([
      {
        source: mercy.id,
        type: 'Appointment',
        key: '7',
        kind: 'CREATED',
        cause: 'POLL',
        patient: '1',
        practitioner: '2',
      },
    ]);
    await placed('1');
  });

  it('says nothing of what says the same as before', async () => {
    watch(feedOf([[noticed('7')], [noticed('7')], [noticed('7'), noticed('7')]]));
    await placed('3');
    expect(await told(1)).toHaveLength(1);
  });

  it('tells a record that is gone as deleted', async () => {
    watch(feedOf([[noticed('7'), noticed('8')]]));
    expect((await told(2)).map(({ key, kind }) => [key, kind])).toEqual([
      ['7', 'UPDATED'],
      ['8', 'DELETED'],
    ]);
  });

  it('takes the record that came with the notice, and reads the others at once', async () => {
    const found = { record: { ...mercy.record('7'), key: '9' } as Mapped<'Appointment'>, covers: 'all' as const };
    mercy.visits.set('8', { status: 'BOOKED' });
    watch(feedOf([[noticed('7'), noticed('8'), noticed('9', { found })]]));
    expect(await told(3)).toHaveLength(3);
    expect(mercy.reads).toEqual([['7', '8']]);
  });

  it('is read again from the same place when the vendor fails', async () => {
    watch(feedOf([new GraphError('TIMEOUT'), [noticed('7')]]));
    expect(await told(1)).toHaveLength(1);
    await placed('1');
  });

  it('is not read past what could not be told', async () => {
    mercy.failure = new GraphError('SOURCE_UNAVAILABLE');
    watch({ ...feedOf([]), read: async () => ({ noticed: [noticed('7')], place: '1', more: false }) });
    await until(() => mercy.reads.length >= 3);
    expect(await store.changes.place(mercy.id, FEED.name)).toBe('0');
    expect(await told(0)).toEqual([]);
  });

  it('is held up by a record that cannot be read, but not its others, and goes on without it after an hour', async () => {
    const keys = ['1', '2', '3', '4', '5'];
    for (const key of keys) mercy.visits.set(key, { status: 'BOOKED' });
    mercy.unreadable.set('4', new GraphError('FORBIDDEN'));
    let passed = 0;
    const failures: unknown[] = [];
    let givenUp = 0;
    const meter = {
      ...SILENT,
      failed: (_source: unknown, _feed: unknown, code: string) => void failures.push(code),
      gaveUp: () => void givenUp++,
    };
    const page = { noticed: keys.map((key) => noticed(key)), place: '1', more: false };
    watch({ ...feedOf([]), read: async () => page }, { meter, now: () => Date.now() + passed });
    const others = keys.filter((key) => key !== '4');
    expect((await told(4)).map(({ key }) => key)).toEqual(others);
    await until(() => failures.length >= 3);
    expect(new Set(failures)).toEqual(new Set(['FORBIDDEN']));
    expect([await store.changes.place(mercy.id, FEED.name), givenUp]).toEqual(['0', 0]);
    mercy.visits.set('2', { status: 'ARRIVED' });
    expect((await told(5)).map(({ key }) => key)).toEqual([...others, '2']);
    passed = 3_600_000;
    await placed('1');
    expect(givenUp).toBe(1);
    expect(await told(5)).toHaveLength(5);
  });

  it('is not read past records of which so many cannot be read that it is no record’s own', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `${n}`);
    for (const key of keys) mercy.unreadable.set(key, new GraphError('FORBIDDEN'));
    let passed = 0;
    let failures = 0;
    const meter = { ...SILENT, failed: () => void failures++ };
    const page = { noticed: keys.map((key) => noticed(key)), place: '1', more: false };
    watch({ ...feedOf([]), read: async () => page }, { meter, now: () => Date.now() + passed });
    await until(() => failures === 1);
    passed = 7_200_000;
    await until(() => failures === 3);
    expect(await store.changes.place(mercy.id, FEED.name)).toBe('0');
  });

  it('is told before its place is kept: what ends between is read again, and told once', async () => {
    const { changes } = store;
    let ended = false;
    const append: Changes['append'] = async (drafts, place) => {
      if (place?.place !== '1' || ended) return changes.append(drafts, place);
      ended = true;
      throw new StoreError('unavailable');
    };
    const endsBetween = new Proxy(changes, {
      get: (target, name) => (name === 'append' ? append : Reflect.get(target, name).bind(target)),
    });
    const page = { noticed: [noticed('7')], place: '1', more: false };
    watch({ ...feedOf([]), read: async () => page }, { changes: endsBetween });
    await placed('1');
    expect(ended).toBe(true);
    expect(await told(1)).toHaveLength(1);
  });

  it('does not bring back what was told while it was being read', async () => {
    mercy.visits.set('7', { status: 'BOOKED', versionId: '1' });
    const meanwhile = async (): Promise<FeedPage> => {
      const page = { noticed: [noticed('7', { found: mercy.found('7') })], place: '1', more: false };
      mercy.visits.set('7', { status: 'ARRIVED', versionId: '2' });
      const draft = { source: mercy.id, type: 'Appointment', key: '7', kind: 'UPDATED', cause: 'WRITE' } as const;
      await store.changes.appendRead([{ ...draft, fingerprint: '2' }], await store.changes.mark());
      return page;
    };
    watch({ ...feedOf([]), read: meanwhile });
    await placed('1');
    expect((await told(1)).map(({ fingerprint }) => fingerprint)).toEqual(['2']);
  });

  it.each([
    { code: 'TIMEOUT', thrown: new GraphError('TIMEOUT') },
    { code: 'STORE_UNAVAILABLE', thrown: new StoreError('unavailable') },
    { code: 'INTERNAL_SERVER_ERROR', thrown: new TypeError('surprise') },
  ])('says by $code that it could not be read, how often in a row, and until when it was', async ({ code, thrown }) => {
    const said: unknown[] = [];
    const say =
      (what: string) =>
      (...given: readonly unknown[]) =>
        void said.push([what, ...given]);
    const meter = { ...SILENT, caughtUp: say('caught up'), failed: say('failed') };
    const begun = Date.now();
    watch(feedOf([thrown, thrown, [noticed('7')]]), { meter });
    await until(() => said.length >= 3);
    expect(said.slice(0, 3)).toEqual([
      ['failed', mercy.id, FEED.name, code, 1],
      ['failed', mercy.id, FEED.name, code, 2],
      ['caught up', mercy.id, FEED.name, expect.any(Number)],
    ]);
    expect((said as readonly (readonly unknown[])[])[2]?.[3]).toBeGreaterThanOrEqual(begun);
    expect(await store.changes.place(mercy.id, FEED.name)).toBe('1');
  });

  it('is read by one process at a time, and by the other when that one ends', async () => {
    watch(feedOf([[noticed('7')]]));
    await placed('1');
    mercy.visits.set('8', { status: 'BOOKED' });
    let elsewhere = 0;
    const meter = { ...SILENT, elsewhere: () => void elsewhere++ };
    watch(feedOf([[noticed('8')]]), { worker: 'two', meter });
    await until(() => elsewhere > 1);
    expect(await told(1)).toHaveLength(1);
    await watchers[0]?.close();
    expect((await told(2)).map(({ key }) => key)).toEqual(['7', '8']);
  });

  it.each([{ from: undefined }, { from: '0' }])(
    'is not set back, from $from, by a process whose lease ended while it read',
    async ({ from }) => {
      const { changes } = store;
      if (from !== undefined) await changes.append([], { source: mercy.id, feed: FEED.name, place: from });
      let elsewhere = 0;
      const meter = { ...SILENT, elsewhere: () => void elsewhere++ };
      const overtaken = async (): Promise<string> => {
        await changes.release(`watch ${mercy.id} ${FEED.name}`, 'one'); // as its end
        await changes.lease(`watch ${mercy.id} ${FEED.name}`, 'two', 60_000);
        await changes.append([], { source: mercy.id, feed: FEED.name, place: '9' });
        return '1';
      };
      const read = async () => ({ noticed: [noticed('7')], place: await overtaken(), more: false });
      watch({ ...FEED, begin: overtaken, read }, { meter });
      await until(() => elsewhere > 0);
      expect(await changes.place(mercy.id, FEED.name)).toBe('9');
    },
  );
});

it.each([
  [10_000, 1, 1_000_000, 10_000],
  [10_000, 2, 50_000, 13_824],
  [10_000, 1, 100, 3_456_000],
])(
  'leaves a source’s calls to those who ask: every %d ms by %d of %d calls a day becomes every %d ms',
  (everyMs, calls, perDay, ms) => {
    expect(intervalOf(everyMs, calls, perDay)).toBe(ms);
  },
);
