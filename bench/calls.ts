import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  callLines,
  faultsOf,
  type Measured,
  MOST_FACTOR,
  measuredOf,
  medianFactor,
  tableLines,
} from './calls/report.ts';
import { ROWS } from './calls/rows/index.ts';
import { runsOf } from './calls/run.ts';
import { NOW } from './calls/subjects.ts';
import { openWorld, PEOPLE, type Simulators, type World } from './calls/world.ts';
import { count, runBench } from './command.ts';
import { Vendors } from './vendors/process.ts';

const USAGE = `Usage: npm run bench:calls [-- OPTIONS]

  --only TEXT  rows whose name holds it; all by default
  --rounds N   how often every row is asked, each time with an empty cache, 5 by default
  --delay N    milliseconds that every vendor call takes, 100 by default
  --out FILE   where the figures go as JSON, bench/results/calls.json by default
`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

// the product's classes have decorators, which Node does not run from source: they come from the build
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/${file}`, import.meta.url).href)) as T;
const { startEngine } = await built<typeof import('../app.ts')>('app.js');
const { readConfig } = await built<typeof import('../config.ts')>('config.js');
const { processState } = await built<typeof import('../upstream/shared-state.ts')>('upstream/shared-state.js');
const { MemoryStore } = await built<typeof import('../upstream/cache/memory.ts')>('upstream/cache/memory.js');

interface Options {
  readonly only: string;
  readonly rounds: number;
  readonly delay: number;
  readonly out: string;
}

const measureAll = async (world: World, { only, rounds, delay }: Options): Promise<readonly Measured[]> => {
  const measured: Measured[] = [];
  for (const row of ROWS.filter(({ name }) => name.includes(only))) {
    measured.push(measuredOf(row, await runsOf(row, world, rounds, delay), delay));
  }
  return measured;
};

/** Vendors are elsewhere: their work must not wait for the product's, nor the product's for theirs. */
const startSimulators = async (): Promise<Simulators> => {
  const vendors = await Vendors.start(PEOPLE, NOW);
  return {
    ...vendors.ready,
    delay: (ms) => vendors.behave(ms === 0 ? [] : [{ kind: 'delay', ms }]),
    logs: () => vendors.logs(),
    stop: () => vendors.stop(),
  };
};

const main = async (options: Options): Promise<void> => {
  const simulators = await startSimulators();
  try {
    const world = await openWorld({ startEngine, readConfig, processState, MemoryStore }, simulators);
    const rows = await measureAll(world, options);
    for (const line of tableLines(rows)) print(line);
    const wrong = rows.filter((row) => faultsOf(row).length > 0);
    for (const row of wrong) for (const line of ['', ...faultsOf(row), ...callLines(row)]) print(line);
    const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() };
    const factor = medianFactor(rows);
    if (factor !== null)
      print(`\nIn the median an operation takes ${factor.toFixed(2)} times its depth times the delay.`);
    const faults = [
      ...rows.flatMap(faultsOf),
      ...(factor !== null && factor > MOST_FACTOR ? [`In the median that is more than ${MOST_FACTOR} times.`] : []),
    ];
    const { out, ...settings } = options;
    const result = {
      date: new Date().toISOString(),
      machine,
      node: process.version,
      settings,
      rows,
      medianFactor: factor,
      faults,
    };
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
    print(`\n${rows.length - wrong.length} of ${rows.length} rows are as they have to be. Written to ${out}`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await simulators.stop();
  }
};

const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
      delay: { type: 'string', default: '100' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'calls.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { only, out } = values;
  return { only, out, rounds: count('rounds', values.rounds, 99), delay: count('delay', values.delay, 10_000) };
};

await runBench(USAGE, optionsOf, main);
