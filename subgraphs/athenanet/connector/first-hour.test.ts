import { describe, expect, it } from 'vitest';
import type { AppointmentQuery, Page, Window } from '../../vendor/connector.ts';
import { type Bed, fields, practice, withDepartments } from '../testbed.ts';

/** Lists that are asked for before the departments are at hand tell the same as those after it. */

const row = (appointmentid: number, more: object = {}) => ({
  appointmentid: String(appointmentid),
  appointmentstatus: 'f',
  date: '12/01/2025',
  starttime: '09:30',
  duration: 30,
  departmentid: '1',
  providerid: '71',
  patientid: '5001',
  ...more,
});
/** Five on the day, and one before it that is on the day's first hours only in the west. */
const ROWS = [
  row(1, { date: '11/30/2025', starttime: '23:30', departmentid: '2' }),
  row(2, { date: '11/30/2025', starttime: '12:00' }),
  ...[3, 4, 5, 6].map((id) => row(id, { starttime: `1${id}:00` })),
];
const listing = (rows: readonly ReturnType<typeof row>[]) => {
  const booked = (query: URLSearchParams) => {
    const offset = Number(query.get('offset') ?? 0);
    const [from, to] = [query.get('startdate') ?? '', query.get('enddate') ?? ''];
    const kept = rows.filter(({ date }) => date >= from && date <= to);
    return { totalcount: kept.length, appointments: kept.slice(offset, offset + Number(query.get('limit'))) };
  };
  return { '/appointments/booked': booked, '/appointments/booked/multipledepartment': booked };
};
const ROUTES = listing(ROWS);
const DAY = { from: '2025-12-01T05:00:00Z', to: '2025-12-02T05:00:00Z' } as const;
const selected = { fields: fields('start') };
const keys = (page: Page<'Appointment'>) => page.items.map(({ record }) => record.key);
const search = (bed: Bed, query: Partial<AppointmentQuery>, window: Window) =>
  bed.connector.searchAppointments({ ...DAY, ...query }, { ...selected, ...window }, bed.call);

describe('a search before the departments are at hand', () => {
  it('tells the same as one after it', async () => {
    const cold = await practice(ROUTES);
    const warm = await withDepartments(ROUTES);
    const first = await search(cold, {}, { first: 20 });
    expect(keys(first)).toEqual(['1', '3', '4', '5', '6']);
    expect(keys(await search(warm, {}, { first: 20 }))).toEqual(keys(first));
    expect([...cold.calls()].sort()).toEqual(['GET /appointments/booked', 'GET /departments']);
  });

  it('goes on where it was, although they are at hand by then', async () => {
    // In the east alone the day is one day, and the list a shorter one once that is known.
    const east = { totalcount: 1, departments: [{ departmentid: 1, timezonename: 'US/Eastern' }] };
    const rows = ROWS.filter(({ departmentid }) => departmentid === '1');
    const bed = await practice({ ...listing(rows), '/departments': () => east });
    const found: string[] = [];
    let window: Window = { first: 2 };
    for (let more = true; more; ) {
      const page = await search(bed, {}, window);
      found.push(...keys(page));
      window = { first: 2, after: page.items.at(-1)?.after ?? '' };
      more = page.hasNextPage;
    }
    expect(found).toEqual(['3', '4', '5', '6']);
  });

  it('that goes on from a position after it waits for them', async () => {
    const warm = await withDepartments(ROUTES);
    const first = await search(warm, {}, { first: 2 });
    const cold = await practice(ROUTES);
    const next = await search(cold, {}, { first: 20, after: first.items.at(-1)?.after ?? '' });
    expect([...keys(first), ...keys(next)]).toEqual(['1', '3', '4', '5', '6']);
  });

  it('asks again where a department is farther off than the fifty states', async () => {
    const guam = {
      '/departments': () => ({ totalcount: 1, departments: [{ departmentid: 1, timezonename: 'Pacific/Guam' }] }),
    };
    const there = row(7, { date: '12/02/2025', starttime: '00:30' });
    const bed = await practice({
      ...guam,
      '/appointments/booked': () => ({ totalcount: 0, appointments: [] }),
      '/appointments/booked/multipledepartment': () => ({ totalcount: 1, appointments: [there] }),
    });
    const span = { from: '2025-12-01T14:00:00Z', to: '2025-12-01T15:00:00Z' };
    expect(keys(await search(bed, span, { first: 20 }))).toEqual(['7']);
    expect(bed.lines().map((line) => line.replace(/.*(startdate.*)&showcancelled.*/, '$1'))).toEqual([
      'startdate=12/01/2025&enddate=12/01/2025',
      'startdate=12/01/2025&enddate=12/02/2025',
    ]);
  });

  it('for a place that the practice has not finds nobody, whatever athenaNet says of it', async () => {
    const bed = await practice({
      '/appointments/booked/multipledepartment': () => ({ status: 400, body: { error: 'no' } }),
    });
    expect(keys(await search(bed, { locations: ['99'] }, { first: 20 }))).toEqual([]);
  });

  it('fails when the departments cannot be had: times would be wrong', async () => {
    const bed = await practice({ ...ROUTES, '/departments': () => ({ status: 403, body: { error: 'no' } }) });
    await expect(search(bed, {}, { first: 20 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('states', () => {
  it.each([
    { status: ['BOOKED', 'ARRIVED'], query: 'appointmentstatus=f&showcopay' },
    { status: ['CHECKED_IN'], query: 'appointmentstatus=2&showcopay' },
    { status: ['FULFILLED'], query: 'enddate=12/01/2025&showcopay' },
    { status: ['NO_SHOW'], query: 'appointmentstatus=x&showcancelled=true&showcopay' },
    { status: ['BOOKED', 'CANCELLED'], query: 'enddate=12/01/2025&showcancelled=true&showcopay' },
    { status: ['UNMAPPED', 'BOOKED'], query: 'enddate=12/01/2025&showcancelled=true&showcopay' },
  ] as const)('$status are asked for by $query', async ({ status, query }) => {
    const bed = await withDepartments(ROUTES);
    await search(bed, { status }, { first: 20 });
    expect(bed.lines()[0]).toContain(`${query}=false`);
  });

  it('that athenaNet has not take no call', async () => {
    const bed = await practice({});
    expect(keys(await search(bed, { status: ['WAITLIST', 'PROPOSED'] }, { first: 20 }))).toEqual([]);
    expect(bed.calls()).toEqual([]);
  });
});

describe('an appointment that is known in part', () => {
  const whole = row(1, { appointmentnotes: [{ text: 'Bring films' }], scheduleddatetime: '11/20/2025 13:01:49' });
  const routes = {
    '/appointments/1': () => [row(1)],
    '/appointments/1/notes': () => ({ totalcount: 2, notes: [{ notetext: 'Bring films' }, { notetext: 'Late' }] }),
    '/appointments/booked': () => ({ totalcount: 1, appointments: [whole] }),
  };
  it.each([
    { missing: ['note'], calls: ['GET /appointments/{id}/notes'], told: { note: 'Bring films\nLate' } },
    { missing: ['scheduledAt'], calls: ['GET /appointments/booked'], told: { note: 'Bring films' } },
    { missing: ['note', 'scheduledAt'], calls: ['GET /appointments/booked'], told: { note: 'Bring films' } },
  ])('is asked for $missing by $calls', async ({ missing, calls, told }) => {
    const bed = await withDepartments(routes);
    const [known] = await bed.connector.read.Appointment([{ key: '1', fields: fields('start') }], bed.call);
    if (known === null || known === undefined || known instanceof Error) throw new Error('not found');
    bed.calls();
    const [found] = await bed.connector.read.Appointment([{ key: '1', fields: fields(...missing), known }], bed.call);
    expect(found).toMatchObject({ record: { key: '1', start: '2025-12-01T14:30:00Z', patientKey: '5001', ...told } });
    const covers = (found as typeof known).covers;
    expect(missing.every((field) => covers === 'all' || covers.has(field))).toBe(true);
    expect(covers === 'all' || covers.has('urgent')).toBe(calls[0] === 'GET /appointments/booked');
    expect(bed.calls()).toEqual(calls);
  });

  it('brings its patient along when something of the patient is selected', async () => {
    const bed = await withDepartments({
      '/appointments/1': (query) => [
        row(1, query.has('showpatientdetail') ? { patient: { patientid: '5001', lastname: 'Larkspur' } } : {}),
      ],
    });
    const read = (...names: string[]) =>
      bed.connector.read.Appointment([{ key: '1', fields: fields(...names) }], bed.call);
    expect(await read('patient', 'patient.lastName')).toMatchObject([
      { related: [{ type: 'Patient', record: { key: '5001', lastName: 'Larkspur' } }] },
    ]);
    const [plain] = await read('patient', 'patient.id');
    expect(plain).not.toHaveProperty('related');
    expect(bed.calls()).toEqual(['GET /appointments/{id}', 'GET /appointments/{id}']);
  });
});
