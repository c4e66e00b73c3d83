import { expect, it } from 'vitest';
import { FairQueue } from './fair.ts';

const taken = (queue: FairQueue<string>): string[] => {
  const items: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) items.push(item);
  return items;
};
const filled = (...items: readonly (readonly [caller: string, operation: string, item: string])[]) => {
  const queue = new FairQueue<string>();
  for (const [caller, operation, item] of items) queue.add(caller, operation, item);
  return queue;
};

it('serves callers in turn, and first come first served within an operation', () => {
  const queue = filled(['a', '1', 'a1'], ['a', '1', 'a2'], ['a', '1', 'a3'], ['b', '2', 'b1'], ['c', '3', 'c1']);
  expect(queue.size).toBe(5);
  expect(taken(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  expect(queue.size).toBe(0);
});

it('serves the operations of a caller in turn', () => {
  const queue = filled(['a', '1', 'one'], ['a', '1', 'one more'], ['a', '2', 'two'], ['a', '2', 'two more']);
  expect(taken(queue)).toEqual(['one', 'two', 'one more', 'two more']);
});

it('does not give a caller a better place for asking again', () => {
  const queue = filled(['a', '1', 'a1'], ['b', '2', 'b1'], ['b', '2', 'b2']);
  expect(queue.take()).toBe('a1');
  queue.add('a', '3', 'a2');
  expect(taken(queue)).toEqual(['b1', 'a2', 'b2']);
});

it('lets a call leave, and forgets callers and operations without calls', () => {
  const queue = filled(['a', '1', 'a1'], ['a', '1', 'a2'], ['b', '2', 'b1']);
  expect(queue.remove('a', '1', 'a1')).toBe(true);
  expect(queue.remove('a', '1', 'a1')).toBe(false);
  expect(queue.remove('nobody', '1', 'a2')).toBe(false);
  expect([...queue]).toEqual(['a2', 'b1']);
  expect(taken(queue)).toEqual(['a2', 'b1']);
});

it('never tells that more are ahead than are', () => {
  // every item added at random must come out behind at least as many as were told to be ahead of it
  let seed = 20_261_121;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 300; round++) {
    const queue = new FairQueue<string>();
    for (let i = random(30); i > 0; i--) queue.add(`caller ${random(4)}`, `operation ${random(3)}`, `other ${i}`);
    for (let i = random(5); i > 0; i--) queue.take();
    const [caller, operation] = [`caller ${random(4)}`, `operation ${random(3)}`];
    const ahead = queue.ahead(caller, operation);
    queue.add(caller, operation, 'mine');
    expect(taken(queue).indexOf('mine'), `round ${round}`).toBeGreaterThanOrEqual(ahead);
  }
});

it('tells exactly who is ahead where callers have one operation each', () => {
  const queue = filled(['a', '1', 'a1'], ['a', '1', 'a2'], ['a', '1', 'a3'], ['b', '2', 'b1']);
  expect(queue.ahead('a', '1')).toBe(4);
  expect(queue.ahead('c', '3')).toBe(0);
  expect(queue.ahead('b', '2')).toBe(2);
});
