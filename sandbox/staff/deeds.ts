import { dateIn } from '../population/calendar.ts';
import type { Appointment, Patient, Slot } from '../practice.ts';
import { result } from './laboratory.ts';
import { freelyLiving, type Plan, picked, type Workplace } from './workplace.ts';

export type DeedKind = 'booking' | 'move' | 'cancellation' | 'check-in' | 'telephone' | 'result' | 'correction';

const HOUR = 3_600_000;
/** A sandbox that stays on for days does not fill up with results. */
const MOST_RESULTS = 2_000;
/** Practices do not run empty: below this, nobody cancels. */
const FEWEST_VISITS = 8;

const isLater = ({ now }: Workplace, { start }: { readonly start: string }): boolean =>
  Date.parse(start) > now() + HOUR;

const freeSlots = (place: Workplace): readonly Slot[] => place.practice.slots.filter((slot) => isLater(place, slot));

const zoneOf = ({ practice }: Workplace, id: number | undefined): string =>
  practice.locations.find((one) => one.id === id)?.timeZone ?? practice.timeZone;

const isToday = (place: Workplace, { start, locationId }: Pick<Slot, 'start'> & { locationId?: number }): boolean => {
  const zone = zoneOf(place, locationId);
  return dateIn(start, zone) === dateIn(new Date(place.now()).toISOString(), zone);
};

const visitsOf = (place: Workplace, fits: (visit: Appointment) => boolean): readonly Appointment[] => {
  const people = new Set(freelyLiving(place).map(({ id }) => id));
  return place.practice.appointments.filter((visit) => people.has(visit.patientId) && fits(visit));
};

const comingVisits = (place: Workplace): readonly Appointment[] =>
  visitsOf(place, (visit) => visit.status === 'booked' && isLater(place, visit));

/** Who is not somewhere in the practice within an hour of that time. */
const peopleFreeAt = (place: Workplace, { start }: Slot): readonly Patient[] => {
  const at = Date.parse(start);
  const { appointments } = place.practice;
  const busy = new Set(
    appointments.filter((one) => Math.abs(Date.parse(one.start) - at) < HOUR).map(({ patientId }) => patientId),
  );
  return freelyLiving(place).filter(({ id }) => !busy.has(id));
};

/** Half of the bookings are for today, as long as there is time, so that people come. */
const booking = (place: Workplace): Plan | undefined => {
  const { chance, door } = place;
  const slots = freeSlots(place);
  const today = slots.filter((slot) => isToday(place, slot));
  const slot = picked(today.length > 0 && chance.chance(0.5) ? today : slots, chance);
  const patient = slot && picked(peopleFreeAt(place, slot), chance);
  if (slot === undefined || patient === undefined) return undefined;
  return { patient: patient.id, do: () => door.book(patient.id, slot).then(() => undefined) };
};

const move = (place: Workplace): Plan | undefined => {
  const slots = freeSlots(place);
  const fits = (visit: Appointment, slot: Slot): boolean =>
    slot.practitionerId === visit.practitionerId && slot.minutes >= visit.minutes;
  const visit = picked(
    comingVisits(place).filter((one) => slots.some((slot) => fits(one, slot))),
    place.chance,
  );
  const slot =
    visit &&
    picked(
      slots.filter((one) => fits(visit, one)),
      place.chance,
    );
  if (visit === undefined || slot === undefined) return undefined;
  const { id, patientId } = visit;
  return { patient: patientId, record: id, do: () => place.door.move(visit, slot).then(() => undefined) };
};

const cancellation = (place: Workplace): Plan | undefined => {
  const visits = comingVisits(place);
  const visit = visits.length < FEWEST_VISITS ? undefined : picked(visits, place.chance);
  if (visit === undefined) return undefined;
  return { patient: visit.patientId, record: visit.id, do: () => place.door.cancel(visit).then(() => undefined) };
};

const checkIn = (place: Workplace): Plan | undefined => {
  const isExpected = (visit: Appointment): boolean => visit.status === 'booked' && isToday(place, visit);
  const visit = picked(visitsOf(place, isExpected), place.chance);
  if (visit === undefined) return undefined;
  return { patient: visit.patientId, record: visit.id, do: () => place.door.checkIn(visit).then(() => undefined) };
};

/** Numbers from 555-0100 to 555-0199 are kept for fiction. */
const telephone = (place: Workplace): Plan | undefined => {
  const patient = picked(freelyLiving(place), place.chance);
  if (patient === undefined) return undefined;
  const area = patient.mobilePhone?.slice(0, 3) ?? '217';
  const digits = `${area}55501${String(place.chance.int(0, 99)).padStart(2, '0')}`;
  if (digits === patient.mobilePhone) return undefined;
  return { patient: patient.id, do: () => place.door.changeMobile(patient.id, digits).then(() => undefined) };
};

interface Way {
  readonly kind: Exclude<DeedKind, 'correction'>;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  readonly most?: number;
  readonly plan: (place: Workplace) => Plan | undefined;
}

/** What happens at a practice of its own accord; corrections follow results. */
export const WAYS: readonly Way[] = [
  { kind: 'check-in', weight: 3, plan: checkIn },
  { kind: 'result', weight: 3, plan: result, most: MOST_RESULTS },
  { kind: 'booking', weight: 3, plan: booking },
  { kind: 'move', weight: 2, plan: move },
  { kind: 'cancellation', weight: 1, plan: cancellation },
  { kind: 'telephone', weight: 2, plan: telephone },
];
