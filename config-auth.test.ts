import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-auth-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const pem = { type: 'pkcs8', format: 'pem' } as const;
const good = file('good.pem', String(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(pem)));
const weak = file('weak.pem', String(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem)));

const read = (auth: object, more: object = {}) => {
  const place = { baseUrl: 'https://fhir.example.org/R4', timeZone: 'America/New_York' };
  const sources = [{ id: 'mercy', name: 'Mercy', vendor: 'fhir', ...place, auth, ...more }];
  return readConfig({ sources }, {}).sources[0]?.auth;
};
const problems = (auth: object, more: object = {}): readonly string[] => {
  try {
    read(auth, more);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

const secretly = {
  type: 'client-credentials',
  tokenUrl: 'https://sign-in.example.org/token',
  clientId: 'c',
  clientSecret: 'hush',
};
const backend = { type: 'smart-backend', clientId: 'c', scope: 'system/*.rs', privateKeyFile: good };
const HTTPS = 'must be https unless allowPrivateNetwork is true';
const PRIVATE = 'is in a private network, which needs allowPrivateNetwork: true';

describe('a source’s sign-in', () => {
  it('sends client credentials by Basic unless it says otherwise', () => {
    expect(read(secretly)).toMatchObject({ clientAuthentication: 'basic' });
    expect(read({ ...secretly, clientAuthentication: 'body' })).toMatchObject({ clientAuthentication: 'body' });
  });

  it('with a key needs a file that holds one', () => {
    expect(problems(backend)).toEqual([]);
  });

  it.each([
    [
      'another way of sending credentials',
      { ...secretly, clientAuthentication: 'head' },
      'clientAuthentication: must be basic or body',
    ],
    ['a token URL without TLS', { ...secretly, tokenUrl: 'http://sign-in.example.org/' }, `tokenUrl: ${HTTPS}`],
    ['a token URL in a private network', { ...secretly, tokenUrl: 'https://10.0.0.1/token' }, `tokenUrl: ${PRIVATE}`],
    ['the same with a key', { ...backend, tokenUrl: 'https://[::1]/token' }, `tokenUrl: ${PRIVATE}`],
    [
      'a key file that is not there',
      { ...backend, privateKeyFile: join(folder, 'none.pem') },
      'privateKeyFile: cannot be read',
    ],
    [
      'a key file without a key',
      { ...backend, privateKeyFile: file('no.pem', 'hush') },
      'privateKeyFile: must hold a private key in PEM',
    ],
    [
      'a key that is too weak',
      { ...backend, privateKeyFile: weak },
      'privateKeyFile: must hold an RSA key of at least 2048 bits or a P-384 key',
    ],
  ])('is refused for %s', (_case, auth, problem) => {
    const found = problems(auth);
    expect(found).toEqual([`sources[0].auth.${problem}`]);
    expect(found.join()).not.toMatch(/hush|example|config-auth-/);
  });

  it.each([
    ['https://169.254.169.254/', [`sources[0].baseUrl: ${PRIVATE}`]],
    ['https://[fd00:ec2::254]/', [`sources[0].baseUrl: ${PRIVATE}`]],
    ['http://127.1/', [`sources[0].baseUrl: ${HTTPS}`, `sources[0].baseUrl: ${PRIVATE}`]],
    ['https://8.8.8.8/', []],
  ])('does not go to %s unless private networks are allowed', (baseUrl, expected) => {
    expect(problems({ type: 'none' }, { baseUrl })).toEqual(expected);
    expect(problems({ type: 'none' }, { baseUrl, allowPrivateNetwork: true })).toEqual([]);
  });
});
