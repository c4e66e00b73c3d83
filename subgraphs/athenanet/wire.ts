import { randomUUID } from 'node:crypto';
import { parse as parseLossless } from 'lossless-json';
import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import { SignedUpstream } from '../../upstream/oauth.ts';
import type { Answer, OutboundRequest } from '../../upstream/request.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { isExact } from '../vendor/json.ts';
import type { WriteCall } from '../vendor/writes/writer.ts';
import type { Form } from './mapping/form.ts';
import { Flag } from './payload/scalars.ts';
import {
  isPracticeRefused,
  isThrottled,
  refusal,
  signInRefusal,
  signInVerdictOf,
  verdictOf,
  writeRefusal,
} from './refusal.ts';

/** One read at athenaNet: `name` is its name for explain and carries no ids, `path` begins below the practice. */
export interface Read {
  readonly name: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** One write at athenaNet: a form, or the guide's JSON, or nothing but the call itself. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** The route: `/appointments/{id}`; what stands in braces is filled in from `ids`, in order. */
  readonly route: string;
  readonly ids?: readonly string[];
  readonly form?: Form;
  readonly json?: object;
  /** Its answer is not documented: what is no `{"success": false}` is taken for done, and whoever sent it looks again. */
  readonly anyAnswer?: boolean;
  /** Where the graph's input has the form's fields, for refusals that name them. */
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

const Outcome = z.object({ success: Flag });

/** A base that names the API version itself (`.../preview1` of the old host) is used as it is. */
export const VERSIONED = /\/(v\d+|(open)?preview\d+)$/i;

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/**
 * Requests to one practice at athenaNet, signed in and renewed by `SignedUpstream`, and what their answers hold: JSON
 * whatever their content type says.
 * @throws GraphError as `refusal.ts` tells; BAD_VENDOR_ANSWER for what is not JSON.
 */
export class Wire {
  readonly #source: SourceSettings;
  readonly #signed: SignedUpstream;
  readonly #root: string;
  readonly #now: () => number;
  readonly #newId: () => string;

  constructor(source: SourceSettings, upstream: Upstream, now: () => number, newId: () => string = randomUUID) {
    if (source.practiceId === undefined)
      throw new GraphError('VALIDATION', { source: source.id, message: 'An athenahealth source needs practiceId.' });
    this.#source = source;
    this.#signed = new SignedUpstream(source, stoppingAtRefusal(upstream, source, now), now);
    this.#root = `${VERSIONED.test(source.baseUrl) ? '' : '/v1'}/${encodeURIComponent(source.practiceId)}`;
    this.#now = now;
    this.#newId = newId;
  }

  async read({ name, path, query = {} }: Read, call: Call): Promise<unknown> {
    const answer = await this.#send({ method: 'GET', name, retry: 'read' }, `${path}${queryText(query)}`, {}, call);
    const refused = refusal(answer, this.#source.id, this.#now());
    if (refused !== undefined) throw refused;
    return this.#told(answer);
  }

  /** Sends a write once. @throws GraphError as `writeRefusal` tells when athenaNet refuses it */
  async write(write: Write, call: WriteCall): Promise<unknown> {
    const { method, route, ids = [], paths = {}, anyAnswer } = write;
    const left = [...ids];
    const path = route.replace(/\{[a-z]+\}/g, () => encodeURIComponent(left.shift() ?? ''));
    const request = { method, name: `${method} ${route}`, retry: 'never' } as const;
    const answer = await this.#send(request, path, contentOf(write), call);
    const refused = writeRefusal(answer, paths, this.#source.id, this.#now());
    if (refused !== undefined) throw refused;
    return this.#told(answer, anyAnswer);
  }

  #send(
    request: Pick<OutboundRequest, 'method' | 'name' | 'retry'>,
    path: string,
    { type, body }: Content,
    call: Call,
  ): Promise<Answer> {
    const headers = { accept: JSON_TYPE, 'x-request-id': this.#newId() };
    const sent = {
      ...request,
      url: `${this.#root}${path}`,
      verdict: (answer: Answer) => verdictOf(answer, this.#now()),
      headers: type === undefined ? headers : { ...headers, 'content-type': type },
    };
    return this.#signed.send(body === undefined ? sent : { ...sent, body }, call);
  }

  /** @throws GraphError VENDOR_REJECTED for a failure with HTTP 200 */
  #told({ status, text }: Answer, anyAnswer = false): unknown {
    if (text.trim() === '') return undefined;
    const body = this.#parsed(text);
    if (isFailure(body) && !(anyAnswer && typeof body === 'string'))
      throw new GraphError('VENDOR_REJECTED', { source: this.#source.id, status });
    return body;
  }

  /** JSON, with every number exact: as text where JavaScript's own would change it. */
  #parsed(text: string): unknown {
    try {
      return isExact(text) ? JSON.parse(text) : parseLossless(text, undefined, (number) => number);
    } catch {
      throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id }); // the parsers' messages quote what they read
    }
  }
}

interface Content {
  readonly type?: string;
  readonly body?: string;
}

const contentOf = ({ form, json }: Write): Content => {
  if (json !== undefined) return { type: JSON_TYPE, body: JSON.stringify(json) };
  return form === undefined ? {} : { type: FORM, body: new URLSearchParams(form).toString() };
};

/** Failure with HTTP 200: `{"success": false, ...}`, or nothing but the reason as a string. */
const isFailure = (body: unknown): boolean => {
  if (typeof body === 'string') return true;
  const outcome = Outcome.safeParse(body);
  return outcome.success && outcome.data.success === false;
};

const queryText = (query: NonNullable<Read['query']>): string => {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(typeof value === 'string' ? value : value.join(','))}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
};

/**
 * A 401 that says that the key has no access to the practice goes no further: it must not lead to a new token. Nor does
 * the gateway's throttling of sign-ins by 403, which says nothing about the credentials.
 */
export const stoppingAtRefusal = (
  upstream: Upstream,
  source: SourceSettings,
  now: () => number,
): Pick<Upstream, 'send'> => ({
  send: async (request, call) => {
    const isSignIn = request.verdict === undefined; // reads bring their own
    const verdict = (told: Answer) => signInVerdictOf(told, now());
    const answer = await upstream.send(isSignIn ? { ...request, verdict } : request, call);
    const stops = isSignIn ? isThrottled(answer) : isPracticeRefused(answer);
    const refused = stops ? (isSignIn ? signInRefusal : refusal)(answer, source.id, now()) : undefined;
    if (refused !== undefined) throw refused;
    return answer;
  },
});
