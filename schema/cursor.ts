import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { validationFailed } from './errors.ts';

const IV = 12;
const TAG = 16;
const LONGEST = 8192;

/**
 * Page cursors that only this deployment can make and read. A cursor is bound to its search (`scope`): one that was
 * changed, made up or taken from another search is refused. AES-256-GCM, since a position can hold a vendor's link and
 * with it a name; the nonce is derived from the content, so that equal positions give equal cursors.
 */
export class Cursors {
  readonly #key: Buffer;
  readonly #nonceKey: Buffer;

  constructor(secret: string) {
    const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
    this.#key = derive('cursor');
    this.#nonceKey = derive('cursor-nonce');
  }

  write(scope: string, position: unknown): string {
    const plain = JSON.stringify(position);
    const iv = createHmac('sha256', this.#nonceKey).update(`${scope}\0${plain}`).digest().subarray(0, IV);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(scope));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws GraphError VALIDATION at `after` for a cursor that is not one of this search. */
  read(scope: string, cursor: string): unknown {
    try {
      if (cursor.length > LONGEST || !/^[\w-]+$/.test(cursor)) throw new RangeError();
      const bytes = Buffer.from(cursor, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV), { authTagLength: TAG })
        .setAAD(Buffer.from(scope))
        .setAuthTag(bytes.subarray(IV, IV + TAG));
      return JSON.parse(decipher.update(bytes.subarray(IV + TAG), undefined, 'utf8') + decipher.final('utf8'));
    } catch {
      throw validationFailed([{ path: ['after'], rule: 'cursor', message: 'The cursor is not one of this search.' }]);
    }
  }
}
