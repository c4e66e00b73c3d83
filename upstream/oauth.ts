import { z } from 'zod';
import { GraphError } from '../schema/errors.ts';
import type { Call } from './call.ts';
import { parseJson } from './json.ts';
import type { Answer, OutboundRequest } from './request.ts';
import { SmartBackend } from './smart.ts';
import type { Auth, SourceSettings } from './source.ts';
import { statusError } from './status.ts';
import { lifeOf, type Token, TokenKeeper } from './token.ts';
import type { Upstream } from './upstream.ts';

type ClientCredentials = Extract<Auth, { type: 'client-credentials' }>;
type SmartAuth = Extract<Auth, { type: 'smart-backend' }>;

/** How long a token lives when the vendor does not say: the shortest life that SMART recommends. */
const DEFAULT_SECONDS = 300;

/** `expires_in` comes as a number or as numeric text (athenahealth). A token goes into a header: RFC 6750, 2.1. */
const TokenAnswer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  expires_in: z.coerce.number().positive().default(DEFAULT_SECONDS),
});

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What one kind of sign-in adds to a token request. */
interface Proof {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Made anew for every attempt. */
  readonly form: () => Promise<Readonly<Record<string, string>>>;
}

/**
 * Signs a source's REST or FHIR calls in, by whatever its `auth` says. A 401 leads to one renewal and one repetition,
 * which is safe for every class of call, since a refused call did not run; calls whose token was renewed meanwhile are
 * repeated with the new one.
 * @throws GraphError UNAUTHENTICATED_AT_VENDOR when the vendor refuses the credentials, SOURCE_UNAVAILABLE, TIMEOUT or
 *   RATE_LIMITED when its sign-in does not work.
 */
export class SignedUpstream {
  readonly #source: SourceSettings;
  readonly #upstream: Pick<Upstream, 'send'>;
  readonly #token: TokenKeeper | undefined;
  readonly #smart: SmartBackend | undefined;
  readonly #now: () => number;

  constructor(source: SourceSettings, upstream: Pick<Upstream, 'send'>, now: () => number, elapsed?: () => number) {
    this.#source = source;
    this.#upstream = upstream;
    this.#now = now;
    const { auth } = source;
    if (auth.type === 'smart-backend') {
      const smart = new SmartBackend(source, auth, upstream, now);
      this.#smart = smart;
      this.#token = new TokenKeeper(
        async (call) => this.#fetch(await smartProof(auth, smart, call), call),
        now,
        elapsed,
      );
    }
    if (auth.type === 'client-credentials')
      this.#token = new TokenKeeper((call) => this.#fetch(secretProof(auth), call), now, elapsed);
  }

  async send(request: OutboundRequest, call: Call): Promise<Answer> {
    if (this.#token === undefined)
      return this.#upstream.send(withHeader(request, fixedHeader(this.#source.auth)), call);
    const token = await this.#token.get(call);
    const answer = await this.#sendWith(token, this.#token, request, call);
    if (answer.status !== 401) return answer;
    const renewed = await this.#token.renewed(token, call);
    return renewed === undefined ? answer : this.#sendWith(renewed, this.#token, request, call);
  }

  async #sendWith(token: string, keeper: TokenKeeper, request: OutboundRequest, call: Call): Promise<Answer> {
    const answer = await this.#upstream.send(withHeader(request, `Bearer ${token}`), call);
    // a failing server may not have looked at the token
    if (answer.status !== 401 && answer.status < 500) keeper.accepted(token);
    return answer;
  }

  /** A token that is given and never used does no harm, so that the request may be repeated. */
  async #fetch({ url, headers, form }: Proof, call: Call): Promise<Token> {
    const startedAt = this.#now();
    const answer = await this.#upstream.send(
      {
        method: 'POST',
        url,
        name: 'POST token',
        retry: 'read',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
        body: async () => new URLSearchParams(await form()).toString(),
      },
      call,
    );
    const failed = this.#failure(answer);
    if (failed !== undefined) throw failed;
    const granted = TokenAnswer.safeParse(parseJson(answer.text, this.#source.id));
    if (!granted.success) throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
    return { value: granted.data.access_token, ...lifeOf(granted.data.expires_in, startedAt) };
  }

  /** RFC 6749, 5.2: refused credentials come with 400 or 401; gateways in front of the server say 403. */
  #failure(answer: Answer): GraphError | undefined {
    const failed = statusError(answer, this.#source.id, this.#now());
    if (failed === undefined || (failed.retryable && answer.status >= 400)) return failed;
    this.#smart?.forget();
    const detail = { source: this.#source.id, status: answer.status };
    return [400, 401, 403].includes(answer.status)
      ? new GraphError('UNAUTHENTICATED_AT_VENDOR', detail)
      : new GraphError('SOURCE_UNAVAILABLE', {
          ...detail,
          message: 'The vendor gives no tokens at this address: is tokenUrl right?',
        });
  }
}

const grant = (scope: string | undefined): Readonly<Record<string, string>> => ({
  grant_type: 'client_credentials',
  ...(scope === undefined ? {} : { scope }),
});

const secretProof = ({ tokenUrl, clientId, clientSecret, clientAuthentication, scope }: ClientCredentials): Proof => {
  if (clientAuthentication === 'body') {
    const form = { ...grant(scope), client_id: clientId, client_secret: clientSecret.reveal() };
    return { url: tokenUrl, headers: {}, form: async () => form };
  }
  const authorization = basic(formEncoded(clientId), formEncoded(clientSecret.reveal()));
  return { url: tokenUrl, headers: { authorization }, form: async () => grant(scope) };
};

const smartProof = async (auth: SmartAuth, smart: SmartBackend, call: Call): Promise<Proof> => {
  const url = await smart.tokenUrl(call);
  return {
    url,
    headers: {},
    form: async () => ({
      ...grant(auth.scope),
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await smart.assertion(url),
    }),
  };
};

/** RFC 6749, 2.3.1: id and secret are form-encoded before they are joined. */
const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);

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
