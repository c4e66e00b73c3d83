import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { NOW, outcomeOf, type Running, start } from './running.ts';
import { FHIR_SIGN_IN, fhirSimulator } from './simulator.ts';

const { bearer, tokenPath } = FHIR_SIGN_IN;
const SIGNED_IN = { authorization: `Bearer ${bearer}` };

describe('reading', () => {
  let server: Running;
  beforeAll(async () => {
    server = await start({ practice: smallPractice(), now: () => NOW });
  });
  afterAll(() => server.simulator.close());

  it('tells the version and its time', async () => {
    const answer = await server.get('Observation/obs-42');
    expect(answer.status).toBe(200);
    expect(
      Object.fromEntries(['etag', 'last-modified', 'content-type'].map((name) => [name, answer.headers.get(name)])),
    ).toEqual({
      etag: 'W/"3"',
      'last-modified': 'Thu, 05 Nov 2026 09:00:00 GMT',
      'content-type': 'application/fhir+json; charset=utf-8',
    });
  });

  it('answers 304 to whoever has this version', async () => {
    expect((await server.get('Observation/obs-42', { ...SIGNED_IN, 'if-none-match': 'W/"3"' })).status).toBe(304);
    expect((await server.get('Observation/obs-42', { ...SIGNED_IN, 'if-none-match': 'W/"2"' })).status).toBe(200);
  });

  it('keeps earlier versions', async () => {
    const history = await server.get('Observation/obs-42/_history');
    expect([...history.text.matchAll(/"etag":"W\/\\"(\d)\\""/g)].map(([, version]) => version)).toEqual([
      '3',
      '2',
      '1',
    ]);
    expect((await server.get('Observation/obs-42/_history/2')).text).toContain('"status":"final"');
    expect((await server.get('Observation/obs-42/_history/4')).status).toBe(404);
  });

  it.each([
    ['GET', 'Patient/pat-99', 404, 'No such resource'],
    ['GET', 'Patient/obs-42', 404, 'No such resource'],
    ['GET', 'Smith', 404, 'This resource type is not served'],
    ['GET', 'patient/pat-1', 404, 'Nothing is served at this address'],
    ['GET', 'Patient/pat-1/$everything', 404, 'Nothing is served at this address'],
    ['POST', 'Patient', 415, 'The content type of the body is not supported'],
    ['POST', 'Slot', 405, 'This interaction is not supported'],
    ['POST', 'Patient/pat-1', 405, 'This interaction is not supported'],
    ['PUT', 'Patient', 405, 'This interaction is not supported'],
    ['PATCH', 'Claim/claim-50', 405, 'This interaction is not supported'],
    ['DELETE', 'Patient/pat-1', 405, 'This interaction is not supported'],
    ['GET', '../R5/Patient', 404, 'Nothing is served at this address'],
  ])('answers %s %s with %i', async (method, path, status, text) => {
    const response = await fetch(`${server.base}/${path}`, { method, headers: SIGNED_IN });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    expect([answer.status, outcomeOf(answer)]).toEqual([status, [text]]);
  });

  it('answers 410 for what was deleted', async () => {
    const practice = smallPractice();
    const other = await start({ practice, now: () => NOW });
    practice.slots.shift();
    const answer = await other.get('Slot/slot-80');
    expect([answer.status, outcomeOf(answer)]).toEqual([410, ['The resource was deleted']]);
    await other.simulator.close();
  });

  it.each([
    [{ accept: 'application/fhir+xml' }, '', 406],
    [{ accept: 'application/fhir+xml' }, '?_format=json', 200],
    [{ accept: 'application/json' }, '', 200],
    [{ accept: '*/*' }, '?_format=xml', 406],
    [{ accept: 'text/html, application/fhir+json;q=0.5' }, '', 200],
  ])('given %j and %j answers %i', async (headers, query, status) => {
    expect((await server.get(`Patient/pat-1${query}`, { ...SIGNED_IN, ...headers })).status).toBe(status);
  });

  it('answers a batch entry by entry', async () => {
    const batch = (type: string) =>
      JSON.stringify({
        resourceType: 'Bundle',
        type,
        entry: [
          { request: { method: 'GET', url: 'Observation/obs-42' } },
          { request: { method: 'GET', url: 'Patient/nobody' } },
          { request: { method: 'GET', url: 'Appointment?patient=pat-1&status=booked' } },
          { request: { method: 'DELETE', url: 'Patient/pat-1' } },
        ],
      });
    const answer = await server.post('', batch('batch'), SIGNED_IN);
    expect(JSON.parse(answer.text)).toMatchObject({
      type: 'batch-response',
      entry: [
        { response: { status: '200 OK', etag: 'W/"3"' }, resource: { id: 'obs-42' } },
        { response: { status: '404 Not Found', outcome: { resourceType: 'OperationOutcome' } } },
        { response: { status: '200 OK' }, resource: { type: 'searchset', total: 1 } },
        { response: { status: '405 Method Not Allowed' } },
      ],
    });
    expect(answer.text).toContain('"value":7.10,');
    expect((await server.post('', batch('transaction'), SIGNED_IN)).status).toBe(400);
    expect((await server.post('', 'no json', SIGNED_IN)).status).toBe(400);
  });

  it('describes itself without a token', async () => {
    const metadata = JSON.parse((await server.get('metadata', {})).text) as {
      rest: { resource: { type: string }[] }[];
    };
    expect(metadata).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
    const patient = metadata.rest[0]?.resource.find(({ type }) => type === 'Patient');
    expect(patient).toMatchObject({ searchParam: expect.arrayContaining([{ name: 'family', type: 'string' }]) });
    expect(JSON.parse((await server.get('.well-known/smart-configuration', {})).text)).toMatchObject({
      token_endpoint: `${server.simulator.url}${tokenPath}`,
      grant_types_supported: ['client_credentials'],
    });
  });

  it.each([
    ['GET', '/fhir/R4/Patient?name=x', 'GET Patient'],
    ['POST', '/fhir/R4/Patient/_search', 'POST Patient/_search'],
    ['GET', '/fhir/R4/Patient/pat-1', 'GET Patient/{id}'],
    ['GET', '/fhir/R4/Patient/pat-1/_history', 'GET Patient/{id}/_history'],
    ['GET', '/fhir/R4/Patient/pat-1/_history/2', 'GET Patient/{id}/_history/{version}'],
    ['POST', '/fhir/R4/Patient', 'POST Patient'],
    ['PUT', '/fhir/R4/Patient/pat-1', 'PUT Patient/{id}'],
    ['PATCH', '/fhir/R4/Appointment/appt-1', 'PATCH Appointment/{id}'],
    ['GET', '/fhir/R4/Smith/pat-1', 'GET {unknown}/{id}'],
    ['GET', '/fhir/R4/metadata', 'GET metadata'],
    ['GET', '/fhir/R4/.well-known/smart-configuration', 'GET smart-configuration'],
    ['POST', '/fhir/R4', 'POST batch'],
    ['POST', '/oauth2/token', 'POST token'],
    ['GET', '/elsewhere/pat-1', 'GET {unknown}'],
  ])('calls %s %s %s', async (method, address, name) => {
    const behaviour = await fhirSimulator({ practice: smallPractice(), now: () => NOW });
    const url = new URL(address, 'http://localhost');
    const request = { method, path: url.pathname, query: url.searchParams, headers: {}, body: '' };
    expect(behaviour.callName(request)).toBe(name);
  });
});
