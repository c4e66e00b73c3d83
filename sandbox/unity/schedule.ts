import type { Appointment, AppointmentStatus } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { atOrAfter, nearDays, usTime } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import { byStart, fullName, type World } from './world.ts';

/**
 * The EHR's words. `Completed` and `Pending` were seen, `Arrived` stands in a sample, the last two are assumptions.
 * What has no word is not on the EHR's schedule.
 */
const STATUS: Readonly<Partial<Record<AppointmentStatus, string>>> = {
  pending: 'Pending',
  booked: 'Pending',
  arrived: 'Arrived',
  'checked-in': 'Arrived',
  fulfilled: 'Completed',
  cancelled: 'Cancelled',
  noshow: 'No Show',
};

/** Whether the EHR knows the visit. */
export const isOnSchedule = ({ status }: Appointment): boolean => STATUS[status] !== undefined;

const patientName = ({ patientId }: Appointment, world: World): string => {
  const found = world.patient(patientId);
  return found ? fullName(found) : '';
};

const providerName = ({ practitionerId }: Appointment, world: World): string => {
  const found = world.practitioner(practitionerId);
  return found ? `${found.first} ${found.last}, ${found.credentials}` : '';
};

const COLUMNS: Spec<Appointment> = {
  AppointmentID: ({ id }) => String(id),
  patientID: ({ patientId }) => String(patientId),
  Patient: patientName,
  PatientFirstName: ({ patientId }, world) => world.patient(patientId)?.first ?? '',
  PatientLastName: ({ patientId }, world) => world.patient(patientId)?.last ?? '',
  organizationMRN: ({ patientId }, world) => world.patient(patientId)?.mrn ?? '',
  ApptTime: ({ start }, world) => world.local(start).slice(11, 16),
  ApptTime2: ({ start }, world) => usTime(world.local(start)),
  Duration: ({ minutes }) => String(minutes),
  Status: ({ status }) => STATUS[status] ?? '',
  statuscolor: () => 'black',
  TimeIn: () => '',
  TimeStart: () => '',
  TimeOut: () => '',
  ProviderID: ({ practitionerId }) => String(practitionerId ?? 0),
  Provider: providerName,
  LocationName: ({ locationId }, world) => world.location(locationId)?.name ?? '',
  OrganizationID: () => '',
  OrgName: () => '',
  SchedComment: ({ reason }) => reason ?? '',
  Comment: ({ note }) => note ?? '',
  SchedText: () => '',
  type: ({ type }) => type.name,
  base64image: () => '',
};

/** Whose visits are asked for: everybody's, or those of the one login name. */
const isWhose = ({ practice }: World, username: string): ((visit: Appointment) => boolean) => {
  const wanted = username.toLowerCase();
  if (wanted === 'all') return () => true;
  const owner = practice.practitioners.find((person) => person.username.toLowerCase() === wanted);
  return ({ practitionerId }) => owner !== undefined && practitionerId === owner.id;
};

/**
 * P1 a day or `start|end`, both included; P2 changed since; P4 a login name or `All`; P5 types with pipes. Nothing sent
 * means today and the caller's own schedule. Who the patient is plays no part.
 */
const schedule = ({ world, user, time, parameter }: Work): readonly Table[] => {
  const [from = '', to = ''] = parameter(1).split('|');
  const first = (time(from.trim()) ?? world.local(world.now())).slice(0, 10);
  const last = time(to.trim())?.slice(0, 10) ?? first;
  const isRecent = atOrAfter(world.local, time(parameter(2)));
  const isWanted = isWhose(world, parameter(4) || user);
  const types = parameter(5).toLowerCase();
  const isType = ({ type }: Appointment): boolean => types === '' || types.split('|').includes(type.name.toLowerCase());
  const isNear = nearDays(first, last);
  const isInDays = ({ start }: Appointment): boolean => {
    if (!isNear(start)) return false;
    const day = world.local(start).slice(0, 10);
    return first <= day && day <= last;
  };
  const found = world.practice.appointments.filter(
    (visit) => isOnSchedule(visit) && isWanted(visit) && isType(visit) && isInDays(visit) && isRecent(visit.changedAt),
  );
  return [table(world, COLUMNS, found.sort(byStart))];
};

export const SCHEDULE_ACTIONS: readonly Action[] = [{ name: 'GetSchedule', run: schedule }];
