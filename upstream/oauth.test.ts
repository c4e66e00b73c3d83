import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failure, isToken, signingIn } from './fixture/sign-in.ts';
import { type Auth, Secret } from './source.ts';

const secretly =
  (more: Partial<Extract<Auth, { type: 'client-credentials' }>> = {}) =>
  (url: string): Auth => ({
    type: 'client-credentials',
    tokenUrl: `${url}/token`,
    clientId: 'client',
    clientSecret: new Secret('hush'),
    scope: 'a b',
    ...more,
  });

describe('client credentials', () => {
  const given = () => ({ body: { access_token: 't1', expires_in: '3600', token_type: 'bearer' } });

  it('are sent by Basic, once for all calls', async () => {
    const { get, seen, tokens } = await signingIn(secretly(), { token: given });
    expect(await Promise.all(Array.from({ length: 20 }, get))).toEqual(Array(20).fill(200));
    expect(tokens().map(({ authorization, form }) => [authorization, form.toString()])).toEqual([
      [`Basic ${btoa('client:hush')}`, 'grant_type=client_credentials&scope=a+b'],
    ]);
    expect(seen.filter((one) => !isToken(one)).every(({ authorization }) => authorization === 'Bearer t1')).toBe(true);
  });

  it.each([
    ['plain', 'client-1_a.b', 'hush', 'client-1_a.b:hush'],
    ['with a colon', 'a:b', 'c:d', 'a%3Ab:c%3Ad'],
    ['with spaces and signs', 'a b', 'p+%&=', 'a+b:p%2B%25%26%3D'],
    ['beyond ASCII', 'ä', '€', '%C3%A4:%E2%82%AC'],
  ])('%s are form-encoded in Basic (RFC 6749, 2.3.1)', async (_case, clientId, secret, expected) => {
    const { get, tokens } = await signingIn(secretly({ clientId, clientSecret: new Secret(secret) }), { token: given });
    await get();
    expect(tokens().map(({ authorization }) => atob(authorization.replace('Basic ', '')))).toEqual([expected]);
  });

  it('are sent in the body where the source says so', async () => {
    const { get, tokens } = await signingIn(
      secretly({ clientAuthentication: 'body', clientSecret: new Secret('p+% ä') }),
      { token: given },
    );
    await get();
    expect(tokens().map(({ authorization, form }) => [authorization, Object.fromEntries(form)])).toEqual([
      ['', { grant_type: 'client_credentials', scope: 'a b', client_id: 'client', client_secret: 'p+% ä' }],
    ]);
  });

  it('get one new token when 200 calls in flight are refused, and all calls are answered', async () => {
    let valid = 't0';
    const { get, tokens, paths } = await signingIn(secretly(), {
      token: () => ({ body: { access_token: valid, expires_in: 3600 } }),
      rest: ({ authorization }) => ({ status: authorization === `Bearer ${valid}` ? 200 : 401, body: {} }),
    });
    await get();
    valid = 't1';
    expect(await Promise.all(Array.from({ length: 200 }, get))).toEqual(Array(200).fill(200));
    expect(tokens()).toHaveLength(2);
    expect(paths().length).toBeGreaterThan(201);
  });

  it('give up after one repetition when the new token is refused too', async () => {
    const { get, paths } = await signingIn(secretly(), { token: given, rest: () => ({ status: 401 }) });
    expect(await get()).toBe(401);
    expect(paths()).toEqual(['/token', '/base/things', '/token', '/base/things']);
  });

  it.each([
    [400, { error: 'invalid_client' }, 'UNAUTHENTICATED_AT_VENDOR'],
    [400, { error: 'invalid_scope' }, 'UNAUTHENTICATED_AT_VENDOR'],
    [401, { error: 'invalid_client' }, 'UNAUTHENTICATED_AT_VENDOR'],
    [403, '<html>', 'UNAUTHENTICATED_AT_VENDOR'],
    [302, '', 'SOURCE_UNAVAILABLE'],
    [404, '<html>', 'SOURCE_UNAVAILABLE'],
    [405, '', 'SOURCE_UNAVAILABLE'],
    [500, '', 'SOURCE_UNAVAILABLE'],
    [503, '', 'SOURCE_UNAVAILABLE'],
    [429, '', 'RATE_LIMITED'],
    [200, 'no JSON, hush', 'BAD_VENDOR_ANSWER'],
    [200, { access_token: '' }, 'BAD_VENDOR_ANSWER'],
    [200, { access_token: 'with\nnewline' }, 'BAD_VENDOR_ANSWER'],
    [200, { access_token: 'x', token_type: 'mac' }, 'BAD_VENDOR_ANSWER'],
    [200, { access_token: 'x', expires_in: -1 }, 'BAD_VENDOR_ANSWER'],
  ])('answered with %i %j are told as %s, without printing anything of them', async (status, body, code) => {
    const { get, settings } = await signingIn(
      secretly(),
      { token: () => ({ status, headers: { location: '/elsewhere' }, body }) },
      { timeoutMs: 2000 },
    );
    const thrown = await failure(get());
    expect(thrown).toMatchObject({ code, source: 'springfield' });
    expect(inspect(thrown, { depth: 9 }) + JSON.stringify(thrown) + inspect(settings, { depth: 9 })).not.toMatch(
      /hush|newline/,
    );
  });

  it('that fail are not tried once per waiting call', async () => {
    const { get, tokens } = await signingIn(secretly(), { token: () => ({ status: 401 }) });
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => failure(get())));
    for (const one of outcomes) expect(one).toMatchObject({ code: 'UNAUTHENTICATED_AT_VENDOR' });
    await expect(get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED_AT_VENDOR' });
    expect(tokens()).toHaveLength(1);
  });
});

it('never reaches into our own network for a token, wherever the token URL says it is', async () => {
  const { get, seen } = await signingIn(
    secretly(),
    { token: () => ({ body: { access_token: 't1' } }) },
    { allowPrivateNetwork: false, baseUrl: 'https://fhir.example.org' },
  );
  await expect(get()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  expect(seen).toEqual([]);
});
