import { afterEach, describe, expect, it } from 'vitest';
import { type Caller, callers, FORM } from './caller.ts';
import { NOW, practiceOf } from './fixture.ts';
import { slotAppointmentId } from './identity.ts';

const { caller, close } = callers();
afterEach(close);

const GATEWAY_404 = 'Service not registered with API gateway.';
const bearerOf = async ({ token }: Caller): Promise<{ authorization: string }> => ({
  authorization: `Bearer ${JSON.parse((await token()).text).access_token}`,
});

describe('the gateway', () => {
  it.each([
    ['GET', '/v1/nosuch'],
    ['GET', '/v1/999901'],
    ['GET', '/v1/999901/nosuch'],
    ['GET', '/v1/999901/patients/5001/nosuch'],
    ['GET', '/v1/999901/patients/'],
    ['POST', '/v1/999901/departments'],
    ['PUT', '/v1/999901/claims/55'],
    ['DELETE', '/v1/999901/patients/5001'],
    ['GET', '/oauth2/v1/token'],
    ['GET', '/fhir/r4/Patient/1'],
  ])('answers %s %s in plain text under a JSON label', async (method, path) => {
    const client = await caller();
    const headers = { ...(await bearerOf(client)), ...(method === 'GET' ? {} : { 'content-type': FORM }) };
    const answer = await client.send(method, path, headers, method === 'GET' ? undefined : 'a=1');
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
      404,
      GATEWAY_404,
      'application/json',
    ]);
  });

  it.each([
    ['888888', 401, { detailedmessage: 'Bad auth.', error: 'Incorrect permissions.' }],
    ['99999999999', 404, { error: 'Invalid practice.', detailedmessage: 'The practice ID does not exist.' }],
  ])('keeps the client out of practice %s', async (practice, status, body) => {
    const client = await caller();
    const answer = await client.send('GET', `/v1/${practice}/ping`, await bearerOf(client));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, body]);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('lists the granted practices under practice 1, and gives nothing else there', async () => {
    const client = await caller();
    const headers = await bearerOf(client);
    const list = await client.send('GET', '/v1/1/practiceinfo', headers);
    expect(JSON.parse(list.text).practiceinfo[0].practiceid).toBe('999901');
    expect((await client.send('GET', '/v1/1/patients?lastname=L', headers)).status).toBe(401);
  });

  it('counts calls per second and per day and tells what is left of the day', async () => {
    const { get, setNow } = await caller({ limits: { perSecond: 2, perDay: 3, tokenPerMinute: 50 } });
    setNow(Date.parse('2025-11-20T23:59:50Z'));
    const first = await get('/ping');
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['3', '2']);
    await get('/ping');
    const fast = await get('/ping');
    expect([fast.status, JSON.parse(fast.text), fast.headers.get('retry-after')]).toEqual([
      429,
      { error: 'Rate limit exceeded.' },
      null,
    ]);
    setNow(Date.parse('2025-11-20T23:59:51Z'));
    expect((await get('/ping')).headers.get('x-ratelimit-remaining')).toBe('0');
    setNow(Date.parse('2025-11-20T23:59:59.999Z'));
    expect((await get('/ping')).status).toBe(429);
    setNow(Date.parse('2025-11-21T00:00:00Z'));
    expect((await get('/ping')).headers.get('x-ratelimit-remaining')).toBe('2');
  });

  it('says how long to wait when switched on', async () => {
    const { get } = await caller({ limits: { perSecond: 1, perDay: 9, tokenPerMinute: 50 }, retryAfter: true });
    await get('/ping');
    expect((await get('/ping')).headers.get('retry-after')).toBe('1');
  });

  it('throttles as the gateway before the platform did when told to', async () => {
    const { get, setNow } = await caller({
      limits: { perSecond: 1, perDay: 2, tokenPerMinute: 50 },
      throttleWith: 403,
    });
    await get('/ping');
    const over = await get('/ping');
    expect([over.status, over.text, over.headers.get('x-mashery-error-code')]).toEqual([
      403,
      '<h1>Developer Over Qps</h1>',
      'ERR_403_DEVELOPER_OVER_QPS',
    ]);
    setNow(NOW + 1000);
    await get('/ping');
    setNow(NOW + 2000);
    expect((await get('/ping')).headers.get('x-mashery-error-code')).toBe('ERR_403_DEVELOPER_OVER_RATE');
  });

  it.each([
    ['POST', '/oauth2/v1/token', 'POST token'],
    ['POST', '/oauth/token', 'POST token'],
    ['GET', '/v1/999901/patients?lastname=Larkspur', 'GET /patients'],
    ['GET', '/v1/999901/patients/search?searchterm=5001', 'GET /patients/search'],
    ['GET', '/v1/999901/patients/5001', 'GET /patients/{id}'],
    ['GET', '/v1/999901/patients/5001/appointments', 'GET /patients/{id}/appointments'],
    ['GET', `/v1/999901/appointments/${slotAppointmentId(1)}`, 'GET /appointments/{id}'],
    ['GET', '/v1/999901/appointments/open', 'GET /appointments/open'],
    ['GET', '/v1/999901/appointments/booked/multipledepartment', 'GET /appointments/booked/multipledepartment'],
    ['GET', '/v1/999901/chart/5001/vitals', 'GET /chart/{patientid}/vitals'],
    ['GET', '/v1/999901/chart/encounter/30102', 'GET /chart/encounter/{encounterid}'],
    ['GET', '/v1/999901/claims/55/claimtransactions', 'GET /claims/{id}/claimtransactions'],
    ['PUT', '/v1/999901/appointments/101/cancel', 'PUT /appointments/{id}/cancel'],
    ['PUT', '/v1/999901/appointments/booked/101', 'PUT /appointments/booked/{id}'],
    ['PUT', '/v1/999901/claims/55', 'PUT (unrouted)'],
  ])('calls %s %s by the name of its route', async (method, path, name) => {
    const { send, simulator } = await caller();
    await send(method, path);
    expect(simulator.calls).toEqual([name]);
  });

  it('writes every id as text when told to', async () => {
    const { read } = await caller({ ids: 'text' });
    const { providers } = await read<{ providers: unknown[] }>('/providers', { limit: '1' });
    expect(providers[0]).toMatchObject({ providerid: '71', npi: 1000000001 });
  });

  it('shows a change of the practice at once', async () => {
    const practice = practiceOf();
    const { read } = await caller({ practice });
    for (const appointment of practice.appointments) if (appointment.id === 101) appointment.status = 'cancelled';
    expect(await read('/appointments/101')).toMatchObject([{ appointmentstatus: 'x' }]);
  });
});
