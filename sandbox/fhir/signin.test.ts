import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallPractice } from './fixture.ts';
import { NOW, outcomeOf, type Running, start } from './running.ts';
import { type BackendKey, FHIR_SIGN_IN, type FhirOptions } from './simulator.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const { clientId, clientSecret, backendClientId, bearer, tokenPath } = FHIR_SIGN_IN;
const SIGNED_IN = { authorization: `Bearer ${bearer}` };
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** A clock that a test moves on. */
const clock = (): { now: () => number; pass: (seconds: number) => void } => {
  let time = NOW;
  return {
    now: () => time,
    pass: (seconds) => {
      time += seconds * 1_000;
    },
  };
};

const tokenFrom = async (server: Running, scope?: string): Promise<string> => {
  const form = scope === undefined ? 'grant_type=client_credentials' : `grant_type=client_credentials&scope=${scope}`;
  const answer = await server.post(tokenPath, form, { ...FORM, ...basic(clientId, clientSecret) });
  return (JSON.parse(answer.text) as { access_token: string }).access_token;
};
const withToken = (token: string) => ({ authorization: `Bearer ${token}` });

describe('signing in with a secret', () => {
  let server: Running;
  const { now, pass } = clock();
  beforeAll(async () => {
    server = await start({ practice: smallPractice(), now });
  });
  afterAll(() => server.simulator.close());

  it.each([
    ['without', {}],
    ['with an unknown', withToken('nobody')],
    ['with another kind of', basic(clientId, clientSecret)],
  ])('reads nothing %s token', async (_how, headers) => {
    const answer = await server.get('Patient/pat-1', headers);
    expect([answer.status, outcomeOf(answer), answer.headers.get('www-authenticate')]).toEqual([
      401,
      ['A valid access token is required'],
      'Bearer',
    ]);
  });

  it.each([
    ['basic', 'grant_type=client_credentials', basic(clientId, clientSecret)],
    ['form', `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`, {}],
  ])('takes the secret by %s', async (_how, form, headers) => {
    const answer = await server.post(tokenPath, form, { ...FORM, ...headers });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const granted = JSON.parse(answer.text) as { access_token: string };
    expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'system/*.read' });
    expect((await server.get('Patient/pat-1', withToken(granted.access_token))).status).toBe(200);
  });

  it.each([
    ['a wrong secret', 'grant_type=client_credentials', basic(clientId, 'wrong'), 401, 'invalid_client'],
    ['a wrong client', 'grant_type=client_credentials', basic('wrong', clientSecret), 401, 'invalid_client'],
    ['no secret', 'grant_type=client_credentials', {}, 401, 'invalid_client'],
    ['another grant', 'grant_type=password', basic(clientId, clientSecret), 400, 'unsupported_grant_type'],
    [
      'a scope it does not know',
      'grant_type=client_credentials&scope=system/Patient.sr',
      basic(clientId, clientSecret),
      400,
      'invalid_scope',
    ],
    [
      'a body that is no form',
      '{}',
      { ...basic(clientId, clientSecret), 'content-type': 'application/json' },
      400,
      'invalid_request',
    ],
  ])('refuses %s', async (_what, form, headers, status, error) => {
    const answer = await server.post(tokenPath, form, { ...FORM, ...headers });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { error }]);
  });

  it('lets a token live as long as it said', async () => {
    const token = withToken(await tokenFrom(server));
    pass(299);
    expect((await server.get('Patient/pat-1', token)).status).toBe(200);
    pass(1);
    expect((await server.get('Patient/pat-1', token)).status).toBe(401);
    expect((await server.get('Patient/pat-1', SIGNED_IN)).status).toBe(200);
  });

  it('forgets its tokens when told to', async () => {
    const token = withToken(await tokenFrom(server));
    server.simulator.fault({ kind: 'expire-token', times: 1 });
    expect((await server.get('Patient/pat-1', token)).status).toBe(401);
    expect((await server.get('Patient/pat-1', withToken(await tokenFrom(server)))).status).toBe(200);
  });

  it.each([
    ['system/Patient.read', 'Patient/pat-1', 200],
    ['system/Patient.read', 'Patient?name=x', 200],
    ['system/Patient.read', 'Observation/obs-42', 403],
    ['system/Patient.r', 'Patient/pat-1', 200],
    ['system/Patient.r', 'Patient?name=x', 403],
    ['system/Patient.s', 'Patient/pat-1', 403],
    ['system/Patient.write', 'Patient/pat-1', 403],
    ['system/*.rs', 'Observation?patient=pat-1', 200],
    ['system/Patient.read system/Observation.rs', 'Observation/obs-42', 200],
  ])('with scope %s answers %s with %i', async (scope, path, status) => {
    const token = await tokenFrom(server, scope);
    expect((await server.get(path, withToken(token))).status).toBe(status);
  });

  it('leaves out included resources that the scope does not cover', async () => {
    const token = await tokenFrom(server, 'system/Appointment.rs system/Patient.r');
    const { text } = await server.get('Appointment?_id=appt-30&_include=Appointment:actor', withToken(token));
    expect([...text.matchAll(/"mode":"(\w+)"/g)].map(([, mode]) => mode)).toEqual(['match', 'include']);
  });
});

describe('signing in with an assertion', () => {
  const { now, pass } = clock();
  const seconds = () => Math.floor(now() / 1_000);
  let server: Running;
  let sign: (change?: {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly header?: Readonly<Record<string, string>>;
    readonly alg?: 'RS384' | 'ES384';
  }) => Promise<string>;

  beforeAll(async () => {
    const pairs = { RS384: await generateKeyPair('RS384'), ES384: await generateKeyPair('ES384') };
    const keys = await Promise.all(
      (['RS384', 'ES384'] as const).map(
        async (alg): Promise<BackendKey> => ({ ...(await exportJWK(pairs[alg].publicKey)), kid: `key-${alg}`, alg }),
      ),
    );
    const options: FhirOptions = { practice: smallPractice(), now, keys };
    server = await start(options);
    let made = 0;
    sign = ({ claims = {}, header = {}, alg = 'RS384' } = {}) =>
      new SignJWT({
        iss: backendClientId,
        sub: backendClientId,
        aud: `${server.simulator.url}${tokenPath}`,
        exp: seconds() + 240,
        jti: `jti-${made++}`,
        ...claims,
      })
        .setProtectedHeader({ alg, typ: 'JWT', kid: `key-${alg}`, ...header })
        .sign(pairs[alg].privateKey);
  });
  afterAll(() => server.simulator.close());

  const ask = (assertion: string, scope = 'system/*.rs') =>
    server.post(
      tokenPath,
      new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }).toString(),
      FORM,
    );

  it.each(['RS384', 'ES384'] as const)('grants a token for %s', async (alg) => {
    const answer = await ask(await sign({ alg }));
    expect(answer.status).toBe(200);
    const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
    expect((await server.get('Patient/pat-1', withToken(token))).status).toBe(200);
  });

  it('takes an assertion once only', async () => {
    const assertion = await sign();
    expect((await ask(assertion)).status).toBe(200);
    expect((await ask(assertion)).status).toBe(401);
  });

  it('takes one that ends in exactly five minutes', async () => {
    expect((await ask(await sign({ claims: { exp: seconds() + 300 } }))).status).toBe(200);
  });

  it.each([
    ['an end more than five minutes ahead', { claims: { exp: NOW / 1_000 + 301 } }],
    ['an end that has passed', { claims: { exp: NOW / 1_000 - 1 } }],
    ['no end', { claims: { exp: undefined } }],
    ['another audience', { claims: { aud: 'https://elsewhere.example.org/token' } }],
    ['another issuer', { claims: { iss: 'somebody' } }],
    ['another subject', { claims: { sub: 'somebody' } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an unknown key', { header: { kid: 'key-x' } }],
    ['another algorithm’s key', { header: { kid: 'key-ES384' } }],
    ['another kind of token', { header: { typ: 'at+jwt' } }],
  ])('refuses %s', async (_what, change) => {
    const answer = await ask(await sign(change));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([401, { error: 'invalid_client' }]);
  });

  it('refuses a signature by nobody’s key, no scope, and a time that has passed meanwhile', async () => {
    const [header = '', payload = ''] = (await sign()).split('.');
    expect((await ask(`${header}.${payload}.AAAA`)).status).toBe(401);
    expect((await ask(await sign(), '')).status).toBe(400);
    const late = await sign();
    pass(241);
    expect((await ask(late)).status).toBe(401);
  });
});
