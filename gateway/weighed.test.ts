import { expect, it } from 'vitest';
import { Weighed } from './weighed.ts';

const keptOf = (weighed: Weighed<number>, keys: number): number[] =>
  Array.from({ length: keys }, (_, i) => i).filter((i) => weighed.get(`k${i}`) !== undefined);

it('keeps no more than may weigh together, and the latest of them', () => {
  const weighed = new Weighed<number>({ entries: 1_000, weight: 100 });
  for (let i = 0; i < 500; i++) weighed.set(`k${i}`, i, 10);
  const kept = keptOf(weighed, 500);
  expect(kept.length).toBeLessThanOrEqual(10);
  expect(kept.length).toBeGreaterThan(5);
  expect(kept).toContain(499);
});

it('keeps no more than twice as many entries as it says', () => {
  const weighed = new Weighed<number>({ entries: 10, weight: 1_000_000 });
  for (let i = 0; i < 500; i++) weighed.set(`k${i}`, i, 1);
  const kept = keptOf(weighed, 500);
  expect(kept.length).toBeLessThanOrEqual(20);
  expect(kept.slice(-10)).toEqual(Array.from({ length: 10 }, (_, i) => 490 + i));
});

it('weighs what is set again once', () => {
  const weighed = new Weighed<number>({ entries: 10, weight: 100 });
  for (let round = 0; round < 50; round++) for (let i = 0; i < 10; i++) weighed.set(`k${i}`, round, 10);
  expect(keptOf(weighed, 10)).toHaveLength(10);
  for (let i = 0; i < 10; i++) weighed.set(`k${i}`, i, 50);
  expect(keptOf(weighed, 10)).toEqual([8, 9]);
});

it('keeps the rest when one alone is too heavy', () => {
  const weighed = new Weighed<number>({ entries: 10, weight: 100 });
  weighed.set('k0', 0, 10);
  weighed.set('k1', 1, 101);
  expect(keptOf(weighed, 2)).toEqual([0]);
});
