import type { World } from './world.ts';
import { escapeXml } from './xml.ts';

/** A value of a row. All values are text; undefined is a database's NULL. */
export type Cell = string | undefined;

/** One column a line: its name as the vendor spells it, and what it says of a record. */
export type Spec<T> = Readonly<Record<string, (record: T, world: World) => Cell>>;

/** The same columns with some of them spelt otherwise. */
export const spelt = <T>(spec: Spec<T>, names: Readonly<Record<string, string>>): Spec<T> =>
  Object.fromEntries(Object.entries(spec).map(([name, cell]) => [names[name] ?? name, cell]));

export type ColumnType = 'string' | 'decimal' | 'int';

export interface Table {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table with a row per record. */
export const table = <T>(
  world: World,
  spec: Spec<T>,
  records: readonly T[],
  types: Readonly<Record<string, ColumnType>> = {},
): Table => ({
  columns: Object.keys(spec).map((name) => ({ name, type: types[name] ?? 'string' })),
  rows: records.map((record) => Object.values(spec).map((cell) => cell(record, world))),
});

/** A table with one row of fixed values, empty text where nothing is given. */
export const singleRow = <T>(spec: Spec<T>, values: Readonly<Record<string, string>> = {}): Table => ({
  columns: Object.keys(spec).map((name) => ({ name, type: 'string' })),
  rows: [Object.keys(spec).map((name) => values[name] ?? '')],
});

const tableName = (action: string, index: number): string =>
  `${action.toLowerCase()}info${index === 0 ? '' : String(index)}`;

const schemaTable = (name: string, { columns }: Table): string =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${columns
    .map((column) => `<xs:element name="${column.name}" type="xs:${column.type}" minOccurs="0"/>`)
    .join('')}</xs:sequence></xs:complexType></xs:element>`;

const cellXml = (name: string, value: Cell): string => {
  if (value === undefined) return '';
  if (value === '') return `<${name}/>`;
  return `<${name}${/^\s+$/.test(value) ? ' xml:space="preserve"' : ''}>${escapeXml(value)}</${name}>`;
};

const rowXml = (name: string, { columns }: Table, row: readonly Cell[], order: number): string =>
  `<${name} diffgr:id="${name}${order + 1}" msdata:rowOrder="${order}">${columns
    .map((column, index) => cellXml(column.name, row[index]))
    .join('')}</${name}>`;

/** The .NET DataSet of an answer: its schema inline, then the diffgram, which is empty when there is no row. */
export const dataSetXml = (action: string, tables: readonly Table[]): string => {
  const root = `${action.toLowerCase()}response`;
  const schema = tables.map((one, index) => schemaTable(tableName(action, index), one)).join('');
  const rows = tables
    .flatMap((one, index) => one.rows.map((row, order) => rowXml(tableName(action, index), one, row, order)))
    .join('');
  const diffgram =
    'xmlns:msdata="urn:schemas-microsoft-com:xml-msdata" xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1"';
  return (
    `<xs:schema id="${root}" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:msdata="urn:schemas-microsoft-com:xml-msdata">` +
    `<xs:element name="${root}" msdata:IsDataSet="true" msdata:UseCurrentLocale="true"><xs:complexType>` +
    `<xs:choice minOccurs="0" maxOccurs="unbounded">${schema}</xs:choice></xs:complexType></xs:element></xs:schema>` +
    (rows === ''
      ? `<diffgr:diffgram ${diffgram}/>`
      : `<diffgr:diffgram ${diffgram}><${root} xmlns="">${rows}</${root}></diffgr:diffgram>`)
  );
};

/** The same answer in the JSON flavour: an item per table. A NULL is empty text there. */
export const dataSetJson = (action: string, tables: readonly Table[]): string =>
  JSON.stringify(
    tables.map((one, index) => ({
      [tableName(action, index)]: one.rows.map((row) =>
        Object.fromEntries(one.columns.map((column, at) => [column.name, row[at] ?? ''])),
      ),
    })),
  );
