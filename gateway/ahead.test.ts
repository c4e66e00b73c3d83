import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder } from './ahead.ts';

interface Source {
  readonly items: AsyncGenerator<number>;
  readonly taken: number[];
  readonly isOver: () => boolean;
}

const sourceOf = (count: number, failure?: Error): Source => {
  const taken: number[] = [];
  let over = false;
  const items = (async function* () {
    try {
      for (let n = 1; n <= count; n++) {
        taken.push(n);
        yield n;
      }
      if (failure !== undefined) throw failure;
    } finally {
      over = true;
    }
  })();
  return { items, taken, isOver: () => over };
};

const all = async (results: AsyncIterable<number>): Promise<(number | Error)[]> => {
  const got: (number | Error)[] = [];
  try {
    for await (const result of results) got.push(result);
  } catch (thrown) {
    got.push(thrown as Error);
  }
  return got;
};

const wait = async (turns: number): Promise<void> => {
  for (let i = 0; i < turns; i++) await setImmediate();
};

describe('results that are made ahead', () => {
  it.each([1, 2, 5, 9])('come in order, with at most %i under way', async (most) => {
    const { items, isOver } = sourceOf(20);
    let underWay = 0;
    let highest = 0;
    const results = inOrder(items, most, async (n) => {
      underWay++;
      highest = Math.max(highest, underWay);
      await wait(10 + ((n * 7) % 5));
      underWay--;
      return n * 10;
    });
    expect(await all(results)).toEqual(Array.from({ length: 20 }, (_, i) => (i + 1) * 10));
    expect(highest).toBe(most);
    expect(isOver()).toBe(true);
  });

  it('take nothing from the source before they are asked for, nor more than there is room for', async () => {
    const { items, taken, isOver } = sourceOf(20);
    const results = inOrder(items, 3, async (n) => n);
    await wait(5);
    expect(taken).toEqual([]);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await wait(5);
    expect(taken).toEqual([1, 2, 3, 4]);
    await results.return();
    await wait(5);
    expect(isOver()).toBe(true);
    expect(taken).toEqual([1, 2, 3, 4]);
  });

  it('tell of the source’s failure after what came before it', async () => {
    const failure = new Error('No more.');
    const results = inOrder(sourceOf(3, failure).items, 9, async (n) => {
      await wait(n);
      return n;
    });
    expect(await all(results)).toEqual([1, 2, 3, failure]);
  });

  it('end with the first that cannot be made', async () => {
    const failure = new Error('Not this one.');
    const { items, isOver } = sourceOf(9);
    const results = inOrder(items, 4, async (n) => {
      if (n === 3) throw failure;
      return n;
    });
    expect(await all(results)).toEqual([1, 2, failure]);
    await wait(5);
    expect(isOver()).toBe(true);
  });
});
