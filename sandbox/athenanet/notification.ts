import { createHash, createHmac } from 'node:crypto';
import type { TopicEvent } from './topics.ts';
import type { Setting } from './world.ts';

/** A UUID that is always the same for the same text. */
export const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');

type Naming = Pick<Setting, 'practiceId' | 'chartSharingGroup'>;

export interface Bundled {
  readonly setting: Naming;
  readonly subscriptionId: string;
  /** The topic's address as the subscription has it. */
  readonly topic: string;
  readonly events: readonly TopicEvent[];
  /** Instant. */
  readonly at: string;
}

/** An event has an id of its own in every subscription. [public: events for "may differ"; that it does: assumption] */
const eventId = (subscriptionId: string, { number, topic }: TopicEvent): string =>
  uuidOf(`${subscriptionId} ${topic} ${number}`);

const REFERENCES: Readonly<Partial<Record<TopicEvent['kind'], readonly [type: string, mark: string]>>> = {
  patient: ['Patient', 'E'],
  provider: ['Practitioner', 'Provider'],
};

/** A FHIR reference where there is such a resource, and athenaNet's own number. */
const focusOf = ({ practiceId }: Naming, { kind, id }: TopicEvent) => {
  const fhir = REFERENCES[kind];
  return {
    ...(fhir && { reference: `${fhir[0]}/a-${practiceId}.${fhir[1]}-${id}` }),
    identifier: { system: `urn:athenahealth:athenanet:${kind}:${practiceId}`, value: String(id) },
  };
};

const extensionsOf = ({ practiceId, chartSharingGroup }: Naming, { kind, patientId, departmentId }: TopicEvent) => {
  const extension = (url: string, reference: string) => ({ url, valueReference: { reference } });
  const athena = 'https://fhir.athena.io/StructureDefinition/ah-';
  return [
    ...(departmentId === undefined
      ? []
      : [extension(`${athena}department`, `Organization/a-${practiceId}.Department-${departmentId}`)]),
    // a patient's own event has the patient in its focus
    ...(patientId === undefined || kind === 'patient'
      ? []
      : [
          extension(
            'http://hl7.org/fhir/5.0/StructureDefinition/extension-AuditEvent.patient',
            `Patient/a-${practiceId}.E-${patientId}`,
          ),
        ]),
    ...(departmentId === undefined
      ? []
      : [
          extension(
            `${athena}chart-sharing-group`,
            `Organization/a-${practiceId}.CSG-${chartSharingGroup(departmentId)}`,
          ),
        ]),
  ];
};

const auditEvent = (setting: Naming, id: string, event: TopicEvent) => {
  const { practiceId } = setting;
  const { topic, at, user, departmentId } = event;
  return {
    resourceType: 'AuditEvent',
    id,
    meta: { versionId: '0' },
    extension: extensionsOf(setting, event),
    type: { system: 'https://fhir.athena.io/CodeSystem/SubscriptionTopic', code: topic },
    recorded: at,
    agent: [
      {
        who: { identifier: { value: user } },
        requestor: true,
        ...(departmentId !== undefined && {
          location: { reference: `Organization/a-${practiceId}.Department-${departmentId}` },
        }),
      },
    ],
    source: { observer: { reference: `Organization/a-1.Practice-${practiceId}` } },
    entity: [{ what: focusOf(setting, event) }],
  };
};

/** Events of one subscription; the numbers count inside this notification only. [public: events] */
export const notificationBundle = ({ setting, subscriptionId, topic, events, at }: Bundled) => {
  const told = events.map((event) => ({ id: eventId(subscriptionId, event), event }));
  const statusId = uuidOf(`status ${told[0]?.id}`);
  const subscription = `Subscription/${subscriptionId}`;
  const status = {
    resourceType: 'SubscriptionStatus',
    id: statusId,
    status: 'active',
    type: 'event-notification',
    eventsSinceSubscriptionStart: String(told.length),
    eventsInNotification: told.length,
    subscription: { reference: subscription },
    topic,
    notificationEvent: told.map(({ id, event }, index) => ({
      eventNumber: String(index + 1),
      id,
      timestamp: event.at,
      focus: focusOf(setting, event),
    })),
  };
  const entry = (resource: { readonly id: string }) => ({
    fullUrl: `urn:uuid:${resource.id}`,
    resource,
    request: { method: 'GET', url: `${subscription}/$status` },
    response: { status: '200' },
  });
  return {
    resourceType: 'Bundle',
    id: uuidOf(`bundle ${told[0]?.id}`),
    type: 'history',
    meta: {
      profile: ['http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification'],
    },
    timestamp: at,
    entry: [entry(status), ...told.map(({ id, event }) => entry(auditEvent(setting, id, event)))],
  };
};

/** `sha256=<lower-case hex>` over the bytes of a body. [public: events, WebSub] */
export const hubSignature = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
