import { afterEach, beforeEach, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { idsOf, NOW, outcomeOf, type Running, start } from './running.ts';
import { KEYS, newClaim, newDocument, newPatient, newResult, newVisit } from './samples.ts';

let server: Running;
beforeEach(async () => {
  server = await start({ practice: smallPractice(), now: () => NOW, profile: 'epic' });
});
afterEach(() => server.simulator.close());

it.each([
  ['POST', 'Appointment', newVisit()],
  ['PATCH', 'Appointment/appt-30', [{ op: 'replace', path: '/status', value: 'cancelled' }]],
  ['PUT', 'Patient/pat-1', newPatient({ id: 'pat-1' })],
  ['POST', 'Claim', newClaim()],
] as const)('refuses %s %s', async (method, path, body) => {
  const answer = await server.send(method, path, body);
  expect([answer.status, outcomeOf(answer)]).toEqual([405, ['This interaction is not supported']]);
  expect(server.simulator.commits).toEqual([]);
});

it('answers a new patient without a body unless one is asked for', async () => {
  const answer = await server.send('POST', 'Patient', newPatient());
  expect([answer.status, answer.text, answer.headers.get('location')]).toEqual([
    201,
    '',
    `${server.base}/Patient/pat-4`,
  ]);
  const another = await server.send('POST', 'Patient', newPatient(), { prefer: 'return=representation' });
  expect(another.text).toContain(`"reference":"${server.base}/Organization/org-1"`);
});

it('does not look at If-None-Exist, which it does not declare', async () => {
  const headers = { 'if-none-exist': `identifier=${KEYS}|p-1` };
  const answers = [
    await server.send('POST', 'Patient', newPatient(), headers),
    await server.send('POST', 'Patient', newPatient(), headers),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect((await server.get('metadata', {})).text).toContain('"conditionalCreate":false');
});

it('takes a vital sign once and corrects it', async () => {
  expect((await server.send('POST', 'Observation', newResult())).status).toBe(201);
  const again = await server.send('POST', 'Observation', newResult());
  expect([again.status, outcomeOf(again)]).toEqual([400, ['59141']]);
  expect(
    (await server.send('PUT', 'Observation/obs-46', newResult({ id: 'obs-46', status: 'corrected' }))).status,
  ).toBe(200);
  expect((await server.get('Observation/obs-46')).text).toContain('"status":"corrected"');
});

it('refuses a result without a category', async () => {
  const answer = await server.send('POST', 'Observation', newResult({ category: undefined }));
  expect([answer.status, outcomeOf(answer)]).toEqual([422, ['59108']]);
});

it('refuses a result for which there is no flowsheet row', async () => {
  const answer = await server.send('POST', 'Observation', newResult({ code: { coding: [{ code: '718-7' }] } }));
  expect([answer.status, outcomeOf(answer)]).toEqual([400, ['59187']]);
});

it('tells what is missing by its number and place', async () => {
  const answer = await server.send('POST', 'Patient', newPatient({ name: undefined }));
  expect(JSON.parse(answer.text)).toMatchObject({
    issue: [{ severity: 'fatal', details: { coding: [{ code: '59108' }] }, expression: ['Patient.name.family'] }],
  });
});

it('serves the bytes of a document as a resource of their own', async () => {
  expect((await server.send('POST', 'DocumentReference', newDocument())).status).toBe(201);
  const bundle = await server.search('DocumentReference?patient=pat-1');
  expect(idsOf(bundle)).toEqual(['doc-1']);
  expect(bundle.entry?.[0]?.resource).toMatchObject({ content: [{ attachment: { url: 'Binary/bin-1', size: 5 } }] });
  expect(JSON.parse((await server.get('Binary/bin-1')).text)).toMatchObject({
    contentType: 'text/plain',
    data: 'SGVsbG8=',
  });
});
