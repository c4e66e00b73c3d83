import type { Appointment } from '../practice.ts';
import {
  appointmentRow,
  briefRow,
  guideAppointmentRow,
  noteRow,
  notesOf,
  openAppointmentRow,
  singleAppointmentRow,
  statusCode,
} from './appointment-row.ts';
import { mayBeWithin, readDay } from './clock.ts';
import { isAmong, isWithin, only } from './compare.ts';
import { openSlot } from './open-slots.ts';
import { LONG_LISTS, page } from './paging.ts';
import type { Parameters } from './parameters.ts';
import { badFormat, missingFields, notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

type Test = (appointment: Appointment) => boolean;

const byStart = (a: Appointment, b: Appointment): number => Date.parse(a.start) - Date.parse(b.start) || a.id - b.id;

/** Cancelled ones show when asked for, by flag or by status. */
const showsStatus = (world: World, sent: Parameters): Test => {
  const asked = sent.text('appointmentstatus')?.toLowerCase();
  if (asked !== undefined && !/^[fox234]$/.test(asked)) throw badFormat('appointment status', asked);
  const cancelledToo = sent.flag('showcancelled');
  return (appointment) => {
    const code = statusCode(world, appointment);
    return asked === undefined ? cancelledToo || code !== 'x' : code === asked;
  };
};

/** When the appointment was made, and when it was changed last: only the booked lists can be asked for it. */
const touchedTests = ({ world, sent }: Call): readonly Test[] => {
  const made = [sent.day('scheduledstartdate'), sent.day('scheduledenddate')] as const;
  const changed = [sent.stamp('startlastmodified'), sent.stamp('endlastmodified')] as const;
  const sortable = (instant: string): string => {
    const { date, time } = world.clock.local(instant, world.setting.stampZone);
    return `${date} ${time}`;
  };
  const tests: readonly (readonly [bounds: readonly (string | undefined)[], test: Test])[] = [
    [made, ({ scheduledAt }) => isWithin(world.stampDay(scheduledAt), ...made)],
    [changed, ({ changedAt }) => isWithin(sortable(changedAt), ...changed)],
  ];
  return tests.filter(([bounds]) => bounds.some((bound) => bound !== undefined)).map(([, test]) => test);
};

const booked = (call: Call, departments: ReadonlySet<number> | undefined) => {
  const { world, sent } = call;
  sent.require('startdate', 'enddate');
  const [from, to] = [sent.day('startdate'), sent.day('enddate')];
  const [providers, patient] = [sent.ids('providerid'), only(sent.id('patientid'))];
  const type = only(sent.id('appointmenttypeid'));
  const [shows, touched] = [showsStatus(world, sent), touchedTests(call)];
  const near = mayBeWithin(from, to);
  const rows = world.appointments.filter(
    (item) =>
      near(item.start) &&
      isAmong(departments, item.locationId) &&
      isAmong(providers, item.practitionerId) &&
      isAmong(patient, item.patientId) &&
      isAmong(type, item.type.id) &&
      isWithin(world.localAt(item.start, item.locationId).date, from, to) &&
      shows(item) &&
      touched.every((test) => test(item)),
  );
  return page(call, 'appointments', rows.toSorted(byStart), (item) => appointmentRow(world, item, sent), LONG_LISTS);
};

const bookedInOne = (call: Call) => booked(call, only(call.sent.id('departmentid')));

const bookedInMany = (call: Call) => {
  call.sent.require('departmentid', 'startdate', 'enddate');
  return booked(call, call.sent.ids('departmentid'));
};

/** Without `showpast` from today on; `sortorder` is by start. [public: dotnet, laravel] */
const ofPatient = (call: Call) => {
  const { world, sent } = call;
  const patient = world.patient(call.id('id'));
  if (patient === undefined) throw notFound('patient');
  const [from, to] = [sent.day('startdate'), sent.day('enddate')];
  const shows = showsStatus(world, sent);
  const rows = world.appointmentsOf(patient.id).filter((item) => {
    const { date } = world.localAt(item.start, item.locationId);
    const today = world.localAt(world.now, item.locationId).date;
    return isWithin(date, from, to) && (sent.flag('showpast') || date >= today) && shows(item);
  });
  const sorted = rows.toSorted(byStart);
  const descending = sent.text('sortorder')?.toLowerCase().startsWith('desc') === true;
  return page(call, 'appointments', descending ? sorted.reverse() : sorted, (item) => briefRow(world, item));
};

const single = ({ world, sent, id }: Call) => {
  const found = world.appointment(id('id'));
  if (found !== undefined) return [singleAppointmentRow(world, found, sent)];
  const slot = openSlot(world, id('id'));
  if (slot === undefined) throw notFound('appointment');
  return [openAppointmentRow(world, slot)];
};

const notes = (call: Call) => {
  const found = call.world.appointment(call.id('id'));
  if (found === undefined) throw notFound('appointment');
  return page(call, 'notes', notesOf(call.world, found), (note) => noteRow(call.world, note));
};

/** The guide's local time without a zone, whole (that start) or a day (any start on it). */
const guideStart = (sent: Parameters): string | undefined => {
  const text = sent.text('starttime');
  if (text === undefined) return undefined;
  const [, year, month, day, time = ''] = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d(?::\d\d)?))?$/.exec(text) ?? [];
  if (day === undefined || readDay(`${month}/${day}/${year}`) === undefined) throw badFormat('datetime', text);
  return `${year}-${month}-${day} ${time}`.trim();
};

const GUIDE_FILTERS = ['patientid', 'providerid', 'appointmenttypeid', 'departmentid', 'starttime'];

/**
 * The guide's `GET /appointments` by provider, type and start: a list like the booked one, each parameter narrowing.
 * [seed guide for path and parameters; reading and answer: assumption]
 */
const guideList = (call: Call) => {
  const { world, sent } = call;
  if (!GUIDE_FILTERS.some((name) => sent.names.includes(name))) throw missingFields(GUIDE_FILTERS);
  const [patients, providers] = [sent.ids('patientid'), sent.ids('providerid')];
  const [types, departments] = [sent.ids('appointmenttypeid'), sent.ids('departmentid')];
  const [start, shows] = [guideStart(sent), showsStatus(world, sent)];
  const rows = world.appointments.filter((item) => {
    const { date, time } = world.localAt(item.start, item.locationId);
    return (
      isAmong(patients, item.patientId) &&
      isAmong(providers, item.practitionerId) &&
      isAmong(types, item.type.id) &&
      isAmong(departments, item.locationId) &&
      (start === undefined || `${date} ${time}`.startsWith(start)) &&
      shows(item)
    );
  });
  return page(
    call,
    'appointments',
    rows.toSorted(byStart),
    (item) => guideAppointmentRow(world, item, sent),
    LONG_LISTS,
  );
};

export const appointmentRoutes: readonly Route[] = [
  { method: 'GET', path: '/appointments', guideOnly: true, handle: guideList },
  { method: 'GET', path: '/appointments/booked', handle: bookedInOne },
  { method: 'GET', path: '/appointments/booked/multipledepartment', handle: bookedInMany },
  { method: 'GET', path: '/appointments/{id}', handle: single },
  { method: 'GET', path: '/appointments/{id}/notes', handle: notes },
  { method: 'GET', path: '/patients/{id}/appointments', handle: ofPatient },
];
