import { describe, expect, it } from 'vitest';
import type { Found } from '../../vendor/connector.ts';
import { fields, practice, withDepartments } from '../testbed.ts';

const PPO = { insuranceid: '8201', insuranceplandisplayname: 'Sample Health PPO', insuranceidnumber: 'S1' };
const ROUTES = {
  '/patients/*': (query: URLSearchParams, path: string) => [
    {
      patientid: path.split('/').at(-1),
      lastname: 'Larkspur',
      departmentid: '1',
      ...(query.has('showinsurance') ? { insurances: [PPO] } : {}),
      ...(query.has('showallpatientdepartmentstatus') ? { allpatientstatuses: [{ departmentid: 1 }] } : {}),
    },
  ],
  '/patients/*/insurances': () => ({ totalcount: 1, insurances: [PPO] }),
  '/chart/5001/vitals': () => ({ totalcount: 0, vitals: [] }),
  '/chart/5001/labresults': () => ({ totalcount: 0, results: [] }),
};
const LIST = [{ patient: '5001', filter: {}, window: { first: 20 } }];
const wanted = (...names: string[]) => [{ key: '5001', fields: fields(...names) }];

describe('a patient’s row', () => {
  it('is asked for once for the patient, the coverages and the chart', async () => {
    const bed = await practice(ROUTES);
    const { call } = bed;
    const [found, coverages] = await Promise.all([
      bed.connector.read.Patient(wanted('lastName'), call),
      bed.connector.coverages(['5001'], call),
      bed.connector.patientObservations(LIST, call),
    ]);
    expect(found).toMatchObject([{ record: { lastName: 'Larkspur' }, covers: 'all' }]);
    expect(coverages).toMatchObject([[{ payer: 'Sample Health PPO' }]]);
    expect([...bed.lines()].sort()).toEqual([
      '/chart/5001/labresults?departmentid=1&showabnormaldetails=true&limit=5000',
      '/chart/5001/vitals?departmentid=1',
      '/patients/5001?showinsurance=true&showallpatientdepartmentstatus=true',
    ]);
  });

  it('brings the coverages that are selected with it, and asks for none that are not', async () => {
    const bed = await practice(ROUTES);
    const [found] = await bed.connector.read.Patient(wanted('lastName', 'coverages'), bed.call);
    expect(found).toMatchObject({ coverages: [{ payer: 'Sample Health PPO' }] });
    const [plain] = await bed.connector.read.Patient(wanted('lastName'), bed.call);
    expect((plain as Found<'Patient'>).coverages).toBeUndefined();
    expect(bed.lines()).toEqual(['/patients/5001?showinsurance=true', '/patients/5001']);
  });

  it('is not asked for where the coverages alone are wanted', async () => {
    const bed = await practice(ROUTES);
    expect(await bed.connector.coverages(['5001'], bed.call)).toMatchObject([[{ memberId: 'S1' }]]);
    expect(bed.lines()).toEqual(['/patients/5001/insurances']);
  });

  it('without the column of insurances does not say that there are none', async () => {
    const bed = await practice({ ...ROUTES, '/patients/5001': () => [{ patientid: '5001' }] });
    const [found] = await bed.connector.read.Patient(wanted('lastName', 'coverages'), bed.call);
    expect(found).toMatchObject({ coverages: [{ memberId: 'S1' }] });
    expect(bed.lines()).toEqual(['/patients/5001?showinsurance=true', '/patients/5001/insurances']);
  });

  it('shows the patient when the insurances cannot be had', async () => {
    const bed = await practice({
      ...ROUTES,
      '/patients/5001': () => [{ patientid: '5001', lastname: 'Larkspur' }],
      '/patients/5001/insurances': () => ({ status: 403, body: { error: 'Insufficient scope.' } }),
    });
    const { call } = bed;
    const [found] = await bed.connector.read.Patient(wanted('lastName', 'coverages'), call);
    expect(found).toMatchObject({ record: { lastName: 'Larkspur' } });
    expect((found as Found<'Patient'>).coverages).toBeUndefined();
    expect(await bed.connector.coverages(['5001'], call)).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  it('is kept for its operation and for no other', async () => {
    const bed = await practice(ROUTES);
    const { call } = bed;
    await bed.connector.read.Patient(wanted('lastName', 'coverages'), call);
    await bed.connector.coverages(['5001'], call);
    await bed.connector.read.Patient(wanted('email'), { ...call });
    expect(bed.lines()).toHaveLength(1);
    await bed.connector.read.Patient(wanted('email'), bed.call);
    expect(bed.lines()).toHaveLength(2);
  });

  it('is asked for again by an operation that goes on for long', async () => {
    let now = 1_000;
    const bed = await practice(ROUTES);
    const call = { ...bed.call, now: () => now, deadline: Number.POSITIVE_INFINITY };
    await bed.connector.read.Patient(wanted('lastName'), call);
    now += 4_999;
    await bed.connector.read.Patient(wanted('lastName'), call);
    expect(bed.lines()).toHaveLength(1);
    now += 1;
    await bed.connector.read.Patient(wanted('lastName'), call);
    expect(bed.lines()).toHaveLength(2);
  });

  it('that was refused is asked for again', async () => {
    let refused = true;
    const bed = await practice({
      ...ROUTES,
      '/patients/5001': () =>
        refused ? { status: 400, body: { error: 'The data provided is invalid.' } } : [{ patientid: '5001' }],
    });
    const { call } = bed;
    expect(await bed.connector.read.Patient(wanted('lastName'), call)).toMatchObject([{ code: 'VENDOR_REJECTED' }]);
    refused = false;
    expect(await bed.connector.read.Patient(wanted('lastName'), call)).toMatchObject([{ record: { key: '5001' } }]);
  });

  it('comes with the payer of a claim, and is told of', async () => {
    const claim = (claimid: number) => ({
      claimid: String(claimid),
      patientid: 5001,
      primaryinsurancepayer: { primarypatientinsuranceid: 8201, status: 'BILLED' },
    });
    const bed = await practice({ ...ROUTES, '/claims': () => ({ totalcount: 2, claims: [claim(1), claim(2)] }) });
    const { call } = bed;
    const { items } = await bed.connector.searchClaims({}, { first: 20 }, call);
    const found = await bed.connector.read.Claim(
      items.map((known) => ({ key: known.record.key, fields: fields('payer'), known })),
      call,
    );
    expect(found).toMatchObject(
      ['1', '2'].map((key) => ({
        record: { key, payer: 'Sample Health PPO' },
        related: [{ type: 'Patient', record: { key: '5001', lastName: 'Larkspur' }, covers: 'all' }],
      })),
    );
    expect(bed.lines()).toEqual(['/claims?limit=20', '/patients/5001?showinsurance=true']);
  });
});

describe('the department of a chart', () => {
  const inGroups = (...groups: readonly (string | undefined)[]) => ({
    '/departments': () => ({
      totalcount: groups.length,
      departments: groups.map((chartsharinggroupid, i) => ({ departmentid: i + 1, chartsharinggroupid })),
    }),
  });
  it.each([
    { title: 'one department', groups: [undefined], asks: false },
    { title: 'one chart for all departments', groups: ['40', '40'], asks: false },
    { title: 'several charts', groups: ['40', '41'], asks: true },
    { title: 'departments that do not say', groups: [undefined, undefined], asks: true },
  ])('in a practice with $title takes a call for the patient: $asks', async ({ groups, asks }) => {
    const bed = await withDepartments({ ...ROUTES, ...inGroups(...groups) });
    await bed.connector.patientObservations(LIST, bed.call);
    expect(bed.calls().includes('GET /patients/{id}')).toBe(asks);
  });

  it('that turns out to have no chart of the patient is looked up', async () => {
    const wrong = { status: 400, body: { error: 'The specified patient does not exist in that department.' } };
    const bed = await withDepartments({
      ...ROUTES,
      ...inGroups('40', '40'),
      '/patients/5001': () => [{ patientid: '5001', departmentid: '2' }],
      '/chart/5001/vitals': (query) => (query.get('departmentid') === '1' ? wrong : { totalcount: 0, vitals: [] }),
    });
    const lists = [{ patient: '5001', filter: { category: 'vital-signs' }, window: { first: 20 } }];
    expect(await bed.connector.patientObservations(lists, bed.call)).toMatchObject([{ items: [] }]);
    expect(bed.calls()).toEqual(['GET /chart/{id}/vitals', 'GET /patients/{id}', 'GET /chart/{id}/vitals']);
  });
});
