import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeRecord } from '../change.ts';
import type { Practice } from '../practice.ts';
import { smallPractice } from './fixture.ts';
import { given, idsOf, NOW, type Running, start, statusAndText, whereOf } from './running.ts';
import { KEYS, newClaim, newDocument, newPatient, newResult, newVisit, slotVisit } from './samples.ts';
import { FHIR_SIGN_IN } from './simulator.ts';

const V2_0276 = 'http://terminology.hl7.org/CodeSystem/v2-0276';

let practice: Practice;
let server: Running;
beforeEach(async () => {
  practice = smallPractice();
  server = await start({ practice, now: () => NOW });
});
afterEach(() => server.simulator.close());

const read = async (path: string): Promise<unknown> => JSON.parse((await server.get(path)).text);
const commits = () => server.simulator.commits.map(({ kind, type, id, call }) => [kind, type, id, call]);

describe('creating', () => {
  it('tells where the new resource is and in which version', async () => {
    const answer = await server.send('POST', 'Patient', newPatient());
    expect(answer.status).toBe(201);
    expect(['location', 'etag', 'last-modified'].map((name) => answer.headers.get(name))).toEqual([
      `${server.base}/Patient/pat-4/_history/1`,
      'W/"1"',
      'Fri, 20 Nov 2026 12:00:00 GMT',
    ]);
    expect((await server.get('Patient/pat-4')).text).toBe(answer.text);
    expect(commits()).toEqual([['created', 'Patient', 4, 'POST Patient']]);
  });

  it.each([
    ['return=minimal', ''],
    ['return=representation', 'Patient'],
    ['handling=lenient', 'Patient'],
  ])('answers %s', async (prefer, type) => {
    const { text } = await server.send('POST', 'Patient', newPatient(), { prefer });
    expect(text === '' ? '' : JSON.parse(text).resourceType).toBe(type);
  });

  it('keeps a patient as sent', async () => {
    await server.send('POST', 'Patient', newPatient());
    expect(await read('Patient/pat-4')).toMatchObject({
      identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5.1' }, { system: KEYS, value: 'p-1' }],
      name: [{ family: 'O’Brien & "Söhne" <x>', given: ['Ann\nMay', 'M'] }],
      telecom: [{ value: '617-555-0111', use: 'mobile' }, { value: 'Ann@example.com' }],
      address: [{ line: ['1 Way', 'Apt 🐱'], city: 'Salem' }],
    });
    expect(practice.patients.at(-1)).toMatchObject({ id: 4, mobilePhone: '6175550111', middle: 'M' });
  });

  it('keeps a visit at a time, without a slot', async () => {
    const answer = await server.send('POST', 'Appointment', newVisit({ serviceType: [{ text: 'Talk' }] }));
    expect(JSON.parse(answer.text)).toMatchObject({
      start: '2026-12-07T15:00:00Z',
      minutesDuration: 30,
      reasonCode: [{ text: 'Sore throat' }],
      comment: 'Ring "twice" & wait',
      serviceType: [{ text: 'Talk' }],
      participant: [{}, { actor: { reference: 'Practitioner/prac-7', display: 'Dana Clarke' } }, {}],
    });
    expect(idsOf(await server.search('Appointment?patient=pat-1&date=2026-12-07'))).toEqual(['appt-34']);
    expect(idsOf(await server.search('Appointment?_lastUpdated=ge2026-11-20T12:00:00Z'))).toEqual(['appt-34']);
  });

  it('keeps the guide’s result of 120 mm[Hg]', async () => {
    const { identifier: _, ...sample } = newResult();
    const answer = await server.send('POST', 'Observation', sample);
    expect(JSON.parse(answer.text)).toMatchObject(sample);
    expect(idsOf(await server.search('Observation?patient=pat-1&code=8480-6'))).toEqual(['obs-46']);
  });

  it.each([
    ['valueString', 'positive'],
    ['valueBoolean', true],
    ['valueInteger', -3],
    ['valueDateTime', '2026-01-02'],
    ['valueCodeableConcept', { text: 'Never smoked' }],
    ['valueCodeableConcept', { coding: [{ system: 'http://snomed.info/sct', code: '266919005' }] }],
    ['valueQuantity', { value: 1.5, comparator: '<' }],
  ])('keeps a result with %s %j', async (name, value) => {
    const answer = await server.send('POST', 'Observation', {
      ...newResult({ valueQuantity: undefined }),
      [name]: value,
    });
    expect(JSON.parse(answer.text)[name]).toEqual(value);
  });

  it('keeps the digits of a number', async () => {
    const text = JSON.stringify(newResult()).replace('"value":120', '"value":120.00');
    expect((await server.send('POST', 'Observation', text)).text).toContain('"value":120.00,');
  });

  it.each([
    ['no category', newResult({ category: undefined }), 'category', undefined],
    [
      'a style',
      newVisit({ appointmentType: { coding: [{ system: V2_0276, code: 'WALKIN' }] } }),
      'appointmentType',
      {
        coding: [{ system: V2_0276, code: 'WALKIN' }],
      },
    ],
    ['a date', newDocument({ date: '2026-11-01T10:00:00Z' }), 'date', '2026-11-01T10:00:00Z'],
    ['a description', newVisit({ description: 'x' }), 'description', 'x'],
  ])('keeps %s', async (_what, resource, name, value) => {
    const answer = await server.send('POST', resource.resourceType, resource);
    expect([answer.status, JSON.parse(answer.text)[name]]).toEqual([201, value]);
  });

  it('keeps a document with its bytes', async () => {
    const answer = await server.send('POST', 'DocumentReference', newDocument());
    expect(JSON.parse(answer.text)).toMatchObject({ ...newDocument(), id: 'doc-1' });
    expect(idsOf(await server.search('DocumentReference?patient=pat-1'))).toEqual(['doc-1']);
  });

  it('keeps a claim and adds its lines up', async () => {
    const answer = await server.send('POST', 'Claim', newClaim());
    expect(JSON.parse(answer.text)).toMatchObject({
      id: 'claim-53',
      status: 'active',
      billablePeriod: { start: '2026-11-19', end: '2026-11-19' },
      insurance: [{ coverage: { reference: 'Coverage/cov-1-1', display: 'Acme Health' } }],
      diagnosis: [{ diagnosisCodeableConcept: { coding: [{ code: 'I10' }] } }],
      item: [{ diagnosisSequence: [1], quantity: { value: 2 }, net: { value: 20.5, currency: 'USD' } }],
    });
    expect(answer.text).toContain('"total":{"value":20.50,');
    expect(practice.claims.at(-1)).toMatchObject({ status: 'submitted', payer: 'Acme Health' });
  });

  it('takes references with this server’s address in front', async () => {
    const answer = await server.send(
      'POST',
      'Observation',
      newResult({ subject: { reference: `${server.base}/Patient/pat-2` } }),
    );
    expect(JSON.parse(answer.text)).toMatchObject({ subject: { reference: 'Patient/pat-2' } });
  });

  it.each([
    ['Patient', newPatient({ name: undefined }), ['required Patient.name.family']],
    [
      'Patient',
      { ...newPatient(), gender: 'x', colour: 'red' },
      ['code-invalid Patient.gender', 'structure Patient.colour'],
    ],
    ['Patient', newPatient({ birthDate: '1990-13-41' }), ['value Patient.birthDate']],
    ['Patient', newPatient({ telecom: [{ system: 'phone', value: '12' }] }), ['value Patient.telecom.value']],
    [
      'Patient',
      newPatient({ modifierExtension: [{ url: 'x', valueCode: 'x' }] }),
      ['extension Patient.modifierExtension'],
    ],
    [
      'Patient',
      newPatient({ identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5.1', value: '1' }] }),
      ['business-rule Patient.identifier'],
    ],
    ['Patient', newVisit(), ['invalid resourceType']],
    ['Appointment', newVisit({ start: undefined }), ['invariant Appointment']],
    ['Appointment', newVisit({ start: '2026-12-07T10:00:00' }), ['value Appointment.start']],
    ['Appointment', newVisit({ end: '2026-12-07T10:00:00-05:00' }), ['value Appointment.end']],
    ['Appointment', newVisit({ status: 'noshow' }), ['business-rule Appointment.status']],
    ['Appointment', newVisit({ slot: [{ reference: 'Slot/slot-9' }] }), ['not-found Appointment.slot']],
    ['Appointment', newVisit({ slot: [{ reference: 'Slot/slot-80' }] }), ['business-rule Appointment.start']],
    [
      'Appointment',
      newVisit({ participant: [{ actor: { reference: 'Patient/pat-9' }, status: 'accepted' }] }),
      ['not-found Appointment.participant[0].actor.reference'],
    ],
    [
      'Appointment',
      newVisit({ participant: [{ actor: { reference: 'Location/loc-4' }, status: 'accepted' }] }),
      ['required Appointment.participant'],
    ],
    [
      'Appointment',
      newVisit({
        serviceType: [{ coding: [{ system: 'https://sandbox.example.org/fhir/CodeSystem/visit-type', code: '9' }] }],
      }),
      ['code-invalid Appointment.serviceType'],
    ],
    ['Observation', newResult({ valueQuantity: undefined }), ['required Observation.value']],
    ['Observation', newResult({ effectiveDateTime: undefined }), ['required Observation.effective']],
    ['Observation', newResult({ code: {} }), ['required Observation.code']],
    ['Observation', newResult({ valueString: 'x' }), ['invariant valueString']],
    ['Observation', { ...newResult(), status: 'done' }, ['code-invalid Observation.status']],
    [
      'DocumentReference',
      newDocument({ content: [{ attachment: { url: 'http://x' } }] }),
      ['required DocumentReference.content[0].attachment.contentType'],
    ],
    ['Claim', newClaim({ total: { value: 20, currency: 'USD' } }), ['value Claim.total']],
    ['Claim', newClaim({ diagnosis: undefined }), ['value Claim.item[0].diagnosisSequence']],
    ['Claim', newClaim({ use: 'predetermination' }), ['business-rule Claim.use']],
    ['Claim', newClaim({ patient: { reference: 'Patient/pat-2' } }), ['not-found Claim.insurance.coverage']],
  ])('refuses %s %j', async (type, resource, places) => {
    const answer = await server.send('POST', type, resource);
    expect([answer.status, whereOf(answer)]).toEqual([places[0]?.startsWith('invalid ') ? 400 : 422, places]);
    expect(commits()).toEqual([]);
  });

  it.each([
    ['no json', {}, 400, 'The body could not be read'],
    ['[]', {}, 400, 'The body could not be read'],
    [
      JSON.stringify(newPatient()),
      { 'content-type': 'text/plain' },
      415,
      'The content type of the body is not supported',
    ],
    [JSON.stringify(newPatient()), { 'if-none-exist': '' }, 400, 'The condition cannot be searched for'],
    [JSON.stringify(newPatient()), { 'if-none-exist': 'colour=red' }, 400, 'The condition cannot be searched for'],
    [JSON.stringify(newPatient()), { authorization: 'Bearer x' }, 401, 'A valid access token is required'],
  ])('refuses the body %s with %j', async (body, headers, status, text) => {
    expect(statusAndText(await server.send('POST', 'Patient', body, headers))).toEqual([status, text]);
    expect(commits()).toEqual([]);
  });
});

describe('creating on condition', () => {
  const condition = (query: string) => ({ 'if-none-exist': query });

  it.each([
    ['Patient', newPatient(), `identifier=${KEYS}|p-1`, 'pat-4'],
    ['Appointment', newVisit(), `identifier=${encodeURIComponent(`${KEYS}|a-1`)}`, 'appt-34'],
    ['Observation', newResult({ identifier: [{ system: KEYS, value: 'o-1' }] }), `identifier=${KEYS}|o-1`, 'obs-46'],
    ['DocumentReference', newDocument(), `identifier=${KEYS}|d-1`, 'doc-1'],
    ['Claim', newClaim({ identifier: [{ system: KEYS, value: 'c-1' }] }), `identifier=${KEYS}|c-1`, 'claim-53'],
  ])('makes one %s of two', async (type, resource, query, id) => {
    const first = await server.send('POST', type, resource, condition(query));
    const second = await server.send('POST', type, resource, condition(query));
    expect([first.status, second.status, second.text]).toEqual([201, 200, first.text]);
    expect(second.headers.get('location')).toBe(`${server.base}/${type}/${id}/_history/1`);
    expect(commits()).toHaveLength(1);
    expect(idsOf(await server.search(`${type}?${query}`))).toEqual([id]);
  });

  it('makes one of fifty at once', async () => {
    const headers = condition(`identifier=${KEYS}|p-1`);
    const sent = Array.from({ length: 50 }, () => server.send('POST', 'Patient', newPatient(), headers));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect([statuses.filter((status) => status === 201).length, statuses.length]).toEqual([1, 50]);
    expect(commits()).toHaveLength(1);
  });

  it('refuses when several match', async () => {
    const answer = await server.send('POST', 'Patient', newPatient(), condition('family=Gar'));
    expect(statusAndText(answer)).toEqual([412, 'Several resources match the condition']);
  });
});

describe('a practice that is written to', () => {
  it('can be changed from the other side afterwards', async () => {
    await server.send('POST', 'Appointment', newVisit());
    changeRecord(practice, 'Appointment', 34, { status: 'arrived' }, NOW);
    const answer = await server.get('Appointment/appt-34');
    expect([answer.headers.get('etag'), JSON.parse(answer.text).status]).toEqual(['W/"2"', 'arrived']);
  });

  it('shows writes when it is only looked at on demand', async () => {
    const other = await start({ practice: smallPractice(), now: () => NOW, still: true });
    expect(idsOf(await other.search('Observation?patient=pat-1&code=8480-6'))).toEqual([]);
    await other.send('POST', 'Observation', newResult());
    await other.send('POST', 'Appointment', slotVisit());
    expect(idsOf(await other.search('Observation?patient=pat-1&code=8480-6'))).toEqual(['obs-46']);
    expect(idsOf(await other.search('Slot?status=busy'))).toEqual(['slot-80']);
    await other.simulator.close();
  });

  it('commits though the answer is lost', async () => {
    server.simulator.fault({ kind: 'lose', match: 'POST Appointment', times: 1 });
    await expect(server.send('POST', 'Appointment', newVisit())).rejects.toThrow();
    const query = `identifier=${KEYS}|a-1`;
    expect(idsOf(await server.search(`Appointment?${query}`))).toEqual(['appt-34']);
    expect((await server.send('POST', 'Appointment', newVisit(), { 'if-none-exist': query })).status).toBe(200);
    expect(commits()).toHaveLength(1);
  });

  it.each([
    ['system/*.read', 403],
    ['system/*.read system/*.write', 201],
    ['system/Patient.c', 201],
    ['system/Patient.u', 403],
    ['system/Appointment.write', 403],
  ])('with scope %s answers a new patient with %i', async (scope, status) => {
    const { clientId: client_id, clientSecret: client_secret, tokenPath } = FHIR_SIGN_IN;
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope });
    const granted = await server.post(tokenPath, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const { access_token: token } = JSON.parse(granted.text) as { access_token: string };
    const answer = await server.send('POST', 'Patient', newPatient(), { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(status);
  });

  it('says what can be written', async () => {
    const { rest } = (await read('metadata')) as { rest: { resource: { type: string }[] }[] };
    const of = (type: string) => rest[0]?.resource.find((resource) => resource.type === type);
    const codes = (...list: string[]) => expect.arrayContaining(list.map((code) => ({ code })));
    expect(await read('metadata')).toMatchObject({ patchFormat: ['application/json-patch+json'] });
    expect(of('Appointment')).toMatchObject({
      interaction: codes('create', 'update', 'patch'),
      versioning: 'versioned',
      conditionalCreate: true,
      updateCreate: false,
    });
    expect(of('Claim')).toMatchObject({ interaction: codes('create'), conditionalCreate: true });
    expect(of('Slot')).not.toHaveProperty('conditionalCreate');
  });
});

describe('given resources', () => {
  it.each([
    ['POST', 'Patient'],
    ['PUT', 'Patient/p1'],
    ['PATCH', 'Patient/p1'],
  ] as const)('are not written to by %s %s', async (method, path) => {
    const other = await start(given('{"resourceType":"Patient","id":"p1"}'));
    expect(statusAndText(await other.send(method, path, []))).toEqual([405, 'This interaction is not supported']);
    expect((await other.get('metadata')).text).not.toMatch(/"create"|"patch/);
    await other.simulator.close();
  });
});
