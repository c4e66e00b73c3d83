import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

const NEEDED = { checkInRequired: ['dob', 'state', 'homephone'] };

describe('a visit', () => {
  it('goes from check-in to check-out with the times of its calls', async () => {
    const { write, read, setNow, simulator } = await caller();
    for (const [call, at] of [
      ['startcheckin', '14:00:10'],
      ['checkin', '14:05:31'],
      ['checkout', '15:00:00'],
    ] as const) {
      setNow(Date.parse(`2025-12-01T${at}Z`));
      const answer = await write('POST', `/appointments/101/${call}`);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { success: true }]);
    }
    expect(await read('/appointments/101')).toMatchObject([
      {
        appointmentstatus: '3',
        encounterstatus: 'CHECKEDOUT',
        startcheckin: '12/01/2025 09:00:10',
        checkindatetime: '12/01/2025 09:05:31',
        checkoutdatetime: '12/01/2025 10:00:00',
      },
    ]);
    expect(await read('/chart/encounter/30101')).toMatchObject([{ appointmentid: 101, status: 'CLOSED' }]);
    expect(
      simulator.commits.map(({ call, kind, record }) => [call, kind, 'status' in record && record.status]),
    ).toEqual([
      ['POST /appointments/{id}/startcheckin', 'updated', 'arrived'],
      ['POST /appointments/{id}/checkin', 'updated', 'checked-in'],
      ['POST /appointments/{id}/checkout', 'updated', 'fulfilled'],
    ]);
  });

  it('is only begun, then checked in, then booked again when check-in is cancelled', async () => {
    const { write, read } = await caller();
    await write('POST', '/appointments/101/startcheckin');
    expect(await read('/appointments/101')).toMatchObject([
      { appointmentstatus: 'f', startcheckin: '11/20/2025 13:00:00' },
    ]);
    await write('POST', '/appointments/101/checkin');
    expect(await read('/appointments/101')).toMatchObject([{ appointmentstatus: '2', encounterid: '30101' }]);
    expect(JSON.parse((await write('POST', '/appointments/101/cancelcheckin')).text)).toEqual({ success: true });
    const [row] = await read<Record<string, unknown>[]>('/appointments/101');
    expect([row?.appointmentstatus, row?.startcheckin, row?.encounterid]).toEqual(['f', undefined, '']);
  });

  it.each([
    ['104', 'startcheckin', { success: false, message: 'The appointment is not in a booked status.' }],
    ['104', 'checkin', { success: false, message: 'The appointment is not in a booked status.' }],
    ['106', 'checkin', { success: false, message: 'The appointment is not in a booked status.' }],
    ['107', 'startcheckin', { success: false, message: 'The appointment is not in a booked status.' }],
    ['101', 'cancelcheckin', { success: false, message: 'The appointment is not checked in.' }],
    ['101', 'checkout', { success: false, errormessage: 'The appointment is not checked in.' }],
    ['103', 'checkout', { success: false, errormessage: 'The appointment is not checked in.' }],
    ['108', 'checkin', { success: false, message: 'Demographics: A State is required.' }],
  ])('of %s is refused %s under 200 with %j', async (id, call, body) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', `/appointments/${id}/${call}`);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, body]);
    expect(simulator.commits).toEqual([]);
  });

  it.each(['startcheckin', 'checkin', 'cancelcheckin', 'checkout', 'notes'])(
    'that is not there has no %s',
    async (call) => {
      const { write } = await caller();
      expect((await write('POST', `/appointments/99999999/${call}`, { notetext: 'x' })).status).toBe(404);
    },
  );

  it('has requirements, and those of its department are listed', async () => {
    const { read } = await caller(NEEDED);
    expect(await read('/departments/1/checkinrequired')).toEqual({ fieldlist: ['dob', 'state', 'homephone'] });
    expect(await read('/appointments/108/checkin')).toEqual([
      { name: 'Check In', required: false, complete: true, fields: { status: 'Before Check In' } },
      {
        name: 'Demographics',
        required: true,
        complete: false,
        fields: [
          { field: 'dob', valid: true },
          { field: 'state', valid: false, error: 'A State is required.' },
          { field: 'homephone', valid: true },
        ],
      },
    ]);
  });

  it('is checked in as soon as what was lacking is there', async () => {
    const { write, read } = await caller();
    await write('PUT', '/patients/5002', { state: 'MA' });
    expect(JSON.parse((await write('POST', '/appointments/108/checkin')).text)).toEqual({ success: true });
    expect(await read('/appointments/108')).toMatchObject([{ appointmentstatus: '2' }]);
  });
});

describe('a note', () => {
  it('is added, changed and taken away, and the others stay', async () => {
    const { write, read, simulator } = await caller();
    const text = 'Needs a <wheelchair> & "help"\nüber 😀';
    const added = await write('POST', '/appointments/101/notes', { notetext: text, displayonschedule: 'true' });
    expect([added.status, JSON.parse(added.text)]).toEqual([200, { success: 'true' }]);
    const { notes } = await read<{ notes: { noteid: string }[] }>('/appointments/101/notes');
    expect(notes).toMatchObject([
      { noteid: '40101', notetext: 'Bring films', displayonschedule: false },
      { notetext: text, displayonschedule: true, created: '11/20/2025 13:00:00', createdby: 'API-00000' },
    ]);
    const id = notes[1]?.noteid ?? '';
    await write('PUT', `/appointments/101/notes/${id}`, { notetext: 'Other' });
    await write('DELETE', '/appointments/101/notes/40101');
    expect(await read('/appointments/101/notes')).toMatchObject({
      totalcount: 1,
      notes: [{ noteid: id, notetext: 'Other', displayonschedule: true }],
    });
    expect(simulator.commits.map(({ record }) => 'note' in record && record.note)).toEqual([
      `Bring films\n${text}`,
      'Bring films\nOther',
      'Other',
    ]);
  });

  it('needs a text', async () => {
    const { write } = await caller();
    const answer = await write('POST', '/appointments/101/notes');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      { missingfields: ['notetext'], error: 'Additional fields are required.' },
    ]);
    expect((await write('PUT', '/appointments/101/notes/1', { notetext: 'x' })).status).toBe(404);
  });
});
