import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings, Webhook } from '../../../upstream/source.ts';
import type { Feed, FeedPage } from '../../vendor/changes/feed.ts';
import type { SubscriptionApi } from './api.ts';
import {
  digestOf,
  dueTopics,
  type Held,
  heldIn,
  LIFETIME_MS,
  type Refused,
  type Roster,
  readRoster,
  renewalOf,
  rosterAnew,
  writeRoster,
} from './roster.ts';

/** How often what we have is compared with athenaNet's list, where nothing else calls for it. */
const COMPARED_MS = 3_600_000;
/** The least pause between two of a topic, whatever end the vendor sets. */
const LEAST_MS = 600_000;
/** How long a refusal stands. */
const REFUSED_MS = 3_600_000;

/**
 * Makes and keeps the subscriptions by which athenaNet delivers events, and tells nothing itself. Polling goes on beside
 * it: an event that is lost between two subscriptions is told by the changed lists. Nobody is asked as long as nothing is
 * due: a list an hour, and a renewal at half of each lifetime, by a further subscription before the former is taken away.
 */
export class Subscriptions implements Feed {
  readonly name = 'webhooks';
  readonly everyMs = 5_000;
  readonly calls = 0;
  readonly #source: SourceSettings;
  readonly #madeWith: string;
  readonly #api: SubscriptionApi;

  constructor(source: SourceSettings, webhook: Webhook, api: SubscriptionApi) {
    this.#source = source;
    this.#madeWith = digestOf(webhook);
    this.#api = api;
  }

  /** Makes none yet: what is made before a place is kept could not be told from what was there. */
  async begin(call: Call): Promise<string> {
    return writeRoster(await this.#anew([], call));
  }

  /** @throws GraphError when athenaNet does not answer, or as it refused when it gives no subscription at all */
  async read(text: string, call: Call): Promise<FeedPage> {
    const roster = readRoster(text, this.#source.id);
    const [refused] = roster.refused;
    if (roster.madeWith !== this.#madeWith) {
      const former = [...roster.former, ...roster.held.map(({ id }) => id)];
      return { noticed: [], place: writeRoster(await this.#anew(former, call)), more: true };
    }
    if (dueTopics(roster, call.now()).length === 0 && call.now() < roster.comparedAt + COMPARED_MS) {
      if (refused !== undefined && roster.held.length === 0)
        throw new GraphError(refused.code, { source: this.#source.id });
      return { noticed: [], place: text, more: false };
    }
    return { noticed: [], place: writeRoster(await this.#kept(roster, call)), more: false };
  }

  async #anew(former: readonly string[], call: Call): Promise<Roster> {
    const listed = await this.#api.list(call);
    return rosterAnew(this.#madeWith, [...former, ...listed.map(({ id }) => id)]);
  }

  /**
   * The roster by athenaNet's list. What is of no use goes first, in case that athenaNet allows one of a topic only; what
   * is renewed goes when the next one is there. One that we hold and the list does not show is of no use: it may be gone,
   * or be listed with our address written otherwise.
   */
  async #kept(roster: Roster, call: Call): Promise<Roster> {
    const listed = await this.#api.list(call);
    const found = heldIn(listed, roster, call.now());
    const inUse = idsOf(found);
    const known = [...listed.map(({ id }) => id), ...roster.held.map(({ id }) => id), ...roster.former];
    const useless = new Set(known.filter((id) => !inUse.has(id)));
    const former = await this.#remove(useless, call);
    const standing = roster.refused.filter(({ until }) => until > call.now());
    const made: Held[] = [];
    const refused: Refused[] = [];
    for (const topic of dueTopics({ held: found, refused: standing }, call.now())) {
      const one = await this.#make(topic, call);
      if ('code' in one) refused.push(one);
      else made.push(one);
    }
    const renewed = new Set(made.map(({ topic }) => topic));
    former.push(...(await this.#remove(idsOf(found.filter(({ topic }) => renewed.has(topic))), call)));
    const held = [...made, ...found.filter(({ topic }) => !renewed.has(topic))];
    return { ...roster, held, former, refused: [...standing, ...refused], comparedAt: call.now() };
  }

  /** Those that athenaNet did not take away. */
  async #remove(ids: Iterable<string>, call: Call): Promise<string[]> {
    const left: string[] = [];
    for (const id of ids) if (!(await this.#api.remove(id, call))) left.push(id);
    return left;
  }

  async #make(topic: string, call: Call): Promise<Held | Refused> {
    const now = call.now();
    const end = now + LIFETIME_MS;
    const made = await this.#api.create(topic, end, call);
    if (made instanceof GraphError) return { topic, until: now + REFUSED_MS, code: made.code };
    return { topic, id: made.id, renewAt: Math.max(renewalOf(made.end ?? end, now), now + LEAST_MS) };
  }
}

const idsOf = (held: readonly Held[]): ReadonlySet<string> => new Set(held.map(({ id }) => id));
