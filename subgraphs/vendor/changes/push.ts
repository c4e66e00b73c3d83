import type { Call } from '../../../upstream/call.ts';
import type { HookRequest } from '../../federation/subgraph.ts';
import type { Noticed } from './feed.ts';

/** One event of a delivery. */
export interface PushedEvent {
  /** Names it at its source for ever, however often it is delivered. */
  readonly event: string;
  /** JSON, ids only: what people's records say is never kept here. */
  readonly content: unknown;
}

/** Why nothing of a delivery is taken in: it is not by the vendor, or cannot be read. */
export type DeliveryFault = 'UNSIGNED' | 'MALFORMED';

export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
  readonly fault: DeliveryFault;
  constructor(fault: DeliveryFault) {
    super(fault === 'UNSIGNED' ? 'The delivery is not signed by its source.' : 'The delivery cannot be read.');
    this.fault = fault;
  }
}

/**
 * How a vendor tells of itself that something changed, at a source whose settings have a `webhook`. Its subscriptions at
 * the vendor are made, kept and caught up by a feed of the same connector (`Feed`), named `webhooks`.
 */
export interface Push {
  /**
   * Reads a delivery; none of its events for one that only asks whether somebody is there. Asks nobody.
   * @throws DeliveryRefused
   */
  open(delivery: HookRequest): readonly PushedEvent[];
  /**
   * What these events, by their contents, say to have changed; in any order, and some more than once. An event of a kind
   * that nobody wants says nothing.
   * @throws GraphError when the vendor has to be asked and does not answer: they are handed in again later
   */
  noticed(contents: readonly unknown[], call: Call): Promise<readonly Noticed[]>;
}
