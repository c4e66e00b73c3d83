import type { Appointment, AppointmentStatus, Slot } from '../practice.ts';
import { dateIn, earlier, minutesBetween, plusMinutes } from './calendar.ts';
import { CELL_MINUTES, type Cell, type Period, workingHours } from './hours.ts';
import type { Resident } from './person.ts';
import type { Profile, VisitType } from './profiles.ts';
import type { Random } from './random.ts';

const REASONS: Readonly<Record<VisitType['kind'], readonly string[]>> = {
  visit: [
    'cough',
    'knee pain',
    'blood pressure review',
    'medication refill',
    'lab review',
    'fatigue',
    'back pain',
    'rash',
  ],
  physical: ['annual physical'],
  new: ['establish care'],
};
const CANCELLATIONS = ['Patient cancelled', 'Provider unavailable', 'Weather', 'Patient rescheduled'] as const;
/** So many people come today, when it is a working day. */
const TODAY: readonly Period[] = ['past', 'past', 'present', 'present', 'present', 'coming', 'coming', 'coming'];
const NOTES = ['Bring medication list', 'Needs interpreter', 'Fasting', 'Wheelchair access'] as const;

/** A visit that has its time but no outcome yet. */
interface Placed {
  readonly resident: Resident;
  readonly cell: Cell;
  readonly type: VisitType;
  readonly random: Random;
}

/** When a visit is wanted; `today` where that can be had. */
interface Wish {
  readonly period: Period;
  readonly today?: boolean;
}

const placing = (profile: Profile, cells: readonly Cell[], now: string) => {
  const busyDays = new Map<string, Set<string>>();
  const today = dateIn(now, profile.timeZone);
  return (resident: Resident, wish: Wish, random: Random): Placed[] => {
    const days = busyDays.get(resident.key) ?? new Set<string>();
    busyDays.set(resident.key, days);
    const type = random.pick(profile.types);
    const long = type.minutes > CELL_MINUTES;
    const anybody = wish.today === true || random.chance(0.2);
    const fitting = cells.filter(
      (cell) =>
        !cell.taken &&
        !days.has(cell.date) &&
        (anybody || cell.practitioner.id === resident.patient.practitionerId) &&
        (resident.lastDay === undefined || cell.date < resident.lastDay) &&
        cell.period === wish.period &&
        (!long || (cell.next !== undefined && cells[cell.next]?.taken === false)),
    );
    const ofToday = wish.today === true ? fitting.filter(({ date }) => date === today) : [];
    const candidates = ofToday.length > 0 ? ofToday : fitting;
    if (candidates.length === 0) return [];
    const cell = random.pick(candidates);
    cell.taken = true;
    days.add(cell.date);
    const behind = long && cell.next !== undefined ? cells[cell.next] : undefined;
    if (behind !== undefined) behind.taken = true;
    return [{ resident, cell, type, random }];
  };
};

const settledAt = (status: AppointmentStatus, start: string, minutes: number, now: string, random: Random) => {
  if (status === 'cancelled') return plusMinutes(earlier(start, now), -random.int(5, 55));
  if (status === 'fulfilled' || status === 'noshow' || status === 'entered-in-error')
    return plusMinutes(start, minutes + 5);
  if (status === 'checked-in' || status === 'arrived') return plusMinutes(start, -10);
  return undefined;
};

const appointment = (placed: Placed, id: number, status: AppointmentStatus, now: string): Appointment => {
  const { resident, cell, type, random } = placed;
  const { start } = cell;
  const scheduledAt = plusMinutes(earlier(start, now), -random.int(60, 30 * 24 * 60));
  const settled = settledAt(status, start, type.minutes, now, random) ?? scheduledAt;
  return {
    id,
    patientId: resident.patient.id,
    practitionerId: cell.practitioner.id,
    locationId: cell.practitioner.locationId,
    type: { id: type.id, name: type.name },
    start,
    minutes: type.minutes,
    status,
    reason: random.pick(REASONS[type.kind]),
    ...(random.chance(0.15) ? { note: random.pick(NOTES) } : {}),
    ...(status === 'cancelled' ? { cancellationReason: random.pick(CANCELLATIONS) } : {}),
    scheduledAt,
    changedAt: earlier(settled, now),
  };
};

const freeSlots = (profile: Profile, cells: readonly Cell[], random: Random): Slot[] => {
  const type = profile.types.find(({ kind, minutes }) => kind === 'visit' && minutes === CELL_MINUTES);
  if (type === undefined) return [];
  return cells
    .filter(({ taken, period }) => !taken && period === 'coming' && random.chance(0.4))
    .sort((one, other) => minutesBetween(other.start, one.start))
    .map((cell, index) => ({
      id: profile.firstIds.slot + index,
      practitionerId: cell.practitioner.id,
      locationId: cell.practitioner.locationId,
      start: cell.start,
      minutes: CELL_MINUTES,
      type: { id: type.id, name: type.name },
    }));
};

/** Appointments of the past six and the coming four weeks on week days in the location's working hours, and free time. */
export const schedule = (
  profile: Profile,
  residents: readonly Resident[],
  now: string,
  random: Random,
): { readonly appointments: Appointment[]; readonly slots: Slot[] } => {
  const cells = workingHours(profile, now);
  const place = placing(profile, cells, now);
  const today = new Map(
    random
      .shuffled(residents.filter(({ lastDay }) => lastDay === undefined))
      .slice(0, TODAY.length)
      .map(({ key }, index) => [key, TODAY.slice(index, index + 1)]),
  );
  const placed = residents.flatMap((resident) => {
    const chance = random.fork(resident.key);
    const wishes: Wish[] = [
      ...(today.get(resident.key) ?? []).map((period) => ({ period, today: true })),
      ...Array<Wish>(chance.int(2, 4)).fill({ period: 'past' }),
      ...Array<Wish>(chance.int(1, 2)).fill({ period: 'coming' }),
    ];
    return wishes.flatMap((wish, index) => place(resident, wish, chance.fork(`${index}`)));
  });
  placed.sort((one, other) => minutesBetween(other.cell.start, one.cell.start));
  const outcomes = { past: 0, present: 0, coming: 0 };
  const turns = {
    past: random.shuffled(profile.past),
    present: profile.present,
    coming: random.shuffled(profile.coming),
  };
  const appointments = placed.map((visit, index) => {
    const { period } = visit.cell;
    const turn = turns[period];
    const status = turn[outcomes[period] % turn.length] ?? 'booked';
    outcomes[period] += 1;
    return appointment(visit, profile.firstIds.appointment + index, status, now);
  });
  return { appointments, slots: freeSlots(profile, cells, random.fork('slots')) };
};
