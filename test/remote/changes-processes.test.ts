import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { newStore, type Place } from '../../bench/writes/stores.ts';
import { CONTEXT_SECRET, CURSOR_SECRET } from '../../commands/secrets.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import { SUPERGRAPH_FILE } from '../../supergraph.ts';
import { type Started, start } from '../process.ts';
import { serverAnswers } from '../store/databases.ts';
import { changeOf } from '../subscriptions/graph.ts';
import { until } from './asking.ts';
import { type Any, codesOf, subscribe } from './clients.ts';

const NAMES = ['hub', 'fhir'] as const;
const NOWHERE = 'http://127.0.0.1:1/graphql';
const SUBSCRIPTION = `subscription($after: String) { appointmentChanged(after: $after, sources: ["mercy"]) {
  cursor appointment { id status } } }`;

let folder: string;
let sandbox: Sandbox;
let place: Place;
let store: Store;
let secrets: Readonly<Record<string, string>>;
let url: string;
let gateway: Started;
const services = new Map<string, Started>();
const addresses = new Map<string, string>();

const serve = async (name: string, port = '0'): Promise<void> => {
  const started = start(['subgraph', name, '--port', port, '--config', join(folder, 'sources.yaml')], secrets);
  services.set(name, started);
  addresses.set(name, await started.printed(/the subgraph +(\S+)/));
};

const ask = async (query: string, variables: object = {}): Promise<Any> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as Any;
  expect(errors).toBeUndefined();
  return data;
};

describe.runIf(await serverAnswers('subscribing to processes that share a database'))(
  'processes that share a database',
  () => {
    beforeAll(async () => {
      [folder, place, sandbox] = await Promise.all([
        mkdtemp(join(tmpdir(), 'practicegraph-')),
        newStore('postgres'),
        startSandbox(),
      ]);
      secrets = {
        [CONTEXT_SECRET]: randomBytes(32).toString('hex'),
        [CURSOR_SECRET]: randomBytes(32).toString('hex'),
        ...place.environment,
      };
      const database = place.environment.DATABASE_URL ?? '';
      store = openStore({ kind: 'postgres', url: { reveal: () => database } });
      const { store: _inMemory, ...config } = sandbox.config;
      await writeFile(join(folder, 'sources.yaml'), stringify(config));
      await Promise.all(NAMES.map((name) => serve(name)));
      const at = ['hub', 'fhir', 'unity', 'athenanet'].map((name) => `${name}=${addresses.get(name) ?? NOWHERE}`);
      gateway = start(
        [
          ...['gateway', '--supergraph', SUPERGRAPH_FILE, '--port', '0', '--sign', 'all'],
          ...at.flatMap((one) => ['--subgraph', one]),
        ],
        secrets,
      );
      url = await gateway.printed(/the graph +(\S+)/);
    });
    afterAll(async () => {
      await Promise.all([gateway, ...services.values()].map((started) => started?.kill()));
      await Promise.all([store?.close(), sandbox?.close()]);
      await place?.remove();
      await rm(folder, { recursive: true, force: true });
    });

    it('tell a vendor’s change to clients of the gateway, also after hub was killed', async () => {
      const day = 86_400_000;
      const [from, to] = [0, 14].map((days) => new Date(Date.now() + days * day).toISOString());
      const { source } = await ask(
        `query($from: DateTime!, $to: DateTime!) { source(id: "mercy") {
          appointments(first: 20, search: { from: $from, to: $to, status: [BOOKED] }) { nodes { id status } } } }`,
        { from, to },
      );
      const [one, other] = source.appointments.nodes;
      const cancel = async (id: string): Promise<void> => {
        const { cancelAppointment } = await ask(
          `mutation($input: ChangeAppointmentInput!) { cancelAppointment(input: $input) { __typename } }`,
          { input: { id, idempotencyKey: `cancel ${id}`, waitMs: 20_000 } },
        );
        expect(cancelAppointment).toEqual({ __typename: 'AppointmentSaved' });
      };
      const told = (id: string) => ({
        appointmentChanged: { appointment: { id, status: 'CANCELLED' } },
      });

      const [{ cursor } = { cursor: '' }] = await store.changes.append([changeOf('mercy/Patient/1')]);
      const watch = (after: string) =>
        ['ws', 'sse'].map((way) => subscribe(way, url, { query: SUBSCRIPTION, variables: { after } }));

      const clients = watch(cursor);
      await cancel(one.id);
      await until(() => clients.every(({ events }) => events.length === 1));
      for (const { events } of clients) expect(events).toMatchObject([told(one.id)]);

      await services.get('hub')?.kill();
      for (const { ended } of clients) expect(codesOf(await ended)).toEqual(['SOURCE_UNAVAILABLE']);
      await serve('hub', new URL(addresses.get('hub') ?? '').port);
      await cancel(other.id);
      const again = watch(clients[0]?.events[0].appointmentChanged.cursor);
      await until(() => again.every(({ events }) => events.length === 1));
      for (const { events, leave } of again) {
        expect(events).toMatchObject([told(other.id)]);
        leave();
      }
    });
  },
);
