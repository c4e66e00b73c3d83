import { join } from 'node:path';
import type { Config } from './config.ts';
import { compose } from './gateway/composition.ts';
import { Engine } from './gateway/engine.ts';
import { localSubgraph } from './gateway/local.ts';
import { startServer } from './gateway/server.ts';
import { packageRoot } from './package-root.ts';
import type { Caller } from './schema/context.ts';
import { Cursors } from './schema/cursor.ts';
import { SCALARS } from './schema/scalars.ts';
import { buildSubgraphs } from './subgraphs/index.ts';

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
}

/** Until sign-in comes, whoever reaches the gateway may see everything that its sources' credentials may see. */
const EVERYBODY: Caller = { subject: 'anonymous', scopes: ['*'], sources: 'all' };

/** The engine over all subgraphs in this process, and how to close what it holds open. */
export const startEngine = async (config: Config, { now = Date.now, ...local }: AppOptions = {}) => {
  const cursors = new Cursors(config.cursorSecret.reveal());
  const subgraphs = await buildSubgraphs(config.sources, { now, cursors });
  const engine = new Engine(
    compose(subgraphs),
    subgraphs.map((one) => localSubgraph(one, local)),
    { scalars: SCALARS },
  );
  return {
    engine,
    subgraphs,
    close: async (): Promise<void> => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    },
  };
};

/** Starts gateway and subgraphs. @throws when the port is taken or a subgraph does not compose. */
export const startApp = async (config: Config, options: AppOptions = {}): Promise<App> => {
  const { engine, close } = await startEngine(config, options);
  const server = await startServer({
    engine,
    ...config.gateway,
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
