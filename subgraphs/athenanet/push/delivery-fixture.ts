import { createHmac } from 'node:crypto';

/** The secret of the vendor's samples. */
export const SAMPLE_SECRET = 'example-shared-secret';

const event = {
  id: 'cb6cc377-0000-31ba-9482-348ecc4e3695',
  at: '2025-11-20T18:01:41.000Z',
  focus: { identifier: { system: 'urn:athenahealth:athenanet:appointment:999901', value: '1206010' } },
};
const statusId = 'c144782b-0000-4125-a9e2-4ef9134d510c';
const subscription = 'Subscription/a9c3784c-0000-4b32-95b0-000000000001';
const department = { reference: 'Organization/a-999901.Department-1' };

interface Resource {
  readonly id: string;
  readonly [member: string]: unknown;
}

const entry = (resource: Resource) => ({
  fullUrl: `urn:uuid:${resource.id}`,
  resource,
  request: { method: 'GET', url: `${subscription}/$status` },
  response: { status: '200' },
});

export const STATUS = {
  resourceType: 'SubscriptionStatus',
  id: statusId,
  status: 'active',
  type: 'event-notification',
  eventsSinceSubscriptionStart: '1',
  eventsInNotification: 1,
  subscription: { reference: subscription },
  topic: 'https://api.platform.athenahealth.com/fhir/r4/SubscriptionTopic/Appointment.cancel',
  notificationEvent: [{ eventNumber: '1', id: event.id, timestamp: event.at, focus: event.focus }],
};

const patient = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-AuditEvent.patient';

export const AUDIT = {
  resourceType: 'AuditEvent',
  id: event.id,
  meta: { versionId: '0' },
  extension: [
    { url: 'https://fhir.athena.io/StructureDefinition/ah-department', valueReference: department },
    { url: patient, valueReference: { reference: 'Patient/a-999901.E-5001' } },
    {
      url: 'https://fhir.athena.io/StructureDefinition/ah-chart-sharing-group',
      valueReference: { reference: 'Organization/a-999901.CSG-42' },
    },
  ],
  type: { system: 'https://fhir.athena.io/CodeSystem/SubscriptionTopic', code: 'Appointment.cancel' },
  recorded: event.at,
  agent: [{ who: { identifier: { value: 'nfielding' } }, requestor: true, location: department }],
  source: { observer: { reference: 'Organization/a-1.Practice-999901' } },
  entity: [{ what: event.focus }],
};

/** A delivery of these resources as the vendor writes it. */
export const bundleOf = (...resources: readonly Resource[]) => ({
  resourceType: 'Bundle',
  id: '3945182f-0000-4dbf-9259-2fe162b190d6',
  type: 'history',
  meta: {
    profile: ['http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification'],
  },
  timestamp: '2025-11-20T18:01:49.123Z',
  entry: resources.map(entry),
});

/** The bytes of the vendor's sample of a cancelled appointment, and what it is signed with. */
export const SAMPLE_BODY = Buffer.from(JSON.stringify(bundleOf(STATUS, AUDIT), undefined, 2));
export const SAMPLE_SIGNATURE = 'sha256=2c2899368320475bcbaff96506f5afb813753a6168e7ab93ba7e67dcb35cda39';

export const signed = (body: Buffer | string, secret = SAMPLE_SECRET) => ({
  headers: { 'x-hub-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` },
  body: Buffer.from(body),
});
