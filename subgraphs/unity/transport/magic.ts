import { type Client, createClientAsync, type IHttpClient } from 'soap';
import { GraphError } from '../../../schema/errors.ts';
import { type Call, ownCall } from '../../../upstream/call.ts';
import type { Answer, RetryClass } from '../../../upstream/request.ts';
import type { Auth, SourceSettings } from '../../../upstream/source.ts';
import type { Upstream } from '../../../upstream/upstream.ts';
import { type ActionName, isInMagic, magicArguments, retryOf } from '../actions.ts';
import { cell, columnsOf, mergedRow, type Table, toTables } from '../payload.ts';
import { envelopeOf, faultRefusal, refusalOf, tableRefusal, UnityRefusal, verdictOf } from './refusal.ts';
import { KnownSchemas, type Taken } from './schemas.ts';
import { Session } from './session.ts';
import type { Transport } from './transport.ts';
import { type Argument, OPERATIONS, type Operation, UNITY_WSDL } from './wsdl.ts';

type UnityAuth = Extract<Auth, { type: 'unity' }>;

/** What one SOAP call carries to our HTTP client besides its envelope. */
interface Exchange {
  readonly call: Call;
  /** For explain: `Magic GetPatient`. */
  readonly name: string;
  readonly retry: RetryClass;
  /** What came back, as it was parsed. */
  taken?: Taken;
}

/** How long signing off may take when the process drains. */
const CLOSING_MS = 5_000;

/** The real system: SOAP 1.1, a token for every call, and one operation, `Magic`, for all business. */
export class MagicTransport implements Transport {
  readonly #source: SourceSettings;
  readonly #auth: UnityAuth;
  readonly #upstream: Upstream;
  readonly #now: () => number;
  readonly #session: Session;
  readonly #schemas = new KnownSchemas();
  #client: Promise<Client> | undefined;

  constructor(source: SourceSettings, auth: UnityAuth, upstream: Upstream, now: () => number) {
    this.#source = source;
    this.#auth = auth;
    this.#upstream = upstream;
    this.#now = now;
    this.#session = new Session(source.id, (call) => this.#signIn(call), now);
  }

  offers(action: ActionName): boolean {
    return isInMagic(action);
  }

  run(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<readonly Table[]> {
    return this.#session.with((token) => this.#magic(action, values, token, call), call);
  }

  async close(): Promise<void> {
    const token = this.#session.token;
    if (token === undefined) return;
    const call = ownCall(CLOSING_MS, this.#now);
    try {
      const values = { Token: token, Appname: this.#auth.appName };
      await this.#invoke('RetireSecurityToken', values, { call, name: 'RetireSecurityToken', retry: 'read' });
    } catch {
      // a token that could not be retired dies by itself after 20 minutes
    }
  }

  /** GetSecurityToken, then GetUserAuthentication, which binds the EHR user to the token once for its whole life. */
  async #signIn(call: Call): Promise<string> {
    const { username, password, ehrPassword } = this.#auth;
    const values = { Username: username, Password: password.reveal() };
    const answer = await this.#invoke('GetSecurityToken', values, { call, name: 'GetSecurityToken', retry: 'read' });
    const token = (answer as { readonly GetSecurityTokenResult?: unknown }).GetSecurityTokenResult;
    if (typeof token !== 'string' || token.trim() === '') throw this.#notUnderstood();
    if (/^\s*error:/i.test(token)) throw new UnityRefusal(refusalOf(token), this.#source.id);
    const user = mergedRow(
      await this.#magic('GetUserAuthentication', { password: ehrPassword.reveal() }, token.trim(), call),
    );
    const valid = cell(user, 'ValidUser')?.toUpperCase();
    if (valid === undefined) throw this.#notUnderstood();
    if (valid !== 'YES') throw new UnityRefusal('credentials', this.#source.id);
    return token.trim();
  }

  async #magic(
    action: ActionName,
    values: Readonly<Record<string, string>>,
    token: string,
    call: Call,
  ): Promise<readonly Table[]> {
    const filled: Partial<Record<Argument<'Magic'>, string>> = {
      ...magicArguments(action, values),
      Action: action,
      UserID: this.#auth.ehrUser,
      Appname: this.#auth.appName,
      Token: token,
    };
    const exchange: Exchange = { call, name: `Magic ${action}`, retry: retryOf(action) };
    const { MagicResult: result } = (await this.#invoke('Magic', filled, exchange)) as {
      readonly MagicResult?: unknown;
    };
    const { schema, columns = columnsOf(result) } = exchange.taken ?? {};
    const tables = toTables(result, this.#source.id, columns);
    if (schema !== undefined) this.#schemas.learn(schema, columns);
    const refused = tableRefusal(tables, this.#source.id);
    if (refused !== undefined) throw refused;
    return tables;
  }

  /** One SOAP call. Every argument goes out, in the server's order; text without a value empty, `data` as nil. */
  async #invoke<O extends Operation>(
    operation: O,
    values: Readonly<Partial<Record<Argument<O>, string>>>,
    exchange: Exchange,
  ): Promise<object> {
    const given: Readonly<Record<string, string | undefined>> = values;
    const ordered = Object.fromEntries(
      OPERATIONS[operation].map((name) => [name, given[name] ?? (name === 'data' ? null : '')]),
    );
    this.#client ??= this.#connect();
    const client = await this.#client;
    try {
      const [answer]: [unknown] = await client[`${operation}Async`](ordered, { exchange });
      if (answer !== undefined && answer !== null) return answer;
      if (operation === 'RetireSecurityToken') return {};
    } catch (thrown) {
      throw this.#failure(thrown);
    } finally {
      forget(client);
    }
    throw this.#notUnderstood();
  }

  #connect(): Promise<Client> {
    const endpoint = /\/unityservice$/i.test(this.#source.baseUrl)
      ? this.#source.baseUrl
      : `${this.#source.baseUrl}/unityservice`;
    return createClientAsync(UNITY_WSDL, { disableCache: true, endpoint, httpClient: this.#httpClient() });
  }

  /** The library's way out is ours: it only writes envelopes and reads them. */
  #httpClient(): IHttpClient {
    return {
      request: (url, body, callback, headers, options) => {
        const { exchange } = options as { readonly exchange: Exchange };
        const { call, name, retry } = exchange;
        const verdict = (answer: Answer) => verdictOf(answer, this.#now());
        this.#upstream
          .send({ method: 'POST', url, headers: { ...headers }, body: String(body), name, retry, verdict }, call)
          .then((answer) => {
            exchange.taken = this.#schemas.take(envelopeOf(answer, this.#source.id, this.#now()));
            callback(null, { status: answer.status, headers: answer.headers }, exchange.taken.text);
          })
          .catch((thrown: unknown) => callback(thrown));
        return undefined as never; // the library ignores what comes back
      },
    };
  }

  /** The library rejects with objects that hold the whole exchange, token included: nothing of them may survive. */
  #failure(thrown: unknown): GraphError {
    if (thrown instanceof GraphError) return thrown;
    const { root, response } = (thrown ?? {}) as {
      readonly root?: { readonly Envelope?: { readonly Body?: { readonly Fault?: unknown } } };
      readonly response?: { readonly status?: number };
    };
    const fault = root?.Envelope?.Body?.Fault;
    return fault === undefined ? this.#notUnderstood() : faultRefusal(fault, this.#source.id, response?.status);
  }

  #notUnderstood(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
  }
}

/** The library's client remembers its last exchange, credentials and patients included. */
const forget = (client: Client): void => {
  client.lastMessage = undefined;
  client.lastRequest = undefined;
  client.lastRequestHeaders = undefined;
  client.lastResponse = undefined;
  client.lastResponseHeaders = undefined;
};
