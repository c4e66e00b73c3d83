import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Origin } from '../../../upstream/cache/question.ts';
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
import { origin, type Unity } from './unity.ts';

type Result = Mapped<'Observation'>;
/** The two places in which a chart keeps observations. */
type Kind = 'result' | 'vital';

interface Rows {
  readonly rows: readonly Row[];
  readonly on?: Origin | undefined;
}
interface Results {
  readonly results: readonly Result[];
  readonly on?: Origin | undefined;
}
const NONE: Results = { results: [] };

/** GetResults asks since when results were changed; a chart's whole history is wanted. */
const EVER = { since: '1900-01-01', until: '2099-12-31' } as const;

/** Both kinds, where one clinical summary has to tell both. */
const BOTH = ['vitals', 'results'] as const;

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
): Promise<Rows> => {
  const { tables, on } = await unity.client.run('GetClinicalSummary', { patient, sections: sections.join('|') }, call);
  const rows = own(
    unity,
    tables.flatMap((table) => table.rows),
    patient,
  );
  if (rows.some((row) => cell(row, 'section') === undefined)) throw notUnderstood(unity);
  return { rows: rows.filter((row) => cell(row, 'section')?.toLowerCase() === section), on };
};

/** Every row that a result ever had, where Unity tells them: a correction is a further one. */
const versionsOf = async (unity: Unity, patient: string, withVitals: boolean, call: Call): Promise<Results> => {
  // vitals are asked for beside GetResults; if that is refused only now, they are under way alone
  const sections = withVitals && !unity.client.offers('GetResults') ? BOTH : ['results'];
  const { rows, on } = await firstOffered<Rows>([
    async () => {
      const answer = await unity.client.run('GetResults', { patient, ...EVER }, call);
      const all = answer.tables.flatMap((table) => table.rows);
      return { rows: own(unity, all, patient), on: answer.on };
    },
    async () => {
      const found = await summary(unity, patient, sections, 'results', call);
      return { ...found, rows: found.rows.map(asResultRow) };
    },
  ]);
  const { labCodes, timeZone: zone } = unity.source;
  const results = rows.map((row) => {
    const result = toResult(row, { patient, zone, labCodes });
    if (result === undefined) throw notUnderstood(unity);
    return result;
  });
  return { results, on };
};

/** A patient's results as they were told one after the other, corrected ones several times. */
export const resultVersions = async (unity: Unity, patient: string, call: Call): Promise<readonly Result[]> =>
  (await versionsOf(unity, patient, false, call)).results;

const resultsOf = async (unity: Unity, patient: string, withVitals: boolean, call: Call): Promise<Results> => {
  const { results, on } = await versionsOf(unity, patient, withVitals, call);
  return { results: newestOnly(results), on };
};

const vitalsOf = async (unity: Unity, patient: string, withResults: boolean, call: Call): Promise<Results> => {
  const sections = withResults && !unity.client.offers('GetResults') ? BOTH : ['vitals'];
  const { rows, on } = await summary(unity, patient, sections, 'vitals', call);
  return { results: toVitals(rows, { patient, zone: unity.source.timeZone }), on };
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

/** The kinds that are wanted, the two side by side. `beside`: what else is asked of this patient at the same time. */
const listOf = async (
  unity: Unity,
  patient: string,
  kinds: readonly Kind[],
  beside: readonly Kind[],
  call: Call,
): Promise<Results> => {
  const both = new Set([...kinds, ...beside]).size > 1;
  const lists = await Promise.all([
    kinds.includes('result') ? resultsOf(unity, patient, both, call) : NONE,
    kinds.includes('vital') ? vitalsOf(unity, patient, both, call) : NONE,
  ]);
  return { results: lists.flatMap(({ results }) => results), on: origin(...lists.map(({ on }) => on)) };
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
    const beside = asked.filter((each) => each.patient === patient).flatMap((each) => kindsOf(each.filter));
    const { results, on } = await listOf(unity, patient, kindsOf(filter), beside, call);
    const wanted = results.filter((result) => holds(result, filter)).sort(byTime);
    const page = pageOf<'Observation'>(
      wanted.map((record) => ({ record, covers: 'all' })),
      window,
    );
    return { ...page, on };
  });

const listedBy = (key: string): { readonly kind: Kind; readonly patient: string } | undefined => {
  const [kind, patient = ''] = splitKey(key, 4) ?? [];
  return (kind === 'result' || kind === 'vital') && patient !== '' ? { kind, patient } : undefined;
};

/** Unity reads no single result: its patient's list is asked for. */
const readObservation = async (
  unity: Unity,
  key: string,
  wanted: readonly Wanted<'Observation'>[],
  call: Call,
): Promise<Found<'Observation'> | null> => {
  const listed = listedBy(key);
  if (listed === undefined) return null;
  const others = wanted.flatMap((each) => listedBy(each.key) ?? []);
  const beside = others.filter(({ patient }) => patient === listed.patient).map(({ kind }) => kind);
  const { results, on } = await listOf(unity, listed.patient, [listed.kind], beside, call);
  const record = results.find((each) => each.key === key);
  return record === undefined ? null : { record, covers: 'all', on };
};

export const readObservations = (
  unity: Unity,
  wanted: readonly Wanted<'Observation'>[],
  call: Call,
): Promise<readonly (Found<'Observation'> | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, ({ key }) => readObservation(unity, key, wanted, call));
