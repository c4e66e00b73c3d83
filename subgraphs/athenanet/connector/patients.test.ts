import { describe, expect, it } from 'vitest';
import type { Found } from '../../vendor/connector.ts';
import { type Bed, fields, practice } from '../testbed.ts';

const row = (patientid: number, more: object = {}) => ({
  patientid: String(patientid),
  firstname: 'Avery',
  lastname: 'Larkspur',
  dob: '04/17/1984',
  sex: 'F',
  status: 'active',
  departmentid: '1',
  mobilephone: '5555550102',
  email: 'avery@example.com',
  ...more,
});
const summary = ({ patientid, firstname, lastname, dob, sex, status }: ReturnType<typeof row>) => ({
  patientid,
  firstname,
  lastname,
  dob,
  sex,
  status,
});
const list = (...patients: readonly object[]) => ({ totalcount: patients.length, patients });
const FIRST = { first: 20 } as const;
const OMITTED = 'omitbalances=true&omitdefaultpharmacy=true&omitphotoinformation=true&limit=100';

describe('a search of the platform', () => {
  it.each([
    { query: { lastName: 'Larkspur' }, line: `/patients?lastname=Larkspur&${OMITTED}` },
    {
      query: { firstName: 'Avery', lastName: 'Larkspur' },
      line: `/patients?firstname=Avery&lastname=Larkspur&${OMITTED}`,
    },
    { query: { name: 'Larkspur, Avery' }, line: `/patients?firstname=Avery&lastname=Larkspur&${OMITTED}` },
    { query: { dateOfBirth: '1984-04-17' }, line: `/patients?dob=04/17/1984&${OMITTED}` },
    { query: { phone: '+15555550102' }, line: `/patients?anyphone=5555550102&${OMITTED}` },
    { query: { email: 'avery@example.com' }, line: `/patients?email=avery@example.com&${OMITTED}` },
    { query: { name: 'lark', dateOfBirth: '1984-04-17' }, line: `/patients?dob=04/17/1984&${OMITTED}` },
    { query: { name: 'lark' }, line: '/patients/search?searchterm=lark&maxresults=1000' },
    { query: { name: 'av larkspur' }, line: '/patients/search?searchterm=larkspur&maxresults=1000' },
    { query: { identifier: '5001' }, line: '/patients/5001' },
  ])('for $query is one call: $line', async ({ query, line }) => {
    const bed = await practice({
      '/patients': () => list(row(5001)),
      '/patients/search': () => list(summary(row(5001))),
      '/patients/*': () => [row(5001)],
    });
    const page = await bed.connector.searchPatients(query, FIRST, bed.call);
    expect(page.items.map(({ record }) => record.key)).toEqual(['5001']);
    expect(bed.lines()).toEqual([line]);
  });

  it('tells whole patients by their rows and no more than a summary by a part of a name', async () => {
    const bed = await practice({
      '/patients': () => list(row(5001)),
      '/patients/search': () => list(summary(row(5001))),
    });
    const whole = await bed.connector.searchPatients({ lastName: 'Larkspur' }, FIRST, bed.call);
    const part = await bed.connector.searchPatients({ name: 'lark' }, FIRST, bed.call);
    expect(whole.items[0]?.covers).toBe('all');
    expect(part.items[0]?.covers).toEqual(
      fields('identifiers', 'firstName', 'lastName', 'dateOfBirth', 'gender', 'sex', 'status'),
    );
  });

  it('shows nobody who does not meet every criterion, whatever the vendor sends', async () => {
    const other = row(5002, { mobilephone: '5555550199', contacthomephone: '5555550102' });
    const bed = await practice({ '/patients': () => list(other, row(5001)) });
    const page = await bed.connector.searchPatients({ phone: '+15555550102' }, FIRST, bed.call);
    expect(page.items.map(({ record }) => record.key)).toEqual(['5001']);
    expect(page.totalCount).toBe(1);
  });

  it('for an identifier that is no number asks nobody', async () => {
    const bed = await practice({});
    expect(await bed.connector.searchPatients({ identifier: 'search' }, FIRST, bed.call)).toMatchObject({ items: [] });
    expect(bed.lines()).toEqual([]);
  });

  it('for an identifier also minds the other criteria', async () => {
    const bed = await practice({ '/patients/*': () => [row(5001)] });
    const page = await bed.connector.searchPatients({ identifier: '5001', lastName: 'Smith' }, FIRST, bed.call);
    expect(page.items).toEqual([]);
  });

  it('that is too wide asks to be narrowed', async () => {
    const error = 'The given search parameters would produce a total data set larger than 1000 records.';
    const bed = await practice({ '/patients': () => ({ status: 400, body: { error } }) });
    await expect(bed.connector.searchPatients({ firstName: 'J' }, FIRST, bed.call)).rejects.toMatchObject({
      code: 'VALIDATION',
      message: 'The search matches too many records at the vendor: narrow it.',
    });
  });

  it('fails as a whole when one row cannot be read', async () => {
    const bed = await practice({ '/patients': () => list(row(5001), { firstname: 'Bram' }) });
    await expect(bed.connector.searchPatients({ lastName: 'L' }, FIRST, bed.call)).rejects.toMatchObject({
      code: 'BAD_VENDOR_ANSWER',
    });
  });
});

describe('pages', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, i) => row(5001 + i, i % 2 === 0 ? {} : { lastname: 'Aster' }));
  const paged = (count: number) => (query: URLSearchParams) => {
    const offset = Number(query.get('offset') ?? 0);
    return { totalcount: count, patients: people(count).slice(offset, offset + Number(query.get('limit'))) };
  };
  const keys = (page: { items: readonly { record: { key: string } }[] }) => page.items.map(({ record }) => record.key);

  it('of up to a hundred people are in order of their names, whatever the pages one call', async () => {
    const bed = await practice({ '/patients': paged(7) });
    const first = await bed.connector.searchPatients({ firstName: 'Avery' }, { first: 4 }, bed.call);
    expect(first).toMatchObject({ hasNextPage: true, totalCount: 7 });
    expect(keys(first)).toEqual(['5002', '5004', '5006', '5001']);
    const after = first.items.at(-1)?.after ?? '';
    const second = await bed.connector.searchPatients({ firstName: 'Avery' }, { first: 4, after }, bed.call);
    expect(keys(second)).toEqual(['5003', '5005', '5007']);
    expect(second).toMatchObject({ hasNextPage: false, on: { freshness: 'CACHED' } });
    expect(bed.lines()).toHaveLength(1);
  });

  it('of more people go on at the vendor’s own row', async () => {
    const bed = await practice({ '/patients': paged(150) });
    const first = await bed.connector.searchPatients({ firstName: 'Avery' }, { first: 3 }, bed.call);
    expect(first).toMatchObject({ hasNextPage: true, totalCount: 150 });
    expect(keys(first)).toEqual(['5001', '5002', '5003']);
    const after = first.items.at(-1)?.after ?? '';
    const second = await bed.connector.searchPatients({ firstName: 'Avery' }, { first: 5, after }, bed.call);
    expect(keys(second)).toEqual(['5004', '5005', '5006', '5007', '5008']);
    expect(bed.lines()).toHaveLength(2);
  });

  it('are filled over several calls where rows are left out', async () => {
    const bed = await practice({ '/patients': paged(150) });
    const page = await bed.connector.searchPatients({ lastName: 'Larkspur' }, { first: 60 }, bed.call);
    expect(page.items).toHaveLength(60);
    expect(keys(page).at(-1)).toBe('5119');
    const after = page.items.at(-1)?.after ?? '';
    const rest = await bed.connector.searchPatients({ lastName: 'Larkspur' }, { first: 60, after }, bed.call);
    expect(rest.items).toHaveLength(15);
    expect(rest.hasNextPage).toBe(false);
  });

  it('refuse a position that is not theirs', async () => {
    const bed = await practice({ '/patients': paged(7) });
    await expect(
      bed.connector.searchPatients({ lastName: 'L' }, { first: 3, after: 'x' }, bed.call),
    ).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});

describe('the guide’s dialect', () => {
  it('searches exactly as the guide prints it', async () => {
    const bed = await practice(
      { '/patients/search': () => list(row(1, { firstname: 'John', lastname: 'Smith' })) },
      { dialect: 'guide' },
    );
    const page = await bed.connector.searchPatients({ firstName: 'John', lastName: 'Smith' }, FIRST, bed.call);
    expect(bed.lines()).toEqual(['/patients/search?firstname=John&lastname=Smith']);
    expect(page.items).toMatchObject([{ record: { key: '1' }, covers: 'all' }]);
  });

  it.each([
    { query: { lastName: 'Larkspur' }, lines: ['/patients/search?lastname=Larkspur'] },
    { query: { lastName: 'Larkspur', dateOfBirth: '1984-04-17' }, lines: ['/patients/search?lastname=Larkspur'] },
    {
      query: { name: 'Larkspur' },
      lines: ['/patients/search?lastname=Larkspur', '/patients/search?firstname=Larkspur'],
    },
    { query: { dateOfBirth: '1984-04-17' }, lines: [`/patients?dob=04/17/1984&${OMITTED}`] },
  ])('searches for $query by $lines', async ({ query, lines }) => {
    const bed = await practice(
      { '/patients/search': () => list(row(5001)), '/patients': () => list(row(5001)) },
      { dialect: 'guide' },
    );
    const page = await bed.connector.searchPatients(query, FIRST, bed.call);
    expect(page.items.map(({ record }) => record.key)).toEqual(['5001']);
    expect(bed.lines()).toEqual(lines);
  });

  it('pages what it was answered as a whole', async () => {
    const bed = await practice({ '/patients/search': () => list(row(1), row(2), row(3)) }, { dialect: 'guide' });
    const page = await bed.connector.searchPatients({ lastName: 'L' }, { first: 2, after: '1' }, bed.call);
    expect(page).toMatchObject({
      items: [{ record: { key: '2' } }, { record: { key: '3' } }],
      hasNextPage: false,
      totalCount: 3,
    });
  });
});

describe('reading patients', () => {
  const wanted = (key: string, known?: Found<'Patient'>) => ({
    key,
    fields: fields('email'),
    ...(known ? { known } : {}),
  });

  it('answers each in its place, and one bad record spoils none', async () => {
    const bed = await practice({
      '/patients/5001': () => [row(5001)],
      '/patients/5002': () => [row(5003)],
      '/patients/5004': () => ({ status: 500, body: 'oops' }),
      '/patients/5005': () => [{ firstname: 'Avery' }],
    });
    const keys = ['5001', '5002', '5003', '5004', '5005', 'search', '../claims', '007'];
    const found = await bed.connector.read.Patient(
      keys.map((key) => wanted(key)),
      bed.call,
    );
    expect(found).toMatchObject([
      { record: { key: '5001', email: 'avery@example.com' }, covers: 'all' },
      { code: 'BAD_VENDOR_ANSWER' },
      null,
      { code: 'SOURCE_UNAVAILABLE' },
      { code: 'BAD_VENDOR_ANSWER' },
      null,
      null,
      null,
    ]);
    expect([...new Set(bed.lines())].sort()).toEqual([
      '/patients/5001',
      '/patients/5002',
      '/patients/5003',
      '/patients/5004',
      '/patients/5005',
    ]);
  });

  const summaries = async (bed: Bed) => (await bed.connector.searchPatients({ name: 'lark' }, FIRST, bed.call)).items;

  it('of many with one name is one search by that name', async () => {
    const rows = [1, 2, 3, 4].map((id) => row(id));
    const bed = await practice({
      '/patients/search': () => list(...rows.map(summary)),
      '/patients': () => list(...rows, row(99)),
    });
    const known = await summaries(bed);
    const found = await bed.connector.read.Patient(
      known.map((one) => wanted(one.record.key, one)),
      bed.call,
    );
    expect(found.map((one) => (one as Found<'Patient'>).record.key)).toEqual(['1', '2', '3', '4']);
    expect(bed.calls()).toEqual(['GET /patients/search', 'GET /patients']);
  });

  it('of many with one name reads alone whom that search does not tell', async () => {
    const rows = [1, 2, 3].map((id) => row(id));
    const bed = await practice({
      '/patients/search': () => list(...rows.map(summary)),
      '/patients': (query) =>
        query.has('lastname') ? list(row(1)) : { status: 400, body: { error: 'larger than 1000 records' } },
      '/patients/*': (_, path) => [row(Number(path.split('/').at(-1)))],
    });
    const known = await summaries(bed);
    const found = await bed.connector.read.Patient(
      known.map((one) => wanted(one.record.key, one)),
      bed.call,
    );
    expect(found).toMatchObject([{ record: { key: '1' } }, { record: { key: '2' } }, { record: { key: '3' } }]);
    expect(bed.calls()).toEqual(['GET /patients/search', 'GET /patients', 'GET /patients/{id}', 'GET /patients/{id}']);
  });

  it('of two with one given name and nothing else in common is a call each', async () => {
    const rows = [row(1), { ...row(2), lastname: 'Larkin' }];
    const bed = await practice({
      '/patients/search': () => list(...rows.map(summary)),
      '/patients/*': (_, path) => rows.filter(({ patientid }) => path.endsWith(`/${patientid}`)),
    });
    const known = await summaries(bed);
    await bed.connector.read.Patient(
      known.map((one) => wanted(one.record.key, one)),
      bed.call,
    );
    expect(bed.calls()).toEqual(['GET /patients/search', 'GET /patients/{id}', 'GET /patients/{id}']);
  });
});

describe('coverages', () => {
  it('are the insurances of each patient, and null for one who is not known', async () => {
    const insurance = { insuranceid: '8201', insuranceplandisplayname: 'Sample Health PPO', insuranceidnumber: 'S1' };
    const bed = await practice({
      '/patients/5001/insurances': () => ({ totalcount: 1, insurances: [insurance] }),
      '/patients/5003/insurances': () => ({ status: 429, body: '' }),
    });
    expect(await bed.connector.coverages(['5001', '5002', '5003', 'x'], bed.call)).toMatchObject([
      [{ payer: 'Sample Health PPO', memberId: 'S1' }],
      null,
      { code: 'RATE_LIMITED' },
      null,
    ]);
  });
});
