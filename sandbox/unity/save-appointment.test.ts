import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, pick, type Row } from './caller.ts';
import { escapeXml } from './xml.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.simulator.close());

type Fields = Readonly<Record<string, string>>;

const xml = (fields: Fields): string =>
  `<appointment>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('')}</appointment>`;

const VISIT: Fields = {
  Patient_ID: '11',
  Resource_ID: '503',
  Appointment_Date: '06/16/2025',
  Appointment_Time: '09:00',
  Duration: '30',
  Appointment_Type_ID: '2',
  Scheduling_Location_ID: '1',
  Comments: 'Annual physical',
};
const without = (name: string): Fields => Object.fromEntries(Object.entries(VISIT).filter(([key]) => key !== name));

const save = async (fields: Fields, more: Fields = {}, on = bench): Promise<Row | undefined> =>
  (await on.rows('SaveAppointment', { PatientID: '11', Parameter1: xml(fields), ...more }))[0];
const scheduled = async (id: string): Promise<Row | undefined> =>
  (await bench.rows('GetAppointmentById', { Parameter1: id }))[0];

describe('SaveAppointment', () => {
  it('books a visit that every read shows', async () => {
    expect(await save(VISIT)).toEqual({ Appointment_ID: '110', Status: 'S' });
    expect(await scheduled('110')).toMatchObject({
      Appointment_ID: '110',
      Patient_ID: '11',
      Appointment_DateTime: '06/16/2025 09:00:00 AM',
      Duration: '30',
      Status: 'S',
      Resource_ID: '503',
      Appointment_Type_ID: '2',
      Scheduling_Location_ID: '1',
      Appt_Comments: 'Annual physical',
      DateTime_Scheduled: '06/12/2025 12:00:00 PM',
      Is_Forced_Appointment: 'N',
    });
    const [day] = await bench.rows('GetSchedule', { Parameter1: '06/16/2025', Parameter4: 'All' });
    expect(pick(day, ['AppointmentID', 'ApptTime', 'Duration', 'Status', 'SchedComment', 'Comment'])).toEqual([
      ...['110', '09:00', '30', 'Pending', 'Annual physical', ''],
    ]);
    const ofPatient = await bench.rows('GetScheduleByPatientID', { PatientID: '11' });
    expect(column(ofPatient, 'Appointment_ID')).toContain('110');
    const changed = await bench.rows('GetAppointmentsByChangeDTTM', { Parameter1: '06/12/2025 12:00:00 PM' });
    expect(column(changed, 'Appointment_ID')).toEqual(['106', '110']);
  });

  it('writes the commit down under its name', async () => {
    await save(VISIT);
    expect(bench.simulator.commits).toMatchObject([
      {
        number: 1,
        call: 'Magic SaveAppointment',
        kind: 'created',
        type: 'Appointment',
        id: 110,
        record: { patientId: 11, practitionerId: 3, start: '2025-06-16T13:00:00Z', minutes: 30, status: 'booked' },
      },
    ]);
  });

  it('books through SOAP as through JSON', async () => {
    const fields = { PatientID: '11', Parameter1: xml(VISIT) };
    const answer = await bench.magic({
      Action: 'saveappointment',
      UserID: 'pgraph',
      Token: await bench.signIn(),
      ...fields,
    });
    expect(await answer.text()).toContain('<Appointment_ID>110</Appointment_ID><Status>S</Status>');
    expect(bench.simulator.commits.map(({ call }) => call)).toEqual(['Magic SaveAppointment']);
  });

  it('has committed when its answer is lost', async () => {
    bench.simulator.fault({ kind: 'lose', match: 'Magic SaveAppointment', times: 1 });
    await expect(save(VISIT)).rejects.toThrow();
    expect(await scheduled('110')).toMatchObject({ Status: 'S' });
    expect(bench.simulator.commits).toHaveLength(1);
  });

  it('gives a time to one of many who ask for it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => save(VISIT)));
    expect(answers.filter((row) => row?.Status === 'S')).toHaveLength(1);
    expect(answers.filter((row) => row?.STATUS?.startsWith('Critical: Resource is not available'))).toHaveLength(19);
    expect(bench.simulator.commits).toHaveLength(1);
  });

  it.each<[string, string, (token: string) => Fields]>([
    ['a dead token', 'As a Security precaution, you have been logged out', () => ({ Token: 'X' })],
    ['another user', 'User must be authenticated', (Token) => ({ Token, UserID: 'omarchbanks' })],
    ['another application', 'Action is not valid for this license', (Token) => ({ Token, Appname: 'Other' })],
  ])('commits nothing for %s', async (_case, text, given) => {
    const call = { Action: 'SaveAppointment', UserID: 'pgraph', PatientID: '11', Parameter1: xml(VISIT) };
    const answer = await bench.magic({ ...call, ...given(await bench.signIn()) });
    expect([answer.status, (await answer.text()).includes(text)]).toEqual([500, true]);
    expect(bench.simulator.commits).toEqual([]);
  });

  it.each<[string, string]>([
    ['quotes and brackets', `"Tom & Jerry's" <b> &amp; ]]>`],
    ['signs from everywhere', 'Größe 漢 😀'],
    ['several lines', 'one\ntwo\r\nthree\tfour'],
    ['blanks around it', '  knee  '],
  ])('keeps a comment with %s as it is, through both doors', async (_case, Comments) => {
    await save({ ...VISIT, Comments });
    expect((await scheduled('110'))?.Appt_Comments).toBe(Comments);
    const read = { Action: 'GetAppointmentById', UserID: 'pgraph', Token: await bench.signIn(), Parameter1: '110' };
    expect(await (await bench.magic(read)).text()).toContain(`<Appt_Comments>${escapeXml(Comments)}</Appt_Comments>`);
  });

  it.each<[string, Fields, Fields, string]>([
    ['a patient who is not there', { ...VISIT, Patient_ID: '99' }, { PatientID: '' }, 'Patient_ID is not valid.'],
    ['two patients', VISIT, { PatientID: '12' }, 'PatientID is not valid.'],
    ['a resource that is a practitioner', { ...VISIT, Resource_ID: '3' }, {}, 'Resource_ID is not valid.'],
    ['an unknown kind', { ...VISIT, Appointment_Type_ID: '77' }, {}, 'Appointment_Type_ID is not valid.'],
    ['an unknown place', { ...VISIT, Scheduling_Location_ID: '7' }, {}, 'Scheduling_Location_ID is not valid.'],
    ['a day of another form', { ...VISIT, Appointment_Date: '2025-06-16' }, {}, 'Appointment_Date is not valid.'],
    ['a day that is none', { ...VISIT, Appointment_Date: '02/30/2025' }, {}, 'Appointment_Date is not valid.'],
    ['a time of another form', { ...VISIT, Appointment_Time: '9:00 AM' }, {}, 'Appointment_Time is not valid.'],
    [
      'a time that clocks skip',
      { ...VISIT, Appointment_Date: '03/09/2025', Appointment_Time: '02:30' },
      {},
      'Appointment_Time does not exist on that day.',
    ],
    ['no length', { ...VISIT, Duration: '0' }, {}, 'Duration is not valid.'],
    ['a length in parts', { ...VISIT, Duration: '7.5' }, {}, 'Duration is not valid.'],
    ['an element of its own', { ...VISIT, Room: '4' }, {}, 'Room is not recognized.'],
    ['an id that nobody has', { ...VISIT, Appointment_ID: '9999' }, {}, 'Appointment_ID is not valid.'],
    ['an entry in error', { ...VISIT, Appointment_ID: '108' }, {}, 'Appointment_ID is not valid.'],
    ["somebody else's visit", { ...VISIT, Appointment_ID: '102' }, {}, 'Patient_ID is not valid.'],
    ['what was cancelled', { ...VISIT, Appointment_ID: '103' }, {}, 'Appointment with status X cannot be changed.'],
    ['what is over', { ...VISIT, Appointment_ID: '104' }, {}, 'Appointment with status O cannot be changed.'],
    ['another root', {}, { Parameter1: '<visit/>' }, 'XML is not valid.'],
    ['broken XML', {}, { Parameter1: '<appointment>' }, 'XML is not valid.'],
    ['no XML', {}, { Parameter1: '' }, 'XML is not valid.'],
    [
      'an element twice',
      {},
      { Parameter1: xml(VISIT).replace('<Duration>', '<Duration>5</Duration><Duration>') },
      'Duration is given twice.',
    ],
    [
      'time that is taken',
      { ...VISIT, Appointment_Date: '06/12/2025', Appointment_Time: '09:15' },
      {},
      'Resource is not available at the requested time.',
    ],
  ])('refuses %s', async (_case, fields, more, text) => {
    expect(await save(fields, more)).toEqual({ STATUS: `Critical: ${text}` });
    expect(bench.simulator.commits).toEqual([]);
  });

  it.each(['Patient_ID', 'Resource_ID', 'Appointment_Date', 'Appointment_Time'])(
    'refuses a new visit without %s',
    async (name) => {
      const text = name === 'Patient_ID' ? 'Patient_ID is not valid.' : `${name} is required.`;
      expect(await save(without(name), { PatientID: '' })).toEqual({ STATUS: `Critical: ${text}` });
    },
  );

  it.each<[string, Fields]>([
    ['Duration', { Duration: '20', Appt_Type_Desc: 'Office Visit' }],
    ['Appointment_Type_ID', { Duration: '30', Appt_Type_Desc: 'Office Visit' }],
    ['Scheduling_Location_ID', { Duration: '30', Scheduling_Location_ID: '1' }],
  ])('books what is usual without %s', async (name, usual) => {
    expect(await save(without(name))).toMatchObject({ Status: 'S' });
    expect(await scheduled('110')).toMatchObject(usual);
  });

  it('takes free time away, and gives it back when the visit moves', async () => {
    const free = async (): Promise<string> => {
      const asked = { Parameter1: 'MARCHBANKS3', Parameter2: '06/12/2025', Parameter3: '06/13/2025' };
      const day = (await bench.rows('GetAvailableSchedule', asked)).find((row) => row.Scheduling_Location_ID === '1');
      const [blocked, booked] = [day?.Blocked_Slots1 ?? '', day?.Booked_Slots1 ?? ''];
      return [...blocked]
        .map((cell, at) => (cell === '1' && booked[at] === '0' ? '1' : '0'))
        .join('')
        .slice(108, 124);
    };
    expect(await free()).toBe('0000111111110000');
    await save({ ...VISIT, Appointment_Date: '06/12/2025', Appointment_Time: '09:20', Duration: '40' });
    expect(await free()).toBe('0000000000000000');
    await save({ Appointment_ID: '110', Appointment_Time: '15:00' });
    expect(await free()).toBe('0000111111110000');
    await save({ Appointment_ID: '110', Appointment_Time: '09:20', Duration: '15' });
    expect(await free()).toBe('0000000111110000');
    await save({ Appointment_ID: '110', Scheduling_Location_ID: '2' });
    expect(await free()).toBe('0000000111110000');
  });
});

describe('SaveAppointment with the id of a visit', () => {
  it('moves that visit and makes no second one', async () => {
    await save(VISIT);
    bench.pass(60_000);
    const moved = {
      Appointment_ID: '110',
      Appointment_Date: '06/17/2025',
      Appointment_Time: '14:30',
      Resource_ID: '504',
    };
    expect(await save(moved)).toEqual({ Appointment_ID: '110', Status: 'S' });
    expect(await scheduled('110')).toMatchObject({
      Appointment_DateTime: '06/17/2025 02:30:00 PM',
      Duration: '30',
      Resource_ID: '504',
      Appt_Comments: 'Annual physical',
    });
    const all = await bench.rows('GetScheduleByPatientID', { PatientID: '11' });
    expect(column(all, 'Appointment_ID').filter((id) => Number(id) >= 110)).toEqual(['110']);
    const changed = await bench.rows('GetAppointmentsByChangeDTTM', { Parameter1: '06/12/2025 12:01:00 PM' });
    expect(column(changed, 'Appointment_ID')).toEqual(['106', '110']);
    expect(bench.simulator.commits.map(({ kind, id }) => [kind, id])).toEqual([
      ['created', 110],
      ['updated', 110],
    ]);
  });

  it('keeps what is not sent, and takes away what is empty', async () => {
    await save({ Appointment_ID: '101', Duration: '15' });
    expect(await scheduled('101')).toMatchObject({ Duration: '15', Appt_Comments: 'Knee pain; Brings a walker' });
    await save({ Appointment_ID: '101', Comments: '' });
    expect(await scheduled('101')).toMatchObject({ Duration: '15', Appt_Comments: '' });
  });

  it('leaves the visit where it was when the new time is taken', async () => {
    await save(VISIT);
    const taken = { Appointment_ID: '110', Appointment_Date: '06/12/2025' };
    expect(await save(taken)).toEqual({ STATUS: 'Critical: Resource is not available at the requested time.' });
    expect(await scheduled('110')).toMatchObject({ Appointment_DateTime: '06/16/2025 09:00:00 AM' });
  });
});

describe('booking over another visit', () => {
  const over = { ...VISIT, Appointment_Date: '06/12/2025', Appointment_Time: '09:10' };

  it('is done by SaveForcedAppointment, and said', async () => {
    const fields = { PatientID: '11', Parameter1: xml(over) };
    expect(await bench.rows('SaveForcedAppointment', fields)).toEqual([{ Appointment_ID: '110', Status: 'S' }]);
    expect(await scheduled('110')).toMatchObject({ Is_Forced_Appointment: 'Y' });
  });

  it('is done by SaveAppointment only where it was told to', async () => {
    const lenient = await openBench({ doubleBooking: true });
    expect(await save(over, {}, lenient)).toMatchObject({ Status: 'S' });
    await lenient.simulator.close();
  });
});
