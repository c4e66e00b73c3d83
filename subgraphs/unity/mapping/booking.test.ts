import { describe, expect, it } from 'vitest';
import { guideParameters } from '../actions.ts';
import { row } from '../fixture/vendor.ts';
import { letterOf, toAppointment, toAppointmentStatus } from './appointment.ts';
import { bookingForm, commentsOf, fitsSlot, guideBooking, placeOf } from './booking.ts';

const zone = 'America/Chicago';
const context = { zone, datedKeys: false };

const booking = {
  id: '8844',
  patient: '10001',
  resource: '7',
  start: '2025-06-15T14:00:00Z',
  minutes: 30,
  type: '2',
  location: '1',
  comments: 'Annual physical',
};

describe('a visit to be booked', () => {
  it('has the elements of the vendor’s sample, in their order, on the practice’s clock', () => {
    const { id: _, ...fresh } = booking;
    expect(Object.entries(bookingForm(fresh, zone))).toEqual([
      ['Patient_ID', '10001'],
      ['Resource_ID', '7'],
      ['Appointment_Date', '06/15/2025'],
      ['Appointment_Time', '09:00'],
      ['Duration', '30'],
      ['Appointment_Type_ID', '2'],
      ['Scheduling_Location_ID', '1'],
      ['Comments', 'Annual physical'],
    ]);
  });

  it('comes back the same in the columns in which it is read', () => {
    const { Appointment_Date = '', Appointment_Time = '', Comments = '', ...same } = bookingForm(booking, zone);
    const read = row({
      ...same,
      Appointment_DateTime: `${Appointment_Date} ${Appointment_Time}`,
      SchedComment: Comments,
    });
    expect(toAppointment(read, context)).toMatchObject({
      key: '8844',
      patientKey: '10001',
      start: booking.start,
      minutes: 30,
      type: { codings: [{ code: '2' }] },
      reason: { text: 'Annual physical' },
    });
  });

  it('is only what is given', () => {
    expect(Object.keys(bookingForm({ patient: '1', start: booking.start }, zone))).toEqual([
      'Patient_ID',
      'Appointment_Date',
      'Appointment_Time',
    ]);
  });

  it.each([
    [{}, undefined],
    [{ reason: 'a' }, 'a'],
    [{ note: 'b' }, 'b'],
    [{ reason: 'a', note: 'b' }, 'a; b'],
  ])('has %j in one comment', (input, expected) => {
    expect(commentsOf(input)).toBe(expected);
  });

  it('has the guide’s names and values', () => {
    const visit = { patient: '12345', practitioner: '54321', start: '2023-06-15T14:00:00Z', minutes: 30 };
    expect(guideParameters('SaveAppointment', guideBooking({ ...visit, reason: 'PHYSICAL' }, zone))).toEqual([
      ['PatientID', '12345'],
      ['ProviderID', '54321'],
      ['AppointmentDate', '06/15/2023'],
      ['AppointmentTime', '09:00'],
      ['Duration', '30'],
      ['ReasonCode', 'PHYSICAL'],
    ]);
  });

  it('comes back the same by the guide’s names', () => {
    const visit = { patient: '12345', practitioner: '68', start: '2025-11-02T16:30:00Z', minutes: 45 };
    const names = Object.fromEntries(guideParameters('SaveAppointment', guideBooking(visit, zone)) ?? []);
    expect(toAppointment(row({ ...names, AppointmentID: '1' }), context)).toMatchObject({
      patientKey: '12345',
      start: '2025-11-02T16:30:00Z',
      minutes: 45,
    });
  });
});

describe('a slot', () => {
  const slot = 'CLARKE|1|2025-06-13|540|60';

  it.each([
    [{ slot }, { start: '2025-06-13T14:00:00Z', minutes: 60, location: '1', resource: 'CLARKE' }],
    [
      { slot, minutes: 20 },
      { start: '2025-06-13T14:00:00Z', minutes: 20 },
    ],
    [
      { slot, start: '2025-06-13T14:30:00Z' },
      { start: '2025-06-13T14:30:00Z', minutes: undefined },
    ],
    [{ slot, location: '2' }, { location: '2' }],
    [
      { start: '2025-06-13T14:30:00Z', location: '2' },
      { start: '2025-06-13T14:30:00Z', location: '2' },
    ],
  ])('tells what %j leaves open', (wanted, expected) => {
    expect(placeOf(wanted, zone)).toMatchObject(expected);
  });

  it.each([
    [{ slot }, true],
    [{ slot, minutes: 61 }, false],
    [{ slot, start: '2025-06-13T14:30:00Z', minutes: 30 }, true],
    [{ slot, start: '2025-06-13T14:30:00Z', minutes: 31 }, false],
    [{ slot, start: '2025-06-13T14:59:00Z' }, true],
    [{ slot, start: '2025-06-13T15:00:00Z' }, false],
    [{ slot, start: '2025-06-13T13:59:00Z' }, false],
    [{ slot: 'x' }, false],
    [{ start: '2025-06-13T13:59:00Z' }, true],
  ])('holds %j: %s', (wanted, fits) => {
    expect(fitsSlot(wanted, zone)).toBe(fits);
  });
});

describe('a state to be set', () => {
  it.each([
    ['CANCELLED', 'X'],
    ['ARRIVED', 'K'],
    ['NO_SHOW', 'N'],
  ] as const)('%s has the letter %s, which is read as that state', (status, letter) => {
    expect(letterOf(status)).toBe(letter);
    expect(toAppointmentStatus(letter)).toBe(status);
  });
});
