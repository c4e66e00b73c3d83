import type { Upstream } from '../../../upstream/upstream.ts';
import type { Connector } from '../../vendor/connector.ts';
import { SubscriptionApi } from './api.ts';
import { openDelivery } from './delivery.ts';
import { eventsNoticed, type Readers } from './noticed.ts';
import { Subscriptions } from './subscriptions.ts';

/** How a practice delivers what changed: signed events, and the feed that keeps them coming. Only to a `webhook`. */
export const pushOf = (
  readers: Readers,
  upstream: Upstream,
  now: () => number,
): Required<Pick<Connector, 'feeds' | 'push'>> | undefined => {
  const { source } = readers.practice;
  const { webhook, practiceId } = source;
  if (webhook === undefined || practiceId === undefined || source.dialect !== 'platform') return undefined;
  return {
    feeds: [new Subscriptions(source, webhook, new SubscriptionApi(source, webhook, upstream, now))],
    push: {
      open: (delivery) => openDelivery(delivery, webhook, practiceId),
      noticed: (contents, call) => eventsNoticed(contents, readers, call),
    },
  };
};
