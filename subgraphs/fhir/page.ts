import { validationFailed } from '../../schema/errors.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Page, Related, Window } from '../vendor/connector.ts';
import { compareInstants } from '../vendor/time.ts';

/**
 * How a list is ordered and where a page of it begins. FHIR's own `next` links are the server's state: they expire and
 * can hold names. So a position is the last record's sort key and id, from which the list is found again.
 */
export interface Order<T extends RecordType> {
  /** The instant to sort by; records without one come last. */
  readonly key: (record: Mapped<T>) => string | null | undefined;
  readonly newestFirst: boolean;
}

/** Rows beyond the page, so that a few that are hidden or dropped here do not cost a second call. */
export const SLACK = 10;

export interface Position {
  readonly key: string | undefined;
  readonly id: string;
}

const write = ({ key, id }: Position): string => `${key ?? ''}~${id}`;

/** @throws GraphError VALIDATION for a cursor that this connector did not make. */
export const readPosition = (after: string | undefined): Position | undefined => {
  if (after === undefined) return undefined;
  const [, key = '', id = ''] = /^([^~]*)~(.+)$/.exec(after) ?? [];
  const valid = id !== '' && (key === '' || !Number.isNaN(Date.parse(key)));
  if (!valid)
    throw validationFailed([{ path: ['after'], rule: 'cursor', message: 'The cursor is not one of this list.' }]);
  return { key: key === '' ? undefined : key, id };
};

const compareKeys = (one: string | undefined, other: string | undefined, newestFirst: boolean): number => {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return newestFirst ? compareInstants(other, one) : compareInstants(one, other);
};

const comparePositions = (one: Position, other: Position, newestFirst: boolean): number =>
  compareKeys(one.key, other.key, newestFirst) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

const positionOf = <T extends RecordType>(record: Mapped<T>, order: Order<T>): Position => ({
  key: order.key(record) ?? undefined,
  id: record.key,
});

/** Those behind a position. */
export const behind = <T extends RecordType>(
  records: readonly Mapped<T>[],
  order: Order<T>,
  after: Position | undefined,
): readonly Mapped<T>[] =>
  after === undefined
    ? records
    : records.filter((record) => comparePositions(positionOf(record, order), after, order.newestFirst) > 0);

/**
 * May the list be left before its end? `read` is what was read so far, `wanted` those of it that count. Only when the
 * server kept the order, the page is full, another record is behind it, and no further one can have the last one's key.
 */
export const isFull = <T extends RecordType>(
  read: readonly Mapped<T>[],
  wanted: readonly Mapped<T>[],
  order: Order<T>,
  window: Window,
): boolean => {
  const left = behind(wanted, order, readPosition(window.after));
  const [shown, last] = [left[window.first - 1], read.at(-1)];
  if (left.length <= window.first || shown === undefined || last === undefined) return false;
  const keys = read.map((record) => order.key(record) ?? undefined);
  const kept = keys.every((key, i) => i === 0 || compareKeys(keys[i - 1], key, order.newestFirst) <= 0);
  return kept && compareKeys(order.key(shown) ?? undefined, keys.at(-1), order.newestFirst) < 0;
};

/** One page of whole records. `complete`: these are all that the list holds, so they can be counted. */
export const toPage = <T extends RecordType>(
  records: readonly Mapped<T>[],
  order: Order<T>,
  window: Window,
  complete: boolean,
  related: readonly Related[] = [],
): Page<T> => {
  const sorted = [...records].sort((one, other) =>
    comparePositions(positionOf(one, order), positionOf(other, order), order.newestFirst),
  );
  const left = behind(sorted, order, readPosition(window.after));
  return {
    items: left
      .slice(0, window.first)
      .map((record) => ({ record, covers: 'all', after: write(positionOf(record, order)) })),
    hasNextPage: left.length > window.first,
    ...(complete ? { totalCount: records.length } : {}),
    ...(related.length === 0 ? {} : { related }),
  };
};

const ROW = /^(\d{1,9})~(.+)$/;

/** Where a list by names goes on: behind the record itself or, if it has gone meanwhile, where it was. */
export const placeAfter = (after: string | undefined, keys: readonly string[]): number => {
  if (after === undefined) return 0;
  const [, row = '', key = ''] = ROW.exec(after) ?? [];
  if (key === '')
    throw validationFailed([{ path: ['after'], rule: 'cursor', message: 'The cursor is not one of this list.' }]);
  const found = keys.indexOf(key);
  return found === -1 ? Math.max(Number(row) - 1, 0) : found + 1;
};

/** How many rows the list must be read for, to fill a page and know whether there is another. */
export const rowsFor = (window: Window): number => Number(ROW.exec(window.after ?? '')?.[1] ?? 0) + window.first + 1;

/** One page of whole records in the order in which they are given. */
export const toRows = <T extends RecordType>(
  records: readonly Mapped<T>[],
  window: Window,
  complete: boolean,
): Page<T> => {
  const from = placeAfter(
    window.after,
    records.map(({ key }) => key),
  );
  const items = records.slice(from, from + window.first);
  return {
    items: items.map((record, i) => ({ record, covers: 'all', after: `${from + i + 1}~${record.key}` })),
    hasNextPage: records.length > from + window.first,
    ...(complete ? { totalCount: records.length } : {}),
  };
};
