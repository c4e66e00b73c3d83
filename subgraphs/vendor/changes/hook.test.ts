import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SourceId } from '../../../schema/ids.ts';
import type { Changes } from '../../../store/changes.ts';
import { openStore, StoreError } from '../../../store/index.ts';
import { newSource } from '../../../test/store/databases.ts';
import type { HookRequest } from '../../federation/subgraph.ts';
import { delivery, PushingVendor } from './fixture/pushing.ts';
import { hookOf } from './hook.ts';
import { SILENT } from './meter.ts';

const store = openStore({ kind: 'memory' });
let source: SourceId;
let outcomes: string[];
beforeEach(() => {
  source = newSource();
  outcomes = [];
});
beforeAll(() => store.warm());
afterAll(() => store.close());

const hook = (receive: Changes['receive'] = (events) => store.changes.receive(events)) =>
  hookOf({
    ...{ source, push: new PushingVendor(source).push, changes: { receive } },
    meter: { ...SILENT, delivered: (_source, outcome) => outcomes.push(outcome) },
  });

const inbox = async (): Promise<readonly unknown[]> =>
  (await store.changes.held(source, 'one', 100, 1)).map(({ event, content }) => [event, content]);

const EVENT = { event: 'a', visit: '7' };

describe('a hook', () => {
  it('has kept what is delivered when it answers', async () => {
    expect(await hook()(delivery(EVENT, { event: 'b', visit: '8' }))).toBe(204);
    expect(await inbox()).toEqual([
      ['a', { visit: '7' }],
      ['b', { visit: '8' }],
    ]);
    expect(outcomes).toEqual(['ACCEPTED']);
  });

  it('answers as soon as it is kept, and not before', async () => {
    const order: string[] = [];
    const receive: Changes['receive'] = async (events) => {
      const taken = await store.changes.receive(events);
      order.push('kept');
      return taken;
    };
    await hook(receive)(delivery(EVENT)).then(() => order.push('answered'));
    expect(order).toEqual(['kept', 'answered']);
  });

  it('takes in once what is delivered again, at the same time too', async () => {
    const deliver = hook();
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(delivery(EVENT))));
    expect(new Set([...answers, await deliver(delivery({ event: 'b', visit: '8' }, EVENT))])).toEqual(new Set([204]));
    expect((await inbox()).toSorted()).toEqual([
      ['a', { visit: '7' }],
      ['b', { visit: '8' }],
    ]);
  });

  it('keeps together what comes while the store is busy, and fails nothing of the next for it', async () => {
    const batches: string[][] = [];
    const receive: Changes['receive'] = async (events) => {
      batches.push(events.map(({ event }) => event));
      if (batches.length === 1) throw new StoreError('unavailable');
      return store.changes.receive(events);
    };
    const deliver = hook(receive);
    const first = deliver(delivery(EVENT));
    await Promise.resolve();
    const others = ['b', 'c', 'd'].map((event) => deliver(delivery({ event, visit: '8' })));
    expect([await first, ...(await Promise.all(others))]).toEqual([503, 204, 204, 204]);
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
    expect((await inbox()).length).toBe(3);
  });

  it('answers whoever only asks whether somebody is there, without the store', async () => {
    const receive = async () => Promise.reject(new StoreError('unavailable'));
    expect(await hook(receive)(delivery())).toBe(204);
  });

  it.each<readonly [string, HookRequest, number, string]>([
    ['is not signed', { ...delivery(EVENT), headers: {} }, 401, 'UNSIGNED'],
    ['cannot be read', { ...delivery(EVENT), body: Buffer.from('[{') }, 400, 'MALFORMED'],
    ['has events without a name', delivery(EVENT, { event: '', visit: '8' }), 400, 'MALFORMED'],
    ['has events that no index can hold', delivery(EVENT, { event: 'x'.repeat(513), visit: '8' }), 400, 'MALFORMED'],
    ['has names that no database can hold', delivery(EVENT, { event: '\u0000', visit: '8' }), 400, 'MALFORMED'],
  ])('keeps nothing of what %s', async (_name, request, status, outcome) => {
    expect(await hook()(request)).toBe(status);
    expect(await inbox()).toEqual([]);
    expect(outcomes).toEqual([outcome]);
  });

  it('sends away what the store cannot keep', async () => {
    expect(await hook(async () => Promise.reject(new StoreError('unavailable')))(delivery(EVENT))).toBe(503);
    expect(outcomes).toEqual(['UNAVAILABLE']);
  });
});

describe('a hook whose store is silent', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('sends the delivery away before the vendor gives up', async () => {
    const answered = vi.fn();
    void hook(() => new Promise(() => undefined))(delivery(EVENT)).then(answered);
    await vi.advanceTimersByTimeAsync(1_400);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(400);
    expect(answered).toHaveBeenCalledWith(503);
  });

  it('lets only so many wait, and takes in again as soon as the store answers', async () => {
    const busy: ((taken: boolean[]) => void)[] = [];
    const receive = vi.fn(() => new Promise<boolean[]>((resolve) => busy.push(resolve)));
    const answered = vi.fn();
    const deliver = hook(receive);
    for (let n = 0; n < 300; n++) void deliver(delivery(EVENT)).then(answered);
    await vi.advanceTimersByTimeAsync(0);
    expect(answered).toHaveBeenCalledTimes(300 - 256);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(answered.mock.calls).toEqual(Array.from({ length: 300 }, () => [503]));
    const next = Promise.withResolvers<number>();
    for (let round = 0; round < 3; round++) {
      for (const resolve of busy.splice(0)) resolve([true]);
      await vi.advanceTimersByTimeAsync(0);
      if (round === 1) void deliver(delivery(EVENT)).then(next.resolve);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(await next.promise).toBe(204);
  });
});
