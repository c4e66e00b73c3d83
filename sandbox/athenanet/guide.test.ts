import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

type Row = Readonly<Record<string, unknown>>;
type Query = Record<string, string>;
const SEARCH = '/patients/search';
const NAMES = { firstname: 'Avery', lastname: 'Larkspur' };
const GUIDE_ONLY: [string, Query][] = [
  ['/appointments', { providerid: '71' }],
  ['/chart', { patientid: '5001', documenttype: 'vitals' }],
  ['/documents', { patientid: '5001' }],
  ['/dictionaries', { name: 'races' }],
];

describe("the guide's dialect", () => {
  it.each([undefined, 'guide'] as const)('finds patients by names with whole rows (%s)', async (strictDialect) => {
    const { read } = await caller(strictDialect && { strictDialect });
    const { totalcount, patients } = await read<{ totalcount: number; patients: Row[] }>(SEARCH, NAMES);
    expect(totalcount).toBe(1);
    expect(patients[0]).toMatchObject({
      patientid: '5001',
      dob: '04/17/1984',
      mobilephone: '5555550102',
      language: 'eng',
      race: ['2106-3', '2034-7'],
      ethnicity: '2186-5',
    });
  });

  it('knows the fourth sex', async () => {
    const { read } = await caller();
    expect(await read(SEARCH, { lastname: 'Marigold' })).toMatchObject({ patients: [{ sex: 'O' }] });
  });

  it('reads one patient, department or provider by a parameter', async () => {
    const { read } = await caller();
    expect(await read('/patients', { patientid: '5002' })).toMatchObject({
      totalcount: 1,
      patients: [{ patientid: '5002' }],
    });
    expect(await read('/patients', { patientid: '5002', departmentid: '3' })).toMatchObject({ totalcount: 0 });
    expect(await read('/departments', { departmentid: '2' })).toMatchObject({ departments: [{ departmentid: '2' }] });
    expect(await read('/providers', { providerid: '72' })).toMatchObject({ totalcount: 1 });
    expect(await read('/providers', { departmentid: '1' })).toMatchObject({ providers: [{ providerid: 71 }] });
  });

  it.each([
    [{ providerid: '72' }, ['104']],
    [{ appointmenttypeid: '8' }, ['108']],
    [{ starttime: '2025-12-01T09:30:00' }, ['101']],
    [{ starttime: '2025-12-01T09:30' }, ['101']],
    [{ starttime: '2025-12-01' }, ['101', '113']],
    [{ starttime: '2025-12-01', patientid: '5003' }, ['113']],
    [{ providerid: '71', departmentid: '2' }, ['102', '105']],
    [{ providerid: '71', departmentid: '1', showcancelled: 'true' }, ['103', '107', '106', '101', '113', '108']],
  ] as [Query, string[]][])('lists appointments by %j', async (query, ids) => {
    const { read } = await caller();
    const { appointments } = await read<{ appointments: Row[] }>('/appointments', query);
    expect(appointments.map(({ appointmentid }) => appointmentid)).toEqual(ids);
  });

  it("has the guide's reason and note", async () => {
    const { read } = await caller();
    expect(await read('/appointments', { patientid: '5001', starttime: '2025-12-01' })).toMatchObject({
      appointments: [{ reason: 'Knee', note: 'Bring films', starttime: '09:30', departmentid: '1' }],
    });
    const [platform] = await read<Row[]>('/appointments/101');
    expect(platform).not.toHaveProperty('reason');
  });

  it.each([
    ['vitals', '/chart/5001/vitals'],
    ['labresults', '/chart/5001/labresults'],
    ['analytes', '/chart/5001/analytes'],
    ['encounters', '/chart/5001/encounters'],
  ])('reads a chart without a department: %s', async (documenttype, path) => {
    const { read } = await caller();
    expect(await read('/chart', { patientid: '5001', documenttype })).toEqual(await read(path, { departmentid: '1' }));
  });

  it('reads documents and dictionaries', async () => {
    const { read } = await caller();
    expect(await read('/documents', { patientid: '5001', documentclass: 'LABRESULT' })).toEqual(
      await read('/patients/5001/documents', { departmentid: '1' }),
    );
    for (const name of ['races', 'languages', 'ethnicities', 'states'])
      expect(await read('/dictionaries', { name })).toEqual(await read(`/${name}`));
  });

  it.each([
    ['/appointments', {}],
    ['/appointments', { starttime: '12/01/2025' }],
    ['/appointments', { starttime: '2025-02-30' }],
    ['/chart', { patientid: '5001' }],
    ['/chart', { patientid: '5001', documenttype: 'constructor' }],
    ['/documents', {}],
    ['/dictionaries', {}],
    ['/dictionaries', { name: 'constructor' }],
    [SEARCH, {}],
  ] as [string, Query][])('refuses %s %j', async (path, query) => {
    const { get } = await caller();
    expect((await get(path, query)).status).toBe(400);
  });
});

describe('a strict platform', () => {
  it.each(GUIDE_ONLY)('does not know %s', async (path, query) => {
    const { get } = await caller({ strictDialect: 'platform' });
    const answer = await get(path, query);
    expect([answer.status, answer.text]).toEqual([404, 'Service not registered with API gateway.']);
  });

  it('wants a search term for a search', async () => {
    const { get } = await caller({ strictDialect: 'platform' });
    const answer = await get(SEARCH, NAMES);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      { error: 'Additional fields are required.', missingfields: ['searchterm'] },
    ]);
  });

  it("does not narrow by the guide's parameters", async () => {
    const { get, read } = await caller({ strictDialect: 'platform' });
    expect((await get('/patients', { patientid: '5001' })).status).toBe(400);
    expect(await read('/providers', { providerid: '71' })).toMatchObject({ totalcount: 2 });
    expect(await read('/departments', { departmentid: '2' })).toMatchObject({ totalcount: 2 });
  });
});

describe('a strict guide', () => {
  it.each(GUIDE_ONLY)('knows %s', async (path, query) => {
    const { get } = await caller({ strictDialect: 'guide' });
    expect((await get(path, query)).status).toBe(200);
  });

  it('wants names for a search', async () => {
    const { get } = await caller({ strictDialect: 'guide' });
    const answer = await get(SEARCH, { searchterm: 'Larkspur' });
    expect([answer.status, JSON.parse(answer.text).missingfields]).toEqual([400, ['firstname', 'lastname']]);
  });
});
