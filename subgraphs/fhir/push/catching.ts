import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Service } from '../service.ts';
import { type SubscriptionClient, unlessRefused } from './client.ts';
import type { Held, Place } from './place.ts';
import type { Told } from './status.ts';
import type { Content } from './terms.ts';
import { contentsOf } from './told.ts';

/** Events asked for at once. */
const MOST_EVENTS = 500n;
const NONE: ReadonlyMap<string, Told> = new Map();

export interface Caught {
  readonly place: Place;
  readonly contents: readonly Content[];
  /** There are more events. */
  readonly more: boolean;
}

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/**
 * Compares how many events a server counted with how far they were told, and asks for what is missing: whatever became of
 * the notifications, nothing stays lost.
 */
export class Catching {
  readonly #service: Service;
  readonly #client: SubscriptionClient;
  /** How this server tells the standing of its subscriptions, as far as it is known. */
  #way: 'together' | 'singly' | 'not' = 'together';

  constructor(service: Service, client: SubscriptionClient) {
    this.#service = service;
    this.#client = client;
  }

  /** What we have counts as told up to now. */
  async settled(place: Place, call: Call): Promise<Place> {
    const told = await this.#standings(place, call);
    const held = place.held.map((one): Held => {
      const total = told.get(one.id)?.total;
      return one.upTo !== undefined || total === undefined ? one : { ...one, upTo: String(total) };
    });
    return { ...place, held };
  }

  async caught(place: Place, call: Call): Promise<Caught> {
    const told = await this.#standings(place, call);
    const contents: Content[] = [];
    const held: Held[] = [];
    let more = false;
    for (const one of place.held) {
      const total = told.get(one.id)?.total;
      const known = BigInt(one.upTo ?? 0);
      if (total === undefined || (total === known && one.upTo !== undefined)) {
        held.push(one);
        continue;
      }
      const from = (total < known ? 0n : known) + 1n; // a server may begin to count anew
      const until = smaller(total, from + MOST_EVENTS - 1n);
      if (from <= until) contents.push(...(await this.#missed(one, from, until, place.checked, call)));
      held.push({ ...one, upTo: String(until) });
      more ||= until < total;
    }
    return { place: { ...place, held, checked: more ? place.checked : this.#service.now() }, contents, more };
  }

  /** Events of these numbers; where the server no longer has all of them, what changed meanwhile is searched for as well. */
  async #missed(
    { id, about }: Held,
    from: bigint,
    until: bigint,
    since: number,
    call: Call,
  ): Promise<readonly Content[]> {
    const ping: Content = { ping: about, at: since };
    const told = await unlessRefused(() => this.#client.events(id, from, until, call));
    if (told instanceof GraphError) return [ping]; // an optional operation
    const events = told.events.filter(({ number }) => number !== undefined && number >= from && number <= until);
    const all = contentsOf({ ...told, events }, id, this.#service.client.base, ping);
    const contents = all.flatMap((content) => content ?? []);
    const isWhole = BigInt(new Set(events.map(({ number }) => number)).size) === until - from + 1n;
    return isWhole ? contents : [...contents, ping];
  }

  async #standings({ held }: Place, call: Call): Promise<ReadonlyMap<string, Told>> {
    const ids = held.flatMap(({ kind, id }) => (kind === 'topic' ? [id] : []));
    if (ids.length === 0 || this.#way === 'not') return NONE;
    if (this.#way === 'together') {
      const told = await unlessRefused(() => this.#client.standings(ids, call));
      if (!(told instanceof GraphError)) return new Map([...told].filter(([id]) => ids.includes(id)));
      this.#way = 'singly';
    }
    const each: (ReadonlyMap<string, Told> | GraphError)[] = [];
    for (const id of ids) each.push(await unlessRefused(() => this.#client.standing(id, call)));
    if (each.every((one) => one instanceof GraphError)) this.#way = 'not';
    return new Map(each.flatMap((one) => (one instanceof GraphError ? [] : [...one])));
  }
}
