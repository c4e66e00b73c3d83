import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BASIC, type Callers, callers } from './caller.ts';
import type { AthenanetOptions } from './simulator.ts';
import { SUBSCRIPTION_SCOPES } from './subscriptions.ts';

/** One of a notification. */
export interface Event {
  readonly eventNumber: string;
  readonly id: string;
  readonly timestamp: string;
  readonly focus: {
    readonly reference?: string;
    readonly identifier: { readonly system: string; readonly value: string };
  };
}

export interface Got {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly topic: string;
  readonly events: readonly Event[];
}

export const SECRET = 'example-shared-secret';
interface Bundle {
  readonly entry: readonly [{ readonly resource: { readonly topic: string; readonly notificationEvent: Event[] } }];
}

export type Wish = Readonly<Record<string, unknown>>;

export const wish = (topic: string, endpoint: string, more: Wish = {}): Wish => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'tests',
  criteria: `https://api.platform.athenahealth.com/fhir/r4/SubscriptionTopic/${topic}`,
  _criteria: {
    extension: [
      {
        url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria',
        valueString: 'ah-practice=Organization/a-1.Practice-999901',
      },
    ],
  },
  channel: {
    type: 'rest-hook',
    endpoint,
    payload: 'application/fhir+json',
    _payload: {
      extension: [
        {
          url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content',
          valueCode: 'id-only',
        },
      ],
    },
  },
  ...more,
});

/** A receiver on a port of its own; `answer` says what its calls are answered with, 200 when absent. */
const openHook = async (servers: Server[], answer: (call: number) => number = () => 200) => {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { topic, notificationEvent } = (JSON.parse(body) as Bundle).entry[0].resource;
      got.push({ headers: request.headers, body, topic: topic.split('/').at(-1) ?? '', events: notificationEvent });
      response.writeHead(answer(got.length)).end();
    });
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/athenanet` };
};

/** A caller with a token for subscriptions. */
const signIn = async (caller: Callers['caller'], options: Partial<AthenanetOptions> = {}) => {
  const one = await caller(options);
  const scope = SUBSCRIPTION_SCOPES.join(' ');
  const token = await one.token('/oauth2/v1/token', { grant_type: 'client_credentials', scope }, BASIC);
  const authorization = `Bearer ${(JSON.parse(token.text) as { access_token: string }).access_token}`;
  const fhir = (method: string, path: string, body?: Wish, headers: Record<string, string> = {}) =>
    one.send(
      method,
      `/fhir/r4/${path}`,
      { authorization, 'content-type': 'application/json', ...headers },
      body === undefined ? undefined : JSON.stringify(body),
    );
  const subscribe = async (topic: string, url: string, more: Wish = {}): Promise<string> => {
    const made = await fhir('POST', 'Subscription', wish(topic, url, more), { 'x-hub-secret': SECRET });
    if (made.status !== 201) throw new Error(`status ${made.status}`);
    return (JSON.parse(made.text) as { id: string }).id;
  };
  const settled = async (): Promise<void> => one.simulator.outbox?.settled();
  const flush = async (): Promise<void> => one.simulator.outbox?.flush();
  return { ...one, fhir, subscribe, settled, flush };
};

/** Receivers and callers of simulators, which `close` closes. */
export const hooks = () => {
  const { caller, close } = callers();
  const servers: Server[] = [];
  return {
    hook: (answer?: (call: number) => number) => openHook(servers, answer),
    signedIn: (options: Partial<AthenanetOptions> = {}) => signIn(caller, options),
    close: async (): Promise<void> => {
      await close();
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      }
    },
  };
};
