import { expect, it } from 'vitest';
import type { CommandKind } from '../../../schema/commands.ts';
import { AppointmentStatus } from '../../../schema/enums.ts';
import { refusedTransition } from './transitions.ts';
import type { Writers } from './writer.ts';

const writer = { plan: () => [], send: async () => ({ key: '' }) };
const ALL: Writers = {
  rescheduleAppointment: writer,
  cancelAppointment: writer,
  checkInAppointment: writer,
  markNoShow: writer,
};

const CHANGES = ['rescheduleAppointment', 'cancelAppointment', 'checkInAppointment', 'markNoShow'] as const;

/** What may be done in each state, in the order of CHANGES. */
const ALLOWED: Readonly<Record<AppointmentStatus, string>> = {
  PROPOSED: 'yes yes no no',
  PENDING: 'yes yes yes yes',
  BOOKED: 'yes yes yes yes',
  WAITLIST: 'yes yes no no',
  ARRIVED: 'no yes yes no',
  CHECKED_IN: 'no no no no',
  FULFILLED: 'no no no no',
  CANCELLED: 'no no no no',
  NO_SHOW: 'no no no no',
  ENTERED_IN_ERROR: 'no no no no',
  UNMAPPED: 'no no no no',
};

it.each(Object.values(AppointmentStatus))('allows in %s what the table says', (from) => {
  const told = CHANGES.map((kind) => (refusedTransition(kind, from, ALL) === undefined ? 'yes' : 'no'));
  expect(told.join(' ')).toBe(ALLOWED[from]);
});

it.each([
  ['rescheduleAppointment', 'ARRIVED', ['CHECKED_IN', 'CANCELLED']],
  ['markNoShow', 'WAITLIST', ['BOOKED', 'CANCELLED']],
  ['cancelAppointment', 'CANCELLED', []],
] as const)('refuses %s in %s with the states that can still be reached', (kind, from, allowed) => {
  expect(new Set(refusedTransition(kind, from, ALL))).toEqual(new Set(allowed));
});

it.each<CommandKind>(['bookAppointment', 'updatePatient'])('says nothing of %s', (kind) => {
  expect(refusedTransition(kind, 'CANCELLED', ALL)).toBeUndefined();
});

it('tells only what this vendor takes', () => {
  const { markNoShow: _none, ...some } = ALL;
  const writers: Writers = { ...some, cancelAppointment: { ...writer, from: ['BOOKED'] } };
  expect(refusedTransition('markNoShow', 'BOOKED', writers)).toEqual(['BOOKED', 'CANCELLED', 'CHECKED_IN']);
  expect(refusedTransition('cancelAppointment', 'ARRIVED', writers)).toEqual(['CHECKED_IN']);
  expect(refusedTransition('cancelAppointment', 'BOOKED', writers)).toBeUndefined();
});
