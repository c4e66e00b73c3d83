import { isField, nameOf, type RecordName } from './fields.ts';

type Json = Readonly<Record<string, unknown>>;
export type Path = readonly (string | number)[];

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The type of a record that stands in an answer; undefined for everything else. */
export const recordName = (value: unknown): RecordName | undefined =>
  isObject(value) && typeof value.id === 'string' && typeof value.__typename === 'string'
    ? nameOf(value.__typename)
    : undefined;

/** A value with only the ids of the records in it, as text that is equal for equal values. */
export const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  if (recordName(value) !== undefined) return `<${String(value.id)}>`;
  const parts = Object.keys(value)
    .sort()
    .map((name) => `${name}:${textOf(value[name])}`);
  return `{${parts.join()}}`;
};

/** One record as an answer shows it. */
export interface Stand {
  readonly id: string;
  readonly name: RecordName;
  readonly path: Path;
  readonly typename: string;
  readonly freshness?: string;
  /** Milliseconds since the epoch. */
  readonly fetchedAt?: number;
  /** Own fields, as text; `null` as `null`. */
  readonly fields: ReadonlyMap<string, string>;
}

/** One page of a list as an answer shows it. */
export interface Shown {
  /** The record that it belongs to; absent at the root. */
  readonly of?: string;
  readonly field: string;
  readonly path: Path;
  readonly ids: readonly string[];
  readonly hasNextPage: boolean;
  readonly outcomes: readonly Outcome[];
}

export interface Outcome {
  readonly source: string;
  readonly ok: boolean;
  readonly freshness: string;
  readonly code?: string;
}

export interface Standing {
  readonly records: readonly Stand[];
  readonly lists: readonly Shown[];
}

const standOf = (value: Json, name: RecordName, path: Path): Stand => {
  const meta = isObject(value.meta) ? value.meta : undefined;
  const own = Object.entries(value).filter(([field]) => isField(name, field));
  const { versionId, lastUpdated, unsupportedFields } = meta ?? {};
  const told = meta === undefined ? [] : [['meta', textOf({ versionId, lastUpdated, unsupportedFields })] as const];
  return {
    id: String(value.id),
    name,
    path,
    typename: String(value.__typename),
    ...(meta === undefined ? {} : { freshness: String(meta.freshness), fetchedAt: Date.parse(String(meta.fetchedAt)) }),
    fields: new Map([...own.map(([field, part]) => [field, textOf(part)] as const), ...told]),
  };
};

const outcomesOf = (value: unknown): readonly Outcome[] =>
  (Array.isArray(value) ? value : []).map((one: Json) => ({
    source: String((one.source as Json).id),
    ok: one.ok === true,
    freshness: String(one.freshness),
    ...(isObject(one.error) ? { code: String(one.error.code) } : {}),
  }));

const idsOf = (nodes: unknown): readonly string[] =>
  (Array.isArray(nodes) ? nodes : []).map((node) => (isObject(node) ? String(node.id) : 'null'));

const isPage = (value: unknown): value is Json => isObject(value) && Array.isArray(value.nodes);

/** Everything that an answer says of records and lists, wherever it stands. */
export const standing = (answer: unknown): Standing => {
  const records: Stand[] = [];
  const lists: Shown[] = [];
  const visit = (value: unknown, path: Path, of: string | undefined): void => {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, [...path, i], of);
    if (!isObject(value)) return;
    const name = recordName(value);
    if (name !== undefined && Object.keys(value).length > 2) records.push(standOf(value, name, path));
    const owner = name === undefined ? of : String(value.id);
    if (isPage(value))
      lists.push({
        ...(of === undefined ? {} : { of }),
        field: String(path.at(-1)),
        path,
        ids: idsOf(value.nodes),
        hasNextPage: isObject(value.pageInfo) && value.pageInfo.hasNextPage === true,
        outcomes: outcomesOf(value.outcomes),
      });
    for (const [field, part] of Object.entries(value)) visit(part, [...path, field], owner);
  };
  visit(answer, [], undefined);
  return { records, lists };
};
