import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Changes, changeRecord } from '../../sandbox/change.ts';
import { smallPractice } from '../../sandbox/fhir/fixture.ts';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, type FhirOptions, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { listen } from '../../sandbox/server.ts';
import { connectFhir } from '../../subgraphs/fhir/connector.ts';
import { closeLater, NOW, settingsFor } from '../../subgraphs/fhir/fixtures/server.ts';
import type { Feed, FeedPage } from '../../subgraphs/vendor/changes/feed.ts';
import { DeliveryRefused, type PushedEvent } from '../../subgraphs/vendor/changes/push.ts';
import type { Connector } from '../../subgraphs/vendor/connector.ts';
import { ownCall } from '../../upstream/call.ts';
import { Secret } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';

export const SECRET = 'hook-secret';

type Options = Extract<FhirOptions, { readonly practice: unknown }>['subscriptions'];

/** A simulator that tells of its changes, and a source that is told. */
export const hooked = async (subscriptions: Options = {}) => {
  const clock = { now: NOW };
  const practice = smallPractice();
  const behaviour = await fhirSimulator({ practice, now: () => clock.now, ...(subscriptions && { subscriptions }) });
  const simulator = await listen(behaviour);
  const base = `${simulator.url}${FHIR_BASE_PATH}`;
  const statuses: number[] = [];
  /** Every event that was taken in, by its name. */
  const inbox = new Map<string, unknown>();
  const door = { open: true };
  let connector: Connector;

  /** As the product answers deliveries. */
  const answer = (events: () => readonly PushedEvent[]): number => {
    if (!door.open) return 503;
    try {
      for (const { event, content } of events()) inbox.set(event, JSON.parse(JSON.stringify(content)));
      return 204;
    } catch (thrown) {
      if (!(thrown instanceof DeliveryRefused)) throw thrown;
      return thrown.fault === 'UNSIGNED' ? 401 : 400;
    }
  };
  const hook = createServer(async (request, response) => {
    try {
      const body = await buffer(request);
      const headers = request.headers as Readonly<Record<string, string>>;
      const status = answer(() => connector.push?.open({ headers, body }) ?? []);
      statuses.push(status);
      response.writeHead(status).end();
    } catch {
      response.destroy(); // the delivery was cut
    }
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hooks/mercy`;

  const connect = (secret = SECRET, auth = new Secret(FHIR_SIGN_IN.bearer)) => {
    const settings = { ...settingsFor(base, 'GENERIC_FHIR', { type: 'bearer', token: auth }) };
    const told = {
      ...settings,
      limits: { ...settings.limits, perSecond: 10_000 },
      webhook: { url, secret: new Secret(secret) },
    };
    const upstream = new Upstream(told, Date.now);
    closeLater(upstream);
    connector = connectFhir(told, upstream, () => clock.now);
    return connector;
  };
  connect();
  closeLater(simulator, {
    close: () =>
      new Promise((resolve) => {
        hook.closeAllConnections();
        hook.close(() => resolve());
      }),
  });

  const calls: string[] = [];
  const call = ownCall(60_000, Date.now, (one) => calls.push(one.call));
  const feed = (): Feed => {
    const found = connector.feeds?.find(({ name }) => name === 'webhooks');
    if (found === undefined) throw new Error('no such feed');
    return found;
  };
  const settled = async (): Promise<void> => simulator.outbox?.settled();
  let place: string | undefined;

  const send = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}`, 'content-type': 'application/fhir+json' };
    const answered = await fetch(`${base}/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return answered.status === 204 ? undefined : ((await answered.json()) as Record<string, unknown>);
  };

  return {
    ...{ clock, practice, simulator, base, url, statuses, inbox, door, calls, call, connect, settled, send },
    feed,
    get place(): string | undefined {
      return place;
    },
    forget: (): void => {
      place = undefined;
    },
    /** One reading, after which its place is kept. */
    read: async (): Promise<FeedPage | undefined> => {
      const page = place === undefined ? undefined : await feed().read(place, call);
      place = page?.place ?? (await feed().begin(call));
      await settled();
      return page;
    },
    noticed: async (contents: readonly unknown[]) => (await connector.push?.noticed(contents, call)) ?? [],
    /** What all that was taken in says to have changed, with nothing left afterwards. */
    drain: async () => {
      await settled();
      const contents = [...inbox.values()];
      inbox.clear();
      return (await connector.push?.noticed(contents, call)) ?? [];
    },
    change: <T extends keyof Changes>(type: T, id: number, set: Changes[T]): void => {
      clock.now += 1000;
      const changed = changeRecord(practice, type, id, set, clock.now);
      behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed } as never);
    },
    /** The server's subscriptions, as they are written. */
    subscriptions: async () => {
      const found = (await send('GET', 'Subscription?_count=100')) as { entry?: { resource: Written }[] };
      return (found.entry ?? []).map(({ resource }) => resource);
    },
  };
};

export interface Written {
  readonly id: string;
  readonly status: string;
  readonly end: string;
  readonly criteria: string;
  readonly meta: { readonly versionId: string };
  readonly channel: { readonly endpoint: string; readonly header: readonly string[]; readonly payload?: string };
}
