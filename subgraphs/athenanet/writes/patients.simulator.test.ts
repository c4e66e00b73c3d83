import { describe, expect, it } from 'vitest';
import type { Commands, PatientFields } from '../../../schema/commands.ts';
import { desk, failure, pathsOf, thrownBy } from '../../../test/athenanet/desk.ts';

type Input = Commands['createPatient'];

const PERSON: PatientFields = {
  firstName: 'Zoë “Zo” 🙂',
  lastName: 'O’Hara-Müller & Söhne',
  dateOfBirth: '1999-07-09',
  gender: 'FEMALE',
  address: {
    line1: '7 Sample Mews <rear>',
    line2: 'Apt 4',
    city: 'Exampleville',
    state: 'MA',
    postalCode: '00000',
    country: 'US',
  },
  phoneHome: '+12175550141',
  phoneMobile: '+12175550142',
  email: 'zoe.ohara@example.com',
  preferredLanguage: 'es',
  race: ['2106-3', '2028-9'],
  ethnicity: '2186-5',
};
const NEW: Input = { patient: PERSON, location: '1', onDuplicate: 'FAIL' };
/** Who is there already, 5001. */
const KNOWN: Input = {
  patient: { firstName: 'Avery', lastName: 'Larkspur', dateOfBirth: '1984-04-17' },
  location: '1',
  onDuplicate: 'FAIL',
};
const { race: _race, ethnicity: _ethnicity, preferredLanguage: _language, ...PLAIN } = PERSON;

describe('creating a patient', () => {
  it('sends the vendor’s form, and reads back what was sent', async () => {
    const one = await desk();
    const { key } = await one.write('createPatient', NEW).send();
    expect(one.wire('POST', '/patients').form).toEqual({
      firstname: PERSON.firstName,
      lastname: PERSON.lastName,
      dob: '07/09/1999',
      sex: 'F',
      address1: '7 Sample Mews <rear>',
      address2: 'Apt 4',
      city: 'Exampleville',
      state: 'MA',
      zip: '00000',
      countrycode3166: 'US',
      homephone: '2175550141',
      mobilephone: '2175550142',
      email: 'zoe.ohara@example.com',
      language6392code: 'spa',
      race: '2106-3\t2028-9',
      ethnicitycode: '2186-5',
      departmentid: '1',
      showerrormessage: 'true',
    });
    const record = await one.record('Patient', key);
    expect(record).toMatchObject(PLAIN);
    expect(record.race.map(({ codings }) => codings[0]?.code)).toEqual(PERSON.race);
    expect(record.preferredLanguage?.codings[0]?.code).toBe('es');
    expect(one.departed).toEqual(['POST /patients']);
  });

  it('refuses whom the vendor takes for somebody it has, and names whom', async () => {
    const one = await desk();
    const error = await failure(one.write('createPatient', KNOWN).send());
    expect([error.code, error.candidates]).toEqual(['POSSIBLE_DUPLICATE', ['5001']]);
    expect(one.commits()).toEqual([]);
  });

  it('gives back whom the vendor takes for the same, if that is wanted', async () => {
    const one = await desk();
    const sent = await one.write('createPatient', { ...KNOWN, onDuplicate: 'RETURN_EXISTING' }).send();
    expect(sent).toEqual({ key: '5001', existing: true });
    expect(one.commits()).toEqual([]);
  });

  it('makes another one if that is wanted', async () => {
    const one = await desk();
    const sent = await one.write('createPatient', { ...KNOWN, onDuplicate: 'CREATE_ANYWAY' }).send();
    expect(sent.key).not.toBe('5001');
    expect(one.wire('POST', '/patients').form).toMatchObject({ bypasspatientmatching: 'true' });
    expect(one.commits('Patient')).toHaveLength(1);
  });

  it.each(['FAIL', 'CREATE_ANYWAY'] as const)(
    'tells a match of which the vendor says nothing (%s)',
    async (onDuplicate) => {
      const one = await desk();
      one.simulator.fault({ kind: 'body', body: '[{"patientid":"5001"}]', match: 'POST /patients' });
      const error = await failure(one.write('createPatient', { ...KNOWN, onDuplicate }).send());
      expect([error.code, error.candidates]).toEqual(['POSSIBLE_DUPLICATE', ['5001']]);
    },
  );

  it('creates where nobody may look for matches', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'status', status: 403, match: 'GET /patients/enhancedbestmatch' });
    await one.write('createPatient', NEW).send();
    expect((await failure(one.write('createPatient', NEW).send())).code).toBe('POSSIBLE_DUPLICATE');
    expect(one.commits('Patient')).toHaveLength(1);
  });

  it('takes for its own whom an attempt made whose answer was lost', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'POST /patients', times: 1 });
    const attempts = one.write('createPatient', NEW);
    expect((await failure(attempts.send())).code).toBe('SOURCE_UNAVAILABLE');
    const sent = await attempts.send();
    expect(sent.existing).toBeUndefined();
    expect(one.commits('Patient').map(({ id }) => String(id))).toEqual([sent.key]);
  });

  it('takes nobody for its own who was there before its first attempt', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'reset', match: 'POST /patients', times: 1 });
    const attempts = one.write('createPatient', KNOWN);
    await failure(attempts.send());
    expect((await failure(attempts.send())).code).toBe('POSSIBLE_DUPLICATE');
  });

  it('says which fields the practice wants besides', async () => {
    const one = await desk();
    const body = JSON.stringify({
      error: 'Additional fields are required.',
      missingfields: ['MOBILEPHONE', 'zip', 'ssn'],
    });
    one.simulator.fault({ kind: 'status', status: 400, body, match: 'POST /patients' });
    const error = await failure(one.write('createPatient', NEW).send());
    expect([error.code, pathsOf(error)]).toEqual([
      'VALIDATION',
      ['patient.phoneMobile', 'patient.address.postalCode', 'ssn'],
    ]);
  });

  it('wants a department where there are several', async () => {
    const one = await desk();
    const { location: _, ...nowhere } = NEW;
    expect(pathsOf(await failure(one.write('createPatient', nowhere).send()))).toEqual(['location']);
    expect(one.departed).toEqual([]);
  });

  it.each([
    { fields: { lastName: undefined }, paths: ['patient.lastName'] },
    { fields: { firstName: '', dateOfBirth: undefined }, paths: ['patient.firstName', 'patient.dateOfBirth'] },
    { fields: { firstName: 'a'.repeat(21) }, paths: ['patient.firstName'] },
    { fields: { gender: 'OTHER' as const }, paths: ['patient.gender'] },
    {
      fields: { phoneHome: '+442071234567', preferredLanguage: 'tlh', address: { country: 'USA' } },
      paths: ['patient.phoneHome', 'patient.preferredLanguage', 'patient.address.country'],
    },
    { fields: { race: ['2106-3\t2028-9'] }, paths: ['patient.race'] },
  ])('knows without asking that $paths will not do', async ({ fields, paths }) => {
    const one = await desk();
    const given = Object.entries({ ...PERSON, ...fields }).filter(([, value]) => value !== undefined);
    const input: Input = { ...NEW, patient: Object.fromEntries(given) };
    const error = thrownBy(() => one.write('createPatient', input).writer.plan(input));
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', paths]);
    expect(one.simulator.traffic.total).toBe(0);
  });

  it('takes the guide’s O for another gender', async () => {
    const one = await desk({}, { dialect: 'guide' });
    const input: Input = { ...NEW, patient: { ...PERSON, gender: 'OTHER' } };
    const [call] = one.write('createPatient', input).writer.plan(input);
    expect(call?.fields.map(({ name }) => name)).toContain('sex');
  });

  it('shows no person in its plan', async () => {
    const one = await desk();
    const [call] = one.write('createPatient', NEW).writer.plan(NEW);
    const shown = call?.fields.filter(({ value }) => value !== '***').map(({ name, value }) => [name, value]);
    expect(shown).toEqual([
      ['departmentid', '1'],
      ['showerrormessage', 'true'],
    ]);
  });
});

describe('updating a patient', () => {
  it('sends what changes, and nothing else', async () => {
    const one = await desk();
    const input = { key: '5001', patient: { phoneMobile: '+12175550142', race: ['2106-3'] }, clear: [] };
    expect(await one.write('updatePatient', input).send(await one.read('Patient', '5001'))).toEqual({ key: '5001' });
    expect(one.wire('PUT', '/patients/5001').form).toEqual({
      departmentid: '1',
      mobilephone: '2175550142',
      race: '2106-3',
    });
    expect(await one.record('Patient', '5001')).toMatchObject({
      firstName: 'Avery',
      phoneHome: '+15555550101',
      phoneMobile: '+12175550142',
    });
  });

  it('empties what is to be empty', async () => {
    const one = await desk();
    const input = { key: '5001', patient: {}, clear: ['email', 'phoneHome', 'address'] as const };
    await one.write('updatePatient', input).send(await one.read('Patient', '5001'));
    expect(one.wire('PUT', '/patients/5001').form).toMatchObject({ email: '', homephone: '', address1: '', zip: '' });
    const { email, phoneHome, address } = await one.record('Patient', '5001');
    expect([email, phoneHome, address]).toEqual([null, null, null]);
  });

  it('leaves nothing of the former address', async () => {
    const one = await desk();
    const address = { line1: '9 Elsewhere Rd', city: 'Springfield', state: 'IL', postalCode: '62701', country: 'US' };
    const input = { key: '5001', patient: { address }, clear: [] };
    await one.write('updatePatient', input).send(await one.read('Patient', '5001'));
    expect((await one.record('Patient', '5001')).address).toMatchObject({ ...address, line2: null });
  });

  it('does not empty a name or a birth date', async () => {
    const one = await desk();
    const input = { key: '5001', patient: {}, clear: ['lastName', 'dateOfBirth'] as const };
    const error = thrownBy(() => one.write('updatePatient', input).writer.plan(input));
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', ['clear', 'clear']]);
  });

  it('is not sure when the answer is lost, though it is saved', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'PUT /patients/{id}', times: 1 });
    const input = { key: '5001', patient: { email: 'new@example.com' }, clear: [] };
    const lost = one.write('updatePatient', input).send(await one.read('Patient', '5001'));
    expect((await failure(lost)).code).toBe('SOURCE_UNAVAILABLE');
    expect(await one.record('Patient', '5001')).toMatchObject({ email: 'new@example.com' });
  });

  it.each([
    { status: 404, body: { error: 'This patient does not exist in this context.' }, code: 'NOT_FOUND' },
    { status: 400, body: { error: 'The data provided is invalid.' }, code: 'VENDOR_REJECTED' },
    { status: 200, body: { success: false, errormessage: 'No.' }, code: 'VENDOR_REJECTED' },
    { status: 403, body: { error: 'Not in scope.' }, code: 'FORBIDDEN' },
    { status: 429, body: {}, code: 'RATE_LIMITED' },
    { status: 503, body: {}, code: 'SOURCE_UNAVAILABLE' },
  ])('says $code for $status', async ({ status, body, code }) => {
    const one = await desk();
    const before = await one.read('Patient', '5001');
    one.simulator.fault(
      status === 200
        ? { kind: 'body', body: JSON.stringify(body), match: 'PUT /patients/{id}' }
        : { kind: 'status', status, body: JSON.stringify(body), match: 'PUT /patients/{id}' },
    );
    const input = { key: '5001', patient: { email: 'new@example.com' }, clear: [] };
    expect((await failure(one.write('updatePatient', input).send(before))).code).toBe(code);
    expect(one.departed).toHaveLength(1);
  });
});
