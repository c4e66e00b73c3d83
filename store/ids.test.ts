import { expect, it } from 'vitest';
import { isRowId, timeOrderedIds } from './ids.ts';

it('makes UUIDs of version 7 that grow within a millisecond, across one, and when the clock is set back', () => {
  let at = Date.parse('2026-03-02T09:00:00Z');
  const next = timeOrderedIds(() => at);
  const ids: string[] = [];
  for (const step of [0, 1, 5_000, -10_000]) {
    at += step;
    for (let n = 0; n < 5_000; n++) ids.push(next());
  }
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id))).toEqual([]);
  expect(Number.parseInt(ids[0]?.slice(0, 13).replace('-', '') ?? '', 16)).toBe(Date.parse('2026-03-02T09:00:00Z'));
});

it.each([
  { id: '019cadc6-9a80-7004-8590-adbde1f79e69', is: true },
  { id: '019CADC6-9A80-7004-8590-ADBDE1F79E69', is: false },
  { id: '019cadc6-9a80-7004-8590-adbde1f79e6', is: false },
  { id: '019cadc6-9a80-7004-8590-adbde1f79e69 ', is: false },
  { id: '', is: false },
])('takes $id for an id: $is', ({ id, is }) => {
  expect(isRowId(id)).toBe(is);
});
