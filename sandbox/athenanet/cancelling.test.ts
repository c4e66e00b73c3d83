import { afterEach, describe, expect, it } from 'vitest';
import { ALL, bodyOf, type Fields, openAnother, openIds, type Row, SLOT, VISIT } from './booking-fixture.ts';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

describe('cancelling', () => {
  it.each([
    [{}, { cancelreasonnoshow: false, cancelreasonslotavailable: true }],
    [{ cancellationreason: 'Going "away" & ü' }, { cancelreasonname: 'Going "away" & ü', cancelreasonnoshow: false }],
    [
      { appointmentcancelreasonid: '4', cancellationreason: 'Patient request' },
      { cancelreasonid: '4', cancelreasonname: 'PATIENT CANCELLED', cancelreasonnoshow: false },
    ],
    [
      { appointmentcancelreasonid: '5' },
      {
        cancelreasonid: '5',
        cancelreasonname: 'PATIENT NO SHOW',
        cancelreasonnoshow: true,
        cancelreasonslotavailable: false,
      },
    ],
  ])('with %j leaves one appointment that reads %j', async (fields, columns) => {
    const { write, read, simulator } = await caller();
    const before = await read('/appointmentcancelreasons');
    await bodyOf(write('PUT', `/appointments/${SLOT}`, VISIT));
    expect(await bodyOf(write('PUT', `/appointments/${SLOT}/cancel`, { patientid: '5001', ...fields }))).toEqual({
      status: 'x',
    });
    expect(await read(`/appointments/${SLOT}`)).toMatchObject([
      { appointmentid: SLOT, appointmentstatus: 'x', cancelledby: 'API-00000', ...columns },
    ]);
    expect(await read('/appointmentcancelreasons')).toEqual(before);
    expect(simulator.commits.map(({ kind, type, call }) => [kind, type, call])).toEqual([
      ['created', 'Appointment', 'PUT /appointments/{id}'],
      ['updated', 'Appointment', 'PUT /appointments/{id}/cancel'],
    ]);
  });

  it('opens the time again under a new number, which can be booked; a no-show does not', async () => {
    const one = await caller();
    await bodyOf(one.write('PUT', `/appointments/${SLOT}`, VISIT));
    await bodyOf(one.write('PUT', `/appointments/${SLOT}/cancel`, { patientid: '5001' }));
    expect(await openIds(one)).toEqual([1000002, 1001000001]);
    expect(await bodyOf(one.write('PUT', '/appointments/1001000001', { ...VISIT, patientid: '5002' }))).toMatchObject([
      { appointmentid: '1001000001', date: '11/24/2025', starttime: '10:00' },
    ]);
    const noShow = { patientid: '5002', appointmentcancelreasonid: '5' };
    await bodyOf(one.write('PUT', '/appointments/1001000001/cancel', noShow));
    expect(await openIds(one)).toEqual([1000002]);
    expect((await one.write('PUT', '/appointments/2001000001', VISIT)).status).toBe(404);
  });

  it.each([
    ['101', {}, 400],
    ['101', { patientid: '5002' }, 400],
    ['101', { patientid: '5001', appointmentcancelreasonid: '99' }, 400],
    ['102', { patientid: '5002' }, 409],
    ['104', { patientid: '5003' }, 409],
    ['106', { patientid: '5001' }, 409],
    ['1000001', { patientid: '5001' }, 404],
  ] as const)('of %s with %j is refused with %i', async (id, fields, status) => {
    const { write, simulator } = await caller();
    expect((await write('PUT', `/appointments/${id}/cancel`, fields)).status).toBe(status);
    expect(simulator.commits).toEqual([]);
  });
});

describe('rescheduling', () => {
  it('books the new slot, and cancels the old appointment with the number of the new one', async () => {
    const one = await caller();
    await bodyOf(one.write('PUT', `/appointments/${SLOT}`, { ...VISIT, bookingnote: 'Bring films' }));
    const next = await openAnother(one);
    const fields = { patientid: '5001', newappointmentid: next, reschedulereason: 'Another day' };
    expect(await bodyOf(one.write('PUT', `/appointments/${SLOT}/reschedule`, fields))).toMatchObject([
      { appointmentid: next, appointmentstatus: 'f', patientid: '5001', date: '12/02/2025', starttime: '09:00' },
    ]);
    expect(await one.read(`/appointments/${SLOT}`)).toMatchObject([
      {
        appointmentstatus: 'x',
        rescheduledappointmentid: next,
        cancelreasonnoshow: false,
        cancelreasonname: 'Another day',
      },
    ]);
    expect(await one.read(`/appointments/${next}/notes`)).toMatchObject({ notes: [{ notetext: 'Bring films' }] });
    expect(await openIds(one)).toEqual([1000002, 1001000001]);
    expect(one.simulator.commits.slice(2)).toMatchObject([
      { kind: 'created', type: 'Appointment', id: Number(next), record: { status: 'booked' } },
      { kind: 'updated', type: 'Appointment', id: Number(SLOT), record: { status: 'cancelled' } },
    ]);
  });

  it('can be followed by a cancellation of the new appointment only', async () => {
    const one = await caller();
    await bodyOf(one.write('PUT', `/appointments/${SLOT}`, VISIT));
    const next = await openAnother(one);
    const move = { patientid: '5001', newappointmentid: next };
    await bodyOf(one.write('PUT', `/appointments/${SLOT}/reschedule`, move));
    expect((await one.write('PUT', `/appointments/${SLOT}/reschedule`, move)).status).toBe(409);
    expect((await one.write('PUT', `/appointments/${SLOT}/cancel`, { patientid: '5001' })).status).toBe(409);
    expect((await one.write('PUT', `/appointments/${next}/cancel`, { patientid: '5001' })).status).toBe(200);
  });

  it.each([
    ['101', { patientid: '5001' }, 400],
    ['101', { newappointmentid: SLOT }, 400],
    ['101', { patientid: '5002', newappointmentid: SLOT }, 400],
    ['101', { patientid: '5001', newappointmentid: '113' }, 409],
    ['101', { patientid: '5001', newappointmentid: '9' }, 404],
    ['101', { patientid: '5001', newappointmentid: SLOT, appointmentcancelreasonid: '5' }, 400],
    ['101', { patientid: '5001', newappointmentid: SLOT, reasonid: '108' }, 400],
    ['106', { patientid: '5001', newappointmentid: SLOT }, 409],
    ['1000002', { patientid: '5001', newappointmentid: SLOT }, 404],
  ] as [string, Fields, number][])(
    'of %s with %j is refused with %i and changes nothing',
    async (id, fields, status) => {
      const { write, simulator } = await caller();
      expect((await write('PUT', `/appointments/${id}/reschedule`, fields)).status).toBe(status);
      expect(simulator.commits).toEqual([]);
    },
  );
});

it('is the same in a practice that stands still', async () => {
  const one = await caller({ still: true });
  const count = async () => (await one.read<{ totalcount: number }>('/appointments/booked', ALL)).totalcount;
  const before = await count();
  await one.read('/patients/5001/appointments');
  await bodyOf(one.write('PUT', `/appointments/${SLOT}`, VISIT));
  const next = await openAnother(one);
  await bodyOf(one.write('PUT', `/appointments/${SLOT}/reschedule`, { patientid: '5001', newappointmentid: next }));
  expect(await count()).toBe(before + 2);
  expect(await one.read(`/appointments/${SLOT}`)).toMatchObject([{ appointmentstatus: 'x' }]);
  const { appointments } = await one.read<{ appointments: Row[] }>('/patients/5001/appointments', {
    showcancelled: 'true',
  });
  expect(appointments.map(({ appointmentid }) => appointmentid)).toEqual(expect.arrayContaining([SLOT, next]));
});
