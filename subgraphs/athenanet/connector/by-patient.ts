import { GraphError } from '../../../schema/errors.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Page, PatientList, Window } from '../../vendor/connector.ts';
import { MOST_CALLS, ROWS_AT_ONCE } from '../client.ts';
import type { Kept } from './kept.ts';
import { each, isKey, type Practice } from './practice.ts';

/** A practice-wide list is only tried for a span in which most of its rows are likely to be wanted. */
const LONGEST_SPAN_MS = 31 * 86_400_000;
/** Rows of the practice that may be read for one patient more, instead of a call for that patient: about 500 kB. */
const ROWS_FOR_A_CALL = 500;
const FEWEST_ROWS = 1000;

interface Filter {
  readonly from?: string;
  readonly to?: string;
}

interface Ways<F extends Filter, R, T extends RecordType> {
  /** The rows of one patient. */
  readonly alone: (patient: string, filter: F) => Promise<Kept<readonly R[]>>;
  /** The rows of the whole practice, `limit` at a time; fails when that takes more than `most` calls. */
  readonly together: (filter: F, pages: { readonly limit: number; readonly most: number }) => Promise<readonly R[]>;
  readonly patientOf: (row: R) => string | undefined;
  readonly page: (rows: readonly R[], patient: string, filter: F, window: Window) => Promise<Page<T>>;
}

/**
 * Answers the same list for many patients with the fewest calls: one per patient, or, when several are asked for the
 * same short span, one for the whole practice, of which only the asked patients' rows are kept. That one call also says
 * how many more the whole would take: if they are no fewer than the patients, those are asked one by one after all.
 */
export const byPatient = async <F extends Filter, R, T extends RecordType>(
  asked: readonly PatientList<F>[],
  practice: Practice,
  ways: Ways<F, R, T>,
): Promise<readonly (Page<T> | Error)[]> => {
  const rows = new Map<string, Promise<Kept<readonly R[]>>>();
  const known = asked.filter(({ patient }) => isKey(patient));
  for (const group of Map.groupBy(known, ({ filter }) => spanOf(filter)).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const patients = [...new Set(group.map(({ patient }) => patient))];
    const shared =
      patients.length > 1 && isShort(first.filter)
        ? rowsTogether(patients, first.filter, ways)
        : Promise.resolve(undefined);
    for (const patient of patients)
      rows.set(
        `${patient}/${spanOf(first.filter)}`,
        shared.then((all) => {
          const own = all?.get(patient);
          return own === undefined ? rowsAlone(patient, first.filter, practice, ways) : { value: own };
        }),
      );
  }
  return each(asked, practice, async ({ patient, filter, window }) => {
    const own = await rows.get(`${patient}/${spanOf(filter)}`);
    if (own === undefined) throw new GraphError('NOT_FOUND', { source: practice.source.id });
    return { ...(await ways.page(own.value, patient, filter, window)), on: own.on };
  });
};

const spanOf = ({ from = '', to = '' }: Filter): string => `${from}/${to}`;

const isShort = ({ from, to }: Filter): boolean =>
  from !== undefined && to !== undefined && Date.parse(to) - Date.parse(from) <= LONGEST_SPAN_MS;

const rowsAlone = async <F extends Filter, R, T extends RecordType>(
  patient: string,
  filter: F,
  { source }: Practice,
  { alone, patientOf }: Ways<F, R, T>,
): Promise<Kept<readonly R[]>> => {
  const rows = await alone(patient, filter);
  if (rows.value.some((row) => (patientOf(row) ?? patient) !== patient))
    throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
  return rows;
};

/** `undefined`: asking one by one is no dearer, or the practice's list cannot be had. */
const rowsTogether = async <F extends Filter, R, T extends RecordType>(
  patients: readonly string[],
  filter: F,
  { together, patientOf }: Ways<F, R, T>,
): Promise<ReadonlyMap<string, readonly R[]> | undefined> => {
  const own = new Map<string, R[]>(patients.map((patient) => [patient, []]));
  const limit = Math.min(ROWS_AT_ONCE, Math.max(FEWEST_ROWS, ROWS_FOR_A_CALL * patients.length));
  try {
    const rows = await together(filter, { limit, most: Math.min(MOST_CALLS, patients.length) });
    for (const row of rows) own.get(patientOf(row) ?? '')?.push(row);
    return own;
  } catch (thrown) {
    if (thrown instanceof GraphError && ASK_ALONE.has(thrown.code)) return undefined;
    throw thrown;
  }
};

/** Failures that say something about this one list, not about the vendor's system. */
const ASK_ALONE: ReadonlySet<string> = new Set([
  'BAD_VENDOR_ANSWER',
  'FORBIDDEN',
  'NOT_FOUND',
  'VALIDATION',
  'VENDOR_REJECTED',
]);
