import { describe, expect, it } from 'vitest';
import type { Mapped } from '../../schema/records.ts';
import { isFull, type Order, toPage, toRows } from './page.ts';

const at = (key: string, start: string | null) => ({ key, externalId: key, start }) as unknown as Mapped<'Appointment'>;
const OLDEST: Order<Mapped<'Appointment'>> = { key: ({ start }) => start, newestFirst: false };
const NEWEST: Order<Mapped<'Appointment'>> = { ...OLDEST, newestFirst: true };
const noon = '2026-11-20T12:00:00Z';
const one = '2026-11-20T13:00:00Z';
const two = '2026-11-20T14:00:00Z';

describe('toPage', () => {
  const list = [at('d', null), at('b', noon), at('c', two), at('a', noon), at('e', null)];
  const walk = (order: Order<Mapped<'Appointment'>>, first: number): string[] => {
    const keys: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = toPage<'Appointment'>(list, order, { first, ...(after === undefined ? {} : { after }) }, true);
      keys.push(...page.items.map(({ record }) => record.key));
      after = page.items.at(-1)?.after;
      if (!page.hasNextPage) return keys;
    }
  };

  it.each([
    [OLDEST, 'abcde'],
    [NEWEST, 'cabde'],
  ])('walks the whole list once, those without a time last', (order, expected) => {
    for (const first of [1, 2, 3, 5, 100]) expect(walk(order, first).join('')).toBe(expected);
  });

  it('goes on at the right place when the last record is gone meanwhile', () => {
    const { items } = toPage<'Appointment'>(list, OLDEST, { first: 2 }, true);
    const rest = list.filter(({ key }) => key !== 'b');
    expect(
      toPage<'Appointment'>(rest, OLDEST, { first: 9, after: items[1]?.after ?? '' }, true).items.map(
        ({ record }) => record.key,
      ),
    ).toEqual(['c', 'd', 'e']);
  });

  it.each(['x', '~', 'today~1', ''])('refuses the cursor %j', (after) => {
    expect(() => toPage<'Appointment'>(list, OLDEST, { first: 1, after }, true)).toThrow(
      expect.objectContaining({ code: 'VALIDATION' }),
    );
  });

  it('counts only what was read to the end', () => {
    expect(toPage<'Appointment'>(list, OLDEST, { first: 1 }, true).totalCount).toBe(5);
    expect(toPage<'Appointment'>(list, OLDEST, { first: 1 }, false).totalCount).toBeUndefined();
  });
});

describe('isFull', () => {
  const window = { first: 2 };
  it.each([
    ['the page and one more are there', [at('a', noon), at('b', one), at('c', two)], true],
    ['there is none behind the page', [at('a', noon), at('b', one)], false],
    ['the server did not keep the order', [at('b', one), at('a', noon), at('c', two)], false],
    ['another record may have the last one’s time', [at('a', noon), at('b', one), at('c', one)], false],
    ['only records without a time follow', [at('a', noon), at('b', one), at('c', null)], true],
  ])('says whether the list may be left when %s', (_what, rows, full) => {
    expect(isFull(rows, rows, OLDEST, window)).toBe(full);
  });
});

describe('toRows', () => {
  const rows = ['a', 'b', 'c', 'd'].map((key) => at(key, null));

  it('goes on behind the record, or at its place when it is gone', () => {
    const first = toRows(rows, { first: 2 }, true);
    const after = first.items[1]?.after ?? '';
    expect(first).toMatchObject({ hasNextPage: true, totalCount: 4 });
    expect(toRows(rows, { first: 2, after }, true).items.map(({ record }) => record.key)).toEqual(['c', 'd']);
    const without = rows.filter(({ key }) => key !== 'b');
    expect(toRows(without, { first: 2, after }, true).items.map(({ record }) => record.key)).toEqual(['c', 'd']);
  });

  it('refuses a cursor that it did not make', () => {
    expect(() => toRows(rows, { first: 2, after: 'b' }, true)).toThrow(expect.objectContaining({ code: 'VALIDATION' }));
  });
});
