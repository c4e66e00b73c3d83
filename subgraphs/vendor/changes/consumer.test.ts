import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GraphError } from '../../../schema/errors.ts';
import type { SourceId } from '../../../schema/ids.ts';
import type { ChangeRow, Changes } from '../../../store/changes.ts';
import { openStore, StoreError } from '../../../store/index.ts';
import { all } from '../../../test/store/changes.ts';
import { Clock, newSource } from '../../../test/store/databases.ts';
import { Consumer } from './consumer.ts';
import { delivery, PushingVendor, type Said } from './fixture/pushing.ts';
import { hookOf } from './hook.ts';
import { SILENT } from './meter.ts';

const HOUR_MS = 3_600_000;
const clock = new Clock();
const store = openStore({ kind: 'memory' }, clock);
const { changes } = store;

let source: SourceId;
let vendor: PushingVendor;
let consumers: Consumer[];
/** How long each event took, and how many were given up. */
let took: number[];
let gaveUp: number;
let sent: number;

beforeAll(() => store.warm());
afterAll(() => store.close());
beforeEach(() => {
  source = newSource();
  vendor = new PushingVendor(source);
  consumers = [];
  took = [];
  gaveUp = 0;
  sent = 0;
});
afterEach(() => Promise.all(consumers.map((consumer) => consumer.close())));

const meter = {
  ...SILENT,
  took: (_source: SourceId, ms: number) => took.push(ms),
  gaveUp: () => {
    gaveUp += 1;
  },
};

/** The log, but for what is given. */
const logWith = (given: Partial<Changes>): Changes =>
  new Proxy(changes, { get: (log, name) => Reflect.get(given, name) ?? Reflect.get(log, name).bind(log) });

const consume = (log = changes): Consumer => {
  const consumer = new Consumer({
    ...{ source: vendor.source(), push: vendor.push, changes: log, meter },
    ...{ worker: `worker ${consumers.length}`, now: clock.now },
  });
  consumers.push(consumer);
  return consumer;
};

/** Hands these events in, as often as the vendor would. */
const handIn = async (...events: Said[]): Promise<void> => {
  const hook = hookOf({ source, push: vendor.push, changes, meter });
  while ((await hook(delivery(...events))) !== 204);
};

/** Delivers an event for each of these visits; several in one delivery. */
const deliver = (...visits: string[]): Promise<void> =>
  handIn(...visits.map((visit) => ({ event: `event ${++sent}`, visit })));

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(5);
};

const told = async (): Promise<readonly ChangeRow[]> =>
  (await all(changes, undefined)).filter((row) => row.source === source);

const keysTold = async (): Promise<string[]> => (await told()).map(({ key }) => key);

/** What nobody has dealt with, when everybody’s time is over. */
const left = async (): Promise<readonly string[]> => {
  clock.pass(HOUR_MS);
  return (await changes.held(source, 'somebody', 1_000, 1)).map(({ event }) => event);
};

const visits = (count: number): string[] => Array.from({ length: count }, (_, n) => `visit ${n + 1}`);

const have = (keys: readonly string[], version = 1): void => {
  for (const key of keys) vendor.versions.set(key, version);
};

describe('a consumer of deliveries', () => {
  it('tells what was delivered before it came, and what is while it is there, by one reading each', async () => {
    have(visits(20));
    await deliver(...visits(20).slice(0, 19));
    consume();
    await until(() => took.length === 19);
    clock.pass(5);
    vendor.versions.delete('visit 3');
    await deliver('visit 20', 'visit 3');
    await until(() => took.length === 21);
    const rows = await told();
    expect(rows.map(({ key }) => key)).toEqual([...visits(20), 'visit 3']);
    expect(rows.filter(({ cause }) => cause !== 'WEBHOOK')).toEqual([]);
    expect(rows.filter(({ kind }) => kind === 'DELETED').map(({ key }) => key)).toEqual(['visit 3']);
    expect(vendor.readings).toHaveLength(2);
    expect(await left()).toEqual([]);
  });

  it('ends with the newest, in whatever order the events come', async () => {
    consume();
    have(['7'], 3);
    await deliver('7');
    await until(() => took.length === 1);
    await deliver('7', '7'); // those of the versions before
    await until(() => took.length === 3);
    expect((await told()).map(({ fingerprint }) => fingerprint)).toEqual(['3']);
  });

  it('tells an event once that is delivered again, while it is dealt with and later', async () => {
    have(['7', '8']);
    const deliverAgain = () => handIn({ event: 'the same', visit: '7' });
    consume();
    await Promise.all([deliverAgain(), deliverAgain()]);
    await until(() => took.length === 1);
    have(['7'], 2);
    await deliverAgain();
    await deliver('8');
    await until(() => took.length === 2);
    expect((await told()).map(({ key, fingerprint }) => [key, fingerprint])).toEqual([
      ['7', '1'],
      ['8', '1'],
    ]);
  });

  it('shares the inbox with others: each event is dealt with by one of them', async () => {
    have(visits(300));
    for (let n = 0; n < 300; n += 30) await deliver(...visits(300).slice(n, n + 30));
    consume();
    consume();
    await until(() => took.length >= 300);
    expect(vendor.readings.flat().toSorted()).toEqual(visits(300).toSorted());
    expect((await keysTold()).toSorted()).toEqual(visits(300).toSorted());
  });
});

describe('an event whose record cannot be read', () => {
  beforeEach(() => {
    have(visits(20));
    vendor.broken.add('visit 5');
  });
  const others = visits(20).filter((key) => key !== 'visit 5');

  it('holds up no others, and is told when it can be', async () => {
    await deliver(...visits(20));
    consume();
    await until(() => took.length === 19);
    expect(await keysTold()).toEqual(others);
    await deliver('visit 1'); // others still go together, and nobody reads it before its time
    await until(() => took.length === 20);
    expect(vendor.readings.slice(21)).toEqual([['visit 1']]);
    vendor.broken.clear();
    clock.pass(60_000);
    await until(() => took.length === 21);
    expect(await keysTold()).toEqual([...others, 'visit 5']);
    expect(gaveUp).toBe(0);
  });

  it('is given up after an hour', async () => {
    await deliver(...visits(20));
    consume();
    await until(() => took.length === 19);
    clock.pass(HOUR_MS - 1_000);
    await until(() => vendor.readings.filter((keys) => keys.includes('visit 5')).length === 3);
    expect(gaveUp).toBe(0);
    clock.pass(HOUR_MS);
    await until(() => gaveUp === 1);
    expect(await left()).toEqual([]);
    expect(await keysTold()).toEqual(others);
  });
});

const failing = (code: 'SOURCE_UNAVAILABLE' | 'RATE_LIMITED') => async (): Promise<never> => {
  throw new GraphError(code);
};

describe('while the vendor fails', () => {
  it.each([
    ['SOURCE_UNAVAILABLE', 5],
    ['RATE_LIMITED', 1],
  ] as const)(
    'by %s, is asked %d times at first, and everything is told when it answers again',
    async (code, times) => {
      have(visits(50));
      vendor.before = failing(code);
      await deliver(...visits(50));
      consume();
      await until(() => vendor.readings.length >= times);
      await deliver('visit 1');
      await deliver('visit 2');
      // who knew no pause would have asked for each of the fifty
      expect(vendor.readings.length).toBeLessThan(times + 5);
      vendor.before = async () => undefined;
      clock.pass(60_000);
      await until(() => took.length === 52);
      expect((await keysTold()).toSorted()).toEqual(visits(50).toSorted());
      expect(vendor.readings.length).toBeLessThan(20);
    },
  );

  it('gives up what is older than an hour', async () => {
    vendor.before = failing('SOURCE_UNAVAILABLE');
    await deliver(...visits(10));
    clock.pass(HOUR_MS + 1);
    await deliver('visit 11');
    consume();
    await until(() => gaveUp === 10);
    expect(await left()).toEqual(['event 11']);
  });
});

it('takes one by one what takes too long together', async () => {
  have(visits(20));
  vendor.before = async (keys) => {
    if (keys.length === 1) return;
    clock.pass(13_000);
    throw new GraphError('TIMEOUT');
  };
  await deliver(...visits(20));
  consume();
  await until(() => vendor.readings.length === 1);
  clock.pass(2_000);
  await until(() => took.length === 20);
  expect(vendor.readings).toHaveLength(21);
  expect(await keysTold()).toEqual(visits(20));
});

describe('while the store fails', () => {
  it('loses nothing, and goes on when it is back', async () => {
    have(['7']);
    await deliver('7');
    let failures = 0;
    const done: Changes['done'] = async (ids) => {
      failures += 1;
      if (failures === 1) throw new StoreError('unavailable');
      return changes.done(ids);
    };
    consume(logWith({ done }));
    await until(() => failures === 1);
    clock.pass(15_000);
    await until(() => took.length === 1);
    expect(await keysTold()).toEqual(['7']); // once
    expect(gaveUp).toBe(0);
  });
});

it('ends what is under way when it is closed, and another one does it', async () => {
  have(['7']);
  vendor.before = (_keys, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new GraphError('TIMEOUT')));
    });
  await deliver('7');
  const consumer = consume();
  await until(() => vendor.readings.length === 1);
  await consumer.close();
  vendor.before = async () => undefined;
  clock.pass(15_000);
  consume();
  await until(() => took.length === 1);
  expect(await keysTold()).toEqual(['7']);
  expect(took).toEqual([15_000]);
});
