import type { Patient } from '../practice.ts';
import { digits, lower } from './compare.ts';
import { insuranceRows } from './insurances.ts';
import { page } from './paging.ts';
import type { Parameters } from './parameters.ts';
import { guidePatientRow, listedPatientRow, singlePatientRow, summaryRow } from './patient-row.ts';
import { badFormat, missingFields, notFound, tooManyRecords } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

const CEILING = 1000;
const MOST_HOURS = 24;

type Test = (patient: Patient) => boolean;

const startsWith = (text: string | undefined, sent: string): boolean =>
  text !== undefined && lower(text).startsWith(lower(sent));

const STATUSES = ['active', 'inactive', 'prospective', 'deleted'];

/** A status is a word or its first letter; every patient of a Practice is active. */
const statusTest = (sent: string): Test => {
  const asked = STATUSES.find((word) => word === lower(sent) || word[0] === lower(sent));
  if (asked === undefined) throw badFormat('status', sent);
  return () => asked === 'active';
};

const departmentTest =
  (departmentId: number): Test =>
  ({ locationId }) =>
    departmentId === -1 ? locationId === undefined : locationId === departmentId;

const upcomingTest = ({ world, sent }: Call, hours: number): Test => {
  if (hours > MOST_HOURS) throw badFormat('hours up to 24', String(hours));
  const until = world.now + hours * 3_600_000;
  const [department, provider] = [sent.id('appointmentdepartmentid'), sent.id('appointmentproviderid')];
  const soon = world.appointments.filter(({ start, status, locationId, practitionerId }) => {
    const time = Date.parse(start);
    return (
      (status === 'booked' || status === 'pending' || status === 'arrived') &&
      time >= world.now &&
      time <= until &&
      (department === undefined || department === locationId) &&
      (provider === undefined || provider === practitionerId)
    );
  });
  const ids = new Set(soon.map(({ patientId }) => patientId));
  return ({ id }) => ids.has(id);
};

const wireBirth = (sent: Parameters): Test | undefined => {
  const day = sent.day('dob');
  return day === undefined ? undefined : ({ birthDate }) => birthDate === day;
};

/** What narrows `GET /patients`, by parameter. `patientid` is the guide's. [assumption for its place here] */
const testsOf = (call: Call): ReadonlyMap<string, Test> => {
  const { sent, dialect } = call;
  const tests = new Map<string, Test>();
  const on = (name: string, make: (text: string) => Test): void => {
    const text = sent.text(name);
    if (text !== undefined) tests.set(name, make(text));
  };
  const phone = (name: string, of: (patient: Patient) => readonly (string | undefined)[]): void =>
    on(name, (text) => (patient) => of(patient).some((one) => one !== undefined && digits(one) === digits(text)));
  on('firstname', (text) => (patient) => startsWith(patient.first, text));
  on('lastname', (text) => (patient) => startsWith(patient.last, text));
  on('email', (text) => (patient) => lower(patient.email ?? '') === lower(text));
  on('zip', (text) => (patient) => patient.address?.postalCode?.slice(0, 5) === text.slice(0, 5));
  on('status', statusTest);
  phone('homephone', ({ homePhone }) => [homePhone]);
  phone('mobilephone', ({ mobilePhone }) => [mobilePhone]);
  phone('anyphone', ({ homePhone, mobilePhone, workPhone }) => [homePhone, mobilePhone, workPhone]);
  const born = wireBirth(sent);
  if (born !== undefined) tests.set('dob', born);
  const department = sent.id('departmentid');
  if (department !== undefined) tests.set('departmentid', departmentTest(department));
  const hours = sent.id('upcomingappointmenthours');
  if (hours !== undefined) tests.set('upcomingappointmenthours', upcomingTest(call, hours));
  const ids = dialect === 'platform' ? undefined : sent.ids('patientid');
  if (ids !== undefined) tests.set('patientid', ({ id }) => ids.has(id));
  return tests;
};

const FILTERS = ['firstname', 'lastname', 'dob', 'departmentid', 'anyphone', 'email', 'zip', 'status'];

const byName = (one: Patient, other: Patient): number =>
  lower(one.last).localeCompare(lower(other.last)) ||
  lower(one.first).localeCompare(lower(other.first)) ||
  one.id - other.id;

const filtered = (world: World, tests: ReadonlyMap<string, Test>): readonly Patient[] => {
  const found = world.practice.patients.filter((patient) => [...tests.values()].every((test) => test(patient)));
  if (found.length > CEILING) throw tooManyRecords();
  return found.toSorted(byName);
};

const list = (call: Call) => {
  const tests = testsOf(call);
  if (tests.size === 0) throw missingFields(FILTERS);
  return page(call, 'patients', filtered(call.world, tests), (patient) =>
    tests.has('patientid')
      ? guidePatientRow(call.world, patient, call.sent)
      : listedPatientRow(call.world, patient, call.sent),
  );
};

/** A whole patient id, `Last, First`, or words that are each part of the first or the last name. [public: laravel] */
const matches = (term: string): Test => {
  if (/^\d+$/.test(term)) return ({ id }) => String(id) === term;
  const [last = '', first] = term.split(',').map(lower);
  if (first !== undefined) return (patient) => startsWith(patient.last, last) && startsWith(patient.first, first);
  const words = lower(term).split(/\s+/);
  return (patient) => words.every((word) => [patient.first, patient.last].some((name) => lower(name).includes(word)));
};

const USUAL_RESULTS = 50;

const searchTerm = ({ world, sent }: Call) => {
  sent.require('searchterm');
  const most = sent.id('maxresults') ?? USUAL_RESULTS;
  if (most < 1) throw badFormat('positive integer', String(most));
  const found = world.practice.patients.filter(matches(sent.text('searchterm')?.trim() ?? '')).toSorted(byName);
  return { totalcount: found.length, patients: found.slice(0, most).map(summaryRow) };
};

/** The guide's `?firstname=&lastname=`; the answer is the one of `GET /patients`. [seed guide; answer: assumption] */
const searchNames = (call: Call) => {
  const { sent, world } = call;
  if (sent.text('firstname') === undefined && sent.text('lastname') === undefined)
    throw missingFields(['firstname', 'lastname']);
  return page(call, 'patients', filtered(world, testsOf(call)), (patient) => guidePatientRow(world, patient, sent));
};

const search = (call: Call) => {
  const { sent, dialect } = call;
  const named = sent.text('firstname') !== undefined || sent.text('lastname') !== undefined;
  const asGuide = dialect === 'guide' || (dialect === undefined && named && sent.text('searchterm') === undefined);
  return asGuide ? searchNames(call) : searchTerm(call);
};

const single = ({ world, sent, id }: Call) => {
  const patient = world.patient(id('id'));
  if (patient === undefined) throw notFound('patient');
  return [singlePatientRow(world, patient, sent)];
};

const insurances = (call: Call) => {
  const patient = call.world.patient(call.id('id'));
  if (patient === undefined) throw notFound('patient');
  return page(call, 'insurances', insuranceRows(call.world, patient), (row) => row);
};

export const patientRoutes: readonly Route[] = [
  { method: 'GET', path: '/patients', handle: list },
  { method: 'GET', path: '/patients/search', handle: search },
  { method: 'GET', path: '/patients/{id}', handle: single },
  { method: 'GET', path: '/patients/{id}/insurances', handle: insurances },
];
