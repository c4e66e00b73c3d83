import { afterEach, describe, expect, it } from 'vitest';
import { ALL, bodyOf, type Fields, openIds, type Row, SLOT, VISIT } from './booking-fixture.ts';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

describe('booking', () => {
  it('puts a patient into an open slot under its number, and every read shows it', async () => {
    const one = await caller();
    const row = {
      appointmentid: SLOT,
      appointmentstatus: 'f',
      date: '11/24/2025',
      starttime: '10:00',
      duration: 30,
      departmentid: '1',
      providerid: '71',
      appointmenttypeid: '82',
      appointmenttype: 'Office Visit 30',
      patientappointmenttypename: 'Office Visit 30',
    };
    const whole = {
      ...row,
      patientid: '5001',
      chargeentrynotrequired: false,
      referringproviderid: '',
      renderingproviderid: '',
      supervisingproviderid: 0,
    };
    const fields = { ...VISIT, departmentid: '1', bookingnote: 'Brings "films" & ä\nand 😀', urgentyn: 'true' };
    expect(await bodyOf(one.write('PUT', `/appointments/${SLOT}`, fields))).toEqual([whole]);
    expect(await one.read(`/appointments/${SLOT}`)).toEqual([{ ...whole, encounterid: '' }]);
    const listed = {
      ...whole,
      scheduleddatetime: '11/20/2025 13:00:00',
      lastmodified: '11/20/2025 13:00:00',
      urgentyn: 'true',
    };
    const { appointments } = await one.read<{ appointments: Row[] }>('/appointments/booked', ALL);
    expect(appointments.find(({ appointmentid }) => appointmentid === SLOT)).toMatchObject({
      ...listed,
      appointmentnotes: [{ text: 'Brings "films" & ä\nand 😀', displayonschedule: false }],
    });
    const many = await one.read<{ appointments: Row[] }>('/appointments/booked/multipledepartment', {
      ...ALL,
      departmentid: '1,2',
    });
    expect(many.appointments.find(({ appointmentid }) => appointmentid === SLOT)).toMatchObject(listed);
    expect(await one.read('/patients/5001/appointments')).toMatchObject({
      appointments: expect.arrayContaining([expect.objectContaining(row)]) as unknown,
    });
    expect(await openIds(one)).toEqual([1000002]);
    expect(one.simulator.commits).toMatchObject([
      { call: 'PUT /appointments/{id}', kind: 'created', type: 'Appointment', id: Number(SLOT) },
    ]);
  });

  it.each([
    [{ patientid: '5001', reasonid: '182' }, '82'],
    [VISIT, '82'],
  ])('takes the type of %j', async (fields, type) => {
    const { write } = await caller();
    expect(await bodyOf(write('PUT', `/appointments/${SLOT}`, fields))).toMatchObject([{ appointmenttypeid: type }]);
  });

  it.each([
    [SLOT, {}, 400, { missingfields: ['patientid'] }],
    [SLOT, { patientid: '5001' }, 400, { missingfields: ['appointmenttypeid', 'reasonid'] }],
    [SLOT, { ...VISIT, patientid: '9' }, 404, { error: 'This patient does not exist in this context.' }],
    [SLOT, { ...VISIT, appointmenttypeid: '8' }, 400, {}],
    [SLOT, { ...VISIT, appointmenttypeid: '7' }, 400, { detailedmessage: 'Invalid APPOINTMENTTYPEID input' }],
    [SLOT, { patientid: '5001', reasonid: '123' }, 400, { detailedmessage: 'Invalid REASONID input' }],
    [SLOT, { ...VISIT, departmentid: '2' }, 400, { detailedmessage: 'Invalid DEPARTMENTID input' }],
    ['99999999', VISIT, 404, { error: 'The appointment is not available.' }],
    ['1001000001', VISIT, 404, { error: 'The appointment is not available.' }],
    ['101', VISIT, 409, { error: 'The appointment is not available for booking.' }],
    ['106', VISIT, 409, { detailedmessage: 'The appointment is not in an open status.' }],
  ])('of %s is refused for %j with %i %j', async (id, fields, status, body) => {
    const { write, simulator } = await caller();
    const answer = await write('PUT', `/appointments/${id}`, fields);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, body]);
    expect(simulator.commits).toEqual([]);
  });

  it('is refused the second time, even to the same patient', async () => {
    const { write, simulator } = await caller();
    await bodyOf(write('PUT', `/appointments/${SLOT}`, VISIT));
    const answer = await write('PUT', `/appointments/${SLOT}`, VISIT);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([409, 'application/json']);
    expect(simulator.commits).toHaveLength(1);
  });

  it('is done though its answer is lost', async () => {
    const { write, simulator, read } = await caller();
    await read('/ping');
    simulator.fault({ kind: 'lose', match: 'PUT /appointments/{id}' });
    await expect(write('PUT', `/appointments/${SLOT}`, VISIT)).rejects.toThrow();
    simulator.reset();
    expect(await read(`/appointments/${SLOT}`)).toMatchObject([{ appointmentstatus: 'f', patientid: '5001' }]);
  });

  it('is refused where another visit stands, unless double booking is allowed', async () => {
    const practice = practiceOf();
    practice.slots.push({
      id: 9,
      practitionerId: 71,
      locationId: 1,
      start: '2025-12-01T14:45:00Z',
      minutes: 30,
      type: { id: 82, name: 'Office Visit 30' },
    });
    const strict = await caller({ practice });
    expect((await strict.write('PUT', '/appointments/1000009', VISIT)).status).toBe(409);
    const lenient = await caller({ practice, doubleBooking: true });
    expect((await lenient.write('PUT', '/appointments/1000009', VISIT)).status).toBe(200);
  });
});

describe('changing a booked appointment', () => {
  it('answers a bare 1 and shows it', async () => {
    const { write, read } = await caller();
    const fields = { departmentid: '2', providerid: '72', supervisingproviderid: '71' };
    expect(await bodyOf(write('PUT', '/appointments/booked/101', fields))).toBe(1);
    expect(await read('/appointments/101')).toMatchObject([
      { departmentid: '2', providerid: '72', supervisingproviderid: 71, starttime: '08:30' },
    ]);
  });

  it.each([
    [{ providerid: '0' }, 'Invalid PROVIDERID input'],
    [{ departmentid: '9' }, 'Invalid DEPARTMENTID input'],
    [{ appointmenttypeid: '9' }, 'Invalid APPOINTMENTTYPEID input'],
  ] as [Fields, string][])('answers %j with the bare text %j under 200', async (fields, text) => {
    const { write, simulator } = await caller();
    expect(await bodyOf(write('PUT', '/appointments/booked/101', fields))).toBe(text);
    expect(simulator.commits).toEqual([]);
  });

  it('is refused where the other provider has a visit, and for a cancelled one', async () => {
    const practice = practiceOf();
    practice.appointments.push({
      id: 120,
      patientId: 5002,
      practitionerId: 72,
      locationId: 2,
      type: { id: 82, name: 'Office Visit 30' },
      start: '2025-12-01T14:45:00Z',
      minutes: 30,
      status: 'booked',
      scheduledAt: '2025-10-01T15:00:00Z',
      changedAt: '2025-10-01T15:00:00Z',
    });
    const { write } = await caller({ practice });
    expect(await bodyOf(write('PUT', '/appointments/booked/101', { providerid: '72' }))).toMatch(/not available/);
    expect(await bodyOf(write('PUT', '/appointments/booked/106', { providerid: '72' }))).toMatch(/not in a booked/);
    expect((await write('PUT', '/appointments/booked/9', { providerid: '72' })).status).toBe(404);
  });
});

it('has all ids as text when told so', async () => {
  const { write } = await caller({ ids: 'text' });
  expect(await bodyOf(write('PUT', `/appointments/${SLOT}`, VISIT))).toMatchObject([{ supervisingproviderid: '0' }]);
});
