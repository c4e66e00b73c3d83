import { afterEach, describe, expect, it } from 'vitest';
import type { Patient } from '../practice.ts';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

interface Patients {
  readonly totalcount: number;
  readonly next?: string;
  readonly previous?: string;
  readonly patients: readonly Readonly<Record<string, unknown>>[];
}

const idsOf = ({ patients }: Patients): unknown[] => patients.map(({ patientid }) => patientid);

describe('GET /patients', () => {
  it.each([
    [{ lastname: 'lark' }, ['5001', '5002']],
    [{ lastname: 'ark' }, []],
    [{ firstname: 'BR', lastname: 'Larkspur' }, ['5002']],
    [{ dob: '04/17/1984' }, ['5001']],
    [{ dob: '07/01/1999' }, []],
    [{ anyphone: '5555550103' }, ['5001']],
    [{ anyphone: '5555550101' }, ['5001', '5002']],
    [{ homephone: '(555) 555-0101' }, ['5001', '5002']],
    [{ mobilephone: '5555550101' }, []],
    [{ mobilephone: '+15555550102' }, []],
    [{ email: 'AVERY.larkspur@example.com' }, ['5001']],
    [{ zip: '00000-9999' }, ['5001']],
    [{ departmentid: '3' }, ['5003']],
    [{ departmentid: '-1' }, ['5004']],
    [{ status: 'a', lastname: 'Marigold' }, ['5003']],
    [{ status: 'inactive', lastname: 'Marigold' }, []],
    [{ upcomingappointmenthours: '1' }, ['5001']],
    [{ upcomingappointmenthours: '1', appointmentdepartmentid: '1' }, []],
    [{ LASTNAME: 'Larkspur', FIRSTNAME: '' }, ['5001', '5002']],
  ] as [Record<string, string>, string[]][])('finds by %j', async (query, ids) => {
    const { read } = await caller();
    const found = await read<Patients>('/patients', query);
    expect([found.totalcount, idsOf(found)]).toEqual([ids.length, ids]);
  });

  it.each([[{}], [{ limit: '10' }], [{ lastname: '' }], [{ omitbalances: 'true' }]] as [Record<string, string>][])(
    'refuses to list everybody: %j',
    async (query) => {
      const { get } = await caller();
      const answer = await get('/patients', query);
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, 'Additional fields are required.']);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=iso-8859-1');
    },
  );

  it.each([
    [{ dob: '1984-04-17' }],
    [{ status: 'gone' }],
    [{ upcomingappointmenthours: '25' }],
    [{ departmentid: '1,2' }],
  ] as [Record<string, string>][])('refuses %j as invalid', async (query) => {
    const { get } = await caller();
    const answer = await get('/patients', query);
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, 'The data provided is invalid.']);
  });

  it('gives 1000 records and refuses to give 1001', async () => {
    const many = (count: number) => ({
      ...practiceOf(),
      patients: Array.from(
        { length: count },
        (_, index): Patient => ({
          id: index + 1,
          mrn: `M-${index}`,
          first: 'Same',
          last: 'Name',
          race: [],
          coverages: [],
          changedAt: '2025-01-01T00:00:00Z',
        }),
      ),
    });
    const enough = await (await caller({ practice: many(1000) })).read<Patients>('/patients', { lastname: 'Name' });
    expect([enough.totalcount, enough.patients.length]).toEqual([1000, 1000]);
    const answer = await (await caller({ practice: many(1001) })).get('/patients', { lastname: 'Name', limit: '1' });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      {
        error:
          'The given search parameters would produce a total data set larger than 1000 records.  ' +
          'Please refine your search and try again.',
      },
    ]);
  });

  it('links its pages with upper-cased names, and the links lead there', async () => {
    const { read } = await caller();
    const first = await read<Patients>('/patients', { status: 'active', lastname: 'l', limit: '1' });
    expect(first.next).toBe('/v1/999901/patients?LASTNAME=l&STATUS=active&limit=1&offset=1');
    expect(first).not.toHaveProperty('previous');
    const query = Object.fromEntries(new URL(first.next ?? '', 'http://localhost').searchParams);
    const second = await read<Patients>('/patients', query);
    expect([idsOf(first), idsOf(second)]).toEqual([['5001'], ['5002']]);
    expect(second.previous).toBe('/v1/999901/patients?LASTNAME=l&STATUS=active&limit=1&offset=0');
    expect(second).not.toHaveProperty('next');
  });

  it('leaves out balances and photos for those who can do without', async () => {
    const { read } = await caller();
    const whole = await read<Patients>('/patients', { firstname: 'Avery' });
    const lean = await read<Patients>('/patients', {
      firstname: 'Avery',
      omitbalances: 'true',
      omitphotoinformation: 'true',
    });
    expect(whole.patients[0]).toMatchObject({ patientphoto: false, balances: [{ balance: '25.15' }] });
    for (const name of ['balances', 'patientphoto']) expect(lean.patients[0]).not.toHaveProperty(name);
  });
});

describe('one patient', () => {
  it('is an array of one, in athenaNet’s words', async () => {
    const { read } = await caller();
    expect(await read('/patients/5001')).toEqual([
      {
        patientid: '5001',
        firstname: 'Avery',
        lastname: 'Larkspur',
        middlename: 'Q',
        preferredname: 'Ave',
        dob: '04/17/1984',
        sex: 'F',
        status: 'active',
        address1: '1 Sample Plaza',
        address2: 'Apt 4',
        city: 'Exampleville',
        state: 'MA',
        zip: '00000-1234',
        countrycode: 'USA',
        countrycode3166: 'US',
        homephone: '5555550101',
        mobilephone: '5555550102',
        workphone: '5555550103',
        hasmobile: true,
        email: 'avery.larkspur@example.com',
        emailexists: true,
        departmentid: '1',
        primarydepartmentid: '1',
        primaryproviderid: '71',
        language6392code: 'eng',
        race: ['2106-3', '2034-7'],
        racename: 'White',
        ethnicitycode: '2186-5',
        maritalstatus: 'M',
        maritalstatusname: 'MARRIED',
        firstappointment: '10/14/2025 09:15',
        lastappointment: '10/14/2025 09:15',
        patientphoto: false,
        driverslicense: false,
        balances: [{ balance: '25.15', departmentlist: '1,2,3', providergroupid: 1, cleanbalance: true }],
      },
    ]);
  });

  it('tells the first appointment and the last before today, missed and cancelled ones apart', async () => {
    const practice = practiceOf();
    const booked = practice.appointments.find(({ id }) => id === 101);
    if (booked === undefined) throw new Error('no appointment');
    const at = (id: number, start: string, status = booked.status) =>
      practice.appointments.push({ ...booked, id, start, status });
    at(201, '2025-11-03T15:00:00Z');
    at(202, '2025-11-19T15:00:00Z', 'noshow');
    at(203, '2025-09-01T15:00:00Z', 'cancelled');
    const { read } = await caller({ practice });
    expect(await read('/patients/5001')).toMatchObject([
      { firstappointment: '10/14/2025 09:15', lastappointment: '11/03/2025 10:00' },
    ]);
  });

  it('leaves absent what is not known or has no word', async () => {
    const { read } = await caller();
    const [cleo] = await read<Record<string, unknown>[]>('/patients/5003');
    for (const name of ['dob', 'sex', 'email', 'emailexists', 'race', 'address1', 'insurances', 'mobilephone'])
      expect(cleo).not.toHaveProperty(name);
    expect(cleo).toMatchObject({ deceaseddate: '11/19/2025', balances: [{ balance: 0 }] });
    const [dana] = await read<Record<string, unknown>[]>('/patients/5004');
    expect(dana).not.toHaveProperty('departmentid');
  });

  it('shows what it is asked to', async () => {
    const { read } = await caller();
    const flags = ['insurance', 'customfields', 'localpatientid', 'allpatientdepartmentstatus'];
    const asked = Object.fromEntries(flags.map((flag) => [`show${flag}`, 'true']));
    const [avery] = await read<Record<string, unknown>[]>('/patients/5001', asked);
    expect(avery).toMatchObject({
      insurances: [{ insuranceid: '500101' }],
      customfields: [],
      localpatientid: 'M-5001',
      allpatientstatuses: [
        { departmentid: 1, status: 'active', primaryproviderid: '71' },
        { departmentid: 2, status: 'active', primaryproviderid: '71' },
      ],
    });
  });

  it.each(['99999999', 'abc', '5001.0'])('is not there as %s', async (id) => {
    const { get } = await caller();
    const answer = await get(`/patients/${id}`);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      404,
      { error: 'This patient does not exist in this context.' },
    ]);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=iso-8859-1');
  });

  it('has insurances in order, the holder by name', async () => {
    const { read } = await caller();
    expect(await read('/patients/5001/insurances')).toEqual({
      totalcount: 1,
      insurances: [
        {
          insuranceid: '500101',
          id: '500101',
          sequencenumber: 1,
          insurancepackageid: 1001,
          insuranceplanname: 'Sample Health PPO',
          insuranceplandisplayname: 'Sample Health PPO',
          ircname: 'Sample Health PPO',
          insuranceidnumber: 'SAMPLE0001',
          policynumber: 'GRP-1',
          insurancepolicyholder: 'Avery Larkspur',
          insurancepolicyholderfirstname: 'Avery',
          insurancepolicyholderlastname: 'Larkspur',
          insurancepolicyholderdob: '04/17/1984',
          insurancepolicyholdersex: 'F',
          relationshiptoinsured: 'Self',
          relationshiptoinsuredid: 1,
          insuredentitytypeid: 1,
          issuedate: '01/01/2024',
          expirationdate: '12/31/2025',
        },
      ],
    });
    const child = await read<{ insurances: Record<string, unknown>[] }>('/patients/5002/insurances');
    expect(child.insurances[0]).toMatchObject({ relationshiptoinsured: 'Child', relationshiptoinsuredid: 3 });
    expect(child.insurances[0]).not.toHaveProperty('insurancepolicyholderdob');
    expect(await read('/patients/5003/insurances')).toEqual({ totalcount: 0, insurances: [] });
  });
});

describe('GET /patients/search', () => {
  it.each([
    ['Lark', ['5001', '5002']],
    ['arks', ['5001', '5002']],
    ['bram larkspur', ['5002']],
    ['larkspur, av', ['5001']],
    ['spur, av', []],
    ['5003', ['5003']],
    ['500', []],
  ])('finds %j', async (searchterm, ids) => {
    const { read } = await caller();
    expect(idsOf(await read<Patients>('/patients/search', { searchterm }))).toEqual(ids);
  });

  it('gives summaries, and no more than asked for', async () => {
    const { read } = await caller();
    const found = await read<Patients>('/patients/search', { searchterm: 'Larkspur', maxresults: '1' });
    expect(found).toEqual({
      totalcount: 2,
      patients: [
        { patientid: '5001', firstname: 'Avery', lastname: 'Larkspur', dob: '04/17/1984', sex: 'F', status: 'active' },
      ],
    });
  });
});
