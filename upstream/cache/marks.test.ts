import { afterEach, describe, expect, it } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import { UnwrittenMarks } from './marks.ts';

const SOURCE = sourceId('mercy');
let opened: UnwrittenMarks[] = [];
afterEach(async () => {
  await Promise.all(opened.map((marks) => marks.close()));
  opened = [];
});

/** Marks for a store that answers from the `from`-th time on. */
const marksOf = (from: { time: number }) => {
  const written: string[] = [];
  const asked = { times: 0 };
  const marks = new UnwrittenMarks(async (_source, tags) => {
    asked.times++;
    const isThere = asked.times >= from.time;
    if (isThere) written.push(...tags);
    return isThere;
  });
  opened.push(marks);
  return { marks, written, asked };
};

describe('marks', () => {
  it('are written when whoever writes them goes on, where the store fails for a moment', async () => {
    const { marks, written } = marksOf({ time: 4 });
    await Promise.all([marks.write(SOURCE, ['a', 'b']), marks.write(SOURCE, ['c'])]);
    expect(new Set(written)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('are waited for once where the store is away, until it is there again', async () => {
    const from = { time: Number.POSITIVE_INFINITY };
    const { marks, written, asked } = marksOf(from);
    await marks.write(SOURCE, ['a']);
    const before = asked.times;
    await marks.write(SOURCE, ['b']);
    expect(asked.times - before).toBeLessThanOrEqual(2);
    expect(await marks.written(SOURCE)).toBe(false);
    from.time = 0;
    expect(await marks.written(SOURCE)).toBe(true);
    from.time = asked.times + 3;
    await marks.write(SOURCE, ['c']);
    expect(new Set(written)).toEqual(new Set(['a', 'b', 'c']));
  });
});
