import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Changes } from '../../../store/changes.ts';
import type { FeedPage } from './feed.ts';
import { Visits } from './fixture/visits.ts';
import { SILENT } from './meter.ts';
import { Watcher } from './watcher.ts';

const KEPT_MS = 5_000;

/** Leases and places that two processes share, by a clock that only moves when it is told to. */
class Shared {
  readonly asked: string[] = [];
  readonly places: string[] = [];
  fails = false;
  /** What the next answers wait for. */
  slow: Promise<void> | undefined;
  #now = 0;
  #lease = { holder: '', until: 0 };

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Another process takes it, as if it had run out. */
  taken(): void {
    this.#lease = { holder: 'two', until: this.#now + 60_000 };
  }

  get changes(): Changes {
    const lease = async (_name: string, holder: string, ms: number): Promise<boolean> => {
      this.asked.push(holder);
      await this.slow;
      if (this.fails) throw new Error('away');
      const isFree = this.#lease.holder === holder || this.#lease.until <= this.#now;
      if (isFree) this.#lease = { holder, until: this.#now + ms };
      return isFree;
    };
    const release = async (_name: string, holder: string): Promise<void> => {
      if (this.#lease.holder === holder) this.#lease = { holder: '', until: 0 };
    };
    const append = async (_drafts: unknown, { place }: { place: string }): Promise<readonly never[]> => {
      this.places.push(place);
      return [];
    };
    return { lease, release, append, place: async () => '0', mark: async () => '0' } as unknown as Changes;
  }
}

let shared: Shared;
let watchers: Watcher[];
let reads: string[];
let waiting: ((page: FeedPage) => void)[];
let elsewhere: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  shared = new Shared();
  watchers = [];
  reads = [];
  waiting = [];
  elsewhere = 0;
});
afterEach(async () => {
  answer({ noticed: [], place: '0', more: false });
  await Promise.all(watchers.map((one) => one.close()));
  vi.useRealTimers();
});

const mercy = new Visits();

const answer = (page: FeedPage): void => {
  for (const one of waiting.splice(0)) one(page);
};

/** A process whose readings last until they are answered. */
const watch = (worker: string): void => {
  const feed = {
    ...{ name: 'visits', everyMs: KEPT_MS, calls: 1, begin: async () => '0' },
    read: () => {
      reads.push(worker);
      return new Promise<FeedPage>((resolve) => {
        waiting.push(resolve);
      });
    },
  };
  const meter = { ...SILENT, elsewhere: () => void elsewhere++ };
  const { changes } = shared;
  watchers.push(
    new Watcher({ source: mercy.source, feed, everyMs: KEPT_MS, calls: 1, changes, meter, worker, now: () => 0 }),
  );
};

const passes = async (ms: number): Promise<void> => {
  shared.pass(ms);
  await vi.advanceTimersByTimeAsync(ms);
  await turn();
};

const askedBy = (worker: string): number => shared.asked.filter((one) => one === worker).length;

describe('the lease of a feed', () => {
  beforeEach(async () => {
    watch('one');
    await passes(0);
    expect(reads).toEqual(['one']);
  });

  it('is kept while a reading lasts longer than it: no other process begins to read', async () => {
    watch('two');
    for (let round = 0; round < 20; round++) await passes(KEPT_MS);
    expect(elsewhere).toBeGreaterThanOrEqual(20);
    expect(askedBy('one')).toBe(21);
    expect(reads).toEqual(['one']);
  });

  it('is kept when the store was away for a moment', async () => {
    shared.fails = true;
    await passes(KEPT_MS);
    shared.fails = false;
    await passes(KEPT_MS);
    watch('two');
    await passes(2 * KEPT_MS);
    expect(elsewhere).toBeGreaterThan(0);
    expect(reads).toEqual(['one']);
  });

  it('is not taken back while a reading lasts, nor is the place moved, once another process had it', async () => {
    shared.taken();
    await passes(KEPT_MS);
    const asked = askedBy('one');
    await shared.changes.release('', 'two');
    await passes(3 * KEPT_MS);
    answer({ noticed: [], place: '1', more: false });
    await turn();
    expect(askedBy('one')).toBe(asked);
    expect(shared.places).toEqual([]);
    await passes(KEPT_MS);
    expect(reads).toEqual(['one', 'one']);
  });

  it('is kept no more between two readings than when the next one begins', async () => {
    answer({ noticed: [], place: '0', more: false });
    await turn();
    await passes(KEPT_MS - 1);
    expect(askedBy('one')).toBe(1);
    await passes(1);
    expect(askedBy('one')).toBe(2);
  });

  it('is free when the process that reads ends, also while it is being kept', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    shared.slow = promise;
    await passes(KEPT_MS);
    const closed = watchers[0]?.close();
    answer({ noticed: [], place: '0', more: false });
    await turn();
    resolve();
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    watch('two');
    await passes(0);
    expect(reads).toEqual(['one', 'two']);
  });
});
