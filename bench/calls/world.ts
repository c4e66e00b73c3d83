import { randomUUID } from 'node:crypto';
import { parse } from 'graphql';
import type { Logged } from '../../sandbox/calls.ts';
import type { OperationContext } from '../../schema/context.ts';
import type { Person } from '../vendors/simulators.ts';
import type { Data, Question, Subjects, Vendor } from './row.ts';
import { findSubjects } from './subjects.ts';

/** The product, as modules: from the build, or from source where decorators are understood. */
export interface Product {
  readonly startEngine: typeof import('../../app.ts')['startEngine'];
  readonly readConfig: typeof import('../../config.ts')['readConfig'];
  readonly processState: typeof import('../../upstream/shared-state.ts')['processState'];
  readonly MemoryStore: typeof import('../../upstream/cache/memory.ts')['MemoryStore'];
}

/** Three simulated vendors, wherever they run. */
export interface Simulators {
  /** The content of the configuration that reads them. */
  readonly config: { readonly sources: readonly object[] };
  readonly people: Readonly<Record<string, readonly Person[]>>;
  /** Forgets the calls, and lets each take so long from now on. */
  delay(ms: number): Promise<void>;
  /** The calls since then. */
  logs(): Promise<Readonly<Record<Vendor, readonly Logged[]>>>;
  stop(): Promise<void>;
}

/** The product with nothing cached yet. */
export interface Fresh {
  /** Plans it, as a server that has seen it before. */
  plan(question: Question): void;
  /** @throws Error when the answer has errors: what fails is not measured. */
  ask(question: Question): Promise<Data>;
  /** Empties the cache; sign-ins and connections stay. */
  forget(): void;
  close(): Promise<void>;
}

/** Three simulated vendors, and as many fresh instances of the product over them as are wanted. */
export interface World {
  readonly simulators: Simulators;
  readonly subjects: Subjects;
  begin(): Promise<Fresh>;
}

/** Enough for practices of five practitioners and more. */
export const PEOPLE = 60;
/** Far above what a row needs: what is counted here is calls, not how they queue. */
const UNLIMITED = { perSecond: 10_000, perDay: 100_000_000, concurrency: 256 } as const;
const DEADLINE_MS = 60_000;
const CACHE_BYTES = 64 * 1024 * 1024;

const contextOf = (): OperationContext => ({
  id: randomUUID(),
  caller: { subject: 'bench', scopes: ['*'], sources: 'all' },
  startedAt: Date.now(),
  deadline: Date.now() + DEADLINE_MS,
  now: Date.now,
  signal: AbortSignal.timeout(DEADLINE_MS),
  explain: false,
  headers: {},
  record: () => undefined,
});

export const openWorld = async (
  { startEngine, readConfig, processState, MemoryStore }: Product,
  simulators: Simulators,
): Promise<World> => {
  const sources = simulators.config.sources.map((source) => ({ ...source, limits: UNLIMITED }));
  const config = readConfig({ ...simulators.config, sources }, {});
  const begin = async (): Promise<Fresh> => {
    const cache = new MemoryStore(CACHE_BYTES);
    const { engine, close } = await startEngine(config, { state: { ...processState(), cache } });
    return {
      close,
      forget: () => cache.clear(),
      plan: ({ query }) => engine.warm([query]),
      ask: async ({ query, variables = {} }) => {
        const { data, errors } = await engine.execute({ document: parse(query), text: query, variables }, contextOf());
        if (errors.length > 0) throw new Error(`An operation failed: ${errors[0]?.message}`, { cause: errors });
        return data;
      },
    };
  };
  const scout = await begin();
  try {
    return { simulators, subjects: await findSubjects(simulators.people, scout.ask), begin };
  } finally {
    await scout.close();
  }
};
