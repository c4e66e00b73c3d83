import { createHash } from 'node:crypto';
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { keyOf, type StoreChange, type Version } from '../store.ts';
import { type Content, GUIDE, type State } from './terms.ts';

/** An event of a topic, as one subscription counts it. */
export interface Occurrence extends StoreChange {
  /** From 1, since the subscription began. */
  readonly number: number;
  /** Instant. */
  readonly at: string;
  /** Whom it is about, where that is another resource. */
  readonly patient: Version | undefined;
}

/** What a status resource says. */
export interface Standing {
  /** The server's address. */
  readonly base: string;
  readonly id: string;
  readonly topic: string;
  readonly status: State;
  readonly type: 'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';
  /** Events since the beginning; not told when absent. */
  readonly total: number | undefined;
  readonly error: string | undefined;
}

export interface Told extends Standing {
  readonly content: Content;
  readonly events: readonly Occurrence[];
  /** Anew in each bundle: the number of an event is its place. */
  readonly perBundle: boolean;
}

/** A UUID that follows from a text. */
const uuidOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const eventParameter = (told: Told, event: Occurrence, at: number): ParametersParameter => {
  const { base, content, perBundle } = told;
  const reference = (name: string, version: Version): ParametersParameter => ({
    name,
    valueReference: { reference: `${base}/${keyOf(version)}` },
  });
  return {
    name: 'notification-event',
    part: [
      // numbers are strings: they may have 64 bits
      { name: 'event-number', valueString: String(perBundle ? at + 1 : event.number) },
      { name: 'timestamp', valueInstant: event.at },
      ...(content === 'empty' ? [] : [reference('focus', event.version)]),
      ...(content === 'empty' || event.patient === undefined ? [] : [reference('additional-context', event.patient)]),
    ],
  };
};

/** What a status says, as `Parameters`; a topic is not named where nothing of the content may be. */
const stateOf = (
  standing: Standing,
  seed: string,
  events: readonly ParametersParameter[],
  topic: boolean,
): Parameters => {
  const { base, id, status, type, total, error } = standing;
  return {
    resourceType: 'Parameters',
    id: uuidOf(seed),
    meta: { profile: [GUIDE.state] },
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${id}` } },
      ...(topic ? [{ name: 'topic', valueCanonical: standing.topic }] : []),
      { name: 'status', valueCode: status },
      { name: 'type', valueCode: type },
      ...(total === undefined ? [] : [{ name: 'events-since-subscription-start', valueString: String(total) }]),
      ...events,
      ...(error === undefined ? [] : [{ name: 'error', valueCodeableConcept: { text: error } }]),
    ],
  };
};

interface Done {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly status: string;
}

const DONE: Readonly<Record<Occurrence['kind'], Done>> = {
  created: { method: 'POST', status: '201' },
  updated: { method: 'PUT', status: '200' },
  deleted: { method: 'DELETE', status: '204' },
};

const entry = (base: string, version: Version, withText: boolean, { method, status }: Done): string => {
  const key = keyOf(version);
  const resource = withText ? `"resource":${version.text},` : '';
  const more = { request: { method, url: method === 'POST' ? version.type : key }, response: { status } };
  return `{"fullUrl":${JSON.stringify(`${base}/${key}`)},${resource}${JSON.stringify(more).slice(1)}`;
};

/** What changed, and with whole resources also whom it is about; with empty content neither. */
const entriesOf = ({ base, content, events }: Told): readonly string[] => {
  if (content === 'empty') return [];
  const whole = content === 'full-resource';
  const focuses = events.map(({ kind, version }) => entry(base, version, whole && kind !== 'deleted', DONE[kind]));
  const patients = new Set(whole ? events.flatMap(({ patient }) => patient ?? []) : []);
  return [...focuses, ...[...patients].map((patient) => entry(base, patient, true, { method: 'GET', status: '200' }))];
};

/**
 * A notification: a history whose first entry is the status. Resources stand in it as they were at the event, character
 * by character. `seed`: its ids follow from it. `timestamp`: instant.
 */
export const notice = (told: Told, seed: string, timestamp: string): string => {
  const parameters = told.events.map((event, at) => eventParameter(told, event, at));
  const state = stateOf(told, seed, parameters, told.content !== 'empty');
  const first = {
    fullUrl: `urn:uuid:${state.id}`,
    resource: state,
    request: { method: 'GET', url: `${told.base}/Subscription/${told.id}/$status` },
    response: { status: '200' },
  };
  const head = {
    resourceType: 'Bundle',
    id: uuidOf(`${seed} bundle`),
    meta: { profile: [GUIDE.notification] },
    type: 'history',
    timestamp,
  };
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${[JSON.stringify(first), ...entriesOf(told)].join(',')}]}`;
};

/** The answer of `$status`: one status for each subscription. */
export const standings = (all: readonly Standing[], timestamp: string): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    timestamp,
    total: all.length,
    ...(all.length === 0
      ? {}
      : {
          entry: all.map((standing) => {
            const state = stateOf(standing, `${standing.id} status ${timestamp}`, [], true);
            return { fullUrl: `urn:uuid:${state.id}`, resource: state, search: { mode: 'match' } };
          }),
        }),
  });
