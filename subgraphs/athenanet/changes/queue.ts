import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Feed, FeedPage, Noticed } from '../../vendor/changes/feed.ts';
import { MOST_CALLS, ROWS_AT_ONCE, type Rows } from '../client.ts';
import type { Practice } from '../connector/practice.ts';
import { Text } from '../payload/scalars.ts';
import type { Read } from '../wire.ts';
import { readPlace, SETTLED, type Taking, type Waiting, writePlace } from './place.ts';
import { pastKept, type Told } from './told.ts';
import { handedOutSince } from './window.ts';

/** Rows looked at before they are taken: as many patients as one call names. */
const LOOKED_AT = 100;
/** How long athenaNet shows again what it handed out (an integrator's note: mphrx). */
const KEPT_MS = 86_400_000;

const Subscription = z.object({ status: Text, subscriptions: z.array(z.unknown()).nullish() });

/**
 * One of athenaNet's lists of what changed, as a feed. The vendor hands each change out once, whether its answer arrives
 * or not, and shows again for a while what it handed out. So the list is looked at without taking anything (one call);
 * when something waits, that is made the place to read from, and only then it is taken: whoever takes from that place, and
 * however often, is then shown everything that was handed out since.
 */
export class Queue<S extends z.ZodType> implements Feed {
  readonly calls = 1;
  readonly #practice: Practice;
  readonly #told: Told<S>;

  constructor(practice: Practice, told: Told<S>) {
    this.#practice = practice;
    this.#told = told;
  }

  get name(): string {
    return this.#told.list;
  }

  get everyMs(): number {
    return this.#told.everyMs;
  }

  /**
   * Subscribes where there is no subscription yet, and takes what waits from before.
   * @throws GraphError SOURCE_UNAVAILABLE until the subscription acts, which takes minutes
   */
  async begin(call: Call): Promise<string> {
    const { client, source } = this.#practice;
    const path = `${this.#path}/subscription`;
    const told = await client.one({ name: `GET ${path}`, path }, Subscription, call);
    if ((told?.subscriptions ?? []).length === 0 || /^partial/i.test(told?.status ?? '')) await this.#subscribe(call);
    try {
      for (let calls = 0, more = true; more && calls < MOST_CALLS; calls += 1) ({ more } = await this.#take({}, call));
    } catch (thrown) {
      if (!isUnsubscribed(thrown)) throw thrown;
      throw new GraphError('SOURCE_UNAVAILABLE', {
        source: source.id,
        message: 'The vendor does not tell what changes yet: the subscription takes some minutes to act.',
      });
    }
    return SETTLED;
  }

  /**
   * @throws GraphError FORBIDDEN when the subscription is gone; it is made again. SOURCE_UNAVAILABLE when what was taken
   *   and not told is no longer shown by the vendor.
   */
  async read(text: string, call: Call): Promise<FeedPage> {
    const place = readPlace(text, this.#practice.source.id);
    return place.kind === 'settled' ? this.#look(text, call) : this.#taken(place, call);
  }

  /** Takes nothing. */
  async #look(place: string, call: Call): Promise<FeedPage> {
    const { rows, more } = await this.#subscribed(this.#list({ leaveunprocessed: 'true' }, call, LOOKED_AT), call);
    if (rows.length === 0) return { noticed: [], place, more: false };
    const { waiting, changedAt } = this.#told;
    const since = rows
      .flatMap((row) => changedAt?.(row) ?? [])
      .reduce<string | undefined>((newest, at) => (newest === undefined || newest < at ? at : newest), undefined);
    const taking: Taking = {
      kind: 'taking',
      waiting: rows.map(waiting),
      ...(since === undefined ? {} : { since }),
      more,
    };
    return { noticed: [], place: writePlace(taking), more: true };
  }

  /** Takes what waits, and asks then for everything that was taken from this place: also by those who got no answer. */
  async #taken(place: Taking, call: Call): Promise<FeedPage> {
    const { client } = this.#practice;
    const { noticed, waiting } = this.#told;
    const only = this.#onlyOf(place);
    const taken = await this.#subscribed(this.#take(only, call), call);
    const window = { ...only, ...handedOutSince(place.since, new Date(call.now()).toISOString()) };
    const again = await client.all(this.#asked(window), this.#told.list, this.#told.row, call, { limit: ROWS_AT_ONCE });
    // what is shown later is newer
    const rows = new Map([...taken.rows, ...again].map((row) => [waiting(row).key, row]));
    const left = place.waiting.filter(({ key }) => !rows.has(key));
    return {
      noticed: [...(await noticed([...rows.values()], call)), ...(await this.#missing(left, place, call))],
      place: SETTLED,
      // what can be looked at and not taken is not asked for again at once
      more: taken.rows.length > 0 && (place.more || taken.more),
    };
  }

  /**
   * Rows of patients and claims have no stamp: what is asked for is narrowed to the patients of what waited instead, so
   * that all the vendor still keeps of them is little. Rows of slots have no patient, but stamps.
   */
  #onlyOf({ waiting }: Taking): NonNullable<Read['query']> {
    if (this.#told.changedAt !== undefined) return {};
    return { patientid: [...new Set(waiting.flatMap(({ patient }) => patient ?? []))] };
  }

  async #missing(left: readonly Waiting[], { since }: Taking, call: Call): Promise<readonly Noticed[]> {
    const owned = left.flatMap(({ key, patient }) => (patient === undefined ? [] : [{ key, patient }]));
    if (owned.length > 0 && since !== undefined && call.now() - Date.parse(since) > KEPT_MS)
      throw new GraphError('SOURCE_UNAVAILABLE', {
        source: this.#practice.source.id,
        message: 'What the vendor handed out is no longer shown: changes are missing, and the feed must begin anew.',
      });
    return (await Promise.all(owned.map((one) => this.#told.missing(one, call)))).flat();
  }

  #take(only: NonNullable<Read['query']>, call: Call): Promise<Rows<z.output<S>>> {
    return this.#list(only, call, ROWS_AT_ONCE);
  }

  #list(query: NonNullable<Read['query']>, call: Call, limit: number): Promise<Rows<z.output<S>>> {
    const { list, row } = this.#told;
    return this.#practice.client.list(this.#asked(query), list, row, call, { limit });
  }

  #asked(query: NonNullable<Read['query']>): Read {
    return { name: `GET ${this.#path}`, path: this.#path, query: { ...this.#told.query, ...query } };
  }

  /** The answer, unless the subscription is gone. */
  async #subscribed<R>(answer: Promise<R>, call: Call): Promise<R> {
    try {
      return await answer;
    } catch (thrown) {
      if (!isUnsubscribed(thrown)) throw thrown;
      await this.#subscribe(call);
      throw new GraphError('FORBIDDEN', {
        source: this.#practice.source.id,
        status: 403,
        message: 'The vendor’s subscription to changes was gone and is made again: some changes are not told.',
        cause: thrown,
      });
    }
  }

  async #subscribe(call: Call): Promise<void> {
    const write = { method: 'POST', route: `${this.#path}/subscription` } as const;
    await this.#practice.client.write(write, z.unknown(), pastKept(call));
  }

  get #path(): string {
    return `/${this.#told.list}/changed`;
  }
}

const isUnsubscribed = (thrown: unknown): boolean => thrown instanceof GraphError && thrown.code === 'FORBIDDEN';
