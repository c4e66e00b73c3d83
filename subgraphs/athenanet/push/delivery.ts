import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Webhook } from '../../../upstream/source.ts';
import { DeliveryRefused, type Push, type PushedEvent } from '../../vendor/changes/push.ts';
import { isKey } from '../connector/practice.ts';
import { topicIn, topicOf } from './topics.ts';

type Delivery = Parameters<Push['open']>[0];

/** An event as it is kept: which record of whom, by athenaNet's numbers, and by which topic. */
export const EventContent = z.object({
  topic: z.string(),
  id: z.string().refine(isKey),
  patient: z.string().refine(isKey).optional(),
});
export type EventContent = z.output<typeof EventContent>;

const Referred = z.object({ reference: z.string() });
const Focus = z.object({
  reference: z.string().optional(),
  identifier: z.object({ system: z.string(), value: z.union([z.string(), z.number()]) }).optional(),
});
const Status = z.object({
  resourceType: z.literal('SubscriptionStatus'),
  topic: z.string().optional(),
  notificationEvent: z.array(z.object({ id: z.string().min(1).max(200), focus: z.unknown().optional() })).nullish(),
});
const Audit = z.object({
  resourceType: z.literal('AuditEvent'),
  id: z.string(),
  extension: z.array(z.object({ url: z.string(), valueReference: Referred.optional().catch(undefined) })),
});
const Bundle = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('history'),
  entry: z.array(z.object({ resource: z.unknown().optional() })),
});

const HEX_OF_SHA256 = /^[0-9a-f]{64}$/i;

/** The header names the method; the vendor signs by sha256, and nothing else is taken [events]. */
const isSigned = ({ headers, body }: Delivery, { secret }: Webhook): boolean => {
  const [method, hex = ''] = (headers['x-hub-signature'] ?? '').split('=', 2);
  if (method !== 'sha256' || !HEX_OF_SHA256.test(hex)) return false;
  const given = Buffer.from(hex, 'hex');
  const ours = createHmac('sha256', secret.reveal()).update(body).digest();
  return given.length === ours.length && timingSafeEqual(given, ours);
};

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new DeliveryRefused('MALFORMED'); // the parser's message quotes the body
  }
};

/** `Patient/a-<practice>.E-<id>`: the patient's number, if it is of this practice. */
const patientIn = (reference: string | undefined, practiceId: string): string | undefined => {
  const [, practice, id = ''] = /^Patient\/a-(\d+)\.E-(\d+)$/.exec(reference ?? '') ?? [];
  return practice === practiceId && isKey(id) ? id : undefined;
};

/** The number of the record that an event is about, if it is of this kind and this practice. */
const idIn = (focus: unknown, kind: string, practiceId: string): string | undefined => {
  const { identifier, reference } = Focus.safeParse(focus).data ?? {};
  if (identifier === undefined) return kind === 'patient' ? patientIn(reference, practiceId) : undefined;
  const [, told, practice] = /^urn:athenahealth:athenanet:(\w+):(\d+)$/.exec(identifier.system) ?? [];
  const id = String(identifier.value);
  return told === kind && practice === practiceId && isKey(id) ? id : undefined;
};

/** Whose record each event is about, where it says so: the extension's address is written in more ways than one. */
const patientsIn = (resources: readonly unknown[], practiceId: string): ReadonlyMap<string, string> =>
  new Map(
    resources.flatMap((resource) => {
      const { id = '', extension = [] } = Audit.safeParse(resource).data ?? {};
      const told = extension.find(({ url }) => /AuditEvent\.patient$/i.test(url))?.valueReference;
      const patient = patientIn(told?.reference, practiceId);
      return patient === undefined ? [] : [[id, patient] as const];
    }),
  );

const eventsIn = (resources: readonly unknown[], practiceId: string): readonly PushedEvent[] => {
  const status = resources.map((resource) => Status.safeParse(resource)).find(({ success }) => success)?.data;
  if (status === undefined) throw new DeliveryRefused('MALFORMED');
  const topic = topicIn(status.topic);
  const wanted = topicOf(topic);
  if (wanted === undefined) return [];
  const patients = patientsIn(resources, practiceId);
  return (status.notificationEvent ?? []).flatMap(({ id: event, focus }) => {
    const id = idIn(focus, wanted.kind, practiceId);
    const patient = patients.get(event);
    const whose = patient === undefined ? {} : { patient };
    return id === undefined ? [] : [{ event, content: { topic, id, ...whose } satisfies EventContent }];
  });
};

/**
 * The events of a delivery that concern this practice and records that the stream tells of; none of a handshake. Nothing
 * is read of a body before its signature holds.
 * @throws DeliveryRefused
 */
export const openDelivery = (delivery: Delivery, webhook: Webhook, practiceId: string): readonly PushedEvent[] => {
  if (!isSigned(delivery, webhook)) throw new DeliveryRefused('UNSIGNED');
  const bundle = Bundle.safeParse(parsed(delivery.body));
  if (!bundle.success) throw new DeliveryRefused('MALFORMED');
  return eventsIn(
    bundle.data.entry.map(({ resource }) => resource),
    practiceId,
  );
};
