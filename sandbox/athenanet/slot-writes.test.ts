import { afterEach, describe, expect, it } from 'vitest';
import { bodyOf, openIds, SLOT, VISIT } from './booking-fixture.ts';
import { type Caller, callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

describe('opening slots', () => {
  const FIELDS = { departmentid: '1', providerid: '71', appointmentdate: '12/02/2025', appointmenttypeid: '82' };

  it('answers with a time for every number, and the slots can be listed and read', async () => {
    const one = await caller();
    const body = await bodyOf(one.write('POST', '/appointments/open', { ...FIELDS, appointmenttime: '09:00,09:30' }));
    expect(body).toEqual({ appointmentids: { 1000005: '09:00', 1000006: '09:30' } });
    expect(await openIds(one)).toEqual([1000002, 1000001, 1000005, 1000006]);
    expect(await one.read('/appointments/1000006')).toMatchObject([
      { appointmentstatus: 'o', date: '12/02/2025', starttime: '09:30', duration: 30, departmentid: '1' },
    ]);
    expect(one.simulator.commits.map(({ type, call }) => [type, call])).toEqual([
      ['Slot', 'POST /appointments/open'],
      ['Slot', 'POST /appointments/open'],
    ]);
  });

  it('takes times by repeating the name, and the type by its reason', async () => {
    const one = await caller();
    const { appointmenttypeid: _, ...rest } = FIELDS;
    const body = new URLSearchParams([
      ...Object.entries({ ...rest, departmentid: '2', reasonid: '108' }),
      ['appointmenttime', '13:00'],
      ['appointmenttime', '14:00'],
    ]);
    await bodyOf(one.write('POST', '/appointments/open', body.toString()));
    expect(await one.read('/appointments/1000005')).toMatchObject([
      { starttime: '13:00', appointmenttypeid: '8', duration: 45 },
    ]);
    expect(one.simulator.commits.map(({ record }) => record)).toMatchObject([
      { start: '2025-12-02T19:00:00.000Z' },
      { start: '2025-12-02T20:00:00.000Z' },
    ]);
  });

  it.each([
    [{ appointmenttime: '09:00', appointmenttypeid: '' }, 400, { missingfields: ['appointmenttypeid', 'reasonid'] }],
    [{}, 400, { missingfields: ['appointmenttime'] }],
    [{ appointmenttime: '9am' }, 400, { detailedmessage: 'Expecting format time, but value is 9am' }],
    [{ appointmenttime: '24:00' }, 400, {}],
    [
      { appointmenttime: '02:30', appointmentdate: '03/08/2026' },
      400,
      { detailedmessage: 'There is no such time on that day.' },
    ],
    [{ appointmenttime: '09:00', departmentid: '9' }, 400, { detailedmessage: 'Invalid DEPARTMENTID input' }],
    [{ appointmenttime: '09:00', providerid: '9' }, 400, { detailedmessage: 'Invalid PROVIDERID input' }],
    [{ appointmenttime: '09:00', appointmenttypeid: '9' }, 400, { detailedmessage: 'Invalid APPOINTMENTTYPEID input' }],
    [{ appointmentdate: '12/01/2025', appointmenttime: '08:00,09:15' }, 409, {}],
  ])('is refused for %j with %i %j and opens none', async (fields, status, body) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', '/appointments/open', { ...FIELDS, ...fields });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, body]);
    expect(simulator.commits).toEqual([]);
  });

  it('is by a department’s clock without summer time where another’s leaves the time out', async () => {
    const { write } = await caller();
    const fields = { ...FIELDS, departmentid: '3', appointmentdate: '03/08/2026', appointmenttime: '02:30' };
    expect((await write('POST', '/appointments/open', fields)).status).toBe(200);
  });
});

describe('deleting an open slot', () => {
  it('takes it away for good', async () => {
    const one = await caller();
    expect(await bodyOf(one.write('DELETE', `/appointments/${SLOT}`))).toEqual({ success: true });
    expect(await openIds(one)).toEqual([1000002]);
    expect((await one.write('PUT', `/appointments/${SLOT}`, VISIT)).status).toBe(404);
    expect(one.simulator.commits).toMatchObject([{ call: 'DELETE /appointments/{id}', kind: 'deleted', type: 'Slot' }]);
  });

  it.each([
    ['101', 409],
    ['99999999', 404],
  ])('is refused for %s, which is none, with %i', async (id, status) => {
    const { write, simulator } = await caller();
    expect((await write('DELETE', `/appointments/${id}`)).status).toBe(status);
    expect(simulator.commits).toEqual([]);
  });
});

describe('the guide’s Create Appointment', () => {
  const GUIDE = {
    patientid: 5001,
    providerid: 71,
    appointmenttypeid: 82,
    departmentid: 1,
    starttime: '2025-12-03T09:00:00',
    duration: 20,
    reasonid: 123,
  };
  const post = ({ write }: Caller, body: unknown) =>
    write('POST', '/appointments/open', typeof body === 'string' ? body : JSON.stringify(body), 'application/json');

  it('makes the slot and books it', async () => {
    const one = await caller();
    const body = await bodyOf(post(one, { ...GUIDE, note: 'Note', reason: 'Knee & hip' }));
    expect(body).toMatchObject([
      {
        appointmentid: '1000005',
        appointmentstatus: 'f',
        date: '12/03/2025',
        starttime: '09:00',
        duration: 20,
        patientid: '5001',
        providerid: '71',
        appointmenttypeid: '82',
      },
    ]);
    expect(await one.read('/appointments', { patientid: '5001', starttime: '2025-12-03T09:00' })).toMatchObject({
      appointments: [{ reason: 'Knee & hip', note: 'Note' }],
    });
    expect(one.simulator.commits.map(({ kind, type, id }) => [kind, type, id])).toEqual([
      ['created', 'Slot', 5],
      ['created', 'Appointment', 1000005],
    ]);
    expect(await one.read('/appointmenttypes/82')).toMatchObject([{ duration: 30 }]);
  });

  it('takes the slot that is there already, and the type’s length when it says none', async () => {
    const one = await caller();
    const { duration: _, ...rest } = GUIDE;
    expect(await bodyOf(post(one, { ...rest, starttime: '2025-11-24T10:00:00' }))).toMatchObject([
      { appointmentid: SLOT, duration: 30 },
    ]);
    expect(one.simulator.commits.map(({ type }) => type)).toEqual(['Appointment']);
  });

  it.each([
    [{ ...GUIDE, patientid: undefined }, 400],
    [{ ...GUIDE, starttime: undefined }, 400],
    [{ ...GUIDE, starttime: '2025-12-03T09:00:00Z' }, 400],
    [{ ...GUIDE, starttime: '2025-02-30T09:00:00' }, 400],
    [{ ...GUIDE, starttime: '2026-03-08T02:30:00' }, 400],
    [{ ...GUIDE, duration: 0 }, 400],
    [{ ...GUIDE, appointmenttypeid: undefined }, 400],
    [{ ...GUIDE, patientid: 9 }, 404],
    [{ ...GUIDE, starttime: '2025-12-01T09:15:00' }, 409],
    ['{"patientid":', 400],
    ['[]', 400],
    [{ ...GUIDE, patientid: { id: 1 } }, 400],
  ])('is refused for %j with %i and writes nothing', async (body, status) => {
    const one = await caller();
    expect((await post(one, body)).status).toBe(status);
    expect(one.simulator.commits).toEqual([]);
  });

  it('is a form with everything missing to the strict platform', async () => {
    const one = await caller({ strictDialect: 'platform' });
    const answer = await post(one, GUIDE);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      400,
      { missingfields: ['departmentid', 'providerid', 'appointmentdate', 'appointmenttime'] },
    ]);
  });
});

it('never gives an open slot the number of an appointment', async () => {
  const practice = practiceOf();
  const [first] = practice.appointments;
  if (first === undefined) throw new Error('no appointment');
  practice.appointments.push({ ...first, id: Number(SLOT), start: '2025-12-09T15:00:00Z' });
  const one = await caller({ practice });
  expect(await openIds(one)).toEqual([1000002, 1001000001]);
  expect(await bodyOf(one.write('PUT', '/appointments/1001000001', VISIT))).toMatchObject([{ date: '11/24/2025' }]);
});
