import type { Appointment, Slot } from '../practice.ts';
import { type Context, rowsOf } from './context.ts';
import type { Read } from './raw.ts';
import { appointmentOf, type Owner, ownersOf, slotOf, visitTypes } from './scheduling.ts';
import * as shapes from './shapes.ts';

export interface Schedule {
  readonly appointments: Appointment[];
  readonly slots: Slot[];
  readonly owners: ReadonlyMap<string, Owner>;
}

/** The appointments and the free time that the systems can hold; counts the others with their reasons. */
export const scheduleOf = (read: ReadonlyMap<string, readonly Read[]>, context: Context): Schedule => {
  const { ids, tally } = context;
  const types = visitTypes(context);
  const owners = ownersOf(rowsOf(read, 'Schedule', shapes.schedule), context);
  const appointments: Appointment[] = [];
  for (const { id, value } of rowsOf(read, 'Appointment', shapes.appointment, tally)) {
    const row = appointmentOf(value, types, context);
    if (typeof row === 'string') tally.omitted('Appointment', row);
    else {
      ids.add('Appointment', id, appointments.push({ id: appointments.length + 1, ...row }));
      tally.kept('Appointment');
    }
  }
  const slots: Slot[] = [];
  for (const { id, value } of rowsOf(read, 'Slot', shapes.slot, tally)) {
    const row = slotOf(value, owners, types);
    if (typeof row === 'string') tally.omitted('Slot', row);
    else {
      ids.add('Slot', id, slots.push({ id: slots.length + 1, ...row }));
      tally.kept('Slot');
    }
  }
  return { appointments, slots, owners };
};

export interface Homes {
  readonly ofPatients: ReadonlyMap<number, number>;
  readonly ofPractitioners: ReadonlyMap<number, number>;
}

/** Where people belong: a patient to the place of the latest appointment, a practitioner to that of the own schedule. */
export const homesOf = (appointments: readonly Appointment[], owners: Schedule['owners']): Homes => {
  const ofPatients = new Map<number, number>();
  const ofPractitioners = new Map<number, number>();
  const byStart = [...appointments].sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
  for (const { patientId, practitionerId, locationId } of byStart) {
    if (locationId === undefined) continue;
    ofPatients.set(patientId, locationId);
    if (practitionerId !== undefined) ofPractitioners.set(practitionerId, locationId);
  }
  for (const { practitionerId, locationId } of owners.values())
    if (practitionerId !== undefined && locationId !== undefined) ofPractitioners.set(practitionerId, locationId);
  return { ofPatients, ofPractitioners };
};
