import type { RecordType } from '../../schema/ids.ts';
import { listTags, searchTag } from '../../upstream/cache/key.ts';
import type { ActionName } from './actions.ts';
import type { Row, Table } from './payload.ts';

/** An answer that serves more than the question it was asked for: other pages, periods, codes, providers. */
export interface Kept {
  /** It may be shown again as long as records of this type. */
  readonly type: RecordType;
  /** What makes it void when it changes. */
  readonly tags: readonly string[];
}

type Values = Readonly<Record<string, string>>;

const ofPatient =
  (type: RecordType) =>
  ({ patient = '' }: Values): Kept => ({ type, tags: listTags(type, patient) });

/** Unity has no pages, filters and ends of periods to speak of: it answers whole, and questions choose from that. */
const KEPT: Readonly<Partial<Record<ActionName, (values: Values) => Kept>>> = {
  SearchPatients: () => ({ type: 'Patient', tags: listTags('Patient', undefined) }),
  // its rows name patients too
  GetSchedule: () => ({ type: 'Appointment', tags: [searchTag('Appointment'), searchTag('Patient')] }),
  GetScheduleByPatientID: ofPatient('Appointment'),
  GetResults: ofPatient('Observation'),
  GetClinicalSummary: ofPatient('Observation'),
  GetEncounterList: ofPatient('Claim'),
  GetPatientAccountBalance: ofPatient('Claim'),
};

/** How an action's answer is kept; `undefined`: it answers one question only, and that is kept as what it says. */
export const keptAs = (action: ActionName, values: Values): Kept | undefined => KEPT[action]?.(values);

/** A table with each column's name once. */
export interface FoldedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** In the order of the columns; '' where there is nothing. */
  readonly rows: readonly (readonly string[])[];
}

export const fold = ({ name, columns, rows }: Table): FoldedTable => {
  const order = [...columns];
  return { name, columns: order, rows: rows.map((row) => order.map((column) => row.get(column) ?? '')) };
};

export const unfold = ({ name, columns, rows }: FoldedTable): Table => ({
  name,
  columns: new Set(columns),
  rows: rows.map(
    (cells): Row =>
      new Map(columns.map((column, i) => [column, cells[i] ?? ''] as const).filter(([, text]) => text !== '')),
  ),
});
