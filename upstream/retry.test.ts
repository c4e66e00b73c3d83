import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RetryBudget, retrying, type Tried } from './retry.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Result = Tried & { readonly name: string };

const FAILED = { kind: 'failed' } as const;

/** One call whose attempts end like this one after the other; random waits take half of what they may. */
const calling = (
  ends: readonly (Tried | Error)[],
  { left = 30_000, budget = new RetryBudget(), random = (): number => 0.5 } = {},
) => {
  const elapsed = (): number => performance.now();
  const leaver = new AbortController();
  const attempts: number[] = [];
  const began = elapsed();
  const once = async (): Promise<Result> => {
    const end = ends[attempts.length];
    attempts.push(elapsed() - began);
    if (end instanceof Error || end === undefined) throw end ?? new Error('too many attempts');
    return { ...end, name: `attempt ${attempts.length}` };
  };
  const result = retrying(once, budget, { until: began + left, signal: leaver.signal, elapsed, random });
  return { result, attempts, leaver };
};

it('returns the first answer, whatever it says', async () => {
  const { result, attempts } = calling([{ kind: 'answered' }]);
  expect(await result).toMatchObject({ name: 'attempt 1' });
  expect(attempts).toEqual([0]);
});

it('makes three attempts at most, after random waits of up to 200 and 400 ms', async () => {
  const { result, attempts } = calling([FAILED, FAILED, FAILED, FAILED]);
  await vi.runAllTimersAsync();
  expect(await result).toMatchObject({ kind: 'failed', name: 'attempt 3' });
  expect(attempts).toEqual([0, 100, 300]);
});

it.each([
  [0, [0, 0, 0]],
  [0.999, [0, 199, 598]],
])('waits by full jitter: with random %d', async (random, expected) => {
  const { attempts } = calling([FAILED, FAILED, FAILED], { random: () => random });
  await vi.runAllTimersAsync();
  expect(attempts).toEqual(expected);
});

it('stops at the first answer', async () => {
  const { result, attempts } = calling([FAILED, { kind: 'answered' }]);
  await vi.runAllTimersAsync();
  expect(await result).toMatchObject({ kind: 'answered', name: 'attempt 2' });
  expect(attempts).toHaveLength(2);
});

it('does not repeat what says nothing of the source', async () => {
  const { result, attempts } = calling([{ kind: 'void' }]);
  expect(await result).toMatchObject({ kind: 'void' });
  expect(attempts).toHaveLength(1);
});

it('waits as long as the source asks for', async () => {
  const { attempts } = calling([{ kind: 'failed', retryAfterSeconds: 7 }, { kind: 'answered' }]);
  await vi.runAllTimersAsync();
  expect(attempts).toEqual([0, 7_000]);
});

it.each([
  ['the wait that the source asks for', [{ kind: 'failed', retryAfterSeconds: 7 } as const], 6_900],
  ['the random wait', [FAILED], 110],
])('returns what it has at once when %s ends after the operation', async (_what, ends, left) => {
  const { result, attempts } = calling(ends, { left });
  expect(await result).toMatchObject({ kind: 'failed', name: 'attempt 1' });
  expect(attempts).toHaveLength(1);
});

it('leaves the wait after "too often" to the source’s rate', async () => {
  const { attempts } = calling([{ kind: 'throttled', retryAfterSeconds: 7 }, { kind: 'answered' }]);
  await vi.runAllTimersAsync();
  expect(attempts).toEqual([0, 100]);
});

it('keeps what is known when there is no turn for another attempt', async () => {
  const { result } = calling([FAILED, new Error('refused')]);
  await vi.runAllTimersAsync();
  expect(await result).toMatchObject({ kind: 'failed', name: 'attempt 1' });
});

it('throws what the first attempt throws', async () => {
  await expect(calling([new Error('refused')]).result).rejects.toThrow('refused');
});

it('stops waiting when the client leaves', async () => {
  const { result, attempts, leaver } = calling([{ kind: 'failed', retryAfterSeconds: 7 }, { kind: 'answered' }]);
  await vi.advanceTimersByTimeAsync(1_000);
  leaver.abort();
  expect(await result).toMatchObject({ name: 'attempt 1' });
  expect(attempts).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

/** How many repetitions a call makes whose attempts end like this. */
const repeated = async (budget: RetryBudget, end: Tried, last = end): Promise<number> => {
  const { attempts } = calling([end, last, last], { budget });
  await vi.runAllTimersAsync();
  return attempts.length - 1;
};

it.each([
  ['100 repetitions', FAILED, 100],
  ['50 repetitions after time-outs', { kind: 'failed', isTimeout: true } as const, 50],
])('has a budget of %s without a success', async (_what, end, most) => {
  const budget = new RetryBudget();
  let total = 0;
  for (let i = 0; i < 100; i++) total += await repeated(budget, end);
  expect(total).toBe(most);
});

it('earns one repetition by five successes at the first attempt, up to the full budget', async () => {
  const budget = new RetryBudget();
  for (let i = 0; i < 1_000; i++) await calling([{ kind: 'answered' }], { budget }).result;
  for (let i = 0; i < 50; i++) expect(await repeated(budget, FAILED)).toBe(2);
  for (let i = 0; i < 4; i++) await calling([{ kind: 'answered' }], { budget }).result;
  expect(await repeated(budget, FAILED)).toBe(0);
  await calling([{ kind: 'answered' }], { budget }).result;
  expect(await repeated(budget, FAILED)).toBe(1);
});

it('is not used up by repetitions that help', async () => {
  const budget = new RetryBudget();
  for (let i = 0; i < 300; i++) expect(await repeated(budget, FAILED, { kind: 'answered' })).toBe(1);
});
