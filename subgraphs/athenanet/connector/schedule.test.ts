import { describe, expect, it } from 'vitest';
import { fields, practice, withDepartments } from '../testbed.ts';

const slot = (appointmentid: number, more: object = {}) => ({
  appointmentid,
  date: '12/01/2025',
  starttime: '09:00',
  duration: 15,
  departmentid: 1,
  providerid: 71,
  localproviderid: 71,
  appointmenttypeid: 44,
  appointmenttype: 'Any 15',
  reasonid: ['-1'],
  ...more,
});
const list = (...appointments: readonly object[]) => ({ totalcount: appointments.length, appointments });
const DAY = { from: '2025-12-01T05:00:00Z', to: '2025-12-02T05:00:00Z' } as const;
const TYPES = {
  totalcount: 2,
  appointmenttypes: [
    { appointmenttypeid: 82, name: 'Office Visit 30', patientdisplayname: 'Office Visit' },
    { appointmenttypeid: 8, name: 'New Patient' },
  ],
};

describe('slots', () => {
  it.each([
    { search: {}, calls: 1, line: 'departmentid=1,2,3&reasonid=-1' },
    {
      search: { locations: ['2'], practitioners: ['71', '72'] },
      calls: 1,
      line: 'departmentid=2&providerid=71,72&reasonid=-1',
    },
    { search: { type: '82' }, calls: 1, line: 'departmentid=1,2,3&appointmenttypeid=82' },
    { search: { type: 'office visit' }, calls: 2, line: 'departmentid=1,2,3&appointmenttypeid=82' },
  ])('for $search are one call: $line', async ({ search, calls, line }) => {
    const bed = await withDepartments({ '/appointments/open': () => list(), '/appointmenttypes': () => TYPES });
    await bed.connector.slots({ ...DAY, ...search }, bed.call);
    expect(bed.calls()).toHaveLength(calls);
    const days = 'startdate=11/30/2025&enddate=12/01/2025';
    expect(bed.lines().at(-1)).toBe(`/appointments/open?${line}&${days}&bypassscheduletimechecks=true&limit=5000`);
  });

  it.each([{ type: 'Surgery' }, { locations: ['99'] }, { practitioners: ['x'] }])(
    'for what the practice has not (%o) are none',
    async (search) => {
      const bed = await practice({ '/appointments/open': () => list(slot(1)), '/appointmenttypes': () => TYPES });
      expect(await bed.connector.slots({ ...DAY, ...search }, bed.call)).toEqual([]);
    },
  );

  it('are those in the span, free and asked for, each once', async () => {
    const bed = await practice({
      '/appointments/open': () =>
        list(
          slot(1),
          slot(1),
          slot(2, { departmentid: 2 }),
          slot(3, { frozen: 'true' }),
          slot(4, { patientid: '5001' }),
          slot(5, { starttime: '12:00' }),
          slot(6, { providerid: 72 }),
        ),
    });
    const search = { from: '2025-12-01T14:00:00Z', to: '2025-12-01T16:00:00Z', practitioners: ['71'] };
    expect((await bed.connector.slots(search, bed.call)).map(({ record }) => record)).toMatchObject([
      { key: '1', start: '2025-12-01T14:00:00Z', end: '2025-12-01T14:15:00Z', practitionerKey: '71', locationKey: '1' },
      { key: '2', start: '2025-12-01T15:00:00Z', end: '2025-12-01T15:15:00Z', locationKey: '2' },
    ]);
  });

  it('without a length fail rather than be left out', async () => {
    const bed = await practice({ '/appointments/open': () => list(slot(1), slot(2, { duration: '' })) });
    await expect(bed.connector.slots(DAY, bed.call)).rejects.toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
  });

  it('are read as the appointment of their id, while it is open', async () => {
    const bed = await practice({
      '/appointments/1': () => [slot(1, { appointmentstatus: 'o' })],
      '/appointments/2': () => [slot(2, { appointmentstatus: 'f', patientid: '5001' })],
      '/appointments/3': () => [slot(3, { appointmentstatus: 'o', frozenyn: 'true' })],
      '/appointments/4': () => [slot(5, { appointmentstatus: 'o' })],
    });
    const wanted = ['1', '2', '3', '4', '5', 'open'].map((key) => ({ key, fields: fields('start') }));
    expect(await bed.connector.read.Slot(wanted, bed.call)).toMatchObject([
      { record: { key: '1', start: '2025-12-01T14:00:00Z' }, covers: 'all' },
      null,
      null,
      { code: 'BAD_VENDOR_ANSWER' },
      null,
      null,
    ]);
  });
});

describe('the directory', () => {
  const PROVIDERS = {
    totalcount: 2,
    providers: [
      { providerid: 71, firstname: 'Nora', lastname: 'Fielding', npi: 1000000001 },
      { providerid: 72, lastname: 'Vale' },
    ],
  };

  it('lists providers by pages of one call an hour', async () => {
    const bed = await practice({ '/providers': () => PROVIDERS });
    const first = await bed.connector.practitioners({ first: 1 }, bed.call);
    expect(first).toMatchObject({
      items: [{ record: { key: '71', npi: '1000000001' }, after: '1' }],
      hasNextPage: true,
      totalCount: 2,
    });
    const next = await bed.connector.practitioners({ first: 1, after: '1' }, bed.call);
    expect(next).toMatchObject({ items: [{ record: { key: '72' } }], hasNextPage: false });
    expect(bed.lines()).toEqual(['/providers?limit=5000']);
  });

  it('lists departments, those hidden from the portal too', async () => {
    const bed = await practice({});
    expect((await bed.connector.locations(bed.call)).map(({ key, timeZone }) => [key, timeZone])).toEqual([
      ['1', 'America/New_York'],
      ['2', 'America/Chicago'],
      ['3', 'America/Phoenix'],
    ]);
  });

  it('reads by key from the lists, and alone what they do not have', async () => {
    const bed = await practice({
      '/providers': () => PROVIDERS,
      '/providers/73': () => [{ providerid: 73, lastname: 'Retired' }],
      '/providers/74': () => [{ providerid: 75, lastname: 'Other' }],
      '/departments/9': () => [{ departmentid: '9', name: 'CLOSED' }],
    });
    const wanted = (...keys: readonly string[]) => keys.map((key) => ({ key, fields: fields('name') }));
    expect(await bed.connector.read.Practitioner(wanted('72', '73', '74', '76', 'changed'), bed.call)).toMatchObject([
      { record: { key: '72' }, covers: 'all' },
      { record: { key: '73' } },
      { code: 'BAD_VENDOR_ANSWER' },
      null,
      null,
    ]);
    expect(await bed.connector.read.Location(wanted('1', '9', '8'), bed.call)).toMatchObject([
      { record: { key: '1' } },
      { record: { key: '9', timeZone: 'America/New_York' } },
      null,
    ]);
    expect(bed.calls().filter((name) => name === 'GET /providers' || name === 'GET /departments')).toHaveLength(2);
  });
});
