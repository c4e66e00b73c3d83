import { describe, expect, it } from 'vitest';
import { createCallLog } from './calls.ts';

const logOf = (calls: readonly (readonly [name: string, at: number])[], kept?: number, step?: number) => {
  const log = createCallLog(kept, step);
  for (const [name, at] of calls) log.began(name, at);
  return log;
};

describe('createCallLog', () => {
  it.each<[string, readonly number[], number]>([
    ['nothing', [], 0],
    ['calls far apart', [0, 2_000, 4_000], 1],
    ['calls across the edge of a full second', [900, 950, 1_000, 1_050, 1_899, 1_900], 5],
    ['a call exactly a second later', [0, 1_000], 1],
  ])('tells the most calls within a second of %s', (_name, times, expected) => {
    expect(logOf(times.map((at) => ['a', at])).mostWithin(1_000)).toBe(expected);
  });

  it('tells them for some calls only', () => {
    const log = logOf([
      ['POST token', 0],
      ['GET a', 1],
      ['GET a', 2],
    ]);
    expect(log.mostWithin(1_000, 'GET')).toBe(2);
  });

  it('knows how many calls are being answered, and how many were at most', () => {
    const log = createCallLog();
    const over = [log.began('a', 1), log.began('b', 2), log.began('a', 3)];
    over[0]?.(4);
    expect(log).toMatchObject({
      total: 3,
      inFlight: 2,
      mostInFlight: 3,
      counts: new Map(Object.entries({ a: 2, b: 1 })),
    });
    expect(log.log[0]).toEqual({ name: 'a', from: 1, to: 4 });
    expect(log.log[1]).toEqual({ name: 'b', from: 2, to: undefined });
    log.reset();
    expect(log).toMatchObject({ total: 0, inFlight: 2, mostInFlight: 2, names: [], log: [] });
  });

  it('counts all calls and keeps the last ones', () => {
    const log = logOf(
      Array.from({ length: 1_000 }, (_, i) => [`call ${i}`, i] as const),
      50,
      10,
    );
    expect(log.total).toBe(1_000);
    expect(log.names.length).toBeLessThan(60);
    expect(log.names.at(-1)).toBe('call 999');
    expect(log.log.at(-1)?.from).toBe(999);
    expect(log.names.length).toBe(log.log.length);
  });

  it('counts names without end under one', () => {
    const log = logOf(Array.from({ length: 1_500 }, (_, i) => [`GET /${i}`, i] as const));
    expect(log.counts.size).toBe(1_001);
    expect(log.counts.get('(other)')).toBe(500);
  });
});
