import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { AppointmentFilter, Found } from '../../vendor/connector.ts';
import { instantToLocal } from '../../vendor/time.ts';
import { firstOffered } from '../client.ts';
import { patientOf, toAppointment } from '../mapping/appointment.ts';
import { locationOf } from '../mapping/location.ts';
import { cell, idCell, identifiedRows, type Row } from '../payload.ts';
import { type Days, daysOf, listFor, type Need, readSchedule, type Schedule } from './schedule.ts';
import { isGuide, type Unity } from './unity.ts';

type Visit = Found<'Appointment'>;

const APPOINTMENT_ID = ['Appointment_ID'] as const;
/** Where an open end of a period stands for the EHR, whose schedule needs both. */
const FAR_PAST = '1900-01-01';
const FAR_FUTURE = '2099-12-31';

/** Everybody's visits are read for one patient's sake when the period is no longer than this; it grows with the days. */
const LONGEST_SHARED_DAYS = 31;

const isEmpty = ({ from, to }: AppointmentFilter): boolean =>
  from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from);

/** The days of a period that is short enough to read everybody's schedule of it. */
export const sharedDays = ({ from, to }: AppointmentFilter, unity: Unity): Days | undefined => {
  if (from === undefined || to === undefined || isEmpty({ from, to })) return undefined;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return days <= LONGEST_SHARED_DAYS || isGuide(unity) ? daysOf(from, to, unity.source.timeZone) : undefined;
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
  return firstOffered<Schedule>([
    async () => {
      const tables = await unity.client.run('GetScheduleByPatientID', { patient }, call);
      const rows = identifiedRows(tables, unity.source.id, ...APPOINTMENT_ID);
      if (rows.some((row) => patientOf(row) !== patient)) throw notUnderstood(unity);
      return { visits: await withDirectories(unity, rows, fields, 'optional', call), related: () => [] };
    },
    async () => {
      const location = fields?.has('location') === true ? 'optional' : 'none';
      return readSchedule(unity, shared ?? anyDays(filter, unity), call, {
        ...(shared === undefined ? { patient } : {}),
        only: (row) => patientOf(row) === patient,
        location,
      });
    },
  ]);
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

/**
 * Practice Management's rows as visits. A field whose id leads nowhere in the lists stays open, since a schedule may
 * still tell it.
 */
const withDirectories = async (
  unity: Unity,
  rows: readonly Row[],
  fields: ReadonlySet<string> | undefined,
  need: Exclude<Need, 'none'>,
  call: Call,
): Promise<readonly Visit[]> => {
  const needFor = (field: string): Need =>
    rows.length > 0 && (fields === undefined || fields.has(field)) ? need : 'none';
  const unnamed = rows.some((row) => cell(row, 'Appt_Type_Desc') === undefined);
  const [resources, typeNames, locations] = await Promise.all([
    listFor(needFor('practitioner'), () => unity.directory.resources(call)),
    listFor(unnamed ? needFor('type') : 'none', () => unity.directory.typeNames(call)),
    listFor(needFor('location'), () => unity.directory.locations(call)),
  ]);
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
 * A visit by Practice Management's id, or `null`. Its one comment column mixes what a schedule keeps apart, so reason and
 * note are left to schedules.
 */
export const visitById = async (
  unity: Unity,
  id: string,
  fields: ReadonlySet<string>,
  call: Call,
): Promise<Visit | null> => {
  const tables = await unity.client.run('GetAppointmentById', { appointment: id }, call);
  const [row, ...more] = identifiedRows(tables, unity.source.id, ...APPOINTMENT_ID);
  if (row === undefined) return null;
  if (more.length > 0 || idCell(row, ...APPOINTMENT_ID) !== id) throw notUnderstood(unity);
  const [visit] = await withDirectories(unity, [row], fields, 'required', call);
  return visit ?? null;
};
