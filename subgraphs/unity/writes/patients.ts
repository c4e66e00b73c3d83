import { GraphError } from '../../../schema/errors.ts';
import type { Writers } from '../../vendor/writes/writer.ts';
import { elementsXml, type Form } from '../mapping/form.ts';
import { PATIENT_ID } from '../mapping/patient.ts';
import { PATIENT_COLUMNS, patientChangeForm, patientForm, patientIssues } from '../mapping/patient-form.ts';
import type { Unity } from '../records/unity.ts';
import { plannedCall, refuseIssues } from './plan.ts';
import { type Paths, save, savedId } from './saving.ts';

const PATHS: Paths = {
  ...Object.fromEntries(
    Object.entries(PATIENT_COLUMNS).map(([column, path]) => [column, ['patient', ...path].join('.')] as const),
  ),
  PatientID: 'key',
};

const ACTION = 'Magic SavePatient';

const xmlOf = (form: Form): string => elementsXml('patient', form);

/** What a place and its name tell nothing of: Unity keeps no countries. */
const NOT_KEPT = ['address.country'];

/** Unity registers people at no place, so the location of a new patient is not sent. */
export const patientWriters = (unity: Unity): Pick<Writers, 'createPatient' | 'updatePatient'> => ({
  createPatient: {
    notKept: NOT_KEPT,
    plan: ({ patient }) => {
      refuseIssues({ patient }, patientIssues(patient));
      return [plannedCall(ACTION, { PatientID: '', ...patientForm(patient) })];
    },
    send: async ({ patient }, { call }) => {
      const values = { patient: '', xml: xmlOf(patientForm(patient)) };
      return { key: savedId(await save(unity, 'SavePatient', values, PATHS, call), unity, ...PATIENT_ID) };
    },
  },
  updatePatient: {
    notKept: NOT_KEPT,
    plan: ({ key, patient, clear }) => {
      refuseIssues({ patient }, patientIssues(patient));
      return [plannedCall(ACTION, { PatientID: key, ...patientChangeForm(patient, clear) })];
    },
    send: async ({ key, patient, clear }, { call }) => {
      const values = { patient: key, xml: xmlOf(patientChangeForm(patient, clear)) };
      const row = await save(unity, 'SavePatient', values, PATHS, call);
      // somebody else must not have been changed unnoticed
      if (savedId(row, unity, ...PATIENT_ID) !== key)
        throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });
      return { key };
    },
  },
});
