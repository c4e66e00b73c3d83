import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GraphError } from '../schema/errors.ts';
import { sourceId } from '../schema/ids.ts';
import type { Call } from './call.ts';
import { Gate } from './gate.ts';
import type { RateLimits } from './rate.ts';
import { ProcessRates } from './rates/process.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const SOURCE = sourceId('springfield');
const elapsed = (): number => performance.now();

const opened = (concurrency: number, limits: Partial<RateLimits> = {}) => {
  const rate = new ProcessRates({ elapsed, now: Date.now }).of(SOURCE, {
    perSecond: 1_000,
    perDay: 1_000_000,
    ...limits,
  });
  const gate = new Gate(SOURCE, concurrency, rate, elapsed);
  const log: string[] = [];
  const leaving = new Map<string, AbortController>();
  let inside = 0;
  let mostInside = 0;
  /** A call of this name, whose operation lasts so long, and whose work takes so long. */
  const enter = (caller: string, operation: string, { left = 30_000, takes = 100 } = {}): Promise<string> => {
    const name = `${caller}/${operation}`;
    const leaver = leaving.get(name) ?? new AbortController();
    leaving.set(name, leaver);
    const call: Pick<Call, 'id' | 'caller' | 'signal'> = {
      id: operation,
      caller: { subject: caller, scopes: [], sources: 'all' },
      signal: leaver.signal,
    };
    const work = async (): Promise<string> => {
      log.push(name);
      inside += 1;
      mostInside = Math.max(mostInside, inside);
      await new Promise((resolve) => setTimeout(resolve, takes));
      inside -= 1;
      return 'done';
    };
    return gate.run(call, elapsed() + left, work).catch((thrown: unknown) => {
      const { code, retryAfterSeconds } = thrown as GraphError;
      return retryAfterSeconds === undefined ? code : `${code} ${retryAfterSeconds}`;
    });
  };
  const leave = (caller: string, operation: string): void => leaving.get(`${caller}/${operation}`)?.abort();
  return { gate, rate, enter, leave, log, most: () => mostInside };
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('lets so many calls in at once, and the next when one comes out', async () => {
  const { enter, log, most } = opened(2);
  const all = Promise.all([1, 2, 3, 4, 5].map((i) => enter('anna', String(i))));
  await pass(0);
  expect(log).toHaveLength(2);
  await pass(1_000);
  expect(await all).toEqual(Array(5).fill('done'));
  expect(most()).toBe(2);
});

it('lets the next one in also when work fails', async () => {
  const { gate, enter } = opened(1);
  const call = {
    id: '1',
    caller: { subject: 'a', scopes: [], sources: 'all' as const },
    signal: new AbortController().signal,
  };
  const failing = gate.run(call, elapsed() + 1_000, async () => {
    throw new Error('no');
  });
  const next = enter('anna', '1');
  await expect(failing).rejects.toThrow('no');
  await pass(100);
  expect(await next).toBe('done');
});

it('serves nine callers with a call each before the second of one with a hundred', async () => {
  const { enter, log } = opened(1, { perSecond: 10 });
  for (let i = 0; i < 100; i++) void enter('greedy', 'report');
  for (let i = 0; i < 9; i++) void enter(`light ${i}`, 'page');
  await pass(3_000);
  const lastLight = log.findLastIndex((name) => name.startsWith('light'));
  expect(log.filter((name) => name.startsWith('light'))).toHaveLength(9);
  // one was inside before they came, and one takes its turn among them
  expect(log.slice(0, lastLight).filter((name) => name.startsWith('greedy')).length).toBeLessThanOrEqual(2);
});

it('never lets more start in a second than allowed, and all who have time in the end', async () => {
  const { enter, log } = opened(50, { perSecond: 10 });
  const all = Promise.all(Array.from({ length: 30 }, (_, i) => enter('anna', String(i), { takes: 1 })));
  for (const most of [10, 20, 30]) {
    await pass(1_050);
    expect(log).toHaveLength(most);
    await pass(50);
  }
  expect(await all).toEqual(Array(30).fill('done'));
});

describe('a call that cannot have its turn in time', () => {
  it('is refused at once, with the time after which it could', async () => {
    const { enter, log } = opened(50, { perSecond: 10 });
    const before = Array.from({ length: 25 }, () => enter('anna', '1', { takes: 1 }));
    const refused = enter('anna', '1', { left: 1_500 });
    await pass(0);
    expect(await refused).toBe('RATE_LIMITED 3');
    expect(log).toHaveLength(10);
    await pass(5_000);
    expect(await Promise.all(before)).toEqual(Array(25).fill('done'));
  });

  it('is not refused for those whom it overtakes', async () => {
    const { enter } = opened(50, { perSecond: 10 });
    for (let i = 0; i < 500; i++) void enter('greedy', 'report', { left: 60_000 });
    const light = enter('light', 'page', { left: 1_500, takes: 1 });
    await pass(1_200);
    expect(await light).toBe('done');
  });

  it('is refused when the day’s calls are spent, until midnight', async () => {
    vi.setSystemTime('2026-11-18T23:00:00Z');
    const { enter } = opened(4, { perDay: 2 });
    const all = [1, 2, 3].map((i) => enter('anna', String(i)));
    await pass(200);
    expect(await Promise.all(all)).toEqual(['done', 'done', 'RATE_LIMITED 3600']);
    expect(await enter('anna', '4')).toBe('RATE_LIMITED 3600');
  });

  it('is refused when the source begins a pause while it waits, and others go on after it', async () => {
    const { rate, enter } = opened(1);
    const first = enter('anna', '1', { takes: 100 });
    const impatient = enter('anna', '2', { left: 4_000 });
    const patient = enter('anna', '3');
    await pass(50);
    rate.throttled(7);
    await pass(60);
    expect(await first).toBe('done');
    expect(await impatient).toBe('RATE_LIMITED 7');
    await pass(7_200);
    expect(await patient).toBe('done');
  });

  it('ends with TIMEOUT where only others’ slowness kept it from its turn', async () => {
    const { enter, log } = opened(1);
    const slow = enter('anna', '1', { takes: 2_000 });
    const late = enter('anna', '2', { left: 500 });
    await pass(600);
    expect(await late).toBe('TIMEOUT');
    await pass(2_000);
    expect(await slow).toBe('done');
    expect(log).toEqual(['anna/1']);
    expect(await enter('anna', '3', { left: 0 })).toBe('TIMEOUT');
  });
});

it('forgets a call whose client leaves', async () => {
  const { enter, leave, log } = opened(1);
  const first = enter('anna', '1');
  const gone = enter('anna', '2');
  const next = enter('anna', '3');
  await pass(50);
  leave('anna', '2');
  expect(await gone).toBe('TIMEOUT');
  await pass(500);
  expect(await Promise.all([first, next])).toEqual(['done', 'done']);
  expect(log).toEqual(['anna/1', 'anna/3']);
});

it('refuses all who wait when it is flushed, and goes on', async () => {
  const { gate, enter } = opened(1);
  const first = enter('anna', '1');
  const waiting = [enter('anna', '2'), enter('ben', '3')];
  await pass(50);
  gate.flush(new GraphError('SOURCE_UNAVAILABLE', { retryAfterSeconds: 2 }));
  expect(await Promise.all(waiting)).toEqual(['SOURCE_UNAVAILABLE 2', 'SOURCE_UNAVAILABLE 2']);
  await pass(100);
  const next = enter('anna', '4');
  await pass(100);
  expect(await Promise.all([first, next])).toEqual(['done', 'done']);
});

it('lets 5,000 wait and refuses more', async () => {
  const { gate, enter } = opened(1);
  const inside = enter('anna', '0');
  await pass(0);
  const waiting = Array.from({ length: 5_000 }, (_, i) => enter('anna', String(i % 10)));
  expect(await enter('anna', '0')).toBe('RATE_LIMITED 1');
  gate.close();
  await pass(200);
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['SOURCE_UNAVAILABLE']));
  expect(await inside).toBe('done');
  expect(await enter('anna', '1')).toBe('SOURCE_UNAVAILABLE');
});

it('does not start what was reserved when the source begins a pause meanwhile', async () => {
  const { rate, enter, log } = opened(50, { perSecond: 1 });
  void enter('anna', '1', { takes: 1 });
  void enter('anna', '2', { takes: 1 });
  await pass(1_000);
  rate.throttled(7);
  await pass(6_900);
  expect(log).toEqual(['anna/1']);
  await pass(2_300);
  expect(log).toEqual(['anna/1', 'anna/2']);
});

it('lets nobody in whose operation is over, however late the timers are', async () => {
  const { enter, log } = opened(1);
  void enter('anna', '1', { takes: 100 });
  const late = enter('anna', '2', { left: 120 });
  await pass(99);
  const over = performance.now() + 50;
  vi.spyOn(performance, 'now').mockImplementation(() => over);
  await pass(1);
  vi.mocked(performance.now).mockRestore();
  await pass(100);
  expect(await late).toBe('TIMEOUT');
  expect(log).toEqual(['anna/1']);
});

it('reserves anew when its timer comes too late, so that starts do not bunch up', async () => {
  const { rate, enter, log } = opened(50, { perSecond: 1 });
  void enter('anna', '1', { takes: 1 });
  await pass(0);
  const reserve = vi.spyOn(rate, 'reserve');
  void enter('anna', '2', { takes: 1 });
  await pass(0);
  vi.advanceTimersByTime(1_050);
  // the machine is busy for a moment: the timer of 1,100 ms fires at 1,250
  const late = performance.now() + 200;
  vi.spyOn(performance, 'now').mockImplementation(() => late);
  await pass(50);
  vi.mocked(performance.now).mockRestore();
  expect(log).toEqual(['anna/1']);
  expect(reserve).toHaveBeenCalledTimes(2);
  await pass(2_300);
  expect(log).toEqual(['anna/1', 'anna/2']);
});
