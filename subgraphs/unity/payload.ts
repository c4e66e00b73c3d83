import { GraphError } from '../../schema/errors.ts';

/**
 * One row as Unity sends it, whatever the product: every value is text, columns are `PascalCase`, `Snake_Case` or
 * neither, and codes are padded. Keys are `columnName`s; cells that are empty or blank are left out.
 */
export type Row = ReadonlyMap<string, string>;

export interface Table {
  readonly name: string;
  /** All columns that the answer declares, filled or not: what is not in here, the answer cannot tell. */
  readonly columns: ReadonlySet<string>;
  readonly rows: readonly Row[];
}

/** `Patient_ID`, `patientID` and `PatientID` are one column. A DataSet writes odd characters as `_x0020_`. */
export const columnName = (raw: string): string =>
  // most names hold neither, and a day's schedule has a hundred thousand cells
  (/[_\s]/.test(raw) ? raw.replace(/_x[0-9a-f]{4}_/gi, '').replace(/[_\s]/g, '') : raw).toLowerCase();

/** What some columns say instead of being empty. */
const NOTHING = /^no (ssn|primary insurance)$/i;

/** The first of these columns that says something, trimmed. */
export const cell = (row: Row, ...columns: readonly string[]): string | undefined => {
  for (const column of columns) {
    const text = row.get(columnName(column));
    if (text !== undefined && !NOTHING.test(text)) return text;
  }
  return undefined;
};

/** An id: `0` means that there is none. */
export const idCell = (row: Row, ...columns: readonly string[]): string | undefined => {
  const text = cell(row, ...columns);
  return text === undefined || /^0+$/.test(text) ? undefined : text;
};

const hasColumn = (table: Table, columns: readonly string[]): boolean =>
  columns.some((column) => table.columns.has(columnName(column)));

/** A row that holds nothing but a sentence that there are none: `No patients found`. Beside other cells it is data. */
export const saysNone = (row: Row): boolean =>
  row.size === 1 && [...row.values()].every((text) => /^no \w+( \w+)? found\.?$/i.test(text));

/**
 * The records of a list: rows that have an id in one of these columns, from whichever table holds that column.
 * @throws GraphError BAD_VENDOR_ANSWER when there are rows but nothing identifies them.
 */
export const identifiedRows = (
  tables: readonly Table[],
  source: string,
  ...columns: readonly string[]
): readonly Row[] => {
  const holding = tables.filter((table) => hasColumn(table, columns));
  const rows = (holding.length > 0 ? holding : tables).flatMap((table) => table.rows);
  const identified = rows.filter((row) => idCell(row, ...columns) !== undefined);
  // an id of 0 stands for "none" too
  if (rows.some((row) => cell(row, ...columns) === undefined && !saysNone(row)))
    throw new GraphError('BAD_VENDOR_ANSWER', { source });
  return identified;
};

/** The one record of an answer, its cells gathered from all tables: some products spread it over two. */
export const mergedRow = (tables: readonly Table[]): Row => {
  const merged = new Map<string, string>();
  for (const table of tables)
    for (const [column, text] of table.rows[0] ?? []) if (!merged.has(column)) merged.set(column, text);
  return merged;
};

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
/** One element parses to an object, several to a list, an empty one to null or ''. */
const many = (value: unknown): readonly unknown[] =>
  value === undefined || value === null || value === '' ? [] : Array.isArray(value) ? value : [value];
const child = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), value);
const children = (node: Node): readonly (readonly [string, unknown])[] =>
  Object.entries(node).filter(([name]) => name !== 'attributes' && name !== '$value');

/** A cell with attributes (`xml:space`) parses to an object that holds its text, if any, as `$value`. */
const textOf = (value: unknown): string => {
  const text = isNode(value) ? value.$value : value;
  return typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean' ? String(text).trim() : '';
};

const toRow = (value: unknown): Row => {
  const row = new Map<string, string>();
  if (!isNode(value)) return row;
  for (const [name, content] of children(value)) {
    const text = many(content)
      .map(textOf)
      .find((each) => each !== '');
    const column = columnName(name);
    if (text !== undefined && !row.has(column)) row.set(column, text);
  }
  return row;
};

/** Each table's columns as a DataSet's schema declares them. */
export type Columns = ReadonlyMap<string, readonly string[]>;

const declaredColumns = (schema: unknown): Columns =>
  new Map(
    many(child(schema, 'element', 'complexType', 'choice', 'element')).map((table) => [
      textOf(child(table, 'attributes', 'name')),
      many(child(table, 'complexType', 'sequence', 'element')).map((column) =>
        columnName(textOf(child(column, 'attributes', 'name'))),
      ),
    ]),
  );

/** What a DataSet's own schema declares; nothing where it has none. */
export const columnsOf = (result: unknown): Columns => declaredColumns(child(result, 'schema'));

/**
 * Every table of a .NET DataSet (inline schema and diffgram) as an XML parser gives it, prefixes stripped and
 * attributes under `attributes`. Tables have no dependable names, so all below the diffgram's first child are taken.
 * @throws GraphError BAD_VENDOR_ANSWER for anything that is not a DataSet.
 */
export const toTables = (result: unknown, source: string, declared: Columns = columnsOf(result)): readonly Table[] => {
  if (!isNode(result) || !('diffgram' in result)) throw new GraphError('BAD_VENDOR_ANSWER', { source });
  const [, dataSet] = isNode(result.diffgram) ? (children(result.diffgram)[0] ?? []) : [];
  const filled = new Map(isNode(dataSet) ? children(dataSet) : []);
  return [...new Set([...declared.keys(), ...filled.keys()])].map((name) => {
    const rows = many(filled.get(name))
      .map(toRow)
      .filter((row) => row.size > 0);
    return {
      name,
      columns: new Set([...(declared.get(name) ?? []), ...rows.flatMap((row) => [...row.keys()])]),
      rows,
    };
  });
};
