import { expect, it } from 'vitest';
import { practiceOf } from './athenanet/fixture.ts';
import { type Cause, causeOf, type Happening } from './happenings.ts';
import { startSandbox } from './index.ts';
import { Ledger } from './ledger.ts';
import type { Appointment } from './practice.ts';

const NOW = '2025-11-20T15:00:00.000Z';
const VISIT: Appointment = {
  id: 1,
  patientId: 5001,
  practitionerId: 71,
  locationId: 1,
  type: { id: 5, name: 'Office Visit' },
  start: '2025-11-24T15:00:00Z',
  minutes: 30,
  status: 'booked',
  scheduledAt: NOW,
  changedAt: NOW,
};

it.each([
  [{ start: '2025-11-25T15:00:00Z' }, 'reschedule'],
  [{ minutes: 45 }, 'reschedule'],
  [{ practitionerId: 72 }, 'reschedule'],
  [{ locationId: 2 }, 'reschedule'],
  [{ status: 'cancelled' }, 'cancel'],
  [{ status: 'cancelled', start: '2025-11-25T15:00:00Z' }, 'cancel'],
  [{ status: 'noshow' }, 'no-show'],
  [{ status: 'arrived' }, 'check-in'],
  [{ status: 'checked-in' }, 'check-in'],
  [{ status: 'fulfilled' }, 'check-out'],
  [{ note: 'Bring films' }, 'update'],
] as const satisfies readonly (readonly [Partial<Appointment>, Cause])[])(
  'reads a booked visit’s change to %j as %s',
  (set, cause) => {
    expect(causeOf(VISIT, { ...VISIT, ...set })).toBe(cause);
  },
);

it.each([
  ['arrived', 'update'],
  ['cancelled', 'schedule'],
  ['noshow', 'schedule'],
] as const)('reads a visit that was %s and is booked again as %s', (status, cause) => {
  expect(causeOf({ ...VISIT, status }, VISIT)).toBe(cause);
});

it('tells every commit once it is written down, with the record before and after', () => {
  const ledger = new Ledger({ practice: practiceOf(), now: () => Date.parse(NOW) });
  const heard: (readonly [commits: number, happening: Happening])[] = [];
  const stop = ledger.happenings.on((happening) => heard.push([ledger.commits.length, happening]));
  const { id, scheduledAt: _, changedAt: __, ...draft } = VISIT;
  ledger.book('call', draft, false, id);
  ledger.changeAppointment('call', id, { status: 'cancelled' });
  ledger.closeSlot('call', 3);
  stop();
  ledger.openSlot('call', { practitionerId: 71, locationId: 1, start: NOW, minutes: 30, type: VISIT.type });
  expect(heard).toMatchObject([
    [1, { number: 1, at: NOW, by: 'client', kind: 'created', type: 'Appointment', id, cause: 'schedule' }],
    [2, { kind: 'updated', cause: 'cancel', before: { status: 'booked' }, record: { status: 'cancelled' } }],
    [3, { number: 3, kind: 'deleted', type: 'Slot', id: 3 }],
  ]);
  expect(ledger.happenings.all.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});

it('tells what the practice itself changes', async () => {
  const sandbox = await startSandbox({ now: NOW });
  try {
    const { patients, practitioners } = sandbox.practices.athenanet;
    const [patient, practitioner] = [patients[0]?.id ?? 0, practitioners[0]?.id ?? 0];
    sandbox.change('athenanet', 'Patient', patient, { homePhone: '5555550199' });
    sandbox.change('athenanet', 'Practitioner', practitioner, { last: 'Newname' });
    expect(sandbox.happenings('athenanet')).toMatchObject([
      { by: 'practice', type: 'Patient', id: patient, record: { homePhone: '5555550199' } },
      { by: 'practice', type: 'Practitioner', id: practitioner, record: { last: 'Newname' } },
    ]);
  } finally {
    await sandbox.close();
  }
});
