import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { given, idsOf, linkOf, NOW, outcomeOf, type Running, start } from './running.ts';
import { FHIR_SIGN_IN } from './simulator.ts';

const { bearer, clientId, clientSecret, tokenPath } = FHIR_SIGN_IN;
const SIGNED_IN = { authorization: `Bearer ${bearer}` };
const RANGE = 'start=ge2026-12-01T00:00:00Z&start=lt2026-12-31T00:00:00Z';
const DAYS = 'date=ge2026-11-01T00:00:00Z&date=lt2026-12-31T00:00:00Z';

describe('as Oracle Health', () => {
  let server: Running;
  beforeAll(async () => {
    server = await start({ practice: smallPractice(), now: () => NOW, profile: 'cerner' });
  });
  afterAll(() => server.simulator.close());

  it.each([
    ['Patient', 'No supported search parameters provided'],
    ['Patient?colour=red', 'No supported search parameters provided'],
    ['Patient?gender=female', 'No supported search parameters provided'],
    ['Patient?name=garcia,doe', 'A search parameter has an invalid value'],
    ['Patient?name=garcia&name=zo', 'A parameter may be given only once'],
    ['Practitioner?given=dana', 'No supported search parameters provided'],
    ['Location?name=harbor', 'No supported search parameters provided'],
    ['Schedule?actor=prac-7', 'No supported search parameters provided'],
    ['Appointment?date=2026-12-02', 'No supported search parameters provided'],
    ['Appointment?patient=pat-1', 'A required parameter is missing'],
    ['Appointment?location=loc-4&status=booked', 'A required parameter is missing'],
    ['Appointment?patient=pat-1&practitioner=prac-7&date=2026-12-02', 'These parameters cannot be combined'],
    ['Appointment?patient=pat-1&patient=pat-2&date=2026-12-02', 'A parameter may be given only once'],
    ['Appointment?patient=pat-1&date=ge2026-12-02', 'The date parameters do not form a supported range'],
    ['Appointment?patient=pat-1&date=2026-12-02,2026-12-03', 'The date parameters do not form a supported range'],
    [
      `Appointment?patient=pat-1&${DAYS}&date=lt2027-01-01T00:00:00Z`,
      'The date parameters do not form a supported range',
    ],
    [
      'Appointment?patient=pat-1&date=ge2026-11-01&date=lt2026-12-31',
      'The date parameters do not form a supported range',
    ],
    [
      'Appointment?patient=pat-1&date=gt2026-11-01T00:00:00Z&date=lt2026-12-31T00:00:00Z',
      'The date parameters do not form a supported range',
    ],
    ['Slot?schedule.actor=Practitioner/prac-7', 'No supported search parameters provided'],
    ['Slot?service-type=20', 'The date parameters do not form a supported range'],
    ['Slot?service-type=20&start=ge2026-12-01T00:00:00Z', 'The date parameters do not form a supported range'],
    [
      `Slot?service-type=20,https://fhir.cerner.com/abc/codeSet/14249|4&${RANGE}`,
      'These parameters cannot be combined',
    ],
    ['Observation?code=718-7', 'No supported search parameters provided'],
    ['Observation?_id=obs-41&patient=pat-1', 'These parameters cannot be combined'],
    ['Observation?_id=obs-41,obs-45', 'Only one patient may be asked for'],
    ['Observation?patient=pat-1,pat-2', 'Only one patient may be asked for'],
    ['Observation?patient=pat-1&date=2026&_lastUpdated=ge2026', 'These parameters cannot be combined'],
    ['Encounter?_id=enc-31&status=finished', 'These parameters cannot be combined'],
    ['Encounter?patient=pat-1,pat-2', 'Only one patient may be asked for'],
    ['Coverage?beneficiary=pat-1', 'No supported search parameters provided'],
  ])('refuses %s: %s', async (path, text) => {
    const answer = await server.get(path);
    expect([answer.status, outcomeOf(answer)]).toEqual([400, [text]]);
    expect(JSON.parse(answer.text)).toMatchObject({ issue: [{ severity: 'error', diagnostics: text }] });
  });

  it.each([
    ['Patient?_id=pat-3,pat-1', ['pat-1', 'pat-3']],
    ['Patient?name=gar&gender=male', ['pat-2']],
    ['Patient?phone=6175550134', ['pat-1']],
    ['Practitioner?_id=prac-7,prac-8', ['prac-7', 'prac-8']],
    ['Appointment?patient=pat-1,pat-2,pat-3&date=2026-12-02', ['appt-30']],
    [`Appointment?patient=pat-1,pat-2&${DAYS}`, ['appt-31', 'appt-32', 'appt-30']],
    [`Appointment?practitioner=prac-7,prac-8&${DAYS}&status=booked`, ['appt-30']],
    ['Appointment?location=loc-4&date=ge2026-12-01T14:30:00Z', ['appt-30']],
    ['Appointment?patient=pat-3&-date-or-req-period=ge2026-12-01T00:00:00Z', ['appt-33']],
    ['Appointment?patient=pat-3&date=2026-12-03', []],
    ['Appointment?_id=appt-33,appt-30&_count=1', ['appt-30', 'appt-33']],
    [`Slot?service-type=20&${RANGE}`, ['slot-80', 'slot-81']],
    [`Slot?service-type=20&${RANGE}&schedule.actor=Practitioner/prac-7,Practitioner/prac-9`, ['slot-80']],
    [`Slot?service-type=20&${RANGE}&-location=loc-4&schedule.actor=Practitioner/prac-8`, ['slot-81']],
    [`Slot?service-type=20&${RANGE}&-location=Location/loc-5`, []],
    ['Slot?_id=slot-81', ['slot-81']],
    ['Schedule?_id=sched-7-4', ['sched-7-4']],
    ['Observation?patient=pat-1', ['obs-40', 'obs-41', 'obs-42']],
    ['Observation?patient=pat-1&code=85354-9,718-7', ['obs-40', 'obs-41']],
    ['Observation?patient=pat-1&code=8480-6', []],
    ['Observation?_id=obs-41,obs-42', ['obs-41', 'obs-42']],
    ['Observation?subject=Patient/pat-1&_lastUpdated=ge2026-11-05', ['obs-42']],
    ['Encounter?patient=pat-1&status=finished', ['enc-31']],
    ['Coverage?patient=pat-1', ['cov-1-1']],
  ])('answers %s without a total', async (path, ids) => {
    const bundle = await server.search(path);
    expect(idsOf(bundle)).toEqual(ids);
    expect(bundle.total).toBeUndefined();
  });

  it('ignores parameters beside the supported ones', async () => {
    expect(idsOf(await server.search('Patient?name=garcia&colour=red&_sort=-_id'))).toEqual(['pat-1']);
    expect(idsOf(await server.search('Observation?patient=pat-1&combo-code=8480-6'))).toHaveLength(3);
  });

  it('includes schedules and their practitioners', async () => {
    const path = `Slot?service-type=20&${RANGE}&schedule.actor=Practitioner/prac-7&_include=Slot:schedule`;
    expect(idsOf(await server.search(path), 'include')).toEqual(['sched-7-4']);
    const both = await server.search(`${path}&_include=Schedule:actor:Practitioner`);
    expect(idsOf(both, 'include')).toEqual(['sched-7-4', 'prac-7']);
    const refused = `Appointment?_id=appt-30&_include=Appointment:actor`;
    expect(idsOf(await server.search(refused), 'include')).toEqual([]);
  });

  it('puts all of the social history on the first page, whatever the count', async () => {
    const first = await server.search('Observation?patient=pat-2&_count=1');
    expect(idsOf(first)).toEqual(['obs-44']);
    const next = linkOf(first, 'next') ?? '';
    expect(next).toMatch(/\/Observation\?patient=pat-2&pageContext=[\w-]+&direction=NEXT$/);
    const second = await server.search(next);
    expect(idsOf(second)).toEqual(['obs-43']);
    expect(idsOf(await server.search(linkOf(second, 'next') ?? ''))).toEqual(['obs-45']);
  });

  it.each([
    'Claim?patient=pat-1',
    'Claim/claim-50',
    'ExplanationOfBenefit?patient=pat-1',
    'PractitionerRole?_id=role-7',
  ])('does not serve %s', async (path) => {
    const answer = await server.get(path);
    expect([answer.status, outcomeOf(answer)]).toEqual([404, ['This resource type is not served']]);
  });

  it('answers anything but JSON with an empty 406', async () => {
    const answer = await server.get('Patient/pat-1', { ...SIGNED_IN, accept: 'application/fhir+xml' });
    expect([answer.status, answer.text]).toEqual([406, '']);
  });

  it('answers for another tenant in plain text', async () => {
    const answer = await server.get(`${server.simulator.url}/fhir/00000000-0000-4000-8000-000000000000/Patient/1`);
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
      403,
      'Tenant not valid or accessible',
      'text/plain',
    ]);
  });

  it.each([
    ['system/*.read', 400, { error: 'invalid_scope' }],
    [
      'system/Patient.read system/Observation.read',
      200,
      { expires_in: 570, scope: 'system/Patient.read system/Observation.read' },
    ],
  ])('asked for %s answers %i', async (scope, status, body) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    });
    const answer = await server.post(tokenPath, form.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject(body);
  });
});

describe('as Oracle Health with given resources', () => {
  const person = (id: string, more = ''): string =>
    `{"resourceType":"Patient","id":"${id}","name":[{"family":"Crowd"}]${more}}`;
  const crowd = (size: number) => Array.from({ length: size }, (_, at) => person(`p${at}`));

  it.each([
    [1_000, 200],
    [1_001, 422],
  ])('with %i hits of a patient search answers %i', async (hits, status) => {
    const server = await start({ ...given(...crowd(hits)), profile: 'cerner' });
    const answer = await server.get('Patient?family=crowd');
    expect(answer.status).toBe(status);
    if (status === 422) expect(outcomeOf(answer)).toEqual(['more than 1000 patients qualify']);
    else expect(JSON.parse(answer.text)).toHaveProperty('entry.length', 20);
    await server.simulator.close();
  });

  it.each([
    [1, 1],
    [100, 100],
    [101, 100],
  ])('gives for _count=%i pages of %i', async (count, size) => {
    const server = await start({ ...given(...crowd(150)), profile: 'cerner' });
    expect(idsOf(await server.search(`Patient?family=crowd&_count=${count}`))).toHaveLength(size);
    await server.simulator.close();
  });

  it('shows a combined patient on a read only', async () => {
    const merged = person('old', ',"active":false,"link":[{"other":{"reference":"Patient/p0"},"type":"replaced-by"}]');
    const server = await start({ ...given(...crowd(1), merged), profile: 'cerner' });
    expect(idsOf(await server.search('Patient?family=crowd'))).toEqual(['p0']);
    expect((await server.get('Patient/old')).text).toBe(merged);
    await server.simulator.close();
  });

  it('repeats an entry on the next page when told to', async () => {
    const server = await start({ ...given(...crowd(5)), profile: 'cerner', repeatOnPages: true });
    const first = await server.search('Patient?family=crowd&_count=2');
    const second = await server.search(linkOf(first, 'next') ?? '');
    const third = await server.search(linkOf(second, 'next') ?? '');
    expect([first, second, third].map((page) => idsOf(page))).toEqual([
      ['p0', 'p1'],
      ['p1', 'p2', 'p3'],
      ['p3', 'p4'],
    ]);
    expect(linkOf(third, 'next')).toBeUndefined();
    await server.simulator.close();
  });
});
