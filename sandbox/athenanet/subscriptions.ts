import type { Happenings } from '../happenings.ts';
import type { Outbox } from '../notify/outbox.ts';
import type { Received, Reply } from '../server.ts';
import { hubSignature, notificationBundle, uuidOf } from './notification.ts';
import { json } from './reply.ts';
import { TOPIC_BASE, TOPICS, type TopicEvent, topicEvent } from './topics.ts';
import type { World } from './world.ts';

/** Scopes that the calls need beside those of the REST API. [public: events] */
export const SUBSCRIPTION_SCOPES = [
  'system/SubscriptionTopic.read',
  'system/Subscription.read',
  'system/Subscription.write',
] as const;
type Scope = (typeof SUBSCRIPTION_SCOPES)[number];

interface Wanted {
  readonly id: string;
  /** `Appointment.cancel` */
  readonly topic: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly criteria: string;
  readonly endpoint: string;
  readonly secret: string | undefined;
  /** Milliseconds since 1970. */
  readonly end: number;
}

const FHIR_TYPE = 'application/fhir+json';

const outcome = (status: number, code: string, text: string): Reply =>
  json(
    status,
    { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, details: { text } }] },
    { 'content-type': FHIR_TYPE },
  );

export const invalidScope = (): Reply => outcome(403, 'forbidden', 'Invalid scope');

const refused = (text: string): Reply => outcome(400, 'invalid', text);

const noPractice = (): Reply =>
  json(400, {
    details:
      'Could not determine what practice the request was for. Add the `ah-practice` search parameter to your request.',
  });

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The value of an element's extension whose address ends so. */
const extension = (element: unknown, name: string): string => {
  const { extension: list } = fields(element);
  const found = Array.isArray(list) ? list.map(fields).find(({ url }) => text(url).endsWith(`/${name}`)) : undefined;
  return text(found?.valueString ?? found?.valueCode);
};

/** Whether notifications can be sent there: a real address, or one of this machine. */
const isReachable = (endpoint: string): boolean => {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, port, hostname } = new URL(endpoint);
  const isHere = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
  return (protocol === 'https:' && (port === '' || isHere)) || (protocol === 'http:' && isHere);
};

const parsed = (body: string): Fields => {
  try {
    return fields(JSON.parse(body));
  } catch {
    return {};
  }
};

export interface SubscriptionParts {
  readonly now: () => number;
  readonly world: () => World;
  readonly happenings: Happenings;
  readonly outbox: Outbox;
}

/** Events that fit into one notification. [assumption] */
const MOST_TOGETHER = 10;

/** A call of the subscriptions, with the scope that it needs. */
export interface SubscriptionCall {
  /** `POST /fhir/r4/Subscription` */
  readonly name: string;
  readonly scope: Scope;
  readonly answer: (request: Received) => Reply;
}

const PATH = /^\/fhir\/r4\/(Subscription|SubscriptionTopic)(?:\/([\w-]+))?$/;

/**
 * The event subscriptions of one client: one topic each, every event at least once to its address, signed with the
 * secret that came with it. What is wrong with one is refused; answers to wrong ones are [assumption], the rest
 * [public: events].
 */
export class Subscriptions {
  readonly #parts: SubscriptionParts;
  readonly #wanted = new Map<string, Wanted>();
  readonly #collected = new Map<string, TopicEvent[]>();
  #count = 0;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    parts.happenings.on((happening) => {
      if (this.#wanted.size === 0) return;
      const event = topicEvent(parts.world(), happening);
      if (event !== undefined) this.#collect(event);
    });
  }

  /** The call that a request is; undefined for any other. */
  callOf({ method, path }: Pick<Received, 'method' | 'path'>): SubscriptionCall | undefined {
    const [, type, id] = PATH.exec(path) ?? [];
    if (type === undefined) return undefined;
    const name = `${method} /fhir/r4/${type}${id === undefined ? '' : '/{id}'}`;
    const calls: Readonly<Record<string, Omit<SubscriptionCall, 'name'>>> = {
      'GET /fhir/r4/SubscriptionTopic': { scope: 'system/SubscriptionTopic.read', answer: () => this.#topics() },
      'GET /fhir/r4/Subscription': { scope: 'system/Subscription.read', answer: () => this.#list() },
      'POST /fhir/r4/Subscription': {
        scope: 'system/Subscription.write',
        answer: (request) => this.#create(request),
      },
      'DELETE /fhir/r4/Subscription/{id}': {
        scope: 'system/Subscription.write',
        answer: () => this.#remove(id ?? ''),
      },
    };
    const call = calls[name];
    return call && { name, ...call };
  }

  #topics(): Reply {
    const resource = (id: string) => {
      const [about = '', action = ''] = id.split('.');
      const description = `${about}: ${action}.`;
      return { resourceType: 'SubscriptionTopic', id, description, status: 'active', experimental: false };
    };
    return json(200, {
      resourceType: 'Bundle',
      id: uuidOf('topics'),
      type: 'searchset',
      entry: TOPICS.map((id) => ({ fullUrl: `${TOPIC_BASE}${id}`, resource: resource(id) })),
    });
  }

  /** One that is over is `off`. [assumption] */
  #list(): Reply {
    const { now } = this.#parts;
    const base = TOPIC_BASE.replace('SubscriptionTopic/', 'Subscription/');
    const entry = [...this.#wanted.values()].map(({ id, resource, end }) => ({
      fullUrl: `${base}${id}`,
      resource: { ...resource, status: end > now() ? 'active' : 'off', id },
    }));
    return json(200, {
      resourceType: 'Bundle',
      id: uuidOf(`list ${this.#count} ${entry.length}`),
      type: 'searchset',
      total: entry.length,
      entry,
    });
  }

  #create({ body, headers }: Received): Reply {
    const resource = parsed(body);
    const { criteria, channel, end, resourceType } = resource;
    const { type, endpoint, payload, _payload } = fields(channel);
    const topic = /\/SubscriptionTopic\/([\w.-]+)$/.exec(text(criteria))?.[1] ?? '';
    const until = end === undefined ? Number.POSITIVE_INFINITY : Date.parse(text(end));
    const { practiceId } = this.#parts.world().setting;
    const practice = extension(resource._criteria, 'backport-filter-criteria');
    if (resourceType !== 'Subscription') return refused('The body is not a Subscription.');
    if (!TOPICS.includes(topic)) return refused('The criteria is not a topic.');
    if (practice === '') return noPractice();
    if (practice !== `ah-practice=Organization/a-1.Practice-${practiceId}`)
      return outcome(403, 'forbidden', 'The practice is not available.');
    if (type !== 'rest-hook' || payload !== FHIR_TYPE || extension(_payload, 'backport-payload-content') !== 'id-only')
      return refused('The channel is not supported.');
    if (!isReachable(text(endpoint))) return refused('The endpoint is not supported.');
    if (!(until > this.#parts.now())) return refused('The end is not in the future.');
    this.#count += 1;
    const id = uuidOf(`subscription ${this.#count}`);
    const secret = headers['x-hub-secret'];
    this.#wanted.set(id, {
      id,
      topic,
      resource,
      criteria: text(criteria),
      endpoint: text(endpoint),
      secret,
      end: until,
    });
    return json(201, { ...resource, status: 'requested', id });
  }

  #remove(id: string): Reply {
    if (!this.#wanted.delete(id)) return outcome(404, 'not-found', 'There is no such Subscription.');
    this.#collected.delete(id);
    this.#parts.outbox.withdraw((notification) => notification.id.startsWith(`${id} `));
    return { status: 204, headers: { 'content-type': 'application/json' }, body: '' };
  }

  /** Events of one moment go out together. */
  #collect(event: TopicEvent): void {
    for (const { id, topic, end } of this.#wanted.values())
      if (topic === event.topic && end > this.#parts.now()) {
        const events = this.#collected.get(id) ?? [];
        if (events.length === 0) queueMicrotask(() => this.#send(id));
        events.push(event);
        this.#collected.set(id, events);
      }
  }

  #send(id: string): void {
    const events = this.#collected.get(id) ?? [];
    this.#collected.delete(id);
    const wanted = this.#wanted.get(id);
    if (wanted === undefined) return;
    for (let from = 0; from < events.length; from += MOST_TOGETHER)
      this.#notify(wanted, events.slice(from, from + MOST_TOGETHER));
  }

  #notify({ id, topic, criteria, endpoint, secret }: Wanted, events: readonly TopicEvent[]): void {
    const { outbox, world, now } = this.#parts;
    const at = new Date(now()).toISOString();
    const bundle = notificationBundle({
      setting: world().setting,
      subscriptionId: id,
      topic: criteria,
      events,
      at,
    });
    const body = JSON.stringify(bundle);
    outbox.send({
      id: `${id} ${bundle.id}`,
      name: topic,
      to: endpoint,
      headers: { 'content-type': FHIR_TYPE, ...(secret && { 'x-hub-signature': hubSignature(secret, body) }) },
      body,
    });
  }
}
