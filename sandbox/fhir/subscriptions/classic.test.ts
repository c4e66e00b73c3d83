import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallPractice } from '../fixture.ts';
import { type Answer, NOW, outcomeOf, type Running, start } from '../running.ts';
import { newResult, slotVisit } from '../samples.ts';
import { FHIR_SIGN_IN, type FhirOptions } from '../simulator.ts';
import { classic, type Receiver, startReceiver } from './receiving.ts';

let server: Running;
let receiver: Receiver;
const open = async (more: Partial<FhirOptions> = {}): Promise<void> => {
  server = await start({ practice: smallPractice(), now: () => NOW, ...more });
};
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all([server.simulator.close(), receiver.close()]);
});

const settled = async (): Promise<void> => server.simulator.outbox?.settled();
const subscribe = (criteria: string, channel = {}): Promise<Answer> =>
  server.send('POST', 'Subscription', classic(receiver.url, criteria, channel));
const statusOf = async (id: string): Promise<unknown> =>
  (JSON.parse((await server.get(`Subscription/${id}`)).text) as { status: string }).status;
const book = () => server.send('POST', 'Appointment', slotVisit());
const remove = () =>
  fetch(`${server.base}/Subscription/sub-1`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` },
  });
const patch = (id: string, step: object) => server.send('PATCH', id, [{ op: 'replace', ...step }]);

describe('a subscription of R4', () => {
  it('is requested first and active when it was accepted', async () => {
    await open();
    const answer = await subscribe('Appointment?patient=pat-1');
    expect([answer.status, answer.headers.get('location')]).toEqual([
      201,
      `${server.base}/Subscription/sub-1/_history/1`,
    ]);
    expect(JSON.parse(answer.text)).toMatchObject({ id: 'sub-1', status: 'requested' });
    expect(await statusOf('sub-1')).toBe('active');
    expect((await server.search('Subscription?status=active')).total).toBe(1);
  });

  it('pings without a body, with its headers, at what is created or updated so that it fits', async () => {
    await open();
    await subscribe('Appointment?patient=pat-1&status=booked,cancelled');
    await book();
    await patch('Appointment/appt-34', { path: '/status', value: 'cancelled' });
    await patch('Appointment/appt-32', { path: '/status', value: 'entered-in-error' });
    await server.send('POST', 'Observation', newResult());
    await settled();
    expect(receiver.got.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/hook', ''],
      ['POST', '/hook', ''],
    ]);
    expect(receiver.got[0]?.headers).toMatchObject({ 'x-secret': 's3cret' });
    expect(receiver.got[0]?.headers).not.toHaveProperty('content-type');
  });

  it.each([
    [undefined, 'PUT', '/hook/Appointment/appt-34'],
    ['put', 'PUT', '/hook/Appointment/appt-34'],
    ['post', 'POST', '/hook'],
  ] as const)('sends the resource by %s', async (payloadBy, method, path) => {
    await open({ subscriptions: payloadBy === undefined ? {} : { payloadBy } });
    await subscribe('Appointment', { payload: 'application/fhir+json' });
    await book();
    await settled();
    const [got] = receiver.got;
    expect([got?.method, got?.path, got?.headers['content-type']]).toEqual([
      method,
      path,
      'application/fhir+json; charset=utf-8',
    ]);
    expect(got?.body).toBe((await server.get('Appointment/appt-34')).text);
  });

  it('is in error when nobody answers, and active again when the client asks for it', async () => {
    await open({ subscriptions: { patienceMs: 0 } });
    await subscribe('Appointment');
    receiver.answer(500);
    await book();
    await settled();
    expect(JSON.parse((await server.get('Subscription/sub-1')).text)).toMatchObject({
      status: 'error',
      error: 'The endpoint did not take a notification.',
    });
    receiver.answer(200);
    await patch('Appointment/appt-34', { path: '/status', value: 'arrived' });
    await patch('Subscription/sub-1', { path: '/status', value: 'requested' });
    expect(await statusOf('sub-1')).toBe('active');
    await patch('Appointment/appt-34', { path: '/status', value: 'fulfilled' });
    await settled();
    expect(receiver.got).toHaveLength(2);
    expect((await server.get('Subscription/sub-1')).text).not.toContain('"error"');
  });

  it('is off from its end on, and can be renewed before', async () => {
    let now = NOW;
    await open({ now: () => now, subscriptions: { longestMs: 60_000 } });
    await subscribe('Appointment');
    expect((await server.get('Subscription/sub-1')).text).toContain('"end":"2026-11-20T12:01:00.000Z"');
    now += 40_000;
    const { text } = await server.get('Subscription/sub-1');
    const renewed = { ...(JSON.parse(text) as object), end: '2026-11-20T12:01:40Z' };
    expect((await server.send('PUT', 'Subscription/sub-1', renewed)).status).toBe(200);
    now += 59_999;
    expect(await statusOf('sub-1')).toBe('active');
    now += 1;
    expect(await statusOf('sub-1')).toBe('off');
    await book();
    await settled();
    expect(receiver.got).toEqual([]);
  });

  it('is turned off and deleted by the client', async () => {
    await open();
    await subscribe('Appointment');
    await patch('Subscription/sub-1', { path: '/status', value: 'off' });
    await book();
    expect((await remove()).status).toBe(204);
    expect((await server.get('Subscription/sub-1')).status).toBe(410);
    expect((await remove()).status).toBe(204);
    await settled();
    expect(receiver.got).toEqual([]);
  });

  it('says nothing of what is deleted', async () => {
    const practice = smallPractice();
    await open({ practice });
    await subscribe('Slot');
    practice.slots.shift();
    expect((await server.get('Slot/slot-80')).status).toBe(410);
    await settled();
    expect(receiver.got).toEqual([]);
  });

  it('stays deleted when a notification that failed is sent again', async () => {
    await open({ subscriptions: { patienceMs: 0 } });
    await subscribe('Appointment');
    receiver.answer(500);
    await book();
    await settled();
    await remove();
    server.simulator.outbox?.revive();
    await settled();
    expect(receiver.got).toHaveLength(2);
    expect((await server.get('Subscription/sub-1')).status).toBe(410);
  });

  it.each([
    ['Appointment', { type: 'websocket' }, 422, 'The element is not supported'],
    ['Appointment', { type: 'pigeon' }, 422, 'The code is not in the required value set'],
    ['Appointment', { payload: 'application/xml' }, 422, 'The element is not supported'],
    ['Appointment', { endpoint: 'http://example.org/hook' }, 422, 'An element has an invalid value'],
    ['Appointment', { endpoint: 'ftp://localhost/hook' }, 422, 'An element has an invalid value'],
    ['Appointment', { endpoint: undefined }, 422, 'A required element is missing'],
    ['Appointment', { header: ['no colon'] }, 422, 'An element has an invalid value'],
    ['Appointment', { header: ['X-A: 1\r\nX-B: 2'] }, 422, 'An element has an invalid value'],
    ['Smith?name=x', {}, 422, 'The criteria are no search of this server'],
    ['Appointment?colour=red', {}, 422, 'The criteria are no search of this server'],
    ['Appointment?_count=3', {}, 422, 'The criteria are no search of this server'],
    ['Appointment?date=yesterday', {}, 400, 'A search parameter has an invalid value'],
  ])('is refused for %s by %j', async (criteria, channel, status, text) => {
    await open();
    const answer = await subscribe(criteria, channel);
    expect([answer.status, outcomeOf(answer)]).toEqual([status, [text]]);
    expect((await server.search('Subscription')).total).toBe(0);
  });

  it.each(['active', 'error'])('is not created as %s', async (status) => {
    await open();
    const answer = await server.send('POST', 'Subscription', { ...classic(receiver.url, 'Patient'), status });
    expect([answer.status, outcomeOf(answer)]).toEqual([422, ['The status cannot change to this one']]);
  });

  it('needs a scope for itself and for what it tells', async () => {
    await open();
    const tokenFor = async (scope: string): Promise<string> => {
      const form = new URLSearchParams({ grant_type: 'client_credentials', scope });
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${FHIR_SIGN_IN.clientId}:${FHIR_SIGN_IN.clientSecret}`)}`,
      };
      const answer = await server.post('/oauth2/token', form.toString(), headers);
      return (JSON.parse(answer.text) as { access_token: string }).access_token;
    };
    const asked = async (scope: string): Promise<number> => {
      const headers = { authorization: `Bearer ${await tokenFor(scope)}` };
      return (await server.send('POST', 'Subscription', classic(receiver.url, 'Patient'), headers)).status;
    };
    expect(await asked('system/Subscription.c')).toBe(403);
    expect(await asked('system/Patient.rs')).toBe(403);
    expect(await asked('system/Subscription.c system/Patient.rs')).toBe(201);
  });
});

describe('a server', () => {
  it.each([
    ['epic', 404],
    ['cerner', 404],
  ] as const)('of %s has no subscriptions', async (profile, status) => {
    await open({ profile });
    expect((await subscribe('Patient')).status).toBe(status);
    expect((await server.get('Subscription/$status')).status).toBe(404);
    expect((await server.get('metadata')).text).not.toContain('Subscription');
  });

  it('without subscriptions refuses them and declares none', async () => {
    await open({ subscriptions: false });
    expect((await subscribe('Patient')).status).toBe(405);
    expect((await server.get('metadata')).text).not.toContain('Subscription');
  });

  it('without those of R4 refuses a search as criteria', async () => {
    await open({ subscriptions: { classic: false } });
    expect(outcomeOf(await subscribe('Patient'))).toEqual(['The element is not supported']);
  });
});
