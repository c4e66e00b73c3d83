import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { GraphError } from '../schema/errors.ts';
import type { Call } from './call.ts';
import { parseJson } from './json.ts';
import { type SigningKey, signingKey, thumbprint } from './signing-key.ts';
import type { Auth, SourceSettings } from './source.ts';
import { statusError } from './status.ts';
import type { Upstream } from './upstream.ts';

type SmartAuth = Extract<Auth, { type: 'smart-backend' }>;

/** Servers move their token endpoint rarely; a refused token request looks again before this. */
const DISCOVERY_MS = 60 * 60_000;

/** An assertion lives at most five minutes (SMART App Launch 2.2, asymmetric authentication); clocks differ. */
const ASSERTION_SECONDS = 240;

const SmartConfiguration = z.object({
  token_endpoint: z.string().min(1),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
});

interface Discovered {
  readonly tokenUrl: string;
  readonly algorithms: readonly string[] | undefined;
  readonly until: number;
}

/**
 * SMART Backend Services at one source: where its tokens are given, found once and kept for an hour, and the assertions
 * that ask for them.
 */
export class SmartBackend {
  readonly #source: SourceSettings;
  readonly #auth: SmartAuth;
  readonly #upstream: Pick<Upstream, 'send'>;
  readonly #now: () => number;
  #discovered: Discovered | undefined;

  constructor(source: SourceSettings, auth: SmartAuth, upstream: Pick<Upstream, 'send'>, now: () => number) {
    this.#source = source;
    this.#auth = auth;
    this.#upstream = upstream;
    this.#now = now;
  }

  /** @throws GraphError, with a message of its own where the server's document cannot be used by this source. */
  async tokenUrl(call: Call): Promise<string> {
    return this.#auth.tokenUrl ?? (await this.#known(call)).tokenUrl;
  }

  /** Forgets where tokens are given: the server has refused a request there. */
  forget(): void {
    this.#discovered = undefined;
  }

  /** A fresh assertion for one request: no server takes the same twice. */
  async assertion(tokenUrl: string): Promise<string> {
    const { clientId, keyId } = this.#auth;
    const signing = await this.#key();
    const algorithms = this.#discovered?.algorithms;
    if (algorithms !== undefined && !algorithms.includes(signing.algorithm))
      throw this.#refused('The vendor does not accept the algorithm of the source’s key.');
    const seconds = Math.floor(this.#now() / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: signing.algorithm, typ: 'JWT', kid: keyId ?? (await thumbprint(signing)) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(tokenUrl)
      .setJti(randomUUID())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(signing.key);
  }

  /** Read for every request, so that a key can be exchanged without a restart. */
  async #key(): Promise<SigningKey> {
    try {
      return signingKey(await readFile(this.#auth.privateKeyFile, 'utf8'));
    } catch {
      throw this.#refused('The source’s private key cannot be used: see privateKeyFile.');
    }
  }

  async #known(call: Call): Promise<Discovered> {
    if (this.#discovered === undefined || this.#discovered.until <= this.#now())
      this.#discovered = await this.#discover(call);
    return this.#discovered;
  }

  /** SMART App Launch 2.2, conformance: `.well-known/smart-configuration` below the FHIR base. */
  async #discover(call: Call): Promise<Discovered> {
    const { id, baseUrl } = this.#source;
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
    const failed = statusError(answer, id, this.#now());
    if (failed?.retryable === false)
      throw new GraphError('SOURCE_UNAVAILABLE', {
        source: id,
        status: answer.status,
        message: 'The vendor does not say where its tokens are given: set tokenUrl.',
      });
    if (failed !== undefined) throw failed;
    const found = SmartConfiguration.safeParse(parseJson(answer.text, id));
    // old servers write it relative to the base
    const url = found.success ? URL.parse(found.data.token_endpoint, `${baseUrl}/`) : null;
    if (!found.success || url === null) throw new GraphError('BAD_VENDOR_ANSWER', { source: id });
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && this.#source.allowPrivateNetwork))
      throw this.#refused('The vendor’s token endpoint is not https.');
    return {
      tokenUrl: url.href,
      algorithms: found.data.token_endpoint_auth_signing_alg_values_supported,
      until: this.#now() + DISCOVERY_MS,
    };
  }

  #refused(message: string): GraphError {
    return new GraphError('UNAUTHENTICATED_AT_VENDOR', { source: this.#source.id, message });
  }
}
