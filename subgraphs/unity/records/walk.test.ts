import { describe, expect, it } from 'vitest';
import { walk } from './walk.ts';

/** Looks that end when they are told to; an item gives itself when it is even. */
const looks = () => {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const fails = new Set<number>();
  const look = (item: number): Promise<number | undefined> => {
    begun.push(item);
    return new Promise((resolve, reject) => {
      ends.set(item, () =>
        fails.has(item) ? reject(new Error('failed')) : resolve(item % 2 === 0 ? item : undefined),
      );
    });
  };
  const end = async (...items: readonly number[]): Promise<void> => {
    for (const item of items) ends.get(item)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, look, end, fails };
};

const ITEMS = Array.from({ length: 20 }, (_, i) => i);

describe('a walk', () => {
  it('begins no more looks than could still be needed', async () => {
    const { begun, look, end } = looks();
    const walked = walk(ITEMS, 3, 10, look);
    expect(begun).toEqual([0, 1, 2]);
    await end(0, 1, 2);
    expect(begun).toEqual([0, 1, 2, 3]);
    await end(3);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    await end(4);
    expect(await walked).toEqual([
      { value: 0, position: 1 },
      { value: 2, position: 3 },
      { value: 4, position: 5 },
    ]);
    expect(begun).toHaveLength(5);
  });

  it('begins the next as soon as one has ended, at most so many at a time', async () => {
    const { begun, look, end } = looks();
    const walked = walk(ITEMS.slice(0, 5), 99, 2, look);
    expect(begun).toEqual([0, 1]);
    await end(1);
    expect(begun).toEqual([0, 1, 2]);
    await end(2);
    await end(3);
    await end(4);
    await end(0);
    expect((await walked).map(({ position }) => position)).toEqual([1, 3, 5]);
  });

  it('begins nothing more once a look has failed', async () => {
    const { begun, look, end, fails } = looks();
    fails.add(1);
    const walked = walk(ITEMS, 5, 2, look);
    const failed = expect(walked).rejects.toThrow('failed');
    await end(1);
    await end(0);
    await failed;
    expect(begun).toEqual([0, 1]);
  });

  it('of nothing, or for nothing, ends at once', async () => {
    const { begun, look } = looks();
    expect(await walk([], 5, 5, look)).toEqual([]);
    expect(await walk(ITEMS, 0, 5, look)).toEqual([]);
    expect(begun).toEqual([]);
  });
});
