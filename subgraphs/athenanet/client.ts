import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { WriteCall } from '../vendor/writes/writer.ts';
import { Text } from './payload/scalars.ts';
import { tooMany } from './refusal.ts';
import { type Read, Wire, type Write } from './wire.ts';

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

/**
 * Typed reads and writes of one practice at athenaNet.
 * @throws GraphError as `refusal.ts` tells; BAD_VENDOR_ANSWER for what is not JSON or not of the expected shape.
 */
export class AthenanetClient {
  readonly #source: SourceSettings;
  readonly #wire: Wire;

  constructor(source: SourceSettings, upstream: Upstream, now: () => number, newId?: () => string) {
    this.#source = source;
    this.#wire = new Wire(source, upstream, now, newId);
  }

  /** The one record that the answer holds, in an array of one or bare; `null` when athenaNet does not know it. */
  async one<S extends z.ZodType>(read: Read, row: S, call: Call): Promise<z.output<S> | null> {
    try {
      const body = await this.#wire.read(read, call);
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
    const body = await this.#wire.read({ ...read, query }, call);
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

  /** Records that come as a bare array (best matches, dictionaries). */
  async bare<S extends z.ZodType>(read: Read, row: S, call: Call): Promise<readonly z.output<S>[]> {
    return this.#shaped(z.array(row), await this.#wire.read(read, call));
  }

  /**
   * Sends a write once; what it answers, of the given shape.
   * @throws GraphError as `writeRefusal` tells when athenaNet refuses it; else, when it may have been carried out all the
   *   same, SOURCE_UNAVAILABLE, TIMEOUT or BAD_VENDOR_ANSWER
   */
  async write<S extends z.ZodType>(write: Write, shape: S, call: WriteCall): Promise<z.output<S>> {
    return this.#shaped(shape, await this.#wire.write(write, call));
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
