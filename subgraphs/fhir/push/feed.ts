import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Webhook } from '../../../upstream/source.ts';
import type { Feed, FeedPage } from '../../vendor/changes/feed.ts';
import type { Service } from '../service.ts';
import { Catching } from './catching.ts';
import { isRefusal, type SubscriptionClient, unlessRefused } from './client.ts';
import { Keeping } from './keeping.ts';
import { noticedBy } from './noticing.ts';
import { readPlace, writePlace } from './place.ts';
import type { Content } from './terms.ts';

const EVERY_MS = 30_000;
/** How long a server that refuses us altogether is not asked again. */
const REFUSED_MS = 900_000;

/**
 * Makes the subscriptions of a server, keeps them, and tells what their notifications did not. It is read more often than
 * a heartbeat is due, so that silence needs no watch of its own.
 */
export class WebhookFeed implements Feed {
  readonly name = 'webhooks';
  readonly everyMs = EVERY_MS;
  /** The search for ours, and what they say of themselves. */
  readonly calls = 2;
  readonly #service: Service;
  readonly #keeping: Keeping;
  readonly #catching: Catching;
  #refused: { readonly by: GraphError; readonly until: number } | undefined;

  constructor(service: Service, client: SubscriptionClient, webhook: Webhook) {
    this.#service = service;
    this.#keeping = new Keeping(service, client, webhook);
    this.#catching = new Catching(service, client);
  }

  async begin(call: Call): Promise<string> {
    const kept = await this.#unlessRefused(async () => this.#keeping.kept(await this.#keeping.offered(call), call));
    return writePlace(await this.#catching.settled(kept, call));
  }

  /** @throws GraphError SOURCE_UNAVAILABLE also when the server gave up all of them, and what they counted is told */
  async read(text: string, call: Call): Promise<FeedPage> {
    const before = readPlace(text);
    const kept = await this.#unlessRefused(() => this.#keeping.kept(before, call));
    const { place, contents, more } = await this.#catching.caught(kept, call);
    if (contents.length === 0 && this.#keeping.isGivenUp(before, kept)) throw this.#undelivered();
    const told = await unlessRefused(() => noticedBy(contents, this.#service, call));
    // a record that the server shows nobody must not hide what else happened
    const noticed =
      told instanceof GraphError
        ? await noticedBy([{ at: kept.checked } satisfies Content], this.#service, call)
        : told;
    return { noticed, place: writePlace(place), more };
  }

  /** Nothing comes, however often it is asked to: the address that the server was given may not be reached from there. */
  #undelivered(): GraphError {
    const message = 'The server cannot deliver its notifications.';
    return new GraphError('SOURCE_UNAVAILABLE', { source: this.#service.source, message });
  }

  /** Who is refused today is refused in a minute, too: the refusal is told again without a call. */
  async #unlessRefused<T>(work: () => Promise<T>): Promise<T> {
    const now = this.#service.now();
    if (this.#refused !== undefined && now < this.#refused.until) throw this.#refused.by;
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof GraphError && isRefusal(thrown)) this.#refused = { by: thrown, until: now + REFUSED_MS };
      throw thrown;
    }
  }
}
