import { GraphError } from '../../../schema/errors.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Found, Page, Window } from '../../vendor/connector.ts';
import { MOST_CALLS, type Rows } from '../client.ts';
import { tooMany } from '../refusal.ts';

/** @throws GraphError VALIDATION for a position that is not of this kind of list. */
const offsetOf = ({ after }: Window, source: string): number => {
  if (after === undefined) return 0;
  if (/^\d{1,9}$/.test(after)) return Number(after);
  throw new GraphError('VALIDATION', { source, message: 'The position is not one of this list.' });
};

/**
 * A page of a list that athenaNet pages by row: as many calls as it takes to find `first` rows that are wanted. A
 * position is the number of rows before it, those that are not wanted included.
 */
export const collect = async <R, T extends RecordType>(options: {
  readonly window: Window;
  readonly source: string;
  /** Rows from an offset on. */
  readonly fetch: (offset: number) => Promise<Rows<R>>;
  /** What a row stands for; `undefined`: not asked for, although athenaNet sent it. */
  readonly take: (rows: readonly R[]) => Promise<readonly (Found<T> | undefined)[]>;
  /** Whether athenaNet's total may count rows that are not wanted, on pages that are not read. */
  readonly miscounts?: boolean;
}): Promise<Page<T>> => {
  const { window, source, fetch, take, miscounts = false } = options;
  const items = new Map<string, Page<T>['items'][number]>();
  let offset = offsetOf(window, source);
  let exact = !miscounts;
  for (let calls = 0; calls < MOST_CALLS; calls += 1) {
    const { rows, total, more } = await fetch(offset);
    const found = await take(rows);
    exact &&= found.every((one) => one !== undefined);
    const counted = offset === 0 && !more ? distinct(found) : exact ? total : undefined;
    const totals = counted === undefined ? {} : { totalCount: counted };
    for (const [i, one] of found.entries()) {
      if (one === undefined || items.has(one.record.key)) continue;
      if (items.size === window.first) return { items: [...items.values()], hasNextPage: true, ...totals };
      items.set(one.record.key, { ...one, after: String(offset + i + 1) });
    }
    if (!more || items.size === window.first) return { items: [...items.values()], hasNextPage: more, ...totals };
    offset += rows.length;
  }
  throw tooMany(source);
};

const distinct = (found: readonly (Found<RecordType> | undefined)[]): number =>
  new Set(found.flatMap((one) => one?.record.key ?? [])).size;

/** A page of a list that is here as a whole, in its own order. */
export const pageByIndex = <T extends RecordType>(
  found: readonly Found<T>[],
  window: Window,
  source: string,
): Page<T> => {
  const start = offsetOf(window, source);
  const items = found.slice(start, start + window.first);
  return {
    items: items.map((one, i) => ({ ...one, after: String(start + i + 1) })),
    hasNextPage: found.length > start + items.length,
    totalCount: found.length,
  };
};

/**
 * A page of a list that is here as a whole, sorted by time and key; a position is the time and key of an item, so that
 * it holds when the list changes meanwhile. Records without a time come last.
 */
export const pageByTime = <T extends RecordType>(
  found: readonly Found<T>[],
  timeOf: (record: Found<T>['record']) => string | null | undefined,
  order: 'oldest first' | 'newest first',
  window: Window,
): Page<T> => {
  const sorted = found
    .map((one) => ({ ...one, after: sortKey(timeOf(one.record), one.record.key, order) }))
    .sort((one, other) => (one.after < other.after ? -1 : 1));
  const { after = '' } = window;
  const rest = sorted.filter((one) => one.after > after);
  const items = rest.slice(0, window.first);
  return { items, hasNextPage: rest.length > items.length, totalCount: found.length };
};

/** Beyond any time that a record can have, in milliseconds: keeps sort keys positive and of one length. */
const FAR = 1e14;

const sortKey = (time: string | null | undefined, key: string, order: 'oldest first' | 'newest first'): string => {
  const at = time === null || time === undefined ? undefined : Date.parse(time);
  const rank = at === undefined ? 9e15 : order === 'oldest first' ? FAR + at : FAR - at;
  return `${String(rank).padStart(16, '0')}:${key}`;
};
