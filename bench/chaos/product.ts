import { randomUUID } from 'node:crypto';
import { type DocumentNode, parse } from 'graphql';
import type * as App from '../../app.ts';
import type * as Configuration from '../../config.ts';
import type { Sandbox, startSandbox } from '../../sandbox/index.ts';
import type { random } from '../../sandbox/population/random.ts';
import type { OperationContext, VendorCall } from '../../schema/context.ts';
import type { Session } from '../../subgraphs/vendor/session.ts';
import type { processState, SharedState } from '../../upstream/shared-state.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { AnswerError } from './history.ts';
import type { Path } from './stand.ts';

/** The product's parts that the run starts or looks into: from the build, or from source where that can be run. */
export interface Parts {
  readonly startEngine: typeof App.startEngine;
  readonly readConfig: typeof Configuration.readConfig;
  readonly startSandbox: typeof startSandbox;
  readonly Upstream: typeof Upstream;
  readonly Session: typeof Session;
  readonly processState: typeof processState;
  readonly random: typeof random;
}

/** How the sources are configured in the run: answers are old soon, so that old ones show. */
export interface Times {
  readonly timeoutMs: number;
  readonly ttlSeconds: number;
  readonly staleSeconds: number;
  /** An operation's. */
  readonly deadlineMs: number;
}

export interface Reply {
  readonly data: unknown;
  readonly errors: readonly AnswerError[];
  readonly calls: readonly VendorCall[];
  readonly at: number;
  readonly answeredAt: number;
  readonly deadline: number;
}

export interface Product {
  ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<Reply>;
  close(): Promise<void>;
}

type Sources = Sandbox['config']['sources'];

const DIRECTORY_SECONDS = 3_600;

const configured = (sources: Sources, times: Times, kept: boolean): object => {
  const ttl = kept ? times.ttlSeconds : 0;
  const directory = kept ? DIRECTORY_SECONDS : 0;
  const ttlSeconds = {
    ...{ Patient: ttl, Appointment: ttl, Observation: ttl, Claim: ttl, Slot: ttl },
    ...{ Practitioner: directory, Location: directory },
  };
  const cache = { ttlSeconds, staleSeconds: kept ? times.staleSeconds : 0 };
  return {
    sources: sources.map((source) => ({ ...source, timeoutMs: times.timeoutMs, cache })),
    store: { memory: true },
  };
};

const contextOf = (deadlineMs: number, calls: VendorCall[]): OperationContext => {
  const startedAt = Date.now();
  return {
    id: randomUUID(),
    caller: { subject: 'bench', scopes: ['*'], sources: 'all' },
    startedAt,
    deadline: startedAt + deadlineMs,
    now: Date.now,
    signal: AbortSignal.timeout(deadlineMs),
    explain: true,
    headers: {},
    record: (made) => calls.push(made),
  };
};

/** The engine over these sources, in this process. With `kept` false nothing is cached. */
export const startProduct = async (
  { startEngine, readConfig }: Pick<Parts, 'startEngine' | 'readConfig'>,
  sources: Sources,
  times: Times,
  { kept = true, state }: { readonly kept?: boolean; readonly state?: SharedState | undefined } = {},
): Promise<Product> => {
  const config = readConfig(configured(sources, times, kept), {});
  const { engine, close } = await startEngine(config, state === undefined ? {} : { state });
  const documents = new Map<string, DocumentNode>();
  const documentOf = (query: string): DocumentNode => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    return document;
  };
  return {
    ask: async (query, variables) => {
      const calls: VendorCall[] = [];
      const at = performance.now();
      const context = contextOf(times.deadlineMs, calls);
      const { data, errors } = await engine.execute({ document: documentOf(query), text: query, variables }, context);
      return {
        data,
        calls,
        at,
        answeredAt: performance.now(),
        deadline: at + times.deadlineMs,
        errors: errors.map(({ extensions, path }) => ({
          code: String(extensions.code),
          ...(extensions.source === undefined ? {} : { source: String(extensions.source) }),
          path: (path ?? []) as Path,
        })),
      };
    },
    close,
  };
};
