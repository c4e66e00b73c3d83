import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { AppointmentFilter, Found, Related } from '../../vendor/connector.ts';
import { instantToLocal } from '../../vendor/time.ts';
import { firstOffered } from '../client.ts';
import { patientOf, toAppointment } from '../mapping/appointment.ts';
import { locationOf } from '../mapping/location.ts';
import { patientCovers, toPatient } from '../mapping/patient.ts';
import { cell, idCell, identifiedRows, type Row, type Table } from '../payload.ts';
import { type Days, daysOf, MOST_DAYS_TOGETHER } from './days.ts';
import { listFor, type Need, patientColumns, readSchedule, type Schedule } from './schedule.ts';
import { isGuide, type Unity } from './unity.ts';

type Visit = Found<'Appointment'>;

const APPOINTMENT_ID = ['Appointment_ID'] as const;
/** Where an open end of a period stands for the EHR, whose schedule needs both. */
const FAR_PAST = '1900-01-01';
const FAR_FUTURE = '2099-12-31';

const isEmpty = ({ from, to }: AppointmentFilter): boolean =>
  from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from);

/** The days of a period that is short enough to read everybody's schedule of it. */
export const sharedDays = ({ from, to }: AppointmentFilter, unity: Unity): Days | undefined => {
  if (from === undefined || to === undefined || isEmpty({ from, to })) return undefined;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return days <= MOST_DAYS_TOGETHER || isGuide(unity) ? daysOf(from, to, unity.source.timeZone) : undefined;
};

const BOTH_ENDS = 'This vendor lists a patient’s appointments only between two dates: give both `from` and `to`.';

/**
 * A patient's visits. Practice Management tells the whole history in one call. Otherwise they are in everybody's
 * schedule of a short period, which one operation reads once for all its patients, or in the patient's own of any
 * period. Which way is taken never depends on the fields or patients that are asked for, since the ways may differ in
 * what they take for a visit.
 * @throws GraphError UNSUPPORTED_BY_VENDOR in the guide's dialect, which has only everybody's schedule, without a period.
 */
export const historyOf = async (
  unity: Unity,
  patient: string,
  filter: AppointmentFilter,
  fields: ReadonlySet<string> | undefined,
  call: Call,
): Promise<Schedule> => {
  if (isEmpty(filter)) return { visits: [], related: () => [] };
  const shared = sharedDays(filter, unity);
  if (isGuide(unity) && shared === undefined)
    throw new GraphError('UNSUPPORTED_BY_VENDOR', { source: unity.source.id, message: BOTH_ENDS });
  const scheduled = (): Promise<Schedule> =>
    readSchedule(unity, shared ?? anyDays(filter, unity), call, {
      ...(shared === undefined ? { patient } : {}),
      only: (row) => patientOf(row) === patient,
      location: fields?.has('location') === true ? 'optional' : 'none',
    });
  // without the licence nothing may be asked for that only its rows need
  return unity.client.offers('GetScheduleByPatientID')
    ? firstOffered([() => wholeHistory(unity, patient, fields, call), scheduled])
    : scheduled();
};

const wholeHistory = async (
  unity: Unity,
  patient: string,
  fields: ReadonlySet<string> | undefined,
  call: Call,
): Promise<Schedule> => {
  const answered = unity.client.run('GetScheduleByPatientID', { patient }, call);
  const answer = async (): Promise<readonly Row[]> => {
    const { tables } = await answered;
    const rows = identifiedRows(tables, unity.source.id, ...APPOINTMENT_ID);
    if (rows.some((row) => patientOf(row) !== patient)) throw notUnderstood(unity);
    return rows;
  };
  // its rows have ids of types, never names
  const visits = await withLists(unity, answer, { fields, need: 'optional', typesAhead: true }, call);
  return { visits, related: () => [], on: (await answered).on };
};

const anyDays = ({ from, to }: AppointmentFilter, unity: Unity): Days => {
  const zone = unity.source.timeZone;
  return {
    start: from === undefined ? FAR_PAST : instantToLocal(from, zone).date,
    end: to === undefined ? FAR_FUTURE : instantToLocal(to, zone).date,
  };
};

const notUnderstood = (unity: Unity): GraphError => new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });

/** What Practice Management's rows tell by themselves; the rest stands in them as ids of its lists. */
const TOLD = ['patient', 'start', 'end', 'minutes', 'status', 'vendorStatus'] as const;

interface Lists {
  readonly fields: ReadonlySet<string> | undefined;
  readonly need: Exclude<Need, 'none'>;
  /** Whether the names of types are asked for before the rows say that they lack them. */
  readonly typesAhead: boolean;
}

/**
 * Practice Management's rows as visits, with the lists that the selected fields need: those are asked for while the rows
 * are under way. A field whose id leads nowhere in the lists stays open, since a schedule may still tell it.
 */
const withLists = async (
  unity: Unity,
  answer: () => Promise<readonly Row[]>,
  { fields, need, typesAhead }: Lists,
  call: Call,
): Promise<readonly Visit[]> => {
  const { directory } = unity;
  const needFor = (field: string): Need => (fields === undefined || fields.has(field) ? need : 'none');
  const names = () => listFor(needFor('type'), () => directory.typeNames(call));
  const [rows, resources, locations, namesAhead] = await Promise.all([
    answer(),
    listFor(needFor('practitioner'), () => directory.resources(call)),
    listFor(needFor('location'), () => directory.locations(call)),
    typesAhead ? names() : undefined,
  ]);
  const unnamed = rows.some((row) => cell(row, 'Appt_Type_Desc') === undefined);
  const typeNames = namesAhead ?? (unnamed ? await names() : { told: false });
  return rows.map((row) => {
    const resourceId = idCell(row, 'Resource_ID');
    const record = toAppointment(row, {
      zone: unity.source.timeZone,
      datedKeys: false,
      practitionerKey: resources.value?.find(({ id }) => id === resourceId)?.practitioner,
      locationKey: locationOf(row, locations.value ?? []),
      typeName: typeNames.value?.get(idCell(row, 'Appointment_Type_ID') ?? ''),
    });
    if (record === undefined) throw notUnderstood(unity);
    const told: Readonly<Record<string, boolean>> = {
      practitioner: record.practitionerKey != null || (resources.told && resourceId === undefined),
      type: record.type?.text != null || (typeNames.told && record.type === null),
      location: record.locationKey != null || (locations.told && idCell(row, 'Scheduling_Location_ID') === undefined),
    };
    return { record, covers: new Set([...TOLD, ...Object.keys(told).filter((field) => told[field])]) };
  });
};

/**
 * A visit by Practice Management's id, with its patient's name, or `null`. Its one comment column mixes what a schedule
 * keeps apart, so reason and note are left to schedules.
 */
export const visitById = async (
  unity: Unity,
  id: string,
  fields: ReadonlySet<string>,
  call: Call,
): Promise<Visit | null> => {
  let related: readonly Related[] = [];
  const answer = async (): Promise<readonly Row[]> => {
    const { tables } = await unity.client.run('GetAppointmentById', { appointment: id }, call);
    const rows = identifiedRows(tables, unity.source.id, ...APPOINTMENT_ID);
    const [row] = rows;
    if (rows.length > 1 || (row !== undefined && idCell(row, ...APPOINTMENT_ID) !== id)) throw notUnderstood(unity);
    related = row === undefined ? [] : patientIn(row, tables);
    return rows;
  };
  const [visit] = await withLists(unity, answer, { fields, need: 'required', typesAhead: false }, call);
  return visit === undefined ? null : { ...visit, related };
};

const patientIn = (row: Row, tables: readonly Table[]): readonly Related[] => {
  const patient = patientOf(row);
  const table = tables.find(({ rows }) => rows.includes(row));
  if (patient === undefined || table === undefined) return [];
  return [{ type: 'Patient', record: toPatient(row, patient), covers: patientCovers(patientColumns(table)) }];
};
