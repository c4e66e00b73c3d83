import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SigningKeyError, signingKey } from './signing-key.ts';

const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));
const rsa = (modulusLength: number): string => pem(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const ec = (namedCurve: string): string => pem(generateKeyPairSync('ec', { namedCurve }).privateKey);

describe('a signing key', () => {
  it.each([
    ['RSA with 2048 bits', () => rsa(2048), 'RS384'],
    ['P-384', () => ec('P-384'), 'ES384'],
    [
      'P-384 as SEC 1',
      () =>
        String(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'sec1', format: 'pem' })),
      'ES384',
    ],
  ])('of %s signs', (_kind, text, algorithm) => {
    expect(signingKey(text()).algorithm).toBe(algorithm);
  });

  it.each([
    ['RSA with 1024 bits', () => rsa(1024), 'RSA key of at least 2048 bits or a P-384 key'],
    ['P-256', () => ec('P-256'), 'RSA key of at least 2048 bits or a P-384 key'],
    ['Ed25519', () => pem(generateKeyPairSync('ed25519').privateKey), 'RSA key of at least 2048 bits or a P-384 key'],
    [
      'a public key',
      () =>
        String(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' })),
      'a private key in PEM',
    ],
    [
      'a key with a passphrase',
      () =>
        String(
          generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({
            type: 'pkcs8',
            format: 'pem',
            cipher: 'aes-256-cbc',
            passphrase: 'hush',
          }),
        ),
      'without a passphrase',
    ],
    ['nonsense', () => 'nonsense', 'a private key in PEM'],
    ['nothing', () => '', 'a private key in PEM'],
  ])('is not made of %s, which its error does not repeat', (_kind, text, message) => {
    const content = text();
    const thrown = (() => {
      try {
        return signingKey(content);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(SigningKeyError);
    expect((thrown as Error).message).toContain(message);
    expect((thrown as Error).cause).toBeUndefined();
  });
});
