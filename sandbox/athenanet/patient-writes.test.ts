import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

type Row = Readonly<Record<string, unknown>>;

const CLEO = { firstname: 'Cleo', lastname: 'Marigold', dob: '07/09/1999', departmentid: '1' };
const WHOLE = {
  ...CLEO,
  middlename: 'von',
  suffix: 'Jr',
  preferredname: 'Clee',
  sex: 'F',
  maritalstatus: 'S',
  address1: '7 Sample Mews',
  address2: 'Apt 1',
  city: 'Exampleville',
  state: 'MA',
  zip: '00000-1234',
  countrycode3166: 'US',
  homephone: '5555550120',
  mobilephone: '(555) 555-0121',
  workphone: '5555550122',
  email: 'cleo.marigold@example.com',
  race: '2106-3\t2028-9',
  ethnicitycode: '2186-5',
  language6392code: 'spa',
  primaryproviderid: '72',
};

describe('creating a patient', () => {
  it('gives the new id, and every read has what was sent', async () => {
    const { write, read, simulator } = await caller();
    const answer = await write('POST', '/patients', WHOLE);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, [{ patientid: '5005' }]]);
    const shown = {
      ...WHOLE,
      patientid: '5005',
      status: 'active',
      mobilephone: '5555550121',
      race: ['2106-3', '2028-9'],
      maritalstatusname: 'SINGLE',
      primarydepartmentid: '1',
    };
    expect(await read<Row[]>('/patients/5005')).toMatchObject([shown]);
    expect(await read('/patients', { lastname: 'Marigold', firstname: 'Cleo', dob: '07/09/1999' })).toMatchObject({
      totalcount: 1,
      patients: [shown],
    });
    expect(await read('/patients/enhancedbestmatch', CLEO)).toMatchObject([{ patientid: '5005' }]);
    expect(simulator.commits).toMatchObject([
      { number: 1, call: 'POST /patients', kind: 'created', type: 'Patient', id: 5005, record: { first: 'Cleo' } },
    ]);
  });

  it('keeps what was not sent absent', async () => {
    const { write, read } = await caller();
    await write('POST', '/patients', CLEO);
    const [row = {}] = await read<Row[]>('/patients/5005', { omitbalances: 'true', omitphotoinformation: 'true' });
    expect(Object.keys(row).toSorted()).toEqual(
      ['departmentid', 'dob', 'firstname', 'lastname', 'patientid', 'primarydepartmentid', 'status'].toSorted(),
    );
  });

  it.each(['O"Neil & <b>', 'Müßig', '😀 é', "a'b;--", 'two\nlines', 'a+b=c%20', ' edge '])(
    'keeps %j as it was sent',
    async (text) => {
      const { write, read } = await caller();
      await write('POST', '/patients', { ...CLEO, preferredname: text, address1: text });
      expect(await read('/patients/5005')).toMatchObject([{ preferredname: text, address1: text }]);
    },
  );

  const AVERY = { firstname: 'AVERY', lastname: 'larkspur', dob: '04/17/1984', departmentid: '1' };
  it.each([
    [{}, { patientid: '5001' }],
    [{ sex: 'F' }, { patientid: '5001' }],
    [
      { showerrormessage: 'true' },
      { patientid: '5001', errormessage: 'A patient matching these demographics already exists.' },
    ],
    [{ sex: 'M' }, { patientid: '5005' }],
    [{ dob: '04/18/1984' }, { patientid: '5005' }],
    [{ firstname: 'Ave' }, { patientid: '5005' }],
    [{ bypasspatientmatching: 'true' }, { patientid: '5005' }],
  ])('gives, for a person like one who is there with %j, %j', async (fields, row) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', '/patients', { ...AVERY, ...fields });
    expect(JSON.parse(answer.text)).toEqual([row]);
    expect(simulator.commits).toHaveLength(row.patientid === '5005' ? 1 : 0);
  });

  it.each([
    [{ firstname: '', lastname: 'x' }, { missingfields: ['firstname', 'dob', 'departmentid'] }],
    [{ ...CLEO, dob: '1999-07-09' }, { detailedmessage: 'Expecting format date, but value is 1999-07-09' }],
    [{ ...CLEO, dob: '11/21/2025' }, { detailedmessage: 'The dob is in the future.' }],
    [{ ...CLEO, departmentid: '9' }, { detailedmessage: 'Invalid DEPARTMENTID input' }],
    [{ ...CLEO, sex: 'O' }, { detailedmessage: 'Expecting format sex, but value is O' }],
    [{ ...CLEO, race: '2106-3\tnope' }, { error: 'The data provided is invalid.' }],
    [
      { ...CLEO, firstname: 'x'.repeat(21) },
      { detailedmessage: 'The value of firstname is longer than 20 characters.' },
    ],
    [{ ...CLEO, email: `${'x'.repeat(40)}@example.com` }, { error: 'The data provided is invalid.' }],
    [{ ...CLEO, primaryproviderid: '1' }, { detailedmessage: 'Invalid PRIMARYPROVIDERID input' }],
    [
      { ...CLEO, email: 'nobody', returnerroroninvalidemail: 'true' },
      { detailedmessage: 'The email address is invalid.' },
    ],
  ])('is refused for %j with %j and writes nothing', async (fields, body) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', '/patients', fields);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, body]);
    expect(simulator.commits).toEqual([]);
  });

  it('ignores a phone and an e-mail that are none', async () => {
    const { write, read } = await caller();
    await write('POST', '/patients', { ...CLEO, mobilephone: '+15555550102', homephone: '123', email: 'nobody' });
    const [row = {}] = await read<Row[]>('/patients/5005');
    expect([row.mobilephone, row.homephone, row.email]).toEqual([undefined, undefined, undefined]);
  });

  it('takes nothing under another label than a form’s', async () => {
    const { write } = await caller();
    const answer = await write('POST', '/patients', JSON.stringify(CLEO), 'application/json');
    expect(JSON.parse(answer.text).missingfields).toEqual(['firstname', 'lastname', 'dob', 'departmentid']);
  });

  it('is done though its answer is lost', async () => {
    const { write, simulator, get } = await caller();
    await get('/ping');
    simulator.fault({ kind: 'lose', match: 'POST /patients' });
    await expect(write('POST', '/patients', CLEO)).rejects.toThrow();
    expect(simulator.commits).toMatchObject([{ type: 'Patient', id: 5005 }]);
  });
});

describe('changing a patient', () => {
  it('sets what was sent and nothing else', async () => {
    const { write, read, simulator } = await caller();
    const [before] = await read<Row[]>('/patients/5001');
    const answer = await write('PUT', '/patients/5001', { city: 'Elsewhere', email: 'new@example.com' });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, [{ patientid: '5001' }]]);
    expect(await read('/patients/5001')).toEqual([{ ...before, city: 'Elsewhere', email: 'new@example.com' }]);
    expect(simulator.commits).toMatchObject([
      { call: 'PUT /patients/{id}', kind: 'updated', type: 'Patient', id: 5001 },
    ]);
  });

  it.each([
    [{ address2: '' }, 'address2'],
    [{ middlename: '' }, 'middlename'],
    [{ homephone: '' }, 'homephone'],
    [{ mobilephone: 'declined' }, 'mobilephone'],
    [{ email: '' }, 'email'],
    [{ race: 'declined' }, 'race'],
    [{ ethnicitycode: '' }, 'ethnicitycode'],
    [{ language6392code: '' }, 'language6392code'],
    [{ maritalstatus: '' }, 'maritalstatus'],
  ])('takes a value away for %j', async (fields, column) => {
    const { write, read } = await caller();
    const [before = {}] = await read<Row[]>('/patients/5001');
    expect(before[column]).toBeDefined();
    await write('PUT', '/patients/5001', fields);
    const [row = {}] = await read<Row[]>('/patients/5001');
    expect([row[column], row.lastname, row.city]).toEqual([undefined, 'Larkspur', 'Exampleville']);
  });

  it('keeps that an e-mail address was declined', async () => {
    const { write, read } = await caller();
    await write('PUT', '/patients/5001', { email: 'declined' });
    expect(await read('/patients/5001')).toMatchObject([{ email: 'declined', emailexists: false }]);
  });

  it('writes nothing when nothing is different', async () => {
    const { write, simulator } = await caller();
    expect((await write('PUT', '/patients/5001', { firstname: 'Avery', state: 'MA' })).status).toBe(200);
    expect(simulator.commits).toEqual([]);
  });

  it.each([
    ['9', { city: 'X' }, 404],
    ['x', { city: 'X' }, 404],
    ['5001', { lastname: '' }, 400],
    ['5001', { dob: '' }, 400],
    ['5001', { departmentid: '9' }, 400],
    ['5001', { status: 'deleted' }, 400],
  ] as const)('is refused for patient %s and %j with %i', async (id, fields, status) => {
    const { write, simulator } = await caller();
    expect((await write('PUT', `/patients/${id}`, fields)).status).toBe(status);
    expect(simulator.commits).toEqual([]);
  });
});

it('shows a write in a practice that stands still, in every list', async () => {
  const { write, read } = await caller({ still: true, practice: practiceOf() });
  await read('/patients', { lastname: 'Larkspur' });
  await read('/patients/5001');
  await write('POST', '/patients', { ...CLEO, lastname: 'Larkspur' });
  await write('PUT', '/patients/5001', { lastname: 'Other' });
  expect(await read('/patients', { lastname: 'Larkspur' })).toMatchObject({ totalcount: 2 });
  expect(await read('/patients/5005')).toMatchObject([{ firstname: 'Cleo' }]);
  expect(await read('/patients/5001')).toMatchObject([{ lastname: 'Other' }]);
});
