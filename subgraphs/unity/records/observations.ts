import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, ObservationFilter, Page, PatientList, Wanted } from '../../vendor/connector.ts';
import { compareInstants } from '../../vendor/time.ts';
import { firstOffered } from '../client.ts';
import { splitKey } from '../mapping/key.ts';
import { asResultRow, newestOnly, toResult } from '../mapping/result.ts';
import { toVitals, VITAL_CODES } from '../mapping/vital.ts';
import { cell, idCell, type Row, saysNone } from '../payload.ts';
import { byInstant, byText, pageOf } from './page.ts';
import { inParallel } from './parallel.ts';
import type { Unity } from './unity.ts';

type Result = Mapped<'Observation'>;
/** The two places in which a chart keeps observations. */
type Kind = 'result' | 'vital';

/** GetResults asks since when results were changed; a chart's whole history is wanted. */
const EVER = { since: '1900-01-01', until: '2099-12-31' } as const;

const notUnderstood = (unity: Unity): GraphError => new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });

/** Rows of a patient's list. @throws GraphError BAD_VENDOR_ANSWER when one says that it is another patient's. */
const own = (unity: Unity, rows: readonly Row[], patient: string): readonly Row[] => {
  if (rows.some((row) => (idCell(row, 'PatientID') ?? patient) !== patient)) throw notUnderstood(unity);
  return rows.filter((row) => !saysNone(row));
};

/** Both kinds are sections of one clinical summary, which without GetResults is asked for together. */
const summary = async (
  unity: Unity,
  patient: string,
  sections: readonly string[],
  section: string,
  call: Call,
): Promise<readonly Row[]> => {
  const tables = await unity.client.run('GetClinicalSummary', { patient, sections: sections.join('|') }, call);
  const rows = own(
    unity,
    tables.flatMap((table) => table.rows),
    patient,
  );
  if (rows.some((row) => cell(row, 'section') === undefined)) throw notUnderstood(unity);
  return rows.filter((row) => cell(row, 'section')?.toLowerCase() === section);
};

const resultsOf = async (
  unity: Unity,
  patient: string,
  withVitals: boolean,
  call: Call,
): Promise<readonly Result[]> => {
  const rows = await firstOffered<readonly Row[]>([
    async () => {
      const tables = await unity.client.run('GetResults', { patient, ...EVER }, call);
      return own(
        unity,
        tables.flatMap((table) => table.rows),
        patient,
      );
    },
    async () => {
      const sections = withVitals ? ['vitals', 'results'] : ['results'];
      return (await summary(unity, patient, sections, 'results', call)).map(asResultRow);
    },
  ]);
  const { labCodes, timeZone: zone } = unity.source;
  const results = rows.map((row) => {
    const result = toResult(row, { patient, zone, labCodes });
    if (result === undefined) throw notUnderstood(unity);
    return result;
  });
  return newestOnly(results);
};

const vitalsOf = async (
  unity: Unity,
  patient: string,
  withResults: boolean,
  call: Call,
): Promise<readonly Result[]> => {
  const together = withResults && !unity.client.offers('GetResults');
  const sections = together ? ['vitals', 'results'] : ['vitals'];
  return toVitals(await summary(unity, patient, sections, 'vitals', call), { patient, zone: unity.source.timeZone });
};

const LOINC = /^\d{1,7}-\d$/;

/** Only the lists that can hold what is asked for. Unity has no category beyond these two. */
export const kindsOf = ({ category, codes }: ObservationFilter): readonly Kind[] => {
  if (category === 'laboratory') return ['result'];
  if (category === 'vital-signs') return ['vital'];
  if (category !== undefined) return [];
  if (codes === undefined || codes.length === 0) return ['result', 'vital'];
  if (codes.every((code) => VITAL_CODES.has(code))) return ['vital'];
  // a LOINC code that no vital sign has; the vendor's own codes may stand on either
  return codes.every((code) => LOINC.test(code) && !VITAL_CODES.has(code)) ? ['result'] : ['result', 'vital'];
};

const listOf = async (
  unity: Unity,
  patient: string,
  kinds: readonly Kind[],
  call: Call,
): Promise<readonly Result[]> => {
  const both = kinds.length > 1;
  // results first: whether they are licensed decides what the summary is asked for
  const results = kinds.includes('result') ? await resultsOf(unity, patient, both, call) : [];
  const vitals = kinds.includes('vital') ? await vitalsOf(unity, patient, both, call) : [];
  return [...results, ...vitals];
};

const hasCode = ({ code, components }: Result, codes: readonly string[]): boolean =>
  [code, ...components.map((component) => component.code)].some(({ codings }) =>
    codings.some((coding) => codes.includes(coding.code)),
  );

const overlaps = ({ effective }: Result, from: string | undefined, to: string | undefined): boolean => {
  if (from === undefined && to === undefined) return true;
  const { start, end } = effective ?? {};
  if (start == null || end == null) return false;
  return (
    (to === undefined || compareInstants(start, to) < 0) && (from === undefined || compareInstants(end, from) >= 0)
  );
};

const holds = (result: Result, filter: ObservationFilter): boolean =>
  (filter.codes === undefined || filter.codes.length === 0 || hasCode(result, filter.codes)) &&
  overlaps(result, filter.from, filter.to);

/** Newest first; what has no time comes last. */
const byTime = (one: Result, other: Result): number => {
  const [a, b] = [one.effective?.start, other.effective?.start];
  return (a == null || b == null ? byInstant(a, b) : byInstant(b, a)) || byText(one.key, other.key);
};

export const patientObservations = (
  unity: Unity,
  asked: readonly PatientList<ObservationFilter>[],
  call: Call,
): Promise<readonly (Page<'Observation'> | Error)[]> =>
  inParallel(asked, unity.source.limits.concurrency, async ({ patient, filter, window }) => {
    const results = await listOf(unity, patient, kindsOf(filter), call);
    const wanted = results.filter((result) => holds(result, filter)).sort(byTime);
    return pageOf<'Observation'>(
      wanted.map((record) => ({ record, covers: 'all' })),
      window,
    );
  });

/** Unity reads no single result: its patient's list is asked for. */
const readObservation = async (unity: Unity, key: string, call: Call): Promise<Found<'Observation'> | null> => {
  const [kind, patient = ''] = splitKey(key, 4) ?? [];
  if ((kind !== 'result' && kind !== 'vital') || patient === '') return null;
  const record = (await listOf(unity, patient, [kind], call)).find((each) => each.key === key);
  return record === undefined ? null : { record, covers: 'all' };
};

export const readObservations = (
  unity: Unity,
  wanted: readonly Wanted<'Observation'>[],
  call: Call,
): Promise<readonly (Found<'Observation'> | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, ({ key }) => readObservation(unity, key, call));
