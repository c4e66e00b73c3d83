import { expect, it } from 'vitest';
import { firstDifference, wrongAt } from './compare.ts';

it.each<[string, unknown, unknown, string | undefined]>([
  ['equal objects whatever the order of their keys', { a: 1, b: [2] }, { b: [2], a: 1 }, undefined],
  ['a value that differs', { a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'a.b.1'],
  ['a key that is missing', { a: 1, b: null }, { a: 1 }, 'b'],
  ['a key too many', { a: 1 }, { a: 1, b: 2 }, 'b'],
  ['a list that is longer', { a: [1] }, { a: [1, 1] }, 'a.length'],
  ['a null in the place of an object', { a: { b: 1 } }, { a: null }, 'a'],
  ['an object in the place of a list', { a: [] }, { a: {} }, 'a'],
  ['text in the place of a number', { a: 1 }, { a: '1' }, 'a'],
])('finds %s', (_, one, other, path) => {
  expect(firstDifference(one, other)).toBe(path);
});

it.each<[string, object, object, string | undefined]>([
  [
    'takes errors of another wording for equal',
    { errors: [{ message: 'a' }] },
    { errors: [{ message: 'b' }] },
    undefined,
  ],
  ['says so when only one side has errors', { data: null }, { data: null, errors: [{}] }, 'errors'],
  ['names where the data differ', { data: { a: 1 } }, { data: { a: 2 } }, 'data.a'],
])('%s', (_, right, given, path) => {
  expect(wrongAt(right, given)).toBe(path);
});
