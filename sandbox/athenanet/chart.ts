import type { Observation, Patient } from '../practice.ts';
import { isWithin } from './compare.ts';
import { notFound, notInDepartment } from './reply.ts';
import type { Call } from './router.ts';
import type { World } from './world.ts';

/** Whether a department shares the chart of the departments that a patient is in; without any, all do. */
const isChartOf = (world: World, patient: Patient, departmentId: number): boolean => {
  if (world.location(departmentId) === undefined) return false;
  const { chartSharingGroup } = world.setting;
  const own = world.departmentsOf(patient).map(chartSharingGroup);
  return own.length === 0 || own.includes(chartSharingGroup(departmentId));
};

/** The patient of a chart call, which must name a department that keeps the chart. [public: dotnet, awell] */
export const chartPatient = ({ world, sent, id }: Call): Patient => {
  sent.require('departmentid');
  const department = sent.id('departmentid') ?? Number.NaN;
  const patient = world.patient(id('patientid'));
  if (patient === undefined) throw notFound('patient');
  if (!isChartOf(world, patient, department)) throw notInDepartment();
  return patient;
};

/** The days that a chart call asks for. */
export const isInDays = ({ sent }: Call): ((day: string) => boolean) => {
  const [from, to] = [sent.day('startdate'), sent.day('enddate')];
  return (day) => isWithin(day, from, to);
};

/** The department whose clock an observation was taken by: the appointment's, or the patient's own. */
export const departmentOf = (world: World, { appointmentId, patientId }: Observation): number | undefined =>
  (appointmentId === undefined ? undefined : world.appointment(appointmentId)?.locationId) ??
  world.patient(patientId)?.locationId;
