import { expect, it } from 'vitest';
import { CONTENDERS } from './contenders.ts';
import { medians, type Round } from './measure.ts';
import { rowsOf, wrongLines } from './report.ts';

const round = (requestsPerSecond: number, more: Partial<Round> = {}): Round => ({
  requestsPerSecond,
  p50: 1,
  p99: 2,
  cpuMs: 3,
  failed: 0,
  ...more,
});
const measured = (contender: string, requestsPerSecond: number) => ({
  contender,
  ...round(requestsPerSecond),
  rss: 1,
  rounds: [],
});

it('takes the median of each figure by itself, and adds up what failed', () => {
  expect(medians([round(30, { p99: 1, failed: 1 }), round(10, { p99: 9, failed: 2 }), round(20, { p99: 5 })])).toEqual({
    requestsPerSecond: 20,
    p50: 1,
    p99: 5,
    cpuMs: 3,
    failed: 3,
  });
  expect(medians([round(10), round(20)]).requestsPerSecond).toBe(15);
});

it('compares with the fastest peer, not with ourselves nor with the bounds', () => {
  const [ours] = rowsOf(
    [
      measured('ours', 60),
      measured('apollo', 20),
      measured('hive', 30),
      measured('plain', 100),
      measured('stringify', 600),
    ],
    CONTENDERS,
  );
  expect(ours).toMatchObject({ toBestPeer: 2, toPlain: 0.6, toStringify: 0.1 });
});

it('leaves a ratio out where the other was not measured', () => {
  expect(rowsOf([measured('ours', 60)], CONTENDERS)[0]).toMatchObject({ toBestPeer: null, toPlain: null });
});

it('names who was wrong, and where', () => {
  const wrong = { contender: 'hive', workload: 'reviews', via: 'http', operation: 2, path: 'data.users.0' };
  expect(wrongLines([wrong], CONTENDERS)).toEqual(['Wrong: Hive Gateway', '    reviews, http, check 2: data.users.0']);
  expect(wrongLines([], CONTENDERS)).toEqual(['All answers were equal.']);
});
