import type { Noticed } from '../../vendor/changes/feed.ts';

/** What a topic tells of: athenaNet's word for the record, and whether the record is new. */
interface Topic {
  readonly type: Noticed['type'];
  /** In `urn:athenahealth:athenanet:<kind>:<practice>`; those of claims and results are assumed. */
  readonly kind: 'appointment' | 'patient' | 'claim' | 'labresult';
  readonly isNew: boolean;
}

const about = (
  prefix: string,
  { type, kind }: Omit<Topic, 'isNew'>,
  actions: Readonly<Record<string, boolean>>,
): readonly (readonly [string, Topic])[] =>
  Object.entries(actions).map(([action, isNew]) => [`${prefix}.${action}`, { type, kind, isNew }]);

/** Topics of records that the stream tells of [events]. That slots freeze and thaw concerns no appointment. */
const TOPICS: ReadonlyMap<string, Topic> = new Map([
  ...about(
    'Appointment',
    { type: 'Appointment', kind: 'appointment' },
    { schedule: true, reschedule: false, cancel: false, 'check-in': false, 'check-out': false, update: false },
  ),
  ...about(
    'Patient',
    { type: 'Patient', kind: 'patient' },
    { create: true, update: false, merge: false, delete: false },
  ),
  ...about('Claim', { type: 'Claim', kind: 'claim' }, { create: true, update: false, delete: false }),
  ...about('LabResult', { type: 'Observation', kind: 'labresult' }, { create: true, update: false, close: false }),
]);

export const TOPIC_NAMES: readonly string[] = [...TOPICS.keys()];

/** `undefined` for a topic that nobody here wants. */
export const topicOf = (name: string): Topic | undefined => TOPICS.get(name);

/** Where topics are, whichever host is called [events]. */
const TOPIC_BASE = 'https://api.platform.athenahealth.com/fhir/r4/SubscriptionTopic/';

export const topicUrl = (name: string): string => `${TOPIC_BASE}${name}`;

/** The topic's name in its address; empty for anything else. */
export const topicIn = (url: string | undefined): string =>
  /\/SubscriptionTopic\/([\w.-]+)$/.exec(url ?? '')?.[1] ?? '';
