import { createHash } from 'node:crypto';
import { Refused } from './faults.ts';
import type { Found, PagePlace } from './profile.ts';
import type { Query } from './query.ts';
import type { Version } from './store.ts';

/** Results kept for their later pages; the oldest give way, and whoever still reads them starts again. */
const MOST_SESSIONS = 500;

export interface KeptResult extends Found {
  readonly query: Query;
  readonly size: number;
}
interface Session {
  readonly result: KeptResult;
  readonly madeAt: number;
}
export interface Page {
  readonly result: KeptResult;
  readonly place: PagePlace;
  readonly matches: readonly Version[];
  /** The last entry of the page before. */
  readonly previous: Version | undefined;
  readonly more: boolean;
}

/** Search results that are larger than a page. */
export class Pages {
  readonly #sessions = new Map<string, Session>();
  readonly #now: () => number;
  readonly #lifeMs: number;
  #made = 0;

  constructor(now: () => number, lifeMs: number) {
    this.#now = now;
    this.#lifeMs = lifeMs;
  }

  /** The first page; the rest is kept when there is one. */
  first(result: KeptResult): Page {
    this.#made += 1;
    const session = createHash('sha256').update(`page ${this.#made}`).digest('hex').slice(0, 12).toUpperCase();
    const page = cut(result, { session, page: 1 });
    if (page.more) this.#sessions.set(session, { result, madeAt: this.#now() });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return page;
  }

  /** A later page of a kept result of this type; refused when it is no longer kept. */
  later(type: string, place: PagePlace): Page {
    const session = this.#sessions.get(place.session);
    if (session === undefined || session.result.query.type !== type || this.#now() - session.madeAt > this.#lifeMs)
      throw new Refused('page-expired');
    return cut(session.result, place);
  }
}

const cut = (result: KeptResult, place: PagePlace): Page => {
  const { size, matches } = result;
  const first = Math.max(size, result.firstPage ?? 0);
  const start = place.page === 1 ? 0 : first + (place.page - 2) * size;
  const end = place.page === 1 ? first : start + size;
  return {
    result,
    place,
    matches: matches.slice(start, end),
    previous: start === 0 ? undefined : matches[start - 1],
    more: end < matches.length,
  };
};
