import { describe, expect, it } from 'vitest';
import { row } from '../fixture/vendor.ts';
import { type AppointmentContext, parseAppointmentKey, toAppointment, toAppointmentStatus } from './appointment.ts';

const context: AppointmentContext = {
  zone: 'America/Chicago',
  datedKeys: false,
  practitionerKey: '68',
  locationKey: '1',
};

const scheduled = {
  AppointmentID: '8801',
  patientID: '10001',
  Patient: 'Sampleton, Avery Q',
  ApptTime: '09:00',
  ApptTime2: '3/10/2025 9:00:00 AM',
  Duration: '15',
  Status: 'Pending',
  ProviderID: '68',
  LocationName: 'Demo Family Practice',
  SchedComment: 'Annual physical',
  Comment: 'Brings <b>films</b>',
  type: 'Office Visit',
};

const history = {
  Appointment_ID: '8801',
  Patient_ID: '10001',
  Appointment_DateTime: '3/10/2025 9:00:00 AM',
  Resource_ID: '7',
  Appointment_Type_ID: '2',
  Status: 'S',
  Duration: '15',
};

describe('a visit', () => {
  it('is read from a schedule', () => {
    expect(toAppointment(row(scheduled), context)).toMatchObject({
      key: '8801',
      externalId: '8801',
      patientKey: '10001',
      practitionerKey: '68',
      locationKey: '1',
      type: { codings: [], text: 'Office Visit' },
      start: '2025-03-10T14:00:00Z',
      end: '2025-03-10T14:15:00Z',
      minutes: 15,
      status: 'BOOKED',
      vendorStatus: 'Pending',
      reason: { codings: [], text: 'Annual physical' },
      note: 'Brings films',
    });
  });

  it('is read from a history, the same where both tell', () => {
    const one = toAppointment(row(scheduled), context);
    const other = toAppointment(row(history), { ...context, typeName: 'Office Visit' });
    for (const field of ['key', 'patientKey', 'start', 'end', 'minutes', 'status', 'vendorStatus', 'type'] as const)
      expect(other?.[field]).toEqual(one?.[field]);
  });

  it('has the id of its type while nothing names it', () => {
    expect(toAppointment(row(history), context)?.type).toEqual({ codings: [{ code: '2' }], text: null });
  });

  it('can have its date and time in two columns, as the guide maps them', () => {
    const { ApptTime2: _1, ApptTime: _2, ...rest } = scheduled;
    const cells = { ...rest, AppointmentDate: '03/10/2025', AppointmentTime: '09:00' };
    expect(toAppointment(row(cells), context)?.start).toBe('2025-03-10T14:00:00Z');
  });

  it.each([
    ['no id', { AppointmentID: '' }, '10001|68|2025-03-10|09%3A00%3A00', { date: '2025-03-10' }],
    ['an id of 0', { AppointmentID: '0' }, '10001|68|2025-03-10|09%3A00%3A00', { date: '2025-03-10' }],
    ['a schedule id', { AppointmentID: '', ScheduleId: '55' }, '55|2025-03-10', { date: '2025-03-10' }],
    ['an appointment id', {}, '8801', { id: '8801' }],
    ['an odd id', { AppointmentID: 'a|b' }, 'a%7Cb', { id: 'a|b' }],
  ])('with %s has a key that finds it again', (_, cells, key, parsed) => {
    expect(toAppointment(row({ ...scheduled, ...cells }), context)?.key).toBe(key);
    expect(parseAppointmentKey(key)).toEqual(parsed);
  });

  it('carries its day in the key where only a day can be asked for', () => {
    expect(toAppointment(row(scheduled), { ...context, datedKeys: true })?.key).toBe('8801|2025-03-10');
  });

  it.each(['55|someday', '55|2025-02-30', 'a|b|c', '', 'a|b|c|d|e', '%'])('is not found by the key %j', (key) => {
    expect(parseAppointmentKey(key)).toBeUndefined();
  });

  it.each([
    ['time that is blocked', { AppointmentID: '', patientID: '0' }],
    ['a visit that nothing tells apart', { AppointmentID: '', ApptTime2: 'soon', ApptTime: '' }],
  ])('is not made of %s', (_, cells) => {
    expect(toAppointment(row({ ...scheduled, ...cells }), context)).toBeUndefined();
  });

  it('says nothing of times that cannot be read', () => {
    const visit = toAppointment(row({ ...scheduled, ApptTime2: 'soon', Duration: 'long' }), context);
    expect(visit).toMatchObject({ start: null, end: null, minutes: null });
  });

  it('keeps comments from every column once', () => {
    const cells = { ...scheduled, Comment: 'one', SchedText: 'two', Appt_Comments: 'one' };
    expect(toAppointment(row(cells), context)?.note).toBe('one\ntwo');
  });
});

describe('a status', () => {
  it.each([
    ['S', 'BOOKED'],
    ['C', 'BOOKED'],
    ['A', 'BOOKED'],
    ['W', 'WAITLIST'],
    ['B', 'CANCELLED'],
    ['X', 'CANCELLED'],
    ['N', 'NO_SHOW'],
    ['K', 'ARRIVED'],
    ['O', 'FULFILLED'],
    ['Pending', 'BOOKED'],
    ['completed', 'FULFILLED'],
    ['Arrived', 'ARRIVED'],
    ['Checked In', 'CHECKED_IN'],
    ['Canceled', 'CANCELLED'],
    ['No Show', 'NO_SHOW'],
    ['R', 'UNMAPPED'],
    ['Rooming', 'UNMAPPED'],
    [undefined, 'UNMAPPED'],
  ])('%s is %s', (raw, expected) => {
    expect(toAppointmentStatus(raw)).toBe(expected);
  });

  it.each([
    ['S', 'Pending'],
    ['k', 'Arrived'],
    ['W', 'W'],
    ['R', 'R'],
    ['Completed', 'Completed'],
  ])('%s is shown as %s, as the EHR’s schedule shows it', (Status, vendorStatus) => {
    expect(toAppointment(row({ ...scheduled, Status }), context)).toMatchObject({ vendorStatus });
  });

  it('without a mapping keeps the vendor’s word', () => {
    expect(toAppointment(row({ ...scheduled, Status: 'Rooming' }), context)).toMatchObject({
      status: 'UNMAPPED',
      vendorStatus: 'Rooming',
    });
  });
});
