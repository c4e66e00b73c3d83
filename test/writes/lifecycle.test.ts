import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../harness.ts';
import { byId, commitsOf, freeSlots, SOURCES, somebody, startClinic, visitsOf, visitsSince, write } from './clinic.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await startClinic();
});
afterAll(() => graph.close());

describe.each(SOURCES)('at $source', (place) => {
  const apart = (slots: readonly { readonly start: string }[]) =>
    slots.findIndex(({ start }) => Date.parse(start) - Date.parse(slots[0]?.start ?? '') >= 7_200_000);

  it('books, moves and cancels one and the same appointment', async () => {
    const slots = await freeSlots(graph, place.source);
    const [first, second] = [slots[0], slots[apart(slots)]];
    const patient = await somebody(graph, place);
    const before = commitsOf(graph, place).length;
    const standing = await visitsOf(graph, patient);

    const booked = await write(graph, 'bookAppointment', { patient, slot: first?.id });
    expect(booked).toMatchObject({
      __typename: 'AppointmentSaved',
      appointment: {
        status: 'BOOKED',
        start: first?.start,
        patient: { id: patient },
        practitioner: first?.practitioner,
      },
      write: { state: 'CONFIRMED', warnings: [], target: { id: booked.appointment?.id } },
    });
    const moved = await write(graph, 'rescheduleAppointment', { id: booked.appointment.id, slot: second?.id });
    expect(moved).toMatchObject({
      __typename: 'AppointmentSaved',
      appointment: { status: 'BOOKED', start: second?.start, patient: { id: patient } },
    });
    const cancelled = await write(graph, 'cancelAppointment', { id: moved.appointment.id });
    expect(cancelled).toMatchObject({ __typename: 'AppointmentSaved', appointment: { status: 'CANCELLED' } });
    expect(visitsSince(graph, place, before)).toEqual(['cancelled']);
    const ended = { id: cancelled.appointment.id, status: 'CANCELLED' };
    expect(await visitsOf(graph, patient)).toEqual(byId([...standing, ended]));

    const free = await freeSlots(graph, place.source);
    expect(
      free.some(({ start, practitioner }) => start === first?.start && practitioner.id === first.practitioner.id),
    ).toBe(true);
  });

  it('books by practitioner and time, and marks a no-show, which is no cancellation', async () => {
    const slots = await freeSlots(graph, place.source);
    const slot = slots[2];
    const patient = await somebody(graph, place, 1);
    const before = commitsOf(graph, place).length;
    const { practitioner, location, start } = slot ?? { practitioner: { id: '' }, location: null, start: '' };
    const booked = await write(graph, 'bookAppointment', {
      patient,
      practitioner: practitioner.id,
      ...(location === null ? {} : { location: location.id }),
      start,
      minutes: 15,
    });
    expect(booked).toMatchObject({ __typename: 'AppointmentSaved', appointment: { start, practitioner } });
    const missed = await write(graph, 'markNoShow', { id: booked.appointment.id });
    expect(missed).toMatchObject({ __typename: 'AppointmentSaved', appointment: { status: 'NO_SHOW' } });
    expect(visitsSince(graph, place, before)).toEqual(['noshow']);
    const again = await write(graph, 'cancelAppointment', { id: booked.appointment.id });
    expect(again).toMatchObject({ __typename: 'IllegalTransition', from: 'NO_SHOW', allowed: [] });
  });
});
