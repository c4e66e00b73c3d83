import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import type { Found } from '../../vendor/connector.ts';
import { toInstant } from '../../vendor/time.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import type { Observations } from '../connector/observations.ts';
import { each, type Practice } from '../connector/practice.ts';
import { labKey } from '../mapping/observation.ts';
import { Id, Reference, Text } from '../payload/scalars.ts';
import { pastKept, type Told } from './told.ts';

/** The row of a laboratory result is its document's: what was measured is in the chart alone. */
const ChangedResult = z.object({
  labresultid: Id,
  patientid: Id,
  departmentid: Reference,
  createddatetime: Text,
  lastmodifieddatetime: Text,
});
type Row = z.output<typeof ChangedResult>;

/** A laboratory result that changed. */
export interface Result {
  readonly labresultid: string;
  readonly patientid: string;
  /** Whether it was made, and nothing else since. */
  readonly isNew: boolean;
}

const resultOf = ({ labresultid, patientid, createddatetime, lastmodifieddatetime }: Row): Result => ({
  labresultid,
  patientid,
  isNew: createddatetime !== undefined && createddatetime === lastmodifieddatetime,
});

/** A correction, be it the same result or a further one, is an update. */
const kindOf = (
  { isNew }: Result,
  { supersedesKey, status }: Found<'Observation'>['record'],
): Pick<Noticed, 'kind'> => {
  const corrects = supersedesKey !== null || status === 'CORRECTED' || status === 'AMENDED';
  return isNew && !corrects ? { kind: 'CREATED' } : {};
};

/** What the patients' charts say now of these results; each chart is read once. */
export const resultsNoticed = async (
  results: readonly Result[],
  practice: Pick<Practice, 'source'>,
  observations: Observations,
  call: Call,
): Promise<readonly Noticed[]> => {
  const patients = [...Map.groupBy(results, ({ patientid }) => patientid)];
  const told = await each(patients, practice, async ([patient, own]) => {
    const chart = await chartOf(patient, observations, call);
    return own.flatMap((result) => observationsOf(result, chart));
  });
  return told.flatMap((one) => {
    if (one instanceof Error) throw one;
    return one;
  });
};

/** Changed laboratory results: the patient's chart is read for the observations that each consists of. */
export const toldResults = (practice: Practice, observations: Observations): Told<typeof ChangedResult> => ({
  list: 'labresults',
  row: ChangedResult,
  everyMs: 15_000,
  waiting: ({ labresultid, patientid }) => ({ key: labresultid, patient: patientid }),
  changedAt: ({ lastmodifieddatetime }) => toInstant(lastmodifieddatetime),
  noticed: async (rows, call) => {
    for (const row of rows) await practice.charts.remember(row);
    return resultsNoticed(rows.map(resultOf), practice, observations, call);
  },
  missing: async ({ key, patient }, call) =>
    observationsOf({ labresultid: key, patientid: patient, isNew: false }, await chartOf(patient, observations, call)),
});

/** The laboratory's observations of a patient; none of a patient whom athenaNet does not know any more. */
const chartOf = async (
  patient: string,
  observations: Observations,
  call: Call,
): Promise<readonly Found<'Observation'>[]> => {
  const asked = [{ patient, filter: { category: 'laboratory' }, window: { first: ROWS_AT_ONCE } }];
  const [page] = await observations.ofPatients(asked, pastKept(call));
  if (page instanceof GraphError && page.code === 'NOT_FOUND') return [];
  if (page instanceof Error) throw page;
  return page?.items ?? [];
};

const observationsOf = (result: Result, chart: readonly Found<'Observation'>[]): readonly Noticed[] => {
  const own = chart.filter(({ record }) => record.own?.labResultId === result.labresultid);
  if (own.length === 0) return [gone(result.patientid, result.labresultid)];
  return own.map(({ record }) => ({
    type: 'Observation',
    key: record.key,
    patient: result.patientid,
    ...kindOf(result, record),
    found: { record, covers: 'all' },
  }));
};

/** A result of which the chart shows nothing: it is told as a whole, since nobody says what it consisted of. */
const gone = (patient: string, result: string): Noticed => ({
  type: 'Observation',
  key: labKey(patient, result),
  patient,
});
