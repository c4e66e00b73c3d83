import type { Patient } from '../practice.ts';
import { singleRow, type Table, table } from './dataset.ts';
import { parseLocal } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { DEMOGRAPHICS, patientColumns, SUMMARY } from './patient-columns.ts';
import type { World } from './world.ts';

const startsWith = (text: string, prefix: string): boolean => text.toLowerCase().startsWith(prefix.toLowerCase());

const addressText = ({ address }: Patient): string =>
  [address?.line1, address?.line2, address?.city, address?.state, address?.postalCode]
    .filter((line) => line !== undefined)
    .join(' ');

/** What the free text of a search finds: `Last, First`, a last name, an MRN, a birth date, a part of the address. */
const matcher = (world: World, text: string): ((patient: Patient) => boolean) => {
  const [last = '', first] = text.split(',').map((part) => part.trim());
  if (first !== undefined) return (patient) => startsWith(patient.last, last) && startsWith(patient.first, first);
  const born = parseLocal(text, world.local)?.slice(0, 10);
  const part = text.toLowerCase();
  return (patient) =>
    startsWith(patient.last, text) ||
    patient.mrn === text ||
    (born !== undefined && patient.birthDate === born) ||
    addressText(patient).toLowerCase().includes(part);
};

const search = ({ world, parameter }: Work): readonly Table[] => {
  const text = parameter(1);
  const found = text.replaceAll(',', '').trim() === '' ? [] : world.practice.patients.filter(matcher(world, text));
  // Nothing in one product; a row that says so was seen at the other, whose columns are an assumption.
  return found.length === 0 && world.product === 'professional'
    ? [singleRow(SUMMARY, { ID: '0', lastname: 'No patients found' })]
    : [table(world, SUMMARY, found)];
};

/** A patient who is not there is a row of blanks. */
const onePatient = (world: World, patient: Patient | undefined, picture: boolean): readonly Table[] => {
  const columns = patientColumns(world, picture);
  return [patient ? table(world, columns, [patient]) : singleRow(columns)];
};

export const PATIENT_ACTIONS: readonly Action[] = [
  { name: 'SearchPatients', run: search },
  {
    // P1 `Y` asks for the picture.
    name: 'GetPatient',
    run: ({ world, call, parameter }) =>
      onePatient(world, world.patient(call.patientId), parameter(1).toUpperCase() === 'Y'),
  },
  {
    name: 'GetPatientByMRN',
    run: ({ world, parameter }) => {
      const mrn = parameter(1);
      const found = mrn === '' ? undefined : world.practice.patients.find((one) => one.mrn === mrn);
      return onePatient(world, found, false);
    },
  },
  {
    name: 'GetPatientDemographics',
    run: ({ world, call }) => {
      const patient = world.patient(call.patientId);
      return [table(world, DEMOGRAPHICS, patient ? [patient] : [])];
    },
  },
];
