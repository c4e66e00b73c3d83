import { OMITTED } from '../connector/patient-searches.ts';
import type { Practice } from '../connector/practice.ts';
import { toPatient } from '../mapping/patient.ts';
import { PatientPayload } from '../payload/patient.ts';
import type { Told } from './told.ts';

/** Changed patients. */
export const toldPatients = ({ source, charts }: Practice): Told<typeof PatientPayload> => ({
  list: 'patients',
  row: PatientPayload,
  query: OMITTED,
  everyMs: 15_000,
  waiting: ({ patientid }) => ({ key: patientid, patient: patientid }),
  noticed: async (rows) => {
    await Promise.all(rows.map((row) => charts.remember(row)));
    return rows.map((row) => ({
      type: 'Patient',
      key: row.patientid,
      patient: row.patientid,
      found: { record: toPatient(row, source.practiceId ?? ''), covers: 'all' },
    }));
  },
  missing: async (waiting) => [{ type: 'Patient', ...waiting }],
});
