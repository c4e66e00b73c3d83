import type { Appointment, Patient } from '../practice.ts';
import { hasEncounter } from './appointment-row.ts';
import { chartPatient, isInDays } from './chart.ts';
import { codeSet } from './claim-row.ts';
import { wireDay } from './clock.ts';
import { diagnosisId, encounterAppointment, encounterId } from './identity.ts';
import { page } from './paging.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import { type World, wireStampDay } from './world.ts';

/** The diagnoses of a visit are those that were billed for it. */
const diagnosesOf = (world: World, appointmentId: number) =>
  world.claimsFor(appointmentId).flatMap(({ id, diagnoses }) =>
    diagnoses.map(({ system, code, display }, index) => ({
      diagnosisid: diagnosisId(id, index + 1),
      description: display || undefined,
      icdcodes: [{ codeset: codeSet(system), code, description: display || undefined }],
    })),
  );

/** Ids are numbers here. [public: dotnet] */
const encounterRow = (world: World, appointment: Appointment, showDiagnoses: boolean) => {
  const { id, start, status, locationId, patientId, practitionerId, changedAt } = appointment;
  const closed = status === 'fulfilled';
  return {
    encounterid: encounterId(id),
    encountertype: 'VISIT',
    encounterdate: wireDay(world.localAt(start, locationId).date),
    status: closed ? 'CLOSED' : 'OPEN',
    stage: closed ? 'CHECKOUT' : 'INTAKE',
    departmentid: locationId,
    patientid: patientId,
    providerid: practitionerId,
    appointmentid: id,
    lastupdated: wireStampDay(world, changedAt),
    diagnoses: showDiagnoses ? diagnosesOf(world, id) : undefined,
  };
};

export const encounters = (call: Call, patient: Patient): unknown => {
  const { world, sent } = call;
  const inDays = isInDays(call);
  const [appointment, provider] = [sent.id('appointmentid'), sent.id('providerid')];
  const rows = world
    .appointmentsOf(patient.id)
    .filter(
      (item) =>
        hasEncounter(item) &&
        inDays(world.localAt(item.start, item.locationId).date) &&
        (appointment === undefined || item.id === appointment) &&
        (provider === undefined || item.practitionerId === provider),
    )
    .toSorted((one, other) => Date.parse(other.start) - Date.parse(one.start) || other.id - one.id);
  return page(call, 'encounters', rows, (item) => encounterRow(world, item, sent.flag('showdiagnoses')));
};

/** The appointment of the encounter in a path. */
export const encounterOf = ({ world, id }: Call): Appointment => {
  const found = world.appointment(encounterAppointment(id('encounterid')));
  if (found === undefined || !hasEncounter(found)) throw notFound('encounter');
  return found;
};

const single = (call: Call) => [encounterRow(call.world, encounterOf(call), true)];

export const encounterRoutes: readonly Route[] = [
  { method: 'GET', path: '/chart/encounter/{encounterid}', handle: single },
  { method: 'GET', path: '/chart/{patientid}/encounters', handle: (call) => encounters(call, chartPatient(call)) },
];
