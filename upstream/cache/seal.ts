import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../source.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What leaves the process for Redis: values encrypted with AES-256-GCM and bound to their keys, names as HMACs. */
export class Seal {
  readonly #valueKey: Buffer;
  readonly #nameKey: Buffer;

  /** @param key 32 bytes as hex or base64 */
  constructor(key: Secret) {
    const text = key.reveal();
    const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
    const derived = (use: string): Buffer => Buffer.from(hkdfSync('sha256', bytes, '', `practicegraph ${use}`, 32));
    this.#valueKey = derived('cache values');
    this.#nameKey = derived('cache names');
  }

  /** The same for the same text, and nothing that tells the text to those without the key. */
  name(text: string): string {
    return createHmac('sha256', this.#nameKey).update(text).digest('base64url');
  }

  close(value: Buffer, name: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#valueKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(name));
    return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  /** `undefined` for what this key did not close under this name. */
  open(sealed: string, name: string): Buffer | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv(CIPHER, this.#valueKey, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}
