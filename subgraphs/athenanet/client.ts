import { randomUUID } from 'node:crypto';
import { parse as parseLossless } from 'lossless-json';
import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import { SignedUpstream } from '../../upstream/oauth.ts';
import type { Answer } from '../../upstream/request.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { Flag, Text } from './payload/scalars.ts';
import {
  isPracticeRefused,
  isThrottled,
  refusal,
  signInRefusal,
  signInVerdictOf,
  tooMany,
  verdictOf,
} from './refusal.ts';

/** One read at athenaNet: `name` is its name for explain and carries no ids, `path` begins below the practice. */
export interface Read {
  readonly name: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Rows<R> {
  readonly rows: readonly R[];
  /** The vendor's own count, where it gives one. */
  readonly total: number | undefined;
  /** Are there rows after these? */
  readonly more: boolean;
}

/** Rows asked for at a time where each carries its patient: the default of the booked lists, and about 2 MB. */
export const ROWS_WITH_PATIENTS = 1000;
/** Rows asked for at a time where a whole list is wanted: the most that every list gives in one call, 4 to 8 MB. */
export const ROWS_AT_ONCE = 5000;
/** The most calls that one list may take; a list that needs more is refused as too wide. */
export const MOST_CALLS = 20;

const Envelope = z.looseObject({ totalcount: Text, next: Text });
const Outcome = z.object({ success: Flag });

/** A base that names the API version itself (`.../preview1` of the old host) is used as it is. */
const VERSIONED = /\/(v\d+|(open)?preview\d+)$/i;
/** A JSON number that would not come out of JavaScript's numbers as it stands: long, with a final zero, or with an exponent. */
const INEXACT = /[:[,]\s*-?(?:\d{16,}|\d+\.\d{12,}|\d+\.\d*0|\d+(?:\.\d+)?[eE])/;

/**
 * Typed reads of one practice at athenaNet, signed in and renewed by `SignedUpstream`. Answers are read as JSON whatever
 * their content type says.
 * @throws GraphError as `refusal.ts` tells; BAD_VENDOR_ANSWER for what is not JSON or not of the expected shape.
 */
export class AthenanetClient {
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

  /** The one record that the answer holds, in an array of one or bare; `null` when athenaNet does not know it. */
  async one<S extends z.ZodType>(read: Read, row: S, call: Call): Promise<z.output<S> | null> {
    try {
      const body = await this.#get(read, call);
      const found = Array.isArray(body) ? body : [body];
      if (found.length === 0) return null;
      if (found.length > 1) throw this.#misunderstood();
      return this.#shaped(row, found[0]);
    } catch (thrown) {
      if (thrown instanceof GraphError && thrown.code === 'NOT_FOUND') return null;
      throw thrown;
    }
  }

  /** Rows of a list from `offset` on. One malformed row fails the list: a list must not lose a record silently. */
  async list<S extends z.ZodType>(
    read: Read,
    key: string,
    row: S,
    call: Call,
    window: { readonly limit?: number; readonly offset?: number } = {},
  ): Promise<Rows<z.output<S>>> {
    const { limit, offset = 0 } = window;
    const query = {
      ...read.query,
      limit: limit === undefined ? undefined : String(limit),
      offset: offset === 0 ? undefined : String(offset),
    };
    const body = await this.#get({ ...read, query }, call);
    const envelope = this.#shaped(Envelope, body);
    const total = envelope.totalcount === undefined ? undefined : Number(envelope.totalcount);
    if (Number.isNaN(total)) throw this.#misunderstood();
    const rows = this.#shaped(z.array(row), envelope[key] ?? (total === 0 ? [] : undefined));
    const more =
      rows.length > 0 && (envelope.next !== undefined || (total !== undefined && offset + rows.length < total));
    return { rows, total, more };
  }

  /**
   * A whole list, however many pages the vendor makes of it: the first says how many rows there are, the others are then
   * asked for at once.
   * @throws GraphError VALIDATION when it takes more than `most` calls (20 if not given), or when that is given and the
   *   first page does not tell.
   */
  async all<S extends z.ZodType>(
    read: Read,
    key: string,
    row: S,
    call: Call,
    { limit, most }: { readonly limit?: number; readonly most?: number } = {},
  ): Promise<readonly z.output<S>[]> {
    const page = (offset: number) =>
      this.list(read, key, row, call, { offset, ...(limit === undefined ? {} : { limit }) });
    let last = await page(0);
    const rows = [...last.rows];
    const offsets = offsetsOfRest(last);
    if ((offsets?.length ?? Number(most)) >= (most ?? MOST_CALLS)) throw tooMany(this.#source.id);
    for (const [i, next] of (await Promise.all((offsets ?? []).map(page))).entries()) {
      if (rows.length !== offsets?.[i]) break; // a page was shorter than the first: what follows it is asked for again
      rows.push(...next.rows);
      last = next;
    }
    for (let calls = 1 + (offsets?.length ?? 0); last.more; calls += 1) {
      if (calls >= (most ?? MOST_CALLS)) throw tooMany(this.#source.id);
      last = await page(rows.length);
      rows.push(...last.rows);
    }
    return rows;
  }

  async #get(read: Read, call: Call): Promise<unknown> {
    const answer = await this.#signed.send(
      {
        method: 'GET',
        url: `${this.#root}${read.path}${queryText(read.query ?? {})}`,
        name: read.name,
        retry: 'read',
        verdict: (answer) => verdictOf(answer, this.#now()),
        headers: { accept: 'application/json', 'x-request-id': this.#newId() },
      },
      call,
    );
    const refused = refusal(answer, this.#source.id, this.#now());
    if (refused !== undefined) throw refused;
    const body = this.#parsed(answer.text);
    if (isFailure(body)) throw new GraphError('VENDOR_REJECTED', { source: this.#source.id, status: answer.status });
    return body;
  }

  /** JSON, with every number exact: as text where JavaScript's own would change it. */
  #parsed(text: string): unknown {
    try {
      return INEXACT.test(text) ? parseLossless(text, undefined, (number) => number) : JSON.parse(text);
    } catch {
      throw this.#misunderstood(); // the parsers' messages quote what they read
    }
  }

  #shaped<S extends z.ZodType>(shape: S, body: unknown): z.output<S> {
    const parsed = shape.safeParse(body);
    if (!parsed.success) throw this.#misunderstood();
    return parsed.data;
  }

  #misunderstood(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
  }
}

/** Where the pages after the first begin, if they are as long as that; `undefined`: the vendor does not say how many follow. */
const offsetsOfRest = ({ rows, total, more }: Rows<unknown>): readonly number[] | undefined => {
  if (!more) return [];
  if (total === undefined) return undefined;
  return Array.from({ length: Math.ceil(total / rows.length) - 1 }, (_, i) => (i + 1) * rows.length);
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
const stoppingAtRefusal = (upstream: Upstream, source: SourceSettings, now: () => number): Pick<Upstream, 'send'> => ({
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
