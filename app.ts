import { join } from 'node:path';
import type { Config } from './config.ts';
import { compose } from './gateway/composition.ts';
import { Engine } from './gateway/engine.ts';
import { OPERATIONS } from './gateway/explorer/operations.ts';
import { loadOperations } from './gateway/front/operations-file.ts';
import { localSubgraph } from './gateway/local.ts';
import { startServer } from './gateway/server.ts';
import { Metrics, metricsRoute } from './metrics.ts';
import { packageRoot } from './package-root.ts';
import { EVERYBODY } from './schema/context.ts';
import { Cursors } from './schema/cursor.ts';
import { SCALARS } from './schema/scalars.ts';
import { openStore, type Store } from './store/index.ts';
import { buildSubgraphs, type LocalSubgraph } from './subgraphs/index.ts';
import { hookRoutes } from './subgraphs/service/hooks.ts';
import type { ChangeMeter } from './subgraphs/vendor/changes/meter.ts';
import type { WriteTimes } from './subgraphs/vendor/writes/limits.ts';
import { openSharedState, type SharedState } from './upstream/shared-state.ts';

/** How long writes may still be waited for when the process is told to stop. */
const STOPPING_MS = 5_000;

/** The running product: gateway and subgraphs in this process. */
export interface App {
  readonly config: Config;
  readonly engine: Engine;
  readonly graphUrl: string;
  /** Absent when the explorer is off. */
  readonly explorerUrl: string | undefined;
  /** Drains, signs off at the vendors and stops. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly now?: () => number;
  /** See `localSubgraph`. */
  readonly compileFrom?: number;
  /** What the sources share, instead of what the configuration says. Whoever gives it closes it. */
  readonly state?: SharedState;
  /** Where writes are recorded, instead of where the configuration says; `none`: they are refused. Whoever gives it closes it. */
  readonly store?: Store | 'none';
  /** How long the parts of a write may take, where the usual times are not wanted. */
  readonly writeTimes?: Partial<WriteTimes>;
  /** See `SubgraphOptions`. */
  readonly carries?: string;
  readonly watch?: boolean | { readonly everyMs: number };
  readonly meter?: ChangeMeter;
}

/**
 * All subgraphs in this process, and how to close what they hold open.
 * @throws StoreError when the store of the configuration cannot be opened
 */
export const openSubgraphs = async (
  config: Config,
  { now = Date.now, state: givenState, store: givenStore, ...rest }: Omit<AppOptions, 'compileFrom'> = {},
) => {
  const cursors = new Cursors(config.cursorSecret.reveal());
  const store = givenStore ?? openStore(config.store);
  const logs = store === 'none' ? {} : { journal: store.journal, changes: store.changes };
  const stopping = new AbortController();
  if (store !== 'none') await store.ready();
  const state = givenState ?? (await openSharedState(config.shared));
  const subgraphs = await buildSubgraphs(config.sources, {
    now,
    cursors,
    state,
    stopping: stopping.signal,
    ...logs,
    ...rest,
  });
  return {
    subgraphs,
    /** Opens what would else be opened by the first write. */
    warm: (): void => {
      if (store !== 'none') void store.warm().catch(() => undefined); // the first write is told
    },
    /** Before what has begun is answered: who waits for a write does so a little longer, and then hears that it is recorded. */
    stop: (): void => {
      setTimeout(() => stopping.abort(), STOPPING_MS).unref();
    },
    close: async (): Promise<void> => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      if (givenState === undefined) await state.close();
      if (givenStore === undefined && store !== 'none') await store.close();
    },
  };
};

/**
 * What is served beside a graph: where the sources of its subgraphs deliver what they tell of themselves, and what is counted
 * here unless the configuration says otherwise.
 */
export const besides = (subgraphs: readonly LocalSubgraph[], { registry }: Metrics, { gateway }: Config) => [
  hookRoutes(new Map(subgraphs.flatMap(({ hooks }) => [...(hooks ?? [])]))),
  ...(gateway.metrics ? [metricsRoute(registry)] : []),
];

/** The engine over all subgraphs in this process, and how to close what it holds open. */
export const startEngine = async (config: Config, { compileFrom, ...options }: AppOptions = {}) => {
  const from = compileFrom ?? (config.gateway.jit ? undefined : Number.POSITIVE_INFINITY);
  const local = from === undefined ? {} : { compileFrom: from };
  const { subgraphs, warm, stop, close } = await openSubgraphs(config, options);
  const engine = new Engine(
    compose(subgraphs),
    subgraphs.map((one) => localSubgraph(one, local)),
    { scalars: SCALARS },
  );
  return { engine, subgraphs, warm, stop, close };
};

/**
 * Starts gateway and subgraphs.
 * @throws OperationsError for a file of operations that is none, and when the port is taken.
 */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const { host, port, explorer, operations: file, unknownOperations, bodyKb } = config.gateway;
  const { now = Date.now } = options;
  const metrics = new Metrics({ now });
  const operations = file === undefined ? undefined : await loadOperations(file);
  const { engine, subgraphs, warm, stop, close } = await startEngine(config, {
    watch: true,
    meter: metrics,
    ...options,
  });
  engine.warm(operations === undefined ? OPERATIONS.map(({ query }) => query) : [...operations.texts]);
  const server = await startServer({
    engine,
    host,
    port,
    explorer,
    operations,
    onUnknownOperation: unknownOperations,
    bodyBytes: bodyKb * 1024,
    explorerRoot: join(packageRoot(), 'dist', 'explorer'),
    now,
    authenticate: () => EVERYBODY,
    ready: () => true,
    besides: besides(subgraphs, metrics, config),
  });
  warm();
  return {
    config,
    engine,
    graphUrl: `${server.url}/graphql`,
    explorerUrl: explorer ? `${server.url}/graphiql` : undefined,
    close: async () => {
      stop();
      await server.close();
      await close();
    },
  };
};
