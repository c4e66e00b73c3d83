import { describe, expect, it } from 'vitest';
import type { Commit } from '../../sandbox/ledger.ts';
import type { Appointment } from '../../sandbox/practice.ts';
import { check, faultsOf } from './checker.ts';
import type { Submitted, Told } from './clients.ts';
import type { Row } from './journal.ts';
import { TRACE } from './traces.ts';

const NINE = { practitioner: 2, start: '2027-01-04T15:00:00.000Z' };
const TEN = { practitioner: 2, start: '2027-01-04T16:00:00.000Z' };

const SAVED: Told = { kind: 'saved', write: 'Write/1' };
const PENDING: Told = { kind: 'pending', write: 'Write/1' };
const DENIED: Told = { kind: 'refused', code: 'VENDOR_REJECTED' };

const booking: Submitted = {
  ...{ key: 'line-0', source: 'mercy', kind: 'bookAppointment', line: 'line', turn: 0 },
  ...{ leaves: TRACE.visit(1, NINE, 'booked'), besides: [TRACE.slot(NINE)], told: [SAVED], unanswered: 0 },
};
const moving: Submitted = {
  ...{ key: 'line-1', source: 'mercy', kind: 'rescheduleAppointment', line: 'line', turn: 1 },
  ...{ leaves: TRACE.visit(1, TEN, 'booked'), replaces: TRACE.visit(1, NINE, 'booked') },
  ...{ besides: [TRACE.visit(1, NINE, 'cancelled')], told: [SAVED], unanswered: 0 },
};
const told = (...answers: readonly Told[]): Submitted => ({ ...booking, told: [...answers] });

const row = (key: string, state: Row['state'] = 'CONFIRMED'): Row => ({
  ...{ id: `Write/${key}`, kind: 'bookAppointment', idempotencyKey: key, state, reason: null, target: null },
  ...{ error: state === 'REJECTED' ? { code: 'VENDOR_REJECTED' } : null, settledAt: null, warnings: [], attempts: [] },
});

const visit = (start: string, status: Appointment['status'] = 'booked', id = 7): Omit<Commit, 'number'> => ({
  ...{ at: start, call: 'POST Appointment', kind: 'created', type: 'Appointment', id },
  record: {
    ...{ id, patientId: 1, practitionerId: 2, type: { id: 1, name: '' }, start, minutes: 30, status },
    ...{ scheduledAt: start, changedAt: start },
  },
});
const slot: Omit<Commit, 'number'> = {
  ...{ at: NINE.start, call: 'POST /appointments/open', kind: 'created', type: 'Slot', id: 3 },
  record: { id: 3, practitionerId: 2, locationId: 1, start: NINE.start, minutes: 30, type: { id: 1, name: '' } },
};

const verdictOf = (submitted: readonly Submitted[], rows: readonly Row[], commits: readonly Omit<Commit, 'number'>[]) =>
  check({ submitted, rows, commits: { mercy: commits.map((one, i) => ({ ...one, number: i + 1 })) } });

const BOOKED = visit(NINE.start);
const MOVED = visit(TEN.start);
const both = [row('line-0'), row('line-1')];

describe('the checker of writes', () => {
  it.each([
    ['a booking that is there once', [booking], [row('line-0')], [BOOKED]],
    ['a slot that was opened for it', [booking], [row('line-0')], [slot, BOOKED]],
    ['one whose client was told to wait', [told(PENDING)], [row('line-0')], [BOOKED]],
    [
      'one that was refused, and is not there',
      [{ ...told(DENIED), mayGet: DENIED.code }],
      [row('line-0', 'REJECTED')],
      [],
    ],
    ['one that nobody was told of, and that is not there', [told()], [], []],
    ['the same record at another time', [booking, moving], both, [BOOKED, MOVED]],
    [
      'another record at another time, and the first one cancelled',
      ...([[booking, moving], both] as const),
      [BOOKED, visit(TEN.start, 'booked', 8), visit(NINE.start, 'cancelled')],
    ],
    ['a move that was refused', [booking, { ...moving, told: [] }], [row('line-0')], [BOOKED]],
  ] as const)('finds nothing wrong with %s', (_title, submitted, rows, commits) => {
    expect(verdictOf(submitted as never, rows, commits).findings).toEqual([]);
  });

  it.each([
    ['lost', 'a confirmed booking that is not there', [booking], [row('line-0')], []],
    ['lost', 'an acknowledged one that the journal does not know', [told(PENDING)], [], []],
    ['doubled', 'a booking that is there twice', [booking], [row('line-0')], [BOOKED, visit(NINE.start, 'booked', 8)]],
    ['doubled', 'a key with two rows', [booking], [row('line-0'), { ...row('line-0'), id: 'Write/2' }], [BOOKED]],
    [
      'doubled',
      'a key that two writes answer to',
      [told(SAVED, { ...SAVED, write: 'Write/2' })],
      [row('line-0')],
      [BOOKED],
    ],
    ['ghost', 'a visit that nobody asked for', [booking], [row('line-0')], [BOOKED, MOVED]],
    ['ghost', 'a refused one that is there', [told(DENIED)], [row('line-0', 'REJECTED')], [BOOKED]],
    ['ghost', 'one that was given up and is there', [told(PENDING)], [row('line-0', 'DEAD')], [BOOKED]],
    ['ghost', 'one that was never recorded and is there', [told()], [], [BOOKED]],
    ['ghost', 'a row that nobody asked for', [booking], [row('line-0'), row('another')], [BOOKED]],
    ['unsettled', 'one that is still on its way', [told(PENDING)], [row('line-0', 'IN_FLIGHT')], []],
    ['untrue', 'a client who was told of success', [booking], [row('line-0', 'IN_DOUBT')], []],
    ['refused', 'a refusal without reason', [told(DENIED)], [row('line-0', 'REJECTED')], []],
    ['refused', 'one that was given up', [told(PENDING)], [row('line-0', 'DEAD')], []],
    ['order', 'a move before its booking', [booking, moving], both, [MOVED, BOOKED]],
    [
      'final',
      'a second record that still holds the first time',
      [booking, moving],
      both,
      [BOOKED, visit(TEN.start, 'booked', 8)],
    ],
    [
      'final',
      'a booking that was cancelled by nobody',
      [booking, moving],
      [row('line-0')],
      [BOOKED, visit(NINE.start, 'cancelled')],
    ],
  ] as const)('calls %s %s', (fault, _title, submitted, rows, commits) => {
    const { findings } = verdictOf(submitted as never, rows, commits);
    expect(findings.map((one) => one.fault)).toContain(fault);
  });

  it('tells whether the vendor has what is in doubt, and counts it against its limit', () => {
    const doubtful = { ...row('line-0', 'IN_DOUBT'), reason: 'Nobody knows.' };
    const verdict = verdictOf([told(PENDING)], [doubtful], [BOOKED]);
    expect(verdict.inDoubt).toEqual([
      { key: 'line-0', kind: 'bookAppointment', reason: 'Nobody knows.', exists: true },
    ]);
    expect(verdict.findings).toEqual([]);
    expect([199, 200].map((writes) => faultsOf(verdict, writes).length)).toEqual([1, 0]);
  });

  it('counts open time that nobody was booked at', () => {
    expect(verdictOf([told()], [], [slot]).slotsLeft).toBe(1);
    expect(verdictOf([booking], [row('line-0')], [slot, BOOKED]).slotsLeft).toBe(0);
  });

  it('refuses to judge two writes that leave the same', () => {
    expect(() => verdictOf([booking, { ...booking, key: 'other-0' }], [], [])).toThrow('leave the same');
  });
});
