import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeRecord } from '../change.ts';
import { type Bench, column, fault, openBench, pick, type Row, refused } from './caller.ts';
import { NOON, smallPractice } from './fixture.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.simulator.close());

type Fields = Readonly<Record<string, string>>;

const set = async (id: string, code: string, more: Fields = {}): Promise<Row | undefined> =>
  (await bench.rows('SetAppointmentStatus', { Parameter1: id, Parameter2: code, ...more }))[0];
const visit = async (id: string): Promise<Row | undefined> =>
  (await bench.rows('GetAppointmentById', { Parameter1: id }))[0];
const SUCCESS = { Status: 'Success' };

describe('SetAppointmentStatus', () => {
  it.each([
    ['X', 'cancelled', 'Cancelled', 'DateTime_Cancelled'],
    ['N', 'noshow', 'No Show', 'DateTime_NoShow'],
    ['K', 'checked-in', 'Arrived', 'Check_In_Time'],
    ['C', 'booked', 'Pending', 'DateTIme_Confirmed'],
    ['A', 'booked', 'Pending', undefined],
    ['B', 'cancelled', 'Cancelled', undefined],
    ['R', 'cancelled', 'Cancelled', undefined],
  ])('sets %s, which every read shows', async (code, status, word, time) => {
    expect(await set('101', code, { Parameter3: '0612', Parameter4: '1130' })).toEqual(SUCCESS);
    const row = await visit('101');
    expect(row).toMatchObject({ Appointment_ID: '101', Status: code });
    for (const name of ['DateTime_Cancelled', 'DateTime_NoShow', 'Check_In_Time', 'DateTIme_Confirmed'])
      expect(row?.[name]).toBe(name === time ? '06/12/2025 11:30:00 AM' : '');
    const day = await bench.rows('GetSchedule', { Parameter1: '06/12/2025', Parameter4: 'All' });
    expect(day.find(({ AppointmentID }) => AppointmentID === '101')?.Status).toBe(word);
    const changed = await bench.rows('GetAppointmentsByChangeDTTM', { Parameter1: '06/12/2025 12:00:00 PM' });
    expect(column(changed, 'Appointment_ID')).toContain('101');
    expect(bench.simulator.commits).toMatchObject([
      { call: 'Magic SetAppointmentStatus', kind: 'updated', id: 101, record: { status } },
    ]);
  });

  it('checks a visit out after it was checked in', async () => {
    await set('101', 'K');
    expect(await set('101', 'O', { Parameter4: '1305' })).toEqual(SUCCESS);
    expect(pick(await visit('101'), ['Status', 'Check_Out_Time'])).toEqual(['O', '06/12/2025 01:05:00 PM']);
  });

  it('says why, by the number of a reason', async () => {
    const reasons = await bench.rows('GetAppointmentCancellationReasons');
    expect(column(reasons, 'Description')).toEqual(['Weather', 'Patient cancelled', 'Provider unavailable', 'Other']);
    await set('101', 'X', { Parameter6: '3' });
    expect(pick(await visit('101'), ['Cancellation_Reason_ID', 'Cancellation_Reason_Desc'])).toEqual([
      ...['3', 'Provider unavailable'],
    ]);
    expect(column(await bench.rows('GetAppointmentCancellationReasons'), 'Description')).toEqual(
      column(reasons, 'Description'),
    );
  });

  it('frees the time of what is cancelled, and asks for it again when that is scheduled again', async () => {
    const again = `<appointment><Patient_ID>12</Patient_ID><Resource_ID>503</Resource_ID><Appointment_Date>06/12/2025</Appointment_Date><Appointment_Time>09:00</Appointment_Time><Duration>20</Duration><Appointment_Type_ID>2</Appointment_Type_ID><Scheduling_Location_ID>1</Scheduling_Location_ID></appointment>`;
    await set('101', 'X', { Parameter6: '1' });
    expect(await bench.rows('SaveAppointment', { Parameter1: again })).toMatchObject([{ Status: 'S' }]);
    expect(await set('101', 'S')).toEqual({ STATUS: 'Critical: Resource is not available at the requested time.' });
    expect(await visit('101')).toMatchObject({ Status: 'X' });
    await set('110', 'X');
    expect(await set('101', 'S')).toEqual(SUCCESS);
    expect(await visit('101')).toMatchObject({ Status: 'S', Cancellation_Reason_ID: '', DateTime_Cancelled: '' });
  });

  it('forgets a confirmation when the visit moves', async () => {
    await set('101', 'C', { Parameter5: '1' });
    const moved =
      '<appointment><Appointment_ID>101</Appointment_ID><Appointment_Time>08:00</Appointment_Time></appointment>';
    expect(await bench.rows('SaveAppointment', { Parameter1: moved })).toMatchObject([{ Status: 'S' }]);
    expect(await visit('101')).toMatchObject({ Status: 'S', DateTIme_Confirmed: '' });
  });

  it('gives way to what the practice says later', async () => {
    const practice = smallPractice();
    const own = await openBench({ practice });
    await own.rows('SetAppointmentStatus', { Parameter1: '101', Parameter2: 'C' });
    changeRecord(practice, 'Appointment', 101, { status: 'noshow' }, NOON);
    const [row] = await own.rows('GetAppointmentById', { Parameter1: '101' });
    await own.simulator.close();
    expect(row).toMatchObject({ Status: 'N', DateTIme_Confirmed: '' });
  });

  it('has committed when its answer is lost', async () => {
    bench.simulator.fault({ kind: 'lose', match: 'Magic SetAppointmentStatus', times: 1 });
    await expect(set('101', 'N')).rejects.toThrow();
    expect(await visit('101')).toMatchObject({ Status: 'N' });
    expect(bench.simulator.commits).toHaveLength(1);
  });

  it.each<[string, string, string, Fields, string]>([
    ['a visit that is not there', '9999', 'X', {}, 'Appointment_ID is not valid.'],
    ['an entry in error', '108', 'X', {}, 'Appointment_ID is not valid.'],
    ['the visit of another patient', '101', 'X', { PatientID: '12' }, 'PatientID is not valid.'],
    ['a code that is none', '101', 'Z', {}, 'Status is not valid.'],
    ['no code', '101', '', {}, 'Status is not valid.'],
    ['to schedule what is scheduled', '101', 'S', {}, 'Status cannot be changed from S to S.'],
    ['what it is already', '103', 'X', {}, 'Status cannot be changed from X to X.'],
    ['to miss what was cancelled', '103', 'N', {}, 'Status cannot be changed from X to N.'],
    ['to cancel what is over', '104', 'X', {}, 'Status cannot be changed from O to X.'],
    ['to cancel who is here', '102', 'X', {}, 'Status cannot be changed from K to X.'],
    ['to check out who is not here', '101', 'O', {}, 'Status cannot be changed from S to O.'],
    ['to check in from the waiting list', '107', 'K', {}, 'Status cannot be changed from W to K.'],
    ['a reason that is none', '101', 'X', { Parameter6: '77' }, 'Cancellation reason is not valid.'],
    ['a reason in words', '101', 'X', { Parameter6: 'Weather' }, 'Cancellation reason is not valid.'],
    [
      'a reason without cancellation',
      '101',
      'K',
      { Parameter6: '1' },
      'Cancellation reason is only for a cancellation.',
    ],
    ['a confirmation of another kind', '101', 'C', { Parameter5: '9' }, 'Confirmation reason is not valid.'],
    ['a time that is none', '101', 'X', { Parameter4: '12:48' }, 'Time is not valid.'],
  ])('refuses %s', async (_case, id, code, more, text) => {
    expect(await set(id, code, more)).toEqual({ STATUS: `Critical: ${text}` });
    expect(bench.simulator.commits).toEqual([]);
  });

  it.each<Fields>([{ Parameter3: '0230' }, { Parameter3: 'soon' }, { Parameter4: '2575' }])(
    'refuses the date or time %j',
    async (more) => {
      const call = { Action: 'SetAppointmentStatus', UserID: 'pgraph', Token: await bench.signIn(), Parameter1: '101' };
      expect(await fault(await bench.magic({ ...call, Parameter2: 'X', ...more }))).toEqual(
        refused('SetAppointmentStatus', 'String was not recognized as a valid DateTime.'),
      );
      expect(bench.simulator.commits).toEqual([]);
    },
  );
});
