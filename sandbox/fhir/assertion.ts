import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';

/** A registered public key; `kid` and `alg` (RS384 or ES384) say which assertions it verifies. */
export type BackendKey = JWK & { readonly kid: string; readonly alg: 'RS384' | 'ES384' };

const LONGEST_LIFE_SECONDS = 300;
const MOST_REMEMBERED = 10_000;

/**
 * Checks signed assertions as SMART App Launch 2.2 demands (Backend Services, asymmetric client authentication):
 * `kid` and `typ` in the header, `iss` = `sub` = the client, `aud` = the token endpoint, `exp` at most five minutes
 * ahead, and a `jti` that was not seen before.
 */
export class Assertions {
  /** Expiry by `jti`, milliseconds. */
  readonly #seen = new Map<string, number>();
  readonly #clientId: string;
  readonly #keys: readonly BackendKey[];
  readonly #now: () => number;

  constructor(clientId: string, keys: readonly BackendKey[], now: () => number) {
    this.#clientId = clientId;
    this.#keys = keys;
    this.#now = now;
  }

  /** True when the assertion is good; it is used up by that. */
  async accept(assertion: string, endpoint: string): Promise<boolean> {
    try {
      const { kid, alg, typ } = decodeProtectedHeader(assertion);
      const key = this.#keys.find((known) => known.kid === kid && known.alg === alg);
      if (key === undefined || typ !== 'JWT') return false;
      const { payload } = await jwtVerify(assertion, await importJWK(key, key.alg), {
        algorithms: [key.alg],
        issuer: this.#clientId,
        subject: this.#clientId,
        audience: endpoint,
        requiredClaims: ['exp', 'jti'],
        currentDate: new Date(this.#now()),
      });
      const { exp = 0, jti = '' } = payload;
      return exp * 1_000 - this.#now() <= LONGEST_LIFE_SECONDS * 1_000 && this.#firstUse(jti, exp * 1_000);
    } catch {
      // Whatever is wrong with it, the client only learns `invalid_client`.
      return false;
    }
  }

  #firstUse(jti: string, expiresAt: number): boolean {
    for (const [old, expiry] of this.#seen) if (expiry <= this.#now()) this.#seen.delete(old);
    if (jti === '' || this.#seen.has(jti) || this.#seen.size >= MOST_REMEMBERED) return false;
    this.#seen.set(jti, expiresAt);
    return true;
  }
}
