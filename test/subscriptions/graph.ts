import { parse, specifiedRules, validate } from 'graphql';
import { expect } from 'vitest';
import { readConfig } from '../../config.ts';
import { compose } from '../../gateway/composition.ts';
import { Engine } from '../../gateway/engine.ts';
import { localSubgraph } from '../../gateway/local.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../gateway/server.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { EVERYBODY, type OperationContext } from '../../schema/context.ts';
import { Cursors } from '../../schema/cursor.ts';
import { type RecordId, type SourceId, sourceId } from '../../schema/ids.ts';
import { SCALARS } from '../../schema/scalars.ts';
import type { ChangeDraft, ChangedType } from '../../store/changes.ts';
import { openStore, type Store } from '../../store/index.ts';
import { hubSubgraph } from '../../subgraphs/hub/index.ts';
import { EVERYTHING } from '../../subgraphs/hub/writes/fixture/hub.ts';
import { VENDORS } from '../../subgraphs/index.ts';
import { hitsField, vendorSubgraph } from '../../subgraphs/vendor/subgraph.ts';
import { contextOf, NOW } from '../harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, each in its own way
export type Row = any;
export interface Told {
  readonly data: Row;
  readonly errors: readonly Row[];
}

/** The graph over the sandbox, with a log of changes to which a test appends. */
export interface ChangingGraph {
  readonly engine: Engine;
  readonly store: Store;
  readonly sandbox: Sandbox;
  /** Names of the vendors' subgraphs, once for each time that one was asked. */
  readonly asked: string[];
  ask(query: string, variables?: object): Promise<Row>;
  subscribe(query: string, variables?: object, more?: Partial<OperationContext>): Subscribed;
  close(): Promise<void>;
}

export interface Subscribed {
  readonly events: AsyncIterator<Told>;
  /** The next so many events. */
  take(count: number): Promise<readonly Told[]>;
  /** What it ends with. */
  failure(): Promise<unknown>;
  leave(): void;
}

let made = 0;

/** A change of a record that says something new. */
export const changeOf = (id: RecordId | string, more: Partial<ChangeDraft> = {}): ChangeDraft => {
  const [source = '', type = '', key = ''] = id.split('/').map(decodeURIComponent);
  return {
    source: sourceId(source),
    type: type as ChangedType,
    key,
    kind: 'UPDATED',
    cause: 'POLL',
    fingerprint: `${++made}`,
    ...more,
  };
};

const following = (engine: Engine, query: string, variables: object, more: Partial<OperationContext>): Subscribed => {
  const document = parse(query);
  expect(validate(engine.schema, document, specifiedRules)).toEqual([]);
  const over = new AbortController();
  const context = { ...contextOf([]), signal: over.signal, ...more };
  const events = (async function* () {
    yield* await engine.subscribe(
      { document, text: query, variables: variables as Readonly<Record<string, unknown>> },
      context,
    );
  })();
  return {
    events,
    take: async (count) => {
      const all: Told[] = [];
      while (all.length < count) {
        const { value, done } = await events.next();
        if (done === true) break;
        all.push(value);
      }
      return all;
    },
    failure: () =>
      events.next().then(
        ({ value }) => value,
        (thrown: unknown) => thrown,
      ),
    leave: () => over.abort(),
  };
};

const subgraphsOver = async (sandbox: Sandbox, store: Store | undefined) => {
  const sources = readConfig(sandbox.config, {}).sources;
  const cursors = new Cursors('a secret of these tests');
  const vendors = VENDORS.map(({ name, prefix, vendors: served }) => ({
    prefix,
    vendors: served,
    hitsField: hitsField(name),
    capabilities: () => EVERYTHING,
  }));
  const logs = store === undefined ? {} : { journal: store.journal, changes: store.changes };
  return Promise.all([
    hubSubgraph(vendors, sources, { cursors, ...logs }),
    ...VENDORS.map((vendor) => vendorSubgraph(vendor, sources, { now: Date.now, cursors })),
  ]);
};

export interface ChangingOptions {
  /** One in memory when absent. Whoever gives it, or a sandbox, closes it. */
  readonly store?: Store;
  readonly sandbox?: Sandbox;
}

export const startChangingGraph = async (options: ChangingOptions = {}): Promise<ChangingGraph> => {
  const sandbox = options.sandbox ?? (await startSandbox({ now: NOW }));
  const store = options.store ?? openStore({ kind: 'memory' });
  const subgraphs = await subgraphsOver(sandbox, store);
  const asked: string[] = [];
  const local = subgraphs.map((one) => {
    const subgraph = localSubgraph(one);
    if (one.name === 'hub') return subgraph;
    const execute: typeof subgraph.execute = (operation, variables, context) => {
      asked.push(one.name);
      return subgraph.execute(operation, variables, context);
    };
    return { ...subgraph, execute };
  });
  const engine = new Engine(compose(subgraphs), local, { scalars: SCALARS });
  return {
    engine,
    store,
    sandbox,
    asked,
    ask: async (query, variables = {}) => {
      const request = {
        document: parse(query),
        text: query,
        variables: variables as Readonly<Record<string, unknown>>,
      };
      const { data, errors } = await engine.execute(request, contextOf([]));
      expect(errors).toEqual([]);
      return data;
    },
    subscribe: (query, variables = {}, more = {}) => following(engine, query, variables, more),
    close: async () => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      if (options.store === undefined) await store.close();
      if (options.sandbox === undefined) await sandbox.close();
    },
  };
};

export const sourceOf = (id: string): SourceId => sourceId(decodeURIComponent(id.split('/')[0] ?? ''));

/** The way into the graph for clients. */
export const serve = ({ engine }: ChangingGraph, limits: ServerOptions['limits'] = {}): Promise<RunningServer> =>
  startServer({
    limits,
    engine,
    host: '127.0.0.1',
    port: 0,
    explorer: false,
    explorerRoot: import.meta.dirname,
    now: Date.now,
    authenticate: () => EVERYBODY,
    ready: () => true,
  });
