import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import { cleanBelow, RedisCable, redisUrl } from '../../test/redis.ts';
import type { RateLimits, SourceRate } from '../rate.ts';
import { RedisLink } from '../redis.ts';
import { Secret } from '../source.ts';
import { SharedRates } from './shared.ts';

const redis = await redisUrl('what processes share of a rate');

describe.runIf(redis !== undefined)('rates that processes share', () => {
  const cable = new RedisCable(redis ?? 'redis://127.0.0.1');
  const links: RedisLink[] = [];
  let prefix = '';

  beforeAll(() => cable.plugIn());
  afterAll(() => cable.pull());
  afterEach(async () => {
    for (const link of links.splice(0)) await link.close();
    await cleanBelow(prefix);
  });

  /** The same source in so many processes; time stands still for them, but not for Redis. */
  const processes = async (count: number, limits: RateLimits) => {
    prefix = `test:${randomUUID()}:`;
    const clock = { elapsed: 0 };
    const rates: SourceRate[] = [];
    for (let i = 0; i < count; i++) {
      const link = new RedisLink(new Secret(cable.url));
      await link.open();
      links.push(link);
      const clocks = { elapsed: () => clock.elapsed, now: Date.now };
      rates.push(new SharedRates(link, prefix, clocks).of(sourceId('springfield'), limits));
    }
    return { rates, clock };
  };

  /** When the next calls of processes that ask in turn may start, in steps of so many milliseconds from the first. */
  const stepsOf = async (
    rates: readonly (SourceRate | undefined)[],
    count: number,
    stepMs: number,
    clock: () => number = () => performance.now(),
  ): Promise<number[]> => {
    const steps: number[] = [];
    const began = clock();
    for (let i = 0; i < count; i++) {
      const turn = await rates[i % rates.length]?.reserve();
      expect(turn?.kind).toBe('start');
      steps.push(Math.round((clock() - began + (turn?.inMs ?? 0)) / stepMs));
    }
    return steps;
  };

  it('are one rate for all, and no process is passed over', async () => {
    const { rates } = await processes(2, { perSecond: 2, perDay: 1_000 });
    // half a window of 1,100 ms
    expect(await stepsOf(rates, 8, 550)).toEqual([0, 0, 2, 3, 4, 5, 6, 7]);
  });

  it('count the day’s calls of all', async () => {
    const { rates } = await processes(2, { perSecond: 100, perDay: 5 });
    await stepsOf(rates, 5, 11);
    for (const rate of rates) expect(await rate.reserve()).toMatchObject({ kind: 'closed' });
    expect(rates.map(({ leftToday }) => leftToday)).toEqual([0, 0]);
  });

  it('pause for all when one is told "too often", and go on at half the rate', async () => {
    const { rates, clock } = await processes(2, { perSecond: 4, perDay: 1_000 });
    const [one, other] = rates;
    one?.throttled(1);
    await expect.poll(async () => (await other?.reserve())?.kind).toBe('closed');
    expect(other?.pausedMs).toBeGreaterThan(500);
    clock.elapsed += 2_000;
    await expect.poll(async () => (await other?.reserve())?.kind, { timeout: 5_000 }).toBe('start');
    // one of the two of a halved second has just been taken
    expect(await stepsOf([other, one], 5, 550)).toEqual([0, 2, 3, 4, 5]);
  });

  it('are each process’s part of the rate while Redis is away, after a time in which all have noticed', async () => {
    const { rates, clock } = await processes(2, { perSecond: 4, perDay: 1_000 });
    await stepsOf(rates, 4, 550);
    clock.elapsed += 10_000;
    await cable.pull();
    expect((await rates[0]?.reserve())?.kind).toBe('closed');
    clock.elapsed += 1_999;
    expect((await rates[0]?.reserve())?.kind).toBe('closed');
    clock.elapsed += 1;
    // two of the four in each window
    expect(await stepsOf([rates[0]], 5, 550, () => clock.elapsed)).toEqual([0, 0, 2, 3, 4]);
    await cable.plugIn();
    // four before, and the first that Redis counts again
    const back = async () => {
      await rates[0]?.reserve();
      return rates[0]?.leftToday;
    };
    await expect.poll(back, { timeout: 5_000 }).toBe(1_000 - 5);
    // the other process may not have noticed yet that Redis is back
    const steps = await stepsOf([rates[0]], 4, 550, () => clock.elapsed);
    expect(steps.slice(1).map((step, i) => step - (steps[i] ?? 0))).toEqual([1, 1, 1]);
  });

  it('are a quarter of the rate when Redis never answered', async () => {
    await cable.pull();
    const { rates, clock } = await processes(1, { perSecond: 8, perDay: 1_000 });
    await rates[0]?.reserve();
    clock.elapsed += 2_000;
    expect(await stepsOf(rates, 6, 550, () => clock.elapsed)).toEqual([0, 0, 2, 3, 4, 5]);
    await cable.plugIn();
  });
});
