import type { SourceSettings } from '../../../upstream/source.ts';
import type { Connector } from '../../vendor/connector.ts';
import type { Service } from '../service.ts';
import { SubscriptionClient } from './client.ts';
import { WebhookFeed } from './feed.ts';
import { noticedBy } from './noticing.ts';
import { opened } from './opening.ts';

export type Pushing = Required<Pick<Connector, 'push' | 'feeds'>>;

/** How a server tells of itself what changed, with the feed that sees to it; absent where the source has no `webhook`. */
export const pushingOf = (service: Service, { webhook }: SourceSettings): Pushing | undefined => {
  if (webhook === undefined) return undefined;
  const client = new SubscriptionClient(service, webhook.url);
  return {
    push: {
      open: (delivery) => opened(delivery, webhook, service.client.base, service.now()),
      noticed: (contents, call) => noticedBy(contents, service, call),
    },
    feeds: [new WebhookFeed(service, client, webhook)],
  };
};
