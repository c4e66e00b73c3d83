import { expect, it } from 'vitest';
import { practiceOf } from './athenanet/fixture.ts';
import { Ledger, TimeTaken } from './ledger.ts';

const NOW = Date.parse('2025-11-20T15:00:00Z');
const TYPE = { id: 5, name: 'Office Visit' };

const opened = (doubleBooking = false) => {
  const practice = practiceOf();
  return { practice, ledger: new Ledger({ practice, now: () => NOW, doubleBooking }) };
};

const visit = (start: string, minutes = 30) =>
  ({ patientId: 1, practitionerId: 71, locationId: 1, type: TYPE, start, minutes, status: 'booked' }) as const;

it('takes the slot that a booking stands in, and frees it when the visit is cancelled', () => {
  const { practice, ledger } = opened();
  const booked = ledger.book('call', visit('2025-11-24T15:00:00Z'));
  expect(practice.slots.map(({ id }) => id)).not.toContain(1);
  ledger.changeAppointment('call', booked.id, { status: 'cancelled' });
  expect(practice.slots.map(({ id }) => id)).toContain(1);
});

it('tells the slots that bookings hold', () => {
  const { ledger } = opened();
  const { id } = ledger.book('call', visit('2025-11-24T15:00:00Z'));
  expect(ledger.heldSlots().map((slot) => slot.id)).toEqual([1]);
  ledger.changeAppointment('call', id, { status: 'cancelled' });
  expect(ledger.heldSlots()).toEqual([]);
});

it('moves a visit without a second one', () => {
  const { practice, ledger } = opened();
  const count = practice.appointments.length;
  const { id } = ledger.book('call', visit('2025-11-24T15:00:00Z'));
  ledger.changeAppointment('call', id, { start: '2025-11-25T15:00:00Z' });
  expect(practice.appointments).toHaveLength(count + 1);
  expect(practice.appointments.find((one) => one.id === id)).toMatchObject({ start: '2025-11-25T15:00:00Z' });
});

it('refuses time that is taken, unless double booking is allowed', () => {
  const strict = opened().ledger;
  strict.book('call', visit('2025-11-24T15:00:00Z'));
  expect(() => strict.book('call', visit('2025-11-24T15:15:00Z'))).toThrow(TimeTaken);
  expect(() => strict.book('call', visit('2025-11-24T15:30:00Z'))).not.toThrow();
  const lenient = opened(true).ledger;
  lenient.book('call', visit('2025-11-24T15:00:00Z'));
  expect(() => lenient.book('call', visit('2025-11-24T15:15:00Z'))).not.toThrow();
});

it('refuses to move a visit to time that is taken, and leaves it where it was', () => {
  const { practice, ledger } = opened();
  ledger.book('call', visit('2025-11-24T15:00:00Z'));
  const { id } = ledger.book('call', visit('2025-11-24T17:00:00Z'));
  expect(() => ledger.changeAppointment('call', id, { start: '2025-11-24T15:00:00Z' })).toThrow(TimeTaken);
  expect(practice.appointments.find((one) => one.id === id)?.start).toBe('2025-11-24T17:00:00Z');
});

it('books over another visit when somebody insists, and lets both go on', () => {
  const { ledger } = opened();
  const first = ledger.book('call', visit('2025-11-24T15:00:00Z'));
  const second = ledger.book('call', visit('2025-11-24T15:15:00Z'), true);
  expect(ledger.changeAppointment('call', first.id, { status: 'checked-in' }).status).toBe('checked-in');
  expect(() => ledger.changeAppointment('call', second.id, { minutes: 45 })).toThrow(TimeTaken);
  expect(ledger.changeAppointment('call', second.id, { minutes: 45 }, true).minutes).toBe(45);
  ledger.changeAppointment('call', second.id, { status: 'cancelled' });
  expect(() => ledger.changeAppointment('call', second.id, { status: 'booked' })).toThrow(TimeTaken);
});

it('writes every commit down with the record as it stood then', () => {
  const { ledger } = opened();
  const { id } = ledger.book('Magic SaveAppointment', visit('2025-11-24T15:00:00Z'));
  ledger.changeAppointment('Magic SetAppointmentStatus', id, { status: 'noshow' });
  expect(ledger.commits).toMatchObject([
    {
      number: 1,
      call: 'Magic SaveAppointment',
      kind: 'created',
      type: 'Appointment',
      id,
      record: { status: 'booked' },
    },
    { number: 2, call: 'Magic SetAppointmentStatus', kind: 'updated', id, record: { status: 'noshow' } },
  ]);
});

it('keeps what a result said before its correction', () => {
  const { practice, ledger } = opened();
  const [first] = practice.observations;
  if (first === undefined) throw new Error('no result');
  const value = { kind: 'quantity', value: '121', unit: 'mm[Hg]' } as const;
  const corrected = ledger.correct('call', first.id, { value });
  expect(corrected).toMatchObject({ id: first.id, status: 'corrected', value });
  expect(corrected.history.at(-1)).toMatchObject({ status: first.status });
});

it('never gives an id twice', () => {
  const { practice, ledger } = opened();
  const { id } = ledger.book('call', visit('2025-11-24T15:00:00Z'));
  practice.appointments.pop();
  expect(ledger.book('call', visit('2025-11-24T15:00:00Z')).id).toBe(id + 1);
});

it('keeps a visit under the number that it is given', () => {
  const { practice, ledger } = opened();
  const { id } = ledger.book('call', visit('2025-11-24T15:00:00Z'), false, 1_000_001);
  expect(id).toBe(1_000_001);
  expect(practice.appointments.at(-1)?.id).toBe(1_000_001);
});

it('tells whether time is free', () => {
  const { ledger } = opened();
  const span = { practitionerId: 71, start: '2025-11-24T15:15:00Z', minutes: 30 };
  expect(ledger.isFree(span)).toBe(true);
  ledger.book('call', visit('2025-11-24T15:00:00Z'));
  expect(ledger.isFree(span)).toBe(false);
});

it('gives every result a report of its own unless it is told one', () => {
  const { practice, ledger } = opened();
  const [first] = practice.observations;
  if (first === undefined) throw new Error('no result');
  const { id: _, issued: __, history: ___, reportId, ...draft } = first;
  const known = Math.max(...practice.observations.map((one) => one.reportId));
  expect(ledger.record('call', draft).reportId).toBe(known + 1);
  expect(ledger.record('call', { ...draft, reportId }).reportId).toBe(reportId);
  expect(ledger.record('call', draft).reportId).toBe(known + 2);
});

it('takes a slot away that nobody booked, and no other', () => {
  const { practice, ledger } = opened();
  ledger.closeSlot('call', 1);
  expect(practice.slots.map(({ id }) => id)).not.toContain(1);
  expect(ledger.commits).toMatchObject([{ kind: 'deleted', type: 'Slot', id: 1 }]);
  expect(() => ledger.closeSlot('call', 1)).toThrow(RangeError);
});

it('never gives the id of a slot that is booked or gone to another one', () => {
  for (const leave of ['book', 'close'] as const) {
    const { practice, ledger } = opened();
    const last = Math.max(...practice.slots.map(({ id }) => id));
    const slot = practice.slots.find(({ id }) => id === last);
    if (slot === undefined) throw new Error('no slot');
    const { id: _, ...draft } = slot;
    if (leave === 'book') ledger.book('call', { ...draft, patientId: 1, status: 'booked' });
    else ledger.closeSlot('call', last);
    expect(ledger.openSlot('call', { ...draft, start: '2026-06-01T15:00:00Z' }).id).toBe(last + 1);
  }
});
