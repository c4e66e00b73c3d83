import { describe, expect, it } from 'vitest';
import { random } from './random.ts';

const drawn = (source: ReturnType<typeof random>, count = 200): number[] =>
  Array.from({ length: count }, () => source.next());

describe('random', () => {
  it('gives the same stream for the same seed and another one for another seed', () => {
    expect(drawn(random(5))).toEqual(drawn(random(5)));
    expect(drawn(random(5))).not.toEqual(drawn(random(6)));
  });

  it('forks streams that what was drawn before does not shift', () => {
    const used = random(5);
    drawn(used);
    expect(drawn(used.fork('part'))).toEqual(drawn(random(5).fork('part')));
    expect(drawn(random(5).fork('part'))).not.toEqual(drawn(random(5).fork('other part')));
  });

  it('spreads over the whole range and stays inside it', () => {
    const source = random(1);
    const numbers = Array.from({ length: 2_000 }, () => source.int(3, 7));
    expect(new Set(numbers)).toEqual(new Set([3, 4, 5, 6, 7]));
    expect(drawn(source, 2_000).every((number) => number >= 0 && number < 1)).toBe(true);
  });

  it('keeps every item when it shuffles', () => {
    const list = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = random(9).shuffled(list);
    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((one, other) => one - other)).toEqual(list);
  });

  it('refuses to pick from nothing', () => {
    expect(() => random(1).pick([])).toThrow(RangeError);
  });
});
