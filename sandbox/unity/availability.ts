import type { AppointmentStatus, Practitioner } from '../practice.ts';
import { type Spec, type Table, table } from './dataset.ts';
import { addDays, minuteOfDay, nearDays, usDate } from './local-time.ts';
import type { Action, Work } from './magic.ts';
import type { World } from './world.ts';

const CELL_MINUTES = 5;
const CELLS = 288;
const HALF = CELLS / 2;

/** States of an appointment that keep its time from being booked again. */
const TAKES_TIME: ReadonlySet<AppointmentStatus> = new Set([
  'pending',
  'booked',
  'arrived',
  'checked-in',
  'fulfilled',
  'noshow',
]);

/** A day of one resource at one place: a cell is five minutes, from midnight. */
interface Day {
  readonly resource: string;
  readonly date: string;
  readonly locationId: number;
  readonly blocked: boolean[];
  readonly booked: boolean[];
}

const bits = (cells: readonly boolean[], half: 0 | 1): string =>
  cells
    .slice(half * HALF, (half + 1) * HALF)
    .map((set) => (set ? '1' : '0'))
    .join('');

const COLUMNS: Spec<Day> = {
  Available_Date: ({ date }) => usDate(date),
  Resource_Abbreviation: ({ resource }) => resource,
  Scheduling_Location_ID: ({ locationId }) => String(locationId),
  Blocked_Slots1: ({ blocked }) => bits(blocked, 0),
  Blocked_Slots2: ({ blocked }) => bits(blocked, 1),
  Booked_Slots1: ({ booked }) => bits(booked, 0),
  Booked_Slots2: ({ booked }) => bits(booked, 1),
};

interface Stretch {
  readonly start: string;
  readonly minutes: number;
}

/** The days that a stretch of time touches, with its minutes there; a stretch may cross midnight. */
const daysOf = (world: World, { start, minutes }: Stretch): { date: string; from: number; to: number }[] => {
  const local = world.local(start);
  const days: { date: string; from: number; to: number }[] = [];
  let [date, from, left] = [local.slice(0, 10), minuteOfDay(local), minutes];
  while (left > 0) {
    const length = Math.min(left, CELLS * CELL_MINUTES - from);
    days.push({ date, from, to: from + length });
    [date, from, left] = [addDays(date, 1), 0, left - length];
  }
  return days;
};

const none = (): boolean[] => Array<boolean>(CELLS).fill(false);

/** Only whole cells of free time are bookable; a cell that a visit touches is booked. */
const paint = (day: Day, from: number, to: number, booked: boolean): void => {
  const first = booked ? Math.floor(from / CELL_MINUTES) : Math.ceil(from / CELL_MINUTES);
  const end = booked ? Math.ceil(to / CELL_MINUTES) : Math.floor(to / CELL_MINUTES);
  day.blocked.fill(true, first, end);
  if (booked) day.booked.fill(true, first, end);
};

/** Nobody is bookable at one place while being at another. */
const withdraw = (days: Iterable<Day>, stretches: ReturnType<typeof daysOf>): void => {
  for (const day of days)
    for (const { date, from, to } of stretches)
      for (let cell = Math.floor(from / CELL_MINUTES); cell * CELL_MINUTES < to; cell += 1)
        if (day.date === date && day.blocked[cell]) day.booked[cell] = true;
};

const calendar = ({ world, system }: Work, person: Practitioner, first: string, end: string): readonly Day[] => {
  const resource = world.abbreviation(person);
  const days = new Map<string, Day>();
  const isNear = nearDays(first, end);
  const add = (stretch: Stretch, locationId: number, booked: boolean): void => {
    if (!isNear(stretch.start)) return;
    for (const { date, from, to } of daysOf(world, stretch)) {
      if (date < first || date >= end) continue;
      const key = `${date} ${String(locationId).padStart(12, '0')}`;
      const day = days.get(key) ?? { resource, date, locationId, blocked: none(), booked: none() };
      days.set(key, day);
      paint(day, from, to, booked);
    }
  };
  for (const slot of [...world.practice.slots, ...system.ledger.heldSlots()])
    if (slot.practitionerId === person.id) add(slot, slot.locationId, false);
  const taken = world.practice.appointments.filter(
    (visit) => visit.practitionerId === person.id && TAKES_TIME.has(visit.status),
  );
  for (const visit of taken) if (visit.locationId !== undefined) add(visit, visit.locationId, true);
  for (const visit of taken.filter(({ start }) => isNear(start))) withdraw(days.values(), daysOf(world, visit));
  return [...days].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, day]) => day);
};

/** P1 the resource's abbreviation (an id finds nothing), P2 the first day, P3 the day after the last. */
const available = (work: Work): readonly Table[] => {
  const { world, time, parameter } = work;
  const abbreviation = parameter(1).toUpperCase();
  const first = time(parameter(2))?.slice(0, 10) ?? world.local(world.now()).slice(0, 10);
  const end = time(parameter(3))?.slice(0, 10) ?? addDays(first, 1);
  const person = world.practice.practitioners.find((one) => world.abbreviation(one) === abbreviation);
  return [table(world, COLUMNS, person ? calendar(work, person, first, end) : [])];
};

export const AVAILABILITY_ACTIONS: readonly Action[] = [{ name: 'GetAvailableSchedule', run: available }];
