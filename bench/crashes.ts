import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from '../sandbox/faults.ts';
import { count, oneOf, runBench } from './command.ts';
import { runKills } from './crashes/kills.ts';
import { runOrder } from './crashes/order.ts';
import { type Deployment, deploy } from './crashes/process.ts';
import { killFaults, killLines, orderFaults, orderLines, stopFaults, stopLines } from './crashes/report.ts';
import { runStopping } from './crashes/stopping.ts';
import { LIMITS } from './load/run.ts';
import { writeResults } from './results.ts';
import { Vendors } from './vendors/process.ts';
import { simulatedBy } from './writes/grounds.ts';
import { SABOTAGES, type Sabotage } from './writes/sabotage.ts';
import { newStore, STORES, type StoreName } from './writes/stores.ts';

const PARTS = ['kills', 'order', 'stop'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `Usage: npm run bench:crashes [-- OPTIONS]

  Writes while the product dies. kills: one process is killed again and again in the midst of its work, and started anew
  on the same store. order: two processes share a database, and writes of one patient are handed in to both of them one
  after the other; one of the two is killed. stop: SIGTERM while clients wait for slow vendors. Then what the vendors
  committed, what the journal says and what the clients were told are held against one another. Ends with 1 when a write
  was lost, doubled, made up or carried out before an earlier one of its patient, when a client got no answer, or when
  what was acknowledged before a kill was not settled within five seconds of the next start.

  --part NAME          of ${PARTS.join(', ')}; may be repeated; all by default
  --store NAME         of ${STORES.join(', ')}, for kills and stop; may be repeated; folder and postgres by default
  --kills N            60 by default
  --writes N           of order, 2000 by default
  --stopped N          writes under way at SIGTERM, 100 by default
  --clients N          that write at once, 16 by default
  --seed N             decides what is written and when it is killed, 1 by default
  --people N           at each vendor, 150 by default
  --faults             of all vendor calls 2 % are answered 500, 2 % are cut, 4 % are carried out and then cut;
                       the time of recoveries is not judged then
  --sabotage NAME      breaks a rule of the product, which must be noticed: ${SABOTAGES.join(', ')}.
                       So must --store memory, which forgets what was acknowledged
  --out FILE           where the figures go as JSON, bench/results/crashes.json by default
`;

/** Vendors that answer, in a time that is long enough to die in. */
const UNHURRIED: readonly Fault[] = [{ kind: 'delay', ms: 20, upTo: 120 }];
const TROUBLED: readonly Fault[] = [...UNHURRIED, { kind: 'mix', status: 0.02, reset: 0.02, lose: 0.04 }];
const SLOW: Fault = { kind: 'delay', ms: 2_000, upTo: 5_000 };
/** Some clients hear of their write, others only that it goes on. */
const WAITS = [3_000, 8_000, 16_000];
const TIMEOUT_MS = 2_000;
const SLOW_TIMEOUT_MS = 10_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Options {
  readonly parts: readonly Part[];
  readonly stores: readonly StoreName[];
  readonly kills: number;
  readonly writes: number;
  readonly stopped: number;
  readonly clients: number;
  readonly seed: number;
  readonly people: number;
  readonly faults: boolean;
  readonly sabotage: Sabotage | undefined;
  readonly out: string;
}

interface Result {
  readonly part: Part;
  readonly store: StoreName;
  readonly figures: object;
  readonly faults: readonly string[];
}

/** What a part came to, in words, in figures, and why it is red. */
type Told = readonly [lines: readonly string[], figures: object, faults: readonly string[]];

const PLAYS: Readonly<Record<Part, (deployment: Deployment, vendors: Vendors, options: Options) => Promise<Told>>> = {
  kills: async (deployment, { ready }, options) => {
    const survived = await runKills(deployment, simulatedBy(ready), options);
    return [killLines(survived), survived, killFaults(survived, !options.faults)];
  },
  order: async (deployment, { ready }, options) => {
    const ordered = await runOrder(deployment, simulatedBy(ready), options);
    return [orderLines(ordered), ordered, orderFaults(ordered)];
  },
  stop: async (deployment, vendors, { stopped: writes, seed }) => {
    const behave = (faults: readonly Fault[]): Promise<void> => vendors.behave(faults);
    const load = { writes, seed, slow: SLOW, waits: WAITS, behave };
    const ended = await runStopping(deployment, simulatedBy(vendors.ready), load);
    return [stopLines(ended), ended, stopFaults(ended)];
  },
};

/** Runs one part on a store of its own. */
const run = async (vendors: Vendors, part: Part, name: StoreName, options: Options): Promise<Result> => {
  const { seed, sabotage } = options;
  const { config } = vendors.ready;
  const timeoutMs = part === 'stop' ? SLOW_TIMEOUT_MS : TIMEOUT_MS;
  const sources = config.sources.map((source) => ({ ...source, limits: LIMITS, timeoutMs }));
  const broken = sabotage === undefined ? [] : ['--import', new URL('./writes/broken.ts', import.meta.url).href];
  const store = await newStore(name);
  const environment = { ...store.environment, ...(sabotage === undefined ? {} : { BENCH_SABOTAGE: sabotage }) };
  const deployment = await deploy({ ...config, sources, store: store.config }, environment, broken);
  print(`${part}, ${name}, seed ${seed}${sabotage === undefined ? '' : `, with ${sabotage}`}:`);
  try {
    await vendors.behave(part === 'stop' ? [] : options.faults ? TROUBLED : UNHURRIED);
    const [lines, figures, faults] = await PLAYS[part](deployment, vendors, options);
    for (const line of lines) print(line);
    print(faults.length === 0 ? '  GREEN' : faults.map((fault) => `  RED: ${fault}`).join('\n'));
    return { part, store: name, figures, faults };
  } finally {
    await deployment.remove();
    await store.remove();
  }
};

const storesOf = (part: Part, { stores }: Options): readonly StoreName[] => (part === 'order' ? ['postgres'] : stores);

const main = async (options: Options): Promise<void> => {
  const results: Result[] = [];
  for (const part of options.parts)
    for (const store of storesOf(part, options)) {
      const vendors = await Vendors.start(options.people);
      try {
        results.push(await run(vendors, part, store, options));
      } finally {
        await vendors.stop();
      }
    }
  const { out, ...settings } = options;
  await writeResults(out, { settings, results });
  if (results.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
};

const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      part: { type: 'string', multiple: true, default: [...PARTS] },
      store: { type: 'string', multiple: true, default: ['folder', 'postgres'] },
      kills: { type: 'string', default: '60' },
      writes: { type: 'string', default: '2000' },
      stopped: { type: 'string', default: '100' },
      clients: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' },
      people: { type: 'string', default: '150' },
      faults: { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'crashes.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    parts: values.part.map((one) => oneOf('part', one, PARTS)),
    stores: values.store.map((one) => oneOf('store', one, STORES)),
    kills: count('kills', values.kills, 1_000),
    writes: count('writes', values.writes, 1_000_000),
    stopped: count('stopped', values.stopped, 1_000),
    clients: count('clients', values.clients, 1_000),
    seed: count('seed', values.seed, 2 ** 31),
    people: count('people', values.people, 10_000),
    faults: values.faults,
    sabotage: values.sabotage === undefined ? undefined : oneOf('sabotage', values.sabotage, SABOTAGES),
    out: values.out,
  };
};

await runBench(USAGE, optionsOf, main);
