import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bundle, Parameters, ParametersParameter, Subscription } from '@medplum/fhirtypes';
import { GUIDE } from './terms.ts';

export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly got: readonly Got[];
  /** What it answers from now on; 200 when nothing was said. */
  answer(status: number): void;
  close(): Promise<void>;
}

/** A client's endpoint, which keeps what it is sent. */
export const startReceiver = async (): Promise<Receiver> => {
  const got: Got[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      got.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer: (next) => {
      status = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export const classic = (
  endpoint: string,
  criteria: string,
  more: Partial<Subscription['channel']> = {},
): Subscription => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'To know what changed',
  criteria,
  channel: { type: 'rest-hook', endpoint, header: ['X-Secret: s3cret'], ...more },
});

export interface TopicMore {
  readonly content?: string;
  readonly filters?: readonly string[];
  readonly heartbeat?: number;
  readonly most?: number;
  readonly end?: string;
}

/** A subscription of the backport guide to `https://.../SubscriptionTopic/<topic>`. */
export const toTopic = (
  endpoint: string,
  topic: string,
  { content = 'id-only', filters = [], heartbeat, most, end }: TopicMore = {},
): object => {
  const channel = [
    ...(heartbeat === undefined ? [] : [{ url: GUIDE.heartbeat, valueUnsignedInt: heartbeat }]),
    ...(most === undefined ? [] : [{ url: GUIDE.maxCount, valuePositiveInt: most }]),
  ];
  return {
    ...classic(endpoint, `https://sandbox.example.org/fhir/SubscriptionTopic/${topic}`),
    meta: { profile: [GUIDE.subscription] },
    ...(end === undefined ? {} : { end }),
    ...(filters.length === 0
      ? {}
      : { _criteria: { extension: filters.map((valueString) => ({ url: GUIDE.filter, valueString })) } }),
    channel: {
      type: 'rest-hook',
      endpoint,
      header: ['Authorization: Bearer s3cret'],
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: GUIDE.content, valueCode: content }] },
      ...(channel.length === 0 ? {} : { extension: channel }),
    },
  };
};

const saidIn = ({
  valueString,
  valueCode,
  valueCanonical,
  valueReference,
  valueCodeableConcept,
}: ParametersParameter) =>
  valueString ?? valueCode ?? valueCanonical ?? valueReference?.reference ?? valueCodeableConcept?.text;

export interface Noticed {
  readonly type: unknown;
  readonly status: unknown;
  readonly total: unknown;
  readonly topic: unknown;
  readonly error: unknown;
  /** Number, focus and context of each event, without the server's address. */
  readonly events: readonly (readonly unknown[])[];
  readonly bundle: Bundle;
}

/** What a notification, or an answer to `$events`, says. */
export const noticed = (body: string): Noticed => {
  const bundle = JSON.parse(body) as Bundle;
  const state = bundle.entry?.[0]?.resource as Parameters;
  const told = (name: string): unknown =>
    state.parameter?.filter((one) => one.name === name).map((one) => saidIn(one))[0];
  const relative = (text: string | undefined): string | undefined => text?.replace(/^http.*\/fhir\/R4\//, '');
  return {
    type: told('type'),
    status: told('status'),
    total: told('events-since-subscription-start'),
    topic: told('topic'),
    error: told('error'),
    events: (state.parameter ?? [])
      .filter(({ name }) => name === 'notification-event')
      .map(({ part = [] }) =>
        ['event-number', 'focus', 'additional-context'].map((name) =>
          relative(part.filter((one) => one.name === name).map(saidIn)[0]),
        ),
      ),
    bundle,
  };
};
