import { GraphError } from '../../../schema/errors.ts';
import type { Coverage } from '../../../schema/values.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, Page, PatientQuery, Wanted, Window } from '../../vendor/connector.ts';
import { byName } from '../../vendor/order.ts';
import { toUsDate } from '../../vendor/time.ts';
import { firstOffered } from '../client.ts';
import { toCoverage, toNamedCoverage } from '../mapping/coverage.ts';
import { PATIENT_ID, patientCovers, toPatient } from '../mapping/patient.ts';
import { cell, columnName, idCell, identifiedRows, mergedRow, type Row, type Table } from '../payload.ts';
import { matches } from './match.ts';
import { pageOf } from './page.ts';
import { allInParallel, inParallel } from './parallel.ts';
import { origin, type Unity } from './unity.ts';

/** Candidates of a search that are read in full at most, to check what a search's rows do not tell. */
const MOST_CHECKED = 50;

/**
 * The patient's own row, or `undefined` for an id that Unity does not know (it answers with a blank row).
 * @throws GraphError BAD_VENDOR_ANSWER when the row is another patient's.
 */
const patientRow = async (unity: Unity, key: string, call: Call): Promise<Row | undefined> => {
  const { tables } = await firstOffered([
    () => unity.client.run('GetPatient', { patient: key }, call),
    () => unity.client.run('GetPatientDemographics', { patient: key }, call),
  ]);
  const row = mergedRow(tables);
  const id = idCell(row, ...PATIENT_ID);
  if (id === undefined && cell(row, 'LastName', 'FirstName', 'mrn', 'dateofbirth', 'DOB') === undefined)
    return undefined;
  // some products have no id column at all
  if (id === key || (id === undefined && !hasIdColumn(tables))) return row;
  throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });
};

const hasIdColumn = (tables: readonly Table[]): boolean =>
  tables.some(({ columns }) => PATIENT_ID.some((column) => columns.has(columnName(column))));

const readPatient = async (unity: Unity, key: string, call: Call): Promise<Found<'Patient'> | null> => {
  const row = await patientRow(unity, key, call);
  if (row === undefined) return null;
  const coverages = coveragesComeAlong(unity) ? { coverages: toNamedCoverage(row) } : {};
  return { record: toPatient(row, key), covers: 'all', ...coverages };
};

/** Without Practice Management's policies, the patient's own row names all that is known of the insurance. */
export const coveragesComeAlong = (unity: Unity): boolean => !unity.client.offers('GetPatientPolicy');

export const readPatients = (
  unity: Unity,
  wanted: readonly Wanted<'Patient'>[],
  call: Call,
): Promise<readonly (Found<'Patient'> | null | Error)[]> =>
  inParallel(wanted, unity.source.limits.concurrency, ({ key }) => readPatient(unity, key, call));

/** The one text that SearchPatients takes, by what tells most. A name without a comma may be in either order. */
export const searchTexts = (search: PatientQuery): readonly string[] => {
  const { identifier, lastName, firstName, name, dateOfBirth } = search;
  if (identifier !== undefined) return [identifier.trim()];
  if (lastName !== undefined) {
    // after a comma Unity would look for a first name
    const [family = '', ...rest] = lastName.split(',').map((part) => part.trim());
    return [firstName === undefined || rest.length > 0 ? family : `${family}, ${firstName.trim()}`];
  }
  if (name !== undefined) {
    const words = name.trim().split(/\s+/);
    const last = words.at(-1) ?? '';
    return name.includes(',') || words.length === 1
      ? [name.trim()]
      : [`${last}, ${words.slice(0, -1).join(' ')}`, words.join(' ')];
  }
  return dateOfBirth === undefined ? [] : [toUsDate(dateOfBirth)];
};

const NOTHING_TO_SEARCH_BY =
  'This vendor searches patients by last name, medical record number or birth date: give one of them.';

/** SearchPatients, with every criterion checked here, since Unity takes one text only. */
export const searchPatients = async (
  unity: Unity,
  search: PatientQuery,
  window: Window,
  call: Call,
): Promise<Page<'Patient'>> => {
  const texts = searchTexts(search);
  if (texts.length === 0)
    throw new GraphError('UNSUPPORTED_BY_VENDOR', { source: unity.source.id, message: NOTHING_TO_SEARCH_BY });
  const answers = await allInParallel(texts, unity.source.limits.concurrency, (text) =>
    unity.client.run('SearchPatients', { text }, call),
  );
  const candidates = answers.flatMap(({ tables }) => summaries(tables, unity.source.id));
  const once = [...new Map(candidates.map((found) => [found.record.key, found])).values()];
  const judged = once.map((found) => ({ found, holds: matches(search, found.record, found.covers) }));
  const unsure = judged.filter(({ holds }) => holds === undefined);
  if (unsure.length > MOST_CHECKED)
    throw new GraphError('VALIDATION', { message: 'Too many patients match: give a more precise name.' });
  const checked = await allInParallel(unsure, unity.source.limits.concurrency, ({ found }) =>
    readPatient(unity, found.record.key, call),
  );
  const full = checked.filter((found) => found !== null && matches(search, found.record, 'all') === true);
  const sure = judged.filter(({ holds }) => holds === true).map(({ found }) => found);
  const found = [...sure, ...full.filter((each) => each !== null)];
  const page = pageOf(
    found.sort((one, other) => byName(one.record, other.record)),
    window,
  );
  return { ...page, on: origin(...answers.map(({ on }) => on)) };
};

const summaries = (tables: readonly Table[], source: string): readonly Found<'Patient'>[] => {
  const rows = identifiedRows(tables, source, ...PATIENT_ID);
  const covers = patientCovers(new Set(tables.flatMap(({ columns }) => [...columns])));
  return rows.map((row) => ({ record: toPatient(row, idCell(row, ...PATIENT_ID) ?? ''), covers }));
};

/** Practice Management's policies, or the one insurance that GetPatient names. */
export const readCoverages = (
  unity: Unity,
  patients: readonly string[],
  call: Call,
): Promise<readonly (readonly Coverage[] | null | Error)[]> =>
  inParallel(patients, unity.source.limits.concurrency, (patient) =>
    firstOffered<readonly Coverage[] | null>([
      () => policies(unity, patient, call),
      async () => {
        const row = await patientRow(unity, patient, call);
        return row === undefined ? null : toNamedCoverage(row);
      },
    ]),
  );

const policies = async (unity: Unity, patient: string, call: Call): Promise<readonly Coverage[]> => {
  const { tables } = await unity.client.run('GetPatientPolicy', { patient }, call);
  const rows = tables.flatMap((table) => table.rows);
  return rows.map((row) => {
    const owner = idCell(row, 'Patient_ID');
    const coverage = toCoverage(row, unity.source.timeZone);
    if (coverage === undefined || (owner !== undefined && owner !== patient))
      throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });
    return coverage;
  });
};
