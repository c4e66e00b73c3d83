import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceId } from '../../../schema/ids.ts';
import { openStore } from '../../../store/index.ts';
import { all } from '../../../test/store/changes.ts';
import { newSource } from '../../../test/store/databases.ts';
import type { Feed } from './feed.ts';
import { delivery, PushingVendor } from './fixture/pushing.ts';
import { type ChangeWays, openChanges } from './open.ts';

const store = openStore({ kind: 'memory' });
const { changes } = store;
let source: SourceId;
let vendor: PushingVendor;
let opened: ChangeWays[];

beforeAll(() => store.warm());
afterAll(() => store.close());
beforeEach(() => {
  source = newSource();
  vendor = new PushingVendor(source);
  vendor.versions.set('7', 1);
  opened = [];
});
afterEach(() => Promise.all(opened.map((one) => one.close())));

/** The ways of one source, which has these feeds too. */
const open = (options: Partial<Parameters<typeof openChanges>[1]>, feeds: readonly Feed[] = []): ChangeWays => {
  const own = vendor.source();
  const connected = { ...own, connector: { ...own.connector, feeds } };
  const ways = openChanges(new Map([[source, connected]]), { now: Date.now, ...options });
  opened.push(ways);
  return ways;
};

const deliver = ({ hooks }: ChangeWays) => hooks.get(source)?.(delivery({ event: 'a', visit: '7' }));
const waiting = async () => (await changes.held(source, 'somebody', 10, 1)).map(({ event }) => event);
const told = async () => (await all(changes, undefined)).filter((row) => row.source === source);

describe('the ways on which changes come in', () => {
  it('are none without a stream', () => {
    expect([...open({ watch: true }).hooks.keys()]).toEqual([]);
  });

  it('end in the inbox where nobody watches, until somebody does', async () => {
    expect(await deliver(open({ changes }))).toBe(204);
    expect(await waiting()).toEqual(['a']);
    open({ changes, watch: true });
    while ((await told()).length === 0) await sleep(5);
    expect(await told()).toMatchObject([{ key: '7', cause: 'WEBHOOK' }]);
  });

  it('are taken by nobody any more when they are closed', async () => {
    const ways = open({ changes, watch: true });
    await ways.close();
    expect(await deliver(ways)).toBe(204);
    expect(await waiting()).toEqual(['a']);
    expect(vendor.readings).toEqual([]);
  });

  it('keep subscriptions in their own time, however seldom anything else is asked for', async () => {
    const reads: string[] = [];
    const feed = (name: string, calls: number): Feed => ({
      ...{ name, everyMs: 5, calls, begin: async () => 'begun' },
      read: async () => {
        reads.push(name);
        return { noticed: [], place: 'read', more: false };
      },
    });
    open({ changes, watch: { everyMs: 3_600_000 } }, [feed('visits', 1), feed('webhooks', 0)]);
    while (reads.length < 3) await sleep(5);
    expect(new Set(reads)).toEqual(new Set(['webhooks']));
  });
});
