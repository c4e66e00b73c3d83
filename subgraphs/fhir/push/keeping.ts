import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Webhook } from '../../../upstream/source.ts';
import type { Service } from '../service.ts';
import { type Subscription, type SubscriptionClient, unlessRefused } from './client.ts';
import type { Held, Place } from './place.ts';
import {
  classicWishes,
  type Standing,
  secretDigest,
  subscriptionFor,
  topicsIn,
  type Wish,
  wishesFor,
} from './wishes.ts';

/** How long it is remembered what a server offers and what it refused. */
const REMEMBERED_MS = 86_400_000;
/** How long a server that gave up is left alone after it was asked to begin anew: doubled up to the longest. */
const ANEW_MS = 60_000;
const LONGEST_ANEW_MS = 900_000;

/** Half of the life that the server gave it is over. */
const isHalfOver = ({ end }: Subscription, { written }: Held, now: number): boolean => {
  const ends = Date.parse(end ?? '');
  return !Number.isNaN(ends) && now >= (written + ends) / 2;
};

interface Sighted {
  readonly wish: Wish;
  readonly held: Held | undefined;
  /** To our endpoint and by this criterion; the one that we hold first, then active ones. */
  readonly found: readonly Subscription[];
}

/** Makes a server's subscriptions be what we want, whatever they are; one that is right already is not touched. */
export class Keeping {
  readonly #service: Service;
  readonly #client: SubscriptionClient;
  readonly #webhook: Webhook;
  /** By criteria: those that the server gave up, and until when it is left alone. */
  readonly #givenUp = new Map<string, { readonly pause: number; readonly until: number }>();

  constructor(service: Service, client: SubscriptionClient, webhook: Webhook) {
    this.#service = service;
    this.#client = client;
    this.#webhook = webhook;
  }

  get #now(): number {
    return this.#service.now();
  }

  /** A place of nothing, with what the server offers. */
  async offered(call: Call): Promise<Place> {
    const statement = await unlessRefused(() => this.#client.statement(call));
    const topics = topicsIn(statement);
    if (topics === undefined) throw this.#service.unsupported('The server declares no subscriptions.');
    const wishes = wishesFor(topics, this.#service);
    return { asked: this.#now, wishes, held: [], secret: secretDigest(this.#webhook), checked: this.#now };
  }

  /**
   * @throws GraphError as the server refused the last of them, when it lets us have none
   */
  async kept(before: Place, call: Call): Promise<Place> {
    const stale = this.#now - before.asked >= REMEMBERED_MS;
    const place = stale
      ? { ...before, ...(await this.offered(call)), held: before.held, checked: before.checked }
      : before;
    const ours = await this.#client.ours(call);
    const held: Held[] = [];
    const wishes: Wish[] = [];
    const waiting = [...place.wishes];
    let refusal: GraphError | undefined;
    for (let wish = waiting.shift(); wish !== undefined; wish = waiting.shift()) {
      const has = await this.#have(await this.#sighted(wish, before, ours, call), before, call);
      if (has instanceof GraphError) {
        refusal = has;
        waiting.push(...this.#instead(wish, [...wishes, ...waiting]));
      } else {
        wishes.push(wish);
        if (has !== undefined) held.push(has);
      }
    }
    if (wishes.length === 0 && refusal !== undefined) throw refusal;
    return { ...place, wishes, held, secret: secretDigest(this.#webhook) };
  }

  /** Whether the server gave up all that we have, and is not asked for now: nothing was written, and nothing comes. */
  isGivenUp(before: Place, { held }: Place): boolean {
    return held.length > 0 && held.every((one) => before.held.includes(one) && this.#rests(one));
  }

  /** A server that refuses a topic may still have R4's own subscriptions. */
  #instead(refused: Wish, others: readonly Wish[]): readonly Wish[] {
    const isKnown = ({ criteria }: Wish): boolean => others.some((other) => other.criteria === criteria);
    return refused.kind === 'classic' ? [] : classicWishes(refused.about, this.#service).filter((one) => !isKnown(one));
  }

  async #sighted(wish: Wish, { held }: Place, ours: readonly Subscription[], call: Call): Promise<Sighted> {
    const own = held.find(({ criteria }) => criteria === wish.criteria);
    const listed = ours.filter(({ criteria }) => criteria === wish.criteria);
    // a search may not find yet what was made lately
    const read =
      own !== undefined && !listed.some(({ id }) => id === own.id) && (await this.#client.read(own.id, call));
    const found = read ? [read, ...listed] : listed;
    const rank = ({ id, status }: Subscription): number => (id === own?.id ? 0 : status === 'active' ? 1 : 2);
    return { wish, held: own, found: found.toSorted((one, other) => rank(one) - rank(other)) };
  }

  /** `undefined`: it is made, and found by the next reading. */
  async #have(sighted: Sighted, place: Place, call: Call): Promise<Held | GraphError | undefined> {
    const { wish, held, found } = sighted;
    const [own, ...doubles] = found;
    for (const { id } of doubles) await unlessRefused(() => this.#client.remove(id, call)); // else it ends by itself
    if (own === undefined) return this.#made(wish, call);
    if (own.status === 'active') this.#givenUp.delete(wish.criteria);
    if (held?.id === own.id && this.#isRight(own, held, place)) return held;
    if (own.status === 'error') this.#rest(wish);
    const adopted: Held = { ...wish, id: own.id, written: this.#now };
    const { upTo } = held?.id === own.id ? held : adopted;
    const status: Standing = own.status === 'active' ? 'active' : 'requested';
    const body = subscriptionFor(wish, this.#webhook, this.#now, { id: own.id, status });
    const written = await unlessRefused(() => this.#client.update(own.id, body, call));
    if (!(written instanceof GraphError)) return { ...adopted, ...(upTo === undefined ? {} : { upTo }) };
    const made = await this.#made(wish, call);
    if (!(made instanceof GraphError)) await unlessRefused(() => this.#client.remove(own.id, call));
    return made;
  }

  /** A server that gives up says `error`, one whose time is over `off`: only the client may have it begin anew (R4). */
  #isRight(own: Subscription, held: Held, { secret }: Place): boolean {
    if (secret !== secretDigest(this.#webhook)) return false;
    if (own.status === 'error') return this.#rests(held);
    return (own.status === 'active' || own.status === 'requested') && !isHalfOver(own, held, this.#now);
  }

  #rests({ criteria }: Wish): boolean {
    return this.#now < (this.#givenUp.get(criteria)?.until ?? 0);
  }

  #rest({ criteria }: Wish): void {
    const pause = Math.min((this.#givenUp.get(criteria)?.pause ?? ANEW_MS / 2) * 2, LONGEST_ANEW_MS);
    this.#givenUp.set(criteria, { pause, until: this.#now + pause });
  }

  async #made(wish: Wish, call: Call): Promise<Held | GraphError | undefined> {
    const id = await unlessRefused(() => this.#client.create(subscriptionFor(wish, this.#webhook, this.#now), call));
    if (id instanceof GraphError) return id;
    return id === undefined ? undefined : { ...wish, id, upTo: '0', written: this.#now };
  }
}
