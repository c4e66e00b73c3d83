import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from '../sandbox/faults.ts';
import { count, oneOf, runBench } from './command.ts';
import { Product } from './load/product.ts';
import { LIMITS } from './load/run.ts';
import { writeResults } from './results.ts';
import { Vendors } from './vendors/process.ts';
import type { Manners } from './writes/clients.ts';
import { Graph } from './writes/graph.ts';
import { groundsOf, simulatedBy } from './writes/grounds.ts';
import { figureLines, figuresOf, redOf } from './writes/report.ts';
import { runWrites, tellersOf } from './writes/run.ts';
import { SABOTAGES, type Sabotage } from './writes/sabotage.ts';
import { newStore, STORES, type StoreName } from './writes/stores.ts';

/** Nobody here hands in two writes of one record at once, so that their order would be seen to be lost. */
const NOTICED = SABOTAGES.filter((name) => name !== 'own-lanes');

const USAGE = `Usage: npm run bench:writes [-- OPTIONS]

  Writes of all kinds that three simulated vendors can do, while of all their calls 4 % are answered 500, 2 % are cut,
  1 % hang, and 4 % are carried out and their answers lost. Then what the vendors committed, what the journal says and
  what the clients were told are held against one another. Ends with 1 when a write was lost, doubled or made up, or
  more than 0.5 % are left in doubt.

  --writes N           5000 by default
  --clients N          that write at once, 50 by default
  --store NAME         of ${STORES.join(', ')}; folder by default
  --seed N             decides what is written, 1 by default
  --timeout N          milliseconds of one vendor call, 2000 by default
  --people N           at each vendor, 150 by default
  --no-faults          the vendors behave
  --sabotage NAME      breaks a rule of the product, which must be noticed: ${NOTICED.join(', ')}
  --out FILE           where the figures go as JSON, bench/results/writes.json by default
`;

/** An unhurried vendor whose calls, and whose answers after the work is done, get lost. */
const FAULTS: readonly Fault[] = [
  { kind: 'delay', ms: 20, upTo: 120 },
  { kind: 'mix', status: 0.04, reset: 0.02, hang: 0.01, lose: 0.03 },
  { kind: 'lose', how: 'hang', share: 0.01 },
];
const MANNERS: Manners = { waitMs: 10_000, patienceMs: 120_000, cut: 0.02, twice: 0.03 };
/** Beside the clients: those who look how it goes. */
const MORE_CONNECTIONS = 60;
const SETTLE_MS = 120_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Options {
  readonly writes: number;
  readonly clients: number;
  readonly store: StoreName;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly people: number;
  readonly faults: boolean;
  readonly sabotage: Sabotage | undefined;
  readonly out: string;
}

const nodeOptions = (sabotage: Sabotage | undefined): readonly string[] =>
  sabotage === undefined ? [] : ['--import', new URL('./writes/broken.ts', import.meta.url).href];

/** One run against a product that has just started, on a store of its own. */
const measure = async (vendors: Vendors, { store: name, timeoutMs, sabotage, faults, ...load }: Options) => {
  const store = await newStore(name);
  const { config } = vendors.ready;
  const sources = config.sources.map((source) => ({ ...source, limits: LIMITS, timeoutMs }));
  Object.assign(process.env, store.environment, sabotage === undefined ? {} : { BENCH_SABOTAGE: sabotage });
  try {
    await vendors.behave([]);
    const product = await Product.start({ ...config, sources, store: store.config }, nodeOptions(sabotage));
    const graph = new Graph(() => product.url, load.clients + MORE_CONNECTIONS);
    try {
      const grounds = await groundsOf(graph, simulatedBy(vendors.ready));
      await vendors.behave(faults ? FAULTS : []);
      const before = await product.usage();
      const outcome = await runWrites(graph, tellersOf(grounds, load.seed), {
        ...load,
        manners: MANNERS,
        settleMs: SETTLE_MS,
      });
      const after = await product.usage();
      return figuresOf(outcome, { calls: await vendors.calls(), cpuMs: after.cpuMs - before.cpuMs });
    } finally {
      await graph.close();
      await product.stop();
    }
  } finally {
    await store.remove();
  }
};

const main = async (options: Options): Promise<void> => {
  const { out, ...settings } = options;
  const broken = options.sabotage === undefined ? '' : `, with ${options.sabotage}`;
  print(
    `${options.writes} writes by ${options.clients} clients, ${options.store} store, seed ${options.seed}${broken}:`,
  );
  const vendors = await Vendors.start(options.people);
  try {
    const figures = await measure(vendors, options);
    const faults = redOf(figures);
    for (const line of figureLines(figures)) print(line);
    print(faults.length === 0 ? 'GREEN' : faults.map((fault) => `RED: ${fault}`).join('\n'));
    const written = { ...settings, mix: settings.faults ? FAULTS : [], manners: MANNERS, limits: LIMITS };
    await writeResults(out, { settings: written, figures, faults });
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await vendors.stop();
  }
};

const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      writes: { type: 'string', default: '5000' },
      clients: { type: 'string', default: '50' },
      store: { type: 'string', default: 'folder' },
      seed: { type: 'string', default: '1' },
      timeout: { type: 'string', default: '2000' },
      people: { type: 'string', default: '150' },
      'no-faults': { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'writes.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    writes: count('writes', values.writes, 1_000_000),
    clients: count('clients', values.clients, 1_000),
    store: oneOf('store', values.store, STORES),
    seed: count('seed', values.seed, 2 ** 31),
    timeoutMs: count('timeout', values.timeout, 120_000),
    people: count('people', values.people, 10_000),
    faults: !values['no-faults'],
    sabotage: values.sabotage === undefined ? undefined : oneOf('sabotage', values.sabotage, NOTICED),
    out: values.out,
  };
};

await runBench(USAGE, optionsOf, main);
