import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { given, idsOf, linkOf, NOW, outcomeOf, outcomesIn, type Running, start } from './running.ts';
import { FHIR_SIGN_IN } from './simulator.ts';

const SIGNED_IN = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` };

describe('as Epic', () => {
  let server: Running;
  let time = NOW;
  beforeAll(async () => {
    server = await start({ practice: smallPractice(), now: () => time, profile: 'epic', pageLifeMs: 60_000 });
  });
  afterAll(() => server.simulator.close());

  it.each([
    ['Observation?patient=pat-1', '59108'],
    ['Observation?patient=pat-1&date=ge2026-01-01', '59108'],
    ['Observation?category=laboratory', '4111'],
    ['Observation?patient=pat-1&category=labs', '59111'],
    ['Observation?patient=pat-1,pat-2&category=laboratory', '4112'],
    ['Observation?patient=pat-1&subject=Patient/pat-2&category=laboratory', '4112'],
    ['Observation', '4110'],
    ['Observation?colour=red', '4111'],
    ['Appointment?date=ge2026-01-01', '4111'],
    ['Appointment?practitioner=prac-7&date=ge2026-01-01', '4111'],
    ['Appointment?patient=pat-1&date=sa2026-01-01', '59111'],
    ['Appointment?patient=pat-1&date=soon', '59111'],
    ['Patient?family=garcia', '4111'],
    ['Patient?family=garcia&given=zoe', '4111'],
    ['Patient?name=garcia&birthdate=1980-05-17', '4111'],
    ['Patient?identifier=M1', '4111'],
    ['Patient?given=zoe&family=garcia&legal-sex=female', '4111'],
    ['Practitioner?given=dana', '4111'],
    ['Encounter?date=ge2026-01-01', '4111'],
    ['Coverage?status=active', '4111'],
    ['Claim?patient=pat-1', '4111'],
    ['Location', '4110'],
  ])('refuses %s with %s', async (path, code) => {
    const answer = await server.get(path);
    expect(answer.status).toBe(400);
    expect(outcomeOf(answer)).toEqual([code]);
    expect(JSON.parse(answer.text)).toMatchObject({
      issue: [{ severity: 'fatal', details: { coding: [{ system: 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369' }] } }],
    });
  });

  it('names the missing parameters of an observation search', async () => {
    const answer = await server.get('Observation?patient=pat-1');
    expect(JSON.parse(answer.text)).toMatchObject({
      issue: [{ diagnostics: 'Either category or code parameter must be specified', expression: ['category/code'] }],
    });
  });

  it.each([
    ['Observation?patient=pat-1&category=laboratory', ['obs-41', 'obs-42']],
    ['Observation?subject=Patient/pat-1&code=http://loinc.org|4548-4', ['obs-42']],
    ['Observation?patient=pat-1&patient=pat-1&category=vital-signs,laboratory', ['obs-40', 'obs-41', 'obs-42']],
    ['Appointment?patient=pat-1', ['appt-30', 'appt-31']],
    ['Appointment?patient=pat-1&practitioner=prac-8', ['appt-31']],
    ['Appointment?patient=pat-1&date=ge2026-12-01&status=booked', ['appt-30']],
    ['Appointment?patient=pat-1&service-category=appointment', ['appt-30', 'appt-31']],
    ['Appointment?patient=pat-1&service-category=surgery', []],
    ['Appointment?_id=appt-30,appt-32&patient=pat-3&status=noshow&colour=red', ['appt-30', 'appt-32']],
    ['Patient?_id=pat-3,pat-1', ['pat-1', 'pat-3']],
    ['Patient?identifier=MRN|M2', ['pat-2']],
    ['Patient?identifier=MR|M2', ['pat-2']],
    ['Patient?identifier=urn:oid:2.16.840.1.113883.19.5.1|M2', ['pat-2']],
    ['Patient?identifier=SSN|M2', []],
    ['Patient?given=zoe&family=garcia&birthdate=1980-05-17', ['pat-1']],
    ['Patient?given=zoe&family=garcia&legal-sex=female&phone=6175550134', ['pat-1']],
    ['Practitioner?family=clarke&given=dana', ['prac-7']],
    ['Practitioner?family=clarke&family=ng', ['prac-7']],
    ['Practitioner?identifier=1234567802&family=clarke', ['prac-8']],
    ['Coverage?beneficiary=pat-1', ['cov-1-1']],
    ['Claim?_id=claim-50', ['claim-50']],
    ['ExplanationOfBenefit?patient=pat-1', ['eob-50']],
  ])('answers %s', async (path, ids) => {
    expect(idsOf(await server.search(path))).toEqual(ids);
  });

  it('matches patients by weight: one criterion may be wrong', async () => {
    expect(idsOf(await server.search('Patient?given=zoe&family=garcia&birthdate=1999-01-01'))).toEqual(['pat-1']);
    expect(idsOf(await server.search('Patient?given=bo&family=garcia&birthdate=1980-05-17'))).toEqual(['pat-1']);
    expect(idsOf(await server.search('Patient?given=zoe&family=doe&birthdate=1999-01-01'))).toEqual([]);
    const three = await server.search('Patient?given=bo&family=gar&birthdate=1980');
    expect(idsOf(three)).toEqual(['pat-2', 'pat-1']);
  });

  it.each([
    ['Appointment?patient=pat-1&date=ge2030-01-01', 0, ['4101']],
    ['Appointment?patient=pat-1&colour=red', 2, ['4122']],
    ['Appointment?patient=pat-1&_sort=date', 2, ['4122']],
    ['Appointment?patient=pat-1&_lastUpdated=ge2026-01-01', 2, ['4122']],
    ['Appointment?patient=nobody&colour=red', 0, ['4122', '4101']],
    ['Appointment?patient=pat-1', 2, []],
  ])('tells beside %s what it did', async (path, total, outcomes) => {
    const bundle = await server.search(path);
    expect([bundle.total, outcomesIn(bundle)]).toEqual([total, outcomes]);
    expect(linkOf(bundle, 'self')).toBe(`${server.base}/${path}`);
  });

  it('writes absolute references and takes them', async () => {
    const { text } = await server.get('Appointment/appt-30');
    expect(text).toContain(`"reference":"${server.base}/Patient/pat-1"`);
    expect(text).not.toContain('"reference":"Patient/');
    expect(idsOf(await server.search(`Appointment?patient=${server.base}/Patient/pat-1`))).toEqual([
      'appt-30',
      'appt-31',
    ]);
    expect(idsOf(await server.search('Appointment?_id=appt-30&_include=Appointment:actor'), 'include')).toEqual([
      'pat-1',
      'prac-7',
      'loc-4',
    ]);
  });

  it('reads only the form of a POST', async () => {
    const answer = await server.post('Appointment/_search?status=booked', 'patient=pat-1', {
      ...SIGNED_IN,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.text).toContain('"total":2,');
  });

  it('counts the page, and its next pages expire', async () => {
    const first = await server.search('Observation?patient=pat-1&category=laboratory,vital-signs&_count=2');
    expect([first.total, idsOf(first)]).toEqual([2, ['obs-40', 'obs-41']]);
    const next = linkOf(first, 'next') ?? '';
    expect(next).toMatch(/\/Observation\?sessionID=15-[0-9A-F]+&page=2$/);
    time += 60_000;
    const second = await server.search(next);
    expect([second.total, idsOf(second), linkOf(second, 'self'), linkOf(second, 'next')]).toEqual([
      1,
      ['obs-42'],
      next,
      undefined,
    ]);
    time += 1;
    const late = await server.get(next);
    expect([late.status, outcomeOf(late)]).toEqual([400, ['4113']]);
    expect(outcomeOf(await server.get('Observation?sessionID=15-X&page=2'))).toEqual(['4113']);
  });

  it.each([
    ['Patient/nobody', 404, ['4102']],
    ['Slot?start=ge2026-01-01', 404, ['This resource type is not served']],
    ['Schedule/sched-7-4', 404, ['This resource type is not served']],
    ['Patient/pat-1/_history', 404, ['Nothing is served at this address']],
  ])('answers %s with %i', async (path, status, codes) => {
    const answer = await server.get(path);
    expect([answer.status, outcomeOf(answer)]).toEqual([status, codes]);
  });

  it('takes no batch and gives tokens for an hour', async () => {
    expect((await server.post('', '{}', SIGNED_IN)).status).toBe(405);
    const { clientId, clientSecret, tokenPath } = FHIR_SIGN_IN;
    const form = `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`;
    const answer = await server.post(tokenPath, form, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(JSON.parse(answer.text)).toMatchObject({ expires_in: 3_600 });
  });

  it('declares only what it serves', async () => {
    const { text } = await server.get('metadata', {});
    const statement = JSON.parse(text) as { rest: { resource: { type: string; searchParam: { name: string }[] }[] }[] };
    const types = statement.rest[0]?.resource ?? [];
    expect(types.map(({ type }) => type)).not.toContain('Slot');
    expect(types.find(({ type }) => type === 'Claim')?.searchParam).toEqual([{ name: '_id', type: 'token' }]);
  });
});

describe('as Epic with given resources', () => {
  const person = (id: string, more = ''): string =>
    `{"resourceType":"Patient","id":"${id}","name":[{"family":"Crowd","given":["Ann"]}],"birthDate":"1970-01-01"${more}}`;
  const MERGED = person('old', ',"active":false,"link":[{"other":{"reference":"Patient/p0"},"type":"replaced-by"}]');

  it('redirects from a merged patient to the survivor and does not find the merged one', async () => {
    const server = await start({ ...given(person('p0'), MERGED), profile: 'epic' });
    const answer = await server.get('Patient/old');
    expect([answer.status, answer.headers.get('location'), outcomeOf(answer)]).toEqual([
      301,
      `${server.base}/Patient/p0`,
      ['4107'],
    ]);
    expect(idsOf(await server.search('Patient?_id=old,p0'))).toEqual(['p0']);
    await server.simulator.close();
  });

  it.each([
    [100, 200, 100],
    [101, 400, undefined],
  ])('with %i hits of a patient search answers %i', async (hits, status, total) => {
    const server = await start({
      ...given(...Array.from({ length: hits }, (_, at) => person(`p${at}`))),
      profile: 'epic',
    });
    const answer = await server.get('Patient?family=crowd&given=ann&birthdate=1970-01-01');
    expect(answer.status).toBe(status);
    if (total === undefined) expect(outcomeOf(answer)).toEqual(['4127']);
    else expect(JSON.parse(answer.text)).toMatchObject({ total });
    await server.simulator.close();
  });
});
