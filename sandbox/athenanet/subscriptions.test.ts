import { afterEach, describe, expect, it } from 'vitest';
import { hooks, SECRET, type Wish, wish } from './hook-fixture.ts';

const { signedIn, close } = hooks();
afterEach(close);

describe('an event subscription', () => {
  it('is listed until it is deleted', async () => {
    const one = await signedIn();
    const body = wish('Appointment.cancel', 'http://127.0.0.1:9/hook');
    const made = await one.fhir('POST', 'Subscription', body, { 'x-hub-secret': SECRET });
    const { id, ...rest } = JSON.parse(made.text) as { id: string };
    expect([made.status, rest]).toEqual([201, body]);
    const listed = JSON.parse((await one.fhir('GET', 'Subscription')).text);
    expect(listed).toMatchObject({ type: 'searchset', total: 1, entry: [{ resource: { id, status: 'active' } }] });
    expect(JSON.stringify(listed)).not.toContain(SECRET);
    expect(await one.fhir('DELETE', `Subscription/${id}`)).toMatchObject({ status: 204, text: '' });
    expect((await one.fhir('DELETE', `Subscription/${id}`)).status).toBe(404);
    expect(JSON.parse((await one.fhir('GET', 'Subscription')).text)).toMatchObject({ total: 0, entry: [] });
  });

  it('is for one of the topics', async () => {
    const { entry } = JSON.parse((await (await signedIn()).fhir('GET', 'SubscriptionTopic')).text) as {
      entry: { resource: { id: string } }[];
    };
    const ids = entry.map(({ resource }) => resource.id);
    expect(ids).toContain('Appointment.check-in');
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each<readonly [string, number, string, Wish]>([
    ['another topic', 400, 'Appointment.lunch', {}],
    ['no practice', 400, 'Claim.update', { _criteria: undefined }],
    ['an end in the past', 400, 'Claim.update', { end: '2025-11-20T17:59:59Z' }],
    ['another kind of channel', 400, 'Claim.update', { channel: { type: 'email' } }],
    ['another resource', 400, 'Claim.update', { resourceType: 'Patient' }],
  ])('is refused for %s', async (_name, status, topic, more) => {
    const { fhir } = await signedIn();
    expect((await fhir('POST', 'Subscription', wish(topic, 'http://127.0.0.1:9/', more))).status).toBe(status);
  });

  it.each([
    ['https://hooks.example.org/athenanet', 201],
    ['https://hooks.example.org:8443/athenanet', 400],
    ['http://hooks.example.org/athenanet', 400],
    ['http://localhost:8080/athenanet', 201],
    ['nowhere', 400],
  ])('to %s is answered with %i', async (endpoint, status) => {
    const { fhir } = await signedIn();
    expect((await fhir('POST', 'Subscription', wish('Claim.update', endpoint))).status).toBe(status);
  });

  it('needs its scope and a token', async () => {
    const { fhir, send, token } = await signedIn();
    const rest = JSON.parse((await token()).text) as { access_token: string };
    const other = await send('GET', '/fhir/r4/Subscription', { authorization: `Bearer ${rest.access_token}` });
    expect([other.status, JSON.parse(other.text)]).toMatchObject([403, { resourceType: 'OperationOutcome' }]);
    expect((await send('GET', '/fhir/r4/Subscription')).status).toBe(401);
    expect((await fhir('PUT', 'Subscription/x')).status).toBe(404);
  });
});
