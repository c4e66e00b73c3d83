import type { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import type { Practice } from '../connector/practice.ts';
import { toAppointment } from '../mapping/appointment.ts';
import { fromStamp } from '../mapping/times.ts';
import { Text } from '../payload/scalars.ts';
import { AppointmentPayload } from '../payload/schedule.ts';
import type { Told } from './told.ts';

const ChangedAppointment = AppointmentPayload.extend({ lastmodified: Text });
type Row = z.output<typeof ChangedAppointment>;

/** Was it booked, and nothing else since? */
const isNew = ({ appointmentstatus, startcheckin, scheduleddatetime, lastmodified }: Row): boolean =>
  appointmentstatus === 'f' &&
  startcheckin === undefined &&
  scheduleddatetime !== undefined &&
  scheduleddatetime === lastmodified;

const kindOf = (row: Row): Pick<Noticed, 'kind'> => {
  if (row.rescheduledappointmentid !== undefined) return { kind: 'DELETED' };
  return isNew(row) ? { kind: 'CREATED' } : {};
};

const noticedIn = async (
  rows: readonly Row[],
  { source, directory }: Practice,
  call: Call,
): Promise<readonly Noticed[]> => {
  const visits = rows.filter(
    ({ appointmentstatus, patientid }) => appointmentstatus !== 'o' && patientid !== undefined,
  );
  const zoneOf = await directory.zones(
    visits.map(({ departmentid }) => departmentid),
    call,
  );
  return visits.map((row): Noticed => {
    const record = toAppointment(row, zoneOf(row.departmentid));
    const { key, patientKey, start } = record;
    if (!start) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    const patient = patientKey ?? undefined;
    return {
      type: 'Appointment',
      key,
      ...(patient === undefined ? {} : { patient }),
      ...kindOf(row),
      // the guide has a reason, which these rows do not tell
      ...(source.dialect === 'guide' ? {} : { found: { record, covers: 'all' } }),
    };
  });
};

/** The visit that was moved is told before the one that it became. */
export const movedFirst = (noticed: readonly Noticed[]): readonly Noticed[] =>
  noticed.toSorted((one, other) => Number(other.kind === 'DELETED') - Number(one.kind === 'DELETED'));

/**
 * Changed appointments, and open slots, which are no records that are told of. A visit that moves lives on under another
 * id, and lists have it once: the old id is told as deleted (with the record that names the new one), the new id as created.
 */
export const toldAppointments = (practice: Practice): Told<typeof ChangedAppointment> => ({
  list: 'appointments',
  row: ChangedAppointment,
  query: { showcopay: 'false' },
  everyMs: 5_000,
  waiting: ({ appointmentid, patientid }) => ({ key: appointmentid, patient: patientid }),
  changedAt: ({ lastmodified }) => fromStamp(lastmodified),
  noticed: async (rows, call) => movedFirst(await noticedIn(rows, practice, call)),
  missing: async (waiting) => [{ type: 'Appointment', ...waiting }],
});
