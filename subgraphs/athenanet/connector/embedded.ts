import type { Related } from '../../vendor/connector.ts';
import { toPatient } from '../mapping/patient.ts';
import { PatientPayload } from '../payload/patient.ts';
import type { AppointmentPayload } from '../payload/schedule.ts';
import type { Practice } from './practice.ts';

/**
 * The patients that came with these rows, whole. One that cannot be read is left out: it is read by itself when asked for.
 * Insurances that come with an appointment are those of the appointment, not the patient's, and are told to nobody.
 */
export const patientsIn = async (
  rows: readonly AppointmentPayload[],
  { source, charts }: Pick<Practice, 'source' | 'charts'>,
): Promise<readonly Related[]> => {
  const patients = new Map<string, PatientPayload>();
  for (const { patient, patientid } of rows) {
    const parsed = PatientPayload.safeParse(patient);
    if (parsed.success && parsed.data.patientid === patientid) patients.set(parsed.data.patientid, parsed.data);
  }
  await Promise.all([...patients.values()].map((row) => charts.remember(row)));
  return [...patients.values()].map((row) => ({
    type: 'Patient',
    record: toPatient(row, source.practiceId ?? ''),
    covers: 'all',
  }));
};
