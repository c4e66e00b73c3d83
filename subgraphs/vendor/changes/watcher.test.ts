import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GraphError } from '../../../schema/errors.ts';
import { sourceId } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { ChangeRow } from '../../../store/changes.ts';
import { openStore, type Store } from '../../../store/index.ts';
import { MemoryStore } from '../../../upstream/cache/memory.ts';
import { SourceCache } from '../../../upstream/cache.ts';
import type { Connector, Wanted } from '../connector.ts';
import type { ConnectedSource } from '../sources.ts';
import type { Feed, FeedPage } from './feed.ts';
import { intervalOf, Watcher } from './watcher.ts';

const SOURCE = sourceId('mercy');
const FEED = { name: 'visits', everyMs: 5, calls: 1 };

let store: Store;
let cache: SourceCache;
let watchers: Watcher[];
/** What the vendor has, by key. */
let visits: Map<string, { status: string; versionId?: string }>;
let reads: number;

beforeEach(() => {
  store = openStore({ kind: 'memory' });
  cache = new SourceCache({ source: SOURCE, now: Date.now, store: new MemoryStore(1 << 20), staleMs: 0 });
  watchers = [];
  visits = new Map([['7', { status: 'BOOKED' }]]);
  reads = 0;
});
afterEach(async () => {
  await Promise.all(watchers.map((watcher) => watcher.close()));
  await store.close();
});

const visit = (key: string): Mapped<'Appointment'> | undefined => {
  const one = visits.get(key);
  if (one === undefined) return undefined;
  const { status, versionId } = one;
  const version = versionId === undefined ? {} : { version: { versionId } };
  return { key, patientKey: '1', practitionerKey: '2', status, ...version } as unknown as Mapped<'Appointment'>;
};

const source = (): ConnectedSource => {
  const read = async (wanted: readonly Wanted<'Appointment'>[]) => {
    reads += 1;
    return wanted.map(({ key }) => {
      const record = visit(key);
      return record === undefined ? null : { record, covers: 'all' as const };
    });
  };
  const connector = { read: { Appointment: read } } as unknown as Connector;
  const settings = { limits: { perSecond: 10, perDay: 1_000_000_000, concurrency: 4 } };
  return { id: SOURCE, settings, upstream: { cache }, connector } as unknown as ConnectedSource;
};

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

const watch = (feed: Feed, worker = 'one'): void => {
  watchers.push(
    new Watcher({
      source: source(),
      feed,
      everyMs: feed.everyMs,
      calls: feed.calls,
      changes: store.changes,
      worker,
      now: Date.now,
    }),
  );
};

/** The stream as soon as it has so many changes. */
const told = async (count: number): Promise<readonly ChangeRow[]> => {
  for (;;) {
    const rows = await store.changes.after(undefined, 100);
    if (rows.length >= count) return rows;
    await new Promise<void>((resolve) => {
      const end = store.changes.onAppend(() => {
        end();
        resolve();
      });
    });
  }
};
/** Until the feed was read to this place. */
const placed = async (place: string): Promise<void> => {
  while ((await store.changes.place(SOURCE, FEED.name)) !== place)
    await new Promise((resolve) => setTimeout(resolve, 5));
};

const noticed = (key: string, more: object = {}) => ({ type: 'Appointment', key, ...more }) as const;

describe('a watched feed', () => {
  it('is told with what subscribers choose by', async () => {
    watch(feedOf([[noticed('7', { kind: 'CREATED' })]]));
    expect(await told(1)).toMatchObject([
      {
        source: SOURCE,
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
    const found = { record: { ...visit('7'), key: '9' } as Mapped<'Appointment'>, covers: 'all' as const };
    visits.set('8', { status: 'BOOKED' });
    watch(feedOf([[noticed('7'), noticed('8'), noticed('9', { found })]]));
    expect(await told(3)).toHaveLength(3);
    expect(reads).toBe(1);
  });

  it('is read again from the same place when the vendor fails', async () => {
    watch(feedOf([new GraphError('TIMEOUT'), [noticed('7')]]));
    expect(await told(1)).toHaveLength(1);
    await placed('1');
  });

  it('is not read past what could not be told', async () => {
    let failed = 0;
    const thrice = new Promise<void>((resolve) => {
      const read = async () => {
        failed += 1;
        if (failed === 3) resolve();
        return [new GraphError('SOURCE_UNAVAILABLE')];
      };
      const own = { ...source(), connector: { read: { Appointment: read } } as unknown as Connector };
      const feed: Feed = { ...feedOf([]), read: async () => ({ noticed: [noticed('7')], place: '1', more: false }) };
      watchers.push(
        new Watcher({ source: own, feed, everyMs: 5, calls: 1, changes: store.changes, worker: 'one', now: Date.now }),
      );
    });
    await thrice;
    expect(await store.changes.place(SOURCE, FEED.name)).toBe('0');
    expect(await store.changes.after(undefined, 10)).toEqual([]);
  });

  it('voids what is kept before it tells', async () => {
    await cache.set('Appointment', '7', 'old', 60_000, ['Appointment/7']);
    const seen: unknown[] = [];
    const end = store.changes.onAppend(() => void cache.get('Appointment', '7').then((kept) => seen.push(kept)));
    watch(feedOf([[noticed('7')]]));
    await told(1);
    end();
    await placed('1');
    expect(seen.every((kept) => kept === undefined)).toBe(true);
    expect(await cache.get('Appointment', '7')).toBeUndefined();
  });

  it('is read by one process at a time, and by the other when that one ends', async () => {
    watch(feedOf([[noticed('7')]]), 'one');
    await placed('1');
    const second = feedOf([[noticed('8')]]);
    watch(second, 'two');
    visits.set('8', { status: 'BOOKED' });
    await watchers[0]?.close();
    expect((await told(2)).map(({ key }) => key)).toEqual(['7', '8']);
  });
});

it.each([
  [10_000, 1, 1_000_000, 10_000],
  [10_000, 2, 50_000, 34_560],
  [10_000, 1, 100, 8_640_000],
])(
  'leaves a source’s calls to those who ask: every %d ms by %d of %d calls a day becomes every %d ms',
  (everyMs, calls, perDay, ms) => {
    expect(intervalOf(everyMs, calls, perDay)).toBe(ms);
  },
);
