import { createHash } from 'node:crypto';
import type { Received, Reply } from '../server.ts';
import { Assertions, type BackendKey } from './assertion.ts';
import type { Profile } from './profile.ts';
import { type Action, grantable, permits } from './scope.ts';

/** How to sign in at the sandbox's FHIR server. */
export const FHIR_SIGN_IN = {
  tokenPath: '/oauth2/token',
  clientId: 'sandbox-fhir-client',
  clientSecret: 'sandbox-fhir-secret',
  /** A token that is always valid. */
  bearer: 'sandbox-fhir-static-token',
  /** The client that signs with a key (SMART Backend Services). */
  backendClientId: 'sandbox-fhir-backend',
} as const;

/** What the client was registered for, and gets when it asks for nothing in particular. */
const REGISTERED = 'system/*.read';
const MOST_TOKENS = 10_000;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Grant {
  readonly scope: string;
  readonly expiresAt: number;
}
type OAuthError = 'invalid_request' | 'invalid_client' | 'invalid_scope' | 'unsupported_grant_type';

/** What a request may do: `undefined` when its token is missing, expired or unknown. */
export type Permission = (type: string, action: Action) => boolean;

/** Hands out access tokens for client credentials (RFC 6749) and signed assertions (SMART Backend Services 2.2). */
export class SignIn {
  readonly #grants = new Map<string, Grant>();
  readonly #assertions: Assertions;
  readonly #profile: Profile;
  readonly #now: () => number;
  #issued = 0;

  constructor(profile: Profile, keys: readonly BackendKey[], now: () => number) {
    this.#profile = profile;
    this.#now = now;
    this.#assertions = new Assertions(FHIR_SIGN_IN.backendClientId, keys, now);
  }

  expire(): void {
    this.#grants.clear();
  }

  permission(request: Received): Permission | undefined {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === FHIR_SIGN_IN.bearer) return () => true;
    const grant = this.#grants.get(token ?? '');
    if (grant === undefined || grant.expiresAt <= this.#now()) return undefined;
    return (type, action) => permits(grant.scope, type, action);
  }

  /** Answers POST to the token endpoint, whose address is `endpoint`. */
  async answer(request: Received, endpoint: string): Promise<Reply> {
    if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
      return this.#error('invalid_request');
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'client_credentials') return this.#error('unsupported_grant_type');
    const signed = form.has('client_assertion');
    if (!(signed ? await this.#assertionHolds(form, endpoint) : secretHolds(request, form)))
      return this.#error('invalid_client');
    const asked = form.get('scope')?.trim() ?? '';
    // Backend Services requires the scope; with a secret the registration decides.
    const scope = asked === '' && !signed ? REGISTERED : grantable(asked, this.#profile.wildcardScopes);
    return scope === '' ? this.#error('invalid_scope') : this.#grant(scope);
  }

  async #assertionHolds(form: URLSearchParams, endpoint: string): Promise<boolean> {
    return (
      form.get('client_assertion_type') === ASSERTION_TYPE &&
      (await this.#assertions.accept(form.get('client_assertion') ?? '', endpoint))
    );
  }

  #grant(scope: string): Reply {
    this.#issued += 1;
    const token = createHash('sha256').update(`${this.#profile.name} token ${this.#issued}`).digest('base64url');
    const [oldest] = this.#grants.keys();
    if (this.#grants.size >= MOST_TOKENS && oldest !== undefined) this.#grants.delete(oldest);
    const seconds = this.#profile.tokenSeconds;
    this.#grants.set(token, { scope, expiresAt: this.#now() + seconds * 1_000 });
    return json(200, {
      access_token: token,
      token_type: 'Bearer',
      expires_in: seconds,
      scope,
    });
  }

  #error(error: OAuthError): Reply {
    // Oracle adds a link to its errors (fhir.cerner.com, authorization).
    const more =
      this.#profile.name === 'cerner' ? { error_uri: `https://authorization.example.org/errors/${error}` } : {};
    const status = error === 'invalid_client' ? 401 : 400;
    const challenge: Readonly<Record<string, string>> =
      status === 401 ? { 'www-authenticate': 'Basic realm="token"' } : {};
    return json(status, { error, ...more }, challenge);
  }
}

const secretHolds = (request: Received, form: URLSearchParams): boolean => {
  const [, encoded] = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const [id, secret] =
    encoded === undefined
      ? [form.get('client_id'), form.get('client_secret')]
      : Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return id === FHIR_SIGN_IN.clientId && secret === FHIR_SIGN_IN.clientSecret;
};

const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache', ...headers },
  body: JSON.stringify(body),
});
