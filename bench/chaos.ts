import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createGzip } from 'node:zlib';
import { type CallCounters, countCalls } from './chaos/counters.ts';
import { type Down, measureDown } from './chaos/down.ts';
import type { Entry } from './chaos/history.ts';
import type { Found } from './chaos/judge.ts';
import { type Options, optionsOf, USAGE } from './chaos/options.ts';
import type { Parts } from './chaos/product.ts';
import { downFaultsOf, downLines, faultsOf, isNoticed, runLines } from './chaos/report.ts';
import { type Chances, run } from './chaos/run.ts';
import { SABOTAGES, type Sabotage, sabotaged } from './chaos/sabotage.ts';
import { startWorld, type World } from './chaos/world.ts';
import { OptionError } from './command.ts';
import { writeResults } from './results.ts';

/** The product's own classes have decorators, which Node does not run from source: they come from the build. */
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/${file}`, import.meta.url).href)) as T;

const partsOf = async (): Promise<Parts> => {
  const { startEngine } = await built<typeof import('../app.ts')>('app.js');
  const { readConfig } = await built<typeof import('../config.ts')>('config.js');
  const { startSandbox } = await built<typeof import('../sandbox/index.ts')>('sandbox/index.js');
  const { random } = await built<typeof import('../sandbox/population/random.ts')>('sandbox/population/random.js');
  const { Session } = await built<typeof import('../subgraphs/vendor/session.ts')>('subgraphs/vendor/session.js');
  const { processState } = await built<typeof import('../upstream/shared-state.ts')>('upstream/shared-state.js');
  const { Upstream } = await built<typeof import('../upstream/upstream.ts')>('upstream/upstream.js');
  return { startEngine, readConfig, startSandbox, random, Session, processState, Upstream };
};

const MIX = { kind: 'mix', status: 0.05, hang: 0.05, reset: 0.02 } as const;
/** Two practices at each of three vendors, with equal keys and different texts. */
const TENANTS = 2;
/** Of each source: some that change, and enough others that not everything is kept. */
const PATIENTS = 15;
const CHANGE_EVERY_MS = 100;
/** Reads of a run with a rule broken. Answers that never grow old come quickly, and must outlive what the checker allows. */
const SABOTAGED_READS: Readonly<Record<Sabotage, number>> = {
  'shared-key': 1_000,
  'no-source-check': 1_000,
  'no-expiry': 12_000,
  'no-retry': 1_000,
};
/** An unhurried vendor, so that reads overlap. */
const DELAY = { kind: 'delay', ms: 2, upTo: 20 } as const;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Everything that the parts of the bench share. */
interface Stage {
  readonly parts: Parts;
  readonly world: World;
  readonly counters: CallCounters;
  readonly options: Options;
  readonly chances: Chances;
}

const underFaults = async (
  { parts, world, counters, options, chances }: Stage,
  more: { readonly reads?: number; readonly sabotage?: Sabotage | undefined; readonly tell?: (entry: Entry) => void },
): Promise<Found> => {
  const planted = world.places.flatMap(({ sandbox, vendor }) => {
    const simulator = sandbox.simulators[vendor];
    return [simulator.fault(MIX), simulator.fault(DELAY)];
  });
  const broken = more.sabotage && sabotaged(more.sabotage, parts, counters, chances('sabotage'));
  const { reads = options.reads, tell } = more;
  try {
    return await run(
      parts,
      world,
      counters,
      {
        ...{ reads, clients: options.clients, changeEveryMs: CHANGE_EVERY_MS, times: options.times },
        ...(broken?.state === undefined ? {} : { state: broken.state }),
        ...(tell === undefined ? {} : { tell }),
      },
      chances,
    );
  } finally {
    broken?.mend();
    for (const fault of planted) fault.remove();
  }
};

/** Writes what clients saw, a line for each operation. */
const historian = (file: string) => {
  const lines = createGzip();
  lines.pipe(createWriteStream(file));
  return {
    tell: (entry: Entry): void => {
      lines.write(`${JSON.stringify(entry)}\n`);
    },
    close: () => new Promise<void>((resolve) => lines.end(resolve)),
  };
};

const withFaults = async (stage: Stage): Promise<{ readonly found: Found; readonly faults: readonly string[] }> => {
  const { options } = stage;
  const history = historian(options.history);
  print(`The fault mix${options.sabotage === undefined ? '' : ` with ${options.sabotage}`}:`);
  const found = await underFaults(stage, { sabotage: options.sabotage, tell: history.tell });
  await history.close();
  for (const line of runLines(found)) print(line);
  return { found, faults: faultsOf(found) };
};

const withOneDown = async (stage: Stage): Promise<{ readonly down: Down; readonly faults: readonly string[] }> => {
  print('One vendor down:');
  const down = await measureDown(stage.parts, stage.world, stage.options.times, stage.chances);
  for (const line of downLines(down)) print(line);
  return { down, faults: downFaultsOf(down) };
};

/** Breaks the rules, one after the other: a run that does not turn red is a fault of this bench. */
const withSabotage = async (stage: Stage) => {
  print('Rules broken on purpose:');
  const runs: { readonly sabotage: Sabotage; readonly noticed: boolean; readonly red: readonly string[] }[] = [];
  for (const sabotage of SABOTAGES) {
    const found = await underFaults(stage, { sabotage, reads: SABOTAGED_READS[sabotage] });
    const red = faultsOf(found);
    const noticed = isNoticed(sabotage, found);
    runs.push({ sabotage, noticed, red });
    print(`  ${sabotage}: ${noticed ? 'RED as expected' : 'not noticed'} (${red.join('; ')})`);
  }
  const faults = runs.flatMap(({ sabotage, noticed }) => (noticed ? [] : [`${sabotage} was not noticed`]));
  return { runs, faults };
};

const measure = async (options: Options) => {
  const parts = await partsOf();
  const counters = countCalls(parts.Upstream.prototype);
  const chances: Chances = (label) => parts.random(options.seed).fork(label).next;
  const world = await startWorld(
    parts,
    { seed: options.seed, tenants: TENANTS, patients: PATIENTS, times: options.times },
    counters.uncounted,
  );
  const stage: Stage = { parts, world, counters, options, chances };
  try {
    const runs = options.parts.includes('faults') ? await withFaults(stage) : undefined;
    const down = options.parts.includes('down') ? await withOneDown(stage) : undefined;
    const sabotage = options.parts.includes('sabotage') ? await withSabotage(stage) : undefined;
    return { underFaults: runs, oneDown: down, sabotage };
  } finally {
    await world.close();
    counters.restore();
  }
};

const main = async (options: Options): Promise<void> => {
  await mkdir(dirname(options.out), { recursive: true });
  const figures = await measure(options);
  const faults = Object.values(figures).flatMap((part) => part?.faults ?? []);
  print('');
  for (const fault of faults) print(`RED: ${fault}`);
  if (faults.length === 0) print('GREEN');
  const settings = { ...options.times, reads: options.reads, clients: options.clients, seed: options.seed, mix: MIX };
  await writeResults(options.out, { settings, ...figures, faults });
  if (faults.length > 0) process.exitCode = 1;
};

try {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) print(USAGE);
  else await main(options);
} catch (failure) {
  if (!(failure instanceof OptionError)) throw failure;
  process.stderr.write(`${failure.message}\n\n${USAGE}`);
  process.exitCode = 1;
}
