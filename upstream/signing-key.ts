import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';

/** A key that SMART's asymmetric client authentication knows, with its algorithm. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: 'RS384' | 'ES384';
}

/** Why a file is no signing key: a fixed sentence that can follow the name of a setting. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** Shorter keys are refused by servers and by jose (RFC 7518, 3.3). */
const FEWEST_BITS = 2048;

/** @throws SigningKeyError, which repeats nothing of the text. */
export const signingKey = (pem: string): SigningKey => {
  const key = privateKey(pem);
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= FEWEST_BITS) return { key, algorithm: 'RS384' };
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'secp384r1') return { key, algorithm: 'ES384' };
  throw new SigningKeyError('must hold an RSA key of at least 2048 bits or a P-384 key');
};

const privateKey = (pem: string): KeyObject => {
  if (/ENCRYPTED/.test(pem)) throw new SigningKeyError('must hold a key without a passphrase');
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SigningKeyError('must hold a private key in PEM');
  }
};

/** The key's name where the configuration gives none: its thumbprint, as most key sets name theirs (RFC 7638). */
export const thumbprint = async ({ key }: SigningKey): Promise<string> =>
  calculateJwkThumbprint(await exportJWK(createPublicKey(key)));
