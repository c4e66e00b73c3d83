import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sourceId } from '../schema/ids.ts';
import { openStore, type Store } from '../store/index.ts';
import { type Graph, NOW, startGraph } from './harness.ts';
import { changeOf, type Row } from './subscriptions/graph.ts';

const SOURCES = ['mercy', 'eastside', 'westside'];

let store: Store;
let graph: Graph;
beforeAll(async () => {
  store = openStore({ kind: 'memory' }, { now: () => Date.parse(NOW) });
  graph = await startGraph({
    store,
    configure: (config) => {
      const mercy = config.sources.find(({ id }: Row) => id === 'mercy');
      return { ...config, sources: SOURCES.map((id) => ({ ...mercy, id })) };
    },
  });
});
afterAll(async () => {
  await graph?.close();
  await store?.close();
});

const HEALTH = '{ sources { id health { breaker lastChangeAt } } }';

/** What is told of each source, and how often the stream was asked for it. */
const told = async (query = HEALTH) => {
  const asked = vi.spyOn(store.changes, 'lastAt');
  const { data, errors = [] } = await graph.ask(query);
  const times = asked.mock.calls.length;
  asked.mockRestore();
  const at = Object.fromEntries(data.sources.map(({ id, health }: Row) => [id, health.lastChangeAt]));
  return { data, errors, times, at };
};

it('tells when each source last changed, asking once for all of them', async () => {
  const before = await told();
  expect(before.errors).toEqual([]);
  expect(before.at).toEqual({ mercy: null, eastside: null, westside: null });
  await store.changes.append([changeOf('mercy/Claim/1'), changeOf('westside/Patient/2')]);
  const { errors, times, at } = await told();
  expect(errors).toEqual([]);
  expect(at).toEqual({ mercy: NOW, eastside: null, westside: NOW });
  expect(times).toBe(1);
});

it('does not ask for what nobody selected', async () => {
  const { times, data } = await told('{ sources { health { breaker errorRate } } }');
  expect(data.sources).toHaveLength(SOURCES.length);
  expect(times).toBe(0);
});

it('fails on this field alone when the stream cannot be read', async () => {
  await store.close(); // nothing else is asked of it here
  const query = `{ source(id: "${sourceId('mercy')}") { health { breaker lastChangeAt } } }`;
  const { data, errors } = await graph.ask(query);
  expect(data.source.health).toEqual({ breaker: 'closed', lastChangeAt: null });
  expect(errors).toMatchObject([
    {
      path: ['source', 'health', 'lastChangeAt'],
      message: 'The log of changes cannot be reached.',
      extensions: { code: 'SOURCE_UNAVAILABLE', retryable: true },
    },
  ]);
});
