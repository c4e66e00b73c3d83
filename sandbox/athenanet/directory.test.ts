import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

interface Departments {
  readonly totalcount: number;
  readonly departments: readonly Readonly<Record<string, unknown>>[];
}

describe('the practice', () => {
  it('answers a ping with text', async () => {
    const { read } = await caller();
    expect(await read('/ping')).toEqual({ pong: 'true' });
  });

  it('tells of itself', async () => {
    const { read } = await caller();
    expect(await read('/practiceinfo')).toMatchObject({
      totalcount: 1,
      practiceinfo: [{ practiceid: '999901', name: 'Sample Medical Group', publicnames: ['Sample Medical Group'] }],
    });
  });
});

describe('the list of departments', () => {
  it('hides those that the portal does not show unless all are asked for', async () => {
    const { read } = await caller();
    const ids = async (query?: Record<string, string>) =>
      (await read<Departments>('/departments', query)).departments.map(({ departmentid }) => departmentid);
    expect(await ids()).toEqual(['1', '2']);
    expect(await ids({ showalldepartments: 'true' })).toEqual(['1', '2', '3']);
    expect(await ids({ showalldepartments: 'true', hospitalonly: 'true' })).toEqual([]);
  });

  it.each([
    ['1', { timezonename: 'US/Eastern', timezone: -5, timezoneoffset: -5, doesnotobservedst: false }],
    ['2', { timezonename: 'US/Central', timezone: -6, timezoneoffset: -6, doesnotobservedst: false }],
    ['3', { timezonename: 'US/Arizona', timezone: -7, timezoneoffset: -7, doesnotobservedst: true }],
  ])('says the own zone of %s', async (id, zone) => {
    const { read } = await caller();
    expect(await read(`/departments/${id}`)).toMatchObject([zone]);
  });

  it('tells the offset of today, so summer differs', async () => {
    const { read, setNow } = await caller();
    setNow(Date.parse('2025-07-01T12:00:00Z'));
    expect(await read('/departments/1')).toMatchObject([{ timezone: -4, timezoneoffset: -5 }]);
  });

  it('is an array of one for a single department, with providers when asked', async () => {
    const { read } = await caller();
    expect(await read('/departments/2')).toEqual([
      expect.objectContaining({ departmentid: '2', name: 'Lakeside', phone: '(555) 555-0202', zip: '00000' }),
    ]);
    expect(await read('/departments/2', { providerlist: 'true' })).toMatchObject([{ providerlist: ['72'] }]);
    expect(await read('/departments/2', { fullproviderlist: 'true' })).toMatchObject([{ providerlist: ['71', '72'] }]);
  });

  it('has no department by another number or by text', async () => {
    const { get } = await caller();
    for (const id of ['9', 'x', '0x1']) expect((await get(`/departments/${id}`)).status).toBe(404);
  });
});

describe('the list of providers', () => {
  it('has numbers for ids, and the specialty once as text and once as a number', async () => {
    const { read } = await caller();
    expect(await read('/providers')).toMatchObject({
      totalcount: 2,
      providers: [
        { providerid: 71, npi: 1000000001, specialtyid: '001', displayname: 'Nora Fielding, MD', providertype: 'MD' },
        { providerid: 72, npi: 1000000002, specialtyid: 1, schedulingname: 'Vale_Idris', homedepartment: 'Lakeside' },
      ],
    });
    expect(await read('/providers', { providertype: 'NP' })).toMatchObject({ totalcount: 1 });
  });

  it('is an array of one for a single provider, and has no other', async () => {
    const { read, get } = await caller();
    expect(await read('/providers/71')).toMatchObject([{ providerid: 71, lastname: 'Fielding' }]);
    expect((await get('/providers/73')).status).toBe(404);
  });
});

describe('the practice’s setting', () => {
  it('has kinds of appointments with number ids and the usual duration', async () => {
    const { read } = await caller();
    expect(await read('/appointmenttypes')).toMatchObject({
      totalcount: 2,
      appointmenttypes: [
        { appointmenttypeid: 8, name: 'New Patient 45', shortname: 'NP45', duration: 45, generic: false },
        { appointmenttypeid: 82, name: 'Office Visit 30', shortname: 'OV30', duration: 30, patient: true },
      ],
    });
    expect(await read('/appointmenttypes', { departmentids: '3' })).toMatchObject({ totalcount: 1 });
    expect(await read('/appointmenttypes/82')).toMatchObject([{ appointmenttypeid: 82 }]);
  });

  it('takes the commonest duration of a kind', async () => {
    const practice = practiceOf();
    const booked = practice.appointments.find(({ id }) => id === 101);
    if (booked === undefined) throw new Error('no appointment');
    practice.appointments.unshift({ ...booked, id: 300, minutes: 15 });
    const { read } = await caller({ practice });
    expect(await read('/appointmenttypes/82')).toMatchObject([{ duration: 30 }]);
  });

  it('has reasons for a provider in a department, and needs both', async () => {
    const { read, get } = await caller();
    const ask = { departmentid: '1', providerid: '71' };
    expect(await read('/patientappointmentreasons', ask)).toMatchObject({
      totalcount: 2,
      patientappointmentreasons: [
        { reasonid: 108, reasontype: 'new', schedulingminhours: 24, schedulingmaxdays: 90 },
        { reasonid: 182, reason: 'Office Visit 30', reasontype: 'existing' },
      ],
    });
    expect(await read('/patientappointmentreasons/newpatient', ask)).toMatchObject({ totalcount: 1 });
    const refused = await get('/patientappointmentreasons', { departmentid: '1' });
    expect(JSON.parse(refused.text).missingfields).toEqual(['providerid']);
  });

  it("has the standard reasons to cancel and the practice's own", async () => {
    const { read } = await caller();
    expect(await read('/appointmentcancelreasons')).toEqual({
      totalcount: 3,
      appointmentcancelreasons: [
        { appointmentcancelreasonid: 4, name: 'PATIENT CANCELLED', noshow: false, slotavailable: true },
        { appointmentcancelreasonid: 5, name: 'PATIENT NO SHOW', noshow: true, slotavailable: false },
        { appointmentcancelreasonid: 100, name: 'Going away', noshow: false, slotavailable: true },
      ],
    });
    expect(await read('/appointmentcancelreasons', { slotavailable: 'false' })).toMatchObject({ totalcount: 1 });
  });
});

describe('a dictionary', () => {
  it.each([
    ['/races', { raceid: '2106-3', name: 'White' }],
    ['/races', { raceid: '2034-7', name: 'Chinese' }],
    ['/ethnicities', { ethnicitycode: '2186-5', name: 'Not Hispanic or Latino' }],
    ['/languages', { iso6392code: 'spa', name: 'Spanish; Castilian' }],
    ['/languages', { name: 'Patient Declined' }],
    ['/states', { state: 'MA', name: 'MA-Massachusetts' }],
    ['/states', { state: 'DC', name: 'DC-District of Columbia' }],
  ])('is a bare array: %s has %j', async (path, entry) => {
    const { read } = await caller();
    expect(await read(path)).toContainEqual(entry);
  });

  it('names every code once', async () => {
    const { read } = await caller();
    const races = (await read<{ raceid: string }[]>('/races')).map(({ raceid }) => raceid);
    expect(new Set(races).size).toBe(races.length);
  });
});
