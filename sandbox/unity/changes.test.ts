import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Practice } from '../practice.ts';
import { type Bench, column, openBench, pick, type Row } from './caller.ts';
import { NOON, smallPractice } from './fixture.ts';

const HOUR = 3_600_000;
/** What the server's clock shows when the bench opens. */
const OPENED = '2025-06-12 12:00:00.000';

/** The small practice without the visit that it changed in the future. */
const practice = (): Practice => {
  const { appointments, ...rest } = smallPractice();
  return { ...rest, appointments: appointments.filter(({ changedAt }) => Date.parse(changedAt) < NOON) };
};

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ practice: practice() });
});
afterEach(() => bench.simulator.close());

const rowsOf = (action: string, parameters: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  bench.rows(action, { ...Object.fromEntries(parameters.map((text, at) => [`Parameter${at + 1}`, text])), ...more });

const changedPatients = async (since = OPENED, clinical = 'N', verbose = 'Y', quick = 'N') =>
  (await rowsOf('GetChangedPatients', [since, clinical, verbose, quick])).map((row) =>
    pick(row, ['patientid', 'changedareas']),
  );

const changedVisits = (from = '06/12/2025 12:00:00 PM', to = '', pulled = '') =>
  rowsOf('GetAppointmentsByChangeDTTM', [from, to, pulled]);

/** A range of days, `changed since`, everybody. */
const schedule = (days: string, since = OPENED) => rowsOf('GetSchedule', [days, since, 'N', 'All']);

const results = (since = OPENED, PatientID = '11') => rowsOf('GetResults', [since], { PatientID });

const XML = (root: string, fields: Readonly<Record<string, string>>): string =>
  `<${root}>${Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')}</${root}>`;

const VITAL = '<savevitalsdatarequest><savevitalsdata fieldid="6" value1="71" units="/min"/></savevitalsdatarequest>';

const value = (text: string) => ({ value: { kind: 'quantity', value: text, unit: 'mmol/L' } }) as const;

describe('GetChangedPatients', () => {
  it.each<readonly [what: string, change: () => unknown, id: string, area: string, clinical: boolean]>([
    ['a telephone', () => bench.change('Patient', 12, { homePhone: '5185550177' }), '12', 'demographics', false],
    ['a correction', () => bench.change('Observation', 520, value('140')), '12', 'results', true],
    ['a vital sign that was corrected', () => bench.change('Observation', 503, value('70')), '11', 'vitals', true],
    ['a social history', () => bench.change('Observation', 514, {}), '11', 'history', true],
    ['a charge', () => bench.change('Claim', 303, { status: 'paid' }), '12', 'charges', false],
    [
      'a telephone that a client writes',
      () => rowsOf('SavePatient', ['', XML('patient', { Cell_Phone: '5185550178' })], { PatientID: '13' }),
      '13',
      'demographics',
      false,
    ],
    [
      'a new patient',
      () =>
        rowsOf('SavePatient', [
          '',
          XML('patient', { Last_Name: 'Quill', First_Name: 'Ada', DOB: '01/02/1990', Sex: 'F' }),
        ]),
      '14',
      'demographics',
      false,
    ],
    [
      'a vital sign that a client writes',
      () => rowsOf('SaveVitalsData', [VITAL], { PatientID: '13' }),
      '13',
      'vitals',
      true,
    ],
  ])('tells %s', async (_what, change, id, area, clinical) => {
    expect(await changedPatients()).toEqual([]);
    bench.pass(1);
    await change();
    expect(await changedPatients()).toEqual([[id, area]]);
    expect(await changedPatients(OPENED, 'Y')).toEqual(clinical ? [[id, area]] : []);
    expect(await changedPatients(OPENED, 'N', 'N')).toEqual([[id, undefined]]);
    expect(await changedPatients(OPENED, 'N', 'Y', 'Y')).toEqual(area === 'demographics' ? [[id, area]] : []);
  });

  it('tells a patient once, with every area', async () => {
    bench.change('Claim', 301, { status: 'paid' });
    bench.change('Observation', 510, value('147'));
    bench.change('Patient', 11, { email: 'wren@example.com' });
    expect(await changedPatients()).toEqual([['11', 'demographics|results|charges']]);
  });

  it('says nothing of visits, which have a feed of their own', async () => {
    bench.change('Appointment', 101, { status: 'cancelled' });
    expect(await changedPatients()).toEqual([]);
    expect(column(await changedVisits(), 'Appointment_ID')).toEqual(['101']);
  });

  it('includes the very millisecond, and not the one after', async () => {
    bench.pass(41);
    bench.change('Patient', 12, { email: 'b@example.com' });
    const at = async (text: string) => column(await rowsOf('GetChangedPatients', [text]), 'patientid');
    expect(await at('2025-06-12T12:00:00.041')).toEqual(['12']);
    expect(await at('2025-06-12T12:00:00.042')).toEqual([]);
    expect(await at('2025-06-12T16:00:00.041Z')).toEqual(['12']);
  });
});

describe("a visit's way", () => {
  const COLUMNS = ['Status', 'Appointment_DateTime', 'DateTime_Cancelled', 'DateTime_NoShow', 'Check_In_Time'];
  const START = '06/12/2025 09:00:00 AM';
  const visit = async (): Promise<Row | undefined> =>
    (await changedVisits()).find((row) => row.Appointment_ID === '101');

  it.each<readonly [what: string, change: () => unknown, columns: readonly string[], word: string]>([
    [
      'a move',
      () => bench.change('Appointment', 101, { start: '2025-06-12T18:00:00Z' }),
      ['S', '06/12/2025 02:00:00 PM', '', '', ''],
      'Pending',
    ],
    [
      'a cancellation',
      () => bench.change('Appointment', 101, { status: 'cancelled' }),
      ['X', START, '06/12/2025 12:00:05 PM', '', ''],
      'Cancelled',
    ],
    [
      'a no-show',
      () => bench.change('Appointment', 101, { status: 'noshow' }),
      ['N', START, '', '06/12/2025 12:00:05 PM', ''],
      'No Show',
    ],
    [
      'a check-in',
      () => bench.change('Appointment', 101, { status: 'checked-in' }),
      ['K', START, '', '', '06/12/2025 12:00:05 PM'],
      'Arrived',
    ],
    [
      "a client's check-in at a time of its own",
      () => rowsOf('SetAppointmentStatus', ['101', 'K', '0612', '1158']),
      ['K', START, '', '', '06/12/2025 11:58:00 AM'],
      'Arrived',
    ],
    [
      "a client's no-show",
      () => rowsOf('SetAppointmentStatus', ['101', 'N']),
      ['N', START, '', '06/12/2025 12:00:05 PM', ''],
      'No Show',
    ],
    [
      "a client's move",
      () => rowsOf('SaveAppointment', [XML('appointment', { Appointment_ID: '101', Appointment_Time: '14:30' })]),
      ['S', '06/12/2025 02:30:00 PM', '', '', ''],
      'Pending',
    ],
  ])('shows %s on one and the same appointment', async (_what, change, columns, word) => {
    bench.pass(5_000);
    await change();
    const [row, ...others] = await changedVisits();
    expect([others, row?.Appointment_ID, ...pick(row, COLUMNS)]).toEqual([[], '101', ...columns]);
    expect((await schedule('06/12/2025')).map((one) => pick(one, ['AppointmentID', 'Status']))).toEqual([
      ['101', word],
    ]);
  });

  it('forgets what was said of its old time when it moves', async () => {
    await rowsOf('SetAppointmentStatus', ['101', 'C']);
    expect((await visit())?.DateTIme_Confirmed).not.toBe('');
    bench.change('Appointment', 101, { start: '2025-06-12T18:00:00Z' });
    expect(pick(await visit(), ['Status', 'DateTIme_Confirmed'])).toEqual(['S', '']);
  });

  it('tells a new booking by when it was made', async () => {
    bench.pass(5_000);
    const booked = { Patient_ID: '12', Resource_ID: '504', Appointment_Date: '06/20/2025', Appointment_Time: '10:00' };
    await rowsOf('SaveAppointment', [XML('appointment', { ...booked, Duration: '20' })]);
    const [row] = await changedVisits();
    expect(pick(row, ['Appointment_ID', 'DateTime_Scheduled'])).toEqual(['110', '06/12/2025 12:00:05 PM']);
    expect(column(await schedule('06/20/2025'), 'AppointmentID')).toEqual(['110']);
  });

  it('shows a visit that leaves the days asked for on the new day only', async () => {
    bench.change('Appointment', 101, { start: '2025-06-19T13:00:00Z' });
    expect(await schedule('06/12/2025')).toEqual([]);
    expect(column(await schedule('06/19/2025'), 'AppointmentID')).toEqual(['101']);
    expect(column(await changedVisits(), 'Appointment_ID')).toEqual(['101']);
  });

  it.each([
    ['waitlist', ['W'], []],
    ['entered-in-error', [], []],
  ] as const)('takes a visit that became %s off the lists that have no word for it', async (status, codes, words) => {
    bench.change('Appointment', 101, { status });
    expect(column(await changedVisits(), 'Status')).toEqual(codes);
    expect(column(await schedule('06/12/2025'), 'Status')).toEqual(words);
  });

  it.each([
    ['06/12/2025 12:00:07 PM', '', '', true],
    ['06/12/2025 12:00:08 PM', '', '', false],
    ['2025-06-12T12:00:07.001', '', '', false],
    ['06/12/2025', '06/12/2025 12:00:07 PM', '', true],
    ['06/12/2025', '06/12/2025 12:00:06 PM', '', false],
    ['06/12/2025', '', '06/12/2025 12:00:07 PM', true],
    ['06/12/2025', '', '06/12/2025 12:00:08 PM', false],
  ])('is known to have changed in a second: from %j to %j, pulled %j', async (from, to, pulled, told) => {
    bench.pass(7_890);
    bench.change('Appointment', 105, { note: 'By the side door' });
    expect(column(await changedVisits(from, to, pulled), 'Appointment_ID').includes('105')).toBe(told);
  });
});

describe('GetResults', () => {
  it('tells a correction alone to whoever has the first, under the same id', async () => {
    const before = await results('');
    bench.pass(2_500);
    bench.change('Observation', 510, { ...value('147'), interpretation: 'H' });
    expect((await results()).map((row) => pick(row, ['ID', 'Value', 'Status', 'LastModified']))).toEqual([
      ['510', '147', 'Corrected', '2025-06-12 12:00:02.500'],
    ]);
    expect(await results('')).toHaveLength(before.length + 1);
    expect(await results('2025-06-12 12:00:02.500')).toHaveLength(1);
    expect(await results('2025-06-12 12:00:02.501')).toHaveLength(0);
  });

  it('holds no vital signs, which only a summary tells', async () => {
    bench.pass(1);
    await rowsOf('SaveVitalsData', [VITAL], { PatientID: '13' });
    expect(await results(OPENED, '13')).toEqual([]);
    expect(column(await rowsOf('GetClinicalSummary', ['vitals'], { PatientID: '13' }), 'detail')).toEqual(['71']);
  });
});

describe('the clock on the wall', () => {
  it('shows an hour twice when summer ends: what changes in the second one looks older than it is', async () => {
    // 1:50 for the first time, and twenty minutes later 1:10 for the second time
    const first = Date.parse('2025-11-02T05:50:00Z');
    bench.pass(first - NOON);
    bench.change('Appointment', 105, { note: 'first' });
    bench.pass(HOUR / 3);
    bench.change('Appointment', 101, { note: 'second' });
    bench.change('Patient', 12, { email: 'second@example.com' });
    expect(column(await changedVisits('11/02/2025 01:50:00 AM'), 'Appointment_ID')).toEqual(['105']);
    expect(column(await changedVisits('11/02/2025 01:10:00 AM'), 'Appointment_ID')).toEqual(['101', '105']);
    expect(await changedPatients('2025-11-02 01:50:00')).toEqual([]);
    expect(await changedPatients('2025-11-02 01:10:00')).toEqual([['12', 'demographics']]);
    const [server] = await rowsOf('GetServerInfo', []);
    expect(server?.ServerDateTimeOffset).toMatch(/T01:10:00\.0000000-05:00$/);
  });

  it("is the server's, whatever the zone of the place", async () => {
    bench.change('Appointment', 105, { start: '2025-06-12T21:00:00Z' });
    const [row] = await changedVisits();
    expect(pick(row, ['Appointment_ID', 'Appointment_DateTime'])).toEqual(['105', '06/12/2025 05:00:00 PM']);
  });
});

describe('another product', () => {
  it('tells the same changes in its own columns', async () => {
    const professional = await openBench({ product: 'professional', practice: practice() });
    professional.change('Patient', 11, { maritalStatus: 'M' });
    const fields = { Parameter1: OPENED, Parameter3: 'Y' };
    expect(await professional.rows('GetChangedPatients', fields)).toEqual([
      { patientid: '11', changedareas: 'demographics' },
    ]);
    const [row] = await professional.rows('GetPatient', { PatientID: '11' });
    expect(pick(row, ['Firstname', 'dateofbirth', 'MaritalStatus'])).toEqual(['Wren', '09-Jul-1984', 'Married']);
    await professional.simulator.close();
  });
});
