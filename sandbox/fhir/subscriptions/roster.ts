import type { Resource, Subscription } from '@medplum/fhirtypes';
import { stringify } from 'lossless-json';
import type { Outbox } from '../../notify/outbox.ts';
import type { Asker, Server } from '../answers.ts';
import { Refused, wrongAt } from '../faults.ts';
import type { Keeper } from '../office.ts';
import type { StoreChange, Version } from '../store.ts';
import { classicLetter, type Letter, topicLetter } from './deliveries.ts';
import { beatOf, type Entry, standingOf, versionOf } from './entry.ts';
import { type Condition, fulfils, patientIn } from './matching.ts';
import { notice, type Occurrence, type Standing, type Told } from './notices.ts';
import type { State, SubscriptionOptions } from './terms.ts';
import { type TopicWish, type Wish, wishOf } from './wish.ts';

const MOST_SUBSCRIPTIONS = 200;
/** Events of a subscription that can be asked for afterwards; the guide lets a server keep as many as it likes. */
const KEPT_EVENTS = 1_000;
const LONGEST_TIMER_MS = 60_000;

export interface RosterOptions {
  readonly server: Pick<Server, 'profile' | 'store' | 'parameters' | 'search'>;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly options: SubscriptionOptions;
}

/**
 * A server's subscriptions: their life (requested, active, error, off) and what is sent to their endpoints. A topic's
 * subscription is active from its handshake on, a classic one right after it was accepted. A notification that was not
 * taken turns either to `error`, where it stays until the client asks for it again; its events are counted meanwhile.
 */
export class Roster {
  readonly #options: RosterOptions;
  readonly #entries = new Map<string, Entry>();
  #given = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RosterOptions) {
    this.#options = options;
    options.server.store.watch((change) => this.#occurred(change));
  }

  /** Whether events have numbers that last. */
  get #isCounted(): boolean {
    return this.#options.options.counters !== 'perBundle';
  }

  /** Takes the subscriptions that somebody writes. */
  keeper(asker: Asker): Keeper {
    return {
      create: (_call, resource) => this.#create(asker, resource),
      change: (_call, id, resource) => this.#change(asker, id, resource),
    };
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (entry !== undefined) this.#recall(entry);
    this.#options.server.store.remove('Subscription', id);
  }

  /** Does what the time has come for: heartbeats, and the end of subscriptions. */
  due(): void {
    const now = this.#options.now();
    for (const entry of this.#entries.values()) {
      const { endsAt } = entry.wish;
      if (entry.state !== 'off' && endsAt !== undefined && endsAt <= now) this.#become(entry, 'off');
      const beats = beatOf(entry);
      if (beats !== undefined && beats <= now && entry.wish.kind === 'topic')
        this.#tell(entry, entry.wish, 'heartbeat', []);
    }
    this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** What `$status` says of these, or of all; classic ones have none. */
  standings(base: string, ids: readonly string[] | undefined): readonly Standing[] {
    return [...this.#entries.values()].flatMap((entry) => {
      const { id, wish } = entry;
      if (wish.kind !== 'topic' || (ids !== undefined && !ids.includes(id))) return [];
      return [{ ...standingOf(entry, wish, 'query-status', this.#isCounted ? entry.total : undefined), base }];
    });
  }

  /** The events from one number to another, both included, as far as they are still kept; none without lasting numbers. */
  events(base: string, id: string, from: bigint, until: bigint | undefined): Told | undefined {
    const entry = this.#entries.get(id);
    if (entry?.wish.kind !== 'topic' || !this.#isCounted) return undefined;
    const events = entry.past.filter(({ number }) => number >= from && (until === undefined || number <= until));
    const { wish, total } = entry;
    return { ...standingOf(entry, wish, 'query-event', total), base, content: wish.content, events, perBundle: false };
  }

  #create(asker: Asker, resource: Resource): string {
    const written = plainOf(resource);
    if (written.status !== 'requested' && written.status !== 'off') throw wrongAt('status-move', 'Subscription.status');
    if (this.#entries.size >= MOST_SUBSCRIPTIONS) throw new Refused('too-many');
    const wish = this.#wishOf(asker, written);
    this.#given += 1;
    const id = `sub-${this.#given}`;
    const { base } = asker;
    const counts = { turn: 0, total: 0, past: [], waiting: [], sent: 0, toldAt: this.#options.now() };
    const entry: Entry = { id, wish, written, base, state: written.status, inFlight: new Set(), ...counts };
    this.#entries.set(id, entry);
    this.#become(entry, entry.state);
    if (entry.state === 'requested') this.#begin(entry);
    return id;
  }

  /** A client may renew a subscription, turn it off, and have it begin anew, which ends an error. */
  #change(asker: Asker, id: string, resource: Resource): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Refused('not-found');
    const written = plainOf(resource);
    if (written.status === 'error' && entry.state !== 'error') throw wrongAt('status-move', 'Subscription.status');
    const wish = this.#wishOf(asker, written);
    if (wish.kind !== entry.wish.kind) throw wrongAt('immutable', 'Subscription.criteria');
    const sameDoor = wish.endpoint === entry.wish.endpoint;
    const goesOn = written.status === 'active' && entry.state === 'active' && sameDoor;
    const asked = written.status === 'active' && !goesOn ? 'requested' : written.status;
    Object.assign(entry, { wish, written, base: asker.base });
    this.#become(entry, asked);
    if (asked === 'requested') this.#begin(entry);
  }

  #wishOf(asker: Asker, written: Subscription): Wish {
    const { server, options, now } = this.#options;
    const { profile, parameters } = server;
    const wish = wishOf(written, { profile, parameters, options, now: now() });
    const types = wish.kind === 'topic' ? wish.types : [wish.condition.type];
    if (!types.every((type) => asker.permits(type, 'read'))) throw new Refused('no-scope');
    // refuses values that cannot be searched for
    for (const { type, clauses } of conditionsOf(wish)) server.search.find(type, clauses);
    return wish;
  }

  /** After the answer to the client: the handshake of a topic's subscription; R4's own have none. */
  #begin(entry: Entry): void {
    entry.turn += 1;
    this.#recall(entry);
    const { turn } = entry;
    queueMicrotask(() => {
      if (entry.turn !== turn || entry.state !== 'requested') return;
      if (entry.wish.kind === 'topic') this.#tell(entry, entry.wish, 'handshake', []);
      else this.#become(entry, 'active');
    });
  }

  /** A new version of the resource, in this state. */
  #become(entry: Entry, state: State): void {
    const { store } = this.#options.server;
    entry.state = state;
    if (state === 'error' || state === 'off') this.#recall(entry);
    const earlier = store.versions('Subscription', entry.id).at(-1);
    store.put(versionOf(entry, earlier, this.#options.now()));
    this.#arm();
  }

  #occurred(change: StoreChange): void {
    if (change.version.type === 'Subscription' || this.#entries.size === 0) return;
    this.due();
    const { search, parameters, store } = this.#options.server;
    const holds = (condition: Condition): boolean => fulfils(search, parameters, condition, change.version);
    for (const entry of this.#entries.values()) {
      const { wish, state } = entry;
      if (state === 'off') continue;
      if (wish.kind === 'classic') {
        // https://hl7.org/fhir/R4/subscription.html: the criteria are applied to the new value; no word of a deletion
        if (state === 'active' && change.kind !== 'deleted' && holds(wish.condition))
          this.#send(entry, classicLetter(wish, change.version, this.#options.options.payloadBy));
        continue;
      }
      const { type } = change.version;
      if (!wish.types.includes(type)) continue;
      if (wish.filters.every((filter) => filter.type !== type || holds(filter)))
        this.#count(entry, wish, change, patientIn(store, change.version));
    }
  }

  /** Events are numbered while there is an error, too; they are not sent then. */
  #count(entry: Entry, wish: TopicWish, change: StoreChange, patient: Version | undefined): void {
    entry.total += 1;
    const at = new Date(this.#options.now()).toISOString();
    const occurrence: Occurrence = { ...change, number: entry.total, at, patient };
    const kept = this.#options.options.keptEvents ?? KEPT_EVENTS;
    entry.past = [...entry.past, occurrence].slice(-kept);
    if (entry.state === 'error') return;
    entry.waiting = [...entry.waiting, occurrence];
    this.#pump(entry, wish);
  }

  /** One event a notification goes out at once; where several may go together, those that came meanwhile do. */
  #pump(entry: Entry, wish: TopicWish): void {
    while (entry.state === 'active' && entry.waiting.length > 0 && (wish.most === 1 || entry.inFlight.size === 0)) {
      const events = entry.waiting.slice(0, wish.most);
      entry.waiting = entry.waiting.slice(wish.most);
      this.#tell(entry, wish, 'event-notification', events);
    }
  }

  #tell(
    entry: Entry,
    wish: TopicWish,
    type: 'handshake' | 'heartbeat' | 'event-notification',
    events: readonly Occurrence[],
  ): void {
    const perBundle = !this.#isCounted;
    const total = perBundle ? events.length : (events.at(-1)?.number ?? entry.total);
    const told = { ...standingOf(entry, wish, type, total), content: wish.content, events, perBundle };
    const at = new Date(this.#options.now()).toISOString();
    this.#send(entry, topicLetter(wish, type, notice(told, `${entry.id} ${entry.sent + 1}`, at)));
  }

  #send(entry: Entry, letter: Letter): void {
    const { turn } = entry;
    entry.sent += 1;
    const id = `${entry.id}-${entry.sent}`;
    entry.inFlight.add(id);
    entry.toldAt = this.#options.now();
    this.#options.outbox.send({
      ...letter,
      id,
      onOutcome: (outcome) => {
        entry.inFlight.delete(id);
        if (entry.turn !== turn || this.#entries.get(entry.id) !== entry || outcome === 'withdrawn') return;
        if (outcome === 'dead') {
          if (entry.state !== 'off') this.#become(entry, 'error');
          return;
        }
        if (entry.state === 'requested') this.#become(entry, 'active');
        if (entry.wish.kind === 'topic') this.#pump(entry, entry.wish);
      },
    });
    this.#arm();
  }

  /** What was not delivered is no longer sent. */
  #recall(entry: Entry): void {
    entry.waiting = [];
    const ids = new Set(entry.inFlight);
    entry.inFlight.clear();
    this.#options.outbox.withdraw(({ id }) => ids.has(id));
  }

  /** Wakes up when the next thing is due, without keeping the process alive. */
  #arm(): void {
    clearTimeout(this.#timer);
    const never = Number.POSITIVE_INFINITY;
    const moments = [...this.#entries.values()].flatMap((entry) => [
      beatOf(entry) ?? never,
      entry.state === 'off' ? never : (entry.wish.endsAt ?? never),
    ]);
    const next = Math.min(...moments);
    if (next === never) return;
    const inMs = Math.min(Math.max(next - this.#options.now(), 1), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.due(), inMs);
    this.#timer.unref();
  }
}

const conditionsOf = (wish: Wish): readonly Condition[] => (wish.kind === 'topic' ? wish.filters : [wish.condition]);

/** What was read with the digits of its numbers, as JavaScript reads it: a subscription has no decimals. */
const plainOf = (resource: Resource): Subscription => JSON.parse(stringify(resource) ?? '') as Subscription;
