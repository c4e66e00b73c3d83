import { join } from 'node:path';
import type { Config } from './config.ts';
import { compose } from './gateway/composition.ts';
import { Engine } from './gateway/engine.ts';
import { OPERATIONS } from './gateway/explorer/operations.ts';
import { loadOperations } from './gateway/front/operations-file.ts';
import { localSubgraph } from './gateway/local.ts';
import { startServer } from './gateway/server.ts';
import { packageRoot } from './package-root.ts';
import { EVERYBODY } from './schema/context.ts';
import { Cursors } from './schema/cursor.ts';
import { SCALARS } from './schema/scalars.ts';
import { buildSubgraphs } from './subgraphs/index.ts';
import { openSharedState, type SharedState } from './upstream/shared-state.ts';

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
}

/** All subgraphs in this process, and how to close what they hold open. */
export const openSubgraphs = async (
  config: Config,
  { now = Date.now, state: given }: Pick<AppOptions, 'now' | 'state'> = {},
) => {
  const cursors = new Cursors(config.cursorSecret.reveal());
  const state = given ?? (await openSharedState(config.shared));
  const subgraphs = await buildSubgraphs(config.sources, { now, cursors, state });
  return {
    subgraphs,
    close: async (): Promise<void> => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      if (given === undefined) await state.close();
    },
  };
};

/** The engine over all subgraphs in this process, and how to close what it holds open. */
export const startEngine = async (config: Config, { compileFrom, ...options }: AppOptions = {}) => {
  const from = compileFrom ?? (config.gateway.jit ? undefined : Number.POSITIVE_INFINITY);
  const local = from === undefined ? {} : { compileFrom: from };
  const { subgraphs, close } = await openSubgraphs(config, options);
  const engine = new Engine(
    compose(subgraphs),
    subgraphs.map((one) => localSubgraph(one, local)),
    { scalars: SCALARS },
  );
  return { engine, subgraphs, close };
};

/**
 * Starts gateway and subgraphs.
 * @throws OperationsError for a file of operations that is none, and when the port is taken.
 */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const { operations: file, unknownOperations, ...gateway } = config.gateway;
  const operations = file === undefined ? undefined : await loadOperations(file);
  const { engine, close } = await startEngine(config, options);
  engine.warm(operations === undefined ? OPERATIONS.map(({ query }) => query) : [...operations.texts]);
  const server = await startServer({
    engine,
    ...gateway,
    operations,
    onUnknownOperation: unknownOperations,
    explorerRoot: join(packageRoot(), 'dist', 'explorer'),
    now: options.now ?? Date.now,
    authenticate: () => EVERYBODY,
    ready: () => true,
  });
  return {
    config,
    engine,
    graphUrl: `${server.url}/graphql`,
    explorerUrl: config.gateway.explorer ? `${server.url}/graphiql` : undefined,
    close: async () => {
      await server.close();
      await close();
    },
  };
};
