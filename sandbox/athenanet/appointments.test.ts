import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';
import { NOW, practiceOf } from './fixture.ts';
import { slotAppointmentId } from './identity.ts';

const { caller, close } = callers();
afterEach(close);

interface Appointments {
  readonly totalcount: number;
  readonly next?: string;
  readonly appointments: readonly Readonly<Record<string, unknown>>[];
}

const idsOf = ({ appointments }: Appointments): unknown[] => appointments.map(({ appointmentid }) => appointmentid);
const ALL = { startdate: '10/01/2025', enddate: '12/31/2025', showcancelled: 'true' };
const BOOKED = '/appointments/booked';
const MANY = '/appointments/booked/multipledepartment';

describe('an appointment', () => {
  it('is an array of one with athenaNet’s types: ids as text, duration as a number, times of the department', async () => {
    const { read } = await caller();
    expect(await read('/appointments/101')).toEqual([
      {
        appointmentid: '101',
        appointmentstatus: 'f',
        date: '12/01/2025',
        starttime: '09:30',
        duration: 30,
        departmentid: '1',
        providerid: '71',
        patientid: '5001',
        appointmenttypeid: '82',
        appointmenttype: 'Office Visit 30',
        patientappointmenttypename: 'Office Visit 30',
        chargeentrynotrequired: false,
        referringproviderid: '',
        renderingproviderid: '',
        supervisingproviderid: 0,
        encounterid: '',
      },
    ]);
  });

  it.each([
    [101, 'booked', { appointmentstatus: 'f' }],
    [108, 'pending', { appointmentstatus: 'f' }],
    [105, 'arrived', { appointmentstatus: 'f', startcheckin: '11/20/2025 12:55:00' }],
    [104, 'checked-in', { appointmentstatus: '2', encounterid: '30104', checkindatetime: '11/20/2025 12:25:00' }],
    [
      103,
      'fulfilled',
      { appointmentstatus: '3', encounterstatus: 'CHECKEDOUT', checkoutdatetime: '10/14/2025 09:45:00' },
    ],
    [102, 'fulfilled and billed', { appointmentstatus: '4', encounterid: '30102' }],
    [
      106,
      'cancelled',
      { appointmentstatus: 'x', cancelreasonid: '100', cancelreasonname: 'Going away', cancelreasonnoshow: false },
    ],
    [
      107,
      'noshow',
      { appointmentstatus: 'x', cancelreasonid: '5', cancelreasonnoshow: true, cancelreasonslotavailable: false },
    ],
  ])('reads, when it is %i and %s, as %j', async (id, _, columns) => {
    const { read } = await caller();
    expect(await read(`/appointments/${id}`)).toMatchObject([columns]);
  });

  it.each([
    [101, '09:30', '12/01/2025'],
    [102, '09:15', '10/14/2025'],
    [104, '10:30', '11/20/2025'],
    [113, '23:30', '12/01/2025'],
  ])('starts, when it is %i, at %s on %s by the clock of its department', async (id, starttime, date) => {
    const { read } = await caller();
    expect(await read(`/appointments/${id}`)).toMatchObject([{ starttime, date }]);
  });

  it('is nobody’s and open when it is a free slot', async () => {
    const { read } = await caller();
    const [open] = await read<Record<string, unknown>[]>(`/appointments/${slotAppointmentId(3)}`);
    expect(open).toMatchObject({
      appointmentid: '1000003',
      appointmentstatus: 'o',
      starttime: '10:00',
      departmentid: '2',
    });
    expect(open).not.toHaveProperty('patientid');
  });

  it.each([109, 110, 111, 112, 999, 'x'])('is not there as %s', async (id) => {
    const { get } = await caller();
    for (const path of [`/appointments/${id}`, `/appointments/${id}/notes`]) {
      const answer = await get(path);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([404, { error: 'The appointment is not available.' }]);
    }
  });

  it('has notes of its own', async () => {
    const { read } = await caller();
    expect(await read('/appointments/101/notes')).toEqual({
      totalcount: 1,
      notes: [
        {
          noteid: '40101',
          notetext: 'Bring films',
          created: '10/01/2025 11:00:00',
          createdby: 'API-00000',
          displayonschedule: false,
        },
      ],
    });
    expect(await read('/appointments/102/notes')).toEqual({ totalcount: 0, notes: [] });
  });

  it('is counted when athenaNet has no place for it', async () => {
    const { behaviour, read } = await caller();
    expect(behaviour.notRepresentable().appointments).toEqual([109, 110, 111, 112]);
    const shown = idsOf(await read<Appointments>(BOOKED, ALL));
    expect(shown.length + 4).toBe(practiceOf().appointments.length);
  });
});

describe('the list of booked appointments', () => {
  it.each([
    [{ startdate: '12/01/2025' }, ['enddate']],
    [{}, ['startdate', 'enddate']],
  ] as [Record<string, string>, string[]][])('needs both days: %j', async (query, missingfields) => {
    const { get } = await caller();
    const answer = await get(BOOKED, query);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      { error: 'Additional fields are required.', missingfields },
    ]);
  });

  it.each([
    [{}, ['102', '103', '107', '104', '105', '106', '101', '113', '108'].sort()],
    [{ showcancelled: 'false' }, ['102', '103', '104', '105', '101', '113', '108'].sort()],
    [{ departmentid: '1' }, ['103', '107', '106', '101', '113', '108'].sort()],
    [{ providerid: '72' }, ['104']],
    [{ providerid: '71,72', departmentid: '3' }, ['104']],
    [{ patientid: '5002' }, ['102', '107', '108']],
    [{ appointmenttypeid: '8' }, ['108']],
    [{ appointmentstatus: '2' }, ['104']],
    [{ appointmentstatus: 'x', showcancelled: 'false' }, ['106', '107']],
    [{ startdate: '12/02/2025' }, ['108']],
    [{ enddate: '12/01/2025', startdate: '12/01/2025' }, ['101', '113']],
    [{ startlastmodified: '11/20/2025 12:55:00' }, ['105']],
    [{ startlastmodified: '11/20/2025 12:25:00', endlastmodified: '11/20/2025 12:54:59' }, ['104']],
    [{ scheduledstartdate: '10/02/2025' }, []],
    [{ scheduledstartdate: '10/01/2025', scheduledenddate: '10/01/2025', departmentid: '3' }, ['104']],
  ] as [Record<string, string>, string[]][])('is narrowed by %j', async (query, ids) => {
    const { read } = await caller();
    const found = await read<Appointments>(BOOKED, { ...ALL, ...query });
    expect(idsOf(found).toSorted()).toEqual(ids);
    expect(found.totalcount).toBe(ids.length);
  });

  it.each([
    [BOOKED, { departmentid: '1,2' }],
    [BOOKED, { patientid: '5001,5002' }],
    [BOOKED, { appointmentstatus: 'booked' }],
    [BOOKED, { startdate: '2025-10-01' }],
    [BOOKED, { startlastmodified: '11/20/2025' }],
  ] as [string, Record<string, string>][])('refuses as %s %j', async (path, query) => {
    const { get } = await caller();
    expect((await get(path, { ...ALL, ...query })).status).toBe(400);
  });

  it('tells in a list who made and changed an appointment, and its notes', async () => {
    const { read } = await caller();
    const { appointments } = await read<Appointments>(BOOKED, { ...ALL, patientid: '5001', startdate: '12/01/2025' });
    expect(appointments).toEqual([
      {
        appointmentid: '101',
        appointmentstatus: 'f',
        date: '12/01/2025',
        starttime: '09:30',
        duration: 30,
        departmentid: '1',
        providerid: '71',
        patientid: '5001',
        appointmenttypeid: '82',
        appointmenttype: 'Office Visit 30',
        patientappointmenttypename: 'Office Visit 30',
        chargeentrynotrequired: false,
        referringproviderid: '',
        renderingproviderid: '',
        supervisingproviderid: 0,
        scheduledby: 'API-00000',
        scheduleddatetime: '10/01/2025 11:00:00',
        lastmodified: '10/02/2025 11:00:00',
        lastmodifiedby: 'API-00000',
        templateappointmentid: '101',
        templateappointmenttypeid: '82',
        hl7providerid: 71,
        coordinatorenterprise: false,
        urgentyn: 'false',
        appointmentnotes: [{ id: 40101, text: 'Bring films', displayonschedule: false }],
      },
    ]);
  });

  it('is of several departments in one call, which must name them', async () => {
    const { read, get } = await caller();
    expect(idsOf(await read<Appointments>(MANY, { ...ALL, departmentid: '2,3' }))).toEqual(['102', '104', '105']);
    const missing = await get(MANY, ALL);
    expect(JSON.parse(missing.text).missingfields).toEqual(['departmentid']);
  });

  it('brings along patient, claims and insurances when asked, the patient’s booleans as text', async () => {
    const { read } = await caller();
    const shown = { showpatientdetail: 'true', showclaimdetail: 'true', showinsurance: 'true' };
    const { appointments } = await read<Appointments>(MANY, { ...ALL, ...shown, departmentid: '2' });
    expect(appointments[0]).toMatchObject({
      patient: { patientid: '5002', firstname: 'Bram' },
      claims: [{ claimid: '55', patientid: 5002, appointmentid: 102 }],
      insurances: [{ insuranceid: '500201' }],
    });
    expect(appointments[1]).toMatchObject({ patient: { patientid: '5001', hasmobile: 'true', emailexists: 'true' } });
    expect(appointments[1]).not.toHaveProperty('claims');
    const [plain] = (await read<Appointments>(MANY, { ...ALL, departmentid: '2' })).appointments;
    for (const name of ['patient', 'claims', 'insurances']) expect(plain).not.toHaveProperty(name);
  });

  it('goes by start, a page at a time', async () => {
    const { read } = await caller();
    const first = await read<Appointments>(BOOKED, { ...ALL, limit: '2' });
    expect([idsOf(first), first.totalcount]).toEqual([['103', '102'], 9]);
    expect(first.next).toBe(
      '/v1/999901/appointments/booked?ENDDATE=12%2F31%2F2025&SHOWCANCELLED=true&STARTDATE=10%2F01%2F2025&limit=2&offset=2',
    );
  });
});

describe('the list of a patient’s appointments', () => {
  const PATH = '/patients/5001/appointments';

  it('has fewer columns, and not the patient', async () => {
    const { read } = await caller();
    const { appointments } = await read<Appointments>(PATH, { startdate: '12/01/2025' });
    expect(appointments).toEqual([
      {
        appointmentid: '101',
        appointmentstatus: 'f',
        date: '12/01/2025',
        starttime: '09:30',
        duration: 30,
        departmentid: '1',
        providerid: '71',
        appointmenttypeid: '82',
        appointmenttype: 'Office Visit 30',
        patientappointmenttypename: 'Office Visit 30',
        useexpectedprocedurecodes: [],
      },
    ]);
  });

  it.each([
    [{}, ['105', '101']],
    [{ showcancelled: 'true' }, ['105', '106', '101']],
    [{ showpast: 'true' }, ['103', '105', '101']],
    [{ showpast: 'true', sortorder: 'desc' }, ['101', '105', '103']],
    [{ showpast: 'true', enddate: '10/31/2025' }, ['103']],
    [{ enddate: '10/31/2025' }, []],
  ] as [Record<string, string>, string[]][])('is for %j %j', async (query, ids) => {
    const { read } = await caller();
    expect(idsOf(await read<Appointments>(PATH, query))).toEqual(ids);
  });

  it('keeps those of today until the day is over at the department', async () => {
    const { read, get, setNow } = await caller();
    await get('/ping');
    setNow(NOW + 50 * 60_000);
    expect(idsOf(await read<Appointments>(PATH))).toContain('105');
  });

  it('is not there when the patient is unknown', async () => {
    const { get } = await caller();
    expect((await get('/patients/9/appointments')).status).toBe(404);
  });
});
