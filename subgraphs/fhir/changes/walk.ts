import type { Call } from '../../../upstream/call.ts';
import type { Listing } from '../client.ts';
import type { Resource } from '../payload.ts';
import { largestPage } from '../profile.ts';
import type { Param } from '../rules.ts';
import type { Service } from '../service.ts';

/** Types of which changes are asked for. */
export type Watched = 'Patient' | 'Appointment' | 'Observation' | 'Claim' | 'ExplanationOfBenefit';

const BY = '_lastUpdated';
/** A reading that has made so many searches goes on in the next one. */
const MOST_SEARCHES = 25;

export interface Stamped<T extends Watched> {
  readonly resource: Resource<T>;
  /** The server's stamp, whole seconds since the epoch. */
  readonly second: number;
}

/** What changed from a second on. */
export interface Stretch<T extends Watched> {
  readonly rows: readonly Stamped<T>[];
  /** The first second that was not read, or not to its end; absent: there is no more. */
  readonly next?: number;
}

/** A stretch of time from its first to its last second; without a last one it never ends. */
interface Window {
  readonly first: number;
  readonly last?: number;
}

const instant = (second: number): string => new Date(second * 1000).toISOString();

/**
 * Searches of one type by when its resources changed. Pages behind the first are not gone to where it can be avoided: a
 * server that counts rows leaves one out when another moves meanwhile. Time is cut into pieces of a page each instead.
 */
export class Walk<T extends Watched> {
  readonly #service: Service;
  readonly #type: T;

  constructor(service: Service, type: T) {
    this.#service = service;
    this.#type = type;
  }

  get #sorts(): boolean {
    return this.#service.profile.changes.sorted;
  }

  /**
   * What changed from a second on, at least up to `past` unless that takes too many searches.
   * @throws GraphError UNSUPPORTED_BY_VENDOR when the server leaves the time out of its search
   */
  async from(first: number, past: number, call: Call): Promise<Stretch<T>> {
    const rows = new Map<string, Stamped<T>>();
    let window: Window = { first };
    for (let searches = 0; searches < MOST_SEARCHES; searches++) {
      const { found, next } = await this.#look(window, call);
      for (const row of found) rows.set(row.resource.id, row);
      if (next === undefined) return { rows: [...rows.values()] };
      window = next;
      if (next.last === undefined && next.first > past + 1) break;
    }
    return { rows: [...rows.values()], next: window.first };
  }

  /** The newest second of any resource of the type; 0 when there is none. */
  async newest(call: Call): Promise<number> {
    if (this.#sorts) {
      const params = [[BY, `ge${instant(0)}`], ['_sort', `-${BY}`], ...this.#service.count(1)] as const;
      const [row] = this.#stamped(await this.#search(params, call, true));
      return row?.second ?? 0;
    }
    let [known, empty] = [0, Math.ceil(this.#service.now() / 1000) + 1];
    while (empty - known > 1) {
      const middle = Math.floor((known + empty) / 2);
      const rows = this.#stamped(await this.#search([[BY, `ge${instant(middle)}`]], call, true));
      if (rows.length === 0) empty = middle;
      else known = Math.max(...rows.map(({ second }) => second));
    }
    return known;
  }

  /** What a window's first page tells, and where to look next. */
  async #look(
    window: Window,
    call: Call,
  ): Promise<{ readonly found: readonly Stamped<T>[]; readonly next: Window | undefined }> {
    const { first, last } = window;
    const behind = (second: number): Window => ({ first: second + 1 });
    const one = first === last;
    const listing = await this.#search(this.#params(window), call, !one);
    const found = this.#stamped(listing);
    if (listing.complete) return { found, next: last === undefined ? undefined : behind(last) };
    const seconds = found.map(({ second }) => second);
    const newest = Math.max(...seconds, first);
    if (this.#keepsOrder(listing, seconds) && newest > first) return { found, next: { first: newest } };
    const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? first;
    const half = Math.min(median, Math.floor((first + newest) / 2), (last ?? Number.POSITIVE_INFINITY) - 1);
    return { found, next: { first, last: Math.max(half, first) } };
  }

  #params({ first, last }: Window): readonly Param[] {
    return [
      [BY, `ge${instant(first)}`],
      ...(last === undefined ? [] : ([[BY, `lt${instant(last + 1)}`]] as const)),
      ...(this.#sorts ? ([['_sort', BY]] as const) : []),
      ...this.#service.count(largestPage(this.#service.profile, this.#type)),
    ];
  }

  #keepsOrder(listing: Listing<T>, seconds: readonly number[]): boolean {
    return listing.honoured('_sort') && seconds.every((second, i) => i === 0 || (seconds[i - 1] ?? 0) <= second);
  }

  async #search(params: readonly Param[], call: Call, firstPage: boolean): Promise<Listing<T>> {
    const listing = await this.#service.client.search(this.#type, params, call, () => firstPage);
    if (listing.ignored(BY)) throw this.#service.unsupported('The server does not search by when something changed.');
    return listing;
  }

  #stamped({ matches }: Listing<T>): readonly Stamped<T>[] {
    return matches.map((resource) => {
      const at = Date.parse(resource.meta?.lastUpdated ?? '');
      if (Number.isNaN(at)) throw this.#service.bad();
      return { resource, second: Math.floor(at / 1000) };
    });
  }
}
