import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../../app.ts';
import { readConfig } from '../../config.ts';
import type { Engine } from '../../gateway/engine.ts';
import { type RunningServer, startServer } from '../../gateway/server.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { EVERYBODY } from '../../schema/context.ts';
import { openStore, type Store } from '../../store/index.ts';
import { startService } from '../../subgraphs/service/server.ts';
import { NOW } from '../harness.ts';
import { changeOf } from '../subscriptions/graph.ts';
import { until } from './asking.ts';
import { type Any, codesOf, subscribe as subscribeBy } from './clients.ts';
import { startRemoteEngine, TEST_SECRET } from './engine.ts';

const gatewayOver = (engine: Engine): Promise<RunningServer> =>
  startServer({
    engine,
    host: '127.0.0.1',
    port: 0,
    explorer: false,
    explorerRoot: import.meta.dirname,
    now: Date.now,
    authenticate: () => EVERYBODY,
    ready: () => true,
  });

let sandbox: Sandbox;
let store: Store;
/** The graph over services, and in one process. */
let remote: Awaited<ReturnType<typeof startRemoteEngine>>;
let local: Awaited<ReturnType<typeof startEngine>>;
let gateway: RunningServer;
let oneProcess: RunningServer;
let visits: readonly Any[];
const open: { leave(): void }[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
  store = openStore({ kind: 'memory' });
  const config = readConfig(sandbox.config, {});
  remote = await startRemoteEngine(config, { store });
  local = await startEngine(config, { store });
  [gateway, oneProcess] = await Promise.all([gatewayOver(remote.engine), gatewayOver(local.engine)]);
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `{ appointments(first: 20, search: { from: "2026-11-18T00:00:00Z", to: "2026-11-20T00:00:00Z" }) {
        nodes { id status patient { id lastName } } } }`,
    }),
  });
  const { data } = (await response.json()) as Any;
  visits = data.appointments.nodes.filter(({ patient }: Any) => patient !== null);
  expect(visits.length).toBeGreaterThan(2);
  await store.changes.append([changeOf(visits[0].id)]);
});
afterEach(() => {
  for (const one of open.splice(0)) one.leave();
  vi.restoreAllMocks();
});
afterAll(async () => {
  await Promise.all([gateway?.close(), oneProcess?.close()]);
  await Promise.all([remote?.close(), local?.close()]);
  await store?.close();
  await sandbox?.close();
});

const QUERY = `subscription($after: String, $patients: [ID!]) { appointmentChanged(after: $after, patients: $patients) {
  cursor kind appointment { id status patient { id lastName } } } }`;

const subscribe = (way: string, variables: Record<string, unknown>, query = QUERY, at = gateway) => {
  const seen = subscribeBy(way, `${at.url}/graphql`, { query, variables });
  open.push(seen);
  return seen;
};
const cursorsOf = (events: readonly Any[]): readonly string[] =>
  events.map(({ appointmentChanged }) => appointmentChanged.cursor);
const hub = () => {
  const at = remote.subgraphs.findIndex(({ name }) => name === 'hub');
  const [subgraph, service] = [remote.subgraphs[at], remote.services[at]];
  if (subgraph === undefined || service === undefined) throw new Error('There is no hub.');
  return { at, subgraph, service };
};

describe.each(['ws', 'sse'])('a client over %s of a gateway whose hub is a service', (way) => {
  it('is told of each change with the record as its owner has it', async () => {
    const live = subscribe(way, { after: await store.changes.end() });
    const rows = await store.changes.append(visits.slice(0, 3).map(({ id }) => changeOf(id)));
    await until(() => live.events.length === 3);
    expect(live.events).toEqual(
      rows.map(({ cursor }, i) => ({ appointmentChanged: { cursor, kind: 'UPDATED', appointment: visits[i] } })),
    );
  });

  it('goes on after the last cursor that it saw, and misses nothing', async () => {
    const after = await store.changes.end();
    const rows = await store.changes.append(Array.from({ length: 1_500 }, () => changeOf(visits[0].id)));
    const again = subscribe(way, { after }, QUERY.replace(/appointment \{.*\} \} \} \}/s, '} }'));
    await until(() => again.events.length === rows.length);
    expect(cursorsOf(again.events)).toEqual(rows.map(({ cursor }) => cursor));
  });

  it.each([
    ['a cursor that is gone', { after: 'another-database.3' }, QUERY, 'RESYNC'],
    ['arguments with faults', { after: '', patients: ['nonsense'] }, QUERY, 'VALIDATION'],
    ['writes that there are not', {}, 'subscription { writeSettled(ids: ["Write/1"]) { id } }', 'NOT_FOUND'],
  ])('is refused for %s as in one process', async (_name, variables, query, code) => {
    const told = await subscribe(way, variables, query).ended;
    expect(codesOf(told)).toEqual([code]);
    const shown = (errors: Any): Any => errors.map(({ message, path, extensions }: Any) => [message, path, extensions]);
    expect(shown(told)).toEqual(shown(await subscribe(way, variables, query, oneProcess).ended));
  });

  it('is told that hub has gone, and has it again when it is back', async () => {
    const broken = subscribe(way, { after: await store.changes.end() });
    const [first] = await store.changes.append([changeOf(visits[0].id)]);
    await until(() => broken.events.length === 1);
    const { at, subgraph, service } = hub();
    await service.close();
    expect(codesOf(await broken.ended)).toEqual(['SOURCE_UNAVAILABLE']);
    expect(codesOf(await subscribe(way, {}).ended)).toEqual(['SOURCE_UNAVAILABLE']);
    const [missed] = await store.changes.append([changeOf(visits[1].id)]);
    remote.services[at] = await startService({
      ...{ subgraph, host: '127.0.0.1', port: Number(new URL(service.url).port), secret: TEST_SECRET },
    });
    const again = subscribe(way, { after: first?.cursor });
    await until(() => again.events.length === 1);
    expect(cursorsOf(again.events)).toEqual([missed?.cursor]);
  });
});

it('completes a change once, however many clients show the same of it', async () => {
  const asked = remote.remotes.map((one) => vi.spyOn(one, 'execute'));
  const fetches = (): number => asked.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const after = await store.changes.end();
  const query =
    'subscription($after: String) { appointmentChanged(after: $after) { cursor appointment { id status } } }';
  const clients = Array.from({ length: 24 }, (_, i) => subscribe(i % 2 === 0 ? 'ws' : 'sse', { after }, query));
  // all of them have begun before anything is counted
  await store.changes.append([changeOf(visits[0].id)]);
  await until(() => clients.every(({ events }) => events.length === 1));
  const before = fetches();
  const rows = await store.changes.append([changeOf(visits[1].id)]);
  await until(() => clients.every(({ events }) => events.length === 2));
  expect(fetches() - before).toBe(1);
  for (const { events } of clients)
    expect(events[1]).toEqual({
      appointmentChanged: {
        cursor: rows[0]?.cursor,
        appointment: { id: visits[1].id, status: visits[1].status },
      },
    });
});
