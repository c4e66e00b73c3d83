import { bookedRow } from './appointment-row.ts';
import { kindSent, patientSent, putInto } from './booking.ts';
import type { Local } from './clock.ts';
import { readTime } from './clock.ts';
import type { Kind } from './kinds-in-use.ts';
import { isOpen, openNumber } from './open-slots.ts';
import { badFormat, invalid, missingFields, slotTaken } from './reply.ts';
import type { Call, Route } from './router.ts';

interface Place {
  readonly locationId: number;
  readonly practitionerId: number;
  readonly kind: Kind;
}

/** Whose time it is, where and for what; what is not there is refused. */
const placeOf = (call: Call): Place => {
  const { world, sent } = call;
  const location = world.location(sent.id('departmentid'));
  if (location === undefined) throw invalid('Invalid DEPARTMENTID input');
  const practitioner = world.practitioner(sent.id('providerid'));
  if (practitioner === undefined) throw invalid('Invalid PROVIDERID input');
  const kind = kindSent(call);
  if (kind === undefined) throw missingFields(['appointmenttypeid', 'reasonid']);
  return { locationId: location.id, practitionerId: practitioner.id, kind };
};

/** The instant of a time on the department's clock; a time that the clock leaves out is refused. [assumption] */
const startOf = ({ world }: Call, local: Local, locationId: number): string => {
  const start = world.instantOf(local, locationId);
  if (start === undefined) throw invalid('There is no such time on that day.');
  return start;
};

/**
 * Opens slots for one day, all or none. A second slot at the same time of a provider is allowed, time of a visit is not.
 * [public: laravel, iodocs, go; what is allowed: assumption]
 */
const createSlots = (call: Call) => {
  const { world, sent, ledger, name } = call;
  sent.require('departmentid', 'providerid', 'appointmentdate', 'appointmenttime');
  const { kind, ...place } = placeOf(call);
  const date = sent.day('appointmentdate') ?? '';
  const drafts = [...new Set(sent.texts('appointmenttime'))].map((text) => {
    const time = readTime(text);
    if (time === undefined) throw badFormat('time', text);
    const start = startOf(call, { date, time }, place.locationId);
    return { text, slot: { ...place, start, minutes: kind.minutes, type: { id: kind.id, name: kind.name } } };
  });
  if (drafts.some(({ slot }) => !ledger.isFree(slot))) throw slotTaken();
  const opened = drafts.map(({ text, slot }) => [openNumber(world, ledger.openSlot(name, slot)), text] as const);
  return { appointmentids: Object.fromEntries(opened) };
};

/** The guide's local time without a zone, to the minute; seconds must be none. */
const guideLocal = (text: string): Local => {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d)(?::00)?$/.exec(text) ?? [];
  if (date === undefined || new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) !== true)
    throw badFormat('datetime', text);
  return { date, time: `${time}:00` };
};

/**
 * The guide's Create Appointment: makes the slot, unless there is one of that length, and books it. Without a length the
 * type's is taken; with a type, `reasonid` is not looked at. [seed guide for path and members; the rest: assumption]
 */
const createAppointment = (call: Call) => {
  const { world, sent, ledger, name } = call;
  sent.require('patientid', 'providerid', 'departmentid', 'starttime');
  const { kind, ...place } = placeOf(call);
  const patientId = patientSent(call);
  const start = startOf(call, guideLocal(sent.text('starttime') ?? ''), place.locationId);
  const minutes = sent.id('duration') ?? kind.minutes;
  if (minutes < 1 || minutes > 1440) throw badFormat('positive integer', String(minutes));
  const type = { id: kind.id, name: kind.name };
  const wanted = { ...place, start, minutes, type };
  if (!ledger.isFree(wanted)) throw slotTaken();
  const there = world.practice.slots.find(
    (slot) =>
      slot.practitionerId === place.practitionerId &&
      slot.locationId === place.locationId &&
      slot.minutes === minutes &&
      Date.parse(slot.start) === Date.parse(start) &&
      isOpen(world, slot),
  );
  const slot = there ?? ledger.openSlot(name, wanted);
  const [note, reason] = [sent.text('note'), sent.text('reason')];
  const visit = putInto(call, slot, openNumber(world, slot), {
    patientId,
    type,
    ...(note !== undefined && { note }),
    ...(reason !== undefined && { reason }),
  });
  return [bookedRow(world, visit)];
};

/** Two meanings of one path: the guide's, known by its JSON, and the platform's. */
const open = (call: Call) => (call.isJson ? createAppointment(call) : createSlots(call));

export const slotWriteRoutes: readonly Route[] = [
  { method: 'POST', path: '/appointments/open', json: true, handle: open },
];
