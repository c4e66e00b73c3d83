import type { Slot } from '../practice.ts';
import { nextOpenNumber, slotAppointmentId, slotIdOf } from './identity.ts';
import type { World } from './world.ts';

/** Whether a number is that of an appointment, booked through the API or not. */
const isGiven = ({ appointment, extras }: World, number: number): boolean =>
  extras.isUsed(number) || appointment(number) !== undefined;

/** The number of an open slot, which an appointment keeps that is booked in it. */
export const openNumber = (world: World, { id }: Slot): number => {
  let number = slotAppointmentId(id);
  while (isGiven(world, number)) number = nextOpenNumber(number);
  return number;
};

/** Whether a slot can be booked: one that was left by a no-show is not given away again. */
export const isOpen = (world: World, { id }: Slot): boolean => {
  let last: number | undefined;
  for (let number = slotAppointmentId(id); isGiven(world, number); number = nextOpenNumber(number))
    if (world.extras.isUsed(number)) last = number;
  return last === undefined || world.appointment(last)?.status !== 'noshow';
};

/** The open slot of a number; undefined when there is none, or none any more. */
export const openSlot = (world: World, number: number): Slot | undefined => {
  const slot = world.practice.slots.find(({ id }) => id === slotIdOf(number));
  return slot !== undefined && openNumber(world, slot) === number && isOpen(world, slot) ? slot : undefined;
};
