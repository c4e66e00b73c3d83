import type { Extension, Subscription } from '@medplum/fhirtypes';
import { wrongAt } from '../faults.ts';
import type { Parameters } from '../parameters.ts';
import type { Profile } from '../profile.ts';
import { type Pair, readQuery } from '../query.ts';
import type { Condition } from './matching.ts';
import { type Content, GUIDE, isContent, type SubscriptionOptions, TOPICS } from './terms.ts';

interface Channel {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly endsAt: number | undefined;
}

/** Told of what is created or updated so that it fulfils the condition then. */
export interface ClassicWish extends Channel {
  readonly kind: 'classic';
  readonly condition: Condition;
  /** Media type of the resource that is sent; an empty ping when there is none. */
  readonly payload: string | undefined;
}

/** Told of a topic's events, as far as they fulfil every filter for their type. */
export interface TopicWish extends Channel {
  readonly kind: 'topic';
  readonly topic: string;
  readonly types: readonly string[];
  readonly filters: readonly Condition[];
  readonly content: Content;
  readonly heartbeatMs: number | undefined;
  readonly limitMs: number | undefined;
  /** Events in one notification. */
  readonly most: number;
}

/** What a subscription asks for. */
export type Wish = ClassicWish | TopicWish;

export interface Reading {
  readonly profile: Profile;
  readonly parameters: Parameters;
  readonly options: SubscriptionOptions;
  readonly now: number;
}

const JSON_PAYLOADS: readonly (string | undefined)[] = ['application/fhir+json', 'application/json'];
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*([\t\x20-\x7e]*)$/;
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
/** `Patient?...`, and of a topic's filters also the part behind the question mark alone. */
const SEARCH = /^(?:([A-Z][A-Za-z]+)\?)?([^?]+)$/;

const headersOf = ({ header = [] }: Subscription['channel']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    header.map((line, at) => {
      const [, name, value] = HEADER.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw wrongAt('element-invalid', `Subscription.channel.header[${at}]`);
      return [name.toLowerCase(), value.trim()];
    }),
  );

/** https, and http on this machine alone. */
const endpointOf = ({ endpoint }: Subscription['channel']): string => {
  const place = 'Subscription.channel.endpoint';
  if (endpoint === undefined) throw wrongAt('element-missing', place);
  const url = URL.parse(endpoint);
  const holds = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (url === null || !holds || url.username !== '' || url.password !== '') throw wrongAt('element-invalid', place);
  return endpoint;
};

const endOf = ({ end }: Subscription, { now, options: { longestMs } }: Reading): number | undefined => {
  const asked = end === undefined ? undefined : Date.parse(end);
  if (asked !== undefined && !(asked > now)) throw wrongAt('element-invalid', 'Subscription.end');
  return longestMs === undefined ? asked : Math.min(asked ?? Number.POSITIVE_INFINITY, now + longestMs);
};

/** @throws Refused for a type that is not served, a parameter that is none, and a search without any */
const conditionOf = (type: string, search: string, { profile, parameters }: Reading, fault: () => Error): Condition => {
  const allowed = profile.allowed(type, parameters.knows(type));
  if (allowed === undefined) throw fault();
  const pairs: readonly Pair[] = [...new URLSearchParams(search)];
  const { clauses, ignored } = readQuery(type, pairs, allowed, parameters);
  // parameters that shape an answer are no condition
  if (clauses.length < pairs.length || ignored.length > 0) throw fault();
  return { type, clauses };
};

const classicOf = (asked: Subscription, channel: Channel, reading: Reading): ClassicWish => {
  const fault = () => wrongAt('criteria', 'Subscription.criteria');
  if (reading.options.classic === false) throw wrongAt('element-unsupported', 'Subscription.criteria');
  const { payload } = asked.channel;
  if (payload !== undefined && !JSON_PAYLOADS.includes(payload))
    throw wrongAt('element-unsupported', 'Subscription.channel.payload');
  const [, type = '', search = ''] = /^([A-Z][A-Za-z]+)(?:\?([^?]*))?$/.exec(asked.criteria) ?? [];
  return { ...channel, kind: 'classic', payload, condition: conditionOf(type, search, reading, fault) };
};

type Extended = { readonly extension?: readonly Extension[] } | undefined;

const extensions = (element: Extended, url: string): readonly Extension[] =>
  (element?.extension ?? []).filter((one) => one.url === url);

/** A whole number above zero in an extension of the channel. */
const numberIn = ({ channel }: Subscription, url: string): number | undefined => {
  const [found] = extensions(channel, url);
  if (found === undefined) return undefined;
  const value = found.valueUnsignedInt ?? found.valuePositiveInt;
  if (value === undefined || !Number.isInteger(value) || value <= 0)
    throw wrongAt('element-invalid', 'Subscription.channel.extension');
  return value;
};

const filtersOf = (asked: Subscription, types: readonly string[], reading: Reading): readonly Condition[] => {
  const fault = () => wrongAt('criteria', 'Subscription.criteria.extension');
  const { _criteria } = asked as Subscription & { readonly _criteria?: Extended };
  return extensions(_criteria, GUIDE.filter).flatMap(({ valueString = '' }) => {
    const [, type, search] = SEARCH.exec(valueString) ?? [];
    if (search === undefined || (type !== undefined && !types.includes(type))) throw fault();
    return (type === undefined ? types : [type]).map((one) => conditionOf(one, search, reading, fault));
  });
};

const topicOf = (asked: Subscription, channel: Channel, reading: Reading): TopicWish => {
  const types = reading.options.topics === false ? undefined : TOPICS.get(asked.criteria);
  if (types === undefined) throw wrongAt('topic-unknown', 'Subscription.criteria');
  const { _payload, _type } = asked.channel as typeof asked.channel & {
    readonly [_ in '_payload' | '_type']?: Extended;
  };
  if (extensions(_type, GUIDE.channelType).length > 0)
    throw wrongAt('element-unsupported', 'Subscription.channel.type.extension');
  if (!JSON_PAYLOADS.includes(asked.channel.payload))
    throw wrongAt('element-unsupported', 'Subscription.channel.payload');
  const [content] = extensions(_payload, GUIDE.content).map(({ valueCode }) => valueCode);
  if (!isContent(content)) throw wrongAt('element-missing', 'Subscription.channel.payload.extension');
  const [heartbeat, timeout] = [GUIDE.heartbeat, GUIDE.timeout].map((url) => numberIn(asked, url));
  return {
    ...channel,
    kind: 'topic',
    topic: asked.criteria,
    types,
    filters: filtersOf(asked, types, reading),
    content,
    heartbeatMs: heartbeat === undefined ? undefined : heartbeat * 1_000,
    limitMs: timeout === undefined ? undefined : timeout * 1_000,
    most: numberIn(asked, GUIDE.maxCount) ?? 1,
  };
};

/** Reads a valid Subscription. @throws Refused for what this server does not do, at its place */
export const wishOf = (asked: Subscription, reading: Reading): Wish => {
  if (asked.channel.type !== 'rest-hook') throw wrongAt('element-unsupported', 'Subscription.channel.type');
  const channel = {
    endpoint: endpointOf(asked.channel),
    headers: headersOf(asked.channel),
    endsAt: endOf(asked, reading),
  };
  return /^[a-z][a-z0-9+.-]*:/i.test(asked.criteria)
    ? topicOf(asked, channel, reading)
    : classicOf(asked, channel, reading);
};
