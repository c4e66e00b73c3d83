import type { Notification } from '../../notify/outbox.ts';
import { FHIR_JSON } from '../faults.ts';
import { keyOf, type Version } from '../store.ts';
import type { SubscriptionOptions } from './terms.ts';
import type { ClassicWish, TopicWish } from './wish.ts';

/** A request to a client's endpoint, before it has an id. */
export type Letter = Pick<Notification, 'to' | 'name' | 'method' | 'headers' | 'body' | 'limitMs'>;

/** An empty ping, or the resource as it stands now. */
export const classicLetter = (
  { endpoint, headers, payload }: ClassicWish,
  version: Version,
  payloadBy: SubscriptionOptions['payloadBy'] = 'put',
): Letter => {
  if (payload === undefined) return { to: endpoint, name: 'ping', headers, body: '' };
  const typed = { ...headers, 'content-type': `${payload}; charset=utf-8` };
  if (payloadBy === 'post') return { to: endpoint, name: 'resource', headers: typed, body: version.text };
  const to = `${endpoint.replace(/\/$/, '')}/${keyOf(version)}`;
  return { to, name: 'resource', method: 'PUT', headers: typed, body: version.text };
};

export const topicLetter = (
  { endpoint, headers, limitMs }: TopicWish,
  name: 'handshake' | 'heartbeat' | 'event-notification',
  body: string,
): Letter => ({
  to: endpoint,
  name,
  headers: { ...headers, 'content-type': FHIR_JSON },
  body,
  ...(limitMs === undefined ? {} : { limitMs }),
});
