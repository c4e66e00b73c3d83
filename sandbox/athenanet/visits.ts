import type { Appointment, Patient } from '../practice.ts';
import { notesOf } from './appointment-row.ts';
import { isBooked } from './booking.ts';
import type { Note, VisitExtra } from './extras.ts';
import { writtenNoteId } from './identity.ts';
import { notFound } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

const visitOf = ({ world, id }: Call): Appointment => {
  const visit = world.appointment(id('id'));
  if (visit === undefined) throw notFound('appointment');
  return visit;
};

interface Field {
  readonly field: string;
  readonly label: string;
  readonly value: (patient: Patient) => string | undefined;
}

/** What a department can require before a check-in; which it does is a setting. [assumption] */
const FIELDS: readonly Field[] = [
  { field: 'dob', label: 'Date of Birth', value: ({ birthDate }) => birthDate },
  { field: 'sex', label: 'Sex', value: ({ sex }) => sex },
  { field: 'address1', label: 'Street Address', value: ({ address }) => address?.line1 },
  { field: 'city', label: 'City', value: ({ address }) => address?.city },
  { field: 'state', label: 'State', value: ({ address }) => address?.state },
  { field: 'zip', label: 'Zip', value: ({ address }) => address?.postalCode },
  { field: 'homephone', label: 'Home Phone', value: ({ homePhone }) => homePhone },
];

const required = ({ setting }: World): readonly Field[] =>
  FIELDS.filter(({ field }) => setting.checkInRequired.has(field));

const fieldRows = (world: World, patient: Patient | undefined) =>
  required(world).map(({ field, label, value }) => {
    const valid = patient !== undefined && value(patient) !== undefined;
    return { field, valid, error: valid ? undefined : `A ${label} is required.` };
  });

const PROGRESS: Readonly<Partial<Record<Appointment['status'], string>>> = {
  arrived: 'Check In Started',
  'checked-in': 'Checked In',
  fulfilled: 'Checked Out',
};

/** [public: dotnet for the shape; the words of the status: assumption, after the sample] */
const requirements = (call: Call) => {
  const { status, patientId } = visitOf(call);
  const fields = fieldRows(call.world, call.world.patient(patientId));
  return [
    { name: 'Check In', required: false, complete: true, fields: { status: PROGRESS[status] ?? 'Before Check In' } },
    { name: 'Demographics', required: true, complete: fields.every(({ valid }) => valid), fields },
  ];
};

const requiredFields = ({ world, id }: Call) => {
  if (world.location(id('id')) === undefined) throw notFound('department');
  return { fieldlist: required(world).map(({ field }) => field) };
};

/** A step of a visit: from which states, into which, and what is said otherwise under status 200. */
interface Step {
  readonly from: (visit: Appointment) => boolean;
  readonly to: Appointment['status'];
  readonly refusal: string;
  readonly times: (now: string) => VisitExtra;
  readonly message: 'message' | 'errormessage';
  readonly lacks?: (world: World, visit: Appointment) => string | undefined;
}

const lacksDemographics: Step['lacks'] = (world, { patientId }) => {
  const lacking = fieldRows(world, world.patient(patientId)).find(({ valid }) => !valid);
  return lacking && `Demographics: ${lacking.error}`;
};

const STEPS: Readonly<Record<'startcheckin' | 'checkin' | 'cancelcheckin' | 'checkout', Step>> = {
  startcheckin: {
    from: ({ status }) => status === 'booked' || status === 'pending',
    to: 'arrived',
    refusal: 'The appointment is not in a booked status.',
    times: (now) => ({ checkInStartedAt: now }),
    message: 'message',
  },
  checkin: {
    from: isBooked,
    to: 'checked-in',
    refusal: 'The appointment is not in a booked status.',
    times: (now) => ({ checkedInAt: now }),
    message: 'message',
    lacks: lacksDemographics,
  },
  cancelcheckin: {
    from: ({ status }) => status === 'arrived' || status === 'checked-in',
    to: 'booked',
    refusal: 'The appointment is not checked in.',
    times: () => ({ checkInStartedAt: undefined, checkedInAt: undefined }),
    message: 'message',
  },
  checkout: {
    from: ({ status }) => status === 'checked-in',
    to: 'fulfilled',
    refusal: 'The appointment is not checked in.',
    times: (now) => ({ checkedOutAt: now }),
    message: 'errormessage',
  },
};

/**
 * Takes a visit one step on, on any day; a check-in need not be started first. [public: go, dotnet for the calls and their
 * answers; the sentences and what is allowed: assumption]
 */
const step =
  ({ from, to, refusal, times, message, lacks }: Step) =>
  (call: Call): unknown => {
    const { world, ledger, name } = call;
    const visit = visitOf(call);
    const problem = from(visit) ? lacks?.(world, visit) : refusal;
    if (problem !== undefined) return { success: false, [message]: problem };
    world.extras.setVisit(visit.id, times(new Date(world.now).toISOString()));
    ledger.changeAppointment(name, visit.id, { status: to });
    return { success: true };
  };

/** Writes an appointment's notes; the Practice's single note is all of them, one a line. */
const saveNotes = ({ world, ledger, name }: Call, { id }: Appointment, notes: readonly Note[]): void => {
  world.extras.setVisit(id, { notes });
  ledger.changeAppointment(name, id, { note: notes.map(({ text }) => text).join('\n') });
};

/** `success` is text here. [public: dotnet, awell] */
const addNote = (call: Call) => {
  const { world, sent } = call;
  sent.require('notetext');
  const visit = visitOf(call);
  const note: Note = {
    id: writtenNoteId(world.extras.nextNote()),
    text: sent.text('notetext') ?? '',
    displayOnSchedule: sent.flag('displayonschedule'),
    createdAt: new Date(world.now).toISOString(),
  };
  saveNotes(call, visit, [...notesOf(world, visit), note]);
  return { success: 'true' };
};

const noteOf = (call: Call, notes: readonly Note[]): Note => {
  const note = notes.find(({ id }) => id === call.id('noteid'));
  if (note === undefined) throw notFound('note');
  return note;
};

/** [public: dotnet for the call; the answer follows the one of adding: assumption] */
const changeNote = (call: Call) => {
  const { world, sent } = call;
  sent.require('notetext');
  const visit = visitOf(call);
  const notes = notesOf(world, visit);
  const old = noteOf(call, notes);
  const shown = sent.text('displayonschedule') === undefined ? old.displayOnSchedule : sent.flag('displayonschedule');
  const next = { ...old, text: sent.text('notetext') ?? '', displayOnSchedule: shown };
  saveNotes(
    call,
    visit,
    notes.map((note) => (note === old ? next : note)),
  );
  return { success: 'true' };
};

const removeNote = (call: Call) => {
  const visit = visitOf(call);
  const notes = notesOf(call.world, visit);
  const old = noteOf(call, notes);
  saveNotes(
    call,
    visit,
    notes.filter((note) => note !== old),
  );
  return { success: 'true' };
};

/** A patient's way through a visit, and the notes of an appointment. */
export const visitRoutes: readonly Route[] = [
  { method: 'GET', path: '/departments/{id}/checkinrequired', handle: requiredFields },
  { method: 'GET', path: '/appointments/{id}/checkin', handle: requirements },
  ...Object.entries(STEPS).map(
    ([name, one]): Route => ({ method: 'POST', path: `/appointments/{id}/${name}`, handle: step(one) }),
  ),
  { method: 'POST', path: '/appointments/{id}/notes', handle: addNote },
  { method: 'PUT', path: '/appointments/{id}/notes/{noteid}', handle: changeNote },
  { method: 'DELETE', path: '/appointments/{id}/notes/{noteid}', handle: removeNote },
];
