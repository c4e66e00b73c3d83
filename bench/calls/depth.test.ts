import { expect, it } from 'vitest';
import { type Span, sequentialDepth } from './depth.ts';

const spans = (...pairs: readonly (readonly [number, number])[]): readonly Span[] =>
  pairs.map(([from, to]) => ({ from, to }));

it.each([
  ['nothing', spans(), 0],
  ['one call', spans([0, 100]), 1],
  ['calls side by side', spans([0, 100], [1, 101], [2, 99]), 1],
  ['one after the other', spans([0, 100], [101, 200], [201, 300]), 3],
  ['two after a slow one, in any order', spans([110, 210], [0, 100], [105, 205]), 2],
  ['a long call beside a chain', spans([0, 250], [0, 100], [100, 200], [200, 300]), 3],
  ['a call that begins while the last of a chain is under way', spans([0, 100], [101, 200], [150, 250]), 2],
])('counts the round trips of %s', (_name, given, depth) => {
  expect(sequentialDepth(given)).toBe(depth);
});
