import { expect, it } from 'vitest';
import { all, found, withDepartments } from '../testbed.ts';

const row = (id: string, more: object) => ({
  appointmentid: id,
  date: '12/01/2025',
  starttime: '09:30',
  duration: 30,
  departmentid: '1',
  patientid: '5001',
  ...more,
});
const MOVED = row('101', { appointmentstatus: 'x', rescheduledappointmentid: '102' });
const ROWS = [
  MOVED,
  row('102', { appointmentstatus: 'f', starttime: '10:00' }),
  row('103', { appointmentstatus: 'x' }),
];
const SPAN = { from: '2025-12-01T05:00:00Z', to: '2025-12-02T05:00:00Z' };
const ROUTES = {
  '/appointments/booked': () => ({ totalcount: ROWS.length, appointments: ROWS }),
  '/appointments/booked/multipledepartment': (query: URLSearchParams) => {
    const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 1000)];
    return { totalcount: ROWS.length, appointments: ROWS.slice(offset, offset + limit) };
  },
  '/appointments/*': () => [MOVED],
};

it('shows a visit that was moved once, where it is now', async () => {
  const bed = await withDepartments(ROUTES);
  const asked = [{ patient: '5001', filter: {}, window: { first: 10 } }];
  const [page] = all(await bed.connector.patientAppointments(asked, bed.call));
  expect(page?.items.map(({ record }) => record.key)).toEqual(['103', '102']);
  expect(page?.totalCount).toBe(2);
});

it('does not count a visit that was moved', async () => {
  const bed = await withDepartments(ROUTES);
  const whole = await bed.connector.searchAppointments(SPAN, { first: 10 }, bed.call);
  expect(whole.items.map(({ record }) => record.key)).toEqual(['102', '103']);
  expect(whole.totalCount).toBe(2);
  const first = await bed.connector.searchAppointments(SPAN, { first: 1 }, bed.call);
  expect(first.items.map(({ record }) => record.key)).toEqual(['102']);
  expect([first.hasNextPage, first.totalCount]).toEqual([true, 2]);
  const booked = await bed.connector.searchAppointments({ ...SPAN, status: ['BOOKED'] }, { first: 10 }, bed.call);
  expect(booked.items.map(({ record }) => record.key)).toEqual(['102']);
});

it('still tells what became of it under its former id', async () => {
  const bed = await withDepartments({ ...ROUTES, '/appointments/*/notes': () => ({ notes: [], totalcount: 0 }) });
  const [one] = await bed.connector.read.Appointment([{ key: '101', fields: new Set(['start']) }], bed.call);
  expect(found(one).record).toMatchObject({
    key: '101',
    status: 'CANCELLED',
    own: { rescheduledAppointmentId: '102' },
  });
});
