import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { GraphError } from '../schema/errors.ts';
import type { Call } from './call.ts';
import type { Auth, SourceSettings } from './source.ts';
import { expiryOf, type Token, TokenKeeper } from './token.ts';
import { type Answer, type OutboundRequest, statusError, type Upstream } from './upstream.ts';

type OAuth = Extract<Auth, { type: 'client-credentials' | 'smart-backend' }>;

/** `expires_in` comes as a number or as numeric text (athenahealth). */
const TokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(300),
});
const SmartConfiguration = z.object({ token_endpoint: z.url() });

/** A JSON document, or BAD_VENDOR_ANSWER: parsers' own messages quote what they read. */
export const parseJson = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError('BAD_VENDOR_ANSWER', { source });
  }
};

/**
 * Signs a source's REST or FHIR calls in, by whatever its `auth` says. A 401 leads to one renewal and one repetition,
 * which is safe for every class of call, since a refused call did not run.
 */
export class SignedUpstream {
  readonly #source: SourceSettings;
  readonly #upstream: Pick<Upstream, 'send'>;
  readonly #token: TokenKeeper | undefined;
  readonly #now: () => number;

  constructor(source: SourceSettings, upstream: Pick<Upstream, 'send'>, now: () => number) {
    this.#source = source;
    this.#upstream = upstream;
    this.#now = now;
    const { auth } = source;
    if (auth.type === 'client-credentials' || auth.type === 'smart-backend')
      this.#token = new TokenKeeper((call) => this.#fetchToken(auth, call), now);
  }

  async send(request: OutboundRequest, call: Call): Promise<Answer> {
    if (this.#token === undefined)
      return this.#upstream.send(withHeader(request, fixedHeader(this.#source.auth)), call);
    const token = await this.#token.get(call);
    const answer = await this.#upstream.send(withHeader(request, `Bearer ${token}`), call);
    if (answer.status !== 401) return answer;
    this.#token.refused(token);
    return this.#upstream.send(withHeader(request, `Bearer ${await this.#token.get(call)}`), call);
  }

  async #fetchToken(auth: OAuth, call: Call): Promise<Token> {
    const { url, form, headers } = await this.#grant(auth, call);
    const answer = await this.#upstream.send(
      {
        method: 'POST',
        url,
        name: 'POST token',
        retry: 'read',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
        body: new URLSearchParams(form).toString(),
      },
      call,
    );
    const refused = statusError(answer, this.#source.id, this.#now());
    if (refused !== undefined)
      throw answer.status >= 400 && answer.status < 500 && answer.status !== 429
        ? new GraphError('UNAUTHENTICATED_AT_VENDOR', { source: this.#source.id, status: answer.status })
        : refused;
    const granted = TokenAnswer.safeParse(parseJson(answer.text, this.#source.id));
    if (!granted.success) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    return { value: granted.data.access_token, expiresAt: expiryOf(granted.data.expires_in, this.#now()) };
  }

  async #grant(
    auth: OAuth,
    call: Call,
  ): Promise<{ url: string; form: Record<string, string>; headers: Record<string, string> }> {
    const form = { grant_type: 'client_credentials', ...(auth.scope === undefined ? {} : { scope: auth.scope }) };
    if (auth.type === 'client-credentials')
      return { url: auth.tokenUrl, form, headers: { authorization: basic(auth.clientId, auth.clientSecret.reveal()) } };
    const url = auth.tokenUrl ?? (await this.#discover(call));
    return {
      url,
      headers: {},
      form: {
        ...form,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await this.#assertion(auth, url),
      },
    };
  }

  /** SMART App Launch 2.2, conformance: `.well-known/smart-configuration` below the FHIR base. */
  async #discover(call: Call): Promise<string> {
    const answer = await this.#upstream.send(
      {
        method: 'GET',
        url: '/.well-known/smart-configuration',
        name: 'GET smart-configuration',
        retry: 'read',
        headers: { accept: 'application/json' },
      },
      call,
    );
    const refused = statusError(answer, this.#source.id, this.#now());
    if (refused !== undefined) throw refused;
    const found = SmartConfiguration.safeParse(parseJson(answer.text, this.#source.id));
    if (!found.success) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    return found.data.token_endpoint;
  }

  /** SMART Backend Services: a fresh `jti` for every attempt, at most five minutes of life, RS384 or ES384. */
  async #assertion(auth: Extract<OAuth, { type: 'smart-backend' }>, audience: string): Promise<string> {
    const key = createPrivateKey(await readFile(auth.privateKeyFile));
    const seconds = Math.floor(this.#now() / 1000);
    return new SignJWT({})
      .setProtectedHeader({
        alg: key.asymmetricKeyType === 'ec' ? 'ES384' : 'RS384',
        typ: 'JWT',
        ...(auth.keyId === undefined ? {} : { kid: auth.keyId }),
      })
      .setIssuer(auth.clientId)
      .setSubject(auth.clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 240)
      .sign(key);
  }
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const fixedHeader = (auth: Auth): string | undefined =>
  auth.type === 'bearer'
    ? `Bearer ${auth.token.reveal()}`
    : auth.type === 'basic'
      ? basic(auth.username, auth.password.reveal())
      : undefined;

const withHeader = (request: OutboundRequest, authorization: string | undefined): OutboundRequest =>
  authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
