import { describe, expect, it } from 'vitest';
import { AppointmentPayload, SlotPayload } from '../payload/schedule.ts';
import { STATUS, toAppointment, toSlot } from './appointment.ts';
import { fromStamp } from './times.ts';

const ROW = {
  appointmentid: '1206002',
  appointmentstatus: 'f',
  date: '12/01/2025',
  starttime: '09:30',
  duration: 30,
  departmentid: 1,
  providerid: '71',
  patientid: '5001',
  appointmenttypeid: 82,
  appointmenttype: 'Office Visit 30',
  patientappointmenttypename: 'Office Visit',
  supervisingproviderid: 0,
  encounterid: '',
  lastmodified: '11/20/2025 13:01:49',
  scheduleddatetime: '11/20/2025 13:01:49',
  urgentyn: 'false',
  appointmentnotes: [
    { id: 1, text: 'Bring records' },
    { id: 2, text: '' },
    { id: 3, text: 'Needs interpreter' },
  ],
};
const mapped = (row: Readonly<Record<string, unknown>>, zone = 'America/New_York') =>
  toAppointment(AppointmentPayload.parse({ ...ROW, ...row }), zone);

describe('an appointment', () => {
  it('has every field of the guide’s table', () => {
    expect(mapped({})).toEqual({
      key: '1206002',
      externalId: '1206002',
      patientKey: '5001',
      practitionerKey: '71',
      locationKey: '1',
      type: { codings: [{ code: '82', display: 'Office Visit 30' }], text: 'Office Visit 30' },
      start: '2025-12-01T14:30:00Z',
      end: '2025-12-01T15:00:00Z',
      minutes: 30,
      status: 'BOOKED',
      vendorStatus: 'f',
      reason: null,
      note: 'Bring records\nNeeds interpreter',
      own: {
        patientTypeName: 'Office Visit',
        supervisingProviderId: undefined,
        encounterId: undefined,
        encounterStatus: undefined,
        encounterState: undefined,
        confirmationStatus: undefined,
        scheduledAt: '2025-11-20T18:01:49Z',
        checkInStartedAt: undefined,
        checkedInAt: undefined,
        checkedOutAt: undefined,
        cancelledAt: undefined,
        cancelReason: undefined,
        rescheduledAppointmentId: undefined,
        urgent: false,
      },
    });
  });

  it.each([
    { zone: 'America/New_York', date: '12/01/2025', time: '09:30', start: '2025-12-01T14:30:00Z' },
    { zone: 'America/Chicago', date: '12/01/2025', time: '09:30', start: '2025-12-01T15:30:00Z' },
    { zone: 'America/Phoenix', date: '07/01/2025', time: '09:30', start: '2025-07-01T16:30:00Z' },
    { zone: 'America/New_York', date: '07/01/2025', time: '9:30', start: '2025-07-01T13:30:00Z' },
    { zone: 'America/New_York', date: '03/09/2025', time: '02:30', start: '2025-03-09T07:30:00Z' },
    { zone: 'America/New_York', date: '11/02/2025', time: '01:30', start: '2025-11-02T05:30:00Z' },
    { zone: 'America/New_York', date: '12/31/2025', time: '23:45', start: '2026-01-01T04:45:00Z' },
    { zone: 'America/New_York', date: '12/01/2025', time: '24:30', start: null },
    { zone: 'America/New_York', date: '13/01/2025', time: '09:30', start: null },
  ])('at $time on $date in $zone starts at $start', ({ zone, date, time, start }) => {
    expect(mapped({ date, starttime: time }, zone).start).toBe(start);
  });

  it.each([
    { row: { appointmentstatus: 'f' }, status: 'BOOKED' },
    { row: { appointmentstatus: 'F' }, status: 'BOOKED' },
    { row: { appointmentstatus: 'f', startcheckin: '12/01/2025 09:20:00' }, status: 'ARRIVED' },
    { row: { appointmentstatus: 2 }, status: 'CHECKED_IN' },
    { row: { appointmentstatus: '3' }, status: 'FULFILLED' },
    { row: { appointmentstatus: '4' }, status: 'FULFILLED' },
    { row: { appointmentstatus: 'x', cancelreasonnoshow: false }, status: 'CANCELLED' },
    { row: { appointmentstatus: 'x', cancelreasonnoshow: 'true' }, status: 'NO_SHOW' },
    { row: { appointmentstatus: 'x', rescheduledappointmentid: 1206010 }, status: 'CANCELLED' },
    { row: { appointmentstatus: 'z' }, status: 'UNMAPPED' },
    { row: { appointmentstatus: undefined }, status: 'UNMAPPED' },
  ])('with $row is $status', ({ row, status }) => {
    const appointment = mapped(row);
    const word = row.appointmentstatus === undefined ? null : String(row.appointmentstatus);
    expect(appointment).toMatchObject({ status, vendorStatus: word });
  });

  it('that was moved names the one in its place', () => {
    expect(mapped({ appointmentstatus: 'x', rescheduledappointmentid: 1206010 }).own?.rescheduledAppointmentId).toBe(
      '1206010',
    );
  });

  it.each([
    { row: { appointmentnotes: [] }, note: null },
    { row: { appointmentnotes: undefined }, note: null },
    { row: { appointmentnotes: undefined, note: 'By the guide' }, note: 'By the guide' },
  ])('with the notes $row has the note $note', ({ row, note }) => {
    expect(mapped(row).note).toBe(note);
  });

  it('has the reason that the guide’s dialect gives', () => {
    expect(mapped({ reason: 'Cough' }).reason).toEqual({ codings: [], text: 'Cough' });
  });

  it.each([
    { duration: undefined, end: null, minutes: null },
    { duration: '45', end: '2025-12-01T15:15:00Z', minutes: 45 },
  ])('of $duration minutes ends at $end', ({ duration, end, minutes }) => {
    expect(mapped({ duration })).toMatchObject({ end, minutes });
  });

  it('tells when it was checked in and out', () => {
    const row = { checkindatetime: '10/14/2025 09:05:31', checkoutdatetime: '10/14/2025 09:48:00' };
    expect(mapped(row).own).toMatchObject({
      checkedInAt: '2025-10-14T13:05:31Z',
      checkedOutAt: '2025-10-14T13:48:00Z',
    });
  });

  it('has a code for every status that athenaNet can be told', () => {
    expect(['BOOKED', 'CHECKED_IN', 'FULFILLED', 'CANCELLED'].map((status) => STATUS.from(status as 'BOOKED'))).toEqual(
      ['f', '2', '3', 'x'],
    );
  });
});

describe('a slot', () => {
  const slot = (row: Readonly<Record<string, unknown>>) =>
    toSlot(
      SlotPayload.parse({ ...ROW, appointmentstatus: undefined, patientid: undefined, ...row }),
      'America/Chicago',
    );

  it('lasts as long as its type', () => {
    expect(slot({ appointmentid: 1206002 })).toEqual({
      key: '1206002',
      externalId: '1206002',
      practitionerKey: '71',
      locationKey: '1',
      start: '2025-12-01T15:30:00Z',
      end: '2025-12-01T16:00:00Z',
      types: [{ codings: [{ code: '82', display: 'Office Visit 30' }], text: 'Office Visit 30' }],
      own: { patientTypeName: 'Office Visit' },
    });
  });

  it.each([{ duration: undefined }, { starttime: '' }, { date: 'soon' }])('is none with %o', (row) => {
    expect(slot(row)).toBeUndefined();
  });
});

describe('times without a zone', () => {
  it.each([
    { raw: '11/20/2025 13:01:49', instant: '2025-11-20T18:01:49Z' },
    { raw: '07/20/2025 13:01', instant: '2025-07-20T17:01:00Z' },
    { raw: '2025-11-13T09:19:09-05:00', instant: '2025-11-13T14:19:09Z' },
    { raw: '11/20/2025', instant: undefined },
    { raw: 'yesterday', instant: undefined },
    { raw: '11/20/2025 25:01:49', instant: undefined },
    { raw: undefined, instant: undefined },
  ])('"$raw" is $instant', ({ raw, instant }) => {
    expect(fromStamp(raw)).toBe(instant);
  });
});
