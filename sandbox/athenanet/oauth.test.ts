import { afterEach, describe, expect, it } from 'vitest';
import { BASIC, callers } from './caller.ts';
import { NOW } from './fixture.ts';
import { ATHENANET_SIGN_IN } from './simulator.ts';

const { caller, close } = callers();
afterEach(close);

const SCOPE = ATHENANET_SIGN_IN.scope;
const GRANT = { grant_type: 'client_credentials' };
const TOKEN = '/oauth2/v1/token';

describe('sign-in', () => {
  it('hands out opaque tokens for an hour, the seconds now as a number and now as text', async () => {
    const { token } = await caller();
    const bodies = [await token(), await token()].map(({ text }) => JSON.parse(text));
    expect(bodies).toEqual([
      { access_token: expect.stringMatching(/^[\w-]{32}$/), token_type: 'Bearer', expires_in: 3600, scope: SCOPE },
      { access_token: expect.stringMatching(/^[\w-]{32}$/), token_type: 'Bearer', expires_in: '3600', scope: SCOPE },
    ]);
    expect(bodies[0].access_token).not.toBe(bodies[1].access_token);
  });

  it('gives the old path a token without a scope, and with something to refresh it', async () => {
    const { token, send } = await caller();
    const body = JSON.parse((await token('/oauth/token', GRANT)).text);
    expect(body).toMatchObject({ token_type: 'bearer', refresh_token: expect.any(String) });
    expect(body).not.toHaveProperty('scope');
    const { status } = await send('GET', '/v1/999901/ping', { authorization: `Bearer ${body.access_token}` });
    expect(status).toBe(200);
  });

  const wrong = `Basic ${Buffer.from(`${ATHENANET_SIGN_IN.clientId}:other`).toString('base64')}`;
  it.each([
    ['a wrong secret', { ...GRANT, scope: SCOPE }, wrong, 401, 'invalid_client'],
    [
      'credentials in the form',
      { ...GRANT, scope: SCOPE, client_id: ATHENANET_SIGN_IN.clientId },
      '',
      401,
      'invalid_client',
    ],
    ['no scope', GRANT, BASIC, 401, 'access_denied'],
    ['a scope of somebody else', { ...GRANT, scope: `${SCOPE} athena/other` }, BASIC, 401, 'access_denied'],
    ['another grant', { grant_type: 'password', scope: SCOPE }, BASIC, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_, form, authorization, status, error) => {
    const { token } = await caller();
    const answer = await token(TOKEN, form, authorization);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(answer.text)).toMatchObject({ error });
  });

  it("refuses somebody else's scope on the old path too", async () => {
    const { token } = await caller();
    const answer = await token('/oauth/token', { ...GRANT, scope: 'athena/other' });
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([401, 'access_denied']);
  });

  it('refuses the call after the 50th in a minute until the minute ends', async () => {
    const { token, setNow } = await caller();
    const statuses: number[] = [];
    for (let call = 0; call < 51; call += 1) statuses.push((await token()).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    const over = await token();
    expect([over.status, JSON.parse(over.text), over.headers.get('retry-after')]).toEqual([
      429,
      { error: 'rate_limit_exceeded' },
      null,
    ]);
    expect(over.headers.get('x-ratelimit-remaining')).toBe('0');
    setNow(NOW + 59_999);
    expect((await token()).status).toBe(429);
    setNow(NOW + 60_000);
    expect((await token()).status).toBe(200);
  });

  it('ends a token after its hour, not a moment before', async () => {
    const { get, setNow } = await caller();
    await get('/ping');
    setNow(NOW + 3_600_000 - 1);
    expect((await get('/ping')).status).toBe(200);
    setNow(NOW + 3_600_000);
    const late = await get('/ping');
    expect([late.status, JSON.parse(late.text)]).toEqual([
      401,
      { error: 'Invalid access token.', detailedmessage: 'The access token is expired or invalid.' },
    ]);
  });

  it('makes every token worthless when told to', async () => {
    const { get, behaviour } = await caller();
    expect((await get('/ping')).status).toBe(200);
    behaviour.expireTokens();
    expect((await get('/ping')).status).toBe(401);
  });

  it.each(['', 'Bearer', 'Bearer made-up', BASIC])('refuses %j on the API', async (authorization) => {
    const { send } = await caller();
    expect((await send('GET', '/v1/999901/ping', { authorization })).status).toBe(401);
  });

  it('lets a token for FHIR only into nothing of the REST API', async () => {
    const { token, send } = await caller();
    const { access_token } = JSON.parse((await token(TOKEN, { ...GRANT, scope: 'system/Patient.read' })).text);
    const answer = await send('GET', '/v1/999901/ping', { authorization: `Bearer ${access_token}` });
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([403, 'Insufficient scope.']);
  });
});
