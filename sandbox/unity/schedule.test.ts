import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, pick } from './caller.ts';

let touchworks: Bench;
beforeAll(async () => {
  touchworks = await openBench();
});
afterAll(async () => {
  await touchworks.simulator.close();
});

describe('GetSchedule', () => {
  const ids = async (fields: Readonly<Record<string, string>>) =>
    column(await touchworks.rows('GetSchedule', fields), 'AppointmentID');

  it.each([
    ['a day', { Parameter1: '06/12/2025', Parameter4: 'All' }, ['101', '102', '105']],
    [
      'both ends of a range',
      { Parameter1: '06/11/2025|06/13/2025', Parameter4: 'all' },
      ['109', '101', '102', '105', '103'],
    ],
    ['today when nothing is sent', { Parameter4: 'All' }, ['101', '102', '105']],
    ['one login name', { Parameter1: '06/12/2025', Parameter4: 'TMarchbanks' }, ['105']],
    ['a login name that is nobody', { Parameter1: '06/12/2025', Parameter4: 'nobody' }, []],
    ['types', { Parameter1: '06/12/2025', Parameter4: 'All', Parameter5: 'New Patient|Other' }, ['105']],
    [
      'what changed since',
      { Parameter1: '06/01/2025|06/30/2025', Parameter2: '2025-06-11 16:11:40', Parameter4: 'All' },
      ['102', '103', '106'],
    ],
    ['nothing on a turned range', { Parameter1: '06/13/2025|06/12/2025', Parameter4: 'All' }, []],
    [
      'everybody, whoever the patient is',
      { Parameter1: '06/12/2025', Parameter4: 'All', PatientID: '12' },
      ['101', '102', '105'],
    ],
    ['the caller alone by default', { Parameter1: '06/12/2025' }, []],
    ['the caller alone when it is a provider', { Parameter1: '06/12/2025', AppUserID: 'tmarchbanks' }, ['105']],
    ['neither waiting lists nor errors', { Parameter1: '06/16/2025', Parameter4: 'All' }, []],
  ])('shows %s', async (_case, fields, expected) => {
    expect(await ids(fields)).toEqual(expected);
  });

  it('tells a visit', async () => {
    const rows = await touchworks.rows('GetSchedule', { Parameter1: '06/12/2025', Parameter4: 'All' });
    expect(rows[0]).toMatchObject({
      patientID: '11',
      Patient: "O'Fernsby, Wren Isolde",
      organizationMRN: 'M-0011',
      ApptTime: '09:00',
      ApptTime2: '6/12/2025 9:00:00 AM',
      Duration: '20',
      Status: 'Pending',
      ProviderID: '3',
      Provider: 'Odile Marchbanks, MD',
      LocationName: 'Quince Street',
      SchedComment: 'Knee pain',
      Comment: 'Brings a walker',
      type: 'Office Visit',
    });
    expect(pick(rows[2], ['ApptTime', 'LocationName'])).toEqual(['16:30', 'Lakeview']);
  });

  it('writes 0 and nothing for a visit without provider and place', async () => {
    const [row] = await touchworks.rows('GetSchedule', { Parameter1: '2025-06-11', Parameter4: 'All' });
    expect(pick(row, ['AppointmentID', 'ProviderID', 'Provider', 'LocationName', 'Status'])).toEqual([
      ...['109', '0', '', '', 'Arrived'],
    ]);
  });
});

describe('Practice Management', () => {
  it("tells a patient's whole history in few columns", async () => {
    const rows = await touchworks.rows('GetScheduleByPatientID', { PatientID: '11' });
    expect(column(rows, 'Appointment_ID')).toEqual(['104', '101', '105', '103', '106', '107']);
    expect(rows[0]).toEqual({
      Appointment_ID: '104',
      Patient_ID: '11',
      Appointment_DateTime: '1/15/2025 9:00:00 AM',
      Resource_ID: '503',
      Appointment_Type_ID: '2',
      Status: 'O',
      Duration: '20',
      Scheduling_Location_ID: '1',
    });
    expect(await touchworks.rows('GetScheduleByPatientID', { PatientID: '' })).toEqual([]);
  });

  it('tells one appointment', async () => {
    const [row] = await touchworks.rows('GetAppointmentById', { Parameter1: '103' });
    expect(row).toMatchObject({
      Appointment_ID: '103',
      Patient_DOB: '07/09/1984',
      Appointment_DateTime: '06/13/2025 09:00:00 AM',
      Status: 'X',
      Resource_Abbr: 'MARCHBANKS3',
      Appt_Type_Abbr: 'OV',
      DateTime_Cancelled: '06/11/2025 04:11:40 PM',
      Cancellation_Reason_ID: '1',
      Cancellation_Reason_Desc: 'Weather',
      DateTime_NoShow: '',
    });
    expect(await touchworks.rows('GetAppointmentById', { Parameter1: '108' })).toEqual([]);
    expect(await touchworks.rows('GetAppointmentById', { Parameter1: '999' })).toEqual([]);
  });

  it.each([
    [{ Parameter1: '06/11/2025' }, ['102', '103', '106']],
    [{ Parameter1: '06/11/2025', Parameter2: '06/12/2025' }, ['103']],
    [{ Parameter1: '06/11/2025', Parameter2: '06/12/2025 09:58:00 AM' }, ['102', '103']],
    [{ Parameter1: '06/01/2025', Parameter3: '06/12/2025 12:00:00 AM' }, ['102', '106']],
  ])('tells what changed in %j', async (fields, ids) => {
    expect(column(await touchworks.rows('GetAppointmentsByChangeDTTM', fields), 'Appointment_ID')).toEqual(ids);
  });
});

describe('GetAvailableSchedule', () => {
  const stretches = (text: string): readonly string[] =>
    [...text.matchAll(/1+/g)].map(({ index, 0: { length } }) => {
      const at = (cell: number) =>
        `${String(Math.floor(cell / 12)).padStart(2, '0')}:${String((cell % 12) * 5).padStart(2, '0')}`;
      return `${at(index)}-${at(index + length)}`;
    });
  const days = async (fields: Readonly<Record<string, string>>) =>
    (await touchworks.rows('GetAvailableSchedule', fields)).map((row) => [
      `${row.Available_Date} at ${row.Scheduling_Location_ID}`,
      stretches(`${row.Blocked_Slots1}${row.Blocked_Slots2}`),
      stretches(`${row.Booked_Slots1}${row.Booked_Slots2}`),
    ]);

  it('paints bookable and booked cells, by day and place, up to the end that is left out', async () => {
    const fields = { Parameter1: 'marchbanks3', Parameter2: '06/12/2025' };
    const first = [
      ['06/12/2025 at 1', ['09:00-10:00', '10:10-10:30'], ['09:00-09:20', '10:10-10:30']],
      ['06/12/2025 at 2', ['23:50-24:00'], []],
    ];
    expect(await days({ ...fields, Parameter3: '06/13/2025' })).toEqual(first);
    // The cancelled visit of the 13th takes no time.
    expect(await days({ ...fields, Parameter3: '06/14/2025' })).toEqual([
      ...first,
      ['06/13/2025 at 2', ['00:00-00:10'], []],
    ]);
    expect(await days({ ...fields, Parameter2: '06/13/2025', Parameter3: '06/14/2025' })).toEqual([
      ['06/13/2025 at 2', ['00:00-00:10'], []],
    ]);
  });

  it('halves a day into two columns of 144 cells', async () => {
    const [row] = await touchworks.rows('GetAvailableSchedule', {
      Parameter1: 'MARCHBANKS3',
      Parameter2: '06/12/2025',
    });
    for (const name of ['Blocked_Slots1', 'Blocked_Slots2', 'Booked_Slots1', 'Booked_Slots2'])
      expect(row?.[name]).toMatch(/^[01]{144}$/);
  });

  it('finds nothing by an id', async () => {
    expect(await days({ Parameter1: '503', Parameter2: '06/12/2025' })).toEqual([]);
  });
});
