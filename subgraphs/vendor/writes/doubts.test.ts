import { describe, expect, it } from 'vitest';
import type { AppointmentStatus, ErrorCode } from '../../../schema/enums.ts';
import { recordId } from '../../../schema/ids.ts';
import { desks } from './fixture/desks.ts';
import { BOOKING, CREATION, PULSE, person, pulse, START, visit } from './fixture/plain.ts';

const { deskOpen, deskWith } = desks();

describe('a write whose answer was lost', () => {
  it.each<[ErrorCode]>([['FORBIDDEN'], ['VENDOR_REJECTED'], ['NOT_FOUND'], ['VALIDATION'], ['UNSUPPORTED_BY_VENDOR']])(
    'is in doubt, and not refused, when the vendor answers %s to whoever looks',
    async (code) => {
      const desk = deskOpen();
      desk.office.fates.push('lost after');
      desk.office.after = () => {
        desk.office.fails = () => code;
      };
      expect(await desk.write('bookAppointment', BOOKING)).toMatchObject({ state: 'IN_DOUBT' });
      expect(desk.office.sent).toEqual(['book']);
    },
  );

  it('is in doubt when the record that it changes is there no more', async () => {
    const desk = deskOpen();
    desk.office.appointments.set('1', visit('1'));
    desk.office.fates.push('lost after');
    desk.office.after = () => desk.office.appointments.delete('1');
    expect(await desk.write('cancelAppointment', { key: '1' })).toMatchObject({ state: 'IN_DOUBT' });
  });

  it.each<['off' | 'shadow', 'lost after' | 'lost before', object]>([
    ['off', 'lost after', { state: 'CONFIRMED', target: expect.stringMatching(/Appointment.1$/) }],
    ['off', 'lost before', { state: 'REJECTED', outcome: { code: 'FORBIDDEN' } }],
    ['shadow', 'lost after', { state: 'CONFIRMED' }],
    ['shadow', 'lost before', { state: 'DISCARDED', outcome: { kind: 'planned' } }],
  ])('is still looked up when writes are %s by then (%s)', async (writes, fate, outcome) => {
    const desk = deskWith();
    const carrier = desk.open({ times: { settleMs: 400 } });
    desk.office.fates.push(fate);
    desk.office.after = () => {
      desk.office.fails = () => 'SOURCE_UNAVAILABLE';
    };
    const write = await desk.submit('bookAppointment', BOOKING);
    await desk.waiting(write);
    await carrier.close();
    desk.office.fails = () => undefined;
    desk.open({ writes });
    expect(await desk.settled(write)).toMatchObject(outcome);
    expect(desk.office.sent).toEqual(['book']);
  });

  it.each<[AppointmentStatus]>([['ARRIVED'], ['CHECKED_IN'], ['FULFILLED']])(
    'is found though the visit is %s by then',
    async (status) => {
      const desk = deskOpen();
      desk.office.fates.push('lost after');
      desk.office.after = () => desk.office.appointments.set('1', visit('1', { status }));
      expect(await desk.write('bookAppointment', BOOKING)).toMatchObject({
        state: 'CONFIRMED',
        target: recordId(desk.source, 'Appointment', '1'),
      });
      expect(desk.office.sent).toEqual(['book']);
    },
  );

  it('is in doubt when more of its kind are there than were looked through', async () => {
    const desk = deskOpen();
    for (let i = 0; i < 101; i++) desk.office.observations.set(`old ${i}`, pulse(`old ${i}`, '60'));
    desk.office.fates.push('lost after');
    expect(await desk.write('recordObservation', PULSE)).toMatchObject({ state: 'IN_DOUBT' });
    expect(desk.office.sent).toEqual(['record']);
  });

  it('is sent again when a full page shows that it is not there', async () => {
    const desk = deskOpen();
    for (let i = 0; i < 99; i++) desk.office.observations.set(`old ${i}`, pulse(`old ${i}`, '60'));
    desk.office.fates.push('lost before');
    expect(await desk.write('recordObservation', PULSE)).toMatchObject({ state: 'CONFIRMED' });
    expect(desk.office.sent).toEqual(['record', 'record']);
  });

  it('is not made a second person of a common name', async () => {
    const desk = deskOpen();
    for (let i = 0; i < 25; i++) desk.office.patients.set(`old ${i}`, person(`old ${i}`, { firstName: `Eve ${i}` }));
    desk.office.fates.push('lost after');
    expect(await desk.write('createPatient', CREATION)).toMatchObject({ state: 'IN_DOUBT' });
    expect(desk.office.sent).toEqual(['create']);
  });

  it('is not made a second person whom the vendor writes otherwise', async () => {
    const desk = deskOpen();
    desk.office.fates.push('lost after');
    desk.office.after = () => desk.office.patients.set('1', person('1', { firstName: 'Ada King' }));
    expect(await desk.write('createPatient', CREATION)).toMatchObject({
      state: 'IN_DOUBT',
      outcome: { candidates: ['1'] },
    });
    expect(desk.office.sent).toEqual(['create']);
  });

  it('is not sent over what somebody else has changed since the version that it was meant for', async () => {
    const desk = deskOpen();
    desk.office.patients.set('1', person('1', { version: { versionId: '1' } as never }));
    desk.office.fates.push('lost before');
    desk.office.after = () =>
      desk.office.patients.set('1', person('1', { email: 'desk@example.org', version: { versionId: '2' } as never }));
    const row = await desk.write('updatePatient', {
      key: '1',
      ifVersion: '1',
      patient: { email: 'x@example.org' },
      clear: [],
    });
    expect(row).toMatchObject({ state: 'IN_DOUBT' });
    expect(desk.office.patients.get('1')?.email).toBe('desk@example.org');
  });

  it('is in doubt when what is sent again is refused, and nobody can tell whether the first one was why', async () => {
    const desk = deskOpen();
    desk.office.fates.push('lost before', 'SLOT_TAKEN');
    let sent = 0;
    desk.office.after = () => {
      sent += 1;
      if (sent === 2) for (const key of ['1', '2']) desk.office.appointments.set(key, visit(key));
    };
    expect(await desk.write('bookAppointment', BOOKING)).toMatchObject({
      state: 'IN_DOUBT',
      outcome: { candidates: ['1', '2'] },
    });
  });

  it('is sent again when the version that it was meant for still stands', async () => {
    const desk = deskOpen();
    desk.office.patients.set('1', person('1', { version: { versionId: '1' } as never }));
    desk.office.fates.push('lost before');
    const row = await desk.write('updatePatient', {
      key: '1',
      ifVersion: '1',
      patient: { email: 'x@example.org' },
      clear: [],
    });
    expect(row).toMatchObject({ state: 'CONFIRMED' });
  });

  it.each<[AppointmentStatus]>([['CANCELLED'], ['NO_SHOW'], ['CHECKED_IN']])(
    'does not bring back a visit that was %s meanwhile',
    async (status) => {
      const desk = deskOpen();
      desk.office.appointments.set('1', visit('1'));
      desk.office.fates.push('lost before');
      desk.office.after = () => desk.office.appointments.set('1', visit('1', { status }));
      const row = await desk.write('rescheduleAppointment', { key: '1', start: '2027-01-19T15:00:00Z' });
      expect(row.state).toMatch(/IN_DOUBT|REJECTED/);
      expect(desk.office.sent).toEqual(['move']);
      expect(desk.office.appointments.get('1')).toMatchObject({ start: START, status });
    },
  );

  it('is not taken for another visit of the patient at the same time', async () => {
    const desk = deskOpen();
    const start = '2027-01-19T15:00:00Z';
    desk.office.appointments.set('1', visit('1'));
    desk.office.appointments.set('2', visit('2', { start }));
    desk.office.fates.push('lost before');
    expect(await desk.write('rescheduleAppointment', { key: '1', start })).toMatchObject({
      state: 'CONFIRMED',
      target: recordId(desk.source, 'Appointment', '1'),
    });
    expect(desk.office.appointments.get('1')).toMatchObject({ start });
  });
});
