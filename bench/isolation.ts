import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, OptionError, runBench } from './command.ts';
import { findKeys } from './isolation/keys.ts';
import { faultsOf, type RunOptions, runIsolation, type Tally } from './isolation/run.ts';
import { SABOTAGES, type Sabotage } from './isolation/sabotage.ts';
import { openWorld, type Product } from './isolation/world.ts';
import { writeResults } from './results.ts';

const USAGE = `Usage: npm run bench:isolation [-- OPTIONS]

  --operations N   20000 by default
  --sources N      20 by default, in turn Unity, athenaNet and FHIR
  --at-once N      operations under way at once, 50 by default
  --seed N         what is asked in which order, 1 by default
  --sabotage NAME  of ${SABOTAGES.join(', ')}: breaks that rule, which must be noticed
  --redis URL      keeps the cache there, instead of in this process
  --out FILE       where the figures go as JSON, bench/results/isolation.json by default
`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

// the product's classes have decorators, which Node does not run from source: they come from the build
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/${file}`, import.meta.url).href)) as T;

const product = async (): Promise<Product> => ({
  ...(await built<Pick<Product, 'startEngine'>>('app.js')),
  ...(await built<Pick<Product, 'readConfig'>>('config.js')),
  ...(await built<Pick<Product, 'startSandbox'>>('sandbox/index.js')),
  ...(await built<Pick<Product, 'openSharedState'>>('upstream/shared-state.js')),
  ...(await built<Pick<Product, 'Secret'>>('upstream/source.js')),
  ...(await built<Pick<Product, 'Session'>>('subgraphs/vendor/session.js')),
});

interface Options extends RunOptions {
  readonly sources: number;
  readonly out: string;
}

const lines = ({ operations, seconds, records, marks, vendorCalls, cacheHits, byName, examples }: Tally): string[] => [
  `${operations} operations in ${seconds.toFixed(1)} s; ${records} records and ${marks} marks compared`,
  `${vendorCalls} vendor calls, ${cacheHits} answers from the cache`,
  ...Object.entries(byName)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, number]) => `  ${name.padEnd(24)} ${number}`),
  ...examples.map((example) => `  ${example}`),
];

const main = async ({ sources, out, ...options }: Options): Promise<void> => {
  const parts = await product();
  const world = await openWorld(sources, parts);
  try {
    const tally = await runIsolation(world, await findKeys(world), parts, options);
    const faults = faultsOf(tally);
    for (const line of lines(tally)) print(line);
    print(faults.length === 0 ? '0 foreign values' : faults.join(', '));
    const { redis, ...rest } = options;
    const settings = { sources, ...rest, cache: redis === undefined ? 'memory' : 'redis' };
    await writeResults(out, { settings, ...tally, faults });
    // a sabotage that nobody notices is the fault
    if (options.sabotage === undefined ? faults.length > 0 : tally.foreign === 0) process.exitCode = 1;
  } finally {
    await world.close();
  }
};

const sabotageOf = (given: string | undefined): Sabotage | undefined => {
  const known = SABOTAGES.find((name) => name === given);
  if (given !== undefined && known === undefined)
    throw new OptionError(`--sabotage must be of ${SABOTAGES.join(', ')}.`);
  return known;
};

const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      operations: { type: 'string', default: '20000' },
      sources: { type: 'string', default: '20' },
      'at-once': { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      sabotage: { type: 'string' },
      redis: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'isolation.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    operations: count('operations', values.operations, 1_000_000),
    sources: count('sources', values.sources, 90),
    atOnce: count('at-once', values['at-once'], 10_000),
    seed: count('seed', values.seed, 1_000_000_000),
    sabotage: sabotageOf(values.sabotage),
    redis: values.redis,
    out: values.out,
  };
};

await runBench(USAGE, optionsOf, main);
