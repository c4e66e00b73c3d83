import { randomBytes } from 'node:crypto';
import { type DocumentNode, parse } from 'graphql';
import type { VendorCall } from '../../schema/context.ts';
import { Random } from '../../test/random.ts';
import { checkerOf } from './check.ts';
import { contextOf } from './context.ts';
import type { Keys } from './keys.ts';
import { type Operation, operationsOf, TEXT_LIST } from './operations.ts';
import { mixSessions, type Sabotage, withSharedKeys } from './sabotage.ts';
import type { Engine, Product, World } from './world.ts';

export interface RunOptions {
  readonly operations: number;
  /** How many are under way at once. */
  readonly atOnce: number;
  readonly seed: number;
  readonly sabotage?: Sabotage | undefined;
  /** Where the cache is kept, instead of in this process. */
  readonly redis?: string | undefined;
}

/** What became of all operations. */
export interface Tally {
  readonly operations: number;
  readonly seconds: number;
  readonly records: number;
  readonly marks: number;
  readonly foreign: number;
  readonly unmarked: number;
  readonly absent: number;
  /** Errors that the operation does not explain. */
  readonly failures: number;
  readonly vendorCalls: number;
  readonly cacheHits: number;
  /** Operations by name, and where the first faults were. */
  readonly byName: Readonly<Record<string, number>>;
  readonly examples: readonly string[];
}

const MOST_EXAMPLES = 10;

const documents: ReadonlyMap<string, DocumentNode> = new Map(TEXT_LIST.map((text) => [text, parse(text)]));

/** What a caller hears of sources that are hidden from it: as if there were none. */
const HIDDEN: ReadonlySet<unknown> = new Set(['NOT_FOUND', 'VALIDATION']);

type Failed = { readonly extensions?: Record<string, unknown> };

const failuresIn = ({ callerSources }: Operation, errors: readonly Failed[]): number =>
  errors.filter(({ extensions }) => callerSources === undefined || !HIDDEN.has(extensions?.code)).length;

const empty = () => ({
  records: 0,
  marks: 0,
  foreign: 0,
  unmarked: 0,
  absent: 0,
  failures: 0,
  vendorCalls: 0,
  cacheHits: 0,
});

/** Asks all operations, so many at once, and looks at every value that comes back. */
const askAll = async (world: World, engine: Engine, keys: Keys, options: RunOptions): Promise<Tally> => {
  const draw = operationsOf(world.sources, keys, new Random(options.seed));
  const check = checkerOf(world.sources);
  const total = empty();
  const byName: Record<string, number> = {};
  const examples: string[] = [];
  let left = options.operations;
  const one = async (operation: Operation): Promise<void> => {
    const { text, variables, callerSources } = operation;
    const calls: VendorCall[] = [];
    const isOpen = callerSources === undefined || options.sabotage === 'open-callers';
    const context = contextOf(world.now, calls, isOpen ? 'all' : callerSources);
    const document = documents.get(text) ?? parse(text);
    const { data, errors } = await engine.execute({ document, text, variables }, context);
    const found = check((data ?? null) as Readonly<Record<string, unknown>> | null, operation);
    total.records += found.records;
    total.marks += found.marks;
    total.failures += failuresIn(operation, errors);
    for (const fault of ['foreign', 'unmarked', 'absent'] as const) {
      total[fault] += found[fault].length;
      for (const path of found[fault]) if (examples.length < MOST_EXAMPLES) examples.push(`${fault}: ${path}`);
    }
    for (const { message, path } of failuresIn(operation, errors) > 0 ? errors : [])
      if (examples.length < MOST_EXAMPLES) examples.push(`failure: ${operation.name} ${path?.join('.')}: ${message}`);
    total.vendorCalls += calls.filter(({ cache }) => cache === 'MISS').length;
    total.cacheHits += calls.filter(({ cache }) => cache === 'HIT').length;
    byName[operation.name] = (byName[operation.name] ?? 0) + 1;
  };
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one(draw());
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: options.atOnce }, lane));
  const seconds = (performance.now() - began) / 1000;
  return { operations: options.operations, seconds, ...total, byName, examples };
};

const CACHE_BYTES = 128 * 1024 * 1024;

/** A cache of its own; in Redis nobody else knows the key, and nothing outlives its few seconds. */
const stateFor = async ({ openSharedState, Secret }: Product, { sabotage, redis }: RunOptions) => {
  const cacheKey = new Secret(randomBytes(32).toString('hex'));
  const settings = redis === undefined ? {} : { redis: { url: new Secret(redis), cacheKey } };
  const state = await openSharedState({ cacheBytes: CACHE_BYTES, ...settings });
  return sabotage === 'shared-keys' ? { ...state, cache: withSharedKeys(state.cache) } : state;
};

/** Asks a product of its own, sabotaged or not, over the world's sources. */
export const runIsolation = async (world: World, keys: Keys, product: Product, options: RunOptions): Promise<Tally> => {
  const state = await stateFor(product, options);
  const { engine, close } = await world.start({ state });
  const mend = options.sabotage === 'wrong-session' ? mixSessions(product, world.sources) : () => undefined;
  try {
    return await askAll(world, engine, keys, options);
  } finally {
    mend();
    await close();
    await state.close();
  }
};

/** What must not be in a tally. */
export const faultsOf = ({ foreign, unmarked, absent, failures, marks }: Tally): readonly string[] => [
  ...(foreign > 0 ? [`${foreign} foreign values`] : []),
  ...(unmarked > 0 ? [`${unmarked} texts without a mark`] : []),
  ...(absent > 0 ? [`${absent} records are missing`] : []),
  ...(failures > 0 ? [`${failures} errors`] : []),
  ...(marks === 0 ? ['nothing was compared'] : []),
];
