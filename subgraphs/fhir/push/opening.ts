import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Webhook } from '../../../upstream/source.ts';
import { DeliveryRefused, type Push, type PushedEvent } from '../../vendor/changes/push.ts';
import { parseFhir } from '../document.ts';
import type { Base } from '../reference.ts';
import { type Notification, type ToldEvent, toNotification } from './status.ts';
import { ABOUT, About, type Content } from './terms.ts';
import { contentsOf, subscriptionIn } from './told.ts';

type Delivery = Parameters<Push['open']>[0];

/** Kinds of notifications (backport, subscription-notification-type): those with events, and the others. */
const TELLING: ReadonlySet<string | undefined> = new Set(['event-notification', 'query-event']);
const SILENT: ReadonlySet<string | undefined> = new Set(['handshake', 'heartbeat', 'query-status']);

const digestOf = (...parts: readonly unknown[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();

/** In a time that tells nothing of the secret. */
const isSigned = ({ headers }: Delivery, { secret }: Webhook): boolean =>
  timingSafeEqual(digestOf(headers.authorization ?? ''), digestOf(`Bearer ${secret.reveal()}`));

/**
 * Names an event for ever. A total that is higher than the events of its bundle shows that the server's numbers last; where
 * it may count anew in each bundle (athenahealth does), what is in the bundle tells events apart.
 */
const nameOf = (event: ToldEvent, subscription: string, { id, total, events }: Notification): string => {
  const { number, timestamp, focus } = event;
  const lasts = number !== undefined && total !== undefined && total > BigInt(events.length);
  const rest = lasts ? digestOf(timestamp) : digestOf(timestamp, focus, id, String(number));
  return `${subscription}/${number ?? ''}/${rest.toString('base64url').slice(0, 22)}`;
};

/**
 * Reads a notification by its secret, which subscriptions of ours have the server send as `Authorization: Bearer`.
 * @throws DeliveryRefused
 */
export const opened = (delivery: Delivery, webhook: Webhook, base: Base, now: number): readonly PushedEvent[] => {
  if (!isSigned(delivery, webhook)) throw new DeliveryRefused('UNSIGNED');
  const about = About.safeParse(delivery.headers[ABOUT]).data;
  const ping: Content = { ...(about === undefined ? {} : { ping: about }), at: now };
  const text = delivery.body.toString();
  // R4's own ping has no number: each is an event
  if (text.trim() === '') return [{ event: `ping/${randomUUID()}`, content: ping }];
  const told = toNotification(parseFhir(text));
  const subscription = subscriptionIn(told?.subscription, base);
  if (told === undefined || subscription === undefined) throw new DeliveryRefused('MALFORMED');
  if (SILENT.has(told.type)) return [];
  if (!TELLING.has(told.type)) throw new DeliveryRefused('MALFORMED');
  const contents = contentsOf(told, subscription, base, ping);
  return told.events.flatMap((event, n) => {
    const content = contents[n];
    return content === undefined ? [] : [{ event: nameOf(event, subscription, told), content }];
  });
};
