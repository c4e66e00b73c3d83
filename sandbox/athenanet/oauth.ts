import type { Received, Reply } from '../server.ts';
import { ATHENANET_SIGN_IN } from './identity.ts';
import { limited } from './limits.ts';
import { json } from './reply.ts';
import { form } from './router.ts';

/** Life of a token in seconds. [public: docs-auth, events, go] */
export const TOKEN_SECONDS = 3600;

const REST_SCOPE = ATHENANET_SIGN_IN.scope;
const FHIR_SCOPE = /^system\/[A-Za-z]+\.[a-z]+$/;

/** The platform's path, then those of the host before it. [public: go, docs-token, dotnet, tonic] */
const PATHS: ReadonlyMap<string, 'platform' | 'legacy'> = new Map([
  ['/oauth2/v1/token', 'platform'],
  ['/oauth/token', 'legacy'],
  ['/oauthpreview/token', 'legacy'],
]);

export const isTokenRequest = (request: Received): boolean => request.method === 'POST' && PATHS.has(request.path);

export interface SignIn {
  answer(request: Received): Reply;
  /** What a caller's `Authorization` allows: the REST API, nothing of it, or not known (any more). */
  check(authorization: string | undefined): 'rest' | 'no-scope' | 'unknown';
  /** Whether it was given with a scope. */
  allows(authorization: string | undefined, scope: string): boolean;
  expire(): void;
}

export interface SignInOptions {
  readonly now: () => number;
  readonly perMinute: number;
  readonly createToken: () => string;
  readonly retryAfter: boolean;
}

const isClient = (authorization: string | undefined): boolean => {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return false;
  const { clientId, clientSecret } = ATHENANET_SIGN_IN;
  return Buffer.from(encoded, 'base64').toString('utf8') === `${clientId}:${clientSecret}`;
};

const isEntitled = (scopes: readonly string[]): boolean =>
  scopes.length > 0 && scopes.every((scope) => scope === REST_SCOPE || FHIR_SCOPE.test(scope));

/** athenahealth's authorization server for one client: opaque tokens, a limit per minute, a mandatory scope. */
export const signIn = ({ now, perMinute, createToken, retryAfter }: SignInOptions): SignIn => {
  const tokens = new Map<string, { readonly until: number; readonly scopes: ReadonlySet<string> }>();
  const minute = limited(perMinute, 60_000, now);
  let issued = 0;

  const issue = (scope: string | undefined): Readonly<Record<string, unknown>> => {
    for (const [token, { until }] of tokens) if (until <= now()) tokens.delete(token);
    const token = createToken();
    const scopes = new Set(scope === undefined ? [REST_SCOPE] : scope.split(' '));
    tokens.set(token, { until: now() + TOKEN_SECONDS * 1000, scopes });
    issued += 1;
    // Seen as a number and as a numeric string: every second token has the string. [public: go, dotnet]
    return { access_token: token, expires_in: issued % 2 === 0 ? String(TOKEN_SECONDS) : TOKEN_SECONDS };
  };

  const decide = (request: Received): readonly [status: number, body: Readonly<Record<string, unknown>>] => {
    const legacy = PATHS.get(request.path) === 'legacy';
    if (!isClient(request.headers.authorization))
      return [
        401,
        {
          error: 'invalid_client',
          error_description: 'The client secret supplied for a confidential client is invalid.',
        },
      ];
    const fields = form(request);
    if (fields.get('grant_type') !== 'client_credentials') return [400, { error: 'unsupported_grant_type' }];
    const scopes = (fields.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    if (!isEntitled(scopes) && !(legacy && scopes.length === 0))
      return [
        401,
        {
          detailedmessage: 'Policy evaluation failed for this request, please check the policy configurations.',
          error: 'access_denied',
        },
      ];
    if (legacy) return [200, { ...issue(undefined), token_type: 'bearer', refresh_token: createToken() }];
    const scope = scopes.join(' ');
    return [200, { ...issue(scope), token_type: 'Bearer', scope }];
  };

  const scopesOf = (authorization: string | undefined): ReadonlySet<string> | undefined => {
    const [, token = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
    const known = tokens.get(token);
    return known === undefined || known.until <= now() ? undefined : known.scopes;
  };

  return {
    answer: (request) => {
      const count = minute.take();
      const headers = { 'x-ratelimit-limit': String(count.limit), 'x-ratelimit-remaining': String(count.remaining) };
      if (!count.allowed) {
        const wait: Record<string, string> = retryAfter ? { 'retry-after': String(count.seconds) } : {};
        return json(429, { error: 'rate_limit_exceeded' }, { ...headers, ...wait });
      }
      const [status, body] = decide(request);
      return json(status, body, headers);
    },
    check: (authorization) => {
      const scopes = scopesOf(authorization);
      if (scopes === undefined) return 'unknown';
      return scopes.has(REST_SCOPE) ? 'rest' : 'no-scope';
    },
    allows: (authorization, scope) => scopesOf(authorization)?.has(scope) === true,
    expire: () => tokens.clear(),
  };
};
