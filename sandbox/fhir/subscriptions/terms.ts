const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport';
const STRUCTURE = `${BACKPORT}/StructureDefinition`;
const OPERATION = `${BACKPORT}/OperationDefinition`;

/** Addresses of the Subscriptions R5 Backport guide, version 1.1 (https://hl7.org/fhir/uv/subscriptions-backport). */
export const GUIDE = {
  subscription: `${STRUCTURE}/backport-subscription`,
  notification: `${STRUCTURE}/backport-subscription-notification-r4`,
  state: `${STRUCTURE}/backport-subscription-status-r4`,
  filter: `${STRUCTURE}/backport-filter-criteria`,
  content: `${STRUCTURE}/backport-payload-content`,
  heartbeat: `${STRUCTURE}/backport-heartbeat-period`,
  timeout: `${STRUCTURE}/backport-timeout`,
  maxCount: `${STRUCTURE}/backport-max-count`,
  channelType: `${STRUCTURE}/backport-channel-type`,
  topic: `${STRUCTURE}/capabilitystatement-subscriptiontopic-canonical`,
  statusOperation: `${OPERATION}/backport-subscription-status`,
  eventsOperation: `${OPERATION}/backport-subscription-events`,
} as const;

const TOPIC = 'https://sandbox.example.org/fhir/SubscriptionTopic';

/** The types of which a topic tells every creation, update and deletion. */
export const TOPICS: ReadonlyMap<string, readonly string[]> = new Map([
  [`${TOPIC}/patient-changed`, ['Patient']],
  [`${TOPIC}/appointment-changed`, ['Appointment']],
  [`${TOPIC}/encounter-changed`, ['Encounter']],
  [`${TOPIC}/observation-changed`, ['Observation']],
  [`${TOPIC}/claim-changed`, ['Claim', 'ExplanationOfBenefit']],
  [`${TOPIC}/coverage-changed`, ['Coverage']],
  [`${TOPIC}/document-changed`, ['DocumentReference']],
  [`${TOPIC}/practitioner-changed`, ['Practitioner']],
]);

export const CONTENTS = ['empty', 'id-only', 'full-resource'] as const;
/** How much of a resource a notification carries. */
export type Content = (typeof CONTENTS)[number];

export const isContent = (text: string | undefined): text is Content => CONTENTS.some((content) => content === text);

/** R4's states of a subscription, https://hl7.org/fhir/R4/valueset-subscription-status.html. */
export type State = 'requested' | 'active' | 'error' | 'off';

/** How a server's subscriptions behave. */
export interface SubscriptionOptions {
  /** R4's own subscriptions, whose criteria are a search; offered when absent. */
  readonly classic?: boolean;
  /** Those of the R5 backport, by topic; offered when absent. */
  readonly topics?: boolean;
  /** Events are numbered from the beginning (when absent), or anew in each bundle, as athenahealth's are. */
  readonly counters?: 'monotonic' | 'perBundle';
  /** How many events of a subscription can be asked for afterwards; 1,000 when absent. */
  readonly keptEvents?: number;
  /** The longest life that the server gives: a later or missing `end` is brought forward. As asked for when absent. */
  readonly longestMs?: number;
  /** A classic notification with a resource: `PUT {endpoint}/{Type}/{id}` (when absent, as HAPI), or `POST {endpoint}`. */
  readonly payloadBy?: 'put' | 'post';
  /** How long the server tries to deliver a notification before the subscription is in error; 10 s when absent. */
  readonly patienceMs?: number;
}
