import { expect, it } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import type { RateLimits, Turn } from '../rate.ts';
import { ProcessRates } from './process.ts';

const DAY_MS = 86_400_000;
const NOON = Date.parse('2026-11-18T12:00:00Z');

const started = (limits: Partial<RateLimits> = {}) => {
  const clock = { elapsed: 5_000, now: NOON };
  const rates = new ProcessRates({ elapsed: () => clock.elapsed, now: () => clock.now });
  const rate = rates.of(sourceId('springfield'), { perSecond: 10, perDay: 1_000, ...limits });
  const pass = (ms: number): void => {
    clock.elapsed += ms;
    clock.now += ms;
  };
  /** As the gate does: asks, waits, starts; gives the instants of so many starts. */
  const starts = async (count: number): Promise<number[]> => {
    const at: number[] = [];
    while (at.length < count) {
      const { kind, inMs } = await rate.reserve();
      pass(inMs);
      if (kind === 'start') at.push(clock.elapsed);
    }
    return at;
  };
  return { clock, rates, rate, pass, starts };
};

/** The most instants that any second holds. */
const mostInASecond = (at: readonly number[]): number =>
  Math.max(...at.map((first) => at.filter((one) => one >= first && one < first + 1_000).length));

it('lets a full burst start at idle, and never more than allowed in any second', async () => {
  const { starts, clock } = started();
  const before = clock.elapsed;
  const at = await starts(100);
  expect(at.slice(0, 10)).toEqual(Array(10).fill(before));
  expect(at[10]).toBeGreaterThan(before + 1_000);
  expect(mostInASecond(at)).toBe(10);
});

it('gives most of its rate to those who wait', async () => {
  const { starts } = started();
  const at = await starts(200);
  // 10 a second less the tenth that keeps arrivals apart
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThan(200 * 100 * 1.11);
});

it('counts calls of the day by UTC, and starts anew at midnight', async () => {
  const { rate, pass, starts } = started({ perDay: 3 });
  await starts(3);
  expect(rate.leftToday).toBe(0);
  expect(await rate.reserve()).toEqual({ kind: 'closed', inMs: DAY_MS / 2 });
  expect(rate.earliestMs(0)).toBe(DAY_MS / 2);
  pass(DAY_MS / 2);
  expect(rate.leftToday).toBe(3);
  expect(await rate.reserve()).toEqual({ kind: 'start', inMs: 0 } satisfies Turn);
});

it('shows what the source says is left of the day where that is less, without stopping for it', async () => {
  const { rate, starts, pass } = started({ perDay: 100 });
  await starts(1);
  expect(rate.leftToday).toBe(99);
  rate.told(4_000);
  expect(rate.leftToday).toBe(99);
  rate.told(0);
  expect(rate.leftToday).toBe(0);
  expect((await rate.reserve()).kind).toBe('start');
  pass(DAY_MS);
  expect(rate.leftToday).toBe(100);
});

it('counts each source by itself, and one source once', () => {
  const { rates, rate } = started();
  const limits = { perSecond: 10, perDay: 1_000 };
  expect(rates.of(sourceId('springfield'), limits)).toBe(rate);
  expect(rates.of(sourceId('lakeside'), limits)).not.toBe(rate);
});

it('pauses a source that says "too often" as long as it wants, then goes on at half the rate and regains it', async () => {
  const { rate, pass, starts } = started();
  rate.throttled(7);
  expect(rate.pausedMs).toBe(7_000);
  expect(await rate.reserve()).toEqual({ kind: 'closed', inMs: 7_000 });
  expect(rate.earliestMs(0)).toBe(7_000);
  const throttled = await starts(20);
  expect(mostInASecond(throttled)).toBe(5);
  pass(30_000);
  expect(mostInASecond(await starts(30))).toBe(10);
});

it('regains its rate step by step', async () => {
  const { rate, pass, starts } = started({ perSecond: 100, perDay: 100_000 });
  rate.throttled(1);
  pass(1_000);
  const rates: number[] = [];
  for (let i = 0; i < 4; i++) {
    pass(5_000);
    rates.push(mostInASecond(await starts(150)));
  }
  expect(rates).toEqual([...rates].sort((one, other) => one - other));
  expect(rates[0]).toBeGreaterThan(50);
  expect(rates[0]).toBeLessThan(80);
  expect(new Set(rates).size).toBe(4);
});

it('backs off twice as long each time when the source does not say how long', async () => {
  const { rate, pass } = started();
  const pauses = Array.from({ length: 8 }, () => {
    rate.throttled(undefined);
    const { pausedMs } = rate;
    pass(pausedMs);
    return pausedMs;
  });
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

it('takes answers to calls that were under way as part of the same pause', async () => {
  const { rate, starts } = started();
  for (let i = 0; i < 8; i++) rate.throttled(2);
  rate.throttled(undefined);
  expect(rate.pausedMs).toBe(2_000);
  rate.throttled(3);
  expect(rate.pausedMs).toBe(3_000);
  expect(mostInASecond(await starts(20))).toBe(5);
});

it('keeps a source that asks for a year paused for a day, and calls it once a second at the least', async () => {
  const { rate, pass, starts } = started({ perSecond: 2 });
  rate.throttled(365 * 86_400);
  expect(rate.pausedMs).toBe(DAY_MS);
  pass(DAY_MS);
  for (let i = 0; i < 5; i++) {
    rate.throttled(0);
    pass(rate.pausedMs);
  }
  const [first = 0, second = 0] = await starts(2);
  expect(second - first).toBe(1_100);
});

it('keeps to its part of the rate when processes cannot agree', () => {
  const { rates, clock } = started();
  const rate = rates.of(sourceId('lakeside'), { perSecond: 10, perDay: 1_000 });
  const at: number[] = [];
  for (let i = 0; i < 20; i++) {
    clock.elapsed += rate.take(4).inMs;
    at.push(clock.elapsed);
  }
  expect(mostInASecond(at)).toBe(2);
  const slow = rates.of(sourceId('mercy'), { perSecond: 1, perDay: 1_000 });
  slow.take(4);
  expect(slow.take(4).inMs).toBeGreaterThan(4_000);
});

it('knows the earliest start of a call behind others as it comes to pass', async () => {
  const { rate, clock, starts } = started();
  await starts(7);
  const now = clock.elapsed;
  const told = Array.from({ length: 45 }, (_, ahead) => now + rate.earliestMs(ahead));
  expect(await starts(45)).toEqual(told);
});

it('spreads the starts of those who wait, and allows a full burst again when nobody has waited', async () => {
  const { starts, pass } = started();
  const at = await starts(40);
  const gaps = at.slice(11).map((one, i) => one - (at[i + 10] ?? 0));
  expect(new Set(gaps)).toEqual(new Set([110]));
  pass(1_100);
  expect(new Set(await starts(10)).size).toBe(1);
});
