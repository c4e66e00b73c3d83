import { GraphError } from '../../../schema/errors.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Found, Page, Window } from '../../vendor/connector.ts';
import { compareInstants } from '../../vendor/time.ts';

/** A place in a list: how many items came before, and the last of them as a check. */
export const positionAfter = (count: number, key: string): string => `${count}~${key}`;

/**
 * Where to go on in a list that was asked for anew. If it has changed meanwhile, the last item that was taken is looked
 * for. @throws GraphError VALIDATION when it is gone: then nobody can say what would be lost or come twice.
 */
export const resumeAt = (keys: readonly string[], after: string | undefined): number => {
  if (after === undefined) return 0;
  const [, digits = '', key = ''] = /^(\d{1,9})~(.*)$/s.exec(after) ?? [];
  const count = Number(digits);
  if (digits !== '' && keys[count - 1] === key) return count;
  const found = digits === '' ? -1 : keys.indexOf(key);
  if (found === -1)
    throw new GraphError('VALIDATION', { message: 'The list has changed: start again without `after`.' });
  return found + 1;
};

/** One page of a list that the vendor gives as a whole, each record once. */
export const pageOf = <T extends RecordType>(
  all: readonly Found<T>[],
  window: Pick<Window, 'first' | 'after'>,
): Page<T> => {
  const once = [...new Map(all.map((found) => [found.record.key, found])).values()];
  const keys = once.map(({ record }) => record.key);
  const start = resumeAt(keys, window.after);
  const items = once.slice(start, start + window.first).map((found, i) => ({
    ...found,
    after: positionAfter(start + i + 1, found.record.key),
  }));
  return { items, hasNextPage: start + items.length < once.length, totalCount: once.length };
};

/** Order of two instants, to the millisecond; what has none comes last. */
export const byInstant = (one: string | null | undefined, other: string | null | undefined): number => {
  if (one == null || other == null) return one == null ? (other == null ? 0 : 1) : -1;
  return Date.parse(one) - Date.parse(other);
};

export const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Is this instant at or after `from` and before `to`? Without an instant that can be compared: no, if there is a limit. */
export const within = (
  instant: string | null | undefined,
  from: string | undefined,
  to: string | undefined,
): boolean => {
  if (from === undefined && to === undefined) return true;
  if (instant == null) return false;
  return (
    (from === undefined || compareInstants(instant, from) >= 0) &&
    (to === undefined || compareInstants(instant, to) < 0)
  );
};
