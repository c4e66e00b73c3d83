import { describe, expect, it } from 'vitest';
import { fields, practice, withDepartments } from '../testbed.ts';

const row = (appointmentid: number, more: object = {}) => ({
  appointmentid: String(appointmentid),
  appointmentstatus: 'f',
  date: '12/01/2025',
  starttime: '09:30',
  duration: 30,
  departmentid: '1',
  providerid: '71',
  patientid: '5001',
  appointmenttypeid: '82',
  appointmenttype: 'Office Visit 30',
  scheduleddatetime: '11/20/2025 13:01:49',
  urgentyn: 'false',
  appointmentnotes: [],
  ...more,
});
const list = (...appointments: readonly object[]) => ({ totalcount: appointments.length, appointments });
const keys = (page: unknown) =>
  (page as { items: { record: { key: string } }[] }).items.map(({ record }) => record.key);

const MULTIPLE = '/appointments/booked/multipledepartment';
const DAY = { from: '2025-12-01T05:00:00Z', to: '2025-12-02T05:00:00Z' } as const;

describe('a search of appointments', () => {
  it('is one call for all departments, beside the list of departments that is kept', async () => {
    const bed = await withDepartments({ [MULTIPLE]: () => list(row(1)) });
    await bed.connector.searchAppointments(DAY, { first: 20 }, bed.call);
    await bed.connector.searchAppointments(DAY, { first: 20 }, bed.call);
    expect(bed.calls()).toEqual([`GET ${MULTIPLE}`, `GET ${MULTIPLE}`]);
    const days = 'startdate=11/30/2025&enddate=12/01/2025';
    expect(bed.lines()[0]).toBe(
      `${MULTIPLE}?departmentid=1,2,3&${days}&showcancelled=true&showcopay=false&showpatientdetail=true&limit=1000`,
    );
  });

  it.each([
    { title: 'unknown', window: { first: 20 }, shown: true },
    { title: 'with the patient', window: { first: 20, fields: fields('start', 'patient') }, shown: true },
    { title: 'without the patient', window: { first: 20, fields: fields('start') }, shown: false },
  ])('with a selection that is $title asks for the patients: $shown', async ({ window, shown }) => {
    const bed = await withDepartments({ [MULTIPLE]: () => list(row(1)) });
    await bed.connector.searchAppointments(DAY, window, bed.call);
    expect(bed.lines()[0]?.includes('showpatientdetail=true')).toBe(shown);
  });

  it('brings the patients along, whole, and leaves out one that cannot be read', async () => {
    const bed = await withDepartments({
      [MULTIPLE]: () =>
        list(
          row(1, { patient: { patientid: 5001, firstname: 'Avery', departmentid: '1', consenttocall: 'true' } }),
          row(2, { patientid: '5002', patient: { firstname: 'Bram' } }),
          row(3, { patientid: '5003', patient: { patientid: '5004', firstname: 'Cleo' } }),
        ),
    });
    const page = await bed.connector.searchAppointments(DAY, { first: 20 }, bed.call);
    expect(keys(page)).toEqual(['1', '2', '3']);
    expect(page.related).toMatchObject([
      { type: 'Patient', covers: 'all', record: { key: '5001', firstName: 'Avery', own: { consentToCall: true } } },
    ]);
    expect(page.related).toHaveLength(1);
  });

  it('keeps to the exact instants, in each department’s own zone', async () => {
    const bed = await withDepartments({
      [MULTIPLE]: () =>
        list(
          row(1, { starttime: '08:59' }),
          row(2, { starttime: '09:00' }),
          row(3, { departmentid: '2', starttime: '08:00' }),
          row(4, { departmentid: '3', starttime: '07:00' }),
          row(5, { departmentid: '3', starttime: '08:00' }),
          row(6, { starttime: '10:00' }),
        ),
    });
    const span = { from: '2025-12-01T14:00:00Z', to: '2025-12-01T15:00:00Z' };
    expect(keys(await bed.connector.searchAppointments(span, { first: 20 }, bed.call))).toEqual(['2', '3', '4']);
  });

  it('shows what was asked for only, by place, provider and status', async () => {
    const bed = await withDepartments({
      [MULTIPLE]: () =>
        list(
          row(1),
          row(2, { departmentid: '2' }),
          row(3, { providerid: '72' }),
          row(4, { appointmentstatus: 'x', cancelreasonnoshow: true }),
          row(5, { appointmentstatus: 'o', patientid: undefined }),
        ),
    });
    const search = { ...DAY, locations: ['1', 'x'], practitioners: ['71', 'y'], status: ['BOOKED' as const] };
    expect(keys(await bed.connector.searchAppointments(search, { first: 20 }, bed.call))).toEqual(['1']);
    expect(bed.lines()[0]).toContain(`${MULTIPLE}?departmentid=1&`);
    expect(bed.lines()[0]).toContain('&providerid=71&');
  });

  it.each([{ locations: ['99'] }, { practitioners: ['x'] }])('for nobody here (%o) asks nothing', async (filter) => {
    const bed = await withDepartments({});
    expect(keys(await bed.connector.searchAppointments({ ...DAY, ...filter }, { first: 20 }, bed.call))).toEqual([]);
    expect(bed.lines()).toEqual([]);
  });

  it('pages by rows, and asks for no more of them than are wanted where days are whole', async () => {
    const rows = Array.from({ length: 5 }, (_, i) => row(i + 1));
    const bed = await withDepartments({
      '/departments': () => ({ totalcount: 1, departments: [{ departmentid: '1', timezonename: 'US/Eastern' }] }),
      [MULTIPLE]: (query) => {
        const offset = Number(query.get('offset') ?? 0);
        return { totalcount: 5, appointments: rows.slice(offset, offset + Number(query.get('limit'))) };
      },
    });
    const first = await bed.connector.searchAppointments(DAY, { first: 2 }, bed.call);
    expect(first).toMatchObject({ hasNextPage: true, items: [{ after: '1' }, { after: '2' }] });
    expect(first.totalCount).toBeUndefined(); // the vendor counts what was moved, which is not shown
    const last = await bed.connector.searchAppointments(DAY, { first: 3, after: '2' }, bed.call);
    expect(keys(last)).toEqual(['3', '4', '5']);
    expect(last.hasNextPage).toBe(false);
    expect(bed.lines().map((line) => line.replace(/.*&(limit=.*)/, '$1'))).toEqual(['limit=2', 'limit=3&offset=2']);
  });

  it('asks for a department that the list does not have, once', async () => {
    const bed = await withDepartments({
      [MULTIPLE]: () => list(row(1, { departmentid: '9' }), row(2, { departmentid: '9' })),
      '/departments/9': () => [{ departmentid: '9', timezonename: 'US/Pacific' }],
    });
    const page = await bed.connector.searchAppointments(DAY, { first: 20 }, bed.call);
    expect(page.items.map(({ record }) => record.start)).toEqual(['2025-12-01T17:30:00Z', '2025-12-01T17:30:00Z']);
    expect(bed.calls()).toEqual([`GET ${MULTIPLE}`, 'GET /departments/{id}']);
  });

  it.each([
    { title: 'a department that nobody knows', more: { departmentid: '9' } },
    { title: 'a time that is none', more: { starttime: '25:00' } },
    { title: 'no date', more: { date: '' } },
  ])('fails rather than show $title at a wrong time', async ({ more }) => {
    const bed = await withDepartments({ [MULTIPLE]: () => list(row(1), row(2, more)) });
    await expect(bed.connector.searchAppointments(DAY, { first: 20 }, bed.call)).rejects.toMatchObject({
      code: 'BAD_VENDOR_ANSWER',
    });
  });

  it('fails for departments whose zone is none', async () => {
    const departments = [{ departmentid: '1', timezonename: 'US/Nowhere' }];
    const bed = await practice({ '/departments': () => ({ totalcount: 1, departments }), [MULTIPLE]: () => list() });
    await expect(bed.connector.searchAppointments(DAY, { first: 20 }, bed.call)).rejects.toMatchObject({
      code: 'BAD_VENDOR_ANSWER',
    });
  });
});

describe('reading an appointment', () => {
  const { appointmentnotes: _notes, scheduleddatetime: _scheduled, urgentyn: _urgent, ...plain } = row(1);
  const noted = row(1, { appointmentnotes: [{ id: 1, text: 'Bring records' }] });

  it('is one call, and says what that does not tell', async () => {
    const bed = await withDepartments({ '/appointments/1': () => [plain] });
    const [found] = await bed.connector.read.Appointment([{ key: '1', fields: fields('start') }], bed.call);
    if (found === null || found === undefined || found instanceof Error || found.covers === 'all')
      throw new Error('covers all');
    expect(
      ['start', 'status', 'patient', 'encounterId'].every((field) => (found.covers as ReadonlySet<string>).has(field)),
    ).toBe(true);
    expect(['note', 'scheduledAt', 'urgent'].some((field) => (found.covers as ReadonlySet<string>).has(field))).toBe(
      false,
    );
    expect(bed.calls()).toEqual(['GET /appointments/{id}']);
  });

  it('with what only the booked list of its day tells is a second one, to that', async () => {
    const bed = await withDepartments({
      '/appointments/1': () => [plain],
      '/appointments/booked': () => list(row(2), noted),
    });
    const asked = [{ key: '1', fields: fields('note', 'scheduledAt') }];
    const [found] = await bed.connector.read.Appointment(asked, bed.call);
    expect(found).toMatchObject({ record: { key: '1', note: 'Bring records' }, covers: 'all' });
    expect(bed.lines()).toEqual([
      '/appointments/1',
      '/appointments/booked?patientid=5001&departmentid=1&startdate=12/01/2025&enddate=12/01/2025&showcancelled=true&showcopay=false&limit=5000',
    ]);
  });

  it('that is cancelled asks the booked list whether it was a no-show', async () => {
    const cancelled = { ...plain, appointmentstatus: 'x' };
    const bed = await withDepartments({
      '/appointments/1': () => [cancelled],
      '/appointments/booked': () => list(row(1, { appointmentstatus: 'x', cancelreasonnoshow: true })),
    });
    const [found] = await bed.connector.read.Appointment([{ key: '1', fields: fields('status') }], bed.call);
    expect(found).toMatchObject({ record: { status: 'NO_SHOW' }, covers: 'all' });
  });

  it('answers each in its place', async () => {
    const bed = await withDepartments({
      '/appointments/1': () => [noted],
      '/appointments/2': () => [row(3)],
      '/appointments/3': () => ({ status: 404, body: { error: 'The appointment is not available.' } }),
      '/appointments/4': () => [row(4, { appointmentstatus: 'o' })],
    });
    const asked = ['1', '2', '3', '4', 'booked'].map((key) => ({ key, fields: fields('note') }));
    expect(await bed.connector.read.Appointment(asked, bed.call)).toMatchObject([
      { record: { key: '1', note: 'Bring records' } },
      { code: 'BAD_VENDOR_ANSWER' },
      null,
      null,
      null,
    ]);
  });
});
