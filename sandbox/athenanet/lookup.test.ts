import { expect, it } from 'vitest';
import { Lookup } from './lookup.ts';

interface Thing {
  readonly id: number;
  readonly owner?: number;
  readonly gone?: true;
}

const START: readonly Thing[] = [
  { id: 1, owner: 7 },
  { id: 2, owner: 8 },
  { id: 3, owner: 7 },
  { id: 4, owner: 7, gone: true },
];
const put = (list: readonly Thing[], thing: Thing): Thing[] =>
  list.some(({ id }) => id === thing.id) ? list.map((one) => (one.id === thing.id ? thing : one)) : [...list, thing];
const lookupOf = (list: readonly Thing[]) => {
  const lookup = new Lookup(
    () => list,
    ({ gone }) => gone !== true,
  );
  return { lookup, owned: lookup.by(({ owner }) => owner) };
};

it.each([
  ['a new one', { id: 5, owner: 8 }],
  ['a new one of a new owner', { id: 5, owner: 9 }],
  ['a new one of nobody', { id: 5 }],
  ['another for the old one', { id: 1, owner: 7, extra: true }],
  ['another of another owner', { id: 1, owner: 8 }],
  ['one that does not count any more', { id: 3, owner: 7, gone: true }],
  ['one that counts again', { id: 4, owner: 7 }],
] as [string, Thing][])('knows %s like a lookup that is made anew', (_, thing) => {
  const kept = lookupOf(START);
  const ids = [1, 2, 3, 4, 5];
  const owners = [7, 8, 9];
  for (const owner of owners) kept.owned(owner);
  kept.lookup.put(thing);
  const fresh = lookupOf(put(START, thing));
  expect(ids.map((id) => kept.lookup.one(id))).toEqual(ids.map((id) => fresh.lookup.one(id)));
  const sorted = (list: readonly Thing[]) => list.toSorted((one, other) => one.id - other.id);
  expect(sorted(kept.lookup.all)).toEqual(sorted(fresh.lookup.all));
  for (const owner of owners) expect(sorted(kept.owned(owner))).toEqual(sorted(fresh.owned(owner)));
});

it('has what was put before the first question once', () => {
  const list = [...START];
  const { lookup } = lookupOf(list);
  const thing = { id: 5, owner: 8 };
  list.push(thing);
  lookup.put(thing);
  expect(lookup.all.filter(({ id }) => id === 5)).toEqual([thing]);
});
