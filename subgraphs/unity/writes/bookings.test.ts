import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { ALL, currentOf, read, sent, world } from '../../../test/unity/appointments.ts';
import { NOW } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { itemsOf, window } from '../fixture/world.ts';
import { attempt, carryOut, refusedPaths, writerOf } from '../fixture/writing.ts';

const BOOKING: Commands['bookAppointment'] = {
  patient: '11',
  practitioner: '68',
  location: '1',
  type: 'office visit',
  start: '2025-06-13T14:00:00Z',
  minutes: 30,
  reason: 'Knee & "hip" <both>',
};

describe('an appointment', () => {
  it('is booked by practitioner and time, in one request, and reads back as it was meant', async () => {
    const { connector, commits, bodies } = await world();
    const one = attempt();
    const { key } = await carryOut(connector, 'bookAppointment', BOOKING, one);
    expect(one.departed).toEqual(['Magic SaveAppointment']);
    expect(commits).toHaveLength(1);
    expect(await read(connector, key)).toMatchObject({
      patientKey: '11',
      practitionerKey: '68',
      locationKey: '1',
      type: { text: 'Office Visit' },
      start: '2025-06-13T14:00:00Z',
      minutes: 30,
      status: 'BOOKED',
      reason: { text: 'Knee & "hip" <both>' },
    });
    const request = sent(bodies, 'SaveAppointment');
    expect(request).toContain(
      '<Appointment_Date>06/13/2025</Appointment_Date><Appointment_Time>09:00</Appointment_Time>',
    );
    expect(request).toContain('<Resource_ID>568</Resource_ID>');
  });

  it('is booked by a slot, whole or in part', async () => {
    const { connector } = await world();
    const [slot] = await connector.slots(
      { from: '2025-06-13T05:00:00Z', to: '2025-06-14T05:00:00Z', practitioners: ['71'] },
      operation(() => NOW),
    );
    const whole = await carryOut(connector, 'bookAppointment', { patient: '11', slot: slot?.record.key ?? '' });
    expect(await read(connector, whole.key)).toMatchObject({
      practitionerKey: '71',
      locationKey: '2',
      start: '2025-06-13T18:00:00Z',
      minutes: 30,
    });
    const [long] = await connector.slots(
      { from: '2025-06-13T05:00:00Z', to: '2025-06-14T05:00:00Z', practitioners: ['68'] },
      operation(() => NOW),
    );
    const part = { patient: '11', slot: long?.record.key ?? '', start: '2025-06-13T14:20:00Z', minutes: 20 };
    const { key } = await carryOut(connector, 'bookAppointment', part);
    expect(await read(connector, key)).toMatchObject({ start: '2025-06-13T14:20:00Z', minutes: 20, locationKey: '1' });
  });

  it('has reason and note in the one comment that the vendor keeps, and says so beforehand', async () => {
    const { connector } = await world();
    const input = { ...BOOKING, reason: 'Knee', note: 'Brings a walker' };
    const meant = writerOf(connector, 'bookAppointment').meant?.(input);
    expect(meant).toMatchObject({ reason: 'Knee; Brings a walker' });
    expect(meant).not.toHaveProperty('note');
    const { key } = await carryOut(connector, 'bookAppointment', input);
    expect(await read(connector, key)).toMatchObject({ reason: { text: meant?.reason }, note: null });
  });

  it('that is moved stays the same one, with what was not changed', async () => {
    const { connector, commits } = await world();
    const { key } = await carryOut(connector, 'bookAppointment', BOOKING);
    const current = await currentOf(connector, key);
    const move = { key, start: '2025-06-17T15:30:00Z', practitioner: '71' };
    expect(await carryOut(connector, 'rescheduleAppointment', move, attempt(current))).toEqual({ key });
    expect(await read(connector, key)).toMatchObject({
      start: '2025-06-17T15:30:00Z',
      practitionerKey: '71',
      patientKey: '11',
      minutes: 30,
      reason: { text: BOOKING.reason },
      status: 'BOOKED',
    });
    expect(commits.map(({ kind }) => kind)).toEqual(['created', 'updated']);
    const [page] = await connector.patientAppointments(
      [{ patient: '11', filter: { from: '2025-06-13T00:00:00Z', to: '2025-06-20T00:00:00Z' }, window: window() }],
      operation(() => NOW),
    );
    expect(itemsOf(page)).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it.each([
    ['taken time', { start: '2025-06-12T14:00:00Z' }, 'SLOT_TAKEN'],
    ['time that is taken in part', { start: '2025-06-12T13:50:00Z' }, 'SLOT_TAKEN'],
    ['a patient who is not there', { patient: '999' }, 'VALIDATION'],
    ['a practitioner who is not there', { practitioner: '999' }, 'VALIDATION'],
    ['a type that is not there', { type: 'Surgery' }, 'VALIDATION'],
    ['a place that is not there', { location: '99' }, 'VALIDATION'],
  ])('by the vendor is told as it is: %s', async (_, more, code) => {
    const { connector, commits } = await world();
    await expect(carryOut(connector, 'bookAppointment', { ...BOOKING, ...more })).rejects.toMatchObject({ code });
    expect(commits).toEqual([]);
  });

  it.each([
    ['patient', { patient: '999' }],
    ['location', { location: '99' }],
    ['practitioner', { practitioner: '999' }],
    ['type', { type: 'Surgery' }],
  ])('by the vendor at %s is told there', async (path, more) => {
    const { connector } = await world();
    await expect(carryOut(connector, 'bookAppointment', { ...BOOKING, ...more })).rejects.toMatchObject({
      issues: [{ path: [path] }],
    });
  });

  it('is a move into taken time, and the appointment stays where it was', async () => {
    const { connector } = await world();
    const input = { key: '101', start: '2025-06-12T14:20:00Z' };
    const current = attempt(await currentOf(connector, '101'));
    await expect(carryOut(connector, 'rescheduleAppointment', input, current)).rejects.toMatchObject({
      code: 'SLOT_TAKEN',
    });
    expect(await read(connector, '101')).toMatchObject({ start: '2025-06-12T14:00:00Z' });
  });

  it.each<[string, Partial<Commands['bookAppointment']>, readonly string[]]>([
    ['seconds', { start: '2025-06-13T14:00:30Z' }, ['start']],
    ['an hour that comes twice, the second time', { start: '2025-11-02T07:30:00Z' }, ['start']],
    ['an hour that comes twice, the first time', { start: '2025-11-02T06:30:00Z' }, []],
    ['a place that Practice Management does not have', { location: 'site:001' }, ['location']],
    ['a key of no slot', { slot: 'nonsense' }, ['slot']],
    ['a time outside the slot', { slot: 'CLARKE|1|2025-06-13|540|60' }, []],
    ['a time before the slot', { slot: 'CLARKE|1|2025-06-13|600|60' }, ['start']],
    ['a time that is longer than the slot', { slot: 'CLARKE|1|2025-06-13|540|15' }, ['start']],
    ['a control character', { reason: 'a\u0007b' }, ['reason']],
    ['a line break', { reason: 'a\nb' }, []],
  ])('without asking the vendor: %s', async (_, more, paths) => {
    const { connector, simulator } = await world();
    const before = simulator.calls.length;
    expect(refusedPaths(connector, { kind: 'bookAppointment', input: { ...BOOKING, ...more } })).toEqual(paths);
    expect(simulator.calls.length).toBe(before);
  });
});

describe('an answer that is lost', () => {
  it.each([
    [{ kind: 'lose', match: 'Magic SaveAppointment' }, 'SOURCE_UNAVAILABLE', 1],
    [{ kind: 'lose', match: 'Magic SaveAppointment', how: 'hang' }, 'TIMEOUT', 1],
    [{ kind: 'lose', match: 'Magic SaveAppointment', how: 'status' }, 'SOURCE_UNAVAILABLE', 1],
    [{ kind: 'truncate', match: 'Magic SaveAppointment' }, 'SOURCE_UNAVAILABLE', 1],
    [{ kind: 'body', match: 'Magic SaveAppointment', body: '<html/>' }, 'BAD_VENDOR_ANSWER', 0],
    [{ kind: 'status', match: 'Magic SaveAppointment', status: 500 }, 'SOURCE_UNAVAILABLE', 0],
  ] as const)('is told as not sure, and nothing is sent twice: %j', async (fault, code, committed) => {
    const { connector, simulator, commits } = await world();
    simulator.fault(fault);
    const one = attempt();
    await expect(carryOut(connector, 'bookAppointment', BOOKING, one)).rejects.toMatchObject({ code });
    expect(one.departed).toEqual(['Magic SaveAppointment']);
    expect(commits).toHaveLength(committed);
  });

  it('does not keep what was booked from being seen by its natural key', async () => {
    const { connector, simulator, upstream } = await world();
    const filter = { from: BOOKING.start ?? '', to: '2025-06-13T14:01:00Z' };
    const list = async () =>
      itemsOf(
        (
          await connector.patientAppointments([{ patient: '11', filter, window: window(ALL) }], attempt().sending.call)
        )[0],
      );
    expect(await list()).toEqual([]);
    simulator.fault({ kind: 'lose', match: 'Magic SaveAppointment', times: 1 });
    await carryOut(connector, 'bookAppointment', BOOKING).catch(() => undefined);
    await upstream.cache.changed({ type: 'Appointment', key: '', patient: '11' });
    expect(await list()).toMatchObject([{ record: { practitionerKey: '68', start: BOOKING.start, minutes: 30 } }]);
  });

  it('of a session that ended is none: the call did not run, and is sent again', async () => {
    const { connector, simulator, commits } = await world();
    const one = attempt();
    simulator.fault({ kind: 'expire-token', match: 'Magic SaveAppointment', times: 1 });
    await carryOut(connector, 'bookAppointment', BOOKING, one);
    expect(one.departed).toEqual(['Magic SaveAppointment', 'Magic SaveAppointment']);
    expect(commits).toHaveLength(1);
  });

  it('does not happen to what could not be written down: it is not sent', async () => {
    const { connector, commits, simulator } = await world();
    const one = attempt();
    one.forbid();
    await expect(carryOut(connector, 'bookAppointment', BOOKING, one)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(simulator.calls).not.toContain('Magic SaveAppointment');
    expect(commits).toEqual([]);
  });
});

describe('a plan', () => {
  it('shows what would be sent, people masked, and asks nobody', async () => {
    const { connector, simulator } = await world();
    const [call] = writerOf(connector, 'bookAppointment').plan(BOOKING);
    expect(call).toEqual({
      vendorCall: 'Magic SaveAppointment',
      fields: [
        { name: 'Patient_ID', value: '***' },
        { name: 'Resource_ID', value: '(looked up)' },
        { name: 'Appointment_Date', value: '06/13/2025' },
        { name: 'Appointment_Time', value: '09:00' },
        { name: 'Duration', value: '30' },
        { name: 'Appointment_Type_ID', value: '(looked up)' },
        { name: 'Scheduling_Location_ID', value: '1' },
        { name: 'Comments', value: '***' },
      ],
    });
    expect(simulator.calls).toEqual([]);
  });
});
