import { describe, expect, it } from 'vitest';
import type { AppointmentFilter, Page, PatientList } from '../../vendor/connector.ts';
import { withDepartments } from '../testbed.ts';

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

describe('appointments of patients', () => {
  const asked = (
    patient: string,
    filter: AppointmentFilter = {},
    window = { first: 20 },
  ): PatientList<AppointmentFilter> => ({
    patient,
    filter,
    window,
  });

  it('of one patient are one call, sorted by time, with both ends of the span', async () => {
    const bed = await withDepartments({
      '/appointments/booked': () => list(row(2, { date: '12/05/2025' }), row(1), row(3, { appointmentstatus: 'o' })),
    });
    const [page] = await bed.connector.patientAppointments([asked('5001')], bed.call);
    expect(keys(page)).toEqual(['1', '2']);
    expect(page).toMatchObject({ hasNextPage: false, totalCount: 2 });
    expect(bed.lines()).toEqual([
      '/appointments/booked?patientid=5001&startdate=01/01/1900&enddate=12/31/2199&showcancelled=true&showcopay=false&limit=5000',
    ]);
  });

  it('page by time, so that a position holds when the list changes', async () => {
    const rows = [1, 2, 3, 4].map((id) => row(id, { date: `12/0${id}/2025` }));
    const bed = await withDepartments({ '/appointments/booked': () => list(...rows) });
    const [first] = await bed.connector.patientAppointments([asked('5001', {}, { first: 2 })], bed.call);
    const after = (first as Page<'Appointment'>).items.at(-1)?.after ?? '';
    rows.shift();
    const [next] = await bed.connector.patientAppointments(
      [{ ...asked('5001'), window: { first: 2, after } }],
      bed.call,
    );
    expect(keys(next)).toEqual(['3', '4']);
  });

  it('that are another patient’s are nobody’s', async () => {
    const bed = await withDepartments({ '/appointments/booked': () => list(row(1), row(2, { patientid: '5002' })) });
    expect(await bed.connector.patientAppointments([asked('5001')], bed.call)).toMatchObject([
      { code: 'BAD_VENDOR_ANSWER' },
    ]);
  });

  it('of many patients in one short span are one call for all', async () => {
    const bed = await withDepartments({
      [MULTIPLE]: () =>
        list(row(1), row(2, { patientid: '5002' }), row(3, { patientid: '9999' }), row(4, { starttime: '11:00' })),
    });
    const pages = await bed.connector.patientAppointments(
      ['5001', '5002', '5003'].map((patient) => asked(patient, DAY)),
      bed.call,
    );
    expect(pages.map(keys)).toEqual([['1', '4'], ['2'], []]);
    expect(bed.calls()).toEqual([`GET ${MULTIPLE}`]);
  });

  it.each([
    { title: 'a long span', filter: { from: '2025-01-01T00:00:00Z', to: '2025-12-31T00:00:00Z' } },
    { title: 'an open span', filter: { from: '2025-12-01T00:00:00Z' } },
  ])('of many patients in $title are a call each', async ({ filter }) => {
    const bed = await withDepartments({
      '/appointments/booked': (query) => list(row(1, { patientid: query.get('patientid') })),
    });
    const pages = await bed.connector.patientAppointments(
      ['5001', '5002'].map((patient) => asked(patient, filter)),
      bed.call,
    );
    expect(pages.map(keys)).toEqual([['1'], ['1']]);
    expect(bed.calls().filter((name) => name === 'GET /appointments/booked')).toHaveLength(2);
  });

  it.each([
    { title: 'is longer than the patients are many', shared: { totalcount: 4000, appointments: [row(1)] } },
    { title: 'cannot be had', shared: { status: 403, body: { error: 'Insufficient scope.' } } },
    { title: 'holds a row that cannot be read', shared: { totalcount: 1, appointments: [{}] } },
  ])('are a call each after all when the practice’s list $title', async ({ shared }) => {
    const bed = await withDepartments({
      [MULTIPLE]: () => shared,
      '/appointments/booked': (query) => list(row(1, { patientid: query.get('patientid') })),
    });
    const pages = await bed.connector.patientAppointments(
      ['5001', '5002'].map((patient) => asked(patient, DAY)),
      bed.call,
    );
    expect(pages.map(keys)).toEqual([['1'], ['1']]);
  });

  it('fail alike when the vendor does', async () => {
    const bed = await withDepartments({ [MULTIPLE]: () => ({ status: 429, body: '' }) });
    const pages = await bed.connector.patientAppointments(
      ['5001', '5002'].map((patient) => asked(patient, DAY)),
      bed.call,
    );
    expect(pages).toMatchObject([{ code: 'RATE_LIMITED' }, { code: 'RATE_LIMITED' }]);
    expect(new Set(bed.calls())).toEqual(new Set([`GET ${MULTIPLE}`]));
  });

  it('asked twice of one patient are one call', async () => {
    const bed = await withDepartments({
      '/appointments/booked': () => list(row(1), row(2, { appointmentstatus: 'x' })),
    });
    const pages = await bed.connector.patientAppointments(
      [asked('5001', { status: ['BOOKED'] }), asked('5001', { status: ['CANCELLED'] })],
      bed.call,
    );
    expect(pages.map(keys)).toEqual([['1'], ['2']]);
    expect(bed.lines()).toHaveLength(1);
  });

  it('of a key that is no patient’s are not found', async () => {
    const bed = await withDepartments({});
    expect(await bed.connector.patientAppointments([asked('search')], bed.call)).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});
