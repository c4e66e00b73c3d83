import { randomUUID } from 'node:crypto';
import { type ExecutionResult, parse } from 'graphql';
import { startEngine } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/index.ts';
import type { OperationContext, VendorCall } from '../schema/context.ts';
import type { Store } from '../store/index.ts';
import type { WriteTimes } from '../subgraphs/vendor/writes/limits.ts';
import { MemoryStore } from '../upstream/cache/memory.ts';
import { processState } from '../upstream/shared-state.ts';

/** When the sandbox of the tests is: a Wednesday, in standard time. */
export const NOW = '2026-11-18T15:00:00Z';

export interface Answer extends ExecutionResult {
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, each in its own way
  readonly data: any;
  /** Vendor calls that the operation made, cache hits left out. */
  readonly calls: readonly VendorCall[];
  /** All that explain would show. */
  readonly explained: readonly VendorCall[];
}

export interface Graph {
  readonly sandbox: Sandbox;
  readonly config: Config;
  /** What the engine keeps of the vendors' answers. */
  readonly cache: MemoryStore;
  ask(query: string, variables?: Readonly<Record<string, unknown>>, more?: Partial<OperationContext>): Promise<Answer>;
  /** Subscribes, and gives the data of the first event that comes. */
  // biome-ignore lint/suspicious/noExplicitAny: as answers
  next(subscription: string): Promise<any>;
  /** Starts the engine anew over the same sandbox: nothing that was asked before is known, and every source is healthy. */
  restart(): Promise<void>;
  /** Empties the cache, for a test that is about what the vendor is asked. */
  forget(): void;
  close(): Promise<void>;
}

/** One operation's context, as the server makes it. */
export const contextOf = (calls: VendorCall[], now: () => number = Date.now): OperationContext => ({
  id: randomUUID(),
  caller: { subject: 'test', scopes: ['*'], sources: 'all' },
  startedAt: now(),
  deadline: now() + 30_000,
  now,
  signal: AbortSignal.timeout(30_000),
  explain: true,
  headers: {},
  record: (made) => calls.push(made),
});

export interface GraphOptions extends SandboxOptions {
  /** Changes the sandbox's configuration before it is read. */
  // biome-ignore lint/suspicious/noExplicitAny: it is the content of a YAML file
  readonly configure?: (config: any) => unknown;
  readonly clock?: () => number;
  /** 64 MiB in memory when absent. */
  readonly cache?: MemoryStore;
  /** How long the parts of a write may take; the usual times when absent. */
  readonly writeTimes?: Partial<WriteTimes>;
  /** Where writes are recorded; one of the engine's own when absent. Whoever gives it closes it. */
  readonly store?: Store;
  /** Asks the vendors so often what changed; never when absent. */
  readonly watch?: { readonly everyMs: number };
}

/** The sandbox and the engine over it, in this process. */
export const startGraph = async (options: GraphOptions = {}): Promise<Graph> => {
  const sandbox = await startSandbox({ now: NOW, ...options });
  const content = structuredClone(sandbox.config);
  const config = readConfig(options.configure?.(content) ?? content, {});
  const cache = options.cache ?? new MemoryStore(64 * 1024 * 1024);
  const { clock, writeTimes, store, watch } = options;
  const given = {
    ...(clock === undefined ? {} : { now: clock }),
    ...(writeTimes === undefined ? {} : { writeTimes }),
    ...(store === undefined ? {} : { store }),
    ...(watch === undefined ? {} : { watch }),
  };
  const start = () => startEngine(config, { ...given, state: { ...processState(), cache } });
  let running = await start();
  return {
    sandbox,
    config,
    cache,
    ask: async (query, variables = {}, more = {}) => {
      const calls: VendorCall[] = [];
      const context = { ...contextOf(calls, clock), ...more };
      const { data, errors } = await running.engine.execute(
        { document: parse(query), text: query, variables },
        context,
      );
      return {
        data,
        ...(errors.length === 0 ? {} : { errors }),
        calls: calls.filter(({ cache }) => cache === 'MISS'),
        explained: calls,
      };
    },
    next: async (subscription) => {
      const request = { document: parse(subscription), text: subscription, variables: {} };
      const events = await running.engine.subscribe(request, contextOf([], clock));
      const { value } = await events.next();
      await events.return();
      return value?.data;
    },
    forget: () => cache.clear(),
    restart: async () => {
      await running.close();
      cache.clear();
      running = await start();
    },
    close: async () => {
      await running.close();
      await sandbox.close();
    },
  };
};

/** Names of calls with how often each was made, sign-ins left out. */
export const countsOf = (calls: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of calls) if (!/token|GetUserAuthentication/i.test(name)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
