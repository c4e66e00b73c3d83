import { validationFailed } from '../../schema/errors.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Coverage } from '../../schema/values.ts';
import type { Found, Page, Related, Window } from '../vendor/connector.ts';
import { compareInstants } from '../vendor/time.ts';

/**
 * How a list is ordered and where a page of it begins. FHIR's own `next` links are the server's state: they expire and
 * can hold names. So a position is the last record's sort key and id, from which the list is found again.
 */
export interface Order<Row> {
  /** The instant to sort by; rows without one come last. */
  readonly key: (row: Row) => string | null | undefined;
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

interface Keyed {
  readonly key: string;
}

const positionOf = <Row extends Keyed>(row: Row, order: Order<Row>): Position => ({
  key: order.key(row) ?? undefined,
  id: row.key,
});

/** Those behind a position. */
export const behind = <Row extends Keyed>(
  records: readonly Row[],
  order: Order<Row>,
  after: Position | undefined,
): readonly Row[] =>
  after === undefined
    ? records
    : records.filter((record) => comparePositions(positionOf(record, order), after, order.newestFirst) > 0);

/**
 * May the list be left before its end? `read` is what was read so far, `wanted` those of it that count. Only when the
 * server kept the order, the page is full, another record is behind it, and no further one can have the last one's key.
 */
export const isFull = <Row extends Keyed>(
  read: readonly Row[],
  wanted: readonly Row[],
  order: Order<Row>,
  window: Window,
): boolean => {
  const left = behind(wanted, order, readPosition(window.after));
  const [shown, last] = [left[window.first - 1], read.at(-1)];
  if (left.length <= window.first || shown === undefined || last === undefined) return false;
  const keys = read.map((record) => order.key(record) ?? undefined);
  const kept = keys.every((key, i) => i === 0 || compareKeys(keys[i - 1], key, order.newestFirst) <= 0);
  return kept && compareKeys(order.key(shown) ?? undefined, keys.at(-1), order.newestFirst) < 0;
};

/** Nothing is on it and nothing behind it. */
export const isEmptyPage = (page: Page<RecordType> | Error): boolean =>
  !(page instanceof Error) && page.items.length === 0 && !page.hasNextPage;

/** What a page says besides its records. */
export interface Beside {
  /** Records that came along, of those that `wanted` names by `Type/key`. */
  readonly related?: (wanted: (name: string) => boolean) => readonly Related[];
  /** Keys of records that the answer did not tell whole: they are read by themselves. */
  readonly partial?: ReadonlySet<string>;
  /** Coverages that came along with patients, by key. */
  readonly coverages?: ReadonlyMap<string, readonly Coverage[]>;
}

const NOTHING: ReadonlySet<string> = new Set();

const coversOf = ({ key }: { readonly key: string }, { partial }: Beside): Found<RecordType>['covers'] =>
  partial?.has(key) === true ? NOTHING : 'all';

/** What a record links to, by `Type/key`. */
export const linksOf = (record: object): readonly string[] => {
  const { patientKey, practitionerKey, locationKey } = record as Readonly<Record<string, unknown>>;
  return [`Patient/${patientKey}`, `Practitioner/${practitionerKey}`, `Location/${locationKey}`];
};

/** What is not told whole is another's: a merged patient's coverages stand under the survivor. */
const carriedBy = ({ key }: { readonly key: string }, { coverages, partial }: Beside) => {
  const carried = partial?.has(key) === true ? undefined : coverages?.get(key);
  return carried === undefined ? {} : { coverages: carried };
};

/** One page of records. `complete`: these are all that the list holds, so they can be counted. */
export const toPage = <T extends RecordType>(
  records: readonly Mapped<T>[],
  order: Order<Mapped<T>>,
  window: Window,
  complete: boolean,
  beside: Beside = {},
): Page<T> => pageOf(records, (record) => record, order, window, complete, beside);

/** The same of rows of which only those shown are made into records. */
export const pageOf = <T extends RecordType, Row extends Keyed>(
  rows: readonly Row[],
  tell: (row: Row) => Mapped<T>,
  order: Order<Row>,
  window: Window,
  complete: boolean,
  beside: Beside = {},
): Page<T> => {
  const sorted = [...rows].sort((one, other) =>
    comparePositions(positionOf(one, order), positionOf(other, order), order.newestFirst),
  );
  const left = behind(sorted, order, readPosition(window.after));
  const items = left.slice(0, window.first).map((row) => {
    const record = tell(row);
    return { record, covers: coversOf(record, beside), after: write(positionOf(row, order)) };
  });
  const linked = new Set(items.flatMap(({ record }) => linksOf(record)));
  const related = beside.related?.((name) => linked.has(name)) ?? [];
  return {
    items,
    hasNextPage: left.length > window.first,
    ...(complete ? { totalCount: rows.length } : {}),
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

/** One page of records in the order in which they are given. */
export const toRows = <T extends RecordType>(
  records: readonly Mapped<T>[],
  window: Window,
  complete: boolean,
  beside: Beside = {},
): Page<T> => {
  const from = placeAfter(
    window.after,
    records.map(({ key }) => key),
  );
  const items = records.slice(from, from + window.first);
  return {
    items: items.map((record, i) => ({
      record,
      covers: coversOf(record, beside),
      ...carriedBy(record, beside),
      after: `${from + i + 1}~${record.key}`,
    })),
    hasNextPage: records.length > from + window.first,
    ...(complete ? { totalCount: records.length } : {}),
  };
};
