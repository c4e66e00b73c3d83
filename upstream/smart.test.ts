import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, exportJWK, jwtVerify } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { type Asked, failure, signingIn } from './fixture/sign-in.ts';
import type { Auth } from './source.ts';

describe('SMART Backend Services', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signing-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const keys = {
    RS384: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  } as const;
  const file = (key: KeyObject | string): string => {
    const path = join(folder, `${Math.random()}.pem`);
    writeFileSync(path, typeof key === 'string' ? key : key.export({ type: 'pkcs8', format: 'pem' }));
    return path;
  };
  const backend =
    (privateKeyFile: string, more: object = {}) =>
    (): Auth => ({ type: 'smart-backend', clientId: 'backend', privateKeyFile, scope: 'system/*.rs', ...more });
  const given = () => ({ body: { access_token: 't1', token_type: 'Bearer', expires_in: 300 } });
  const document = (more: object) => (asked: Asked, url: string) =>
    asked.path === '/base/.well-known/smart-configuration'
      ? { body: { token_endpoint: `${url}/token`, ...more } }
      : { body: {} };

  it.each(['RS384', 'ES384'] as const)('signs an assertion with %s as the standard says', async (algorithm) => {
    const { publicKey, privateKey } = keys[algorithm];
    const { get, tokens, settings } = await signingIn(backend(file(privateKey), { keyId: 'key-1' }), {
      token: given,
      rest: document({ token_endpoint_auth_signing_alg_values_supported: [algorithm] }),
    });
    await get();
    const form = Object.fromEntries(tokens()[0]?.form ?? []);
    const assertion = form.client_assertion ?? '';
    expect(form).toEqual({
      grant_type: 'client_credentials',
      scope: 'system/*.rs',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: algorithm, typ: 'JWT', kid: 'key-1' });
    const audience = settings.baseUrl.replace('/base', '/token');
    const { payload } = await jwtVerify(assertion, publicKey, { issuer: 'backend', subject: 'backend', audience });
    expect((payload.exp ?? 0) - Math.floor(Date.now() / 1000)).toBeLessThanOrEqual(300);
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('names a key by its thumbprint when the source gives it no name', async () => {
    const { publicKey, privateKey } = keys.ES384;
    const { get, tokens } = await signingIn(backend(file(privateKey)), { token: given, rest: document({}) });
    await get();
    const { kid } = decodeProtectedHeader(tokens()[0]?.form.get('client_assertion') ?? '');
    expect(kid).toBe(await calculateJwkThumbprint(await exportJWK(publicKey)));
  });

  it('finds the token endpoint once and never sends the same assertion twice, attempts included', async () => {
    let asked = 0;
    let valid = 't1';
    const answers = [{ status: 503 }, { status: 503 }];
    const { get, tokens, paths, clock } = await signingIn(backend(file(keys.ES384.privateKey)), {
      token: () => answers[asked++] ?? { body: { access_token: valid, expires_in: 300 } },
      rest: (one, url) =>
        one.path === '/base/things' && one.authorization !== `Bearer ${valid}`
          ? { status: 401 }
          : document({})(one, url),
    });
    while ((await failure(get())) !== 200) {
      expect(asked).toBeLessThan(4);
      clock.elapsed += 1000;
    }
    valid = 't2';
    expect(await get()).toBe(200);
    const ids = tokens().map(({ form }) => decodeJwt(form.get('client_assertion') ?? '').jti);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
    expect(paths().filter((path) => path.includes('well-known'))).toHaveLength(1);
  });

  it('looks again where tokens are given after a refusal there', async () => {
    const { get, paths, clock } = await signingIn(backend(file(keys.ES384.privateKey)), {
      token: () => ({ status: 404 }),
      rest: document({}),
    });
    await expect(get()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    clock.elapsed += 500;
    await expect(get()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(paths()).toEqual([
      '/base/.well-known/smart-configuration',
      '/token',
      '/base/.well-known/smart-configuration',
      '/token',
    ]);
  });

  it('reads a relative token endpoint of an old server below its base', async () => {
    const { get, paths } = await signingIn(backend(file(keys.ES384.privateKey)), {
      token: given,
      rest: document({ token_endpoint: '../token' }),
    });
    expect(await get()).toBe(200);
    expect(paths()).toContain('/token');
  });

  it.each([
    ['without a document', () => ({ status: 404 }), 'SOURCE_UNAVAILABLE', /set tokenUrl/],
    ['with a page for a document', () => ({ body: '<html>' }), 'BAD_VENDOR_ANSWER', /./],
    ['without a token endpoint', document({ token_endpoint: undefined }), 'BAD_VENDOR_ANSWER', /./],
    ['with a strange token endpoint', document({ token_endpoint: 'ftp://x/' }), 'UNAUTHENTICATED_AT_VENDOR', /https/],
    [
      'that takes other algorithms only',
      document({ token_endpoint_auth_signing_alg_values_supported: ['RS256', 'RS384'] }),
      'UNAUTHENTICATED_AT_VENDOR',
      /algorithm/,
    ],
  ])('fails at a server %s', async (_case, rest, code, message) => {
    const { get, tokens } = await signingIn(backend(file(keys.ES384.privateKey)), { token: given, rest });
    await expect(get()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(tokens()).toHaveLength(0);
  });

  it.each([
    ['is missing', () => join(folder, 'nothing.pem')],
    ['holds no key', () => file('BEGIN nonsense')],
  ])('fails when the key file %s, without asking the vendor or repeating what it holds', async (_case, path) => {
    const { get, tokens } = await signingIn(backend(path()), { token: given, rest: document({}) });
    const thrown = await failure(get());
    expect(thrown).toMatchObject({ code: 'UNAUTHENTICATED_AT_VENDOR', message: expect.stringMatching(/private key/) });
    expect(inspect(thrown, { depth: 9 })).not.toMatch(/nonsense|nothing\.pem/);
    expect(tokens()).toHaveLength(0);
  });
});
